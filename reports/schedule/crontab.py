"""The crontab's part of a schedule, for machines without systemd: one line that runs what has come due, every few minutes.

A crontab knows neither time zones nor the last day of a month nor what was missed while the machine was off. `kiemke report due`
does, so that one line says everything; it is the same whatever stands in schedule.yaml. Format: crontab(5).
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

EVERY_MINUTES = 5


def block(workspace: Path, command: Sequence[str]) -> list[str]:
    """Our lines: what stands between the marks is replaced by the next installation."""
    words = [*command, "report", "due", "--workspace", str(workspace)]
    line = " ".join(shlex.quote(word) for word in words).replace("%", r"\%")  # cron ends a command at a bare %
    return [_begin(workspace), f"*/{EVERY_MINUTES} * * * * {line} >/dev/null", _end(workspace)]


def renewed(crontab: str, workspace: Path, lines: Sequence[str]) -> str:
    """A crontab with these lines in place of ours; every other line stays as it is."""
    kept, inside = [], False
    for line in crontab.splitlines():
        if line == _begin(workspace):
            inside = True
        elif not inside:
            kept.append(line)
        elif line == _end(workspace):
            inside = False
    return "\n".join((*kept, *lines, "")) if kept or lines else ""


def _begin(workspace: Path) -> str:
    return f"# kiemke schedule install: {workspace}"


def _end(workspace: Path) -> str:
    return f"# kiemke schedule end: {workspace}"
