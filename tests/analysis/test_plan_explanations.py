"""What is said of an item is done to the instance, and the plan must follow: nothing here asks the explanations again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analysis.replacement.explanations import Asked, Threshold, apart, changed
from analysis.replacement.instance import Coverage, Instance, Mandatory
from analysis.replacement.relaxation import Impossible
from analysis.replacement.shortage import shortage
from analysis.replacement.solving import solve
from tests.analysis import plans
from tests.analysis.test_plan_solving import build


def year_of(instance: Instance, item: int) -> int | None:
    row = solve(instance, gap=0.0).bought[item]
    return int(row.argmax()) if row.any() else None


def priced(instance: Instance, item: int, year: int, dong: int) -> Instance:
    cost = instance.cost.copy()
    share = dong / int(cost[item, year])
    cost[item] = [max(int(share * int(c)), 1) for c in cost[item]]
    cost[item, year] = dong
    return replace(instance, cost=cost)


def funded(instance: Instance, threshold: Threshold, dong: int) -> Instance:
    money = list(instance.money)
    money[threshold.year] = dong
    return replace(instance, money=tuple(money))


def saving(instance: Instance, item: int, year: int, more: float) -> Instance:
    benefit = instance.benefit.copy()
    benefit[item, year] += more
    return replace(instance, benefit=benefit)


@cache
@cache
def an_item(seed: int) -> Asked:
    dice = np.random.default_rng(seed)
    while True:
        instance = plans.instance(dice, 8, 3)
        group = int(dice.integers(8))
        if instance.may_ever[group]:
            try:
                return Asked(instance, group)
            except Impossible:
                continue


@pytest.mark.parametrize("seed", range(100))
def test_forcing_what_is_stated_changes_the_decision_as_said(seed):
    asked = an_item(seed)
    instance, item, dice = asked.instance, asked.item, np.random.default_rng(seed)
    now = year_of(instance, item)
    assert asked.year == now
    if now is None:
        if (price := asked.enters_below) is not None:
            assert year_of(priced(instance, item, price.year, price.dong), item) is not None
            assert year_of(priced(instance, item, price.year, price.not_yet), item) is None
        if (budget := asked.enters_above(int(dice.integers(instance.years)))) is not None:
            assert year_of(funded(instance, budget, budget.dong), item) is not None
            assert year_of(funded(instance, budget, budget.not_yet), item) is None
        if (wanted := asked.enters_saving) is not None:
            year, sum_of = wanted
            more = sum_of - instance.benefit[item, year]
            assert year_of(saving(instance, item, year, more * 1.0001 + 10), item) == year
            assert more < 100 or year_of(saving(instance, item, year, more * 0.999 - 10), item) is None
        if (swap := asked.swap) is not None:
            bought = asked.plan.bought.copy()
            for group, year, count in swap.leaves:
                bought[group, year] -= count
            for group, year, count in swap.comes:
                bought[group, year] += count
            assert bought[item].sum() == 1
            assert instance.keeps(bought)
            assert instance.short(bought).sums <= asked.plan.short.sums
            best = sum(n for rows in changed(asked.plan.bought, asked.with_it.bought) for *_, n in rows)
            assert sum(n for *_, n in (*swap.leaves, *swap.comes)) <= best
            assert swap.loses >= asked.loses_with_it - 1e-3
    else:
        for year in range(instance.years):
            loses = asked.loses(asked.in_year(year)) if year != now else None
            if loses is not None:  # may be bought then, at what the plan loses by it
                assert loses >= -1e-3
                assert year_of(saving(instance, item, year, loses * 1.0001 + 10), item) == year
                assert loses < 100 or year_of(saving(instance, item, year, loses * 0.999 - 10), item) != year
    if asked.rule is not None:
        neutral = {"fairness": 0.0}.get(asked.rule, ())
        rows = getattr(instance, asked.rule)
        if asked.rule in ("bundles", "before", "alternatives"):
            neutral = tuple(row for row in rows if item not in row)
        elif asked.rule == "pinned":
            neutral = tuple(row for row in rows if row.group != item)
        assert year_of(replace(instance, **{asked.rule: neutral}), item) != now


def test_the_hundred_items_are_of_all_sorts():
    asked = [an_item(seed) for seed in range(100)]
    out = [a for a in asked if a.year is None]
    assert 25 <= len(out) <= 75
    assert sum(a.enters_below is not None for a in out) >= 15
    assert sum(a.swap is not None for a in out) >= 15
    assert len({a.rule for a in asked}) >= 5


def test_a_net_value_is_what_is_saved_less_the_price_of_the_money():
    asked = Asked(build([10, 15, 15], [8.0, 7.5, 3.2], [20]), 2)
    value = asked.net_values[0]
    assert (value.saves, value.cost) == (3.2, 15)
    assert value.price == pytest.approx(0.5)
    assert value.net == pytest.approx(3.2 - 7.5)
    assert value.enters_below == pytest.approx(6.4)


def test_about_how_much_money_is_what_pays_for_all_that_is_worth_it_more():
    million = 1_000_000
    asked = Asked(build([10 * million] * 4, [9.0 * million, 5.0 * million, 7.0 * million, 8.0 * million], [10 * million]), 1)
    about = asked.enters_about(0)
    assert 29 * million < about.not_yet <= 30 * million < about.dong + million
    assert about.dong <= asked.enters_above(0).dong
    assert Asked(build([10 * million], [-1.0 * million], [10 * million]), 0).enters_about(0) is None
    assert Asked(asked.instance, 0).enters_about(0) is None


def test_one_of_several_is_asked_about_and_the_rules_stay():
    made = replace(
        build([10, 10, 9], [5.0, 6.0, 1.0], [20], mandatory=(Mandatory(0, 0),), coverage=(Coverage("x", (0,), 2, 0),)),
        count=np.array([3, 1, 1]),
    )
    parted, item = apart(made, 0)
    assert parted.count.tolist() == [2, 1, 1, 1]
    assert solve(parted).benefit == solve(made).benefit
    assert solve(parted).short.sums == solve(made).short.sums == (1, 0, 0)
    assert Asked(made, 0).item == item


def test_the_shortage_says_how_much_when_and_for_what():
    rules = {"mandatory": (Mandatory(0, 0), Mandatory(1, 1))}
    assert shortage(build([10, 10, 99], [1.0, 1.0, 50.0], [10, 10], **rules)) is None
    short = shortage(build([10, 10, 99], [1.0, 1.0, 50.0], [4, 7], **rules))
    assert (short.dong, short.because, short.never) == ((6, 3), (((0, 10),), ((1, 10),)), ())
    carried = shortage(build([10, 10, 99], [1.0, 1.0, 50.0], [12, 7], carry_over=True, **rules))
    assert carried.dong == (0, 1)


def test_what_other_rules_forbid_is_not_called_a_shortage():
    short = shortage(build([10, 10], [1.0, 1.0], [50], mandatory=(Mandatory(0, 0), Mandatory(1, 0)), alternatives=((0, 1),)))
    assert short.dong == (0,)
    assert len(short.never) == 1


@pytest.mark.parametrize("seed", range(30))
def test_with_the_money_that_is_lacking_everything_mandatory_is_bought(seed):
    instance = plans.instance(np.random.default_rng(seed), 7, 3)
    instance = replace(instance, mandatory=tuple(Mandatory(g, 1) for g in range(0, 7, 2)), pinned=())
    short = shortage(instance)
    if short is None:
        assert solve(instance, gap=0.0).short.mandatory == (0,) * 4
        return
    given = tuple(m + more for m, more in zip(instance.money, short.dong, strict=True))
    reached = solve(replace(instance, money=given), gap=0.0).short.mandatory
    assert sum(missing > 0 for missing in reached) == len(short.never)
    if any(short.dong):
        least = next(t for t, missing in enumerate(short.dong) if missing)
        poorer = tuple(m - (t == least) for t, m in enumerate(given))
        assert sum(solve(replace(instance, money=poorer), gap=0.0).short.mandatory) > sum(reached)
