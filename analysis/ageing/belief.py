"""A belief about the month in which a thing was made, and how pieces of evidence make it.

Each source multiplies a prior by r * (what it allows) + (1 - r) * Uniform(all months): r is how far the source is trusted, so
that one wrong source cannot zero the truth. What a source allows is a few pieces, each uniform over some months and with a share.

The prior is the age distribution of equipment that is bought at a steady rate and serves until it fails: proportional to the
Weibull survival of its kind (renewal theory: Cox, Renewal Theory, 1962, chapter 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from itertools import combinations

import numpy as np

from inventory.serial_dates import month_number

#: Oldest age that is considered.
MONTHS = 30 * 12
#: The interval shown holds this share of the belief.
COVERAGE = 0.8
#: Months by which two sources may miss each other before they contradict.
TOLERANCE = 2
#: Of a kind without a policy.
USUAL_LIFE = 6.0
#: Equipment of offices with little money serves several times its useful life: scale, shape of the Weibull survival. Estimates.
SERVES, SHAPE = 3.0, 2.5


@dataclass(frozen=True, slots=True)
class Piece:
    """Months (`month_number`) from `first` to `last`, all alike, and how much of what the source allows lies there."""

    first: int
    last: int
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Months in which one source lets a thing be made; the pieces' shares are relative."""

    name: str
    pieces: tuple[Piece, ...]
    trust: float

    @property
    def intervals(self) -> tuple[tuple[int, int], ...]:
        return tuple((piece.first, piece.last) for piece in self.pieces)

    @property
    def bounds(self) -> tuple[int, int]:
        """First and last month that it allows at all."""
        return min(p.first for p in self.pieces), max(p.last for p in self.pieces)


def span(name: str, first: int, last: int, trust: float) -> Evidence:
    """A source that allows every month from `first` to `last` alike."""
    return Evidence(name, (Piece(first, last),), trust)


@dataclass(slots=True)
class Belief:
    """`weights[i]` = probability that the device was made `i` months before the month of `as_of` (sums to 1).

    `elapsed`: share of the month of `as_of` that has passed. Made in month i, it is between i - 1 + elapsed and i + elapsed old.
    """

    weights: np.ndarray
    elapsed: float = 1.0
    evidence: tuple[Evidence, ...] = field(default_factory=tuple)
    #: asked for many times of each belief
    _summed: np.ndarray | None = field(default=None, init=False, repr=False, compare=False)

    def quantile(self, share: float) -> float:
        """Age in years below which `share` of the belief lies, linear within a month."""
        month, past, edges = self.month_at(share), self._cumulative(), self._months()
        weight = past[month + 1] - past[month]
        # numpy's interp would divide a month by its weight, which may be next to nothing
        within = min(max((share - past[month]) / weight, 0.0), 1.0) if weight > 0 else 1.0
        return float(edges[month] + within * (edges[month + 1] - edges[month])) / 12

    def older_than(self, years: float) -> float:
        """Probability of an age above `years`."""
        return float(self.older_than_each(np.array(years)))

    def older_than_each(self, years: np.ndarray) -> np.ndarray:
        """Probability of an age above each of `years`."""
        return 1 - np.interp(years * 12, self._months(), self._cumulative())

    def month_at(self, share: float) -> int:
        """The month before that of `as_of`, one that may be, in which `share` of the belief is past."""
        return min(max(int(self._cumulative().searchsorted(share, "right")) - 1, 0), len(self.weights) - 1)

    def _cumulative(self) -> np.ndarray:
        if self._summed is None:
            self._summed = np.concatenate(([0.0], np.cumsum(self.weights)))
        return self._summed

    def _months(self) -> np.ndarray:
        return month_edges(self.elapsed, len(self.weights))


@lru_cache(maxsize=8)  # of one day, all that it is asked for
def month_edges(elapsed: float, months: int) -> np.ndarray:
    """Ages in months at which the months of manufacture of a belief begin and end; nobody may write into it."""
    edges = np.maximum(np.arange(months + 1) - 1 + elapsed, 0.0)
    edges.setflags(write=False)
    return edges


@lru_cache(maxsize=8)
def month_ages(elapsed: float, months: int) -> np.ndarray:
    """Ages in years in the middle of each of these months; nobody may write into it."""
    edges = month_edges(elapsed, months)
    ages: np.ndarray = (edges[:-1] + edges[1:]) / 24
    ages.setflags(write=False)
    return ages


