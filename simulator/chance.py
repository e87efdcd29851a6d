"""Seeded chance: the same words always give the same number, whatever was asked before."""

from __future__ import annotations

import hashlib
import random
from functools import lru_cache


@lru_cache(maxsize=1 << 17)
def number(*words: object) -> int:
    """64 bits that depend on the words alone (not on the process, as `hash` does)."""
    text = "\x1f".join(map(str, words)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def share(*words: object) -> float:
    """A number in [0, 1)."""
    return number(*words) / 2**64


def between(low: int, high: int, *words: object) -> int:
    """A whole number, both ends included."""
    return low + number(*words) % (high - low + 1)


def dice(*words: object) -> random.Random:
    """A generator of its own for one question."""
    return random.Random(number(*words))
