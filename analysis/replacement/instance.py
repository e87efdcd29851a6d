"""What may be bought, what it costs and saves, and the rules: an instance of the plan, without knowing what the items are.

X[g, t] = how many of the n_g identical items of group g are bought in year t. The sum of `benefit` is to be greatest, and

    money          cost of a year <= money of the year                   (with carry-over: up to each year)
    once           sum over t of X[g, t] <= n_g, only in years that are allowed
    bundle         all items of all its groups in one and the same year, or none of them
    before (a, b)  an item of b is bought only when all of a were bought in the same or an earlier year; void where a can never be
    alternatives   at most one item of the set
    pinned         least <= items of g bought in the years first..last <= most
    mandatory      all of g are bought by year d                         (soft)
    coverage       at least k of the items of these groups by year d     (soft)
    fairness       no office gets less than its claim                    (soft)

Soft rules may be broken, but as little as possible and in this order: first as few mandatory items as possible are missing, then
as few items of coverage, then as little money of claims, and only then counts the benefit.

An office's claim: the share `fairness` of what the whole money would give it by its need (need = what its items would cost, each
in its cheapest year, of alternatives the dearest), less the price of its dearest item: money comes in whole items.

Money is integers of dong and is compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

import numpy as np


@dataclass(frozen=True, slots=True)
class Mandatory:
    """All items of the group by the year (index)."""

    group: int
    by: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """At least so many items of these groups by the year (index). `name` is the reader's (an office and what it needs)."""

    name: str
    groups: tuple[int, ...]
    least: int
    by: int


@dataclass(frozen=True, slots=True)
class Pin:
    """Between `least` and `most` items of the group in the years `first`..`last` (indices, both included)."""

    group: int
    first: int
    last: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Short:
    """By how much soft rules are broken: items by mandatory rule and by coverage rule, dong by office (in the rules' order)."""

    mandatory: tuple[int, ...] = ()
    coverage: tuple[int, ...] = ()
    fairness: tuple[int, ...] = ()

    @property
    def sums(self) -> tuple[int, int, int]:
        """What is made least, in this order."""
        return sum(self.mandatory), sum(self.coverage), sum(self.fairness)


