"""How well matching does on generated registers, on seeds that nothing was tuned on: the figures that a person relies on.

`benchmarks/register_matching.py` has them over many seeds; over few they scatter by a point or two, and less is asked here.
Judged apart from reading and scanning: lines are perfectly read, things are what a perfect scan knows (`district`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from inventory.registers.matching import Asset, Ground, Thing, match
from inventory.registers.records import Bucket
from simulator.district import load
from simulator.registers import write
from tests.inventory.registers import district, scoring


@cache
def _district():
    return load()


@cache  # nobody changes what it holds
def books_of(seed: int, serials: float) -> tuple[dict[str, Any], list[Asset], list[Thing], Ground]:
    whole = _district()
    network = whole.at(whole.today)
    with TemporaryDirectory() as folder:
        truth = scoring.load(write(network, Path(folder), seed=seed, usable_serials=serials))
    return truth, district.assets(truth), district.things(network), district.ground(network, whole.offices)


def recall_of_what_can_be_told(truth: Mapping[str, Any], score: scoring.Score) -> float:
    """Of the devices that the books and the wire tell apart from all others: how many are found, this very one."""
    wanted = {
        unit["thing"]
        for line in truth["lines"]
        for unit in line["units"]
        if unit["bucket"] == "matched" and unit["seen_as"] == "device" and (unit["pinned"] or not unit["interchangeable"])
    }
    return len(wanted & {judged.thing for judged in score.judged if judged.right}) / len(wanted)


SEEDS = (101, 102, 105, 106)


@pytest.fixture(scope="module")
def scores(report_folder) -> dict[tuple[int, float], tuple[scoring.Score, float]]:
    """(seed, share of serial numbers) -> figures, recall of what can be told."""
    found = {}
    for seed, serials in [*((seed, 0.3) for seed in SEEDS), (103, 0.1), (104, 0.6)]:
        truth, books, there, ground = books_of(seed, serials)
        score = scoring.score(truth, district.rows(match(books, there, ground), books, there))
        told = recall_of_what_can_be_told(truth, score)
        with (report_folder / "matching.md").open("a", encoding="utf-8") as file:
            file.write(f"seed {seed}, {serials:.0%} of serials; recall of what can be told {told:.1%}\n\n{score.markdown()}\n")
        found[seed, serials] = score, told
    return found


def _together(shares: Iterable[scoring.Share]) -> float:
    those = list(shares)
    return sum(share.right for share in those) / sum(share.of for share in those)


def test_with_three_serial_numbers_in_ten(scores):
    figures = [scores[seed, 0.3][0] for seed in SEEDS]
    assert _together(score.precision for score in figures) >= 0.97, [score.wrong() for score in figures]
    assert _together(score.recall for score in figures) >= 0.88
    assert max(score.calibration_points for score in figures) <= 5.0


@pytest.mark.parametrize(("seed", "serials"), [(101, 0.3), (102, 0.3), (103, 0.1), (104, 0.6)])
def test_whatever_registers_tell(scores, seed, serials):
    score, told = scores[seed, serials]
    assert float(score.precision) >= 0.96, score.wrong()
    assert told >= 0.9
    assert float(score.recall_pinned) >= 0.98
    assert score.calibration_points <= 5.0


def test_what_is_there_is_hardly_ever_called_missing():
    """A planner who reads "not seen" must not order what stands in a room."""
    truth, books, there, ground = books_of(105, 0.3)
    missing = [m for m in match(books, there, ground) if m.bucket == Bucket.NOT_SEEN]
    units = [truth["lines"][m.asset - 1]["units"] for m in missing]
    seen = sum(all(unit["bucket"] == "matched" for unit in those) for those in units)
    assert seen <= 0.15 * len(missing)


def test_a_half_that_nobody_scanned_is_not_missing():
    truth, books, there, ground = books_of(106, 0.3)
    asked = set(sorted(code for code, office in ground.offices.items() if office.asked)[::2])
    offices = {code: o if code in asked else replace(o, asked=None, share=0.0) for code, o in ground.offices.items()}
    there = [thing for thing in there if thing.office in asked]
    matches = match(books, there, Ground(offices, ground.today))
    score = scoring.score(truth, district.rows(matches, books, there))
    assert float(score.precision) >= 0.94
    homes = {asset.id: asset.line.office for asset in books}
    unasked = [m for m in matches if m.asset and homes[m.asset] in offices and not offices[homes[m.asset]].asked]
    unasked = [m for m in unasked if not offices[homes[m.asset]].ended]
    assert unasked
    assert not [m for m in unasked if m.bucket == Bucket.NOT_SEEN]
