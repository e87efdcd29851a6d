"""A run can be made again as it was: the same numbers though the inventory has gone on; where not, what differs and why."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from inventory import ledger
from inventory.database import open_database
from inventory.deciding import Deciding
from inventory.facts import ForwardingEntry
from inventory.frames import Inventory, given
from inventory.known import last_scan
from reports import executed, records, run
from reports.problems import ReportProblem
from reports.repeating import alike, compare, repeat
from reports.run import RunResult
from tests.inventory.conftest import DAY, START, mac, observe


@dataclasses.dataclass
class Office:
    """A workspace with one switch, which tells another release and another station each day that it is scanned."""

    root: Path
    engine: Engine
    notebooks: Path

    def scan(self, day: int, devices: int = 1) -> None:
        begun = ledger.begin_scan(self.engine, START + day * DAY, [("A", f"10.0.0.{n}") for n in range(1, devices + 1)])
        for n in range(1, devices + 1):
            learnt = (ForwardingEntry(mac(1000 + day), "Gi0/1"),)
            told = {"serial": f"CN{n:08d}", "macs": [mac(n)], "os_version": f"16.{day}", "forwarding": learnt}
            ledger.record(self.engine, begun, [observe(f"10.0.0.{n}", at=START + day * DAY, **told)])
        ledger.finish(self.engine, begun, START + day * DAY + 60)

    def run(self, **values: str) -> RunResult:
        database = last_scan(self.root / "inventory.sqlite")
        options = {"out_dir": self.root / "reports", "workspace": self.root, "folder": self.notebooks, "formats": ["html"]}
        return run.run("reading-report", values, database=database, **options)

    def records(self, *results: RunResult) -> list[tuple[dict, executed.Executed]]:
        return [
            (records.find_record(self.root / "reports", result.run), executed.read(result.files["notebook"]))
            for result in results
        ]


@pytest.fixture
def office(tmp_path: Path, notebooks: Path, empty_inventory: Path) -> Office:
    shutil.copy(empty_inventory, tmp_path / "inventory.sqlite")
    return Office(tmp_path, open_database(tmp_path / "inventory.sqlite"), notebooks)


def test_it_gives_the_same_numbers_after_a_later_scan_and_a_decision(office: Office) -> None:
    office.scan(0)
    first = office.run()
    assert first.done, first.problem
    Deciding(office.engine, "Lan", "nhãn máy", START + 2 * DAY).correct(1, "serial", "CORRECTED1")
    office.scan(7, devices=2)

    second, found = repeat(office.root / "reports", first.run, workspace=office.root, folder=office.notebooks)
    assert second.done, second.problem
    assert found is not None
    # Of what a switch has learnt, the newest is kept alone: that the numbers of it differ is told, with the reason.
    assert found.parts == (("table", "learnt"),)
    assert found.frames == found.without_history == ("forwarding",)
    assert not found.notebook
    assert found.versions == {}
    record = records.find_record(office.root / "reports", second.run)
    assert record["repeats"] == first.run
    assert record["repeated"] == {"same": False, "differs": ["table learnt"]}
    assert set(second.files) == {"notebook", "html"}

    newest = office.run()
    differing = compare(*office.records(first, newest))
    assert {("opening", ""), ("key_figures", ""), ("table", "devices")} <= set(differing.parts)
    assert {"devices", "lifecycle", "forwarding"} <= set(differing.frames or ())


def test_what_was_read_is_in_the_record_of_every_process_alike(office: Office) -> None:
    office.scan(0)
    first, second = office.records(office.run(), office.run())
    assert first[0]["data"]["frames"]["devices"] == second[0]["data"]["frames"]["devices"]
    assert first[0]["data"]["frames"]["devices"]["rows"] == 1
    assert first[0]["data"]["sha256"] == second[0]["data"]["sha256"]
    assert compare(first, second).same
    here = given.digest_of(Inventory(office.root).devices())
    assert first[0]["data"]["frames"]["devices"]["sha256"] == here


def test_a_run_without_a_scan_or_without_its_notebook_is_not_compared(office: Office) -> None:
    empty = office.run()
    assert (empty.done, records.find_record(office.root / "reports", empty.run)["database"]) == (True, None)
    second, found = repeat(office.root / "reports", empty.run, workspace=office.root, folder=office.notebooks)
    assert found is not None
    assert found.same
    second.files["notebook"].write_text("{half", encoding="utf-8")
    third, found = repeat(office.root / "reports", second.run, workspace=office.root, folder=office.notebooks)
    assert (third.done, found) == (True, None)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda record: record | {"parameters": None}, "cannot be repeated"),
        (lambda record: record | {"parameters": {"colour": "red"}}, "no parameter colour"),
        (lambda record: record | {"report": "../small-report"}, "There is no report"),
        (lambda record: record | {"language": ["vi"]}, "can be written in"),
    ],
)
def test_a_record_that_cannot_be_repeated_is_refused(
    tmp_path: Path, notebooks: Path, spoil: Callable[[dict], dict], says: str
) -> None:
    (tmp_path / "r").mkdir()
    record = {"report": "small-report", "started_at": "2026-03-02T08:00:00+07:00", "status": "done", "parameters": {}}
    (tmp_path / "r" / "run.json").write_text(json.dumps(spoil(record)), encoding="utf-8")
    with pytest.raises(ReportProblem, match=says):
        repeat(tmp_path, "r", workspace=tmp_path, folder=notebooks)
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_payloads_are_alike_but_for_the_last_digits() -> None:
    assert alike({"a": [1, 0.1 + 0.2, None, "x"]}, {"a": [1, 0.3, None, "x"]})
    assert not alike({"a": [1, 0.3]}, {"a": [1, 0.31]})
    assert not alike({"a": 1}, {"a": 1, "b": 2})
    assert not alike([1, 2], [2, 1])
