"""Kernels that begin with their imports done: one process imports what the notebooks import, and forks a kernel per run.

Importing pandas, matplotlib, scipy and networkx costs a kernel seconds; several reports pay it once here, while papermill is
still being imported. Each run has a process of its own all the same. Without `fork` or pidfds (Linux 5.3), or when the
nursery does not answer, kernels are started the ordinary way.

This module is both sides: `opened()` for who wants kernels, `python -m reports.nursery SOCKET MODULE...` for the nursery.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

#: What a kernel itself is made of, and what draws; the rest the notebooks say.
KERNEL_MODULES = ("ipykernel.kernelapp", "IPython.display", "matplotlib.pyplot", "matplotlib.backends.backend_svg")
#: Credentials belong to collectors. A notebook only reads the inventory, so it never gets them.
SECRET_VARIABLES = ("KIEMKE_CREDENTIAL",)
_LONGEST_REQUEST = 1 << 20
_READY_S = 60.0


def imported(notebooks: Iterable[Path]) -> list[str]:
    """Names that notebooks import, as far as they can be read: `a.b` may be a module or a name in one."""
    found: dict[str, None] = {}
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for source in ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"):
            with contextlib.suppress(SyntaxError):
                for node in ast.walk(ast.parse(source)):
                    if isinstance(node, ast.Import):
                        found |= dict.fromkeys(alias.name for alias in node.names)
                    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                        found |= dict.fromkeys([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return list(found)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a kernel is given of the environment: no credentials, and figures drawn without a screen."""
    kept = {name: value for name, value in environ.items() if not name.startswith(SECRET_VARIABLES)}
    return kept | {"MPLBACKEND": "agg"}


# Who wants kernels ----------------------------------------------------------------------------------------------------


@contextmanager
def opened(notebooks: Iterable[Path]) -> Iterator[str]:
    """The address of a nursery for these notebooks, which ends with the block; "" where there cannot be one."""
    if not (hasattr(os, "fork") and hasattr(os, "pidfd_open") and hasattr(socket, "AF_UNIX")):
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="kiemke-") as folder:  # nobody else may enter it
        address = f"{folder}/nursery"
        command = [sys.executable, "-m", "reports.nursery", address, *KERNEL_MODULES, *imported(notebooks)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(os.environ))
        try:
            yield address
        finally:
            if process.stdin:
                process.stdin.close()  # it ends by that
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def born(address: str, arguments: Sequence[str], *, cwd: str | None, env: Mapping[str, str], log: str) -> Forked | None:
    """A new kernel from the nursery at `address`; None when it gives none."""
    request = {"arguments": list(arguments), "cwd": cwd, "env": dict(env), "log": log}
    deadline = time.monotonic() + _READY_S
    try:
        with socket.socket(socket.AF_UNIX) as line:
            while (failed := line.connect_ex(address)) != 0:  # it listens when its imports are done
                if time.monotonic() > deadline or not Path(address).parent.is_dir():
                    raise OSError(failed, os.strerror(failed))
                time.sleep(0.02)
            line.settimeout(_READY_S)
            line.sendall(json.dumps(request).encode() + b"\n")
            answer = line.recv(64)
        return Forked(int(answer))
    except (OSError, ValueError):
        return None


class Forked:
    """A kernel that is not our child, with the part of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._end: int | None = os.pidfd_open(pid)  # readable when the process has ended; its number cannot be reused unseen

    def poll(self) -> int | None:
        """None while it runs. How it ended only its parent knows: 1 stands for any end."""
        if self._end is not None and select.select([self._end], [], [], 0)[0]:
            self._close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self._end is not None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            self._close()
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        if self._end is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._end, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _close(self) -> None:
        if self._end is not None:
            os.close(self._end)
        self._end, self.returncode = None, 1

    def __del__(self) -> None:
        self._close()


# The nursery ----------------------------------------------------------------------------------------------------------


def main(address: str, modules: Sequence[str]) -> None:
    """Import, listen, fork; until standard input ends, which it does with the process that opened the nursery."""
    for name in modules:
        with contextlib.suppress(Exception):  # a name that is no module; or trouble, which the notebook itself will meet
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that no collection touches, and copies, what the kernels share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries children; pidfds tell of their end
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{address}.new")
        door.listen()
        os.rename(f"{address}.new", address)  # nobody comes before it listens
        while True:
            ready = select.select([door, sys.stdin], [], [])[0]
            if sys.stdin in ready:
                return
            line, _ = door.accept()
            with line, line.makefile("rb") as words:
                try:
                    request = json.loads(words.readline(_LONGEST_REQUEST))
                except ValueError:
                    continue
                parent = os.getpid()
                if (pid := os.fork()) == 0:
                    line.detach()
                    door.close()
                    _kernel(request, parent)
                with contextlib.suppress(OSError):
                    line.sendall(b"%d" % pid)


def _kernel(request: Mapping[str, object], parent: int) -> None:
    """Be the kernel; never returns."""
    status = 1
    try:
        os.setsid()  # its signals are its own
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(request["env"])  # type: ignore[call-overload]
        os.chdir(str(request["cwd"] or "."))
        nothing, log = os.open(os.devnull, os.O_RDWR), os.open(str(request["log"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for number, file in enumerate((nothing, log, log)):
            os.dup2(file, number)
        os.closerange(3, 256)
        arguments = [*request["arguments"], f"--IPKernelApp.parent_handle={parent}"]  # type: ignore[misc]
        sys.argv[:] = ["ipykernel_launcher", *arguments]
        gc.unfreeze()
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance(argv=arguments)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - said in the log; the fork must not go on as a nursery
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
