"""Old runs go, the newest finished one of each thing stays, and nothing else is ever touched."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import records
from reports.retention import prune, too_many

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def record(days: int, status: str = "done", report: str = "network-state", **more: Any) -> dict[str, Any]:
    started = (NOW - timedelta(days=days)).isoformat(timespec="seconds")
    return {"report": report, "started_at": started, "status": status, "language": "vi", "parameters": {}} | more


def written(out: Path, name: str, content: dict[str, Any]) -> Path:
    (out / name).mkdir(parents=True)
    records.write_record(out / name, content)
    return out / name


def left(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


def test_by_age_and_by_number(tmp_path: Path) -> None:
    for days in (1, 5, 40, 400):
        written(tmp_path, f"a-{days}", record(days))
    written(tmp_path, "other-500", record(500, report="changes"))
    written(tmp_path, "other-language-500", record(500, language="en"))
    written(tmp_path, "failed-450", record(450, "failed"))
    assert {gone["run"] for gone in prune(tmp_path, 30, None, NOW, dry_run=True)} == {"a-40", "a-400", "failed-450"}
    assert len(left(tmp_path)) == 7
    assert {gone["run"] for gone in prune(tmp_path, 365, 2, NOW)} == {"a-40", "a-400", "failed-450"}
    assert left(tmp_path) == {"a-1", "a-5", "other-500", "other-language-500"}
    assert prune(tmp_path, None, None, NOW) == []


def test_the_newest_finished_run_stays_however_many_failed_after_it(tmp_path: Path) -> None:
    written(tmp_path, "good", record(300))
    for days in range(5):
        written(tmp_path, f"bad-{days}", record(days, "failed"))
    prune(tmp_path, 30, 2, NOW)
    assert left(tmp_path) == {"good", "bad-0", "bad-1"}


def test_a_run_that_goes_on_is_not_touched_and_a_killed_one_is(tmp_path: Path) -> None:
    home = written(tmp_path, "going", record(900, "running"))
    written(tmp_path, "newest", record(1))
    with records.alive(home):
        assert prune(tmp_path, 1, 1, NOW) == []
    assert [gone["run"] for gone in prune(tmp_path, 1, 1, NOW)] == ["going"]


def test_nothing_but_runs_is_removed_and_links_are_not_followed(tmp_path: Path) -> None:
    out, treasure = tmp_path / "reports", tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "run.json").write_text(json.dumps(record(999)), encoding="utf-8")
    (treasure / "kept").write_text("x", encoding="utf-8")
    out.mkdir()
    (out / "link").symlink_to(treasure)
    (out / "notes").mkdir()
    (out / "broken").mkdir()
    (out / "broken" / "run.json").write_text("{", encoding="utf-8")
    old = written(out, "old", record(999, files={"html": "../../treasure/kept"}, folder="../treasure"))
    (old / "inside").symlink_to(treasure)
    written(out, "new", record(1))
    assert [gone["run"] for gone in prune(out, 1, 1, NOW)] == ["old"]
    assert left(out) == {"link", "notes", "broken", "new"}
    assert left(treasure) == {"run.json", "kept"}


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(records.STATUSES), st.sampled_from(["a", "b"])), max_size=12),
    st.none() | st.integers(1, 30),
    st.none() | st.integers(1, 4),
)
def test_of_each_thing_the_newest_finished_run_and_what_goes_on_are_kept(
    runs: list[tuple[int, str, str]], keep_days: int | None, keep_runs: int | None
) -> None:
    told = [record(days, status, name) | {"run": number} for number, (days, status, name) in enumerate(sorted(runs))]
    gone = {lost["run"] for lost in too_many(told, keep_days, keep_runs, NOW)}
    for name in ("a", "b"):
        done = [one["run"] for one in told if one["report"] == name and one["status"] == "done"]
        assert not done or done[0] not in gone
    assert not gone & {one["run"] for one in told if one["status"] == "running"}
    if keep_days is keep_runs is None:
        assert not gone


@pytest.mark.parametrize("keep_runs", [1, 3])
def test_pruning_twice_removes_nothing_more(tmp_path: Path, keep_runs: int) -> None:
    for days in range(6):
        written(tmp_path, f"run-{days}", record(days, "done" if days % 2 else "timed_out"))
    assert prune(tmp_path, None, keep_runs, NOW)
    assert prune(tmp_path, None, keep_runs, NOW) == []
