"""Seconds that some work takes, over several runs. What the benchmarks share."""

from __future__ import annotations

import time
from collections.abc import Callable


def rounds(work: Callable[[], object], times: int) -> list[float]:
    """Seconds of each run, for a median or the best of them."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken
