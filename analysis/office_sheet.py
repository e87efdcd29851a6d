"""What one page about one office says: what there is, what hangs on what, what fails, what is planned, three things to do. Pure.

Everything is found out once for the whole inventory and then cut, so that a page a commune costs no more than one: above all the
plan, in which offices compete for the same money.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pandas as pd

from analysis.replacement.solving import GAP, QUICK
from analysis.tables import code

#: Of so many things on, the plan is searched to the quick gap: a page shows few of them, and is wanted soon.
MANY = 1_000
#: So many rows at most of each part fit on a page.
KINDS, POINTS, FAILING, PLANNED, SERVICES, FIRST = 7, 4, 5, 6, 5, 3
_KINDS = {"kind": "string", "count": "Int64", "past": "Int64", "unknown": "Int64", "oldest": "Float64"}
_Row = dict[Hashable, Any]


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
    ready = {row["office"]: row for row in whole.ready.to_dict("records")}
    here = _cut(whole)
    return [_sheet(rows[office], here, ready.get(office, {})) for office in order(offices, whole)]


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is of each office, by its code, in the order in which a page tells it. Each frame is sorted and cut once, for all
    offices: a filter for each of them takes longer than all else of a sheet."""

    devices: Mapping[str, int]
    states: Mapping[tuple[str, str], int]
    past: Mapping[str, int]
    unknown: Mapping[str, int]
    kinds: _Frames
    points: _Frames
    worn: _Frames
    planned: _Frames
    grave: Mapping[str, list[_Row]]
    faults: Mapping[str, list[_Row]]
    steps: Mapping[str, list[_Row]]
    services: Sequence[_Service]


class _Frames:
    """A frame's rows of each office; none of an office that has none."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._of, self._none = dict(iter(frame.groupby("office"))), frame.iloc[:0]

    def __getitem__(self, office: str) -> pd.DataFrame:
        return self._of.get(office, self._none)


def _rows(frame: pd.DataFrame) -> Mapping[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in frame.to_dict("records"):
        found[row["office"]].append(row)
    return found


def _cut(whole: Whole) -> _Cut:
    devices = whole.devices[whole.devices["state"].fillna("") != "gone"]
    home = devices.set_index("device")["office"]
    past = (whole.ages["past_life"] >= 0.5).fillna(False)
    ages = whole.ages.assign(office=whole.ages["device"].map(home), past=past, unknown=whole.ages["past_life"].isna())
    behind = whole.behind[whole.behind["single_point"] & (whole.behind["people"] > 0)]
    behind = behind[(behind["device"].map(home) == behind["office"]).fillna(False).astype(bool)]
    gravity = whole.condition["severity"].map({"high": 0, "medium": 1, "low": 2})
    worn = whole.condition.assign(_order=gravity).sort_values(["_order", "device"], kind="stable").drop(columns="_order")
    plan = whole.plan[whole.plan["year"].notna()]
    return _Cut(
        devices=Counter(devices["office"].dropna()),
        states=Counter(zip(devices["office"], devices["state"], strict=True)),
        past=Counter(ages.loc[ages["past"], "office"].dropna()),
        unknown=Counter(ages.loc[ages["unknown"], "office"].dropna()),
        kinds=_Frames(_counted(ages)),
        points=_Frames(behind.sort_values(["uplink", "people", "device"], ascending=[False, False, True], kind="stable")),
        worn=_Frames(worn),
        planned=_Frames(plan.sort_values(["year", "rank"], kind="stable")),
        grave=_rows(worn[worn["severity"] == "high"]),
        faults=_rows(whole.network[whole.network["severity"] == "high"]),
        steps=_rows(whole.steps),
        services=[_service(str(name), probes) for name, probes in whole.services.groupby("service", sort=False)],
    )


def _sheet(office: Mapping[Hashable, Any], here: _Cut, ready: Mapping[Hashable, Any]) -> Sheet:
    """`ready`: the office's row there, where it has one."""
    place = str(office["office"])
    points, worn, planned = here.points[place], here.worn[place], here.planned[place]
    uplinks = points.loc[points["uplink"].astype(bool), "people"]
    return Sheet(
        office=place,
        staff=_whole(office.get("staff")),
        devices=here.devices.get(place, 0),
        answering=here.states.get((place, "present"), 0),
        past=here.past.get(place, 0),
        unknown_age=here.unknown.get(place, 0),
        computers=_whole(ready.get("computers")),
        people_at_way_out=int(uplinks.max()) if len(uplinks) else 0,
        kinds=_kinds(here.kinds[place]),
        points=points.head(POINTS),
        failing=worn.head(FAILING),
        failing_all=len(worn),
        services=_services(place, ready, here.services),
        planned=planned.head(PLANNED),
        planned_all=len(planned),
        planned_vnd=int(planned["cost_vnd"].sum()),
        documents_ready=_answer(ready.get("documents_ready")),
        mail_ready=_answer(ready.get("mail_ready")),
        first=_first(place, here)[:FIRST],
    )


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _answer(value: Any) -> bool | None:
    return None if value is None or pd.isna(value) else bool(value)


