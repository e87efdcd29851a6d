"""What is to be done when: the entries of `schedule.yaml` (read by `reports.schedule.reading`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from inventory.problems import Problem
from reports.parameters import Parameter
from reports.schedule.calendar import Calendar
from reports.schedule.periods import resolved

FILE = "schedule.yaml"
SCAN, PROBE, REPORT = "scan", "probe", "report"
#: Exit status of what was not begun because it is at work already (EX_TEMPFAIL of sysexits.h).
BUSY_STATUS = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is done again and again. `parameters` are as written: phrases such as "last month" stand in them."""

    name: str
    line: int
    kind: str  # SCAN | PROBE | REPORT
    calendar: Calendar
    when: str  # as written
    report: str = ""
    declared: tuple[Parameter, ...] = ()
    offices: tuple[str, ...] = ()  # of a scan; empty: all
    parameters: Mapping[str, Any] | None = None
    languages: tuple[str, ...] = ("vi",)
    formats: tuple[str, ...] = ()  # empty: all that the machine can write
    dress: str = "plain"
    mail: tuple[str, ...] = ()
    timeout_s: int = 3600  # for one try
    retries: int = 0
    retry_after_s: int = 300

    @property
    def run(self) -> str:
        """As in the file: `scan`, `probe`, `report NAME`."""
        return f"{self.kind} {self.report}".strip()

    def values(self, day: date) -> dict[str, Any]:
        """The parameters with their phrases as seen from a day."""
        return resolved(self.declared, self.parameters or {}, day)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The entries that can be run, and what is wrong with others (`wrong`: the first of it by name).

    `zone_name` as in the IANA time zone database.
    """

    zone_name: str
    zone: tzinfo
    entries: Mapping[str, Entry]
    problems: tuple[Problem, ...] = ()
    wrong: Mapping[str, Problem] = field(default_factory=dict)

    def next(self, entry: Entry, after: datetime) -> datetime | None:
        return entry.calendar.next(after, self.zone)

    def planned(self, entry: Entry, at: datetime) -> datetime | None:
        """The planned time that a run at an instant is for: the last one that has come."""
        return entry.calendar.previous(at, self.zone)

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()
