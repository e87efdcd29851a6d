"""The Jupyter kernel that reports run in: this very interpreter, without this process' secrets."""

from __future__ import annotations

import ast
import json
import math
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL
from tempfile import TemporaryFile
from typing import IO, Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from traitlets import Type

#: What `inventory.frames.KNOWN_AT` is called; written again, because the frames take long to load.
KNOWN_AT = "KIEMKE_KNOWN_AT"
#: Credentials belong to collectors. A notebook only reads the inventory, so it never gets them.
SECRET_VARIABLES = ("KIEMKE_CREDENTIAL",)
#: What the kernel is told anew or not at all: what a person wants at the beginning of a Python of their own is not for a report.
_LEFT_OUT = (KNOWN_AT, "PYTHONSTARTUP")


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a kernel is given of the environment: no credentials, nobody's own beginning, figures drawn without a screen."""
    kept = {name: value for name, value in environ.items() if not name.startswith(SECRET_VARIABLES) and name not in _LEFT_OUT}
    return kept | {"MPLBACKEND": "agg"}


class OwnInterpreter(AsyncKernelManager):
    """Starts ipykernel in `sys.executable`, whatever kernelspecs the machine or the user has installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(resource_dir="", **get_kernel_dict())

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        options["env"] = environment(options.get("env") or os.environ)
        command, options = await super()._async_pre_start_kernel(**options)
        return command, options

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        # What cells print is no part of this: it is what the kernel itself writes to its terminal.
        await super()._async_launch_kernel(kernel_cmd, **{"stdout": DEVNULL, "stderr": DEVNULL} | options)


#: How a report's kernel begins: as `ipykernel_launcher` does, but for what takes time and is of no use to it. Nobody follows a
#: report step by step. It lives for seconds and keeps nearly all that it makes: looking for garbage as often as Python does would
#: take a tenth of the time.
_LAUNCH = """
import gc, sys
gc.set_threshold(50_000, 20, 50)
del sys.path[0]
sys.modules["debugpy"] = None
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


class PromptClient(AsyncKernelClient):
    """Speaks with a report's kernel from the moment that it answers."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """As jupyter_client's, which then listens for a fifth of a second whether more comes, to throw it away. Whoever executes
        cells hears the answers to these alone. Raises `RuntimeError` where the kernel has died, or does not answer in time."""
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            self.kernel_info()
            with suppress(Empty):
                answer = await self.get_shell_msg(timeout=1)
                if answer["msg_type"] == "kernel_info_reply":
                    await self.get_iopub_msg(timeout=0.2)  # what it says to all is heard, too
                    return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")


class ReportKernel(OwnInterpreter):
    """The kernel of one run: it comes up with what it will need loaded, and then waits until it is told of when its data are."""

    client_factory = Type(PromptClient)
    #: What the kernel itself writes to its terminal.
    said: IO[bytes]
    #: Where the kernel is told something: its standard input.
    _ear: IO[bytes]

    @property
    def kernel_spec(self) -> KernelSpec:
        plain = super().kernel_spec
        plain.argv = [sys.executable, "-c", _LAUNCH, "-f", "{connection_file}"]
        return plain

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        listening, telling = os.pipe()
        self._ear = os.fdopen(telling, "wb", buffering=0)
        try:
            await super()._async_launch_kernel(kernel_cmd, stdin=listening, stdout=self.said, stderr=self.said, **options)
        finally:
            os.close(listening)

    async def _async_wait(self, pollinterval: float = 0.01) -> None:
        await super()._async_wait(pollinterval)  # which looks ten times a second whether it has died

    def tell(self, known_at: str) -> None:
        """The ISO time whose knowledge the notebook reads, empty for the newest: from here on it can be executed."""
        with suppress(OSError):  # a kernel that has died: whoever executes will say so
            self._ear.write(f"{known_at}\n".encode("ascii"))

    def end(self, log: Path | None = None) -> None:
        """Nothing of it remains but, in `log`, what it wrote to its terminal, where it wrote anything."""
        if self.said.closed:
            return
        run_sync(self.shutdown_kernel)(now=True)  # it need not be asked politely
        self._ear.close()
        with self.said:
            self.said.seek(0)
            if log and (text := self.said.read()):
                with log.open("ab") as file:
                    file.write(text)


@contextmanager
def begun(notebook: Path) -> Iterator[ReportKernel]:
    """A kernel for a notebook, which comes up while other things are done: with the notebook's folder as its own, and with what
    the notebook will import loaded already. It keeps no history of what is executed in it, and must be told (`tell`) of when its
    data are before anything is. It does not outlive the context.
    """
    # Encrypted where the kernel can: ipykernel 7.4 warns of plain TCP otherwise.
    kernel = ReportKernel(transport_encryption="auto")
    kernel.said = TemporaryFile()  # noqa: SIM115 - it is closed when the kernel ends
    arguments = ["--HistoryManager.hist_file=:memory:", f"--IPKernelApp.exec_lines={_at_first(imports(notebook))}"]
    run_sync(kernel.start_kernel)(cwd=str(notebook.parent), extra_arguments=arguments)
    try:
        yield kernel
    finally:
        kernel.end()


def imports(notebook: Path) -> str:
    """The cells of a notebook that do nothing but import."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join(source for cell in cells if cell["cell_type"] == "code" and _imports(source := "".join(cell["source"])))


def _imports(source: str) -> bool:
    try:
        return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in ast.parse(source).body)
    except SyntaxError:  # a magic, or a mistake: the cell will say so itself
        return False


#: What a kernel does before its first cell. What goes wrong in the imports is left for the cells to tell.
_FIRST = """
import contextlib, gc, os, sys
with contextlib.suppress(Exception):
    exec({imports!r}, {{}})
gc.freeze()  # what is loaded stays
if known_at := sys.stdin.readline().strip():
    os.environ[{variable!r}] = known_at
"""


def _at_first(imports: str) -> str:
    """One line that does all that, in names of its own."""
    return f"exec({_FIRST.format(imports=imports, variable=KNOWN_AT)!r}, {{}})"
