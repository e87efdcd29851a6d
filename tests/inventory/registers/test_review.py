"""What a person is asked after a matching: the likeliest first, nothing that is sure or decided."""

from __future__ import annotations

import pandas as pd
import pytest

from inventory import sentences
from inventory.registers import review
from inventory.registers.matches import remember
from inventory.registers.records import Bucket, Match
from tests.inventory.conftest import DAY, START

REASON = sentences.pack("match.model", model="X")


@pytest.fixture
def frames(scan, observe, mac, keep, line, engine, inventory):
    devices = [
        observe(f"10.0.0.{n}", serial=f"CN{n}", name=f"PC-{n}", kind="pc", vendor="HP", model="ProDesk") for n in range(1, 6)
    ]
    scan(0, *devices)
    keep(*(line(n, code=f"T{n}", quantity=2 if n == 8 else 1) for n in range(6, 11)))
    found = [
        Match(Bucket.MATCHED, 0.97, REASON, 1, 1, device=1),  # sure
        Match(Bucket.MATCHED, 0.55, REASON, 2, 1, device=2, others=(5,)),
        Match(Bucket.MATCHED, 0.72, REASON, 3, 2, device=3),
        Match(Bucket.NOT_SEEN, 0.6, REASON, 3, 1, others=(4, 5)),
        Match(Bucket.NOT_SEEN, 0.9, REASON, 4, 1),  # nothing that it could be
        Match(Bucket.MATCHED, 0.5, REASON, 5, 1, device=4, decided=True),
        Match(Bucket.NOT_ON_BOOKS, 0.8, REASON, device=5),
        Match(Bucket.NOT_ON_BOOKS, 0.8, REASON, mac="d8:cb:8a:00:00:01"),
    ]
    remember(engine, found, START + DAY)
    return inventory


def test_the_likeliest_comes_first_and_what_is_sure_or_decided_does_not_come(frames):
    found = review.questions(frames.matches(), frames.assets())
    assert [(one.name, one.thing, round(one.confidence, 2)) for one in found] == [
        ("A00003/2", "D00003", 0.72),
        ("A00002", "D00002", 0.55),
        ("A00003/1", "D00004", 0.4),
    ]
    assert found[2].others == ("D00005",)
    assert found[0].reason == REASON


def test_both_sides_stand_side_by_side(frames):
    question = review.questions(frames.matches(), frames.assets())[1]
    network = review.on_the_network(frames.devices(), frames.endpoints())
    table = review.side_by_side(question, [question.thing, "D00005"], frames.assets(), network)
    assert list(table.columns) == ["line", "D00002", "D00005"]
    assert list(table.loc["serial"].fillna("")) == ["", "CN2", "CN5"]
    assert table.loc["address", "D00002"] == "10.0.0.2"
    assert table.loc["name", "line"] == "Máy vi tính để bàn"
    assert "note" not in table.index


def test_another_device_can_be_chosen_among_those_on_no_books(frames):
    question = review.questions(frames.matches(), frames.assets())[1]
    network = review.on_the_network(frames.devices(), frames.endpoints())
    assert review.candidates(question, frames.matches(), network) == ["D00005", "d8:cb:8a:00:00:01"]


def test_nothing_matched_yet_is_no_question(inventory):
    assert review.questions(inventory.matches(), inventory.assets()) == []
    assert isinstance(review.on_the_network(inventory.devices(), inventory.endpoints()), pd.DataFrame)