@cache
def survival(life: float) -> np.ndarray:
    """Share of things with this useful life in years that still serve at each age in months."""
    age = np.arange(MONTHS) / 12
    kept: np.ndarray = np.exp(-((age / (SERVES * life)) ** SHAPE))
    return kept


def priors(lives: Sequence[float]) -> np.ndarray:
    """One row a useful life: the belief without any evidence."""
    if not lives:
        return np.zeros((0, MONTHS))
    weights = np.stack([survival(life) for life in lives])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def posterior(prior: np.ndarray, evidence: Sequence[Sequence[Evidence]], today: date) -> list[Belief]:
    """The beliefs of things whose priors are the rows of `prior`, each with its own evidence, in any order."""
    now = month_number(today)
    weights = prior.copy()
    by_name: dict[str, list[tuple[int, Evidence]]] = {}
    for row, sources in enumerate(evidence):
        for source in sources:
            by_name.setdefault(source.name, []).append((row, source))
    for name in sorted(by_name):
        rows = [row for row, _ in by_name[name]]
        if len(set(rows)) == len(rows):
            weights[rows] *= likelihood([source for _, source in by_name[name]], now)
        else:  # several of one kind tell of one thing
            for row, source in by_name[name]:
                weights[row] *= likelihood([source], now)[0]
    weights /= weights.sum(axis=1, keepdims=True)
    elapsed = min(today.day / 30.4, 1.0)
    return [Belief(row, elapsed, tuple(sources)) for row, sources in zip(weights, evidence, strict=True)]


def likelihood(sources: Sequence[Evidence], now: int) -> np.ndarray:
    """One row a source, over ages in months: r * (what it allows) + (1 - r) / MONTHS. What lies outside time is cut off."""
    steps = np.zeros((len(sources), MONTHS + 1))
    for row, source in enumerate(sources):
        inside = [
            (max(now - piece.last, 0), min(now - piece.first, MONTHS - 1), piece.share)
            for piece in source.pieces
            if piece.first <= now and piece.last > now - MONTHS and piece.first <= piece.last
        ]
        total = sum(share for *_, share in inside)
        if not total:
            steps[row, 0] += 1 / MONTHS  # it says nothing
            continue
        for youngest, oldest, share in inside:
            each = source.trust * share / total / (oldest - youngest + 1)
            steps[row, youngest] += each
            steps[row, oldest + 1] -= each
        steps[row, 0] += (1 - source.trust) / MONTHS
    # adding and taking away leaves crumbs of rounding, which must not become negative
    floor = np.array([(1 - source.trust) / MONTHS for source in sources])[:, None]
    return np.maximum(np.cumsum(steps, axis=1)[:, :MONTHS], floor)


def contradictions(evidence: Sequence[Evidence]) -> list[str]:
    """Pairs of sources without a common month, however they are read: `serial|told`."""
    pairs = []
    for a, b in combinations(sorted(evidence, key=lambda e: e.name), 2):
        meets = any(
            max(first_a, first_b) <= min(last_a, last_b) + TOLERANCE
            for first_a, last_a in a.intervals
            for first_b, last_b in b.intervals
        )
        if not meets:
            pairs.append(f"{a.name}|{b.name}")
    return pairs


def quantiles(believed: Sequence[Belief], shares: Sequence[float]) -> np.ndarray:
    """`Belief.quantile` of many at once: one row a belief, one column a share."""
    if not believed:
        return np.zeros((0, len(shares)))
    cumulative = np.cumsum(np.stack([b.weights for b in believed]), axis=1)
    months = np.stack([np.maximum(np.arange(MONTHS + 1) - 1 + b.elapsed, 0.0) for b in believed])
    found = np.empty((len(believed), len(shares)))
    each = np.arange(len(believed))
    for column, share in enumerate(shares):
        at = np.minimum((cumulative < share).sum(axis=1), MONTHS - 1)
        upper = cumulative[each, at]
        lower = np.where(at > 0, cumulative[each, np.maximum(at - 1, 0)], 0.0)
        part = np.clip((share - lower) / np.maximum(upper - lower, 1e-300), 0, 1)
        found[:, column] = months[each, at] + part * (months[each, at + 1] - months[each, at])
    return found / 12


def lives_of(kinds: Sequence[str], lives: Mapping[str, float]) -> list[float]:
    """The useful life by which the prior of each kind is shaped."""
    return [lives.get(kind, USUAL_LIFE) for kind in kinds]
