"""Hazards from logs of repairs: known laws are found again, with intervals that mean what they say."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import risk
from analysis.ageing import MONTHS, Belief
from analysis.risk.fitting import Watched, fit
from analysis.risk.watching import Window, as_parameters, fits, window
from analysis.tables import typed
from inventory.frames.columns import FRAMES
from inventory.sentences import unpack

KNOWN = risk.shipped()
DAY = date(2026, 11, 26)


def around(age: float, spread: float, dice: np.random.Generator) -> Belief:
    """A belief of that width that holds an age anywhere in it."""
    middle = age + dice.uniform(-spread, spread)
    weights = np.zeros(MONTHS)
    weights[max(int(12 * (middle - spread)), 0) : int(12 * (middle + spread)) + 2] = 1
    return Belief(weights / weights.sum())


def watched(dice, count: int, eta: float, beta: float, since: float, spread: float) -> list[Watched]:
    """Devices of all ages, watched for so many years, each mended whenever it fails."""
    lives = []
    for _ in range(count):
        age = dice.uniform(0, 12)
        now, failures = max(age - since, 0.0), []
        while True:
            now = eta * ((now / eta) ** beta + dice.exponential()) ** (1 / beta)
            if now > age:
                break
            failures.append(age - now)
        lives.append(Watched(around(age, spread, dice), since, tuple(failures)))
    return lives


def test_intervals_hold_the_truth_in_nine_of_ten_repetitions():
    """About 40 failures each, ages known to a year or so, a truth that is not the prior's. Of 2 x 40 intervals of 90 %, 65 or
    more hold it but once in a hundred runs."""
    dice, eta, beta = np.random.default_rng(3), 6.0, 1.8
    held, estimates = 0, []
    for _ in range(40):
        found = fit(watched(dice, 60, eta, beta, 2.0, 0.7), KNOWN.hazards["pc"], KNOWN.fitting)
        assert found.enough
        held += (found.eta_low <= eta <= found.eta_high) + (found.beta_low <= beta <= found.beta_high)
        estimates.append((found.eta, found.beta))
    assert 65 <= held <= 79
    assert np.median(estimates, axis=0) == pytest.approx((eta, beta), rel=0.15)


def test_more_watching_makes_the_intervals_narrower():
    dice = np.random.default_rng(4)
    few, many = (fit(watched(dice, n, 6.0, 1.8, 2.0, 0.1), KNOWN.hazards["pc"], KNOWN.fitting) for n in (40, 400))
    assert many.eta_high - many.eta_low < 0.6 * (few.eta_high - few.eta_low)
    assert many.beta_high - many.beta_low < 0.6 * (few.beta_high - few.beta_low)


def test_too_few_failures_say_nothing():
    lives = watched(np.random.default_rng(5), 10, 100.0, 1.5, 1.0, 0.5)
    found = fit(lives, KNOWN.hazards["switch"], KNOWN.fitting)
    assert not found.enough
    assert (found.eta, found.beta) == (KNOWN.hazards["switch"].eta, KNOWN.hazards["switch"].beta)
    assert np.isnan(found.eta_low)
    assert fit([], KNOWN.hazards["switch"], KNOWN.fitting).failures == 0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(2, 20), st.floats(0.8, 3))
def test_an_estimate_is_within_its_interval_and_the_order_does_not_matter(seed, eta, beta):
    lives = watched(np.random.default_rng(seed), 30, eta, beta, 3.0, 1.0)
    found = fit(lives, KNOWN.hazards["pc"], KNOWN.fitting)
    if found.enough:
        assert found.eta_low < found.eta < found.eta_high
        assert found.beta_low < found.beta < found.beta_high
    turned = fit(lives[::-1], KNOWN.hazards["pc"], KNOWN.fitting)
    assert (turned.eta, turned.beta) == pytest.approx((found.eta, found.beta), rel=1e-3)


# From the frames --------------------------------------------------------------------------------------------------------


def exactly(years: float) -> Belief:
    weights = np.zeros(MONTHS)
    weights[round(12 * years)] = 1
    return Belief(weights)


def repairs(*rows: dict) -> pd.DataFrame:
    told = [{"day_from": row["day"], "day_to": row["day"]} | {k: v for k, v in row.items() if k != "day"} for row in rows]
    return typed(told, FRAMES["repairs"])


def log_of(offices=("X01",)) -> Window:
    return Window(date(2024, 1, 1), DAY, frozenset(offices))


def fitted(make_frame, make_device, rows, kinds=("pc",) * 3, log=None):
    devices = make_frame("devices", [make_device(n, kind=kind) for n, kind in enumerate(kinds, 1)])
    found = fits(repairs(*rows), devices, [exactly(6)] * len(kinds), as_of=DAY, parameters=KNOWN, log=log or log_of())
    return found.set_index("hazard")


def test_every_device_of_the_offices_was_watched_and_each_day_is_one_failure(make_frame, make_device):
    rows = fitted(
        make_frame,
        make_device,
        [
            {"device": "D00001", "kind": "pc", "day": "2025-03-01", "part": "disk", "action": "replaced"},
            {"device": "D00001", "kind": "pc", "day": "2025-03-01", "part": "supply", "action": "replaced"},
            {"device": "D00001", "kind": "pc", "day": "2025-09-01"},
            {"device": "D00002", "kind": "pc", "day": "2025-03-01", "action": "maintained"},
            {"device": "D00002", "kind": "pc", "day": "2025-04-01", "part": "software", "action": "repaired"},
            {"device": "D00002", "kind": "pc", "day": "2019-04-01"},  # before the log begins
            {"kind": "pc", "day": "2025-05-01"},
        ],
    )
    pc = rows.loc["pc"]
    assert (pc["devices"], pc["failures"]) == (3, 2)
    assert pc["years"] == pytest.approx(3 * (DAY - date(2024, 1, 1)).days / 365.25, rel=1e-3)
    assert rows.loc["disk", "failures"] == 1
    assert {s.key for s in unpack(pc["verdict"])} == {"detail.risk_fit_few", "detail.risk_fit_nameless"}
    assert not pc["fitted"]


def test_disks_of_which_only_the_devices_age_is_known_have_an_interval_no_wider_than_the_prior_allows(make_frame, make_device):
    """What cannot have failed yet at some ages rules these out, and does not pull the law to them."""
    dice = np.random.default_rng(8)
    rows = [
        {"device": f"D{n:05d}", "kind": "pc", "part": "disk", "day": str(DAY - timedelta(days=int(dice.integers(30, 900))))}
        for n in dice.choice(np.arange(1, 61), 15, replace=False)
    ]
    disk = fitted(make_frame, make_device, rows, kinds=("pc",) * 60).loc["disk"]
    assert disk["failures"] == 15
    assert disk["eta_low"] < disk["eta"] < disk["eta_high"] < 4 * disk["eta_low"]
    assert disk["beta_low"] < disk["beta"] < disk["beta_high"] < 5 * disk["beta_low"]


def test_offices_that_keep_no_log_are_not_taken_for_offices_where_nothing_fails(make_frame, make_device):
    row = {"device": "D00001", "kind": "pc", "day": "2025-03-01"}
    assert fitted(make_frame, make_device, [row], log=log_of(("X99",))).empty
    only = window(repairs(row | {"office": "X01"}), DAY)
    assert only == Window(date(2025, 3, 1), date(2025, 3, 31), frozenset({"X01"}))
    assert window(repairs(), DAY) is None


def test_what_was_fitted_is_read_back_as_parameters(make_frame, make_device, tmp_path):
    days = [date(2024, 2, 1) + timedelta(days=90 * n) for n in range(10)]
    rows = [{"device": f"D{1 + n % 3:05d}", "kind": "pc", "day": day.isoformat()} for n, day in enumerate(days)]
    found = fitted(make_frame, make_device, rows).reset_index()
    own = as_parameters(found, log_of())
    assert set(own) == {"pc"}
    assert "fitted to 10 repairs, 2024-01-01 to 2026-11-26" in str(own["pc"]["source"])
    (tmp_path / "risk.yaml").write_text(json.dumps({"hazards": own}), encoding="utf-8")
    assert risk.parameters(tmp_path).hazards["pc"].eta == own["pc"]["eta"]
