"""What happened in a period: single changes of one event are told as one, and a first look is not news."""

from __future__ import annotations

import pandas as pd

from analysis import happenings
from analysis.tables import typed
from inventory.frames.columns import FRAMES

MAY, JUNE, JULY = (pd.Timestamp(2026, month, 1, tz="UTC") for month in (5, 6, 7))


def _changes(*rows: dict[str, object]) -> pd.DataFrame:
    return typed(({"at": MAY, "office": "a", "subject": "device", "cause": "network"} | row for row in rows), FRAMES["changes"])


def _devices(*rows: dict[str, object]) -> pd.DataFrame:
    return typed(({"office": "a", "state": "present"} | row for row in rows), FRAMES["devices"])


def _what(changes: pd.DataFrame, devices: pd.DataFrame) -> list[tuple[str, str]]:
    found = happenings.happenings(changes, devices)
    return list(zip(found["what"], found["device"], strict=True))


def test_one_falls_silent_and_another_answers_at_its_place():
    changes = _changes(
        {"device": "D1", "change": "unseen"},
        {"device": "D2", "change": "appeared"},
        {"device": "D2", "change": "readdressed", "field": "address", "before": "10.0.0.5", "after": "10.0.0.9", "at": JUNE},
    )
    devices = _devices(
        {"device": "D1", "address": "10.0.0.5", "state": "silent", "kind": "printer"}, {"device": "D2", "address": "10.0.0.9"}
    )
    found = happenings.happenings(changes, devices)
    assert list(zip(found["what"], found["device"], strict=True)) == [("replaced", "D2"), ("address", "D2")]
    assert found["other"][0] == "D1"


def test_another_kind_at_the_place_is_no_replacement():
    changes = _changes({"device": "D1", "change": "unseen"}, {"device": "D2", "change": "appeared"})
    devices = _devices(
        {"device": "D1", "address": "10.0.0.5", "state": "silent", "kind": "printer"},
        {"device": "D2", "address": "10.0.0.5", "kind": "switch"},
    )
    assert set(_what(changes, devices)) == {("lost", "D1"), ("new", "D2")}


def test_what_came_back_is_not_lost_and_what_comes_and_goes_wants_a_look():
    changes = _changes(
        {"device": "D1", "change": "unseen"},
        {"device": "D1", "change": "returned", "at": JUNE},
        {"device": "D2", "change": "unseen"},
        {"device": "D2", "change": "returned"},
        {"device": "D2", "change": "returned", "at": JUNE},
        {"device": "D2", "change": "unseen", "at": JULY},
    )
    devices = _devices({"device": "D1"}, {"device": "D2", "state": "silent", "kind": "switch"})
    found = happenings.happenings(changes, devices)
    assert found["what"].value_counts().to_dict() == {"back": 3, "lost": 1}
    look = happenings.look(found, devices, typed([], FRAMES["conflicts"]), None)
    assert list(zip(look["why"], look["severity"], look["device"], strict=True)) == [
        ("lost", "high", "D2"),
        ("unsteady", "medium", "D2"),
    ]


def test_what_was_looked_at_for_the_first_time_stays_apart():
    changes = _changes({"device": "D1", "change": "appeared", "cause": "coverage"})
    found = happenings.happenings(changes, _devices({"device": "D1"}))
    assert found["what"].tolist() == ["first_looked"]
    assert happenings.by_office(found).empty
    assert happenings.look(found, _devices({"device": "D1"}), typed([], FRAMES["conflicts"]), None).empty


def test_fields_are_told_as_people_ask_for_them():
    def changed(field: str, before: str, after: str, subject: str = "device") -> dict[str, object]:
        return {"device": "D1", "change": "changed", "subject": subject, "field": field, "before": before, "after": after}

    changes = _changes(
        changed("os_version", "15.0(2)SE8", "15.0(2)SE11"), changed("os_version", "7.10", "7.9.2"), changed("serial", "A", "B"),
        changed("serial", "A", "B", "component"), changed("sys_name", "a", "b"), changed("sys_location", "a", "b"),
        changed("oper_up", "yes", "no", "interface"), changed("alias", "a", "b", "interface"),
    )  # fmt: skip
    found = happenings.happenings(changes, _devices({"device": "D1"}))
    assert found["what"].value_counts().to_dict() == {
        "upgraded": 1, "downgraded": 1, "identity": 1, "part": 1, "renamed": 1, "setting": 2, "port": 1,
    }  # fmt: skip
    assert set(found["what"]) <= set(happenings.KINDS)


def test_only_contradictions_of_the_period_that_are_open_want_a_look():
    conflicts = typed(
        [
            {"device": "D1", "office": "a", "since": MAY, "state": "open", "explanation": "x"},
            {"device": "D2", "office": "a", "since": JULY, "state": "confirmed", "explanation": "x"},
            {"device": "D3", "office": "a", "since": JULY, "state": "open", "explanation": "x"},
        ],
        FRAMES["conflicts"],
    )
    nothing = happenings.happenings(_changes(), _devices())
    assert happenings.look(nothing, _devices(), conflicts, JUNE)["device"].tolist() == ["D3"]
    assert happenings.by_kind(nothing).empty
    assert happenings.by_scan(nothing).empty
