"""What other money would do is held against plans that are solved with that money."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.replacement.instance import Mandatory
from analysis.replacement.outlook import NEAR, curve, cuts, more
from analysis.replacement.solving import solve
from tests.analysis import plans
from tests.analysis.test_plan_solving import build


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_saves_more_than_the_curve_says_and_none_much_less(seed):
    instance = replace(plans.instance(np.random.default_rng(seed), 14, 3), pinned=(), mandatory=(), coverage=(), fairness=0.0)
    shares = [0.25 * n for n in range(9)]
    points = curve(instance, shares)
    saves = [point.saves for point in points]
    assert saves == sorted(saves)
    for share, point in zip(shares, points, strict=True):
        money = tuple(int(share * m) for m in instance.money)
        assert point.money == sum(money)
        best = solve(replace(instance, money=money), gap=0.0).benefit
        assert point.saves >= best - 1e-6 * abs(best)
        exact = curve(instance, [share])[0].saves
        assert exact - 1e-3 <= point.saves <= exact + NEAR * max(saves) + 1e-3


def test_more_money_names_what_it_buys():
    made = build([10, 10, 10], [9.0, 5.0, 3.0], [20])
    found = more(made, solve(made), 0.5)
    assert (found.leaves, found.comes) == ((), ((2, 0, 1),))
    assert found.saves == pytest.approx(3.0)


def test_what_is_cut_first_loses_least_and_what_is_mandatory_goes_last():
    made = build([10, 10, 10, 20], [1.0, 5.0, 9.0, 4.0], [50], mandatory=(Mandatory(0, 0),))
    found = cuts(made, solve(made), 0)
    assert [cut.items for cut in found] == [((3, 1),), ((1, 1),), ((2, 1),), ((0, 1),)]
    assert [cut.freed_so_far for cut in found] == [20, 30, 40, 50]
    assert all(cut.least <= cut.loses_so_far for cut in found)
    assert found[0].least == pytest.approx(3.0)  # giving up the first and half of the last, were it not mandatory


@pytest.mark.parametrize("seed", range(12))
def test_each_beginning_of_a_cut_list_leaves_a_plan_that_keeps_the_rules(seed):
    instance = replace(plans.instance(np.random.default_rng(seed), 10, 2), pinned=())
    solution = solve(instance, gap=0.0)
    bought = solution.bought.copy()
    # a first that others of a later year wait for can only go with them: such an item is the last
    late = {a for a, b in instance.before if bought[b, 1:].any()}
    for cut in cuts(instance, solution, 0):
        for group, count in cut.items:
            bought[group, 0] -= count
        if any(group in late for group, _ in cut.items):
            break
        assert instance.keeps(bought)
        assert solution.benefit - instance.gain(bought) == pytest.approx(cut.loses_so_far, abs=1e-3)
