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
    pairs = [(int(i), int(t)) for i, t in zip(*np.nonzero(allowed & (benefit > 0)), strict=True)]
    nothing = [-1] * count
    if not pairs:
        return Choice(tuple(nothing), 0.0, 0.0, 0.0, (0.0,) * years)
    items, when = (np.array(part) for part in zip(*pairs, strict=True))
    gain, price = benefit[items, when], cost[items, when].astype(float)
    by_value = sorted(range(len(pairs)), key=lambda k: (-gain[k] / price[k], items[k], when[k]))
    greedy = _fill(list(nothing), [pairs[k] for k in by_value], cost, budgets, carry_over)

    used = sorted(set(items.tolist()))
    row_of = {item: row for row, item in enumerate(used)}
    once = sparse.csr_matrix(
        (np.ones(len(pairs)), ([row_of[i] for i in items.tolist()], range(len(pairs)))), shape=(len(used), len(pairs))
    )
    unit = float(max(*budgets, price.max(), 1))  # keeps the numbers near one, where the solver's tolerances mean something
    rows, columns, values = [], [], []
    for k, t in enumerate(when.tolist()):
        for s in range(t, years) if carry_over else (t,):
            rows.append(s)
            columns.append(k)
            values.append(price[k] / unit)
    money = sparse.csr_matrix((values, (rows, columns)), shape=(years, len(pairs)))
    limits = np.cumsum(budgets) / unit if carry_over else np.array(budgets) / unit
    scale = float(gain.max())
    relaxed = linprog(
        -gain / scale,
        A_ub=sparse.vstack([once, money]),
        b_ub=np.concatenate([np.ones(len(used)), limits]),
        bounds=(0, None),
        method="highs",
    )
    upper = -relaxed.fun * scale
    duals = -relaxed.ineqlin.marginals[len(used) :]
    duals = np.cumsum(duals[::-1])[::-1] if carry_over else duals
    price_of_money = tuple(float(d * scale / unit) for d in duals)

    rounded = list(nothing)
    for k in np.nonzero(relaxed.x > 1 - 1e-6)[0].tolist():
        rounded[items[k]] = int(when[k])
    if not within(rounded, cost, budgets, carry_over):
        rounded = list(nothing)
    rounded = _fill(rounded, [pairs[k] for k in by_value], cost, budgets, carry_over)
    best = max(greedy, rounded, key=lambda year: _total(year, benefit))
    lost_at_least = relaxed.lower.marginals * scale  # what forcing a pair in costs against the relaxation
    open_pairs = np.nonzero(lost_at_least <= upper - _total(best, benefit) + 1e-9 * scale)[0]
    bound = upper
    if len(open_pairs) and upper - _total(best, benefit) > 1e-9 * scale:
        exact = milp(
            -gain[open_pairs] / scale,
            constraints=[
                LinearConstraint(once[:, open_pairs], ub=np.ones(len(used))),
                LinearConstraint(money[:, open_pairs], ub=limits),
            ],
            integrality=np.ones(len(open_pairs)),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": GAP, "node_limit": NODES},
        )
        if exact.mip_dual_bound is not None:
            bound = min(upper, max(-exact.mip_dual_bound * scale, _total(best, benefit)))
        if exact.x is not None:
            solved = list(nothing)
            for k in open_pairs[exact.x > 0.5].tolist():
                solved[items[k]] = int(when[k])
            best = _better(best, solved, benefit, cost, budgets, carry_over, [pairs[k] for k in by_value])
    total = _total(best, benefit)
    assert within(best, cost, budgets, carry_over)
    return Choice(tuple(best), total, max(bound, total), _total(greedy, benefit), price_of_money)


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
