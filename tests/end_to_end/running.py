"""Running the real command line as a newcomer would, and watching what it starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

KIEMKE = Path(sys.executable).parent / "kiemke"


def free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Run:
    """One `kiemke` that ended: what it printed, and the command lines of the processes that it started."""

    status: int
    out: str
    err: str
    command_lines: set[str] = field(default_factory=set)


def kiemke(*arguments: str | Path, cwd: Path | None = None, **environ: str) -> Run:
    """Run the command as a process of its own, and watch the command lines of everything that runs beneath it."""
    process = subprocess.Popen(
        [KIEMKE, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"KIEMKE_LANG": "en"} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen: set[str] = set()
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.2):
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    out, err = process.communicate(timeout=240)
    stop.set()
    watcher.join()
    return Run(process.returncode, out, err, seen)
