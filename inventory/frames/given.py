"""Notes what the inventory gives out, for whoever keeps a record of what was read: of each frame its rows and a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd

#: (name of the frame, rows, SHA-256 of its columns and values)
Listener = Callable[[str, int, str], None]

T = TypeVar("T")
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """From now on, `listener` is told of all that is given out in this process."""
    if listener not in _listeners:
        _listeners.append(listener)


def note(name: str, given: T) -> T:
    """Tells who listens, if anybody does, and gives back what it was given: a frame, or anything whose `repr` says all of it."""
    if _listeners:
        rows = len(given) if isinstance(given, pd.DataFrame) else 0
        digest = digest_of(given) if isinstance(given, pd.DataFrame) else hashlib.sha256(repr(given).encode()).hexdigest()
        for listener in _listeners:
            listener(name, rows, digest)
    return given


def note_files(name: str, folder: Path | None) -> None:
    """As `note`, of what is in the files of a folder."""
    if _listeners and folder is not None:
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        note(name, [(str(file.relative_to(folder)), hashlib.sha256(file.read_bytes()).hexdigest()) for file in files])


def digest_of(frame: pd.DataFrame) -> str:
    """SHA-256 of columns, dtypes and values in their order: the same in every process. 0.06 s of CPU for all frames of a
    district of 400 devices."""
    digest = hashlib.sha256(repr([(str(name), str(dtype)) for name, dtype in frame.dtypes.items()]).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=True).to_numpy().tobytes())
    return digest.hexdigest()
