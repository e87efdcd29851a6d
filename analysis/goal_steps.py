"""What each office needs to meet the goals for documents and mail: steps, their cost, and which come first. Pure.

A step is one thing to do: mend or replace the way out, get a service to answer, buy computers, find out what is not known; and,
where the goals are met today, replace a way out that is past its time before it fails. Prices are those of the price list; where
mending may do, a price is the most that the step can cost.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from math import floor
from typing import Any

import pandas as pd

from analysis.readiness import GOALS, Goals
from analysis.tables import code, typed
from inventory.frames.columns import Column
from inventory.lifecycle.policies import Policies
from inventory.sentences import unpack

#: The order in which an office does them: without a way out nothing else helps, and what costs nothing comes before what does.
STEPS = ("way_out", "service", "find_way_out", "scan", "staff", "probe", "name_service", "computers", "aged_way_out")
#: Standing of an office, the one that needs most first.
NOT_READY, UNKNOWN, SHAKY, READY = "not_ready", "unknown", "shaky", "ready"
STANDINGS = (NOT_READY, UNKNOWN, SHAKY, READY)

COLUMNS = (
    Column("office", "string", "office"),
    Column("step", "string", "what to do (`STEPS`)"),
    Column("goals", "string", "goals that it stands in the way of: documents, mail, both; NA = of none today"),
    Column("count", "Int64", "how many: computers to buy"),
    Column("device", "string", "the way out, where it is about that"),
    Column("service", "string", "the service, where it is about one"),
    Column("cost_vnd", "Int64", "price; NA = costs no money, or is not known", "dong"),
    Column("at_most", "boolean", "the price is the most: mending may do"),
    Column(
        "officials", "Int64", "officials who can work with the goals' software after it and cannot before, as far as is known"
    ),
)
_DOUBTS = {
    "detail.readiness_no_staff": "staff",
    "detail.readiness_not_seen": "scan",
    "detail.readiness_no_uplink": "find_way_out",
    "detail.readiness_uplink_not_asked": "scan",
    "detail.readiness_no_service": "name_service",
    "detail.readiness_not_probed": "probe",
    "detail.readiness_fails_elsewhere": "probe",
}


def aged_ways_out(ready: pd.DataFrame, ages: pd.DataFrame, lifecycle: pd.DataFrame) -> set[str]:
    """Ways out that are more likely than not past their useful life, or whose model gets no security fixes any more."""
    old = set(ages.loc[(ages["past_life"] >= 0.5).fillna(False), "device"])
    done = set(lifecycle.loc[lifecycle["step"].eq("replace").fillna(False), "device"])
    return set(ready["uplink"].dropna()) & (old | done)


def steps(ready: pd.DataFrame, devices: pd.DataFrame, aged: set[str], policies: Policies, goals: Goals) -> pd.DataFrame:
    """All steps, office by office in the order of `ready`, those that come first above. Columns: `COLUMNS`.

    `ready`: `readiness.READINESS`; `aged`: as `aged_ways_out` gives them."""
    kinds = {row["device"]: code(row["kind"]) for row in devices.to_dict("records")}
    prices = {kind: price.vnd for kind, price in policies.prices.items()}
    rows = []
    for row in ready.to_dict("records"):
        found = [*_of_office(row, kinds, prices, aged, goals)]
        rows += sorted(found, key=lambda step: STEPS.index(str(step["step"])))
    return typed(rows, COLUMNS)


def _of_office(
    row: Mapping[Hashable, Any], kinds: Mapping[str, str], prices: Mapping[str, int], aged: set[str], goals: Goals
) -> Iterator[dict[str, object]]:
    office, uplink = row["office"], code(row["uplink"])
    way_out = {"device": row["uplink"], "cost_vnd": prices.get(kinds.get(uplink) or "router")}
    lacks, doubts = ([*unpack(code(row[name]))] for name in ("lacks", "unknown"))
    for sentence in lacks:
        if sentence.key == "detail.readiness_uplink":
            told = {"officials": _seats(row, goals), "at_most": True}
            yield {"office": office, "step": "way_out", "goals": "both"} | way_out | told
    failing = sorted({str(sentence.values["service"]) for sentence in lacks if sentence.key == "detail.readiness_fails"})
    if failing:
        missed = {goal: None for goal in GOALS if _no(row[f"{goal}_services"])}
        yield {"office": office, "step": "service", "goals": _of(missed), "service": ",".join(failing)}
    short = {str(one.values["goal"]): int(one.values["short"]) for one in lacks if one.key == "detail.readiness_computers"}
    if short:
        count = max(short.values())
        gained = floor(round(count / goals.computers_per_official, 6))
        price = prices.get("pc")
        yield {
            "office": office, "step": "computers", "goals": _of(short), "count": count, "at_most": False,
            "cost_vnd": None if price is None else count * price, "officials": gained,
        }  # fmt: skip
    open_questions = {_DOUBTS[one.key]: None for one in doubts if one.key in _DOUBTS}
    for step in open_questions:
        about = {code(one.values.get("service")) for one in doubts if _DOUBTS.get(one.key) == step} - {""}
        yield {"office": office, "step": step, "goals": "both", "service": ",".join(sorted(about)) or None}
    if uplink in aged and not pd.isna(row["uplink_answers"]) and row["uplink_answers"]:
        yield {"office": office, "step": "aged_way_out", "at_most": False} | way_out


def _seats(row: Mapping[Hashable, Any], goals: Goals) -> int | None:
    """Officials who have a computer; NA where one of both is not known."""
    if pd.isna(row["staff"]) or pd.isna(row["computers"]) or not goals.computers_per_official:
        return None if pd.isna(row["staff"]) or pd.isna(row["computers"]) else int(row["staff"])
    # rounded first: what is whole in decimals may be a little less in binary
    return min(int(row["staff"]), floor(round(row["computers"] / goals.computers_per_official, 6)))


def _no(answer: Any) -> bool:
    return not pd.isna(answer) and not answer


def _of(goals: Mapping[str, object]) -> str:
    return next(iter(goals)) if len(goals) == 1 else "both"


def standings(ready: pd.DataFrame, todo: pd.DataFrame) -> pd.DataFrame:
    """One row an office, the one that needs most first: office, standing (`STANDINGS`), first (its first step), steps, cost_vnd
    (of all its steps; NA = nothing to pay), officials (who can work then and cannot now), needed_vnd (without what can wait)."""
    by_office = dict(list(todo.groupby("office", sort=False)))
    rows = []
    for row in ready.to_dict("records"):
        own = by_office.get(row["office"], todo.iloc[0:0])
        needed = own[own["step"] != "aged_way_out"]
        answers = [row[f"{goal}_ready"] for goal in GOALS]
        if any(_no(answer) for answer in answers):
            standing = NOT_READY
        elif any(pd.isna(answer) for answer in answers):
            standing = UNKNOWN
        else:
            standing = SHAKY if len(own) else READY
        rows.append(
            {
                "office": row["office"], "standing": standing, "first": own["step"].iloc[0] if len(own) else None,
                "steps": len(own), "cost_vnd": own["cost_vnd"].sum(min_count=1),
                "needed_vnd": needed["cost_vnd"].sum(min_count=1), "officials": int(needed["officials"].fillna(0).sum()),
            }
        )  # fmt: skip
    table = typed(rows, _STANDING)
    order = table["standing"].map({standing: place for place, standing in enumerate(STANDINGS)})
    ranked = table.assign(_order=order).sort_values(
        ["_order", "officials", "needed_vnd"], ascending=[True, False, True], kind="stable", na_position="last"
    )
    return ranked.drop(columns="_order").reset_index(drop=True)


_STANDING = (
    Column("office", "string", "office"),
    Column("standing", "string", "not_ready, unknown, shaky, ready"),
    Column("first", "string", "its first step"),
    Column("steps", "Int64", "how many steps"),
    Column("cost_vnd", "Int64", "of all of them", "dong"),
    Column("needed_vnd", "Int64", "of those that the goals need today", "dong"),
    Column("officials", "Int64", "officials who can work after them and cannot before"),
)


def able(ready: pd.DataFrame, goals: Goals) -> pd.Series:
    """How many officials of each office have a computer and a way out that answers, by `ready`'s rows: NA where that is not
    known."""
    found: list[int | None] = []
    for row in ready.to_dict("records"):
        answers = row["uplink_answers"]
        found.append(None if pd.isna(answers) else _seats(row, goals) if answers else 0)
    return pd.Series(found, index=ready.index, dtype="Int64").where(ready["staff"].notna())


def curve(ready: pd.DataFrame, todo: pd.DataFrame, goals: Goals) -> pd.DataFrame:
    """What money does for the whole administration: the steps with a price that the goals need, the cheapest for an official
    first; step, office, cost_vnd, spent_vnd (all so far), able (officials who can work), share (of all who are known)."""
    base, staff = able(ready, goals), ready["staff"]
    known = base.notna()
    all_, now = int(staff[known].sum()), int(base[known].sum())
    paid = todo[todo["cost_vnd"].notna() & (todo["officials"].fillna(0) > 0) & todo["office"].isin(ready.loc[known, "office"])]
    paid = paid.assign(each=paid["cost_vnd"] / paid["officials"]).sort_values(["each", "office"], kind="stable")
    gained = paid["officials"].cumsum()
    points = pd.DataFrame(
        {
            "step": paid["step"], "office": paid["office"], "cost_vnd": paid["cost_vnd"], "spent_vnd": paid["cost_vnd"].cumsum(),
            "able": now + gained,
        }
    )  # fmt: skip
    start = pd.DataFrame({"step": [pd.NA], "office": [pd.NA], "cost_vnd": [0], "spent_vnd": [0], "able": [now]})
    points = pd.concat([start, points], ignore_index=True) if len(points) else start
    types = {"step": "string", "office": "string", "cost_vnd": "Int64", "spent_vnd": "Int64", "able": "Int64"}
    points = points.astype(types)
    shares = [min(able, all_) / all_ if all_ else None for able in points["able"]]
    return points.assign(share=pd.Series(shares, dtype="Float64"))
