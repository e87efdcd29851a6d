from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import words
from analysis.condition import CONDITION
from analysis.connectivity import connectivity
from analysis.replacement import PLAN, WHY_NOT, Terms, decide, plan, prepare, yearly
from analysis.replacement.scenarios import doubt
from analysis.tables import typed
from inventory.frames.columns import FRAMES
from inventory.lifecycle.policies import policies

TODAY = date(2026, 11, 22)


def cisco(year: int) -> str:
    return f"FOC{year - 1996:02d}20A1BC"


@pytest.fixture
def build(make_frame, make_device):
    def _build(*rows, staff=20, **values):
        devices = make_frame("devices", [make_device(i, **row) for i, row in enumerate(rows, 1)])
        offices = make_frame("offices", [{"office": "X01", "staff": staff}])
        nothing = [make_frame(name) for name in ("interfaces", "links", "endpoints")]
        behind = connectivity(devices, offices, *nothing).behind
        return plan(devices, offices, behind, as_of=TODAY, **({"budgets": 50_000_000, "years": 3} | values))

    return _build


def test_the_old_are_replaced_and_the_young_are_not(build):
    items = build({"serial": cisco(2010)}, {"serial": cisco(2024)}).items.set_index("device")
    assert items.loc["D00001", "year"] == 2027
    assert items.loc["D00001", "why"] == "due"
    assert items.loc["D00002", "why"] == "not_due"


def test_a_device_that_becomes_due_within_the_years_waits_for_its_year(build):
    items = build({"serial": cisco(2020)}).items  # a switch serves 8 years
    assert items.iloc[0]["year"] >= 2028


def test_an_unknown_age_is_looked_at_first_and_keeps_its_risk(build):
    row = build({"vendor": "NoName"}).items.iloc[0]
    assert (row["why"], pd.isna(row["year"])) == ("age_unknown", True)
    assert row["risk_vnd"] > 0


def test_old_software_on_young_hardware_is_upgraded_first(build):
    row = build(
        {"kind": "server", "vendor": "Dell", "manufactured": "2025-06-01", "os_version": "Debian GNU/Linux 9"}
    ).items.iloc[0]
    assert row["why"] == "upgrade_first"
    assert "unsupported" in row["reasons"]


def test_a_device_that_did_not_answer_is_not_bought_anew(build):
    assert build({"serial": cisco(2010), "state": "silent"}).items.iloc[0]["why"] == "silent"


def test_a_kind_without_a_price_is_listed(build):
    assert build({"serial": cisco(2010), "kind": "timing"}).items.iloc[0]["why"] == "no_price"


def test_what_the_money_does_not_reach_says_at_which_price_it_would(build):
    found = build(*[{"serial": cisco(2010)} for _ in range(6)], budgets=12_000_000, years=2)
    assert found.years["items"].tolist() == [1, 1]
    left = found.left_out
    assert (left["why"] == "budget").all()
    assert (left["enters_below_vnd"] <= 12_000_000 * 1.01).all()


def test_the_uplink_of_a_large_office_goes_before_a_switch_nobody_hangs_on(build):
    found = build({"serial": cisco(2012)}, {"serial": cisco(2012), "kind": "router"}, budgets=12_000_000, years=1, staff=60)
    assert found.chosen["device"].tolist() == ["D00002"]


def test_the_order_of_rows_does_not_matter(make_frame, make_device):
    rows = [make_device(i, serial=cisco(2008 + i % 9), kind=("switch", "router", "wireless")[i % 3]) for i in range(1, 40)]
    offices = make_frame("offices", [{"office": "X01", "staff": 30}])
    answers = []
    for order in (rows, rows[::-1]):
        devices = make_frame("devices", order)
        behind = connectivity(devices, offices, *(make_frame(n) for n in ("interfaces", "links", "endpoints"))).behind
        answers.append(plan(devices, offices, behind, as_of=TODAY, budgets=30_000_000, years=4).items)
    pd.testing.assert_frame_equal(*answers)


