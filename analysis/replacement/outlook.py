"""What other money would do: a curve of budgets, what a little more buys, and what is given up when a year's money is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.replacement import highs
from analysis.replacement.explanations import changed
from analysis.replacement.instance import Instance
from analysis.replacement.programme import Programme
from analysis.replacement.relaxation import Impossible, whole
from analysis.replacement.solving import GAP, Solution, solve

#: A point of the curve is not solved for when its neighbours leave less open than this share of what is saved.
NEAR = 0.01


@dataclass(frozen=True, slots=True)
class Point:
    """`share` times the money of each year, in all `money` dong: at most `saves` dong can be saved."""

    share: float
    money: int
    saves: float


def curve(instance: Instance, shares: Sequence[float]) -> list[Point]:
    """What any budget can save at most, by the relaxation without soft rules.

    That is concave in the money, and each solution tells its slope: between two that are solved, the tangents bound what lies
    there from above and the chord from below. Where both are nearly the same (`NEAR`) the tangents' bound is the answer.
    """
    ordered, _ = replace(instance, mandatory=(), coverage=(), fairness=0.0).ordered()
    programme = Programme(ordered, affordable=False)
    points = sorted(set(shares))
    known: dict[float, tuple[float, float]] = {}
    if not len(programme.unit):
        return [Point(s, _scaled(instance, s), 0.0) for s in points]
    made = whole(programme, {})

    def at(share: float) -> tuple[float, float]:
        """Value and slope there."""
        if share not in known:
            limits = programme.money([int(share * m) for m in instance.money])
            made.rows.upper[made.units : made.units + made.years] = limits
            found = highs.linear(-programme.gain / programme.scale, made.rows, interior=True)
            if found is None:  # so much money does not pay for what is pinned
                raise Impossible
            price = -found.of_rows[made.units : made.units + made.years]
            known[share] = (-found.value * programme.scale, float(price @ programme.money(instance.money)) * programme.scale)
        return known[share]

    def between(low: int, high: int) -> None:
        if high - low < 2:
            return
        (p, dp), (q, dq) = at(points[low]), at(points[high])
        width = points[high] - points[low]
        bend = (q - p - dq * width) / (dp - dq) if dp > dq else 0.0  # where the tangents meet: there they leave most open
        if dp * bend - (q - p) * bend / width > NEAR * max(q, 1.0):
            middle = (low + high) // 2
            at(points[middle])
            between(low, middle)
            between(middle, high)

    between(0, len(points) - 1)
    at(points[-1])
    found = []
    for share in points:
        value = known[share][0] if share in known else min(v + d * (share - s) for s, (v, d) in known.items())
        found.append(Point(share, _scaled(instance, share), value))
    return found


def _scaled(instance: Instance, share: float) -> int:
    return sum(int(share * m) for m in instance.money)


@dataclass(frozen=True, slots=True)
class More:
    """A plan with more money beside the one there is: (group, year, items) that leave and that come, and what it saves more."""

    solution: Solution
    leaves: tuple[tuple[int, int, int], ...]
    comes: tuple[tuple[int, int, int], ...]
    saves: float


def more(instance: Instance, solution: Solution, share: float = 0.1, *, gap: float = GAP) -> More:
    """What so much more money a year buys. The plan that there is, and what can be added to it, is where the search begins."""
    richer = replace(instance, money=tuple(int((1 + share) * m) for m in instance.money))
    found = solve(richer, gap=gap, known=solution.bought)
    leaves, comes = changed(solution.bought, found.bought)
    return More(found, leaves, comes, found.benefit - solution.benefit)


@dataclass(frozen=True, slots=True)
class Cut:
    """One step of a cut list: groups and items that are given up, dong that this frees, benefit that it loses; both summed up to
    here, and the least that any choice which frees so much would lose (`least`)."""

    items: tuple[tuple[int, int], ...]
    freed: int
    loses: float
    freed_so_far: int
    loses_so_far: float
    least: float


def cuts(instance: Instance, solution: Solution, year: int) -> list[Cut]:
    """In which order the items of a year are given up when its money is cut on the way: the least lost per dong first, bundles
    whole, what others wait for after these, what is mandatory last. One list for any cut, so that no step is taken back: `least`
    says how near each of its beginnings is to the best.
    """
    ordered, order = instance.ordered()
    programme = Programme(ordered)
    counts = programme.counts(solution.bought[order])
    now = {int(programme.unit[c]): int(c) for c in np.nonzero((counts > 0) & (programme.year == year))[0]}
    waiting: dict[int, set[int]] = {}
    for a, b, _ in programme.order:
        if a in now and any(counts[c] for c in programme.column[b].tolist() if c >= 0):
            waiting.setdefault(a, set()).add(b)
    must = {int(programme.unit_of[m.group]) for m in ordered.mandatory}
    pieces = [(u, c) for u, c in now.items() for _ in range(int(counts[c]))]
    left = {u: int(counts[c]) for u, c in now.items()}
    found: list[Cut] = []
    freed, lost = 0, 0.0
    price, gain = programme.price, programme.gain
    while pieces:

        def rank(piece: tuple[int, int]) -> tuple[object, ...]:
            unit, c = piece
            held = any(left.get(b, 1) for b in waiting.get(unit, ()))
            return unit in must, held, gain[c] / price[c], unit

        unit, c = min(pieces, key=rank)
        pieces.remove((unit, c))
        left[unit] -= 1
        freed += int(price[c])
        lost += float(gain[c])
        items = tuple((int(order[g]), int(programme.times[g])) for g in programme.members[unit])
        found.append(Cut(items, int(price[c]), float(gain[c]), freed, lost, 0.0))
    columns = list(now.values())
    whole_year = float(sum(gain[c] * counts[c] for c in columns))
    return [replace(cut, least=_least(cut, price[columns], gain[columns], counts[columns], whole_year)) for cut in found]


def _least(cut: Cut, price: np.ndarray, gain: np.ndarray, counts: np.ndarray, whole_year: float) -> float:
    """The least benefit that is lost when at least so much is freed, whatever the rules (a knapsack; its relaxation)."""
    total = int(price @ counts)
    order = np.lexsort((np.arange(len(gain)), -gain / price))
    left, kept = total - cut.freed_so_far, 0.0
    for c in order.tolist():
        amount = min(int(counts[c]) * int(price[c]), left)
        kept += amount * float(gain[c]) / int(price[c])
        left -= amount
    return min(whole_year - kept, cut.loses_so_far)
