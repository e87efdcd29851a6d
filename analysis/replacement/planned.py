"""The replacement plan: what to buy in which year with the money there is, and why, thing by thing.

`prepare` (see `candidates`) makes all things of an inventory once; `decide` answers for any terms (money, years, price of an
hour, rules) and may be asked again at once; `plan` is both. Everything that is not bought is listed with its reason: `WHY_NOT`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.replacement.candidates import MISSING, Candidate, Candidates, least, prepare, told
from analysis.replacement.explanations import Asked
from analysis.replacement.instance import Coverage, Instance, Mandatory, grown, held_back, yearly
from analysis.replacement.shortage import Shortage, shortage
from analysis.replacement.solving import GAP, Solution, solve
from analysis.risk import WHOLE
from analysis.tables import typed
from inventory.frames.columns import Column
from inventory.lifecycle.policies import Policies
from inventory.lifecycle.policies import policies as in_force

#: Why a thing is not in the plan: not due within the plan's years; due, but the money went to what saves more per dong; its part
#: (or the device that it is in) is bought instead; what it hangs on is not bought before it; it is bought only with others of its
#: office; its age is not known (look at it first); only its software is old (upgrade first); it did not answer (is it still
#: there?); its kind has no price or no useful life; a new one would not save anything; below the norm, but no minimum is asked
#: for.
WHY_NOT = (
    *("not_due", "budget", "instead", "order", "together", "age_unknown", "upgrade_first", "silent", "gone", "no_price"),
    *("no_benefit", "not_asked"),
)

PLAN = (
    Column("rank", "Int64", "order in the plan: by year, then by what is saved per dong; NA = not in the plan"),
    Column("name", "string", "what names the thing in the plan: a device, a part of it, or something that an office lacks"),
    Column("device", "string", "device; NA = something that an office lacks"),
    Column("office", "string", "its office"),
    Column("kind", "string", "kind of device"),
    Column("part", "string", "device (the whole of it), the part that is bought (ups_battery, disk, ...), or missing"),
    Column("item", "string", "of a part: which one; NA = the only one"),
    Column("vendor", "string", "brand"),
    Column("model", "string", "model"),
    Column("address", "string", "address"),
    Column("years_low", "Float64", "age of the device, lower end", "years"),
    Column("years", "Float64", "age of the device, median; NA = unknown", "years"),
    Column("years_high", "Float64", "age of the device, upper end", "years"),
    Column("grade", "string", "how well the age is known, A to D"),
    Column("useful_life_years", "Float64", "by policy", "years"),
    Column("support", "string", "supported, past, unknown"),
    Column("people", "Int64", "persons whose work its failure touches", "persons"),
    Column("cost_vnd", "Int64", "price of a new one (in its year, or today's where it is not in the plan)", "dong"),
    Column("year", "Int64", "year of replacement; NA = not in the plan"),
    Column("why", "string", "in the plan: due, mandatory, minimum; else why not: " + ", ".join(WHY_NOT)),
    Column("risk_vnd", "Float64", "expected loss in the plan's first year if it is kept", "dong"),
    Column("saved_vnd", "Float64", "expected loss that goes away in the plan's years, in its year (or the best one)", "dong"),
    Column("net_vnd", "Float64", "what it saves less its price at what a dong is worth in that year (estimate)", "dong"),
    Column("enters_below_vnd", "Float64", "left out for want of money: the price below which it would be in (estimate)", "dong"),
    Column("reasons", "string", "JSON: list of [key, values], most important first"),
)

YEARS = (
    Column("year", "Int64", "calendar year"),
    Column("budget_vnd", "Int64", "the year's budget", "dong"),
    Column("reserve_vnd", "Int64", "what of it is held back", "dong"),
    Column("spent_vnd", "Int64", "prices of the year's items", "dong"),
    Column("left_vnd", "Int64", "what is neither spent nor held back (with carry-over: passed on)", "dong"),
    Column("items", "Int64", "items bought"),
    Column("risk_without_vnd", "Float64", "expected loss in the year without the plan", "dong"),
    Column("risk_with_vnd", "Float64", "expected loss in the year with the plan", "dong"),
    Column("price_of_money", "Float64", "what one more dong in the year would save (estimate)", "dong"),
    Column("short_vnd", "Int64", "what the year's money lacks for all that is mandatory", "dong"),
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is asked for. `budgets`: see `yearly`. `person_hour_vnd`: None = as prepared. `reserve`, `reserve_vnd`: held
    back of each year's budget. `mandatory_within`: security devices whose model gets no fixes must go in the first so many years
    (0: no such rule). `core_first`: what is nearer to the way out is replaced before what hangs on it, where both are due.
    `together`: kinds of which an office's due ones are bought all in one year (from when half of them are due) or not at all.
    `minimum`: share of the norm of computers that each office must have by the end of `minimum_within` years. `fairness`: see
    `instance`."""

    budgets: int | Sequence[int]
    years: int = 5
    carry_over: bool = False
    price_growth: float = 0.0
    person_hour_vnd: float | None = None
    reserve: float = 0.0
    reserve_vnd: int = 0
    mandatory_within: int = 2
    core_first: bool = True
    together: tuple[str, ...] = ()
    minimum: float = 0.0
    minimum_within: int = 3
    fairness: float = 0.0


