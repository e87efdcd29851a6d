"""How sure is a plan: how often is each thing chosen when ages and prices turn out otherwise, and what must be held in reserve.

A scenario draws the age of each device from the belief about it (its parts at the same place of theirs), and one price level for
each kind and part. A thing that is chosen in nearly all of them may be bought now; one that comes and goes hangs on what is not
known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.ageing import MONTHS, Belief
from analysis.ageing.belief import month_ages
from analysis.replacement.candidates import Candidates
from analysis.replacement.planned import Plan, Terms, posed
from analysis.replacement.relaxation import fractions
from analysis.tables import typed
from inventory.frames.columns import Column

#: How far a kind's price may be off: standard deviation of its logarithm. An estimate: a fifth either way in 95 of 100 cases.
PRICE_SPREAD = 0.1

OFTEN = (
    Column("name", "string", "thing, as the plan names it"),
    Column("share", "Float64", "share of the scenarios in which it is bought, in part where the money ends at it", "0..1"),
    Column("year", "Int64", "year in which it is bought most often; NA = in none"),
    Column("in_plan", "boolean", "the plan itself buys it"),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """`often` (OFTEN, all things that any scenario or the plan buys). `cost_p90`: what the plan's things cost in nine of ten
    scenarios at most, as a share of what is planned. `reserve`: share of each budget to hold back, so that they can be paid
    for then."""

    often: pd.DataFrame
    cost_p90: float
    reserve: float


def drawn(ready: Candidates, dice: np.random.Generator) -> tuple[Candidates, list[int]]:
    """One scenario: the candidates with other losses, and what each of them costs there (dong)."""
    basis = ready.basis
    places = {device: dice.random() for device in ready.frame["device"]}
    months = [item.belief.month_at(places[item.device]) for item in basis.rated.items]
    believed = [_known(item.belief, month) for item, month in zip(basis.rated.items, months, strict=True)]
    keep, keep_hour, new, new_hour = basis.losses(believed, ready.first_year)
    wait = max((date(ready.first_year, 1, 1) - basis.as_of).days / 365.25, 0.0)
    due = ready.due.copy()
    for thing, number in enumerate(basis.of_new):
        if number is not None and np.isfinite(basis.lives[thing]):
            age = month_ages(believed[number].elapsed, MONTHS)[months[number]] + wait
            due[thing] = (age + np.arange(due.shape[1]) >= basis.lives[thing]) | basis.due_anyway[thing]
    keys = sorted({(thing.kind, thing.part) for thing in ready.things})
    level = dict(zip(keys, np.exp(dice.normal(0.0, PRICE_SPREAD, len(keys))), strict=True))
    prices = [round(thing.price * level[thing.kind, thing.part]) for thing in ready.things]
    return replace(ready, keep=keep, keep_hour=keep_hour, new=new, new_hour=new_hour, due=due), prices


def _known(belief: Belief, month: int) -> Belief:
    """The belief of somebody who knows the month."""
    weights = np.zeros(MONTHS)
    weights[month] = 1.0
    return Belief(weights, belief.elapsed)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a number of scenarios came to. `prices[scenario, thing]`: what a thing costs there (dong); `bought[thing, year]`: how
    often it is bought, in part where the money ends at it."""

    prices: np.ndarray
    bought: np.ndarray


def tried(ready: Candidates, terms: Terms, scenarios: int = 20, seed: int = 0) -> Tried:
    """The terms, asked again in so many scenarios, each by its relaxation. The same seed gives the same answer."""
    dice = np.random.default_rng(seed)
    prices = np.zeros((scenarios, len(ready.things)))
    bought = np.zeros((len(ready.things), terms.years))
    for scenario in range(scenarios):
        other, costs = drawn(ready, dice)
        prices[scenario] = costs
        instance, groups, *_ = posed(other, terms, costs)
        sizes = np.array([len(members) for members in groups], dtype=np.int64)
        things = np.array([thing for members in groups for thing in members], dtype=np.int64)
        bought[things] += np.repeat(fractions(instance) / sizes[:, None], sizes, axis=0)
    return Tried(prices, bought)


def doubt(plan: Plan, scenarios: int = 20, seed: int = 0) -> Doubt:
    """How sure a plan is by so many scenarios. The same seed gives the same answer."""
    return doubt_by(plan, tried(plan.candidates, plan.terms, scenarios, seed))


def doubt_by(plan: Plan, found: Tried) -> Doubt:
    """How sure a plan is, by scenarios of the same candidates and terms."""
    ready, scenarios = plan.candidates, len(found.prices)
    cost = dict(zip(plan.chosen["name"], plan.chosen["cost_vnd"].astype(int), strict=True))
    planned = [(i, cost[thing.name] / thing.price) for i, thing in enumerate(ready.things) if thing.name in cost]
    costs = [sum(grown * prices[i] for i, grown in planned) for prices in found.prices]
    total = sum(cost.values())
    ninth = float(np.quantile(costs, 0.9)) / total if total else 1.0
    share = found.bought.sum(axis=1) / max(scenarios, 1)
    rows = [
        {
            "name": thing.name,
            "share": min(float(share[i]), 1.0),
            "year": ready.first_year + int(found.bought[i].argmax()) if share[i] > 0 else None,
            "in_plan": thing.name in cost,
        }
        for i, thing in enumerate(ready.things)
        if share[i] > 0 or thing.name in cost
    ]
    frame = typed(rows, OFTEN).sort_values(["share", "name"], ascending=[False, True], ignore_index=True)
    return Doubt(frame, ninth, max(1 - 1 / ninth, 0.0))