def _counted(ages: pd.DataFrame) -> pd.DataFrame:
    """Kinds of each office, the most numerous first: office, kind, count, past, unknown, oldest."""
    return (
        ages.assign(kind=ages["kind"].fillna("unknown"))
        .groupby(["office", "kind"])
        .agg(count=("device", "size"), past=("past", "sum"), unknown=("unknown", "sum"), oldest=("years", "max"))
        .reset_index()
        .sort_values(["count", "kind"], ascending=[False, True])
        .astype(_KINDS)
    )


def _kinds(counted: pd.DataFrame) -> pd.DataFrame:
    """As many of an office's kinds as fit on a page, the rest in one row."""
    found = counted[list(_KINDS)].reset_index(drop=True)
    if len(found) <= KINDS:
        return found
    rest = found.iloc[KINDS - 1 :]
    last = {"kind": pd.NA} | {name: rest[name].sum() for name in ("count", "past", "unknown")} | {"oldest": rest["oldest"].max()}
    return pd.concat([found.iloc[: KINDS - 1], pd.DataFrame([last]).astype(_KINDS)], ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Service:
    """A service: the offices that it is meant for (none: all), and whether a probe reached it, anywhere and from each office that
    probed it (None: no probe can say)."""

    name: str
    meant: frozenset[str]
    anywhere: bool | None
    probed: Mapping[str, bool | None]


def _service(name: str, probes: pd.DataFrame) -> _Service:
    found: dict[str, list[object]] = defaultdict(list)
    for office, reached in zip(probes["office"], probes["reached"], strict=True):
        found[code(office)].append(reached)
    return _Service(
        name,
        frozenset(filter(None, code(probes["offices"].iloc[0]).split(","))),
        _reached(probes["reached"]),
        {office: _reached(answers) for office, answers in found.items()},
    )


def _reached(answers: Iterable[object]) -> bool | None:
    """It works where one probe says so."""
    known = [answer for answer in map(_answer, answers) if answer is not None]
    return any(known) if known else None


def _services(office: str, ready: Mapping[Hashable, Any], services: Sequence[_Service]) -> list[tuple[str, bool | None]]:
    """Each service as it was probed at the office, else anywhere. What only another office saw failing is not known here, and
    without a way out that answers nothing is reached."""
    cut_off = _answer(ready.get("uplink_answers")) is False
    meant = (service for service in services if not service.meant or office in service.meant)
    return [
        (service.name, False if cut_off else service.probed.get(office, service.anywhere or None))
        for service in islice(meant, SERVICES)
    ]


#: Steps towards the goals that a chairman can order, in the order in which they matter.
_STEPS_FIRST, _STEPS_LATER = ("way_out", "computers"), ("aged_way_out",)


def _first(office: str, here: _Cut) -> list[tuple[str, dict[str, object]]]:
    """What to do, the most pressing first: what stops everybody, what fails, what the goals lack, what the plan buys, what to
    look at. Of the parts that are worn one for each kind of trouble: five batteries are one errand."""
    steps, grave, planned = here.steps.get(office, []), here.grave.get(office, []), here.planned[office]
    found: list[tuple[str, dict]] = [("step", row) for row in steps if row["step"] == _STEPS_FIRST[0]]
    alike = Counter(row["kind"] for row in grave)
    worst = {row["kind"]: row for row in reversed(grave)}
    found += [("worn", worst[kind] | {"count": count}) for kind, count in alike.items()]
    found += [("network", row) for row in here.faults.get(office, [])[:1]]
    found += [("step", row) for row in steps if row["step"] in (_STEPS_FIRST[1], *_STEPS_LATER)]
    if len(planned):
        year = int(planned["year"].iloc[0])
        costs = planned.loc[planned["year"] == year, "cost_vnd"]
        found.append(("plan", {"year": year, "count": len(costs), "cost": int(costs.sum())}))
    if silent := here.states.get((office, "silent"), 0):
        found.append(("silent", {"count": silent}))
    if unknown := here.unknown.get(office, 0):
        found.append(("labels", {"count": unknown}))
    return found or [("nothing", {})]