@dataclass(frozen=True)
class Plan:
    """`items`: everything, in the plan or not (`PLAN`); `years` (`YEARS`). Sums in dong; `saved` can be at most `bound`.

    `instance`, `solution` and `groups` (things of each group) are the model behind it; `asked` asks it about one thing.
    """

    items: pd.DataFrame
    years: pd.DataFrame
    saved_vnd: float
    bound_vnd: float
    greedy_vnd: float
    gap: float
    instance: Instance
    solution: Solution
    groups: tuple[tuple[int, ...], ...]
    candidates: Candidates
    terms: Terms

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """Items in the plan, by rank."""
        return self.items[self.items["year"].notna()].sort_values("rank").reset_index(drop=True)

    @property
    def left_out(self) -> pd.DataFrame:
        """Everything else; what the money did not reach first, then by what it would save."""
        rest = self.items[self.items["year"].isna()]
        first = ("budget", "order", "together", "age_unknown", "upgrade_first", "silent")
        order = rest["why"].map({why: i for i, why in enumerate(first)}).fillna(9)
        return rest.assign(_order=order).sort_values(["_order", "saved_vnd"], ascending=[True, False]).drop(columns="_order")

    @property
    def look_first(self) -> pd.DataFrame:
        """Devices of unknown age, the one whose label tells most first: by expected loss a year."""
        unknown = self.items[self.items["why"] == "age_unknown"]
        return unknown.sort_values(["risk_vnd", "device"], ascending=[False, True]).reset_index(drop=True)

    @cached_property
    def shortage(self) -> Shortage | None:
        """What the money lacks for all that is mandatory; None where it suffices."""
        return shortage(self.instance) if sum(self.solution.short.mandatory) else None

    @property
    def below_minimum(self) -> dict[str, int]:
        """Office -> how many computers it still lacks to its minimum at the end of the time for it."""
        short = zip(self.instance.coverage, self.solution.short.coverage, strict=True)
        return {rule.name: missing for rule, missing in short if missing}

    def group_of(self, name: str) -> int:
        """The group of a thing. Raises KeyError for one that no plan with these terms could buy."""
        for group, members in enumerate(self.groups):
            if any(self.candidates.things[i].name == name for i in members):
                return group
        raise KeyError(name)

    def asked(self, name: str, gap: float = GAP) -> Asked:
        """Questions about one thing; each is answered by solving again, as well as `gap` says (`Asked.tolerance`)."""
        return Asked(self.instance, self.group_of(name), plan=self.solution, gap=gap)


