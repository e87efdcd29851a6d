"""HiGHS tells its name, whatever it is told: that would stand in the output of a notebook."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unheard() -> Iterator[None]:
    """What C code prints to the standard output of this process meanwhile goes nowhere."""
    flush = ctypes.CDLL(None).fflush
    flush(None)
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
        flush(None)
    finally:
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)
