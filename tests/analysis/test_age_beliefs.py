"""What holds of any evidence: no wrong source zeroes the truth, order does not matter, what disagrees is listed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis import ageing
from analysis.ageing import MONTHS, Evidence, Piece, contradictions, posterior, priors, span
from analysis.ageing.belief import quantiles
from inventory.serial_dates import month_number

TODAY = date(2026, 11, 22)
NOW = month_number(TODAY)
OLDEST = NOW - MONTHS + 1

months = st.integers(OLDEST - 600, NOW + 600)
pieces = st.tuples(months, st.integers(0, 500), st.floats(0.01, 1)).map(lambda p: Piece(p[0], p[0] + p[1], p[2]))
sources = st.builds(
    Evidence,
    st.sampled_from(["serial", "told", "purchase", "sold", "mac_block", "first_seen"]),
    st.lists(pieces, min_size=1, max_size=4).map(tuple),
    st.floats(0.5, 0.99),
)
evidence = st.lists(sources, max_size=7)


def believed(sources, life=5.0):
    return posterior(priors([life]), [tuple(sources)], TODAY)[0]


@settings(deadline=None)
@given(evidence, st.floats(1, 15))
def test_weights_are_chances_and_no_month_is_ever_impossible(found, life):
    weights = believed(found, life).weights
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()


@settings(deadline=None)
@given(evidence, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(found, chance):
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert np.allclose(believed(found).weights, believed(shuffled).weights)


@settings(deadline=None)
@given(st.integers(OLDEST, NOW), sources)
def test_one_wrong_source_leaves_the_truth_its_chance(true, wrong):
    """A serial and a purchase that are right, and one source that may say anything."""
    right = [span("serial", true, true, 0.98), span("purchase", max(true - 3, OLDEST), min(true + 9, NOW), 0.97)]
    assert believed([*right, wrong]).weights[NOW - true] > 0.05


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(OLDEST, NOW - 24), st.integers(0, 24), st.floats(0.9, 0.99)), min_size=2, max_size=4, unique=True
    )
)
def test_more_evidence_narrows_the_interval_or_is_listed_as_a_contradiction(bounds):
    found = [span(f"source{n}", first, first + length, trust) for n, (first, length, trust) in enumerate(bounds)]
    low, high = quantiles([believed(found)], (0.1, 0.9))[0]
    alone = [np.diff(quantiles([believed([source])], (0.1, 0.9))[0])[0] for source in found]
    months = slice(NOW - max(s.bounds[1] for s in found), NOW - min(s.bounds[0] for s in found) + 1)
    if contradictions(found):
        assert all(side in {source.name for source in found} for pair in contradictions(found) for side in pair.split("|"))
    elif max(s.bounds[0] for s in found) <= min(s.bounds[1] for s in found) or min(s.bounds[0] for s in found) > NOW - 15 * 12:
        # two sources that meet at an edge only leave both their months open
        assert high - low <= max(alone) + 2 * max(b[1] for b in bounds) / 12 + 0.5
    else:  # they miss each other by a month or two, at an age that hardly anything reaches: there it is likelier than before
        assert believed(found).weights[months].sum() > believed([]).weights[months].sum()


@settings(deadline=None)
@given(st.integers(OLDEST, NOW - 36), st.integers(6, 36), st.integers(0, 5), st.integers(0, 5))
def test_a_source_within_another_decides(first, length, inset, cut):
    """The wider one adds nothing where the narrower one is believed as much."""
    wide = span("sold", first, first + length, 0.95)
    assume(inset + cut < length)
    narrow = span("serial", first + inset, first + length - cut, 0.95)
    both = np.diff(quantiles([believed([wide, narrow])], (0.1, 0.9))[0])[0]
    assert both <= np.diff(quantiles([believed([wide])], (0.1, 0.9))[0])[0] + 1e-6
    assert contradictions([wide, narrow]) == []


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(evidence, st.floats(1, 15)), min_size=1, max_size=5))
def test_many_at_once_are_what_each_is_alone(them):
    together = posterior(priors([life for _, life in them]), [tuple(found) for found, _ in them], TODAY)
    shares = (0.1, 0.5, 0.9)
    for row, (belief, (found, life)) in enumerate(zip(together, them, strict=True)):
        assert np.allclose(belief.weights, believed(found, life).weights)
        assert quantiles(together, shares)[row] == pytest.approx([belief.quantile(share) for share in shares], abs=1e-9)


@settings(deadline=None)
@given(st.dates(date(1800, 1, 1), date(2200, 1, 1)), st.sampled_from(["manufactured", "installed", "first_seen"]))
def test_absurd_dates_say_nothing_and_possible_ones_stay_inside_time(make_frame_of_one, when, column):
    (found,) = ageing.evidence(make_frame_of_one({column: str(when)}), TODAY)
    if when > TODAY or month_number(when) < OLDEST:
        assert found == ()
    for source in found:
        assert source.bounds[1] <= NOW


@pytest.fixture(scope="module")
def make_frame_of_one():
    def made(values: dict) -> pd.DataFrame:
        row = {"device": "D1", "office": "X", "kind": "switch", "manufactured": None, "installed": None, "first_seen": None}
        return pd.DataFrame([row | values])

    return made