def plan(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    behind: pd.DataFrame,
    *,
    as_of: date,
    budgets: int | Sequence[int],
    years: int = 5,
    first_year: int | None = None,
    carry_over: bool = False,
    price_growth: float = 0.0,
    life_factor: float = 1.0,
    person_hour_vnd: float | None = None,
    unknown_age: str = "inspect",
    policies: Policies | None = None,
) -> Plan:
    """The plan for all rows of a `devices` frame, of what these alone tell (`prepare` takes everything that is known).

    The same input gives the same plan, whatever the order of its rows.
    """
    ready = prepare(
        devices, offices, behind, as_of=as_of, policies=policies or in_force(None, as_of), first_year=first_year,
        life_factor=life_factor, unknown_age=unknown_age,
    )  # fmt: skip
    return decide(ready, Terms(budgets, years, carry_over, price_growth, person_hour_vnd))


def decide(ready: Candidates, terms: Terms, *, gap: float = GAP) -> Plan:
    """The plan of what is prepared, by these terms."""
    years = terms.years
    budgets = yearly(terms.budgets, years)
    reserve = held_back(budgets, terms.reserve, terms.reserve_vnd)
    hour = ready.person_hour_vnd if terms.person_hour_vnd is None else terms.person_hour_vnd
    instance, groups, benefit, cost, why = posed(ready, terms)
    solution = solve(instance, gap=gap)
    year = np.full(len(ready.things), -1)
    for members, bought in zip(groups, solution.bought, strict=True):
        when = [t for t, count in enumerate(bought.tolist()) for _ in range(count)]
        year[list(members[: len(when)])] = when
    none = pd.DataFrame()
    found = Plan(
        none, none, solution.benefit, solution.bound, solution.greedy, solution.gap, instance, solution, groups, ready, terms
    )  # fmt: skip
    _say_why(ready, instance, groups, year, why)
    lacking = found.shortage.dong if found.shortage else (0,) * years
    return replace(
        found,
        items=_items(ready, terms, benefit, cost, year, why, hour, solution),
        years=_years(ready, budgets, reserve, cost, year, hour, solution, lacking, terms),
    )


def posed(
    ready: Candidates, terms: Terms, prices: Sequence[int] | None = None
) -> tuple[Instance, tuple[tuple[int, ...], ...], np.ndarray, np.ndarray, list[str]]:
    """The model of these terms: the instance, the things of each of its groups, benefit and cost by thing and year, and why a
    thing cannot be bought ("" = it may be). `prices`: other ones than the things have, dong."""
    budgets = yearly(terms.budgets, terms.years)
    reserve = held_back(budgets, terms.reserve, terms.reserve_vnd)
    hour = ready.person_hour_vnd if terms.person_hour_vnd is None else terms.person_hour_vnd
    benefit = ready.benefit(hour, terms.years)
    cost = grown([thing.price for thing in ready.things] if prices is None else prices, terms.years, terms.price_growth)
    why = _why_not(ready, benefit, terms.years, terms)
    money = [b - r for b, r in zip(budgets, reserve, strict=True)]
    return *_instance(ready, terms, benefit, cost, why, money), benefit, cost, why


def _why_not(ready: Candidates, benefit: np.ndarray, years: int, terms: Terms) -> list[str]:
    """For each thing why it cannot be bought whatever the money; "" = it may be."""
    found = []
    due = ready.due[:, :years]
    ever_due, unsupported = np.any(due, axis=1), np.any(ready.unsupported[:, :years], axis=1)
    worth = np.any((benefit > 0) & due, axis=1)
    wanted = {i for (_, _), (places, have, need) in ready.norms.items() for i in places[: least(terms.minimum, have, need)]}
    for i, thing in enumerate(ready.things):
        if thing.ruled_out:
            found.append(thing.ruled_out)
        elif thing.part == MISSING:
            found.append("" if i in wanted else "not_asked")
        elif not ever_due[i]:
            found.append("upgrade_first" if unsupported[i] else "not_due")
        elif not worth[i] and not (thing.mandatory and terms.mandatory_within):
            found.append("no_benefit")
        else:
            found.append("")
    return found


