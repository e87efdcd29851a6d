"""Which process opened a scan, and whether it still runs."""

from __future__ import annotations

import os
import socket
from pathlib import Path

#: Processes that have ended, and nobody has taken notice yet: zombie, dead (proc(5), /proc/PID/stat).
_ENDED = frozenset({"Z", "X", "x"})


def me() -> str:
    """This process as an owner; see `owner`."""
    return owner(os.getpid())


def owner(process: int) -> str:
    """host:process:start, where the start tells a process from a later one that the system gives the same number."""
    return f"{socket.gethostname()}:{process}:{_stat(process)[1]}"


def lives(who: str) -> bool:
    """Whether an owner is another process than this and still runs here. On another host: unknown, taken as gone."""
    host, process, started = (*who.split(":"), "")[:3]
    if host != socket.gethostname() or not process.isdecimal() or int(process) == os.getpid():
        return False
    state, since = _stat(int(process))
    if state:
        return state not in _ENDED and started in ("", since)
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stat(process: int) -> tuple[str, str]:
    """State and start (clock ticks since the machine started) of a process; empty where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", ""
    words = told.rpartition(")")[2].split()  # the name before may hold blanks and brackets
    return words[0], words[19]
