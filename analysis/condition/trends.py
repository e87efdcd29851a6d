"""What readings over time say: how fast, since when, and what a counter counted. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one thing, oldest first. `at`: seconds since the epoch."""

    at: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.at)

    @property
    def days(self) -> float:
        """From the first reading to the last."""
        return float(self.at[-1] - self.at[0]) / DAY_S if len(self) else 0.0

    def last_days(self, days: float) -> Series:
        """The readings of so many days before the last one, and that one."""
        if not len(self):
            return self
        recent = self.at >= self.at[-1] - days * DAY_S
        return Series(self.at[recent], self.values[recent])

    def since(self, shows: Callable[[np.ndarray], np.ndarray]) -> float | None:
        """The time of the first of the readings in a row up to the last one that show something; None where the last does not."""
        showing = shows(self.values)
        if not len(self) or not showing[-1]:
            return None
        before = np.flatnonzero(~showing)
        return float(self.at[before[-1] + 1 if len(before) else 0])


@dataclass(frozen=True, slots=True)
class Slope:
    """`a_day`: the median of the slopes between any two readings. `rising`: the share of the pairs that rise."""

    a_day: float
    rising: float


def slope(series: Series) -> Slope | None:
    """The Theil-Sen estimate, which a third of wild readings does not move. None with fewer than two times."""
    days = (series.at - series.at[0]) / DAY_S if len(series) else series.at
    i, j = np.triu_indices(len(series), k=1)
    apart = days[j] - days[i]
    if not (apart > 0).any():
        return None
    steps = (series.values[j] - series.values[i])[apart > 0]
    return Slope(float(np.median(steps / apart[apart > 0])), float((steps > 0).mean()))


def counted(series: Series) -> Series:
    """The end of a counter's readings, from where on it never fell: before that it was another, was reset, or has wrapped."""
    falls = np.flatnonzero(np.diff(series.values) < 0)
    start = falls[-1] + 1 if len(falls) else 0
    return Series(series.at[start:], series.values[start:])
