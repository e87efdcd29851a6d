"""How far a risk may be from its figure, and what knowing more would tell: "measure these first".

What is not known is the age, and evidence that nobody measured: each kind is there in a share of devices (`Evidence.found`) and
then multiplies, else it lowers, so that on the average it changes nothing. The interval holds 80 % of what these allow. What a
measurement is worth is by how much the figure is likely to move when it is known: the standard deviation that it takes away.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.ageing import COVERAGE
from analysis.risk.parameters import Parameters
from analysis.risk.rating import Rated
from analysis.risk.spread import even_ages

#: Ages that stand for a belief, and kinds of missing evidence that are looked at together, the telling ones first.
AGES, TOGETHER = 20, 4
#: What `lead` names where the age is what is known least.
AGE = "age"


@dataclass(frozen=True, slots=True)
class Doubt:
    """By item: `low` and `high`, dong a year; `worth`: dong a year by which its figure is likely to move when everything about it
    is known; `lead`: what tells most, a kind of evidence or `AGE`; `ages`: (items, 2), the interval of the age in years."""

    low: np.ndarray
    high: np.ndarray
    worth: np.ndarray
    lead: tuple[str, ...]
    ages: np.ndarray


def doubts(rated: Rated, cost: np.ndarray, parameters: Parameters) -> Doubt:
    """`cost` of one failure by item, dong."""
    count = len(rated.items)
    ages = even_ages(rated.believed, AGES)
    low, high, worth = np.zeros(count), np.zeros(count), np.zeros(count)
    lead = [AGE] * count
    alike: dict[tuple[str, tuple[str, ...], float], list[int]] = {}
    for i, item in enumerate(rated.items):
        telling = sorted(rated.missing[i], key=lambda kind: (-_swing(kind, item.part, parameters), kind))[:TOGETHER]
        alike.setdefault((item.hazard, tuple(telling), float(rated.multiplier[i])), []).append(i)
    for (hazard, missing, multiplier), members in alike.items():
        law = parameters.of(hazard)
        assert law is not None, hazard
        expected = law.cumulative(ages[members] + 1) - law.cumulative(ages[members])  # (members, AGES)
        own = (rated.scale[members] / multiplier)[:, None]
        cases, chance = _cases(missing, rated.items[members[0]].part, multiplier, parameters)
        risks = -np.expm1(-(own * expected)[:, :, None] * cases) * cost[members][:, None, None]
        flat = risks.reshape(len(members), -1)
        weights = np.broadcast_to(chance / AGES, risks.shape[1:]).reshape(-1)
        low[members], high[members] = _quantiles(flat, weights)
        parts = {AGE: (risks @ chance).std(axis=1)}
        for place, kind in enumerate(missing):
            is_found = np.array([case[place] for case in product((True, False), repeat=len(missing))])
            sides = [
                (risks[:, :, side] @ (chance[side] / chance[side].sum())).mean(axis=1) if chance[side].sum() else 0.0
                for side in (is_found, ~is_found)
            ]
            share = parameters.evidence[kind].found
            parts[kind] = np.abs(sides[0] - sides[1]) * np.sqrt(share * (1 - share))
        table = np.stack(list(parts.values()))
        worth[members] = np.sqrt((table**2).sum(axis=0))
        names = list(parts)
        for i, best in zip(members, table.argmax(axis=0), strict=True):
            lead[i] = names[best]
    outside = round((1 - COVERAGE) / 2 * AGES)
    return Doubt(low, high, worth, tuple(lead), np.stack([ages[:, outside], ages[:, -1 - outside]], axis=1))


def _swing(kind: str, part: str, parameters: Parameters) -> float:
    times, in_order = parameters.effect(kind, part)
    found = parameters.evidence[kind].found
    return float((times - in_order) * np.sqrt(found * (1 - found)))


def _cases(missing: tuple[str, ...], part: str, multiplier: float, parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """(multipliers, chances) of all that the missing evidence may turn out to be, found first, the last one fastest."""
    cases, chances = [], []
    for case in product((True, False), repeat=len(missing)):
        product_of, chance = multiplier, 1.0
        for is_found, kind in zip(case, missing, strict=True):
            evidence = parameters.evidence[kind]
            product_of *= parameters.effect(kind, part)[0 if is_found else 1]
            chance *= evidence.found if is_found else 1 - evidence.found
        cases.append(parameters.capped(product_of))
        chances.append(chance)
    return np.array(cases), np.array(chances)


def _quantiles(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the interval of each row that holds `COVERAGE` of `weights`."""
    order = values.argsort(axis=1)
    sums = np.cumsum(weights[order], axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    found = []
    for level in ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2):
        place = np.minimum((sums < level - 1e-12).sum(axis=1), values.shape[1] - 1)
        found.append(ordered[np.arange(len(values)), place])
    return found[0], found[1]