devices_strategy = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["switch", "router", "pc", "printer", "ups", "server", "timing", None]),
            "vendor": st.sampled_from(["Cisco", "APC", "NoName"]),
            "serial": st.sampled_from([cisco(y) for y in range(2006, 2026, 3)] + ["AS1215123456", "To be filled by O.E.M."]),
            "state": st.sampled_from(["present", "silent", "not_asked", "gone"]),
            "os_version": st.sampled_from([None, "Windows 7", "Debian GNU/Linux 12"]),
        }
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=devices_strategy,
    budgets=st.integers(0, 200_000_000) | st.lists(st.integers(0, 90_000_000), min_size=1, max_size=4),
    years=st.integers(1, 5),
    carry=st.booleans(),
    growth=st.sampled_from([0.0, 0.035, 0.1]),
)
def test_sums_are_exact_and_no_budget_is_exceeded(build, rows, budgets, years, carry, growth):
    found = build(*rows, budgets=budgets, years=years, carry_over=carry, price_growth=growth)
    assert len(found.items) == len(rows)
    money = yearly(budgets, years)
    carried = 0
    for t, row in enumerate(found.years.to_dict("records")):
        bought = found.items[found.items["year"] == row["year"]]
        assert row["spent_vnd"] == sum(int(cost) for cost in bought["cost_vnd"])
        assert row["items"] == len(bought)
        assert row["budget_vnd"] == money[t]
        assert row["left_vnd"] == money[t] + carried - row["spent_vnd"] >= 0
        carried = row["left_vnd"] if carry else 0
        assert row["risk_with_vnd"] <= row["risk_without_vnd"] * (1 + 1e-9)
    assert set(found.items["why"].dropna()) <= {"due", "mandatory", *WHY_NOT}
    assert found.items["why"].notna().all()
    assert found.chosen["rank"].tolist() == list(range(1, len(found.chosen) + 1))
    assert all(json.loads(text) for text in found.items["reasons"])
    saved = found.years["risk_without_vnd"].sum() - found.years["risk_with_vnd"].sum()
    assert saved == pytest.approx(found.saved_vnd, rel=1e-6, abs=1)


def test_reasons_in_words_hand_over_dates_and_numbers(build):
    row = build({"kind": "server", "vendor": "Dell", "manufactured": "2014-06-01", "os_version": "Debian GNU/Linux 9"}).items
    spoken: list = []
    words.reasons(row["reasons"], lambda key, /, **values: spoken.append((key, values)) or key)
    said = dict(spoken)
    assert said["replacement_plan.reason.unsupported"]["end"] == date(2020, 7, 18)
    assert said["replacement_plan.reason.age_past"]["years"] > 11


def test_an_empty_inventory_has_an_empty_plan():
    empty = [typed([], FRAMES[name]) for name in ("devices", "offices")]
    behind = connectivity(*empty, *(typed([], FRAMES[name]) for name in ("interfaces", "links", "endpoints"))).behind
    found = plan(*empty, behind, as_of=TODAY, budgets=5, years=2)
    assert list(found.items.columns) == [c.name for c in PLAN]
    assert found.years["spent_vnd"].tolist() == [0, 0]


@pytest.fixture
def ready(make_frame, make_device):
    """Everything that may be bought, with what else is known."""

    def _ready(*rows, staff=20, found=(), **known):
        devices = make_frame("devices", [make_device(i, **row) for i, row in enumerate(rows, 1)])
        offices = make_frame("offices", [{"office": "X01", "staff": staff}])
        behind = connectivity(devices, offices, *(make_frame(name) for name in ("interfaces", "links", "endpoints"))).behind
        known |= {"condition": typed(found, CONDITION)} if found else {}
        return prepare(devices, offices, behind, as_of=TODAY, policies=policies(None, TODAY), **known)

    return _ready


OLD_UPS = {"kind": "ups", "vendor": "APC", "serial": "AS1215123456"}
WEAK = {"device": "D00001", "office": "X01", "kind": "battery_weak", "part": "battery", "severity": "high"}


def test_a_battery_is_the_cheap_alternative_to_its_ups(ready):
    things = ready(OLD_UPS, found=[WEAK])
    poor = decide(things, Terms(2_000_000, 1)).items.set_index("part")
    assert (poor.loc["ups_battery", "why"], poor.loc["device", "why"]) == ("due", "instead")
    rich = decide(things, Terms(50_000_000, 1)).items
    assert rich["year"].notna().sum() == 1  # never both


def test_a_finding_about_a_part_makes_the_part_due_and_not_the_device(ready):
    items = decide(
        ready(
            {"kind": "pc", "vendor": "Dell", "manufactured": "2025-06-01"},
            found=[{"device": "D00001", "office": "X01", "kind": "disk_failing", "part": "disk", "severity": "high"}],
        ),
        Terms(50_000_000, 2),
    ).items.set_index("part")
    assert items.loc["disk", "year"] == 2027
    assert items.loc["device", "why"] in ("not_due", "instead")
    assert "disk_failing" in items.loc["disk", "reasons"]


