"""Running the real command line: as a newcomer would, with an eye on what it starts; or many times, without loading anew."""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

KIEMKE = Path(sys.executable).parent / "kiemke"
#: A command that takes longer hangs.
PATIENCE_S = 240


def free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Run:
    """One `kiemke` that ended: what it printed, and the command lines of the processes that it started, if they were watched."""

    status: int
    out: str
    err: str
    command_lines: set[str] = field(default_factory=set)


def kiemke(*arguments: str | Path, cwd: Path | None = None, **environ: str) -> Run:
    """Run the command in a process of its own, which finds the libraries loaded (`tests.end_to_end.warm`)."""
    return kiemke_in(os.environ | {"KIEMKE_LANG": "en"} | environ, *arguments, cwd=cwd)


def kiemke_in(environ: Mapping[str, str], *arguments: str | Path, cwd: Path | None = None) -> Run:
    """As `kiemke`, in surroundings that are told in full."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        for file in (out, err):
            file.touch()
        order = {"arguments": [*map(str, arguments)], "cwd": str(cwd or Path.cwd()), "environ": dict(environ)}
        status = _warm().order(order | {"out": str(out), "err": str(err)})
        return Run(status, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


class _Warm:
    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.end_to_end.warm"]
        root = Path(__file__).parents[2]
        self.process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.lock = threading.Lock()

    def order(self, order: dict[str, object]) -> int:
        """The exit status of the command that was ordered."""
        assert self.process.stdin
        assert self.process.stdout
        with self.lock:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], PATIENCE_S)[0]:
                os.killpg(self.process.pid, signal.SIGKILL)  # or whoever comes next waits for this command's end, too
                _warm.cache_clear()
                raise AssertionError(f"no end of {order['arguments']}")
            return json.loads(self.process.stdout.readline())["status"]

    def close(self) -> None:
        with self.process:
            assert self.process.stdin
            self.process.stdin.close()


@functools.cache
def _warm() -> _Warm:
    started = _Warm()
    atexit.register(started.close)
    return started


def kiemke_watched(*arguments: str | Path) -> Run:
    """Run the installed command as a newcomer would, and watch the command lines of everything that runs meanwhile."""
    process = subprocess.Popen(
        [KIEMKE, *map(str, arguments)],
        env=os.environ | {"KIEMKE_LANG": "en"},
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
    out, err = process.communicate(timeout=PATIENCE_S)
    stop.set()
    watcher.join()
    return Run(process.returncode, out, err, seen)
