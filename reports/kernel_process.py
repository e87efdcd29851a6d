"""The process of a report's kernel: this very interpreter, without this process' secrets.

It begins before all else, for what a notebook imports takes longer to load than anything on this side of it. Then it waits on its
standard input to be told by which file to be reached (`reports.kernel` writes it), and after that of when its data are.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from reports.kernel import ReportKernel

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


#: What the process does: as `ipykernel_launcher`, but for what takes time and is of no use to a report: nobody follows it step by
#: step, nor looks up its history. It lives for seconds and keeps nearly all that it makes: looking for garbage as often as Python
#: does would take a tenth of the time. What goes wrong in the notebook's imports is left for the cells to tell.
_LAUNCH = """
import contextlib, gc, os, sys
gc.set_threshold(50_000, 20, 50)
del sys.path[0]
sys.modules["debugpy"] = None
with contextlib.suppress(Exception):
    exec({imports!r}, {{}})
from ipykernel.kernelapp import launch_new_instance
gc.freeze()  # what is loaded stays
if connection_file := sys.stdin.readline().rstrip("\\n"):
    launch_new_instance([
        "-f", connection_file, "--HistoryManager.hist_file=:memory:", "--IPKernelApp.exec_lines=" + {at_first!r},
    ])
"""
#: What the kernel does before the first cell.
_AT_FIRST = """
import os, sys
if known_at := sys.stdin.readline().strip():
    os.environ[{variable!r}] = known_at
"""


@dataclass(frozen=True, slots=True)
class KernelProcess:
    """The process, and what it writes to its terminal: what cells print is no part of that."""

    popen: subprocess.Popen[bytes]
    said: IO[bytes]

    def tell(self, line: str) -> None:
        """Write a line to its standard input. One that has died does not hear it: whoever executes will say so."""
        assert self.popen.stdin
        with suppress(OSError):
            self.popen.stdin.write(f"{line}\n".encode())

    def end(self, log: Path | None = None) -> None:
        """Nothing of it remains but, in `log`, what it wrote to its terminal, where it wrote anything."""
        self.popen.kill()
        self.popen.wait()
        if self.popen.stdin:
            self.popen.stdin.close()
        with self.said:
            self.said.seek(0)
            if log and (text := self.said.read()):
                with log.open("ab") as file:
                    file.write(text)


def start(notebook: Path) -> KernelProcess:
    """The process for a notebook, with the notebook's folder as its own. It ends when this one does."""
    at_first = f"exec({_AT_FIRST.format(variable=KNOWN_AT)!r}, {{}})"  # one line, in names of its own
    said = TemporaryFile()  # noqa: SIM115 - it is closed when the process ends
    popen = subprocess.Popen(
        [sys.executable, "-c", _LAUNCH.format(imports=imports(notebook), at_first=at_first)],
        stdin=subprocess.PIPE,
        stdout=said,
        stderr=said,
        bufsize=0,
        cwd=notebook.parent,
        env=environment(os.environ) | {"JPY_PARENT_PID": str(os.getpid())},
        start_new_session=True,  # it is ended with all that its cells began
    )
    return KernelProcess(popen, said)


@contextmanager
def begun(notebook: Path) -> Iterator[ReportKernel]:
    """A kernel for a notebook, which comes up while other things are done. Before anything is executed in it, it must be told of
    when its data are (`ReportKernel.known`). It does not outlive the context."""
    process = start(notebook)
    try:
        from reports.kernel import ReportKernel  # it loads while the process does

        kernel = ReportKernel(process)
    except BaseException:
        process.end()
        raise
    try:
        kernel.start()
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
