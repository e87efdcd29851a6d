"""What other money would do, by the names of things: the sums of its frames are those of the plan."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis import words
from analysis.connectivity import connectivity
from analysis.replacement import Terms, decide, prepare
from analysis.replacement.further import ask, deciding
from analysis.replacement.listed import curve_of, cuts_of, more_of
from analysis.replacement.scenarios import doubt
from inventory.lifecycle.policies import policies
from reports.texts import texts

TODAY = date(2026, 11, 22)
KINDS = ("switch", "router", "wireless", "pc", "printer", "ups")


@pytest.fixture
def ready(make_frame, make_device):
    """Sixty devices in three offices, many of them alike."""
    rows = [
        make_device(i, office=f"X0{i % 3}", kind=KINDS[i % 6], serial=f"FOC{2010 + i % 4 - 1996:02d}20A1BC") for i in range(1, 61)
    ]
    devices = make_frame("devices", rows)
    offices = make_frame("offices", [{"office": f"X0{n}", "staff": 8 + 9 * n} for n in range(3)])
    nothing = [make_frame(name) for name in ("interfaces", "links", "endpoints")]
    behind = connectivity(devices, offices, *nothing).behind
    return prepare(devices, offices, behind, as_of=TODAY, policies=policies(None, TODAY), computers={"X00": 5, "X01": 3})


def test_the_curve_passes_by_the_plan(ready):
    plan = decide(ready, Terms(60_000_000))
    rows = curve_of(plan).set_index("share")
    without = plan.years["risk_without_vnd"].sum()
    assert rows.loc[0.0, "residual_vnd"] == pytest.approx(without)
    assert plan.saved_vnd - 1 <= rows.loc[1.0, "saved_vnd"] <= plan.bound_vnd * 1.02
    assert rows.loc[1.0, "residual_vnd"] == pytest.approx(without - rows.loc[1.0, "saved_vnd"])
    assert rows["residual_vnd"].is_monotonic_decreasing


def test_more_money_names_things_once_and_its_changes_make_the_richer_plan(ready):
    plan = decide(ready, Terms(60_000_000))
    rows, saves = more_of(plan, 0.4)
    assert saves > 0
    assert rows["name"].is_unique
    year = plan.items.set_index("name")["year"]
    for row in rows.to_dict("records"):
        if row["change"] == "in":
            assert pd.isna(year[row["name"]])
            assert pd.isna(row["year_before"])
        else:
            assert year[row["name"]] == row["year_before"]
            assert (row["change"] == "out") == pd.isna(row["year"])
        assert row["change"] != "moved" or row["year"] != row["year_before"]
    spent = plan.years["spent_vnd"].sum() + rows.loc[rows["change"] == "in", "cost_vnd"].sum()
    spent -= rows.loc[rows["change"] == "out", "cost_vnd"].sum()
    assert plan.years["spent_vnd"].sum() < spent <= 1.4 * 60_000_000 * 5


def test_a_cut_list_names_everything_of_the_year_once_and_frees_all_of_it(ready):
    plan = decide(ready, Terms(60_000_000, together=("switch",)))
    for year in (2027, 2028):
        rows = cuts_of(plan, year)
        here = plan.chosen[plan.chosen["year"] == year]
        assert sorted(rows["name"]) == sorted(here["name"])
        assert rows["freed_vnd"].iloc[-1] == here["cost_vnd"].sum()
        assert rows["cost_vnd"].sum() == here["cost_vnd"].sum()


def test_things_that_nobody_has_are_named_as_missing(ready):
    say = texts("vi")
    plan = decide(ready, Terms(300_000_000, minimum=1.0, minimum_within=2))
    items = words.plan(
        words.with_offices(plan.items, plan.candidates.frame[["office"]].assign(name_vi="Xã", name_en="X"), say), say
    )
    missing = items[(items["part"] == "missing") & items["year"].notna()]
    assert len(missing) >= 1
    assert (missing["thing"] != "").all()
    assert missing["vendor"].isna().all()


def test_money_that_does_not_reach_for_what_is_mandatory_is_said_by_year(make_frame, make_device):
    say = texts("vi")
    made = {"manufactured": "2012-01-01", "serial": None, "vendor": "Fortinet", "model": "FGT-100D", "os_version": "v6.0.9"}
    devices = make_frame("devices", [make_device(i, kind="firewall", **made) for i in (1, 2, 3)])
    offices = make_frame("offices", [{"office": "X01", "staff": 9, "name_vi": "Xã Thái Hòa", "name_en": "Thái Hòa"}])
    behind = connectivity(devices, offices, *[make_frame(name) for name in ("interfaces", "links", "endpoints")]).behind
    plan = decide(prepare(devices, offices, behind, as_of=TODAY, policies=policies(None, TODAY)), Terms(50_000_000, years=3))
    items = words.plan(words.with_offices(plan.items, offices, say), say)
    (sentence,) = words.plan_shortfalls(plan, items, offices, say)
    assert "2028" in sentence
    assert "FGT-100D (Xã Thái Hòa)" in sentence
    assert plan.years["short_vnd"].tolist() == [0, sum(plan.shortage.dong), 0]


def test_answers_that_are_found_side_by_side_are_those_that_each_question_has(ready):
    found = ask(ready, Terms(60_000_000), 3)
    plan = found.plan
    richer, saves = more_of(plan)
    pd.testing.assert_frame_equal(plan.items, decide(ready, Terms(60_000_000)).items)
    pd.testing.assert_frame_equal(found.doubt.often, doubt(plan, 3).often)
    pd.testing.assert_frame_equal(found.curve, curve_of(plan))
    pd.testing.assert_frame_equal(found.richer, richer)
    assert found.saves == saves


def test_a_plan_that_is_decided_meanwhile_is_the_plan(ready):
    meanwhile = deciding(ready, Terms(60_000_000))
    pd.testing.assert_frame_equal(meanwhile.result().items, decide(ready, Terms(60_000_000)).items)
