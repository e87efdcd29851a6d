"""An instance as a linear programme: columns (unit, year), rows <= limit.

A unit is what is bought together: a bundle (its limit is 1), or one group alone (its limit is the group's count). Money is
counted in the largest sum that divides every price: HiGHS finds its cuts in small whole numbers.

Soft rules are rows with a column of their own for what is missing; the sum of each family is held to its level (`relaxation`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from analysis.replacement.instance import Instance

FAMILIES = ("mandatory", "coverage", "fairness")


@dataclass(frozen=True, slots=True)
class Rows:
    """A block of rows `lower <= matrix @ x <= upper`."""

    matrix: sparse.csr_matrix
    lower: np.ndarray
    upper: np.ndarray


class Programme:
    """The columns and rows of an instance (its groups in the order of their names: `Instance.ordered`).

    `affordable`: without columns that the money could not even pay one of, which a relaxation would buy in part.
    """

    def __init__(self, instance: Instance, *, affordable: bool = True) -> None:
        self.instance = instance
        groups, years = len(instance.names), instance.years
        self.unit_of = np.full(groups, -1, dtype=np.int64)
        #: members of each unit, and how many of a group one unit is
        self.members: list[tuple[int, ...]] = []
        self.times = np.ones(groups, dtype=np.int64)
        inside = {g: bundle for bundle in instance.bundles for g in bundle}
        for g in range(groups):
            if self.unit_of[g] < 0:
                together = inside.get(g, (g,))
                self.unit_of[list(together)] = len(self.members)
                self.members.append(together)
        bundled = sorted(inside)
        self.times[bundled] = instance.count[bundled]
        first = np.array([members[0] for members in self.members], dtype=np.int64)
        single = np.array([members[0] not in inside for members in self.members], dtype=bool)
        self.limit = np.where(single, instance.count[first], 1) if len(first) else np.zeros(0, dtype=np.int64)

        # by unit and year
        spread = sparse.csr_matrix((self.times, (self.unit_of, range(groups))), shape=(len(self.members), groups))
        self.unit_cost = (spread @ instance.cost).astype(np.int64)
        self.unit_gain = spread @ np.where(instance.allowed, instance.benefit, 0.0)
        sizes = np.bincount(self.unit_of, minlength=len(self.members))[:, None]
        member = sparse.csr_matrix(
            (np.ones(groups, dtype=np.int64), (self.unit_of, range(groups))), shape=(len(self.members), groups)
        )
        self.may = (member @ instance.allowed.astype(np.int64) == sizes) & (self.limit > 0)[:, None]
        self.may &= (self.unit_gain > 0) | self._needed()[:, None]
        if affordable:
            self.may &= self.unit_cost <= np.array(instance.most_at_once, dtype=np.int64)

        #: columns: unit, year
        self.unit, self.year = (part.astype(np.int64) for part in np.nonzero(self.may))
        self.price = self.unit_cost[self.unit, self.year]
        self.gain = self.unit_gain[self.unit, self.year]
        self.size = self.limit[self.unit]
        self.dong = int(np.gcd.reduce(self.price)) if len(self.price) else 1
        self.scale = float(np.abs(self.gain).max(initial=0.0)) or 1.0
        self.column = np.full((len(self.members), years), -1, dtype=np.int64)
        self.column[self.unit, self.year] = np.arange(len(self.unit))

    def _needed(self) -> np.ndarray:
        """Units that a rule may want although they save nothing themselves."""
        found = np.zeros(len(self.members), dtype=bool)
        instance = self.instance
        wanted = [m.group for m in instance.mandatory] + [a for a, _ in instance.before] + [p.group for p in instance.pinned]
        wanted += [g for c in instance.coverage for g in c.groups]
        found[self.unit_of[wanted]] = True
        if instance.office is not None and any(instance.claims):
            asking = np.array([claim > 0 for claim in instance.claims] + [False])
            found[self.unit_of[asking[instance.office]]] = True
        return found

    @cached_property
    def once(self) -> sparse.csr_matrix:
        """Unit x column: how many are bought in all."""
        shape = (len(self.members), len(self.unit))
        return sparse.csr_matrix((np.ones(len(self.unit)), (self.unit, range(len(self.unit)))), shape=shape)

    @cached_property
    def spending(self) -> sparse.csr_matrix:
        """Year x column, in units of `dong`; with carry-over up to each year."""
        years, columns = self.instance.years, np.arange(len(self.unit))
        if self.instance.carry_over:
            rows = np.concatenate([np.full((self.year <= t).sum(), t) for t in range(years)])
            columns = np.concatenate([columns[self.year <= t] for t in range(years)])
        else:
            rows = self.year
        return sparse.csr_matrix((self.price[columns] / self.dong, (rows, columns)), shape=(years, len(self.unit)))

    def money(self, money: Sequence[int]) -> np.ndarray:
        """The right-hand side of `spending`."""
        limits = np.cumsum(np.array(money, dtype=object)) if self.instance.carry_over else np.array(money, dtype=object)
        return np.array([float(amount // self.dong) for amount in limits])

    def _upto(self, unit: int, year: int) -> list[int]:
        """Columns of a unit up to a year (included)."""
        return [c for c in self.column[unit, : year + 1].tolist() if c >= 0]

    def _built(self, rows: list[dict[int, float]], lower: list[float], upper: list[float]) -> Rows:
        cells = [(r, c, v) for r, row in enumerate(rows) for c, v in row.items()]
        r, c, v = zip(*cells, strict=True) if cells else ((), (), ())
        matrix = sparse.csr_matrix((v, (r, c)), shape=(len(rows), len(self.unit)), dtype=float)
        return Rows(matrix, np.array(lower, dtype=float), np.array(upper, dtype=float))

    @cached_property
    def hard(self) -> Rows:
        """Order, alternatives, pins: everything beside `once` and `spending` that must hold."""
        rows: list[dict[int, float]] = []
        lower: list[float] = []
        upper: list[float] = []

        def add(row: dict[int, float], least: float, most: float) -> None:
            rows.append(row)
            lower.append(least)
            upper.append(most)

        for ua, ub, most in self.order:
            for t in sorted(set(self.year[self._upto(ub, self.instance.years)].tolist())):
                # a limit > 1 times the first: exact for whole numbers, as the first is 0 or 1
                row = dict.fromkeys(self._upto(ub, t), 1.0) | dict.fromkeys(self._upto(ua, t), -float(most))
                add(row, -np.inf, 0.0)
        for members in self.instance.alternatives:
            row = {}
            for g in members:
                for c in self._upto(int(self.unit_of[g]), self.instance.years):
                    row[c] = row.get(c, 0.0) + float(self.times[g])
            add(row, -np.inf, 1.0)
        for pin in self.instance.pinned:
            unit, each = int(self.unit_of[pin.group]), float(self.times[pin.group])
            columns = [c for c in self._upto(unit, pin.last) if self.year[c] >= pin.first]
            add(dict.fromkeys(columns, each), pin.least, pin.most)
        return self._built(rows, lower, upper)

    @cached_property
    def order(self) -> tuple[tuple[int, int, int], ...]:
        """Units (first, then, limit of then), where both are different and the first can be bought at all."""
        pairs = {(int(self.unit_of[a]), int(self.unit_of[b])) for a, b in self.instance.before if self.instance.may_ever[a]}
        return tuple((a, b, int(self.limit[b])) for a, b in sorted(pairs) if a != b and self.may[b].any())

    @cached_property
    def soft(self) -> dict[str, Rows]:
        """By family: rows that should reach their lower limit."""
        found = {}
        for family in FAMILIES:
            rows: list[dict[int, float]] = []
            lower: list[float] = []
            if family == "mandatory":
                for m in self.instance.mandatory:
                    unit, each = int(self.unit_of[m.group]), float(self.times[m.group])
                    rows.append(dict.fromkeys(self._upto(unit, m.by), each))
                    lower.append(float(self.instance.count[m.group]))
            elif family == "coverage":
                for c in self.instance.coverage:
                    row: dict[int, float] = {}
                    for g in c.groups:
                        for column in self._upto(int(self.unit_of[g]), c.by):
                            row[column] = row.get(column, 0.0) + float(self.times[g])
                    rows.append(row)
                    lower.append(float(c.least))
            else:
                for o, claim in enumerate(self.instance.claims):
                    if claim > 0:
                        rows.append(self._of_office(o))
                        lower.append(claim / self.dong)
            found[family] = self._built(rows, lower, [np.inf] * len(rows))
        return found

    def _of_office(self, office: int) -> dict[int, float]:
        """What each column spends in an office, in units of `dong`."""
        row: dict[int, float] = {}
        for g in self._at[office]:
            for column in self._upto(int(self.unit_of[g]), self.instance.years):
                price = float(self.instance.cost[g, self.year[column]] * self.times[g]) / self.dong
                row[column] = row.get(column, 0.0) + price
        return row

    @cached_property
    def _at(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in range(self.instance.offices)]
        if self.instance.office is not None:
            for g, o in enumerate(self.instance.office.tolist()):
                if o >= 0:
                    found[o].append(g)
        return found

    def bought(self, counts: np.ndarray) -> np.ndarray:
        """Items by group and year, from how many of each column are bought."""
        by_unit = np.zeros(self.may.shape, dtype=np.int64)
        by_unit[self.unit, self.year] = counts
        return by_unit[self.unit_of] * self.times[:, None]

    def counts(self, bought: np.ndarray) -> np.ndarray:
        """The other way round: of a choice that keeps bundles whole."""
        first = np.array([members[0] for members in self.members], dtype=np.int64)
        by_unit = bought[first] // self.times[first][:, None] if len(first) else np.zeros(self.may.shape, dtype=np.int64)
        return by_unit[self.unit, self.year]
