"""A run that somebody asked for, in a process of its own: whoever closes the page does not stop it, and its record is true.

The process is `kiemke report ask`: an order on its standard input, what it does as lines of JSON on its standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reports.kernel_process import environment

#: So long a run that was cancelled may take to end its kernel and write its record, seconds.
PATIENCE_S = 10.0

#: What is told: {"cells": [done, all]} on the way; at the end {"run": folder's name, "status", "error": by language or None},
#: {"refused": by language}, {"cancelled": True} when it had not begun, or {"broken": last line of what went wrong}.
Told = Callable[[Mapping[str, Any]], None]


class Asked:
    """A run on its way. `told` is called on the event loop of who asked, or in a thread where there is none."""

    def __init__(self, order: Mapping[str, Any], workspace: Path, told: Told) -> None:
        self._tell, self._cancelled = told, False
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that reads it
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kiemke", "report", "ask", "--workspace", str(workspace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment(os.environ),
            start_new_session=True,  # a kernel that ends takes its process group along
        )
        assert self.process.stdin
        with self.process.stdin as orders:
            orders.write(json.dumps(order).encode())
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def cancel(self) -> None:
        """Ask the run to stop; it ends its kernel and says so in its record. One that does not hear is killed."""
        self._cancelled = True
        self.process.terminate()
        timer = threading.Timer(PATIENCE_S, self.process.kill)
        timer.daemon = True
        timer.start()

    def wait(self) -> None:
        """Until everything was told."""
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stdout
        last: Mapping[str, Any] = {}
        with self.process.stdout as lines:
            for line in lines:
                last = json.loads(line)
                self._told(last)
        status = self.process.wait()
        with self._errors as errors:
            if "status" in last or "refused" in last:
                return
            if self._cancelled:
                self._told({"cancelled": True})
            else:
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip().splitlines()
                self._told({"broken": said[-1][:300] if said else f"{status}"})

    def _told(self, what: Mapping[str, Any]) -> None:
        if self._loop is None:
            self._tell(what)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, what)
