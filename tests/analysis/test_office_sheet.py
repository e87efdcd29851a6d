"""One page about one office: what presses most comes first, and nothing is claimed that only others saw."""

from __future__ import annotations

import pandas as pd

from analysis import office_sheet
from analysis.ageing import COLUMNS as AGES
from analysis.condition import CONDITION
from analysis.connectivity import BEHIND, FINDINGS
from analysis.goal_steps import COLUMNS as STEPS
from analysis.office_sheet import Whole
from analysis.readiness import READINESS
from analysis.replacement import PLAN
from analysis.risk import RISKS
from analysis.tables import typed
from inventory.frames.columns import FRAMES

OFFICES = typed([{"office": "a", "staff": 10}, {"office": "b", "staff": 5}, {"office": "empty"}], FRAMES["offices"])


def _whole(**rows: list[dict[str, object]]) -> Whole:
    columns = {
        "devices": FRAMES["devices"], "ages": AGES, "condition": CONDITION, "network": FINDINGS, "behind": BEHIND,
        "ready": READINESS, "steps": STEPS, "services": FRAMES["services"], "plan": PLAN, "risks": RISKS,
    }  # fmt: skip
    return Whole(**{name: typed(rows.get(name, ()), wanted) for name, wanted in columns.items()})


def _of(whole: Whole, office: str = "a") -> office_sheet.Sheet:
    return next(sheet for sheet in office_sheet.sheets(OFFICES, whole) if sheet.office == office)


def _device(number: int, office: str = "a", state: str = "present") -> dict[str, object]:
    return {"device": f"D{number}", "office": office, "state": state, "kind": "pc"}


def test_the_office_with_the_most_at_risk_comes_first_and_one_without_anything_has_no_page():
    whole = _whole(devices=[_device(1)], risks=[{"office": "b", "risk_vnd": 5.0}, {"office": "a", "risk_vnd": 1.0}])
    assert office_sheet.order(OFFICES, whole) == ["b", "a"]


def test_what_stops_everybody_comes_before_what_fails_before_what_is_planned():
    whole = _whole(
        devices=[_device(1), _device(2, state="silent")],
        steps=[
            {"office": "a", "step": "computers", "count": 3},
            {"office": "a", "step": "way_out", "device": "D1"},
            {"office": "b", "step": "way_out", "device": "D9"},
        ],
        condition=[
            {"device": "D1", "office": "a", "kind": "battery_old", "severity": "high"},
            {"device": "D2", "office": "a", "kind": "battery_old", "severity": "high"},
            {"device": "D1", "office": "a", "kind": "toner_low", "severity": "low"},
        ],
        plan=[{"office": "a", "year": 2027, "cost_vnd": 7, "rank": 1}],
    )
    sheet = _of(whole)
    assert [what for what, _ in sheet.first] == ["step", "worn", "step"]
    assert sheet.first[0][1]["step"] == "way_out"
    assert sheet.first[1][1]["count"] == 2, "two batteries are one errand"
    assert sheet.failing_all == 3


def test_an_office_in_order_is_told_so():
    assert [what for what, _ in _of(_whole(devices=[_device(1)], ages=[{"device": "D1", "past_life": 0.1}])).first] == ["nothing"]


def test_kinds_that_do_not_fit_are_one_row_and_nothing_is_lost():
    kinds = ("pc", "printer", "switch", "router", "ups", "camera", "nvr", "server", "phone", None)
    ages = [{"device": f"D{n}", "kind": kind, "past_life": 0.9, "years": float(n)} for n, kind in enumerate(kinds)]
    sheet = _of(_whole(devices=[_device(n) for n in range(len(kinds))], ages=ages))
    assert len(sheet.kinds) == office_sheet.KINDS
    assert sheet.kinds["count"].sum() == sheet.kinds["past"].sum() == len(kinds)
    assert pd.isna(sheet.kinds["kind"].iloc[-1])


def test_a_failure_that_only_another_office_saw_is_not_known_here():
    services = [
        {"service": "seen", "office": "b", "reached": True},
        {"service": "fails-there", "office": "b", "reached": False},
        {"service": "fails-here", "office": "a", "reached": False},
        {"service": "fails-here", "office": "b", "reached": True},
        {"service": "of-others", "office": "b", "offices": "b", "reached": True},
        {"service": "unprobed"},
    ]
    whole = _whole(devices=[_device(1)], services=services)
    assert _of(whole).services == [("seen", True), ("fails-there", None), ("fails-here", False), ("unprobed", None)]
    cut_off = _whole(devices=[_device(1)], services=services[:1], ready=[{"office": "a", "uplink_answers": False}])
    assert _of(cut_off).services == [("seen", False)]


def test_the_plan_of_the_page_is_the_offices_part_of_the_whole():
    plan = [
        {"office": "a", "year": 2028, "cost_vnd": 5, "rank": 1},
        {"office": "a", "year": 2027, "cost_vnd": 7, "rank": 2},
        {"office": "a", "cost_vnd": 9, "rank": 3},
        {"office": "b", "year": 2027, "cost_vnd": 100, "rank": 4},
    ]
    sheet = _of(_whole(devices=[_device(1)], plan=plan))
    assert sheet.planned["year"].tolist() == [2027, 2028]
    assert (sheet.planned_all, sheet.planned_vnd) == (2, 12)


def test_a_plan_of_many_things_is_searched_quickly():
    assert office_sheet.gap(office_sheet.MANY) < office_sheet.gap(office_sheet.MANY + 1) < 0.01
