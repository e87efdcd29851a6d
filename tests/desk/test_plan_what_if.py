"""The desk for other money and other rules, moved without a browser: what it answers, and what it says of one thing."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from analysis.frames import candidates_of
from analysis.replacement import Terms
from desk.plan_what_if import PlanWhatIf
from desk.soon import Soon
from inventory.database import open_database, workspace_database
from inventory.frames import Inventory
from kiemke.workspace import create
from tests.notebooks.conftest import OFFICES, small_workspace  # noqa: F401 - a fixture

MILLION = 1_000_000


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


@pytest.fixture(scope="module")
def prepared(small_workspace):  # noqa: F811
    inventory = Inventory(small_workspace)
    return candidates_of(inventory), inventory.offices()


@pytest.fixture
def desk(prepared):
    return PlanWhatIf(*prepared, "vi", Terms(30 * MILLION, years=3))


def names(desk):
    return set(desk.plan.chosen["name"])


def test_another_budget_is_another_answer_and_what_changed_is_said(desk):
    before = desk.plan
    desk.budget.value = "120 triệu"
    came = names(desk) - set(before.chosen["name"])
    assert came
    assert desk.plan.years["budget_vnd"].tolist() == [120 * MILLION] * 3
    assert desk.slider.value == 120
    page = text(desk.changes.value)
    assert all(desk.names[name].split(",")[0] in page for name in came)
    desk.slider.value = 0
    assert desk.plan.chosen.empty
    assert desk.plan.instance.money == (0, 0, 0)
    assert text(desk.table.value).strip() == ""


def test_every_control_reaches_the_plan_and_all_are_answered_at_once(desk):
    async def hand():
        desk.budget.value = "40.000.000; 25,000,000"
        desk.years.value = 4
        desk.hour.value = "100.000"
        desk.carry_over.value = True
        desk.reserve.value = 0.1
        desk.minimum.value = 0.5
        desk.fairness.value = 0.25
        desk.core_first.value = False
        assert desk.plan is before
        await asyncio.sleep(2 * desk.soon.quiet)

    before = desk.plan
    asyncio.run(hand())
    assert desk.before is before
    terms = desk.plan.terms
    assert list(terms.budgets) == [40 * MILLION, 25 * MILLION]
    assert (terms.years, terms.person_hour_vnd, terms.carry_over) == (4, 100_000.0, True)
    assert (terms.reserve, terms.minimum, terms.fairness, terms.core_first) == (0.1, 0.5, 0.25, False)


def test_what_is_no_amount_gets_a_sentence_and_the_answer_stays(desk):
    before = desk.plan
    for typed in ("abc", "", "-5", "400.000.000;", "<b>1</b>", "9" * 40, "1e6", "nan"):
        desk.budget.value = typed
        assert desk.plan is before, typed
        assert "kiemke-wrong" in desk.message.value, typed
        assert "<b>" not in desk.message.value
    desk.budget.value = "60.000.000"
    assert desk.plan is not before
    assert desk.message.value == ""


def test_too_little_for_what_is_mandatory_is_said_with_the_year_and_the_thing(prepared):
    candidates, offices = prepared
    desk = PlanWhatIf(candidates, offices, "en", Terms(0, years=3))
    lack = desk.plan.shortage
    assert lack is not None
    first = next(t for t, dong in enumerate(lack.dong) if dong)
    said = text(desk.findings.value)
    assert f"In {candidates.first_year + first}" in said
    assert desk.names[desk.plan.instance.names[lack.because[first][0][0]]] in said


def test_offices_below_their_minimum_are_named(prepared):
    candidates, offices = prepared
    short = replace(candidates, norms={("small", "pc"): ((), 3, 12)})
    desk = PlanWhatIf(short, offices, "en", Terms(5 * MILLION, years=3, minimum=1.0))
    assert "Small commune is still 9 computers below the minimum" in text(desk.findings.value)


def test_one_thing_in_the_plan_is_explained(desk):
    row = desk.plan.chosen.iloc[-1]
    desk.thing.value = next(label for label in desk.thing.options if label.endswith(f" {row['name']}"))
    assert str(int(row["year"])) in text(desk.said.value)
    known = text(desk.said.value).strip()
    desk.why()
    assert text(desk.said.value).startswith(f" {known}")
    assert len(text(desk.said.value)) > len(known) + 40
    desk.price()
    assert desk.say("what_if.already") in text(desk.said.value)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_one_thing_that_is_not_in_the_plan_is_explained_and_what_would_bring_it_in(prepared, language):
    desk = PlanWhatIf(*prepared, language, Terms(10 * MILLION, years=3))
    out = desk.plan.left_out.query("why == 'budget'").iloc[0]
    desk.thing.value = out["name"]
    assert desk.say("replacement_plan.why.budget") in text(desk.said.value)
    desk.why()
    value = desk.plan.asked(out["name"]).net_values[0]
    assert desk.say.dong(value.saves) in text(desk.said.value)
    desk.price()
    priced = text(desk.said.value)
    desk.money()
    asked = desk.plan.asked(out["name"])
    assert desk.say.dong(asked.enters_below.dong) in priced
    assert desk.say.dong(asked.enters_about(value.year).dong - 10 * MILLION) in text(desk.said.value)


def test_any_thing_and_any_text_can_be_asked_about(desk):
    for name in desk.plan.items.groupby("why")["name"].first():
        desk.thing.value = name
        for ask in (desk.why, desk.price, desk.money):
            ask()
            assert desk.names[name] in text(desk.said.value).replace("&amp;", "&")
            assert desk.asking.value == ""
    said = desk.said.value
    for typed in ("D99999", "", "<img src=x>"):
        desk.thing.value = typed
        desk.why()
        assert "kiemke-wrong" in desk.asking.value
        assert "<img" not in desk.asking.value
    assert desk.said.value == said


def test_searching_to_the_end_comes_at_least_as_near(desk):
    before = desk.plan
    desk.exact()
    assert desk.plan.gap <= max(before.gap, 1e-4)
    assert desk.plan.saved_vnd >= before.saved_vnd - 1


def test_without_devices_it_says_what_to_do(tmp_path):
    home = create(tmp_path / "ws", {"offices.yaml": OFFICES}).root
    open_database(workspace_database(home)).dispose()
    inventory = Inventory(home)
    desk = PlanWhatIf(candidates_of(inventory), inventory.offices(), "vi")
    assert "quét mạng" in desk.message.value
    assert desk.plan is None


def test_of_many_changes_only_the_last_is_answered():
    answered = []

    async def hand():
        soon = Soon(lambda: answered.append(moved[-1]), quiet=0.01)
        moved = []
        for place in range(5):
            moved.append(place)
            soon()
        assert answered == []
        await asyncio.sleep(0.05)
        moved.append(9)
        soon()
        await asyncio.sleep(0.05)

    asyncio.run(hand())
    assert answered == [4, 9]
