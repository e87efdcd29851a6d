"""By how much the money is short of what is mandatory: in which year, and because of what."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from analysis.replacement import highs
from analysis.replacement.instance import Instance
from analysis.replacement.programme import Programme, Rows
from analysis.replacement.relaxation import whole
from analysis.replacement.solving import solve


@dataclass(frozen=True, slots=True)
class Shortage:
    """`dong[t]`: what year t's money lacks, so that all that is mandatory and can be bought in time is (the least sum over the
    years); `because[t]`: groups whose items that money would pay for in that year, with what they cost, dearest first. `never`:
    mandatory groups that cannot be bought in time whatever the money, as other rules forbid it."""

    dong: tuple[int, ...]
    because: tuple[tuple[tuple[int, int], ...], ...]
    never: tuple[int, ...]


def shortage(instance: Instance) -> Shortage | None:
    """None where the money suffices. What is not mandatory, and not needed before it, is left out of the question."""
    if not instance.mandatory:
        return None
    bare = _mandatory_only(instance)
    rich = replace(bare, money=(int(bare.cost.max(axis=1) @ bare.count),) * bare.years)
    reached = solve(rich, gap=0.0).short.mandatory
    never = {m.group for m, missing in zip(bare.mandatory, reached, strict=True) if missing}
    bare = replace(bare, mandatory=tuple(m for m in bare.mandatory if m.group not in never))
    lacking, bought = _least(bare)
    if not any(lacking) and not never:
        return None
    because = []
    for t, missing in enumerate(lacking):
        costs = [(g, int(bare.cost[g, t]) * int(n)) for g, n in enumerate(bought[:, t]) if n and missing]
        because.append(tuple(sorted(costs, key=lambda c: (-c[1], instance.names[c[0]]))))
    return Shortage(tuple(lacking), tuple(because), tuple(sorted(never, key=instance.names.__getitem__)))


def _mandatory_only(instance: Instance) -> Instance:
    """The instance with what is mandatory and what must be bought before or with it; nothing else may be bought."""
    inside = {g: bundle for bundle in instance.bundles for g in bundle}
    wanted: set[int] = set()
    todo = [m.group for m in instance.mandatory] + [p.group for p in instance.pinned if p.least]
    while todo:
        g = todo.pop()
        if g not in wanted:
            wanted.add(g)
            todo += [*inside.get(g, ()), *(a for a, b in instance.before if b == g)]
    kept = np.isin(np.arange(len(instance.names)), list(wanted))
    # void where the first can never be: that does not change, as all that is first is kept
    return replace(
        instance,
        allowed=instance.allowed & kept[:, None],
        benefit=np.where(instance.allowed, -1.0, 0.0),
        coverage=(),
        fairness=0.0,
        before=tuple((a, b) for a, b in instance.before if b in wanted),
    )


def _least(instance: Instance) -> tuple[list[int], np.ndarray]:
    """The least money that is lacking by year, and what is bought with it."""
    ordered, order = instance.ordered()
    programme = Programme(ordered, affordable=False)
    made = whole(programme, {"mandatory": 0})
    rows, columns, years = made.rows.matrix.shape[0], len(programme.unit), instance.years
    loans = [(made.units + s, t) for t in range(years) for s in (range(t, years) if instance.carry_over else (t,))]
    lent = sparse.csr_matrix((-np.ones(len(loans)), tuple(zip(*loans, strict=True))), shape=(rows, years))
    most = int(programme.price.max(initial=0)) * int(programme.size.sum())
    # of equal sums the one that is lacking later; of those, the least spent
    value = np.concatenate([programme.price / (programme.dong * 1e6 * max(most, 1)), 1 + 1e-6 * np.arange(years, 0, -1)])
    found = highs.search(
        value,
        Rows(sparse.hstack([made.rows.matrix, lent], format="csr"), made.rows.lower, made.rows.upper),
        np.arange(columns + years) < columns,
        np.concatenate([programme.size.astype(float), np.full(years, np.inf)]),
        nodes=20_000,
    )
    bought = np.zeros((len(instance.names), years), dtype=np.int64)
    if found.x is None:
        return [0] * years, bought
    bought[order] = programme.bought(np.round(found.x[:columns]).astype(np.int64))
    lacking, left = [], 0
    for paid, money in zip(instance.spent(bought), instance.money, strict=True):
        left = (left if instance.carry_over else 0) + money - paid
        lacking.append(max(-left, 0))
        left = max(left, 0)
    return lacking, bought
