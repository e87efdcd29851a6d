"""Random instances of the plan with all kinds of rules, and the best choice by trying everything.

`tried` knows the rules from their description only: it shares no code with the model or its checks.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

from analysis.replacement.instance import Coverage, Instance, Mandatory, Pin


def instance(dice: np.random.Generator, groups: int = 6, years: int = 3) -> Instance:
    """A small instance; every kind of rule is there more often than not."""
    count = dice.choice([1, 1, 1, 2], groups)
    price = dice.integers(2, 30, groups) * 500_000
    growth = dice.choice([0.0, 0.05])
    cost = np.array([[int(p * (1 + growth) ** t) for t in range(years)] for p in price], dtype=np.int64)
    benefit = dice.uniform(1e5, 2e7, (groups, 1)) * np.sort(dice.uniform(0.2, 1, (groups, years)), axis=1)[:, ::-1]
    benefit[dice.random(groups) < 0.1] *= -0.2
    allowed = dice.random((groups, years)) < 0.75
    budget = int(price.sum() * dice.uniform(0.05, 0.5))
    singles = [g for g in range(groups) if count[g] == 1]
    bundles = (tuple(sorted(dice.choice(groups, 2, replace=False).tolist())),) if dice.random() < 0.5 else ()
    before = ()
    if len(singles) > 1 and dice.random() < 0.7:
        a = int(dice.choice(singles))
        before = tuple((a, b) for b in dice.choice(groups, 2, replace=False).tolist() if b != a)
    alternatives = ()
    if len(singles) > 2 and dice.random() < 0.6:
        alternatives = (tuple(dice.choice(singles, 2, replace=False).tolist()),)
    covered = dice.choice(groups, 2, replace=False).tolist()
    pinned = ()
    if dice.random() < 0.2:
        g = int(dice.integers(groups))
        pinned = (Pin(g, 0, int(dice.integers(years)), 0, 0 if dice.random() < 0.5 else 1),)
    return Instance(
        names=tuple(f"i{g}" for g in range(groups)),
        count=count,
        cost=cost,
        benefit=benefit,
        allowed=allowed,
        money=tuple(int(b) for b in (budget * dice.uniform(0.2, 1.4, years)).astype(int)),
        carry_over=bool(dice.random() < 0.4),
        mandatory=(Mandatory(int(dice.integers(groups)), int(dice.integers(years))),) if dice.random() < 0.6 else (),
        coverage=(Coverage("x", tuple(covered), int(dice.integers(1, 3)), int(dice.integers(years))),)
        if dice.random() < 0.5
        else (),
        bundles=bundles,
        before=before,
        alternatives=alternatives,
        pinned=pinned,
        office=dice.integers(-1, 3, groups),
        fairness=float(dice.choice([0.0, 0.5, 0.9])),
    )


def _ways(count: int, allowed: np.ndarray) -> list[tuple[int, ...]]:
    """All ways to spread at most so many items over the years."""
    choices = [range(count + 1 if may else 1) for may in allowed]
    return [way for way in product(*choices) if sum(way) <= count]


def claims(i: Instance) -> list[int]:
    """What each office is to get at least."""
    offices = int(i.office.max(initial=-1)) + 1
    price = {
        g: min(int(i.cost[g, t]) for t in range(i.years) if i.allowed[g, t]) for g in range(len(i.names)) if i.allowed[g].any()
    }
    dearest = [0] * offices
    need = [0] * offices
    for g, p in price.items():
        o = int(i.office[g])
        if o < 0:
            continue
        dear = max(int(i.cost[g, t]) for t in range(i.years) if i.allowed[g, t])
        for bundle in i.bundles:
            if g in bundle:
                dear = sum(
                    max((int(i.cost[m, t]) for t in range(i.years) if i.allowed[m, t]), default=0) * int(i.count[m])
                    for m in bundle
                    if i.office[m] == o
                )
        dearest[o] = max(dearest[o], dear)
        rivals = [members for members in i.alternatives if g in members]
        if not any((price.get(m, 0), i.names[m]) > (p, i.names[g]) for members in rivals for m in members):
            need[o] += p * int(i.count[g])
    total = sum(need)
    if not i.fairness or not total:
        return [0] * offices
    share = Fraction(str(i.fairness)) * min(sum(i.money), total)
    return [max(int(share * n / total) - d, 0) for n, d in zip(need, dearest, strict=True)]


def tried(i: Instance) -> tuple[tuple[int, int, int], float] | None:
    """Sums of what is missing by family, and the benefit, of the best of all choices; None where there is none."""
    ways = [_ways(int(n), a) for n, a in zip(i.count, i.allowed, strict=True)]
    grid = np.stack([part.ravel() for part in np.meshgrid(*[np.arange(len(w)) for w in ways], indexing="ij")])
    x = np.stack([np.array(w)[row] for w, row in zip(ways, grid, strict=True)], axis=1)  # choice, group, year
    good = np.ones(len(x), dtype=bool)
    spent = (x * i.cost).sum(axis=1)
    if i.carry_over:
        good &= (spent.cumsum(axis=1) <= np.cumsum(i.money)).all(axis=1)
    else:
        good &= (spent <= np.array(i.money)).all(axis=1)
    for bundle in i.bundles:
        at_once = np.zeros(len(x), dtype=bool)
        for t in range(i.years):
            at_once |= np.all([(x[:, g, t] == i.count[g]) for g in bundle], axis=0)
        none = np.all([x[:, g].sum(axis=1) == 0 for g in bundle], axis=0)
        good &= at_once | none
    upto = x.cumsum(axis=2)
    for a, b in i.before:
        with_a = next((bundle for bundle in i.bundles if a in bundle), (a,))
        if any(all(i.allowed[g, t] for g in with_a) for t in range(i.years)):
            good &= ((x[:, b] == 0) | (upto[:, a] == i.count[a])).all(axis=1)
    for members in i.alternatives:
        good &= x[:, list(members)].sum(axis=(1, 2)) <= 1
    for pin in i.pinned:
        had = x[:, pin.group, pin.first : pin.last + 1].sum(axis=1)
        good &= (had >= pin.least) & (had <= pin.most)
    if not good.any():
        return None
    x, upto = x[good], upto[good]
    missing = np.zeros((len(x), 3), dtype=np.int64)
    for m in i.mandatory:
        missing[:, 0] += i.count[m.group] - upto[:, m.group, m.by]
    for c in i.coverage:
        missing[:, 1] += np.maximum(c.least - upto[:, list(c.groups), c.by].sum(axis=1), 0)
    for o, claim in enumerate(claims(i)):
        got = (x * i.cost)[:, i.office == o].sum(axis=(1, 2))
        missing[:, 2] += np.maximum(claim - got, 0)
    gain = (x * i.benefit).sum(axis=(1, 2))
    best = np.lexsort((-gain, missing[:, 2], missing[:, 1], missing[:, 0]))[0]
    a, b, c = (int(n) for n in missing[best])
    return (a, b, c), float(gain[best])
