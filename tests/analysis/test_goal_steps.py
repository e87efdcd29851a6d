"""What an office needs to meet the goals: steps in their order, money where it is known, and no promise where it is not."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis import goal_steps
from analysis.readiness import READINESS, Goals, usual
from analysis.tables import typed
from inventory.frames.columns import FRAMES
from inventory.lifecycle.policies import policies
from inventory.sentences import pack, together

GOALS = Goals(0.7, 0.9, 1.0)
POLICIES = policies(None, date(2026, 3, 2))
PC = POLICIES.prices["pc"].vnd
DEVICES = typed([{"device": "D1", "kind": "router"}, {"device": "D2", "kind": "firewall"}], FRAMES["devices"])
MET = {
    "staff": 10, "computers": 12, "documents_computers": 7, "mail_computers": 9, "uplink": "D1", "uplink_answers": True,
    "documents_services": True, "mail_services": True, "documents_ready": True, "mail_ready": True,
}  # fmt: skip


def _ready(*rows: dict[str, object]) -> pd.DataFrame:
    return typed((MET | row for row in rows), READINESS)


def _short(goal: str, short: int, computers: int) -> str:
    return pack("detail.readiness_computers", goal=goal, short=short, wanted=short + computers, computers=computers)


def test_computers_for_both_goals_are_bought_once():
    lacks = together([_short("documents", 3, 4), _short("mail", 5, 4)])
    ready = _ready({"office": "a", "computers": 4, "lacks": lacks, "documents_ready": False, "mail_ready": False})
    steps = goal_steps.steps(ready, DEVICES, set(), POLICIES, GOALS)
    assert steps[["step", "goals", "count", "cost_vnd", "officials"]].to_numpy().tolist() == [["computers", "both", 5, 5 * PC, 5]]


def test_the_way_out_comes_first_and_serves_those_who_have_a_computer():
    lacks = together([_short("mail", 3, 6), pack("detail.readiness_uplink", device="D2")])
    ready = _ready({"office": "a", "computers": 6, "uplink": "D2", "uplink_answers": False, "lacks": lacks, "mail_ready": False})
    steps = goal_steps.steps(ready, DEVICES, {"D2"}, POLICIES, GOALS)
    assert steps["step"].tolist() == ["way_out", "computers"], "what is silent is not also told to be aged"
    assert steps["officials"].tolist() == [6, 3]
    assert steps["cost_vnd"][0] == POLICIES.prices["firewall"].vnd
    assert steps["at_most"].tolist() == [True, False]
    assert goal_steps.able(ready, GOALS).tolist() == [0]


def test_what_is_not_known_costs_nothing_and_is_no_promise():
    doubts = together([pack("detail.readiness_no_staff"), pack("detail.readiness_not_probed", service="mail")])
    ready = _ready({"office": "a", "staff": None, "unknown": doubts, "mail_ready": None, "documents_ready": None})
    steps = goal_steps.steps(ready, DEVICES, set(), POLICIES, GOALS)
    assert steps["step"].tolist() == ["staff", "probe"]
    assert steps["cost_vnd"].isna().all()
    assert goal_steps.able(ready, GOALS).isna().all()
    assert goal_steps.curve(ready, steps, GOALS)["share"].isna().all()
    assert goal_steps.standings(ready, steps)["standing"].tolist() == ["unknown"]


def test_offices_stand_by_need_and_an_aged_way_out_can_wait():
    ready = _ready(
        {"office": "fine"},
        {"office": "aged", "uplink": "D2"},
        {"office": "short", "computers": 7, "lacks": _short("mail", 2, 7), "mail_ready": False},
    )
    steps = goal_steps.steps(ready, DEVICES, {"D2"}, POLICIES, GOALS)
    found = goal_steps.standings(ready, steps).set_index("office")
    assert found["standing"].to_dict() == {"short": "not_ready", "aged": "shaky", "fine": "ready"}
    assert found.loc["short", "needed_vnd"] == 2 * PC
    assert pd.isna(found.loc["aged", "needed_vnd"])
    assert found.loc["aged", "cost_vnd"] == POLICIES.prices["firewall"].vnd
    curve = goal_steps.curve(ready, steps, GOALS)
    assert curve["able"].tolist() == [27, 29]
    assert curve["spent_vnd"].tolist() == [0, 2 * PC]


def test_a_failing_service_stands_in_the_way_of_its_goal_alone():
    failing = pack("detail.readiness_fails", service="thu", outcome="silent", office="a")
    ready = _ready({"office": "a", "mail_services": False, "mail_ready": False, "lacks": failing})
    steps = goal_steps.steps(ready, DEVICES, set(), POLICIES, GOALS)
    assert steps[["step", "goals", "service"]].to_numpy().tolist() == [["service", "mail", "thu"]]


def test_without_offices_there_is_nothing_to_do():
    nothing = _ready()
    steps = goal_steps.steps(nothing, DEVICES, set(), POLICIES, GOALS)
    assert steps.empty
    assert goal_steps.standings(nothing, steps).empty
    assert len(goal_steps.curve(nothing, steps, GOALS)) == 1


def test_the_reports_parameters_begin_with_the_usual_goals():
    from reports import catalog

    told = {parameter.name: parameter.default for parameter in catalog.describe("office-readiness").parameters}
    assert {name: told[name] for name in ("documents", "mail", "computers_per_official")} == {
        "documents": usual().documents,
        "mail": usual().mail,
        "computers_per_official": usual().computers_per_official,
    }
