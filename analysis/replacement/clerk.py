"""Buying as a careful clerk would: one after another, the most saved per dong first, and never against a rule.

The clerk first sees to what is mandatory (the earliest deadline first), then to the offices that lack what they must have, then
to offices below their claim, and then takes whatever saves most per dong. What must come first is bought along with it. The clerk
is the baseline of the plan, and completes what a relaxation leaves in fractions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.replacement.programme import Programme


class Basket:
    """What is bought so far, and what there is still room for."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        instance = programme.instance
        self.years, self.carry = instance.years, instance.carry_over
        self.left = [int(m) for m in instance.money]
        if self.carry:
            self.left = np.cumsum(np.array(self.left, dtype=object)).tolist()
        self.got: dict[tuple[int, int], int] = {}
        self.total = [0] * len(programme.members)
        self.limit = programme.limit.tolist()
        self.cost = programme.unit_cost.tolist()
        self.may = programme.may.tolist()
        self.first: dict[int, list[int]] = {}
        for a, b, _ in programme.order:
            self.first.setdefault(b, []).append(a)
        self.sets: dict[int, list[tuple[int, int]]] = {}
        self.room_in: list[int] = []
        #: units of each set of alternatives; units that others wait for; units that soft rules and pins were met with
        self.members: list[list[int]] = []
        self.leading = {a for a, _, _ in programme.order}
        self.asked_for: set[int] = set()
        for n, members in enumerate(instance.alternatives):
            self.room_in.append(1)
            weights: dict[int, int] = {}
            for g in members:
                unit = int(programme.unit_of[g])
                weights[unit] = weights.get(unit, 0) + int(programme.times[g])
            self.members.append(sorted(weights))
            for unit, weight in weights.items():
                self.sets.setdefault(unit, []).append((n, weight))
        self.most: dict[int, list[tuple[int, int, int, int]]] = {}
        for pin in instance.pinned:
            unit, each = int(programme.unit_of[pin.group]), int(programme.times[pin.group])
            self.most.setdefault(unit, []).append((pin.first, pin.last, pin.most // each, -(-pin.least // each)))

    def ready(self, unit: int, year: int) -> bool:
        """Whether all that must come before the unit is bought by then."""
        return all(sum(self.got.get((a, t), 0) for t in range(year + 1)) >= self.limit[a] for a in self.first.get(unit, ()))

    def room(self, unit: int, year: int) -> int:
        """How many more may be bought in a year."""
        if not self.may[unit][year]:
            return 0
        room = self.limit[unit] - self.total[unit]
        if room <= 0:
            return 0
        left = min(self.left[year:]) if self.carry else self.left[year]
        room = min(room, left // self.cost[unit][year])
        for n, weight in self.sets.get(unit, ()):
            room = min(room, self.room_in[n] // weight)
        for first, last, most, _ in self.most.get(unit, ()):
            if first <= year <= last:
                room = min(room, most - sum(self.got.get((unit, t), 0) for t in range(first, last + 1)))
        return room if room > 0 and self.ready(unit, year) else 0

    def put(self, unit: int, year: int, count: int) -> None:
        self.got[unit, year] = self.got.get((unit, year), 0) + count
        self.total[unit] += count
        amount = count * self.cost[unit][year]
        for t in range(year, self.years) if self.carry else (year,):
            self.left[t] -= amount
        for n, weight in self.sets.get(unit, ()):
            self.room_in[n] -= count * weight

    def add(self, unit: int, year: int, wanted: int) -> int:
        """Buy up to so many in a year, and what must come before them if it saves enough to be worth it or nothing is lost."""
        lacking = [a for a in self.first.get(unit, ()) if not self.ready_itself(a, year)]
        if lacking and self.may[unit][year]:
            self._prepare(lacking, year, {unit}, self.cost[unit][year])
        count = min(wanted, self.room(unit, year)) or self._instead(unit, year)
        if count > 0:
            self.put(unit, year, count)
        return count

    def _instead(self, unit: int, year: int) -> int:
        """Room for one where its alternative is bought that saves less: that is taken back. What rules asked for stays."""
        if not self.may[unit][year] or len(self.sets.get(unit, ())) == 0 or self.total[unit]:
            return 0
        rivals = [
            (other, t)
            for n, _ in self.sets[unit]
            for other in self.members[n]
            if other != unit and self.total[other]
            for t in range(self.years)
            if (other, t) in self.got
        ]
        gain = self.programme.unit_gain
        lost = sum(float(gain[rival]) for rival in rivals)
        if not rivals or lost >= gain[unit, year] or any(o in self.asked_for or o in self.leading for o, _ in rivals):
            return 0
        for rival in rivals:
            self.take_back(*rival, 1)
        if room := self.room(unit, year):
            return min(room, 1)
        for rival in rivals:
            self.put(*rival, 1)
        return 0

    def ready_itself(self, unit: int, year: int) -> bool:
        return sum(self.got.get((unit, t), 0) for t in range(year + 1)) >= self.limit[unit]

    def _prepare(self, units: list[int], year: int, above: set[int], price: int) -> None:
        """Buy what must come first, all of it or nothing: each in the last year that has the money for it and what follows it."""
        closure: list[int] = []

        def visit(unit: int, path: set[int]) -> bool:
            if unit in path:
                return False
            if unit in closure or self.ready_itself(unit, year):
                return True
            if self.total[unit]:  # it is bought later, or in part
                return False
            if not all(visit(a, path | {unit}) for a in self.first.get(unit, ())):
                return False
            closure.append(unit)
            return True

        if not all(visit(unit, above) for unit in units):
            return
        bought: list[tuple[int, int, int]] = []
        for unit in closure:
            for t in range(year, -1, -1):
                if self.room(unit, t) >= self.limit[unit]:
                    self.put(unit, t, self.limit[unit])
                    bought.append((unit, t, self.limit[unit]))
                    break
            else:
                break
        left = min(self.left[year:]) if self.carry else self.left[year]
        if len(bought) < len(closure) or left < price:
            for unit, t, count in reversed(bought):
                self.take_back(unit, t, count)

    def take_back(self, unit: int, year: int, count: int) -> None:
        self.put(unit, year, -count)
        if not self.got[unit, year]:
            del self.got[unit, year]

    def fill(self, order: Sequence[int]) -> None:
        """Columns in an order, as long as the money lasts; once more for what came too early."""
        unit, year = self.programme.unit.tolist(), self.programme.year.tolist()
        for _ in range(2 if self.first else 1):
            for c in order:
                if self.total[unit[c]] < self.limit[unit[c]]:
                    self.add(unit[c], year[c], self.limit[unit[c]])

    def complete(self, rank: Sequence[int] | np.ndarray) -> None:
        """See to pins and soft rules, those that come first at first. `rank[column]`: smaller is taken earlier."""
        programme = self.programme
        for pin in programme.instance.pinned:
            unit, each = int(programme.unit_of[pin.group]), int(programme.times[pin.group])
            columns = [c for c in programme.column[unit, pin.first : pin.last + 1].tolist() if c >= 0]
            self._reach(float(pin.least), dict.fromkeys(columns, float(each)), rank)
        deadlines: tuple[list[int], ...] = (
            [m.by for m in programme.instance.mandatory],
            [c.by for c in programme.instance.coverage],
            [],
        )
        for by, rows in zip(deadlines, programme.soft.values(), strict=True):
            matrix, lower = rows.matrix, rows.lower.tolist()
            for r in sorted(range(len(lower)), key=lambda r: (by[r] if by else 0, r)):
                here = slice(matrix.indptr[r], matrix.indptr[r + 1])
                columns, weights = matrix.indices[here].tolist(), matrix.data[here].tolist()
                self._reach(lower[r], dict(zip(columns, weights, strict=True)), rank)

    def _reach(self, wanted: float, weights: dict[int, float], rank: Sequence[int] | np.ndarray) -> None:
        unit, year = self.programme.unit, self.programme.year
        for c, weight in weights.items():
            wanted -= weight * self.got.get((int(unit[c]), int(year[c])), 0)
        for c in sorted(weights, key=rank.__getitem__):
            if wanted <= 1e-9:
                return
            count = self.add(int(unit[c]), int(year[c]), int(-(-wanted // weights[c])))
            wanted -= weights[c] * count
            if count:
                self.asked_for.add(int(unit[c]))

    def counts(self) -> np.ndarray:
        """How many of each column."""
        found = np.zeros(len(self.programme.unit), dtype=np.int64)
        for (unit, year), count in self.got.items():
            found[self.programme.column[unit, year]] = count
        return found


def by_value(programme: Programme, value: np.ndarray) -> np.ndarray:
    """Columns by a value, the greatest first; ties by the unit's and the year's place."""
    return np.lexsort((programme.year, programme.unit, -value))


def greedy(programme: Programme) -> np.ndarray:
    """The clerk's choice: counts by column."""
    basket = Basket(programme)
    if not len(programme.unit):
        return basket.counts()
    order = by_value(programme, _worth(programme))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    basket.complete(rank)
    basket.fill([c for c in order.tolist() if programme.gain[c] > 0])
    return basket.counts()


def _worth(programme: Programme) -> np.ndarray:
    """What each column saves per dong; beside a cheaper alternative, what it saves more per dong that it costs more."""
    worth = programme.gain / programme.price
    found = worth.copy()
    for members in programme.instance.alternatives:
        units = {int(programme.unit_of[g]) for g in members}
        for unit in units:
            for c in (c for c in programme.column[unit].tolist() if c >= 0):
                for other in units - {unit}:
                    rival = programme.column[other, programme.year[c]]
                    if rival >= 0 and worth[rival] > worth[c] and programme.price[rival] < programme.price[c]:
                        more = (programme.gain[c] - programme.gain[rival]) / (programme.price[c] - programme.price[rival])
                        found[c] = min(found[c], more)
    return found


def completed(programme: Programme, whole: np.ndarray, value: np.ndarray) -> np.ndarray:
    """A choice made of the whole part of a relaxation, completed by what is worth most at its prices (`value` by column)."""
    basket = Basket(programme)
    order = by_value(programme, value)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    soft = np.zeros(len(order), dtype=bool)
    for rows in programme.soft.values():
        soft[rows.matrix.indices] = True
    for pin in programme.instance.pinned:
        soft[programme.unit == programme.unit_of[pin.group]] = True
    taken = np.nonzero(whole > 0)[0]
    depth = _depths(programme)
    # what soft rules speak of comes first, so that money is left for them; what must come before, before
    for c in sorted(
        taken.tolist(), key=lambda c: (not soft[c], programme.year[c], depth.get(int(programme.unit[c]), 0), rank[c])
    ):
        if soft[c]:
            basket.add(int(programme.unit[c]), int(programme.year[c]), int(whole[c]))
    basket.complete(rank)
    for c in sorted(taken.tolist(), key=lambda c: (programme.year[c], depth.get(int(programme.unit[c]), 0), rank[c])):
        if not soft[c]:
            basket.add(int(programme.unit[c]), int(programme.year[c]), int(whole[c]))
    basket.fill([c for c in order.tolist() if programme.gain[c] > 0])
    return basket.counts()


def _depths(programme: Programme) -> dict[int, int]:
    """How many steps of order lead to each unit; cycles end where they began."""
    first: dict[int, list[int]] = {}
    for a, b, _ in programme.order:
        first.setdefault(b, []).append(a)
    found: dict[int, int] = {}

    def depth(unit: int, path: frozenset[int]) -> int:
        if unit not in found:
            found[unit] = 1 + max((depth(a, path | {unit}) for a in first.get(unit, ()) if a not in path), default=-1)
        return found[unit]

    for unit in first:
        depth(unit, frozenset())
    return found