def test_a_firewall_without_fixes_goes_first_or_the_plan_says_what_is_lacking(ready, monkeypatch):
    from analysis.replacement import candidates

    def past(devices, *_):
        return (devices["kind"] == "firewall").to_numpy(), np.zeros((len(devices), candidates.HORIZON), dtype=bool)

    monkeypatch.setattr(candidates, "_without_fixes", past)
    things = ready(
        {"kind": "firewall", "serial": cisco(2023)}, {"kind": "server", "vendor": "Dell", "manufactured": "2012-01-01"}
    )
    found = decide(things, Terms(120_000_000, 3))
    assert found.items.set_index("kind").loc["firewall", ["why", "year"]].tolist() == ["mandatory", 2028]
    short = decide(things, Terms(20_000_000, 3))
    assert short.items.set_index("kind").loc["firewall", "why"] == "budget"
    assert short.years["short_vnd"].sum() == 25_000_000
    assert decide(things, Terms(20_000_000, 3, mandatory_within=0)).shortage is None


def test_what_is_nearer_to_the_way_out_goes_first(ready):
    switches = [{"serial": cisco(2009)}, {"serial": cisco(2009)}]
    things = ready(*switches, upstream={"D00002": "D00001"})
    year = decide(things, Terms(12_000_000, 3)).items.set_index("device")["year"]
    assert year["D00001"] < year["D00002"]
    held = decide(ready({"serial": cisco(2011)}, {"serial": cisco(2007)}, upstream={"D00002": "D00001"}), Terms(12_000_000, 1))
    assert held.items["why"].tolist() == ["due", "budget"]
    alone = decide(
        ready({"kind": "firewall", "serial": cisco(2009)}, switches[0], upstream={"D00002": "D00001"}), Terms(12_000_000, 1)
    )
    assert alone.chosen["device"].tolist() == ["D00002"]  # a firewall that nobody can pay for holds no switch up


def test_an_office_below_the_minimum_gets_computers_when_that_is_asked_for(ready):
    things = ready({"serial": cisco(2009)}, staff=4, computers={"X01": 1})
    assert decide(things, Terms(40_000_000, 3)).items["why"].value_counts()["not_asked"] == 3
    found = decide(things, Terms(40_000_000, 3, minimum=0.75))
    assert (found.items["why"] == "minimum").sum() == 2
    assert found.below_minimum == {}
    assert decide(things, Terms(15_000_000, 3, minimum=1.0, minimum_within=2)).below_minimum == {"X01": 1}
    unseen = decide(ready({"serial": cisco(2009)}, staff=4), Terms(40_000_000, 3, minimum=1.0))
    assert not (unseen.items["part"] == "missing").any()  # nothing was seen: nothing is known to be lacking


def test_a_reserve_is_not_spent_and_a_dearer_hour_saves_more(ready):
    things = ready(*[{"kind": "ups", "serial": cisco(2010)} for _ in range(4)])
    held = decide(things, Terms(10_000_000, 2, reserve=0.5))
    assert held.years["spent_vnd"].tolist() == [5_000_000, 5_000_000]
    assert held.years["reserve_vnd"].tolist() == [5_000_000, 5_000_000]
    whole = decide(things, Terms(10_000_000, 2, person_hour_vnd=60_000)).saved_vnd
    assert decide(things, Terms(10_000_000, 2, person_hour_vnd=120_000)).saved_vnd > whole


def test_all_of_a_kind_at_once(ready):
    things = ready(*[{"serial": cisco(2010)} for _ in range(3)])
    assert decide(things, Terms(24_000_000, 2, together=("switch",))).items["why"].tolist() == ["together"] * 3
    assert decide(things, Terms(36_000_000, 2, together=("switch",))).items["year"].tolist() == [2027] * 3


def test_a_thing_of_the_plan_can_be_asked_about(ready):
    found = decide(ready(*[{"serial": cisco(2010)} for _ in range(3)], {"serial": cisco(2005)}), Terms(13_000_000, 1))
    out = found.left_out.iloc[0]["name"]
    asked = found.asked(out)
    assert asked.year is None
    assert asked.enters_below.dong < 12_000_000
    assert found.asked(found.chosen.iloc[0]["name"]).year == 0
    with pytest.raises(KeyError):
        found.asked("D09999")


def test_what_is_certain_is_bought_in_every_scenario_and_prices_ask_for_a_reserve(ready):
    things = ready(
        {"kind": "ups", "serial": cisco(2010)},
        {"kind": "printer", "vendor": "NoName"},
        {"kind": "printer", "serial": cisco(2025)},
        unknown_age="include",
    )
    found = doubt(decide(things, Terms(60_000_000, 3)), scenarios=12)
    share = found.often.set_index("name")["share"]
    assert share["D00001"] == 1.0
    assert 0 < share["D00002"] < 1  # it may be young
    assert "D00003" not in share
    assert found.cost_p90 > 1
    assert found.reserve == pytest.approx(1 - 1 / found.cost_p90)
    pd.testing.assert_frame_equal(found.often, doubt(decide(things, Terms(60_000_000, 3)), scenarios=12).often)
