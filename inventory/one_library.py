"""Keeps two SQLite libraries of one process off the same file.

ADBC brings a SQLite library of its own. File locks belong to a process, so two libraries in one process do not see each
other's: the one that closes first drops the other's locks and may remove a write-ahead log that is still being written.
(https://www.sqlite.org/howtocorrupt.html, 2.2.1.) Therefore only one of them has a file open at a time in a process:
connections are closed after use, and frames are read through ADBC only while this process has no connection of its own.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

_library = threading.RLock()
_open_connections = 0


class CountedConnection(sqlite3.Connection):
    """Counts itself while it is open."""

    _counted = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        global _open_connections  # noqa: PLW0603 - one process, one count
        with _library:  # waits for a frame that is being read through ADBC
            super().__init__(*arguments, **options)
            _open_connections += 1
            self._counted = True

    def close(self) -> None:
        super().close()
        self._uncount()

    def __del__(self) -> None:
        self._uncount()

    def _uncount(self) -> None:
        global _open_connections  # noqa: PLW0603
        with _library:
            if self._counted:
                self._counted = False
                _open_connections -= 1


def claim_file() -> bool:
    """Whether ADBC may open a SQLite file now. After True, `release_file` must follow."""
    _library.acquire()
    if _open_connections:
        _library.release()
        return False
    return True


def release_file() -> None:
    _library.release()
