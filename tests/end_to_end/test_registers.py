"""The registers of a district against its network: imported, matched, decided on; what was decided outlives what comes after."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from inventory.frames import Inventory
from kiemke import demo as demonstration
from kiemke import scanning
from kiemke.targets import of_offices
from simulator.district import load
from simulator.registers import write
from simulator.serve import serve
from tests.end_to_end.running import free_port, kiemke
from tests.end_to_end.test_months import quiet
from tests.inventory.registers import scoring


@dataclass
class Life:
    """A workspace through two scans, two imports and three matchings."""

    home: Path
    truth: dict
    imported: list
    rows: list[dict]  # `kiemke register match --format json`, the first time
    matched_in_words: str
    assets: list
    decided: dict
    matches: list


def matches(home):
    done = kiemke("register", "match", "--format", "json", cwd=home)
    assert done.status == 0, done.err
    return json.loads(done.out)


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    district = load()
    folder = tmp_path_factory.mktemp("registers")
    ports = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    workspace = demonstration.prepare(folder / "demo", district, *ports)
    home = workspace.root
    days = district.today, district.today + timedelta(days=30)
    truth = write(district.at(days[0]), folder / "so", seed=7)
    files = sorted(path for path in truth.parent.iterdir() if path.suffix in (".xlsx", ".csv"))
    found = Life(home, scoring.load(truth), [], [], "", [], {}, [])

    def scan(day):
        scanning.scan(
            workspace,
            of_offices(workspace.offices(), day),
            clock=demonstration.clock(day),
            progress=quiet,
            told=lambda _: None,
        )

    with serve(district.at(days[0]), snmp_port=ports[0], ssh_port=ports[1]) as running:
        scan(days[0])
        found.imported.append(kiemke("register", "import", *files, "--yes", cwd=home))
        found.assets.append(Inventory(home).assets())
        found.rows = matches(home)
        found.matched_in_words = kiemke("register", "match", cwd=home).out
        found.matches.append(Inventory(home).matches())
        found.decided = decide(found)
        running.move_to(district.at(days[1]))
        scan(days[1])
        found.imported.append(kiemke("register", "import", *reversed(files), "--yes", cwd=home))
        found.assets.append(Inventory(home).assets())
        matches(home)
        found.matches.append(Inventory(home).matches())
    return found


def decide(life):
    """Two rulings that the matching would not make: a line is another device, and a line is not the surest one."""
    rows = [row for row in life.rows if row["device"] and row["asset"]]
    free = next(row["device"] for row in life.rows if row["bucket"] == "not_on_books" and row["device"])
    doubtful = min(rows, key=lambda row: (row["confidence"], row["asset"]))
    sure = max((row for row in rows if row["asset"] != doubtful["asset"]), key=lambda row: (row["confidence"], row["asset"]))
    name = f"{doubtful['asset']}/{doubtful['unit']}"
    why = ("--author", "Trần Thị Hoa", "--reason", "đã xem tem nhãn")
    for arguments in (("match", name, free), ("unmatch", f"{sure['asset']}/{sure['unit']}", sure["device"])):
        done = kiemke("decide", *arguments, *why, cwd=life.home)
        assert done.status == 0, done.err
    return {"is": (doubtful["asset"], doubtful["unit"], free), "is not": (sure["asset"], sure["unit"], sure["device"])}


def test_every_file_is_imported_and_again_changes_nothing(life):
    first, again = life.imported
    assert first.status in (0, 1), first.err
    assert first.err.count("Imported ") == len(life.truth["files"])
    assert again.err.count("nothing has changed since") == len(life.truth["files"]), again.err
    assert life.assets[0].drop(columns="last_imported").equals(life.assets[1].drop(columns="last_imported"))


def test_what_is_matched_is_right(life):
    score = scoring.score(life.truth, life.rows)
    print(score.markdown())
    assert float(score.precision) >= 0.97
    assert float(score.recall_pinned) >= 0.95  # things of which a line tells something that only they show


def test_every_row_says_why_in_words(life):
    assert life.rows
    for row in life.rows:
        assert row["reason"], row
        assert not row["reason"].startswith("["), row


def test_the_summary_counts_every_unit_by_office(life):
    assert "matched" in life.matched_in_words
    assert "Thái Hòa commune" in life.matched_in_words


def test_what_a_person_decided_outlives_a_scan_an_import_and_a_matching(life):
    after = life.matches[1]
    asset, unit, device = life.decided["is"]
    row = after[(after["asset"] == asset) & (after["unit"] == unit)].iloc[0]
    assert (row["device"], row["bucket"], bool(row["decided"])) == (device, "matched", True)
    asset, unit, device = life.decided["is not"]
    assert after[(after["asset"] == asset) & (after["device"] == device)].empty


def test_a_device_is_matched_once(life):
    for found in life.matches:
        taken = found[(found["bucket"] == "matched") & found["device"].notna()]
        assert taken.groupby("device").size().max() <= 4  # a stack of switches is several boxes


def test_the_frames_of_one_office_are_its_rows(life):
    for frame in ("assets", "matches"):
        done = kiemke("show", frame, "--office", "thai-hoa", "--format", "json", cwd=life.home)
        assert done.status == 0, done.err
        offices = {row["office"] for row in json.loads(done.out)}
        assert "thai-hoa" in offices
        assert "tt-lap-thach" not in offices
