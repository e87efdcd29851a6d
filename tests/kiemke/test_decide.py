"""`kiemke decide` and `kiemke changes`: what somebody sees who has to say what is what, and who asks what happened."""

from __future__ import annotations

import datetime

import pytest

from inventory import ledger, offices
from kiemke.workspace import create
from tests.end_to_end.running import kiemke
from tests.inventory.conftest import DAY, START, mac, observe

OFFICES = """
offices:
  - code: A
    name_vi: Xã Thái Hòa
    name_en: Thái Hòa commune
    networks: [{network: 10.0.0.0/28}]
  - code: B
    name_vi: Xã Xuân Hòa
    name_en: Xuân Hòa commune
    networks: [{network: 10.1.0.0/28}]
"""


@pytest.fixture
def workspace(tmp_path):
    """Office A scanned twice: a switch, then also what had been silent; then office B for the first time."""
    made = create(tmp_path / "w", {"offices.yaml": OFFICES})
    engine = made.engine()
    offices.write(engine, made.offices(), START)

    def scan(day, *observations, office="A"):
        at = START + day * DAY
        net = "10.0.0" if office == "A" else "10.1.0"
        targets = [(office, f"{net}.{n}") for n in range(1, 15)]
        opened = ledger.begin_scan(engine, at, targets)
        asked = (ledger.TargetOutcome(office, address, "snmp", ledger.Outcome.SILENT) for office, address in targets)
        ledger.record_outcomes(engine, opened, asked)
        ledger.record(engine, opened, observations)
        ledger.finish(engine, opened, at + 60)

    switch = observe("10.0.0.1", serial="CN11AAA111", macs=[mac(1)], name="sw-1")
    scan(0, switch)
    scan(7, switch, observe("10.0.0.2", serial="CN11AAA111", macs=[mac(2)], name="sw-2"))
    scan(8, observe("10.1.0.3", office="B", serial="CN33CCC333", macs=[mac(3)], name="sw-3"), office="B")
    engine.dispose()
    return made.root


def test_a_merge_is_told_shown_explained_and_taken_back(workspace):
    run = kiemke("decide", "merge", "D00002", "D00001", "--author", "Trần Thị B", "-r", "cùng một máy", "-w", workspace)
    assert (run.status, run.out) == (0, "Decision 1: merged.\n")
    assert "D00002" not in kiemke("show", "devices", "-w", workspace, "--format", "csv").out
    rows = kiemke("show", "decisions", "-w", workspace, "--format", "csv").out
    assert "Trần Thị B,merge,D00002,D00001" in rows
    story = kiemke("decide", "why", "D00001", "-w", workspace).out
    assert "Trần Thị B: cùng một máy" in story
    assert "merged by a person" in story
    assert kiemke("decide", "undo", "1", "-r", "nhầm", "-w", workspace).status == 0
    assert "D00002" in kiemke("show", "devices", "-w", workspace, "--format", "csv").out


def test_conflicts_are_shown_in_words_and_confirmed(workspace):
    rows = kiemke("show", "conflicts", "-w", workspace, "--format", "csv").out
    assert "D00002 has the same serial number CN11AAA111: one of them is a copy" in rows
    assert kiemke("decide", "confirm", "D00001", "-r", "hai máy khác nhau", "-w", workspace).status == 0
    rows = kiemke("show", "conflicts", "-w", workspace, "--format", "csv").out
    assert "confirmed" in rows
    assert "open" in rows


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("merge", "D00009", "D00001", "-r", "x"), "There is no device “D00009”"),
        (("merge", "máy 1", "D00001", "-r", "x"), "There is no device “máy 1”"),
        (("split", "D00001", "--address", "10.0.0.1", "--since", "1/1/2026", "-r", "x"), "Name one of the two"),
        (("match", "A00001", "sw-1", "-r", "x"), "“sw-1” is neither a device"),
        (("correct", "D00001", "model", "X", "-r", " "), "A decision needs a reason"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_status_2(workspace, arguments, sentence):
    run = kiemke("decide", *arguments, "-w", workspace)
    assert (run.status, run.out) == (2, "")
    assert sentence in run.err
    assert run.err.count("\n") == 1


def test_changes_tell_news_from_what_was_looked_at_for_the_first_time(workspace):
    since = datetime.datetime.fromtimestamp(START + 3 * DAY, datetime.UTC).strftime("%d/%m/%Y")
    out = kiemke("changes", "--since", since, "-w", workspace).out
    real, _, covered = out.partition("Looked at for the first time (1)")
    assert "Offices scanned: 2 of 2." in out
    assert "Changed (1)" in real
    assert "sw-2" in real
    assert "sw-3" not in real
    assert "sw-3" in covered
    last = kiemke("changes", "-w", workspace).out
    assert "Offices scanned: 1 of 2; not scanned, so nothing is known of changes there: Thái Hòa commune." in last
    assert "sw-2" not in last
    none = kiemke("changes", "--since", "1/1/2035", "-w", workspace).out
    assert "nothing can be said" in none


def test_the_frame_of_changes_names_the_cause(workspace):
    rows = kiemke("changes", "--since", "1/1/2020", "--format", "csv", "-w", workspace).out.splitlines()
    assert [row.rsplit(",", 1)[1] for row in rows] == ["cause", "coverage", "network", "coverage"]