def _instance(
    ready: Candidates, terms: Terms, benefit: np.ndarray, cost: np.ndarray, why: Sequence[str], money: Sequence[int]
) -> tuple[Instance, tuple[tuple[int, ...], ...]]:
    """Groups of things that are alike in every number and rule, and the rules of the terms."""
    years, things = terms.years, ready.things
    may = [i for i, reason in enumerate(why) if not reason]
    offices = sorted({thing.office for thing in things})
    instead = [(a, b) for a, b in ready.instead if not why[a] and not why[b]]
    before = [(a, b) for a, b in ready.before if not why[a] and not why[b]] if terms.core_first else []
    most = np.cumsum(money) if terms.carry_over else np.array(money)
    # what nobody can pay for holds nothing up
    before = [(a, b) for a, b in before if (ready.due[a, :years] & (cost[a] <= most)).any()]
    bundles: dict[tuple[str, str], list[int]] = {}
    for i in may:
        if things[i].kind in terms.together and things[i].part == WHOLE:
            bundles.setdefault((things[i].office, things[i].kind), []).append(i)
    bundled = [members for _, members in sorted(bundles.items()) if len(members) > 1]
    # a pair inside a bundle is bought at once anyway
    due = ready.due[:, :years].copy()
    for members in bundled:
        due[members] = due[members].sum(axis=0) * 2 >= len(members)
    must = [i for i in may if things[i].mandatory] if terms.mandatory_within else []
    alone = {i for pair in (*instead, *before) for i in pair} | {i for members in bundled for i in members} | set(must)

    grouped: dict[object, list[int]] = {}
    for i in may:
        local = things[i].office if terms.fairness or things[i].part == MISSING else ""
        alike = (local, things[i].part == MISSING, benefit[i].tobytes(), cost[i].tobytes(), due[i].tobytes())
        grouped.setdefault(i if i in alone else alike, []).append(i)
    groups = tuple(tuple(members) for members in grouped.values())
    group_of = {i: g for g, members in enumerate(groups) for i in members}
    heads = [members[0] for members in groups]
    last = years - 1
    coverage = []
    for (office, _), (places, have, need) in sorted(ready.norms.items()):
        wanted = least(terms.minimum, have, need)
        if wanted:
            among = tuple(sorted({group_of[i] for i in places if i in group_of}))
            coverage.append(Coverage(office, among, wanted, min(terms.minimum_within - 1, last)))
    at = {office: n for n, office in enumerate(offices)}
    return Instance(
        names=tuple(things[i].name for i in heads),
        count=np.array([len(members) for members in groups], dtype=np.int64),
        cost=cost[heads].reshape(len(heads), years),
        benefit=benefit[heads].reshape(len(heads), years),
        allowed=due[heads].reshape(len(heads), years),
        money=tuple(money),
        carry_over=terms.carry_over,
        mandatory=tuple(Mandatory(group_of[i], min(terms.mandatory_within - 1, last)) for i in must),
        coverage=tuple(coverage),
        bundles=tuple(tuple(group_of[i] for i in members) for members in bundled),
        before=tuple((group_of[a], group_of[b]) for a, b in before),
        alternatives=tuple((group_of[a], group_of[b]) for a, b in instead),
        office=np.array([at[things[i].office] for i in heads], dtype=np.int64),
        fairness=terms.fairness,
    ), groups


def _say_why(ready: Candidates, instance: Instance, groups: Sequence[Sequence[int]], year: np.ndarray, why: list[str]) -> None:
    """Fills in why things that may be bought are, or are not."""
    group_of = {i: g for g, members in enumerate(groups) for i in members}
    must = {m.group for m in instance.mandatory}
    partner: dict[int, list[int]] = {}
    for members in instance.alternatives:
        for g in members:
            partner.setdefault(g, []).extend(m for m in members if m != g)
    first: dict[int, list[int]] = {}
    for a, b in instance.before:
        first.setdefault(b, []).append(a)
    inside = {g for bundle in instance.bundles for g in bundle}
    bought = {group_of[i] for i in np.nonzero(year >= 0)[0].tolist()}
    for i, g in group_of.items():
        if year[i] >= 0:
            why[i] = "mandatory" if g in must else "minimum" if ready.things[i].part == MISSING else "due"
        elif any(other in bought for other in partner.get(g, ())):
            why[i] = "instead"
        elif any(a not in bought for a in first.get(g, ())):
            why[i] = "order"
        else:
            why[i] = "together" if g in inside else "budget"


