"""The Jupyter kernel that reports run in: this very interpreter, without this process' secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

#: Credentials belong to collectors. A notebook only reads the inventory, so it never gets them.
SECRET_VARIABLES = ("KIEMKE_CREDENTIAL",)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a kernel is given of the environment: no credentials, and figures drawn without a screen."""
    kept = {name: value for name, value in environ.items() if not name.startswith(SECRET_VARIABLES)}
    return kept | {"MPLBACKEND": "agg"}


class OwnInterpreter(AsyncKernelManager):
    """Starts ipykernel in `sys.executable`, whatever kernelspecs the machine or the user has installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        # -X frozen_modules=off only silences the debugger's warning; no debugger is wanted here.
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python", resource_dir="")

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        options["env"] = environment(options.get("env") or os.environ)
        return await super()._async_pre_start_kernel(**options)
