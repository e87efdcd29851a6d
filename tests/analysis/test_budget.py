from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.budget import choose, within


@st.composite
def problems(draw, items=8, years=3):
    n, t = draw(st.integers(0, items)), draw(st.integers(1, years))
    whole = st.integers(1, 50_000_000)
    table = st.lists(st.lists(whole, min_size=t, max_size=t), min_size=n, max_size=n)
    benefit = np.array(draw(table), dtype=float).reshape(n, t)
    cost = np.array(draw(table), dtype=np.int64).reshape(n, t)
    allowed = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=t, max_size=t), min_size=n, max_size=n)), dtype=bool
    ).reshape(n, t)
    budgets = draw(st.lists(st.integers(0, 120_000_000), min_size=t, max_size=t))
    return benefit, cost, allowed, budgets, draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(problems())
def test_no_year_exceeds_its_budget_and_nothing_is_bought_where_it_is_not_allowed(problem):
    benefit, cost, allowed, budgets, carry = problem
    choice = choose(benefit, cost, allowed, budgets, carry_over=carry)
    assert within(choice.year, cost, budgets, carry)
    assert all(allowed[i, t] for i, t in enumerate(choice.year) if t >= 0)
    assert choice.greedy <= choice.benefit + 1e-6
    assert choice.benefit <= choice.bound * (1 + 1e-9) + 1e-6


@settings(max_examples=60, deadline=None)
@given(problems(items=5, years=2))
def test_it_is_as_good_as_trying_everything(problem):
    benefit, cost, allowed, budgets, carry = problem
    choice = choose(benefit, cost, allowed, budgets, carry_over=carry)
    best = 0.0
    for year in product(range(-1, len(budgets)), repeat=len(benefit)):
        if all(t < 0 or allowed[i, t] for i, t in enumerate(year)) and within(year, cost, budgets, carry):
            best = max(best, sum(benefit[i, t] for i, t in enumerate(year) if t >= 0))
    assert choice.benefit >= best * (1 - 1.1e-4)
    assert choice.bound >= best * (1 - 1e-9)


def test_the_same_input_gives_the_same_answer_and_a_tight_bound():
    rng = np.random.default_rng(7)
    benefit = rng.uniform(1e5, 1e7, (400, 1)) * np.array([1, 0.8, 0.6, 0.4, 0.2])
    cost = np.repeat(rng.integers(2, 60, (400, 1)) * 1_000_000, 5, axis=1)
    allowed = np.ones((400, 5), dtype=bool)
    first = choose(benefit, cost, allowed, [300_000_000] * 5)
    assert first == choose(benefit, cost, allowed, [300_000_000] * 5)
    assert first.gap <= 1e-4
    assert first.benefit > first.greedy


def test_money_that_is_not_spent_may_be_carried_over_only_when_asked():
    benefit, cost, allowed = np.array([[0.0, 5.0]]), np.array([[10, 10]]), np.array([[True, True]])
    assert choose(benefit, cost, allowed, [6, 6]).year == (-1,)
    assert choose(benefit, cost, allowed, [6, 6], carry_over=True).year == (1,)


def test_an_item_that_costs_exactly_the_budget_is_bought():
    choice = choose(np.array([[1.0]]), np.array([[999_999_999_999]]), np.array([[True]]), [999_999_999_999])
    assert choice.year == (0,)
    assert choose(np.array([[1.0]]), np.array([[999_999_999_999]]), np.array([[True]]), [999_999_999_998]).year == (-1,)


@pytest.mark.parametrize(("budgets", "cost"), [([-1], 5), ([5], 0)])
def test_impossible_money_is_refused(budgets, cost):
    with pytest.raises(ValueError, match=r"budget|price"):
        choose(np.array([[1.0]]), np.array([[cost]]), np.array([[True]]), budgets)
