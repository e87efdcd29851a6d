"""A programme's rows in one matrix, and its relaxation: what could be had were everything divisible, and what its prices decide.

On fixing by reduced costs: Balas and Zemel, An algorithm for large zero-one knapsack problems, Operations Research 28 (1980).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.replacement import highs
from analysis.replacement.instance import Instance
from analysis.replacement.programme import FAMILIES, Programme, Rows

#: From so many columns on the relaxation is solved by an interior point (and crossed over to a corner), before by the simplex.
MANY = 3_000
#: What is doubtful is at least so many columns, where there are as many.
LEAST_COLUMNS = 300


class Impossible(ValueError):
    """No choice keeps the rules that are not soft (a pin that nothing satisfies)."""

    def __init__(self, says: str = "no choice keeps the rules") -> None:
        super().__init__(says)


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


def objective(programme: Programme, made: Whole) -> np.ndarray:
    """What is to be least, by column: minus the benefit, as a share of the largest; what is missing adds nothing."""
    return np.concatenate([-programme.gain / programme.scale, np.zeros(made.missing)])


def relax(programme: Programme, made: Whole, held: Mapping[int, int] | None = None) -> Relaxation | None:
    """The relaxation, None where it has no answer. `held`: columns whose counts are given."""
    columns = len(programme.unit)
    value = objective(programme, made)
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
            raise Impossible
        by_unit = np.zeros(programme.may.shape)
        by_unit[programme.unit, programme.year] = found.x[: len(programme.unit)]
        bought[order] = by_unit[programme.unit_of] * programme.times[:, None]
    return bought


def decided(programme: Programme, relaxed: Relaxation, threshold: float) -> tuple[np.ndarray, np.ndarray]:
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


def doubtful(programme: Programme, relaxed: Relaxation, share: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    """As `decided`, by the threshold that leaves about `share` times as many columns open as a threshold of nothing."""
    wanted = share * max(len(decided(programme, relaxed, 0.0)[1]), LEAST_COLUMNS)
    low, high = 0.0, min(most, float(relaxed.lost.max()))
    for _ in range(30):
        middle = (low + high) / 2
        if len(decided(programme, relaxed, middle)[1]) <= wanted:
            low = middle
        else:
            high = middle
    return decided(programme, relaxed, low)
