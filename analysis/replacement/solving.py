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

On fixing by reduced costs and the core: Balas and Zemel, An algorithm for large zero-one knapsack problems, Operations Research
28 (1980); Martello and Toth, Knapsack Problems (1990), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.replacement import highs
from analysis.replacement.clerk import completed, greedy
from analysis.replacement.instance import Instance, Short
from analysis.replacement.programme import FAMILIES, Programme, Rows

GAP = 1e-4
#: Where a search ends that has not reached its gap: columns times nodes, and at least so many nodes. A node of many columns takes
#: longer, so that this stands for time, and is the same on every machine. For an answer, for a proof, for all at the end.
CORE_EFFORT, PROOF_EFFORT, EFFORT, LEAST_NODES = 1_000, 250_000, 300_000, 20
#: What costs this share of the least money of a year, or more, is a lump; nodes of the search for the lumps.
LUMP, LUMP_NODES = 0.1, 200
#: Columns of the searches for an answer, as multiples of those that the relaxation itself leaves open, and at least of so many.
#: Where there are lumps, few things fill the money of a year, and to find room many must move: the smallest is left out.
CORES, LEAST_COLUMNS = (1.3, 2.0, 3.0), 300
#: A gap that is reached in a second or two, for questions that are asked one after another (`Solution.gap` says how near it is).
QUICK = 2e-3
#: From so many columns on the relaxation is solved by an interior point (and crossed over to a corner), before by the simplex.
MANY = 3_000


class Impossible(ValueError):
    """No choice keeps the rules that are not soft (a pin that nothing satisfies)."""


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


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The relaxation's answer: `x` by column, its value (dong), the price of a dong by year, what forcing each column in costs
    at least (`lost`), and what leaving one of each unit out costs at least (`kept`)."""

    x: np.ndarray
    value: float
    price: np.ndarray
    lost: np.ndarray
    kept: np.ndarray


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a programme at given levels of its soft rules, columns for what is missing after the programme's own."""

    rows: Rows
    #: soft rows -> how many extra columns
    missing: int
    units: int
    years: int


def whole(programme: Programme, levels: Mapping[str, float | None], money: np.ndarray | None = None) -> Whole:
    """`levels[family]`: what may be missing in all (None: as much as there is). Families without an entry are left away."""
    columns = len(programme.unit)
    families = {f: programme.soft[f] for f in FAMILIES if f in levels and programme.soft[f].matrix.shape[0]}
    missing = sum(rows.matrix.shape[0] for f, rows in families.items() if levels[f] != 0)
    limits = programme.money(programme.instance.money) if money is None else money
    blocks: list[list[sparse.csr_matrix | None]] = []
    lower, upper = [], []

    def add(matrix: sparse.csr_matrix, least: np.ndarray, most: np.ndarray, extra: sparse.csr_matrix | None = None) -> None:
        blocks.append([matrix, extra if extra is not None else sparse.csr_matrix((matrix.shape[0], missing))])
        lower.append(least)
        upper.append(most)

    add(programme.once, np.full(len(programme.limit), -np.inf), programme.limit.astype(float))
    add(programme.spending, np.full(len(limits), -np.inf), limits)
    add(programme.hard.matrix, programme.hard.lower, programme.hard.upper)
    at = 0
    for family, rows in families.items():
        count = rows.matrix.shape[0]
        if levels[family] == 0:
            add(rows.matrix, rows.lower, rows.upper)
            continue
        own = sparse.csr_matrix((np.ones(count), (range(count), range(at, at + count))), shape=(count, missing))
        add(rows.matrix, rows.lower, rows.upper, own)
        if levels[family] is not None:
            sum_of = sparse.csr_matrix((np.ones(count), ([0] * count, range(at, at + count))), shape=(1, missing))
            add(sparse.csr_matrix((1, columns)), np.array([-np.inf]), np.array([float(levels[family] or 0)]), sum_of)
        at += count
    matrix = sparse.bmat(blocks, format="csr")
    return Whole(
        Rows(matrix, np.concatenate(lower), np.concatenate(upper)), missing, len(programme.limit), programme.instance.years
    )


