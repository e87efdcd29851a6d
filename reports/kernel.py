"""The Jupyter kernel that reports run in: this very interpreter, without this process' secrets."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from traitlets import Unicode

#: What `inventory.frames.KNOWN_AT` is called; written again, because the frames take long to load.
KNOWN_AT = "KIEMKE_KNOWN_AT"
#: Credentials belong to collectors. A notebook only reads the inventory, so it never gets them.
SECRET_VARIABLES = ("KIEMKE_CREDENTIAL",)
#: What the kernel is told anew or not at all: what a person wants at the beginning of a Python of their own is not for a report.
_LEFT_OUT = (KNOWN_AT, "PYTHONSTARTUP")


def environment(environ: Mapping[str, str], known_at: str = "") -> dict[str, str]:
    """What a kernel is given of the environment: no credentials, nobody's own beginning, figures drawn without a screen, and the
    time (ISO) whose knowledge it reads."""
    kept = {name: value for name, value in environ.items() if not name.startswith(SECRET_VARIABLES) and name not in _LEFT_OUT}
    return kept | {"MPLBACKEND": "agg"} | ({KNOWN_AT: known_at} if known_at else {})


class OwnInterpreter(AsyncKernelManager):
    """Starts ipykernel in `sys.executable`, whatever kernelspecs the machine or the user has installed.

    What the kernel itself writes to its terminal (not what cells print) goes to `log_file`.
    """

    log_file = Unicode(os.devnull)
    known_at = Unicode("")

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(resource_dir="", **get_kernel_dict())

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        options["env"] = environment(options.get("env") or os.environ, self.known_at)
        command, options = await super()._async_pre_start_kernel(**options)
        return command, options

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        with Path(self.log_file).open("ab") as log:
            await super()._async_launch_kernel(kernel_cmd, stdout=log, stderr=log, **options)


@contextmanager
def begun(log_file: Path, known_at: str, notebook: Path) -> Iterator[OwnInterpreter]:
    """A kernel for a notebook, which comes up while other things are done: with the notebook's folder as its own, and with what
    the notebook will import loaded already. It keeps no history of what is executed in it.

    `known_at`: the ISO time whose knowledge is read, empty for the newest. What the kernel itself writes to its terminal stays
    in `log_file`, where there is any. Nothing of the kernel outlives the context.
    """
    # Encrypted where the kernel can: ipykernel 7.4 warns of plain TCP otherwise.
    kernel = OwnInterpreter(transport_encryption="auto", log_file=str(log_file), known_at=known_at)
    arguments = ["--HistoryManager.hist_file=:memory:", f"--IPKernelApp.exec_lines={_ahead(imports(notebook))}"]
    run_sync(kernel.start_kernel)(cwd=str(notebook.parent), extra_arguments=arguments)
    try:
        yield kernel
    finally:
        run_sync(kernel.shutdown_kernel)(now=True)  # it need not be asked politely
        if log_file.exists() and not log_file.stat().st_size:
            log_file.unlink()


def imports(notebook: Path) -> str:
    """The cells of a notebook that do nothing but import."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join(source for cell in cells if cell["cell_type"] == "code" and _imports(source := "".join(cell["source"])))


def _imports(source: str) -> bool:
    try:
        return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in ast.parse(source).body)
    except SyntaxError:  # a magic, or a mistake: the cell will say so itself
        return False


def _ahead(source: str) -> str:
    """A line that runs `source` in names of its own. What goes wrong is left for the cell to tell."""
    return f"with __import__('contextlib').suppress(Exception): exec({source!r}, {{}})"
