"""The Jupyter kernel that reports run in: this very interpreter, without this process' secrets."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Unicode

from reports import nursery
from reports.nursery import environment


class OwnInterpreter(AsyncKernelManager):
    """Starts ipykernel in `sys.executable`, whatever kernelspecs the machine or the user has installed.

    What the kernel itself writes to its terminal (not what cells print) goes to `log_file`. `nursery` is the address of one.
    """

    log_file = Unicode(os.devnull, config=True)
    nursery = Unicode("", config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(resource_dir="", **get_kernel_dict())

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        options["env"] = environment(options.get("env") or os.environ)
        command, options = await super()._async_pre_start_kernel(**options)
        return command, options

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        if self.nursery and await self._born(kernel_cmd[kernel_cmd.index("-f") :], options):
            return
        with Path(self.log_file).open("ab") as log:
            await super()._async_launch_kernel(kernel_cmd, stdout=log, stderr=log, **options)

    async def _born(self, arguments: list[str], options: Mapping[str, Any]) -> bool:
        """Whether the nursery gave a kernel."""
        told = {"cwd": options.get("cwd"), "env": options["env"], "log": os.path.abspath(self.log_file)}
        kernel = await asyncio.to_thread(nursery.born, self.nursery, arguments, **told)
        if kernel is None or not isinstance(self.provisioner, LocalProvisioner):
            return False
        # What LocalProvisioner.launch_kernel does with a process that it starts itself. `pgid` stays None: signals go to the
        # kernel alone, through a handle that cannot mean another process.
        self.provisioner.process = kernel  # type: ignore[assignment]
        self.provisioner.pid = kernel.pid
        self.provisioner.cwd = options.get("cwd")
        self._reconcile_connection_info(self.provisioner.connection_info)
        return True
