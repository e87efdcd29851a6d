"""The scorer against answers whose figures are known."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from simulator.district import load
from simulator.registers import write
from tests.inventory.registers import scoring


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    district = load()
    return scoring.load(write(district.at(district.today), tmp_path_factory.mktemp("registers"), seed=2))


def perfect(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """What somebody who knew everything would answer."""
    return [
        {"file": line["file"], "sheet": line["sheet"], "row": line["row"], "bucket": unit["bucket"], "confidence": 1.0,
         "address": unit["address"] if unit["bucket"] == "matched" else None, "mac": None, "unit": unit["unit"]}
        for line in truth["lines"] for unit in line["units"]
    ]  # fmt: skip


def test_who_knows_everything_is_right_everywhere(truth: dict[str, Any]) -> None:
    score = scoring.score(truth, perfect(truth))
    assert {
        float(s) for s in (score.precision, score.precision_strict, score.recall, score.recall_strict, score.bucket_accuracy)
    } == {1.0}
    assert score.calibration_points == score.calibration_strict_points == 0
    assert (score.lines_missing, score.rows_elsewhere, score.wrong()) == (0, 0, [])
    assert "| matched precision |" in score.markdown()


def test_a_wrong_device_costs_precision_and_recall(truth: dict[str, Any]) -> None:
    rows = perfect(truth)
    pinned = [
        (line_, u)
        for line_ in truth["lines"]
        for u in line_["units"]
        if u["pinned"] and u["seen_as"] == "device" and len(line_["units"]) == 1
    ]
    (line, unit), (_, other) = pinned[0], pinned[1]
    for row in rows:
        if (row["file"], row["sheet"], row["row"]) == (line["file"], line["sheet"], line["row"]):
            row["address"] = other["address"]
    score = scoring.score(truth, rows)
    assert score.precision.right == score.precision.of - 1
    assert score.recall.right == score.recall.of - 1
    assert [j.wanted for j in score.wrong()] == [unit["thing"]]


def test_what_nobody_could_tell_is_right_but_not_strictly(truth: dict[str, Any]) -> None:
    line, unit = next(
        (line_, u) for line_ in truth["lines"] for u in line_["units"]
        if u["bucket"] == "matched" and len(line_["units"]) == 1 and u["interchangeable"]
    )  # fmt: skip
    places = {u["thing"]: u for line_ in truth["lines"] for u in line_["units"] if u["thing"]} | {
        r["thing"]: r for r in truth["not_on_books"]
    }
    rows = perfect(truth)
    for row in rows:
        if (row["file"], row["sheet"], row["row"]) == (line["file"], line["sheet"], line["row"]):
            row["address"] = places[unit["interchangeable"][0]]["address"]
    score = scoring.score(truth, rows)
    assert float(score.precision) == 1.0
    assert score.precision_strict.right == score.precision_strict.of - 1


def test_buckets_and_missing_lines_are_counted(truth: dict[str, Any]) -> None:
    rows = [row | {"bucket": "not_seen", "address": None} for row in perfect(truth)][5:]
    score = scoring.score(truth, rows)
    assert score.precision.of == 0
    assert score.recall.right == 0
    assert score.buckets["matched", "not_seen"] > 300
    assert float(score.bucket_accuracy) < 0.5
    assert scoring.score(truth, []).lines_missing == len(truth["lines"])


def test_rows_of_a_duplicate_are_those_of_its_line(truth: dict[str, Any]) -> None:
    twin = next(o for o in truth["others"] if o["what"] == "duplicate")
    rows = copy.deepcopy(perfect(truth))
    for row in rows:
        if (row["file"], row["sheet"], row["row"]) == (twin["file"], twin["sheet"], twin["of"]):
            row["row"] = twin["row"]
    score = scoring.score(truth, rows)
    assert (score.lines_missing, score.rows_elsewhere) == (0, 0)


def test_calibration_in_points() -> None:
    honest = [(0.9, n % 10 != 0) for n in range(100)] + [(0.5, n % 2 == 0) for n in range(100)]
    assert scoring.calibration(honest)[0] == pytest.approx(0)
    boastful = [(1.0, n % 4 != 0) for n in range(100)]
    assert scoring.calibration(boastful)[0] == pytest.approx(25)


def test_the_level_does_not_depend_on_folders(truth: dict[str, Any]) -> None:
    rows = [row | {"file": str(Path("/somewhere") / row["file"])} for row in perfect(truth)]
    assert scoring.score(truth, rows).lines_missing == 0
