"""Which data a report has read: told by its kernel cell by cell, kept in the run's record.

`show.speak` begins it, so that a notebook needs no line for it. What is told is in the notebook beside what is shown; nobody sees
it there, in Lab or in a document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from inventory.frames import given

MIME = "application/vnd.kiemke.data+json"

#: Of each frame, what was given out of it: SHA-256 -> rows. A report may read a frame of several days or offices.
_read: dict[str, dict[str, int]] = {}
_told: list[Mapping[str, Any]] = []


def begin() -> None:
    """In a kernel: note what is read from now on, and tell it after each cell that has read something new."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    _read.clear()
    _told.clear()
    given.listen(_note)
    shell.events.register("post_run_cell", _tell)


def _note(frame: str, rows: int, digest: str) -> None:
    _read.setdefault(frame, {})[digest] = rows


def _tell(_result: object) -> None:
    from IPython.display import display

    payload = summary(_read)
    if _read and [payload] != _told:
        _told[:] = [payload]
        display({MIME: payload}, raw=True)


def summary(read: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """`frames`: name -> {"rows": of its largest reading, "sha256": of all its readings}; `sha256` of everything."""
    frames = {name: {"rows": max(readings.values()), "sha256": _all(sorted(readings))} for name, readings in sorted(read.items())}
    return {"frames": frames, "sha256": _all([f"{name} {told['sha256']}" for name, told in frames.items()])}


def _all(lines: list[str]) -> str:
    return lines[0] if len(lines) == 1 else hashlib.sha256("\n".join(lines).encode()).hexdigest()