@dataclass(frozen=True, eq=False)
class Instance:
    """Groups of identical items times years, money, and rules. Arrays: `count[g]`, `cost[g, t]` (dong), `benefit[g, t]` (dong),
    `allowed[g, t]`, `office[g]` (-1 = nobody's). `names` are unique; their order decides ties. `money[t]` may be spent.

    Raises `ValueError` for negative money, a price that is not positive where buying is allowed, and rules about items that
    there are not or that cannot be told apart (see `_sound`).
    """

    names: tuple[str, ...]
    count: np.ndarray
    cost: np.ndarray
    benefit: np.ndarray
    allowed: np.ndarray
    money: tuple[int, ...]
    carry_over: bool = False
    mandatory: tuple[Mandatory, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    bundles: tuple[tuple[int, ...], ...] = ()
    before: tuple[tuple[int, int], ...] = ()
    alternatives: tuple[tuple[int, ...], ...] = ()
    pinned: tuple[Pin, ...] = ()
    office: np.ndarray | None = None
    fairness: float = 0.0

    def __post_init__(self) -> None:
        groups, years = len(self.names), len(self.money)
        if any(array.shape != (groups, years) for array in (self.cost, self.benefit, self.allowed)) or len(self.count) != groups:
            raise ValueError("tables of items have one row a name and one column a year")
        if len(set(self.names)) < groups:
            raise ValueError("two items have one name")
        if any(amount < 0 for amount in self.money):
            raise ValueError("a budget is below zero")
        if (self.cost[self.allowed] <= 0).any():
            raise ValueError("an item that may be bought has no price")
        if not np.isfinite(self.benefit[self.allowed]).all():
            raise ValueError("a benefit is no number")
        self._sound()

    def _sound(self) -> None:
        """Rules that single items out are about items that are one of a kind, or bought all at once."""
        bundled = [g for bundle in self.bundles for g in bundle]
        if len(set(bundled)) < len(bundled):
            raise ValueError("an item is in two bundles")
        whole = set(bundled)
        if any(a not in whole and self.count[a] != 1 for a, _ in self.before):
            raise ValueError("what comes first is one item, or bought all at once")
        if any(self.count[g] != 1 for members in self.alternatives for g in members):
            raise ValueError("alternatives are single items")

    @property
    def years(self) -> int:
        return len(self.money)

    @property
    def most_at_once(self) -> list[int]:
        """Dong that can be spent in each year at most."""
        return list(accumulate(self.money)) if self.carry_over else list(self.money)

    @cached_property
    def offices(self) -> int:
        return 0 if self.office is None or not len(self.office) else int(self.office.max()) + 1

    @cached_property
    def claims(self) -> tuple[int, ...]:
        """Dong that each office is to get at least; zeros where no fairness is asked for."""
        if self.office is None or not self.fairness:
            return (0,) * self.offices
        cheapest = np.where(self.allowed, self.cost, np.iinfo(np.int64).max).min(axis=1, initial=np.iinfo(np.int64).max)
        price = np.where(self.allowed.any(axis=1), cheapest, 0).astype(np.int64).tolist()
        lesser = set()
        for members in self.alternatives:
            lesser |= set(members) - {max(members, key=lambda g: (price[g], self.names[g]))}
        need, dearest = [0] * self.offices, [0] * self.offices
        largest = np.where(self.allowed, self.cost, 0).max(axis=1, initial=0)
        inside = {g: members for members in self.bundles for g in members}
        for g, o in enumerate(self.office.tolist()):
            if o < 0 or not price[g]:
                continue
            if g not in lesser:
                need[o] += price[g] * int(self.count[g])
            here = [m for m in inside.get(g, ()) if self.office[m] == o]
            at_once = sum(int(largest[m]) * int(self.count[m]) for m in here) if here else int(largest[g])
            dearest[o] = max(dearest[o], at_once)
        total = sum(need)
        if not total:
            return (0,) * self.offices
        share = Fraction(str(self.fairness)) * min(sum(self.money), total) / total
        return tuple(max(int(share * n) - d, 0) for n, d in zip(need, dearest, strict=True))

    def gain(self, bought: np.ndarray) -> float:
        """Benefit of what is bought, summed in the order of names."""
        return float((self.benefit * bought).sum())

    def spent(self, bought: np.ndarray) -> list[int]:
        """Dong by year, exactly."""
        return [sum(int(c) * int(n) for c, n in zip(self.cost[:, t], bought[:, t], strict=True) if n) for t in range(self.years)]

    def within(self, bought: np.ndarray) -> bool:
        """Whether the money suffices in each year, to the dong."""
        spent: Iterable[int] = self.spent(bought)
        money: Iterable[int] = self.money
        if self.carry_over:
            spent, money = accumulate(spent), accumulate(money)
        return all(s <= m for s, m in zip(spent, money, strict=True))

    def keeps(self, bought: np.ndarray) -> bool:
        """Whether all rules hold that are not soft."""
        total, upto = bought.sum(axis=1), bought.cumsum(axis=1)
        if (bought < 0).any() or (bought[~self.allowed] > 0).any() or (total > self.count).any() or not self.within(bought):
            return False
        for bundle in self.bundles:
            members = list(bundle)
            if not ((bought[members] == 0) | (bought[members] == self.count[members, None])).all():
                return False
            if (bought[members] > 0).any(axis=0).sum() > 1 or len({tuple(row) for row in (bought[members] > 0).tolist()}) > 1:
                return False
        for a, b in self.before:
            if self.may_ever[a] and (upto[b] > 0)[upto[a] < self.count[a]].any():
                return False
        if any(total[list(members)].sum() > 1 for members in self.alternatives):
            return False
        return all(p.least <= bought[p.group, p.first : p.last + 1].sum() <= p.most for p in self.pinned)

    @cached_property
    def may_ever(self) -> np.ndarray:
        """Groups that can be bought in some year, with their whole bundle."""
        found = self.allowed.any(axis=1) & (self.count > 0)
        for bundle in self.bundles:
            found[list(bundle)] = self.allowed[list(bundle)].all(axis=0).any()
        return found

    def short(self, bought: np.ndarray) -> Short:
        """By how much the soft rules are broken."""
        upto = bought.cumsum(axis=1)
        got = [0] * self.offices
        if any(self.claims) and self.office is not None:
            for g, t in zip(*np.nonzero(bought), strict=True):
                if self.office[g] >= 0:
                    got[self.office[g]] += int(self.cost[g, t]) * int(bought[g, t])
        return Short(
            tuple(int(self.count[m.group] - upto[m.group, m.by]) for m in self.mandatory),
            tuple(max(int(c.least - upto[list(c.groups), c.by].sum()), 0) for c in self.coverage),
            tuple(max(claim - had, 0) for claim, had in zip(self.claims, got, strict=True)),
        )

    def ordered(self) -> tuple[Instance, np.ndarray]:
        """The same instance with groups in the order of their names and rules in the groups' order; and which group is where."""
        order = np.array(sorted(range(len(self.names)), key=self.names.__getitem__), dtype=np.int64)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        at = place.tolist()
        return replace(
            self,
            names=tuple(self.names[g] for g in order),
            count=self.count[order],
            cost=self.cost[order],
            benefit=self.benefit[order],
            allowed=self.allowed[order],
            office=None if self.office is None else self.office[order],
            mandatory=tuple(sorted((Mandatory(at[m.group], m.by) for m in self.mandatory), key=lambda m: (m.by, m.group))),
            coverage=tuple(
                sorted(
                    (replace(c, groups=tuple(sorted(at[g] for g in c.groups))) for c in self.coverage),
                    key=lambda c: (c.by, c.name, c.groups, c.least),
                )
            ),
            bundles=tuple(sorted(tuple(sorted(at[g] for g in bundle)) for bundle in self.bundles)),
            before=tuple(sorted({(at[a], at[b]) for a, b in self.before})),
            alternatives=tuple(sorted(tuple(sorted(at[g] for g in members)) for members in self.alternatives)),
            pinned=tuple(sorted((replace(p, group=at[p.group]) for p in self.pinned), key=lambda p: (p.group, p.first, p.last))),
        ), order


def yearly(budgets: int | Sequence[int], years: int) -> list[int]:
    """One budget for every year, or a list whose last entry stands for the years after it. Whole dong, none below zero."""
    listed = [int(budgets)] * years if isinstance(budgets, int) else [int(b) for b in budgets]
    if not listed or any(b < 0 for b in listed):
        raise ValueError("budgets are one number or a list of numbers, none below zero")
    return (listed + [listed[-1]] * years)[:years]


def held_back(budgets: Sequence[int], share: float = 0.0, amount: int = 0) -> list[int]:
    """The reserve of each year: a share of its budget (rounded up to a dong) and a fixed sum, at most the whole budget.

    Raises `ValueError` for a share outside 0..1 or a sum below zero.
    """
    if not 0 <= share <= 1 or amount < 0:
        raise ValueError("a reserve is a share from 0 to 1, or a sum that is not below zero")
    exact = Fraction(str(share))
    return [min(-(-(exact * b) // 1) + amount, b) for b in budgets]


def grown(prices: Sequence[int], years: int, growth: float) -> np.ndarray:
    """Prices by item and year: grown by a share a year, rounded up to a thousand dong as quotations are. Zero stays zero."""
    rate = 1 + Fraction(str(growth))
    factors = [((rate**t).numerator, (rate**t).denominator * 1000) for t in range(years)]
    rows = [[-(-price * above // below) * 1000 for above, below in factors] for price in prices]
    return np.array(rows, dtype=np.int64).reshape(len(prices), years)
