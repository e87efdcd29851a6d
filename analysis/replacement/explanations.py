"""Why an item is in the plan, why in this year, why not, and what would change that. Every statement is found by solving again.

The duals of the relaxation say what a dong is worth in each year (`Solution.price`): an item's net value is what it saves less
what it costs at that price. That is an estimate, as items are whole; it is shown as one (`NetValue`), and says where to look. The
statements themselves are made of plans that were compared:

    loses          how much less the plan saves when the item is forced in (or out, or into another year)
    enters_below   the highest price at which the plan takes it (to half a percent of its price)
    enters_above   the smallest budget of a year with which the plan takes it, the other years unchanged (to a hundredth of its
                   price); more money may let others in and drive it out again: the statement is about that sum
    enters_saving  what it would have to save: what it saves and what the plan loses by taking it
    rule           without which rule the plan would take it (or would not)
    swap           the fewest changes that make room for it

One item is asked about. Of identical ones, one is set apart first (`apart`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from analysis.replacement import highs
from analysis.replacement.instance import Coverage, Instance, Mandatory, Pin
from analysis.replacement.programme import FAMILIES, Programme, Rows
from analysis.replacement.relaxation import Impossible, relax, whole
from analysis.replacement.solving import Solution, solve

#: Rules that may keep an item out or hold it in, in the order in which they are asked.
RULES = ("bundles", "before", "alternatives", "pinned", "mandatory", "coverage", "fairness")
PRICE_STEP = 0.005
BUDGET_STEP = 0.01


@dataclass(frozen=True, slots=True)
class NetValue:
    """In one year: what the item saves and costs (dong), what a dong is worth, and what is left. An estimate."""

    year: int
    saves: float
    cost: int
    price: float

    @property
    def net(self) -> float:
        return self.saves - self.price * self.cost

    @property
    def enters_below(self) -> float:
        """The price at which nothing is left; infinite where money is worth nothing."""
        return self.saves / self.price if self.price > 0 else np.inf


@dataclass(frozen=True, slots=True)
class Threshold:
    """A sum of dong in a year (its index) with which the decision is the other one, and the nearest one with which it is not."""

    year: int
    dong: int
    not_yet: int


@dataclass(frozen=True, slots=True)
class Swap:
    """The fewest changes that make room for an item: (group, year, items) that leave and that come, and what the plan loses."""

    leaves: tuple[tuple[int, int, int], ...]
    comes: tuple[tuple[int, int, int], ...]
    loses: float


def apart(instance: Instance, group: int) -> tuple[Instance, int]:
    """The instance with one item of a group as a group of its own, and which that is."""
    if instance.count[group] <= 1:
        return instance, group
    one = len(instance.names)
    count = np.append(instance.count, 1)
    count[group] -= 1
    names = (*instance.names, f"{instance.names[group]}\x00one")

    def twice(array: np.ndarray) -> np.ndarray:
        return np.vstack([array, array[group : group + 1]])

    return replace(
        instance,
        names=names,
        count=count,
        cost=twice(instance.cost),
        benefit=twice(instance.benefit),
        allowed=twice(instance.allowed),
        office=None if instance.office is None else np.append(instance.office, instance.office[group]),
        mandatory=(*instance.mandatory, *(Mandatory(one, m.by) for m in instance.mandatory if m.group == group)),
        coverage=tuple(Coverage(c.name, (*c.groups, one), c.least, c.by) if group in c.groups else c for c in instance.coverage),
        bundles=tuple((*bundle, one) if group in bundle else bundle for bundle in instance.bundles),
        before=(
            *instance.before,
            *((a, one) for a, b in instance.before if b == group),
            *((one, b) for a, b in instance.before if a == group),
        ),
        # what was pinned of several stays pinned of those that are left
        pinned=tuple(
            replace(p, least=min(p.least, int(count[group])), most=p.most) if p.group == group else p for p in instance.pinned
        ),
    ), one


def _with_one_apart(plan: Solution, instance: Instance, group: int) -> Solution:
    """A plan of the instance as one of `apart`: the item is bought last of its group, if it is."""
    if instance.count[group] <= 1:
        return plan
    bought = np.vstack([plan.bought, np.zeros((1, instance.years), dtype=np.int64)])
    if bought[group].sum() == instance.count[group]:
        last = int(np.nonzero(bought[group])[0][-1])
        bought[group, last] -= 1
        bought[-1, last] = 1
    parted, _ = apart(instance, group)
    return replace(plan, bought=bought, short=parted.short(bought))


class Asked:
    """Questions about one item of an instance. `plan`: the plan that is asked about (None: the best one). `gap`: how well each
    plan is searched; statements are as good as that (`tolerance`).

    Raises `Impossible` where the instance itself is.
    """

    def __init__(self, instance: Instance, group: int, *, plan: Solution | None = None, gap: float = 0.0) -> None:
        self.instance, self.item = apart(instance, group)
        self.gap = gap
        self.plan: Solution = solve(self.instance, gap=gap) if plan is None else _with_one_apart(plan, instance, group)

    @property
    def tolerance(self) -> float:
        """Dong by which any plan here may be from its best: smaller differences say nothing."""
        return max(self.plan.bound - self.plan.benefit, self.gap * abs(self.plan.bound))

    def _solve(self, instance: Instance) -> Solution | None:
        try:
            return solve(instance, gap=self.gap)
        except Impossible:
            return None

    @cached_property
    def year(self) -> int | None:
        """The year (index) in which the plan buys it; None = not."""
        return self.year_in(self.plan)

    def year_in(self, plan: Solution) -> int | None:
        row = plan.bought[self.item]
        return int(row.argmax()) if row.any() else None

    @property
    def net_values(self) -> tuple[NetValue, ...]:
        """In the years in which it may be bought, the best one first."""
        instance, item = self.instance, self.item
        found = [
            NetValue(t, float(instance.benefit[item, t]), int(instance.cost[item, t]), self.plan.price[t])
            for t in range(instance.years)
            if instance.allowed[item, t]
        ]
        return tuple(sorted(found, key=lambda v: (-v.net, v.year)))

    def forced(self, first: int, last: int, least: int = 1, most: int = 1) -> Instance:
        """The instance in which the item is bought in these years (or, with `most=0`, is not)."""
        return replace(self.instance, pinned=(*self.instance.pinned, Pin(self.item, first, last, least, most)))

    def loses(self, plan: Solution | None) -> float | None:
        """How much less another plan saves; None where it is no plan, or breaks soft rules more."""
        if plan is None or plan.short.sums > self.plan.short.sums:
            return None
        return self.plan.benefit - plan.benefit

    @cached_property
    def with_it(self) -> Solution | None:
        """The best plan with the item in some year."""
        return self.plan if self.year is not None else self._solve(self.forced(0, self.instance.years - 1))

    @cached_property
    def without_it(self) -> Solution | None:
        """The best plan without the item."""
        return self.plan if self.year is None else self._solve(self.forced(0, self.instance.years - 1, 0, 0))

    def in_year(self, year: int) -> Solution | None:
        """The best plan with the item in that year."""
        return self.plan if year == self.year else self._solve(self.forced(year, year))

    @cached_property
    def loses_with_it(self) -> float | None:
        """What the plan loses by taking it; None where rules forbid it."""
        return self.loses(self.with_it)

    @cached_property
    def enters_saving(self) -> tuple[int, float] | None:
        """In which year, and how much it would have to save there, so that the plan takes it."""
        if self.year is not None or self.loses_with_it is None or self.with_it is None:
            return None
        year = self.year_in(self.with_it)
        assert year is not None
        return year, float(self.instance.benefit[self.item, year]) + self.loses_with_it

    # What would bring it in

    def priced(self, share: float) -> Instance:
        """The instance in which the item costs a share of its price, in whole dong."""
        cost = self.instance.cost.copy()
        cost[self.item] = [max(int(share * int(c)), 1) for c in cost[self.item]]
        return replace(self.instance, cost=cost)

    def funded(self, year: int, dong: int) -> Instance:
        """The instance in which a year has so much money."""
        money = list(self.instance.money)
        money[year] = dong
        return replace(self.instance, money=tuple(money))

    def _takes(self, instance: Instance) -> int | None:
        plan = self._solve(instance)
        return None if plan is None else self.year_in(plan)

    @cached_property
    def enters_below(self) -> Threshold | None:
        """The highest price at which the plan takes it, in the year in which it then does; None where no price does."""
        if self.year is not None or not self.net_values:
            return None
        estimate = max(v.enters_below / v.cost for v in self.net_values)
        low, high = 0.0, 1.0  # shares of its price: in at low, out at high
        year = None
        for share in (0.98 * estimate, 0.9 * estimate, 0.5 * estimate):
            if low < share < high:
                taken = self._takes(self.priced(share))
                if taken is None:
                    high = share
                else:
                    low, year = share, taken
                    break
        if year is None:
            year = self._takes(self.priced(0.0))
            if year is None:
                return None
        if low and low < 1.02 * estimate < high:
            taken = self._takes(self.priced(1.02 * estimate))
            if taken is None:
                high = 1.02 * estimate
            else:
                low, year = 1.02 * estimate, taken
        while high - low > PRICE_STEP:
            middle = (low + high) / 2
            taken = self._takes(self.priced(middle))
            if taken is None:
                high = middle
            else:
                low, year = middle, taken
        cost = int(self.instance.cost[self.item, year])
        return Threshold(year, max(int(low * cost), 1), int(high * cost))

    def enters_above(self, year: int) -> Threshold | None:
        """The smallest budget of a year, found by halving, with which the plan takes it (in any year); None where none does."""
        return self._budget(year, lambda instance: self._takes(instance) is not None)

    def enters_about(self, year: int) -> Threshold | None:
        """`enters_above` by the relaxation alone: an estimate, there in a second or two where plans would be searched for half a
        minute."""
        return self._budget(year, self._worth)

    def _budget(self, year: int, takes: Callable[[Instance], bool]) -> Threshold | None:
        if self.year is not None or not self.net_values:
            return None
        budget = self.instance.money[year]
        cost = int(self.instance.cost[self.item].max())
        low, step = 0, max(cost // 8, 1)  # out at low; more money than everything costs is never needed
        most = int((self.instance.cost.max(axis=1) * self.instance.count).sum())
        while not takes(self.funded(year, budget + step)):
            low = step
            if step > most:
                return None
            step *= 2
        high = step
        while high - low > max(BUDGET_STEP * cost, 1):
            middle = (low + high) // 2
            if takes(self.funded(year, budget + middle)):
                high = middle
            else:
                low = middle
        return Threshold(year, budget + high, budget + low)

    def _worth(self, instance: Instance) -> bool:
        """Whether the relaxation takes the item, or could at no loss."""
        ordered, order = instance.ordered()
        programme = Programme(ordered)
        unit = int(programme.unit_of[int(np.nonzero(order == self.item)[0][0])])
        columns = [c for c in programme.column[unit].tolist() if c >= 0] if unit >= 0 else []
        relaxed = relax(programme, whole(programme, self._levels(programme))) if columns else None
        if relaxed is None:
            return False
        return any(relaxed.lost[c] <= 1e-9 * programme.scale for c in columns)

    def _levels(self, programme: Programme) -> dict[str, float | None]:
        """Soft rules are broken no more than in the plan; claims that are missed are rounded by less than a dong an office."""
        return {
            f: (0 if not s else s / (programme.dong if f == "fairness" else 1) + 1e-6)
            for f, s in zip(FAMILIES, self.plan.short.sums, strict=True)
        }

    # Which rule

    @cached_property
    def rule(self) -> str | None:
        """The first of RULES without which the decision is another one (in, out, another year); None: it is the money's."""
        for rule in RULES:
            without = self._without(rule)
            if without is not None and self._takes(without) != self.year:
                return rule
        return None

    def _without(self, rule: str) -> Instance | None:
        """The instance without what a rule says of the item (of all items, for fairness and for what makes others go first)."""
        instance, item = self.instance, self.item
        match rule:
            case "bundles":
                without = replace(instance, bundles=tuple(b for b in instance.bundles if item not in b))
            case "before":
                without = replace(instance, before=tuple(pair for pair in instance.before if item not in pair))
            case "alternatives":
                without = replace(instance, alternatives=tuple(m for m in instance.alternatives if item not in m))
            case "pinned":
                without = replace(instance, pinned=tuple(p for p in instance.pinned if p.group != item))
            case "mandatory":
                without = replace(instance, mandatory=())
            case "coverage":
                without = replace(instance, coverage=())
            case _:
                without = replace(instance, fairness=0.0)
        return without if getattr(without, rule) != getattr(instance, rule) else None

    # The fewest changes

    @cached_property
    def swap(self) -> Swap | None:
        """What leaves and what comes so that the item is in, with as few changes as possible, and of those the most saved."""
        if self.year is not None or self.loses_with_it is None:
            return None
        ordered, order = self.forced(0, self.instance.years - 1).ordered()
        programme = Programme(ordered)
        made = whole(programme, self._levels(programme))
        now = programme.counts(self.plan.bought[order])
        columns, rows = len(programme.unit), made.rows.matrix.shape[0]
        changes = sparse.identity(columns, format="csr")
        width = columns + made.missing + columns
        matrix = sparse.vstack(
            [
                sparse.hstack([made.rows.matrix, sparse.csr_matrix((rows, columns))]),
                sparse.hstack([changes, sparse.csr_matrix((columns, made.missing)), -changes]),  # x - d <= now
                sparse.hstack([-changes, sparse.csr_matrix((columns, made.missing)), -changes]),  # -x - d <= -now
            ],
            format="csr",
        )
        lower = np.concatenate([made.rows.lower, np.full(2 * columns, -np.inf)])
        upper = np.concatenate([made.rows.upper, now, -now])
        count = np.concatenate([np.zeros(columns + made.missing), np.ones(columns)])
        whole_numbers = np.arange(width) < columns
        most = np.concatenate([programme.size.astype(float), np.full(width - columns, np.inf)])

        def least(value: np.ndarray, limit: float) -> np.ndarray | None:
            rows = Rows(sparse.vstack([matrix, count[None, :]], format="csr"), np.append(lower, -np.inf), np.append(upper, limit))
            return highs.search(value, rows, whole_numbers, most, gap=max(self.gap, 1e-9), nodes=20_000).x

        fewest = least(count, np.inf)
        if fewest is None:
            return None
        saving = np.concatenate([-programme.gain / programme.scale, np.zeros(width - columns)])
        best = least(saving, round(float(count @ fewest)) + 0.5)
        counts = np.round((fewest if best is None else best)[:columns]).astype(np.int64)
        bought = np.zeros_like(self.plan.bought)
        bought[order] = programme.bought(counts)
        leaves, comes = changed(self.plan.bought, bought)
        return Swap(leaves, comes, self.plan.benefit - self.instance.gain(bought))


def changed(before: np.ndarray, after: np.ndarray) -> tuple[tuple[tuple[int, int, int], ...], tuple[tuple[int, int, int], ...]]:
    """(group, year, items) that are only in the one choice, and only in the other."""
    difference = after - before

    def listed(array: np.ndarray) -> tuple[tuple[int, int, int], ...]:
        return tuple((int(g), int(t), int(array[g, t])) for g, t in zip(*np.nonzero(array > 0), strict=True))

    return listed(-difference), listed(difference)
