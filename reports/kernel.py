"""The Jupyter kernel that reports run in: this very interpreter, without this process' secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
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


def start(log_file: Path, known_at: str, folder: Path) -> OwnInterpreter:
    """A kernel that comes up, with `folder` as its own; it keeps no history of what is executed in it."""
    # Encrypted where the kernel can: ipykernel 7.4 warns of plain TCP otherwise.
    kernel = OwnInterpreter(transport_encryption="auto", log_file=str(log_file), known_at=known_at)
    run_sync(kernel.start_kernel)(cwd=str(folder), extra_arguments=["--HistoryManager.hist_file=:memory:"])
    return kernel


def stop(kernel: OwnInterpreter) -> None:
    """Nothing of a kernel outlives its run, so that it need not be asked politely."""
    run_sync(kernel.shutdown_kernel)(now=True)
