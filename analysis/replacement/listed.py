"""What other money would do, by the names of things: the answers of `outlook` as frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analysis.replacement.outlook import curve, cuts, more
from analysis.replacement.planned import Plan
from analysis.replacement.solving import QUICK
from analysis.tables import typed
from inventory.frames.columns import Column

#: Shares of the plan's budgets that a curve is drawn through.
SHARES = (0.0, *(round(0.1 * n, 1) for n in range(1, 21)), 2.5, 3.0, 4.0, 5.0)

CURVE = (
    Column("share", "Float64", "of the plan's budgets", "share"),
    Column("budget_vnd", "Int64", "money of all years together", "dong"),
    Column("saved_vnd", "Float64", "expected loss that goes away in all years, at most", "dong"),
    Column("residual_vnd", "Float64", "expected loss that is left in all years, at least", "dong"),
)

_THING = (
    Column("name", "string", "thing, as `plan` names it"),
    Column("office", "string", "its office"),
    Column("kind", "string", "kind of device"),
    Column("part", "string", "as in `plan`"),
    Column("item", "string", "as in `plan`"),
    Column("vendor", "string", "brand"),
    Column("model", "string", "model"),
    Column("address", "string", "address"),
)

MORE = (
    *_THING,
    Column("change", "string", "in, out, or moved to another year"),
    Column("year", "Int64", "year in which it would be bought; NA = out"),
    Column("year_before", "Int64", "year in the plan; NA = not in it"),
    Column("cost_vnd", "Int64", "its price", "dong"),
)

CUTS = (
    Column("rank", "Int64", "the first to be given up is 1"),
    *_THING,
    Column("cost_vnd", "Int64", "what is not spent", "dong"),
    Column("freed_vnd", "Int64", "the same with all rows above", "dong"),
    Column("loses_vnd", "Float64", "expected loss that comes back", "dong"),
    Column("lost_vnd", "Float64", "the same with all rows above", "dong"),
    Column("least_vnd", "Float64", "the least that any choice which frees so much would lose, whatever the rules", "dong"),
    Column("mandatory", "boolean", "it must be bought by a deadline"),
)


def curve_of(plan: Plan, shares: Sequence[float] = SHARES) -> pd.DataFrame:
    """How much risk is left with how much money: the frame `CURVE`, a row a share, the least first."""
    without = float(plan.years["risk_without_vnd"].sum())
    return typed(
        (
            {"share": p.share, "budget_vnd": p.money, "saved_vnd": p.saves, "residual_vnd": without - p.saves}
            for p in curve(plan.instance, shares)
        ),
        CURVE,
    )


def more_of(plan: Plan, share: float = 0.1) -> tuple[pd.DataFrame, float]:
    """What so much more money a year changes: the frame `MORE`, and what is saved more (dong; to the gap `QUICK`)."""
    found = more(plan.instance, plan.solution, share, gap=QUICK)
    bought = _names(plan)
    rows: list[dict[str, object]] = []
    gone: dict[int, list[tuple[str, int]]] = {}
    for group, year, count in found.leaves:
        taken = bought[group][year][-count:]
        gone.setdefault(group, []).extend((name, year) for name in taken)
    for group, year, count in found.comes:
        waiting = gone.get(group, [])
        for _ in range(count):
            moved = waiting.pop() if waiting else None
            name, before = moved if moved else (_next(plan, group, rows, bought), None)
            rows.append(
                {"name": name, "year": year, "year_before": before, "change": "moved" if moved else "in"}
                | {"cost_vnd": int(plan.instance.cost[group, year])}
            )
    for group, left in gone.items():
        rows += [
            {"name": name, "year_before": year, "change": "out", "cost_vnd": int(plan.instance.cost[group, year])}
            for name, year in left
        ]
    first = plan.candidates.first_year
    for row in rows:
        for column in ("year", "year_before"):
            if row.get(column) is not None:
                row[column] = first + int(str(row[column]))
    return _with_things(plan, rows, MORE).sort_values(["change", "year", "name"], ignore_index=True), found.saves


def cuts_of(plan: Plan, year: int | None = None) -> pd.DataFrame:
    """What is given up when a calendar year's money (by default the first's) is cut: the frame `CUTS`."""
    t = (plan.candidates.first_year if year is None else year) - plan.candidates.first_year
    bought = {group: list(by_year.get(t, [])) for group, by_year in _names(plan).items()}
    must = {rule.group for rule in plan.instance.mandatory}
    rows: list[dict[str, object]] = []
    for cut in cuts(plan.instance, plan.solution, t):
        names = [(group, bought[group].pop()) for group, count in cut.items for _ in range(count)]
        for n, (group, name) in enumerate(names, 1):
            cost = int(plan.instance.cost[group, t])
            last = n == len(names)  # what goes at once has its sums at its last row
            rows.append(
                {"rank": len(rows) + 1, "name": name, "cost_vnd": cost, "mandatory": group in must}
                | {"loses_vnd": float(plan.instance.benefit[group, t])}
                | ({"freed_vnd": cut.freed_so_far, "lost_vnd": cut.loses_so_far, "least_vnd": cut.least} if last else {})
            )
    return _with_things(plan, rows, CUTS)


def _names(plan: Plan) -> dict[int, dict[int, list[str]]]:
    """Group -> year (index) -> names of what is bought."""
    found: dict[int, dict[int, list[str]]] = {}
    for group, members in enumerate(plan.groups):
        names = iter(plan.candidates.things[i].name for i in members)
        found[group] = {t: [next(names) for _ in range(int(n))] for t, n in enumerate(plan.solution.bought[group]) if n}
    return found


def _next(plan: Plan, group: int, rows: Iterable[dict[str, object]], bought: dict[int, dict[int, list[str]]]) -> str:
    """A thing of the group that is not bought yet."""
    taken = {name for names in bought[group].values() for name in names} | {str(row["name"]) for row in rows}
    return next(name for i in plan.groups[group] if (name := plan.candidates.things[i].name) not in taken)


def _with_things(plan: Plan, rows: list[dict[str, object]], columns: Sequence[Column]) -> pd.DataFrame:
    """Rows with what the plan's items say of the things."""
    told: dict[str, dict[Any, Any]] = {
        row["name"]: row for row in plan.items[[column.name for column in _THING]].to_dict("records")
    }
    return typed(({**told[str(row["name"])], **row} for row in rows), columns)
