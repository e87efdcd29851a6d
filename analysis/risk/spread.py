"""Ages of parts as beliefs, and beliefs as a few ages that are equally likely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.ageing import COVERAGE, MONTHS, Belief
from analysis.ageing.belief import month_ages

#: How far beyond an interval what it leaves out reaches, as a share of its width.
_TAIL = 0.25


def between(low: float, median: float | None, high: float, elapsed: float) -> Belief:
    """A belief with these quantiles (years), even between them: the interval holds `COVERAGE`, half of it on either side of the
    median where that is known."""
    outside = (1 - COVERAGE) / 2
    low, high = max(low, 0.0), max(high, low, 0.0)
    reach = _TAIL * (high - low) + 1 / 12
    points = [(max(low - reach, 0.0), 0.0), (low, outside if low else 0.0), (high, 1 - outside), (high + reach, 1.0)]
    if median is not None and low < median < high:
        points.insert(2, (median, 0.5))
    at, share = np.array(points).T
    edges = np.maximum(np.arange(MONTHS + 1) - 1 + elapsed, 0.0) / 12
    cumulative = np.interp(edges, at, share)
    weights = np.diff(cumulative, prepend=0.0)[1:]
    weights[0] += cumulative[0]
    weights[-1] += 1 - cumulative[-1]  # older than is considered
    return Belief(weights / weights.sum(), elapsed)


def within(device: Belief) -> Belief:
    """The age of a part of which nothing is known but the device that it is in: anything up to that one's age."""
    months = np.arange(len(device.weights))
    weights = np.cumsum((device.weights / (months + 1))[::-1])[::-1]
    return Belief(weights / weights.sum(), device.elapsed)


def even_ages(believed: Sequence[Belief], count: int) -> np.ndarray:
    """(beliefs, count): ages in years that stand for equal shares of each belief, youngest first."""
    levels = (np.arange(count) + 0.5) / count
    found = np.empty((len(believed), count))
    for i, belief in enumerate(believed):
        place = np.searchsorted(np.cumsum(belief.weights), levels)
        found[i] = month_ages(belief.elapsed, len(belief.weights))[np.minimum(place, len(belief.weights) - 1)]
    return found
