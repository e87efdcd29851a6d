"""What one page about one office says: what there is, what hangs on what, what fails, what is planned, three things to do. Pure.

Everything is found out once for the whole inventory and then cut, so that a page a commune costs no more than one: above all the
plan, in which offices compete for the same money.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.replacement.solving import GAP, QUICK
from analysis.tables import code

#: Of so many things on, the plan is searched to the quick gap: a page shows few of them, and is wanted soon.
MANY = 1_000
#: So many rows at most of each part fit on a page.
KINDS, POINTS, FAILING, PLANNED, SERVICES, FIRST = 7, 4, 5, 6, 5, 3
#: Frames of which an office is told its own rows.
_CUT = ("devices", "ages", "condition", "network", "behind", "steps", "plan")
_KINDS = ["kind", "count", "past", "unknown", "oldest"]


@dataclass(frozen=True, slots=True)
class Whole:
    """Frames of the whole inventory: `devices`, `services` as the inventory has them; `ages`; `condition` and `network`: what was
    found worn and faulty; `behind`: whose work stops; `ready` and `steps`: the goals; `plan`: items of the district's plan."""

    devices: pd.DataFrame
    ages: pd.DataFrame
    condition: pd.DataFrame
    network: pd.DataFrame
    behind: pd.DataFrame
    ready: pd.DataFrame
    steps: pd.DataFrame
    services: pd.DataFrame
    plan: pd.DataFrame
    risks: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Sheet:
    """One office. `kinds`: kind, count, past, unknown, oldest (years), the most numerous first, the rest as one row without kind;
    `points`: devices on which others hang (device, kind, sys_name, people, uplink), the most people first; `failing`: rows of
    `condition`, the gravest first; `services`: (service, reached or NA); `planned`: rows of the plan, by year; `first`: what
    to do first, (what, values)."""

    office: str
    staff: int | None
    devices: int
    answering: int
    past: int
    unknown_age: int
    computers: int | None
    people_at_way_out: int
    kinds: pd.DataFrame
    points: pd.DataFrame
    failing: pd.DataFrame
    failing_all: int
    services: list[tuple[str, bool | None]]
    planned: pd.DataFrame
    planned_all: int
    planned_vnd: int
    documents_ready: bool | None
    mail_ready: bool | None
    first: list[tuple[str, dict[str, object]]]


def gap(things: int) -> float:
    """How near to the best plan of so many things its search must come, as a share of what it saves."""
    return QUICK if things > MANY else GAP


def order(offices: pd.DataFrame, whole: Whole) -> list[str]:
    """Codes of offices that have devices or officials, those with the most at risk (dong a year) first."""
    there = set(whole.devices["office"].dropna()) | set(offices.loc[offices["staff"].fillna(0) > 0, "office"])
    risk = whole.risks.groupby("office")["risk_vnd"].sum().to_dict()
    found = [office for office in offices["office"] if office in there]
    return sorted(found, key=lambda office: -float(risk.get(office, 0) or 0))


def sheets(offices: pd.DataFrame, whole: Whole) -> list[Sheet]:
    """A sheet for each office that has anything, in the order of `order`."""
    rows = {row["office"]: row for row in offices.to_dict("records")}
    places = order(offices, whole)
    devices = whole.devices[whole.devices["state"].fillna("") != "gone"]
    whole = replace(
        whole,
        devices=devices,
        ages=whole.ages.assign(
            office=whole.ages["device"].map(devices.set_index("device")["office"]),
            past=(whole.ages["past_life"] >= 0.5).fillna(False),
        ),
        behind=whole.behind[whole.behind["people"] > 0],
        plan=whole.plan[whole.plan["year"].notna()],
    )
    # Each frame is cut once, for all offices: a filter for each of them takes longer than all else of a sheet.
    cut = {name: dict(iter(getattr(whole, name).groupby("office"))) for name in _CUT}
    nothing = {name: getattr(whole, name).iloc[:0] for name in _CUT}
    kinds = dict(iter(_counted(whole.ages).groupby("office")))
    ready = {row["office"]: row for row in whole.ready.to_dict("records")}
    services = [
        (str(service), frozenset(filter(None, code(probes["offices"].iloc[0]).split(","))), probes)
        for service, probes in whole.services.groupby("service", sort=False)
    ]
    found = []
    for office in places:
        here = replace(whole, **{name: cut[name].get(office, nothing[name]) for name in _CUT})
        row: Mapping[Hashable, Any] = ready.get(office, {})
        found.append(_sheet(rows[office], here, row, _kinds(kinds.get(office)), _services(office, row, services)))
    return found


