"""Choose what to buy in which year under yearly budgets: the arithmetic of the plan, without knowing what the items are.

x[i, t] = item i is bought in year t, at most once; spending of a year never exceeds its budget (with `carry_over`: spending
up to a year never exceeds the budgets up to it); the sum of benefits is greatest. Solved as its linear relaxation first; what
the reduced costs rule out is left away without loss; the rest is an integer programme (scipy.optimize.milp, HiGHS) to a
relative gap of 1e-4. Greedy by benefit per dong is the baseline. Money is integers of dong and is checked exactly. The same
input gives the same answer: no clock is involved, and the search is bounded by nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

GAP = 1e-4
NODES = 20_000


@dataclass(frozen=True, slots=True)
class Choice:
    """`year[i]`: index of the year in which item i is bought, -1 = not. Benefits in dong; none can exceed `bound`.

    `price_of_money[t]`: benefit of one more dong in year t (the relaxation's dual); NaN-free, 0 where money is left.
    """

    year: tuple[int, ...]
    benefit: float
    bound: float
    greedy: float
    price_of_money: tuple[float, ...]

    @property
    def gap(self) -> float:
        """How far from the best possible, at most: 0..1."""
        return 0.0 if self.bound <= 0 else max(0.0, 1 - self.benefit / self.bound)


def within(year: Sequence[int], cost: np.ndarray, budgets: Sequence[int], carry_over: bool) -> bool:
    """Whether no year's budget is exceeded, in exact integers."""
    spent = [0] * len(budgets)
    for i, t in enumerate(year):
        if t >= 0:
            spent[t] += int(cost[i, t])
    if carry_over:
        return all(sum(spent[: t + 1]) <= sum(budgets[: t + 1]) for t in range(len(budgets)))
    return all(s <= b for s, b in zip(spent, budgets, strict=True))


def _total(year: Sequence[int], benefit: np.ndarray) -> float:
    return float(sum(benefit[i, t] for i, t in enumerate(year) if t >= 0))


def _fill(
    year: list[int], order: Sequence[tuple[int, int]], cost: np.ndarray, budgets: Sequence[int], carry_over: bool
) -> list[int]:
    """Add pairs (item, year) in `order` as long as the money lasts."""
    left = [int(b) for b in budgets]
    if carry_over:
        left = [sum(left[: t + 1]) for t in range(len(left))]

    def pay(t: int, amount: int) -> None:
        for s in range(t, len(left)) if carry_over else (t,):
            left[s] -= amount

    for i, t in enumerate(year):
        if t >= 0:
            pay(t, int(cost[i, t]))
    for i, t in order:
        price = int(cost[i, t])
        if year[i] < 0 and min(left[t:] if carry_over else left[t : t + 1]) >= price:
            year[i] = t
            pay(t, price)
    return year


def _groups(benefit: np.ndarray, cost: np.ndarray, allowed: np.ndarray) -> list[list[int]]:
    """Items that are alike in every number, together: the solver need not try which of them comes first."""
    found: dict[bytes, list[int]] = {}
    for i in range(len(benefit)):
        if (allowed[i] & (benefit[i] > 0)).any():
            found.setdefault(benefit[i].tobytes() + cost[i].tobytes() + allowed[i].tobytes(), []).append(i)
    return list(found.values())


def _assign(counts: np.ndarray, pairs: list[tuple[int, int]], groups: list[list[int]], items: int) -> list[int]:
    """Years of items from how many of each group are bought in which year."""
    year = [-1] * items
    taken = [0] * len(groups)
    for (g, t), count in zip(pairs, counts.tolist(), strict=True):
        for _ in range(min(count, len(groups[g]) - taken[g])):
            year[groups[g][taken[g]]] = t
            taken[g] += 1
    return year


def choose(
    benefit: np.ndarray, cost: np.ndarray, allowed: np.ndarray, budgets: Sequence[int], *, carry_over: bool = False
) -> Choice:
    """The best choice. `benefit`, `cost` (integers), `allowed` (bool): items x years, in dong. Order of items decides ties.

    Raises `ValueError` for a negative budget or a price that is not positive where the item is allowed.
    """
    if any(b < 0 for b in budgets):
        raise ValueError("a budget is below zero")
    if (cost[allowed] <= 0).any():
        raise ValueError("an item that may be bought has no price")
    count, years = benefit.shape
    groups = _groups(benefit, cost, allowed)
    pairs = [
        (g, t) for g, members in enumerate(groups) for t in range(years) if allowed[members[0], t] and benefit[members[0], t] > 0
    ]
    if not pairs:
        return Choice((-1,) * count, 0.0, 0.0, 0.0, (0.0,) * years)
    gain = np.array([benefit[groups[g][0], t] for g, t in pairs])
    price = np.array([cost[groups[g][0], t] for g, t in pairs], dtype=np.int64)
    by_value = sorted(range(len(pairs)), key=lambda k: (-gain[k] / price[k], groups[pairs[k][0]][0], pairs[k][1]))
    order = [(i, pairs[k][1]) for k in by_value for i in groups[pairs[k][0]]]
    greedy = _fill([-1] * count, order, cost, budgets, carry_over)

    # Whole numbers that are as small as possible: HiGHS finds its cuts in integer rows (here: six times faster).
    unit = int(np.gcd.reduce(price))
    limits = np.array([int(b) // unit for b in (np.cumsum(budgets) if carry_over else budgets)], dtype=float)
    size = np.array([len(members) for members in groups], dtype=float)
    once = sparse.csr_matrix((np.ones(len(pairs)), ([g for g, _ in pairs], range(len(pairs)))), shape=(len(groups), len(pairs)))
    cells = [(s, k) for k, (_, t) in enumerate(pairs) for s in (range(t, years) if carry_over else (t,))]
    rows, columns = (list(part) for part in zip(*cells, strict=True))
    money = sparse.csr_matrix((price[columns] / unit, (rows, columns)), shape=(years, len(pairs)))
    scale = float(gain.max())
    relaxed = linprog(
        -gain / scale, A_ub=sparse.vstack([once, money]), b_ub=np.concatenate([size, limits]), bounds=(0, None), method="highs"
    )
    upper = -relaxed.fun * scale
    duals = -relaxed.ineqlin.marginals[len(groups) :]
    duals = np.cumsum(duals[::-1])[::-1] if carry_over else duals
    lost_at_least = relaxed.lower.marginals * scale  # what forcing one of a pair in costs against the relaxation

    whole = np.floor(relaxed.x + 1e-6).astype(int)
    best = _better(greedy, _assign(whole, pairs, groups, count), benefit, cost, budgets, carry_over, order)
    bound = upper
    for gap in (10 * GAP, GAP):  # a rough answer rules out more pairs for the fine one
        total = _total(best, benefit)
        if bound - total <= GAP * bound:
            break
        kept = np.nonzero(lost_at_least <= upper - total + 1e-9 * scale)[0]
        exact = milp(
            -gain[kept] / scale,
            constraints=[LinearConstraint(once[:, kept], ub=size), LinearConstraint(money[:, kept], ub=limits)],
            integrality=np.ones(len(kept)),
            bounds=Bounds(0, size[[pairs[k][0] for k in kept.tolist()]]),
            options={"mip_rel_gap": gap, "node_limit": NODES},
        )
        if exact.mip_dual_bound is not None:
            bound = min(bound, max(-exact.mip_dual_bound * scale, total))
        if exact.x is not None:
            solved = _assign(np.round(exact.x).astype(int), [pairs[k] for k in kept.tolist()], groups, count)
            best = _better(best, solved, benefit, cost, budgets, carry_over, order)
    total = _total(best, benefit)
    assert within(best, cost, budgets, carry_over)
    prices = tuple(float(d * scale / unit) for d in duals)
    return Choice(tuple(best), total, max(bound, total), _total(greedy, benefit), prices)


def _better(
    best: list[int],
    solved: list[int],
    benefit: np.ndarray,
    cost: np.ndarray,
    budgets: Sequence[int],
    carry_over: bool,
    order: Sequence[tuple[int, int]],
) -> list[int]:
    """The solver's answer if it keeps the budgets to the dong and is better: its tolerance is not the treasury's."""
    for i in sorted((i for i, t in enumerate(solved) if t >= 0), key=lambda i: benefit[i, solved[i]]):
        if within(solved, cost, budgets, carry_over):
            break
        solved[i] = -1
    solved = _fill(solved, order, cost, budgets, carry_over)
    return solved if _total(solved, benefit) > _total(best, benefit) else best
