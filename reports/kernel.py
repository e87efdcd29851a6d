"""Jupyter's side of the kernels that reports and the start page run in."""

from __future__ import annotations

import math
import os
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.utils import run_sync
from traitlets import Type

from reports.kernel_process import KernelProcess, environment


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
    """The kernel of one run, in a process that has begun already."""

    client_factory = Type(PromptClient)

    def __init__(self, process: KernelProcess) -> None:
        # Encrypted where the kernel can: ipykernel 7.4 warns of plain TCP otherwise.
        super().__init__(transport_encryption="auto")
        self._process = process

    def start(self) -> None:
        """Let the process become the kernel. It is not waited for."""
        run_sync(self.start_kernel)()

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:  # noqa: ARG002 - the process is there
        assert isinstance(self.provisioner, LocalProvisioner)
        self.provisioner.process = self._process.popen
        self.provisioner.pid = self.provisioner.pgid = self._process.popen.pid  # it leads a session
        self._process.tell(self.connection_file)

    async def _async_wait(self, pollinterval: float = 0.01) -> None:
        await super()._async_wait(pollinterval)  # which looks ten times a second whether it has died

    def known(self, at: str) -> None:
        """Tell it the ISO time whose knowledge the notebook reads, empty for the newest: from here on it can be executed."""
        self._process.tell(at)

    def end(self, log: Path | None = None) -> None:
        """Nothing of it remains but, in `log`, what it wrote to its terminal, where it wrote anything."""
        if self._process.said.closed:
            return
        run_sync(self.shutdown_kernel)(now=True)  # it need not be asked politely
        self._process.end(log)
