"""What is run when, and who is told what: decided from records alone."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.schedule import calendar, due
from reports.schedule.entries import Entry, Schedule
from reports.schedule.records import Records

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
FAILURES, DOCUMENTS = ("phong-cntt@example.vn",), ("lanh-dao@example.vn",)


def entry(name: str, kind: str, when: str = "daily 02:30") -> Entry:
    return Entry(name, 1, kind, calendar.parse(when), when)


def schedule(*entries: Entry) -> Schedule:
    return Schedule("UTC", UTC, {one.name: one for one in entries})


class Told:
    """Records as they come, each with the mails that are decided on; newest first as `Records.all` gives them."""

    def __init__(self) -> None:
        self.records: list[dict] = []
        self.number = itertools.count(1)

    def ends(self, status: str, planned: datetime | None, entry: str = "a", sentence: str = "x", documents=()) -> list[str]:
        number = next(self.number)
        started = (NOW + timedelta(minutes=number)).isoformat()
        record = {
            "id": f"{number:04}-{entry}",
            "entry": entry,
            "planned_at": planned.isoformat() if planned else None,
            "started_at": started,
            "status": status,
            "sentence": {"en": sentence},
        }
        record["mail"] = due.letters(record, self.records, FAILURES, documents)
        self.records.insert(0, record)
        return [letter["kind"] for letter in record["mail"]]

    def in_a_row(self) -> int:
        return due.in_a_row(self.records, self.records[0])


MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (NOW + timedelta(days=n) for n in range(4))


def test_a_failure_is_told_once_for_each_planned_time_and_its_end_once():
    told = Told()
    assert told.ends("failed", MONDAY) == ["failure"]
    assert told.ends("timed_out", MONDAY) == [], "tried again by hand"
    assert told.in_a_row() == 1
    assert told.ends("killed", TUESDAY) == ["failure"]
    assert told.in_a_row() == 2
    assert told.ends("busy", TUESDAY) == []
    assert told.ends("failed", WEDNESDAY) == ["failure"]
    assert told.in_a_row() == 3
    assert told.ends("done", WEDNESDAY) == ["works_again"]
    assert told.ends("done", THURSDAY) == []
    assert told.ends("failed", THURSDAY) == ["failure"]
    assert told.in_a_row() == 1


def test_one_entry_is_not_told_with_another():
    told = Told()
    assert told.ends("failed", MONDAY, "a") == ["failure"]
    assert told.ends("failed", MONDAY, "b") == ["failure"]
    assert told.ends("done", TUESDAY, "a") == ["works_again"]
    assert told.ends("done", TUESDAY, "c") == []


def test_documents_go_to_those_who_want_them_whenever_they_are_made():
    told = Told()
    assert told.ends("done", MONDAY, documents=DOCUMENTS) == ["documents"]
    assert told.records[0]["mail"][0]["to"] == list(DOCUMENTS)
    assert told.ends("failed", TUESDAY, documents=DOCUMENTS) == ["failure"]
    assert told.ends("done", TUESDAY, documents=DOCUMENTS) == ["documents", "works_again"]


def test_a_mistake_in_the_file_is_told_once_a_day_and_another_mistake_too():
    told = Told()
    assert told.ends("refused", None, "", "line 3") == ["failure"]
    assert told.ends("refused", None, "", "line 3") == []
    assert told.ends("refused", None, "", "line 4") == ["failure"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["done", "failed", "killed", "timed_out", "busy"]), st.integers(0, 2)), max_size=25))
def test_whatever_happens_each_failed_time_has_one_mail_and_each_recovery_one(events):
    told, day, mails = Told(), 0, []
    for status, step in events:
        day += step
        mails += [(kind, day) for kind in told.ends(status, NOW + timedelta(days=day))]
    failed = {r["planned_at"] for r in told.records if r["status"] in ("failed", "killed", "timed_out")}
    assert sorted(NOW + timedelta(days=at) for kind, at in mails if kind == "failure") == sorted(
        map(datetime.fromisoformat, failed)
    )
    ends = [r["status"] != "done" for r in reversed(told.records) if r["status"] != "busy"]
    recoveries = sum(before and not after for before, after in itertools.pairwise(ends))
    assert sum(kind == "works_again" for kind, _ in mails) <= recoveries


def test_scans_come_before_reports_and_what_was_begun_is_not_due():
    plan = schedule(entry("r", "report", "hourly"), entry("p", "probe"), entry("s", "scan"), entry("t", "scan", "daily 13:00"))
    since = NOW - timedelta(days=3)
    found = due.missed(plan, [], NOW, lambda _: since)
    assert [one.entry.name for one in found] == ["t", "s", "p", "r"]
    assert [one.planned.hour for one in found] == [13, 2, 2, 12]
    begun = {"entry": "s", "status": "killed", "planned_at": found[1].planned.isoformat()}
    busy = {"entry": "p", "status": "busy", "planned_at": found[2].planned.isoformat()}
    assert [one.entry.name for one in due.missed(plan, [begun, busy], NOW, lambda _: since)] == ["t", "p", "r"]
    assert due.missed(plan, [], NOW, lambda _: NOW) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"id": "x"}',
        '{"id": "20260101T000000-x", "started_at": 3}',
        "\xff\x00",
        "[" * 9000,
        json.dumps(
            dict.fromkeys(("entry", "run", "status"), "x") | {"id": "20260101T000000-x", "started_at": "2026-01-01", "mail": []}
        ),
    ],
)
def test_a_broken_record_is_left_out_and_the_rest_goes_on(tmp_path, content):
    records = Records(tmp_path)
    good = records.begun("quet", "scan", None, NOW, "")
    (tmp_path / "schedule" / "records" / "20260101T000000-x.json").write_text(content, encoding="latin-1")
    (tmp_path / "schedule" / "known.json").write_text(content, encoding="latin-1")
    assert records.all() == [good]
    assert records.known_since("quet", "daily", NOW) == NOW
    assert records.known_since("quet", "daily", NOW + timedelta(days=1)) == NOW
    assert records.known_since("quet", "weekly", NOW + timedelta(days=1)) == NOW + timedelta(days=1)
