"""The 80 % interval holds the true age of as many simulated devices as it says: seeds that nothing was tuned on.

`benchmarks/age_calibration.py` has more seeds, by kind and by evidence.
"""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.age_calibration import judged, table
from tests.analysis.aged import district

SEEDS = (201, 202)


@pytest.fixture(scope="module")
def everything(report_folder) -> pd.DataFrame:
    found = pd.concat([judged(district(seed)) for seed in SEEDS], ignore_index=True)
    (report_folder / "ages.md").write_text("\n\n".join(table(found, by) for by in ("grade", "kind", "basis")), encoding="utf-8")
    return found


def test_four_of_five_intervals_hold_the_true_age(everything):
    assert 0.75 <= everything["held"].mean() <= 0.87


@pytest.mark.parametrize("grade", ["B", "C"])
def test_each_grade_by_itself_holds_as_many(everything, grade):
    those = everything[everything["grade"] == grade]
    assert len(those) > 150
    assert 0.75 <= those["held"].mean() <= 0.87


def test_the_best_known_ages_are_not_claimed_too_narrowly(everything):
    """Dates of one day are told as a month, so that more than four of five hold; fewer never."""
    best = everything[everything["grade"] == "A"]
    assert len(best) > 300
    assert 0.78 <= best["held"].mean() <= 0.92
    assert (best["years_high"] - best["years_low"]).max() <= 1.0


def test_grades_mean_what_they_say(everything):
    miss = (everything["years"] - everything["true_years"]).abs().groupby(everything["grade"]).median()
    assert miss["A"] < 0.35
    assert miss["A"] < miss["B"] < miss["C"] < 3


def test_honest_devices_hardly_ever_contradict_themselves(everything):
    assert (everything["contradiction"] != "").mean() < 0.02
