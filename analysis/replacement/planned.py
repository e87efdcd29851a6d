"""The replacement plan: what to replace in which year with the money there is, and why, item by item.

A device may be replaced from the year in which it is more likely than not past the useful life of its kind. Its benefit is the
expected loss that goes away: over the plan's remaining years, keeping it (`risk`) minus a new one. `budget.choose` picks items
and years with the greatest sum. Everything that is not picked is listed with its reason: `WHY_NOT`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis import ageing, budget, risk
from analysis.replacement.instance import yearly
from analysis.support import support as software_support
from analysis.tables import code, typed
from inventory.frames.columns import Column

#: Why a device is not in the plan: not due within the plan's years; due, but the money went to items that save more per dong;
#: its age is not known (look at it first); only its software is old (upgrade first); it did not answer (is it still there?);
#: its kind has no price or no useful life; a new one would not save anything.
WHY_NOT = ("not_due", "budget", "age_unknown", "upgrade_first", "silent", "gone", "no_price", "no_benefit")

PLAN = (
    Column("rank", "Int64", "order in the plan: by year, then by what is saved per dong; NA = not in the plan"),
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column("kind", "string", "kind of device"),
    Column("vendor", "string", "brand"),
    Column("model", "string", "model"),
    Column("address", "string", "address"),
    Column("years_low", "Float64", "age, lower end", "years"),
    Column("years", "Float64", "age, median; NA = unknown", "years"),
    Column("years_high", "Float64", "age, upper end", "years"),
    Column("grade", "string", "how well the age is known, A to D"),
    Column("useful_life_years", "Float64", "by policy", "years"),
    Column("support", "string", "supported, past, unknown"),
    Column("people", "Int64", "persons whose work its failure touches", "persons"),
    Column("cost_vnd", "Int64", "price of a new one (in its year, or today's where it is not in the plan)", "dong"),
    Column("year", "Int64", "year of replacement; NA = not in the plan"),
    Column("why", "string", "in the plan: due; else one of WHY_NOT"),
    Column("risk_vnd", "Float64", "expected loss in the plan's first year if it is kept", "dong"),
    Column("saved_vnd", "Float64", "expected loss that goes away in the plan's years, in its year (or the best one)", "dong"),
    Column("enters_below_vnd", "Float64", "left out for want of money: the price below which it would be in (estimate)", "dong"),
    Column("reasons", "string", "JSON: list of [key, values], most important first"),
)

YEARS = (
    Column("year", "Int64", "calendar year"),
    Column("budget_vnd", "Int64", "the year's budget", "dong"),
    Column("spent_vnd", "Int64", "prices of the year's items", "dong"),
    Column("left_vnd", "Int64", "what is not spent (with carry-over: passed on)", "dong"),
    Column("items", "Int64", "items replaced"),
    Column("risk_without_vnd", "Float64", "expected loss in the year without the plan", "dong"),
    Column("risk_with_vnd", "Float64", "expected loss in the year with the plan", "dong"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """`items`: every device, in the plan or not (`PLAN`); `years` (`YEARS`). Sums in dong; `saved` can be at most `bound`."""

    items: pd.DataFrame
    years: pd.DataFrame
    saved_vnd: float
    bound_vnd: float
    greedy_vnd: float
    gap: float

    @property
    def chosen(self) -> pd.DataFrame:
        """Items in the plan, by rank."""
        return self.items[self.items["year"].notna()].sort_values("rank").reset_index(drop=True)

    @property
    def left_out(self) -> pd.DataFrame:
        """Everything else; what the money did not reach first, then by what it would save."""
        rest = self.items[self.items["year"].isna()]
        order = rest["why"].map({why: i for i, why in enumerate(("budget", "age_unknown", "upgrade_first", "silent"))}).fillna(9)
        return rest.assign(_order=order).sort_values(["_order", "saved_vnd"], ascending=[True, False]).drop(columns="_order")

    @property
    def look_first(self) -> pd.DataFrame:
        """Devices of unknown age, the one whose label tells most first: by expected loss a year."""
        unknown = self.items[self.items["why"] == "age_unknown"]
        return unknown.sort_values(["risk_vnd", "device"], ascending=[False, True]).reset_index(drop=True)


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
) -> Plan:
    """The plan for all rows of a `devices` frame.

    `behind`: `connectivity.BEHIND`. `life_factor` stretches every useful life. `price_growth`: share a year. `unknown_age`:
    "inspect" leaves devices of unknown age out until somebody looks at them, "include" lets the likely age speak.
    The same input gives the same plan, whatever the order of its rows.
    """
    devices = devices.sort_values("device").reset_index(drop=True)
    first_year = as_of.year + 1 if first_year is None else first_year
    money = yearly(budgets, years)
    believed = ageing.beliefs(devices, as_of)
    ages = ageing.ages(devices, as_of, believed=believed)
    software = software_support(devices, as_of)
    kinds = [code(kind) for kind in devices["kind"]]
    persons = risk.people(devices, offices, behind)
    today_price = np.array([risk.prices().get(kind, 0) for kind in kinds], dtype=np.int64)
    # rounded up to a thousand dong, as quotations are
    cost = np.array([[-(-round(p * (1 + price_growth) ** t) // 1000) * 1000 for t in range(years)] for p in today_price.tolist()])
    cost = cost.astype(np.int64).reshape(len(devices), years)

    ends = software["end_of_security"]
    unsupported = np.array([[pd.notna(end) and end < pd.Timestamp(first_year + t, 1, 1) for t in range(years)] for end in ends])
    unsupported = unsupported.astype(bool).reshape(len(devices), years)
    lost = risk.losses(
        kinds, believed, persons.tolist(), today_price.tolist(), unsupported,
        as_of=as_of, first_year=first_year, years=years, person_hour_vnd=person_hour_vnd,
    )  # fmt: skip
    benefit = np.zeros((len(devices), years))
    for t in range(years):
        benefit[:, t] = lost.keep[:, t:].sum(axis=1) - lost.new[:, : years - t].sum(axis=1)

    wait = max((date(first_year, 1, 1) - as_of).days / 365.25, 0.0)
    life = ages["useful_life_years"].fillna(np.inf).to_numpy(dtype=float) * life_factor
    due = np.array(
        [[b.older_than(max(li - wait - t, 0.0)) >= 0.5 for t in range(years)] for b, li in zip(believed, life, strict=True)]
    )
    due = due.astype(bool).reshape(len(devices), years)
    why = _why_not(devices, ages, due, unsupported, today_price, benefit, unknown_age)
    allowed = due & np.array([not reason for reason in why], dtype=bool)[:, None]
    choice = budget.choose(benefit, cost, allowed, money, carry_over=carry_over)

    items = _items(devices, ages, software, persons, today_price, cost, benefit, lost, choice, why, first_year, allowed)
    return Plan(
        items,
        _years(choice, cost, money, lost, first_year, carry_over),
        choice.benefit,
        choice.bound,
        choice.greedy,
        choice.gap,
    )


def _why_not(
    devices: pd.DataFrame,
    ages: pd.DataFrame,
    due: np.ndarray,
    unsupported: np.ndarray,
    price: np.ndarray,
    benefit: np.ndarray,
    unknown_age: str,
) -> list[str]:
    """For each device why it cannot be in the plan whatever the money; "" = it may be."""
    found = []
    for i, (state, years, past, life) in enumerate(
        zip(devices["state"], ages["years"], ages["past_life"], ages["useful_life_years"], strict=True)
    ):
        unknown = pd.isna(years) and (pd.isna(past) or past < 0.5)
        if price[i] <= 0 or pd.isna(life):
            found.append("no_price")
        elif code(state) in ("silent", "gone"):
            found.append(code(state))
        elif unknown and unknown_age == "inspect":
            found.append("age_unknown")
        elif not due[i].any():
            found.append("upgrade_first" if unsupported[i].any() else "not_due")
        elif not (benefit[i][due[i]] > 0).any():
            found.append("no_benefit")
        else:
            found.append("")
    return found


def _reasons(age: dict, software: dict, persons: int, first_year: int, risk_vnd: float) -> list[tuple[str, dict]]:
    """Keys and values of the sentences that speak for replacing (or looking at) a device."""
    found: list[tuple[str, dict]] = []
    if pd.notna(age["years"]):
        key = "age_past" if pd.notna(age["past_life"]) and age["past_life"] >= 0.5 else "age"
        found.append(
            (key, {"years": age["years"], "low": age["years_low"], "high": age["years_high"], "life": age["useful_life_years"]})
        )
    elif pd.notna(age["past_life"]) and age["past_life"] >= 0.95:
        found.append(("age_at_least", {"low": age["years_low"], "life": age["useful_life_years"]}))
    else:
        found.append(("age_unknown", {"low": age["years_low"], "high": age["years_high"]}))
    end = software["end_of_security"]
    if pd.notna(end) and end < pd.Timestamp(first_year, 1, 1):
        product = f"{code(software['product'])} {code(software['release'])}"
        found.append(("unsupported", {"product": product, "end": end.date().isoformat()}))
    if persons > 1:
        found.append(("people", {"people": int(persons)}))
    found.append(("risk", {"risk": round(risk_vnd)}))
    return [(key, {k: None if pd.isna(v) else v for k, v in values.items()}) for key, values in found]


def _items(
    devices: pd.DataFrame,
    ages: pd.DataFrame,
    software: pd.DataFrame,
    persons: pd.Series,
    today_price: np.ndarray,
    cost: np.ndarray,
    benefit: np.ndarray,
    lost: risk.Losses,
    choice: budget.Choice,
    why: Sequence[str],
    first_year: int,
    allowed: np.ndarray,
) -> pd.DataFrame:
    order = sorted(
        (i for i, t in enumerate(choice.year) if t >= 0),
        key=lambda i: (choice.year[i], -benefit[i, choice.year[i]] / cost[i, choice.year[i]], devices.at[i, "device"]),
    )
    rank = {i: position for position, i in enumerate(order, 1)}
    money = np.array(choice.price_of_money)
    rows = []
    for i, (device, age, soft) in enumerate(
        zip(devices.to_dict("records"), ages.to_dict("records"), software.to_dict("records"), strict=True)
    ):
        t = choice.year[i]
        reason = "due" if t >= 0 else why[i] or "budget"
        may = allowed[i] & (money > 0)
        best = (
            benefit[i, t]
            if t >= 0
            else float(np.where(allowed[i], benefit[i], -np.inf).max())
            if allowed[i].any()
            else benefit[i, 0]
        )
        rows.append(
            {name: device[name] for name in ("device", "office", "kind", "vendor", "model", "address")}
            | {name: age[name] for name in ("years_low", "years", "years_high", "grade", "useful_life_years")}
            | {
                "rank": rank.get(i),
                "support": soft["status"],
                "people": persons[i],
                "cost_vnd": int(cost[i, t]) if t >= 0 else int(today_price[i]) or None,
                "year": first_year + t if t >= 0 else None,
                "why": reason,
                "risk_vnd": float(lost.keep[i, 0]),
                "saved_vnd": max(float(best), 0.0),
                "enters_below_vnd": float((benefit[i][may] / money[may]).max()) if reason == "budget" and may.any() else None,
                "reasons": json.dumps(_reasons(age, soft, int(persons[i]), first_year, float(lost.keep[i, 0]))),
            }
        )
    return typed(rows, PLAN)


def _years(
    choice: budget.Choice, cost: np.ndarray, money: list[int], lost: risk.Losses, first_year: int, carry_over: bool
) -> pd.DataFrame:
    rows = []
    carried = 0
    for t, limit in enumerate(money):
        bought = [i for i, when in enumerate(choice.year) if when == t]
        spent = sum(int(cost[i, t]) for i in bought)
        left = limit + carried - spent
        carried = left if carry_over else 0
        with_plan = sum(lost.new[i, t - when] if 0 <= when <= t else lost.keep[i, t] for i, when in enumerate(choice.year))
        rows.append(
            {
                "year": first_year + t,
                "budget_vnd": limit,
                "spent_vnd": spent,
                "left_vnd": left,
                "items": len(bought),
                "risk_without_vnd": float(lost.keep[:, t].sum()),
                "risk_with_vnd": float(with_plan),
            }
        )
    return typed(rows, YEARS)
