"""Losses of a plan for 5,000 and 50,000 items over five years: every item with a belief of its own, a third with evidence; beside
the same sums item by item for a sample."""

from __future__ import annotations

import resource
import time
from datetime import date

import numpy as np

from analysis import risk
from analysis.ageing import MONTHS, Belief

DAY, FIRST, YEARS = date(2026, 11, 1), 2027, 5


def _items(count: int, dice: np.random.Generator) -> tuple:
    known = risk.shipped()
    names = [kind for kind, law in known.hazards.items() if not law.is_part] + ["pc/disk", "ups/ups_battery", "switch/fan"]
    kinds = [names[i] for i in dice.integers(0, len(names), count)]
    weights = dice.random((count, MONTHS))
    believed = [Belief(row) for row in weights / weights.sum(axis=1, keepdims=True)]
    multipliers = np.where(dice.random(count) < 1 / 3, dice.choice([0.8, 1.8, 2.0, 4.0, 8.0], count), 1.0)
    return kinds, believed, dice.integers(0, 60, count).tolist(), dice.integers(10**6, 10**8, count).tolist(), multipliers


def _seconds(kinds: list, believed: list, persons: list, price: list, multipliers: np.ndarray) -> float:
    never = np.zeros((len(kinds), YEARS), dtype=bool)
    start = time.perf_counter()
    risk.losses(kinds, believed, persons, price, never, as_of=DAY, first_year=FIRST, years=YEARS, multipliers=multipliers)
    return time.perf_counter() - start


def main() -> None:
    for count in (5_000, 50_000):
        kinds, believed, persons, price, multipliers = _items(count, np.random.default_rng(count))
        whole = _seconds(kinds, believed, persons, price, multipliers)
        sample = 500
        single = sum(
            _seconds(*(part[i : i + 1] for part in (kinds, believed, persons, price)), multipliers[i : i + 1])
            for i in range(sample)
        )
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ratio = single / sample * count / whole
        print(f"{count:>6} items x {YEARS} years: {whole:.2f} s, item by item {ratio:.0f} times as long, {mib:.0f} MiB at most")


if __name__ == "__main__":
    main()