def relax(programme: Programme, made: Whole, held: Mapping[int, int] | None = None) -> Relaxation | None:
    """The relaxation, None where it has no answer. `held`: columns whose counts are given."""
    columns = len(programme.unit)
    value = np.concatenate([-programme.gain / programme.scale, np.zeros(made.missing)])
    least, most = np.zeros(len(value)), np.full(len(value), np.inf)
    for column, count in (held or {}).items():
        least[column] = most[column] = count
    found = highs.linear(value, made.rows, least, most, interior=columns > MANY)
    if found is None:
        return None
    dual = -found.of_rows  # >= 0 for an upper limit, <= 0 for a lower one
    kept = dual[: made.units] * programme.scale
    money = dual[made.units : made.units + made.years] * programme.scale / programme.dong
    price = np.cumsum(money[::-1])[::-1] if programme.instance.carry_over else money
    lost = found.of_columns[:columns] * programme.scale
    return Relaxation(found.x[:columns], -found.value * programme.scale, price, lost, kept)


def fractions(instance: Instance) -> np.ndarray:
    """How much of each group the relaxation buys in each year: a quick answer for many instances. All but a few of its numbers
    are whole. Soft rules are broken only where nothing else helps."""
    ordered, order = instance.ordered()
    programme = Programme(ordered)
    bought = np.zeros(ordered.benefit.shape)
    if len(programme.unit):
        made = whole(programme, dict.fromkeys(FAMILIES))
        per_dong = float((np.abs(programme.gain) / programme.price).max()) * programme.dong / programme.scale
        missing = [
            np.full(rows.matrix.shape[0], 1e3 * per_dong if family == "fairness" else 1e3)
            for family, rows in programme.soft.items()
        ]
        found = highs.linear(np.concatenate([-programme.gain / programme.scale, *missing]), made.rows)
        if found is None:
            raise Impossible("no choice keeps the rules")
        by_unit = np.zeros(programme.may.shape)
        by_unit[programme.unit, programme.year] = found.x[: len(programme.unit)]
        bought[order] = by_unit[programme.unit_of] * programme.times[:, None]
    return bought