def _items(
    ready: Candidates,
    terms: Terms,
    benefit: np.ndarray,
    cost: np.ndarray,
    year: np.ndarray,
    why: Sequence[str],
    hour: float,
    solution: Solution,
) -> pd.DataFrame:
    def by_rank(i: int) -> tuple[object, ...]:
        return year[i], -benefit[i, year[i]] / cost[i, year[i]], ready.things[i].name

    rank = {i: place for place, i in enumerate(sorted(np.nonzero(year >= 0)[0].tolist(), key=by_rank), 1)}
    money = np.array(solution.price)
    keep = ready.losses(hour, terms.years)[0]
    told_of: dict[str, dict[Any, Any]] = {
        row["device"]: row | {name: age[name] for name in ("years_low", "years", "years_high", "grade", "useful_life_years")}
        for row, age in zip(
            ready.frame[["device", "vendor", "model", "address"]].to_dict("records"), ready.ages.to_dict("records"), strict=True
        )
    }
    support = dict(zip(ready.support["device"], ready.support["status"], strict=True))
    due = ready.due[:, : terms.years]
    rows = []
    for i, thing in enumerate(ready.things):
        t = int(year[i])
        net = benefit[i] - money * cost[i]
        may = due[i] & (money > 0)
        best = t if t >= 0 else int(np.where(due[i], net, -np.inf).argmax()) if due[i].any() else 0
        rows.append(
            told_of.get(thing.device, {})
            | {
                "rank": rank.get(i),
                "name": thing.name,
                "device": thing.device or None,
                "office": thing.office or None,
                "kind": thing.kind or None,
                "part": thing.part,
                "item": thing.item or None,
                "support": support.get(thing.device),
                "people": thing.people,
                "cost_vnd": int(cost[i, t]) if t >= 0 else thing.price or None,
                "year": ready.first_year + t if t >= 0 else None,
                "why": why[i],
                "risk_vnd": float(keep[i, 0]),
                "saved_vnd": max(float(benefit[i, best]), 0.0),
                "net_vnd": float(net[best]) if why[i] in ("due", "budget", "mandatory", "instead", "order", "together") else None,
                "enters_below_vnd": float((benefit[i][may] / money[may]).max()) if why[i] == "budget" and may.any() else None,
                "reasons": told(thing.reasons + _loss(thing, float(keep[i, 0]))),
            }
        )
    found = typed(rows, PLAN)
    return found.sort_values(["rank", "name"], na_position="last", ignore_index=True)


def _loss(thing: Candidate, risk_vnd: float) -> tuple[tuple[str, dict], ...]:
    return () if thing.part == MISSING else (("risk", {"risk": round(risk_vnd)}),)


def _years(
    ready: Candidates,
    budgets: Sequence[int],
    reserve: Sequence[int],
    cost: np.ndarray,
    year: np.ndarray,
    hour: float,
    solution: Solution,
    lacking: Sequence[int],
    terms: Terms,
) -> pd.DataFrame:
    keep, new = ready.losses(hour, terms.years)
    whole = [i for i, thing in enumerate(ready.things) if thing.part == WHOLE]
    rows = []
    carried = 0
    for t, limit in enumerate(budgets):
        bought = np.nonzero(year == t)[0].tolist()
        spent = sum(int(cost[i, t]) for i in bought)
        left = limit - reserve[t] + carried - spent
        carried = left if terms.carry_over else 0
        without = float(keep[whole, t].sum())
        gone = sum(float(keep[i, t] - new[i, t - when]) for i, when in enumerate(year.tolist()) if 0 <= when <= t)
        rows.append(
            {
                "year": ready.first_year + t,
                "budget_vnd": limit,
                "reserve_vnd": reserve[t],
                "spent_vnd": spent,
                "left_vnd": left,
                "items": len(bought),
                "risk_without_vnd": without,
                "risk_with_vnd": without - gone,
                "price_of_money": solution.price[t],
                "short_vnd": lacking[t],
            }
        )
    return typed(rows, YEARS)
