"""What is to be run now, and whom a run's end is told: decided from the schedule and the records alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.schedule.entries import PROBE, REPORT, SCAN, Entry, Schedule
from reports.schedule.letters import DOCUMENTS, FAILURE, WORKS_AGAIN
from reports.schedule.records import BUSY, DONE, RUNNING, Record, bad

_ORDER = (SCAN, PROBE, REPORT)  # a report is to rest on what was scanned before it


@dataclass(frozen=True, slots=True)
class Due:
    entry: Entry
    planned: datetime


def missed(schedule: Schedule, records: Sequence[Record], now: datetime, known_since: Callable[[Entry], datetime]) -> list[Due]:
    """The entries whose time has come since they were last begun, each once however often it came; scans first.

    `known_since` says since when an entry stands in the schedule: what came before was not missed.
    """
    found = []
    for entry in schedule.entries.values():
        since = known_since(entry)
        planned = schedule.planned(entry, now)
        begun = [r["planned_at"] for r in records if r["entry"] == entry.name and r["status"] != BUSY and r["planned_at"]]
        last = max((datetime.fromisoformat(at) for at in begun), default=since)
        if planned is not None and planned > max(since, last):
            found.append(Due(entry, planned))
    return sorted(found, key=lambda due: (_ORDER.index(due.entry.kind), due.planned, due.entry.name))


def ended(records: Sequence[Record], entry: str, before: Record | None = None) -> list[Record]:
    """The entry's records that tell how something ended, newest first; those before a record, where one is given."""
    told = [r for r in records if r["entry"] == entry and r["status"] not in (RUNNING, BUSY)]
    if before is None:
        return told
    at = (before["started_at"], before["id"])
    return [r for r in told if (r["started_at"], r["id"]) < at]


def in_a_row(records: Sequence[Record], record: Record) -> int:
    """For how many planned times in a row, up to this record's, the entry has not been done; tries of one time count once."""
    times = [_occasion(record)]
    for earlier in ended(records, record["entry"], record):
        if not bad(earlier):
            break
        if _occasion(earlier) not in times:
            times.append(_occasion(earlier))
    return len(times)


def letters(record: Record, records: Sequence[Record], failures_to: Sequence[str], documents_to: Sequence[str]) -> list[Any]:
    """The mails about a run that has just ended, still to be sent: at most one of a kind.

    Of a failure one mail for each planned time; that it works again once; documents whenever they were made.
    """
    earlier = ended(records, record["entry"], record)
    found = []
    if bad(record) and failures_to:
        same = [r for r in earlier if _occasion(r) == _occasion(record)]
        if not any(letter["kind"] == FAILURE for r in same for letter in r["mail"]):
            found.append(_letter(FAILURE, failures_to))
    if record["status"] == DONE:
        if documents_to:
            found.append(_letter(DOCUMENTS, documents_to))
        failing = []
        for one in earlier:
            if not bad(one):
                break
            failing.append(one)
        if failures_to and any(letter["kind"] == FAILURE for r in failing for letter in r["mail"]):
            found.append(_letter(WORKS_AGAIN, failures_to))
    return found


def _letter(kind: str, to: Sequence[str]) -> dict[str, Any]:
    return {"kind": kind, "to": list(to), "status": "unsent", "tries": 0, "at": None, "reason": None}


def _occasion(record: Record) -> tuple[str, ...]:
    """What a failure is a failure of: a planned time; without one, a day and what was said."""
    if record["planned_at"]:
        return (record["planned_at"],)
    return (record["started_at"][:10], (record.get("sentence") or {}).get("en", ""))
