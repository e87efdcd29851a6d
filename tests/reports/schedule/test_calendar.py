"""When something comes round: the same as systemd's own answer, where clocks change and months end too."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.schedule import calendar
from reports.schedule.calendar import CalendarProblem

ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def times(text: str, after: datetime, zone: str, count: int) -> list[datetime]:
    found, parsed = [], calendar.parse(text)
    while len(found) < count and (after := parsed.next(after, ZoneInfo(zone))):
        found.append(after)
    return found


def by_systemd(cases: list[tuple[str, datetime, str]], count: int) -> list[list[datetime]]:
    """What systemd itself says of expressions from a time on, in UTC."""
    answers = []
    for text, after, zone in cases:
        command = ["systemd-analyze", "calendar", f"--iterations={count}", f"--base-time={after:%Y-%m-%d %H:%M:%S} UTC"]
        done = subprocess.run([*command, f"{calendar.parse(text)} {zone}"], env={"TZ": "UTC"}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = re.findall(r"(?:Next elapse|Iter(?:ation|\.) #\d+): \w+ (\d+-\d+-\d+ \d+:\d+:\d+) UTC", done.stdout)
        answers.append([datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in found])
    return answers


# Values of a component as people write them, between two bounds.
def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    one = st.integers(low, high)
    spans = st.tuples(one, one).map(lambda ends: f"{min(ends)}..{max(ends)}")
    steps = st.tuples(one, st.integers(1, high)).map(lambda parts: f"{parts[0]}/{parts[1]}")
    item = one.map(lambda n: f"{n:02}") | spans | steps
    return st.just("*") | st.lists(item, min_size=1, max_size=2).map(",".join)


WEEKDAYS = st.sampled_from(["", "", "Mon ", "Sat,Sun ", "Mon..Fri ", "T2 ", "CN "])
DAYS = st.tuples(numbers(1, 12), st.just("-"), numbers(1, 31)) | st.tuples(
    numbers(1, 12), st.just("~"), st.sampled_from(["01", "02", "28", "1..3", "07/1", "10/3", "1,15"])
)
CLOCKS = st.tuples(st.sampled_from(["02", "00", "2,3", "0/1", "23", "6"]), st.sampled_from(["30", "00", "0/20", "59"]))
EXPRESSIONS = st.builds(
    lambda weekday, year, day, clock: f"{weekday}{year}-{''.join(day)} {':'.join(clock)}",
    WEEKDAYS,
    st.sampled_from(["*", "*", "2024..2040", "2028"]),
    DAYS,
    CLOCKS,
)
#: Around changes of the clock, ends of months and leap days, and anywhere.
MOMENTS = st.one_of(
    st.sampled_from(
        [utc(2026, 3, 28, 22), utc(2026, 10, 24, 21), utc(2026, 11, 1, 1), utc(2028, 2, 28, 12), utc(2026, 4, 4, 10)]
    ),
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)).map(
        lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
)


def known(text: str) -> bool:
    try:
        calendar.parse(text)
    except CalendarProblem as problem:
        assert problem.key == "calendar_never"
        return False
    return True


@needs_systemd
@settings(max_examples=150, deadline=None)
@given(text=EXPRESSIONS.filter(known), after=MOMENTS, zone=st.sampled_from(ZONES))
def test_the_next_times_are_those_of_systemd(text, after, zone):
    (wanted,) = by_systemd([(text, after, zone)], 4)
    assert times(text, after, zone, 4)[: len(wanted)] == wanted