def _sheet(
    office: Mapping[Hashable, Any],
    here: Whole,
    ready: Mapping[Hashable, Any],
    kinds: pd.DataFrame,
    services: list[tuple[str, bool | None]],
) -> Sheet:
    """`here`: of each frame but `services` what is of the office; `ready`: its row there, where it has one."""
    devices, ages, behind = here.devices, here.ages, here.behind
    points = behind[behind["single_point"] & behind["device"].isin(devices["device"])]
    points = points.sort_values(["uplink", "people", "device"], ascending=[False, False, True], kind="stable")
    gravity = {"high": 0, "medium": 1, "low": 2}
    worn = (
        here.condition.assign(_order=here.condition["severity"].map(gravity))
        .sort_values(["_order", "device"], kind="stable")
        .drop(columns="_order")
    )
    planned = here.plan.sort_values(["year", "rank"], kind="stable")
    return Sheet(
        office=str(office["office"]),
        staff=_whole(office.get("staff")),
        devices=len(devices),
        answering=int((devices["state"] == "present").sum()),
        past=int(ages["past"].sum()),
        unknown_age=int(ages["past_life"].isna().sum()),
        computers=_whole(ready.get("computers")),
        people_at_way_out=int(points.loc[points["uplink"].astype(bool), "people"].max()) if points["uplink"].any() else 0,
        kinds=kinds,
        points=points.head(POINTS),
        failing=worn.head(FAILING),
        failing_all=len(worn),
        services=services,
        planned=planned.head(PLANNED),
        planned_all=len(planned),
        planned_vnd=int(planned["cost_vnd"].sum()),
        documents_ready=_answer(ready.get("documents_ready")),
        mail_ready=_answer(ready.get("mail_ready")),
        first=_first(here, worn, planned)[:FIRST],
    )


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _answer(value: Any) -> bool | None:
    return None if value is None or pd.isna(value) else bool(value)


def _counted(ages: pd.DataFrame) -> pd.DataFrame:
    """Kinds of each office: office, kind, count, past, unknown, oldest."""
    table = ages.assign(unknown=ages["past_life"].isna(), kind=ages["kind"].fillna("unknown"))
    return (
        table.groupby(["office", "kind"])
        .agg(count=("device", "size"), past=("past", "sum"), unknown=("unknown", "sum"), oldest=("years", "max"))
        .reset_index()
    )


def _kinds(counted: pd.DataFrame | None) -> pd.DataFrame:
    found = pd.DataFrame(columns=_KINDS) if counted is None else counted[_KINDS]
    found = found.sort_values(["count", "kind"], ascending=[False, True], ignore_index=True)
    if len(found) > KINDS:
        rest = found.iloc[KINDS - 1 :]
        last = {name: rest[name].sum() for name in ("count", "past", "unknown")} | {"kind": pd.NA, "oldest": rest["oldest"].max()}
        found = pd.concat([found.iloc[: KINDS - 1], pd.DataFrame([last])], ignore_index=True)
    return found.astype({"count": "Int64", "past": "Int64", "unknown": "Int64", "oldest": "Float64", "kind": "string"})


def _services(
    office: str, ready: Mapping[Hashable, Any], services: Sequence[tuple[str, frozenset[str], pd.DataFrame]]
) -> list[tuple[str, bool | None]]:
    """Each service (its name, the offices that it is meant for where not for all, its probes) as it was probed at the office,
    else anywhere: it works where one probe says so. What only another office saw failing is not known here, and without a way
    out that answers nothing is reached."""
    found: list[tuple[str, bool | None]] = []
    cut_off = _answer(ready.get("uplink_answers")) is False
    for service, meant, probes in services:
        if meant and office not in meant:
            continue
        own = probes[probes["office"] == office]
        seen = (own if len(own) else probes)["reached"].dropna()
        reached = None if seen.empty else bool(seen.any())
        if cut_off:
            reached = False
        elif not reached and own.empty:
            reached = None
        found.append((service, reached))
    return found[:SERVICES]


#: Steps towards the goals that a chairman can order, in the order in which they matter.
_STEPS_FIRST, _STEPS_LATER = ("way_out", "computers"), ("aged_way_out",)


def _first(here: Whole, worn: pd.DataFrame, planned: pd.DataFrame) -> list[tuple[str, dict[str, object]]]:
    """What to do, the most pressing first: what stops everybody, what fails, what the goals lack, what the plan buys, what to
    look at. Of the parts that are worn one for each kind of trouble: five batteries are one errand."""
    found: list[tuple[str, dict[str, object]]] = []
    steps: list[dict] = here.steps.to_dict("records")
    found += [("step", row) for row in steps if row["step"] == _STEPS_FIRST[0]]
    grave = worn[worn["severity"] == "high"]
    for _, rows in grave.groupby("kind", sort=False):
        worst: dict = rows.to_dict("records")[0]
        found.append(("worn", worst | {"count": len(rows)}))
    faulty = here.network[here.network["severity"] == "high"]
    faults: list[dict] = faulty.head(1).to_dict("records")
    found += [("network", row) for row in faults]
    found += [("step", row) for row in steps if row["step"] in (_STEPS_FIRST[1], *_STEPS_LATER)]
    if len(planned):
        year = planned["year"].iloc[0]
        now = planned[planned["year"] == year]
        found.append(("plan", {"year": int(year), "count": len(now), "cost": int(now["cost_vnd"].sum())}))
    silent = int((here.devices["state"] == "silent").sum())
    if silent:
        found.append(("silent", {"count": silent}))
    unknown = int(here.ages["past_life"].isna().sum())
    if unknown:
        found.append(("labels", {"count": unknown}))
    return found or [("nothing", {})]
