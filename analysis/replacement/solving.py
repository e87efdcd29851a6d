"""The best choice: the linear relaxation, what its reduced costs decide, and a search through what they leave open.

1. The clerk's choice (`clerk.greedy`) is the baseline, and a first answer.
2. Levels: how far soft rules must be broken. Nothing where the clerk breaks none; else a small search for each family in turn.
3. The relaxation (HiGHS) gives a bound, the price of money in each year (the duals of the budgets), and for each column what
   taking it in costs at least (the reduced cost). Its whole part, completed by the clerk at these prices, is a second answer.
4. What takes much of a year's money is bought whole, all else in part: a search of few columns, and most of what the relaxation
   promised too much.
5. With that given, the columns that are most doubtful are searched for an answer. What costs more than the distance between it
   and the relaxation is decided: left out, or bought in full. For the rest a bound is proved, beginning at the answer. Where that
   does not come to its gap, more columns are doubted, and in the end all that is not decided is searched for both.

The bound that is quoted is the smallest that was proved. Every answer is checked in exact integers. No clock is involved: a
search ends by its gap or by a count of nodes, so that the same input gives the same answer.

On the core of a knapsack: Martello and Toth, Knapsack Problems (1990), chapter 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.replacement.clerk import completed, greedy
from analysis.replacement.instance import Instance, Short
from analysis.replacement.programme import FAMILIES, Programme
from analysis.replacement.relaxation import Impossible, Relaxation, Whole, decided, doubtful, objective, relax, whole
from analysis.replacement.searching import lumps, search

GAP = 1e-4
#: A gap that is reached in a second or two, for questions that are asked one after another (`Solution.gap` says how near it is).
QUICK = 2e-3
#: Where a search ends that has not reached its gap, as columns times nodes: a node of many columns takes longer, so that this
#: stands for time, and is the same on every machine. Of a search for an answer, of a proof, and of what is searched in the end.
CORE_EFFORT, PROOF_EFFORT, EFFORT = 1_000, 250_000, 300_000
#: Columns of the searches for an answer, as multiples of those that the relaxation itself leaves open. Where there are lumps, few
#: things fill the money of a year, and to find room many must move: the smallest is left out.
CORES = (1.3, 2.0, 3.0)
#: A bound is proved before more is doubted where no more columns than that are open.
FEW = 3_000


@dataclass(frozen=True, slots=True)
class Solution:
    """`bought[g, t]`; benefits in dong: none that keeps the rules as well can exceed `bound`; `greedy` is the clerk's.

    `price[t]`: benefit of one more dong in year t by the relaxation, 0 where money is left. An estimate: items are whole.
    `short` and `greedy_short`: by how much soft rules are broken.
    """

    bought: np.ndarray
    benefit: float
    bound: float
    greedy: float
    price: tuple[float, ...]
    short: Short
    greedy_short: Short

    @property
    def gap(self) -> float:
        """How far from the best possible, at most, as a share of it."""
        return 0.0 if self.bound <= 0 else max(0.0, 1 - self.benefit / self.bound)


@dataclass(slots=True)
class _Best:
    """The best choice so far: rules first, then the benefit."""

    programme: Programme
    counts: np.ndarray | None = None
    bought: np.ndarray | None = None
    short: Short | None = None
    gain: float = -np.inf

    def offer(self, counts: np.ndarray) -> None:
        bought = self.programme.bought(counts)
        instance = self.programme.instance
        if not instance.keeps(bought):
            return
        short, gain = instance.short(bought), instance.gain(bought)
        if self.short is None or (short.sums, -gain) < (self.short.sums, -self.gain):
            self.counts, self.bought, self.short, self.gain = counts, bought, short, gain


def _levels(programme: Programme, best: _Best) -> dict[str, float | None]:
    """What must be missing of each family at least, as `whole` takes it; `best` is offered what is found on the way."""
    levels: dict[str, float | None] = {}
    columns = len(programme.unit)
    for n, family in enumerate(FAMILIES):
        rows = programme.soft[family]
        count = rows.matrix.shape[0]
        if not count:
            continue
        if best.short is not None and best.short.sums[: n + 1] == (0,) * (n + 1):
            levels[family] = 0
            continue
        made = whole(programme, levels | {family: None})
        value = np.zeros(columns + made.missing)
        value[columns + made.missing - count :] = 1.0
        counts, _ = search(programme, made, value, np.zeros(columns, dtype=np.int64), np.arange(columns), 0.0, EFFORT)
        if counts is None:
            if best.short is None:
                raise Impossible
            reached = float(best.short.sums[n])
        else:
            best.offer(counts)
            reached = float(np.maximum(rows.lower - rows.matrix @ counts, 0).sum())
        levels[family] = 0 if reached < 1e-9 else reached + 1e-6
    return levels


@dataclass(slots=True)
class _Between:
    """What is known of the best choice: an answer (`best`), and what nothing can exceed (`bound`, in dong)."""

    programme: Programme
    made: Whole
    relaxed: Relaxation
    best: _Best
    bound: float
    #: as a share of the bound: how near they shall come
    gap: float

    @property
    def near(self) -> bool:
        return self.best.bought is not None and self.bound - self.best.gain <= self.gap * abs(self.bound)

    @property
    def value(self) -> np.ndarray:
        """What a column saves beyond the price of its money."""
        return self.programme.gain - self.relaxed.price[self.programme.year] * self.programme.price

    @property
    def distance(self) -> float:
        """How much better than the answer the relaxation is: its reduced costs are counted from there, not from `bound`."""
        return self.relaxed.value - self.best.gain if self.best.bought is not None else np.inf

    def offer(self, counts: np.ndarray) -> None:
        """An answer, and what the clerk makes of it."""
        self.best.offer(counts)
        self.best.offer(completed(self.programme, counts, self.value))

    def lower(self, proved: float) -> None:
        self.bound = min(self.bound, max(proved, self.best.gain))

    def look(self, relaxed: Relaxation, given: dict[int, int], share: float) -> None:
        """Search what is most doubtful by a relaxation in which some columns are given."""
        fixed, free = doubtful(self.programme, relaxed, share, self.distance)
        held = np.array(sorted(given), dtype=np.int64)
        fixed[held] = [given[column] for column in held.tolist()]
        self._search(fixed, np.setdiff1d(free, held), 0.5 * self.gap, CORE_EFFORT)

    def settle(self, most: float, effort: int, *, proving: bool = False) -> None:
        """Search all that may be otherwise in a better choice, where it is no more than so many columns: what is proved for it
        holds for the whole."""
        fixed, free = decided(self.programme, self.relaxed, self.distance)
        if len(free) <= most:
            self.lower(self._search(fixed, free, self.gap, effort, proving=proving))

    def _search(self, fixed: np.ndarray, free: np.ndarray, gap: float, effort: int, *, proving: bool = False) -> float:
        """Take what a search finds. Answer: what nothing can exceed that has the fixed counts."""
        scale = self.programme.scale
        left = self.bound - float(self.programme.gain @ fixed)
        gap_there = gap * self.bound / max(left, gap * self.bound, 1e-9 * scale)
        counts, proved = search(
            self.programme,
            self.made,
            objective(self.programme, self.made),
            fixed,
            free,
            gap_there,
            effort,
            begin=self.best.counts,
            proving=proving,
        )
        if counts is not None:
            self.offer(counts)
        return np.inf if proved is None else -proved * scale


def solve(instance: Instance, *, gap: float = GAP, known: np.ndarray | None = None) -> Solution:
    """The best choice to a relative gap (see the module; 0 searches to the end). `known[g, t]`: a choice to begin with.

    Raises `Impossible` where pins cannot be kept.
    """
    ordered, order = instance.ordered()
    programme = Programme(ordered)
    best = _Best(programme)
    clerk = greedy(programme)
    best.offer(clerk)
    clerks_bought = programme.bought(clerk)
    clerks_short = ordered.short(clerks_bought)
    if not len(programme.unit):
        return _answer(best, 0.0, best.gain, (0.0,) * ordered.years, order, clerks_short)
    clerks_gain = best.gain if best.bought is not None else ordered.gain(clerks_bought)
    made = whole(programme, _levels(programme, best))
    relaxed = relax(programme, made)
    if relaxed is None:
        raise Impossible
    between = _Between(programme, made, relaxed, best, relaxed.value, gap)
    best.offer(completed(programme, np.floor(relaxed.x + 1e-6).astype(np.int64), between.value))
    if known is not None:
        between.offer(programme.counts(known[order]))
    if not between.near:
        _narrow(between)
    price = tuple(relaxed.price.tolist())
    return _answer(best, clerks_gain, max(between.bound, best.gain), price, order, clerks_short)


def _narrow(between: _Between) -> None:
    """Search until answer and bound are near each other, or the effort is spent."""
    given, at_most = lumps(between.programme, between.made, between.gap)
    between.lower(at_most)
    settled = (relax(between.programme, between.made, given) if given else None) or between.relaxed
    for share in CORES[1:] if given else CORES:
        if not between.near:
            between.look(settled, given, share)
        if not between.near and between.best.counts is not None:
            between.settle(FEW, PROOF_EFFORT, proving=True)
    if not between.near:
        between.settle(np.inf, EFFORT)


def _answer(
    best: _Best, clerks: float, bound: float, price: tuple[float, ...], order: np.ndarray, clerks_short: Short
) -> Solution:
    """The solution in the order that was asked for. Raises `Impossible` where there is no choice."""
    if best.bought is None or best.short is None:
        raise Impossible
    bought = np.zeros_like(best.bought)
    bought[order] = best.bought
    return Solution(bought, best.gain, bound, clerks, price, best.short, clerks_short)