def search(
    programme: Programme,
    made: Whole,
    value: np.ndarray,
    fixed: np.ndarray,
    free: np.ndarray,
    gap: float,
    effort: int = EFFORT,
    *,
    begin: np.ndarray | None = None,
    proving: bool = False,
) -> tuple[np.ndarray | None, float | None, bool]:
    """The least of `value` (one entry a column, missing ones included) over whole numbers of the `free` columns.

    `fixed`: counts of the other columns; `begin`: counts of all own columns to begin at; `proving` as in `highs.search`.
    Answer: counts of all own columns, proved lower bound, and whether it is finished.
    """
    columns = len(programme.unit)
    used = np.concatenate([free, np.arange(columns, columns + made.missing)])
    taken = made.rows.matrix[:, :columns] @ fixed
    part = made.rows.matrix[:, used].tocsr()
    busy = np.diff(part.indptr) > 0
    lower, upper = made.rows.lower - taken, made.rows.upper - taken
    if (lower[~busy] > 1e-6).any() or (upper[~busy] < -1e-6).any():
        return None, None, True
    base = float(value[:columns] @ fixed)
    if not len(used):
        return fixed, base, True
    rows, classes = counted(programme, made, Rows(part[busy], lower[busy], upper[busy]), free, busy)
    whole_numbers = np.ones(len(used) + classes.shape[0], dtype=bool)
    whole_numbers[len(free) : len(used)] = False  # what is missing follows from what is bought
    most = np.concatenate([programme.size[free].astype(float), np.full(len(used) - len(free) + classes.shape[0], np.inf)])
    found = highs.search(
        np.concatenate([value[used], np.zeros(classes.shape[0])]),
        rows,
        whole_numbers,
        most,
        gap=gap,
        nodes=max(effort // len(used), LEAST_NODES),
        begin=None if begin is None or made.missing else np.concatenate([begin[free], classes @ begin[free]]),
        proving=proving and begin is not None and not made.missing,
    )
    bound = None if found.bound is None else found.bound + base
    if found.x is None:
        return None, bound, found.finished
    counts = fixed.copy()
    counts[free] = np.round(found.x[: len(free)]).astype(np.int64)
    return counts, bound, found.finished


def counted(programme: Programme, made: Whole, rows: Rows, free: np.ndarray, kept: np.ndarray) -> tuple[Rows, sparse.csr_matrix]:
    """The rows with a column more for each price of a year that several free columns have, which counts them, and pays for them.

    How many of each price are bought is what must come out whole: with that given, what remains is an assignment, whose corners
    are whole by themselves. So HiGHS finds its cuts in a few short rows instead of in long ones. `kept`: which of the programme's
    rows there are. Second answer: price x free column, 1 where it is counted.
    """
    kinds = np.column_stack([programme.year[free], programme.price[free]])
    _, first, kind, often = np.unique(kinds, axis=0, return_index=True, return_inverse=True, return_counts=True)
    several = often > 1
    inside = several[kind.reshape(-1)]
    number = (np.cumsum(several) - 1)[kind.reshape(-1)]
    members = np.nonzero(inside)[0]
    classes = sparse.csr_matrix((np.ones(len(members)), (number[members], members)), shape=(int(several.sum()), len(free)))
    row = np.nonzero(kept)[0]
    spending = sparse.diags(((row >= made.units) & (row < made.units + made.years)).astype(float))
    by_class = sparse.diags(np.concatenate([inside, np.zeros(made.missing)]).astype(float))
    matrix = sparse.bmat(
        [
            [rows.matrix - spending @ rows.matrix @ by_class, spending @ rows.matrix[:, first[several]]],
            [sparse.hstack([classes, sparse.csr_matrix((classes.shape[0], made.missing))]), -sparse.eye(classes.shape[0])],
        ],
        format="csr",
    )
    matrix.eliminate_zeros()
    none = np.zeros(classes.shape[0])
    return Rows(matrix, np.concatenate([rows.lower, none]), np.concatenate([rows.upper, none])), classes


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
        counts, _, _ = search(programme, made, value, np.zeros(columns, dtype=np.int64), np.arange(columns), 0.0)
        if counts is None:
            if best.short is None:
                raise Impossible("no choice keeps the rules")
            reached = float(best.short.sums[n])
        else:
            best.offer(counts)
            reached = float(np.maximum(rows.lower - rows.matrix @ counts, 0).sum())
        levels[family] = 0 if reached < 1e-9 else reached + 1e-6
    return levels


def _decided(programme: Programme, relaxed: Relaxation, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Counts of what is decided, and the columns that are open, where a change must be worth at least `threshold`."""
    tolerance = 1e-9 * programme.scale
    open_column = relaxed.lost <= threshold + tolerance
    units = len(programme.limit)
    alternatives = np.bincount(programme.unit[open_column], minlength=units)
    full = relaxed.kept > threshold + tolerance
    counts = np.zeros(len(programme.unit), dtype=np.int64)
    decided_unit = (alternatives == 0) | (full & (alternatives == 1))
    open_column &= ~(full & (alternatives == 1))[programme.unit]
    settled = np.nonzero((full & decided_unit)[programme.unit] & (relaxed.lost <= threshold + tolerance))[0]
    counts[settled] = programme.size[settled]
    return counts, np.nonzero(open_column)[0]


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
        if best.bought is None:
            raise Impossible("no choice keeps the rules")
        return _answer(best, 0.0, best.gain, (0.0,) * ordered.years, order, clerks_short)
    clerks_gain = best.gain if best.bought is not None else ordered.gain(clerks_bought)
    levels = _levels(programme, best)
    made = whole(programme, levels)
    relaxed = relax(programme, made)
    if relaxed is None:
        raise Impossible("no choice keeps the rules")
    bound = relaxed.value
    value = programme.gain - relaxed.price[programme.year] * programme.price
    best.offer(completed(programme, np.floor(relaxed.x + 1e-6).astype(np.int64), value))
    if known is not None:
        begun = programme.counts(known[order])
        best.offer(begun)
        best.offer(completed(programme, begun, value))
    objective = np.concatenate([-programme.gain / programme.scale, np.zeros(made.missing)])

    def distance() -> float:
        """How much better than the best so far the relaxation is: its reduced costs are counted from there, not from `bound`."""
        return relaxed.value - best.gain if best.bought is not None else np.inf

    def core_gap(wanted: float, fixed: np.ndarray) -> float:
        """The gap of the whole as one of what is open."""
        return wanted * bound / max(bound - float(programme.gain @ fixed), wanted * bound, 1e-9 * programme.scale)

    def near() -> bool:
        return best.bought is not None and best.short is not None and bound - best.gain <= gap * abs(bound)

    def searched(fixed: np.ndarray, free: np.ndarray, wanted: float, effort: int, *, proving: bool = False) -> float:
        """Search what is free, and take what comes of it. Answer: what nothing can exceed that has the fixed counts."""
        counts, proved, _ = search(
            programme, made, objective, fixed, free, core_gap(wanted, fixed), effort, begin=best.counts, proving=proving
        )
        if counts is not None:
            best.offer(counts)
            best.offer(completed(programme, counts, value))
        return np.inf if proved is None else -proved * programme.scale

    def lower(proved: float) -> None:
        nonlocal bound
        bound = min(bound, max(proved, best.gain))

    lumps, large = ({}, np.inf) if near() else _lumps(programme, made, objective, gap)
    lower(large)
    settled = (relax(programme, made, lumps) if lumps else None) or relaxed
    for share in CORES[1:] if lumps else CORES:
        if near():
            break
        fixed, free = _doubtful(programme, settled, share, distance())
        held = np.array(sorted(lumps), dtype=np.int64)
        fixed[held] = [lumps[c] for c in held.tolist()]
        searched(fixed, np.setdiff1d(free, held), 0.5 * gap, CORE_EFFORT)
        fixed, free = _decided(programme, relaxed, distance())
        if not near() and len(free) <= MANY and best.counts is not None:
            lower(searched(fixed, free, gap, PROOF_EFFORT, proving=True))
    if not near():
        lower(searched(*_decided(programme, relaxed, distance()), gap, EFFORT))
    if best.bought is None:
        raise Impossible("no choice keeps the rules")
    return _answer(best, clerks_gain, max(bound, best.gain), tuple(relaxed.price.tolist()), order, clerks_short)


def _lumps(programme: Programme, made: Whole, objective: np.ndarray, gap: float) -> tuple[dict[int, int], float]:
    """How many of each column that takes much of a year's money, were all else divisible; and what nothing can exceed then.

    A relaxation buys such things in part. With them whole, it is nearly what can be had, and the rest a matter of small change.
    """
    lump = programme.price >= LUMP * min((money for money in programme.instance.money if money > 0), default=0)
    if not lump.any():
        return {}, np.inf
    most = np.concatenate([programme.size.astype(float), np.full(made.missing, np.inf)])
    whole_numbers = np.concatenate([lump, np.zeros(made.missing, dtype=bool)])
    found = highs.search(objective, made.rows, whole_numbers, most, gap=0.3 * gap, nodes=LUMP_NODES)
    counts = {} if found.x is None else {int(c): round(float(found.x[c])) for c in np.nonzero(lump)[0]}
    return counts, np.inf if found.bound is None else -found.bound * programme.scale


def _doubtful(programme: Programme, relaxed: Relaxation, share: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    """As `_decided`, by the threshold that leaves about `share` times as many columns open as a threshold of nothing."""
    wanted = share * max(len(_decided(programme, relaxed, 0.0)[1]), LEAST_COLUMNS)
    low, high = 0.0, min(most, float(relaxed.lost.max()))
    for _ in range(30):
        middle = (low + high) / 2
        if len(_decided(programme, relaxed, middle)[1]) <= wanted:
            low = middle
        else:
            high = middle
    return _decided(programme, relaxed, low)


def _answer(
    best: _Best, clerks: float, bound: float, price: tuple[float, ...], order: np.ndarray, clerks_short: Short
) -> Solution:
    assert best.bought is not None
    assert best.short is not None
    bought = np.zeros_like(best.bought)
    bought[order] = best.bought
    return Solution(bought, best.gain, bound, clerks, price, best.short, clerks_short)
