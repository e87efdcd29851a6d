"""The choice itself: against trying everything, against its rules, and against what changes of it must do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.replacement.instance import Coverage, Instance, Mandatory, Pin, grown, held_back, yearly
from analysis.replacement.relaxation import Impossible
from analysis.replacement.solving import Solution, solve
from tests.analysis import plans


def build(cost, benefit, money, **rules) -> Instance:
    """Single items with the same price and benefit in every year."""
    years = len(money)
    return Instance(
        names=tuple(f"i{n}" for n in range(len(cost))),
        count=np.ones(len(cost), dtype=np.int64),
        cost=np.repeat(np.array(cost, dtype=np.int64)[:, None], years, axis=1),
        benefit=np.array([[b * (1 - 0.1 * t) for t in range(years)] for b in benefit], dtype=float),
        allowed=np.ones((len(cost), years), dtype=bool),
        money=tuple(money),
        **rules,
    )


def year(found: Solution) -> list[int]:
    return [int(row.argmax()) if row.any() else -1 for row in found.bought]


def exact(instance: Instance) -> Solution | None:
    try:
        return solve(instance, gap=0.0)
    except Impossible:
        return None


@pytest.mark.parametrize("seed", range(200))
def test_it_equals_trying_everything(seed):
    instance = plans.instance(np.random.default_rng(seed))
    found, wanted = exact(instance), plans.tried(instance)
    assert (found is None) == (wanted is None)
    if found is not None and wanted is not None:
        assert found.short.sums == wanted[0]
        assert found.benefit == pytest.approx(wanted[1], rel=1e-9, abs=1e-3)
        assert instance.keeps(found.bought)
        assert found.bound >= found.benefit - 1e-3
        assert (found.greedy_short.sums, -found.greedy) >= (wanted[0], -wanted[1] - 1e-3)


def test_what_was_tried_has_every_kind_of_rule_at_work():
    made = [plans.instance(np.random.default_rng(seed)) for seed in range(200)]
    for rule in ("mandatory", "coverage", "bundles", "before", "alternatives", "pinned", "carry_over"):
        assert sum(bool(getattr(i, rule)) for i in made) >= 25, rule
    assert sum(any(i.claims) for i in made) >= 25


instances = st.integers(0, 10**6).flatmap(
    lambda seed: st.builds(
        lambda groups, years: plans.instance(np.random.default_rng(seed), groups, years), st.integers(3, 10), st.integers(1, 5)
    )
)


@settings(max_examples=25, deadline=None)
@given(instances)
def test_rules_are_kept_and_no_dong_is_spent_twice(instance):
    found = exact(instance)
    if found is None:
        return
    spent, bought = (
        [sum(int(c) * int(n) for c, n in zip(*pair, strict=True)) for pair in zip(instance.cost.T, found.bought.T, strict=True)],
        found.bought,
    )
    left = 0
    for paid, budget in zip(spent, instance.money, strict=True):
        left = left * instance.carry_over + budget - paid
        assert left >= 0
    assert (bought.sum(axis=1) <= instance.count).all()
    assert not bought[~instance.allowed].any()
    for bundle in instance.bundles:
        years = {tuple((bought[g] > 0).tolist()) for g in bundle}
        assert len(years) == 1
        assert all(bought[g].sum() in (0, instance.count[g]) for g in bundle)
    for members in instance.alternatives:
        assert bought[list(members)].sum() <= 1


@settings(max_examples=25, deadline=None)
@given(instances, st.integers(0, 5), st.integers(1, 20_000_000))
def test_more_money_never_saves_less(instance, at, more):
    # claims grow with the money: without them
    instance = replace(instance, fairness=0.0)
    found = exact(instance)
    if found is None:
        return
    money = list(instance.money)
    money[at % len(money)] += more
    richer = exact(replace(instance, money=tuple(money)))
    assert richer is not None
    assert richer.short.sums <= found.short.sums
    if richer.short.sums == found.short.sums:
        assert richer.benefit >= found.benefit - 1e-6 * abs(found.benefit)


@settings(max_examples=25, deadline=None)
@given(instances, st.integers(0, 10**6))
def test_one_more_item_to_choose_from_never_saves_less(instance, seed):
    instance = replace(instance, fairness=0.0)
    more = plans.instance(np.random.default_rng(seed), 3, instance.years)
    richer = replace(
        instance,
        names=(*instance.names, "one more"),
        count=np.append(instance.count, 1),
        cost=np.vstack([instance.cost, more.cost[:1]]),
        benefit=np.vstack([instance.benefit, more.benefit[:1]]),
        allowed=np.vstack([instance.allowed, more.allowed[:1]]),
        office=np.append(instance.office, -1),
    )
    found, other = exact(instance), exact(richer)
    assert (found is None) == (other is None)
    if found and other:
        assert other.short.sums == found.short.sums
        assert other.benefit >= found.benefit - 1e-6 * abs(found.benefit)


@settings(max_examples=25, deadline=None)
@given(instances, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_rules_does_not_matter(instance, dice):
    order = list(range(len(instance.names)))
    dice.shuffle(order)
    at = {g: n for n, g in enumerate(order)}
    shuffled = replace(
        instance,
        names=tuple(instance.names[g] for g in order),
        count=instance.count[order],
        cost=instance.cost[order],
        benefit=instance.benefit[order],
        allowed=instance.allowed[order],
        office=instance.office[order],
        mandatory=tuple(replace(m, group=at[m.group]) for m in instance.mandatory),
        coverage=tuple(replace(c, groups=tuple(at[g] for g in c.groups)) for c in instance.coverage),
        bundles=tuple(tuple(at[g] for g in reversed(bundle)) for bundle in instance.bundles),
        before=tuple((at[a], at[b]) for a, b in reversed(instance.before)),
        alternatives=tuple(tuple(at[g] for g in reversed(members)) for members in instance.alternatives),
        pinned=tuple(replace(p, group=at[p.group]) for p in instance.pinned),
    )
    found, other = exact(instance), exact(shuffled)
    assert (found is None) == (other is None)
    if found and other:
        assert (other.bought == found.bought[order]).all()
        assert other.price == found.price


def test_money_that_is_not_spent_is_carried_over_only_when_asked():
    assert year(solve(build([10], [5.0], [6, 6]))) == [-1]
    assert year(solve(build([10], [5.0], [6, 6], carry_over=True))) == [1]


def test_an_item_that_costs_exactly_the_budget_is_bought():
    assert year(solve(build([999_999_999_999], [1.0], [999_999_999_999]))) == [0]
    assert year(solve(build([999_999_999_999], [1.0], [999_999_999_998]))) == [-1]


def test_what_is_mandatory_goes_before_what_saves_more():
    found = solve(build([10, 10], [1.0, 100.0], [10, 10], mandatory=(Mandatory(0, 0),)))
    assert year(found) == [0, 1]
    assert found.greedy_short.sums == (0, 0, 0)


def test_an_office_gets_what_it_must_have_or_is_told_how_much_is_missing():
    covered = (Coverage("computers", (0, 1), 2, 0),)
    assert year(solve(build([10, 10, 10], [1.0, 1.0, 100.0], [20, 20], coverage=covered))) == [0, 0, 1]
    assert solve(build([10, 10, 10], [1.0, 1.0, 100.0], [10, 20], coverage=covered)).short.coverage == (1,)


def test_access_waits_for_its_core():
    assert year(solve(build([10, 10], [1.0, 100.0], [10, 10], before=((0, 1),)))) == [0, 1]
    assert year(solve(build([10, 10], [1.0, 100.0], [10], before=((0, 1),)))) == [0, -1]


def test_a_bundle_is_bought_at_once_or_not_at_all():
    assert year(solve(build([10, 10, 5], [9.0, 9.0, 1.0], [15, 15], bundles=((0, 1),)))) == [-1, -1, 0]
    assert year(solve(build([10, 10, 5], [9.0, 9.0, 1.0], [15, 20], bundles=((0, 1),)))) == [1, 1, 0]


def test_a_battery_goes_where_the_money_is_short_and_never_beside_its_new_ups():
    battery = {"alternatives": ((0, 1),)}
    assert year(solve(build([10, 2], [10.0, 6.0], [10], **battery))) == [0, -1]
    assert year(solve(build([10, 2, 9], [10.0, 6.0, 9.0], [12], **battery))) == [-1, 0, 0]


def test_fairness_gives_a_small_office_its_share():
    office = np.array([0, 0, 0, 1, 1, 1])
    rule = {"office": office, "fairness": 1.0}
    cost, benefit = [10] * 6, [9.0, 9.0, 9.0, 1.0, 1.0, 1.0]
    assert year(solve(build(cost, benefit, [30]))) == [0, 0, 0, -1, -1, -1]
    found = solve(build(cost, benefit, [40], **rule))
    assert found.short.sums == (0, 0, 0)
    assert sorted(year(found)) == [-1, -1, 0, 0, 0, 0]
    assert year(found)[3:].count(0) == 1  # half of the money, less one item


def test_a_pin_that_nothing_satisfies_is_told():
    with pytest.raises(Impossible):
        solve(build([10], [1.0], [5], pinned=(Pin(0, 0, 0, 1, 1),)))


def test_a_larger_instance_is_near_its_bound_and_better_than_the_clerk():
    instance = plans.instance(np.random.default_rng(5), 60, 5)
    found = solve(instance)
    assert found.gap <= 1e-4
    assert instance.keeps(found.bought)
    assert found.benefit > found.greedy
    again = solve(instance)
    assert (again.bought == found.bought).all()


@pytest.mark.parametrize(("budgets", "cost"), [([-1], 5), ([5], 0)])
def test_impossible_money_is_refused(budgets, cost):
    with pytest.raises(ValueError, match=r"budget|price"):
        build([cost], [1.0], budgets)


@pytest.mark.parametrize(
    "rules",
    [
        {"bundles": ((0, 1), (1, 2))},
        {"before": ((3, 0),)},
        {"alternatives": ((0, 3),)},
    ],
)
def test_rules_that_cannot_single_an_item_out_are_refused(rules):
    made = build([1] * 4, [1.0] * 4, [5])
    with pytest.raises(ValueError, match=r"bundle|first|alternatives"):
        replace(made, count=np.array([1, 1, 1, 2]), **rules)


@pytest.mark.parametrize(("given_", "years", "wanted"), [(5, 3, [5, 5, 5]), ([5, 6], 4, [5, 6, 6, 6]), ([5, 6, 7], 2, [5, 6])])
def test_yearly_budgets(given_, years, wanted):
    assert yearly(given_, years) == wanted


@pytest.mark.parametrize("given_", [-1, [], [5, -1]])
def test_budgets_that_make_no_sense_are_refused(given_):
    with pytest.raises(ValueError, match="budgets"):
        yearly(given_, 2)


def test_a_reserve_is_a_share_and_a_sum_to_the_dong():
    assert held_back([1_000_001, 3, 0], share=0.1, amount=2) == [100_003, 3, 0]
    with pytest.raises(ValueError, match="reserve"):
        held_back([1], share=1.5)


def test_prices_grow_and_are_rounded_up_to_a_thousand():
    assert grown([15_000_000, 0], 3, 0.035).tolist() == [[15_000_000, 15_525_000, 16_069_000], [0, 0, 0]]
