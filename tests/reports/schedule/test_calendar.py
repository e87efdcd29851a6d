"""When something comes round: the same as systemd's own answer, where clocks change and months end too."""

from __future__ import annotations

import contextlib
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
        return bool(calendar.parse(text))
    except CalendarProblem as problem:
        if problem.key != "calendar_never":
            raise
        return False


@needs_systemd
@settings(max_examples=60, deadline=None)
@given(text=EXPRESSIONS.filter(known), after=MOMENTS, zone=st.sampled_from(ZONES))
def test_the_next_times_are_those_of_systemd(text, after, zone):
    (wanted,) = by_systemd([(text, after, zone)], 4)
    assert times(text, after, zone, 4)[: len(wanted)] == wanted


def test_clocks_that_change_leave_out_what_is_not_there_and_come_once_to_what_is_twice():
    assert times("daily 02:30", utc(2026, 3, 28, 12), "Europe/Berlin", 2) == [utc(2026, 3, 30, 0, 30), utc(2026, 3, 31, 0, 30)]
    assert times("daily 02:30", utc(2026, 10, 24, 12), "Europe/Berlin", 2) == [utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)]
    assert times("daily 02:30", utc(2026, 3, 28, 12), "Asia/Ho_Chi_Minh", 1) == [utc(2026, 3, 28, 19, 30)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("*-*~01", [(2028, 1, 31), (2028, 2, 29), (2028, 3, 31), (2028, 4, 30)]),
        ("*-*-31", [(2028, 1, 31), (2028, 3, 31), (2028, 5, 31)]),
        ("02-29", [(2028, 2, 29), (2032, 2, 29)]),
        ("Mon *-*~07/1", [(2028, 1, 31), (2028, 2, 28), (2028, 3, 27)]),
        ("hằng quý", [(2028, 1, 1), (2028, 4, 1), (2028, 7, 1)]),
        ("2028-01-05", [(2028, 1, 5)]),
    ],
)
def test_ends_of_months_and_leap_days(text, days):
    assert times(text, utc(2027, 12, 31, 12), "UTC", len(days) + (text == "2028-01-05")) == [utc(*day) for day in days]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Mon 06:00", "Mon *-*-* 06:00:00"),
        ("monday,cn 6:05", "Mon,Sun *-*-* 06:05:00"),
        ("daily 02:30", "*-*-* 02:30:00"),
        ("Hằng tháng 07:00", "*-*-01 07:00:00"),
        ("yearly", "*-01-01 00:00:00"),
        ("*-*-* 8..10:0/30", "*-*-* 08,09,10:00,30:00"),
        ("hourly", "*-*-* *:00:00"),
    ],
)
def test_what_people_write_is_written_for_systemd(text, written):
    assert str(calendar.parse(text)) == written


@given(text=EXPRESSIONS.filter(known), at=MOMENTS, zone=st.sampled_from(ZONES))
@settings(max_examples=60, deadline=None)
def test_the_time_before_and_the_time_after_have_none_between_them(text, at, zone):
    parsed, zone = calendar.parse(text), ZoneInfo(zone)
    before, after = parsed.previous(at, zone), parsed.next(at, zone)
    assert before is None or before <= at
    if before is not None and after is not None:
        assert parsed.next(before, zone) == after
        assert parsed.previous(after, zone) == after


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "calendar_unclear"),
        ("monthly maybe", "calendar_unclear"),
        ("Mon 25:00", "calendar_bounds"),
        ("*-*~31 06:00", "calendar_bounds"),
        ("Sat..Mon 06:00", "calendar_backwards"),
        ("*-*-20..10", "calendar_backwards"),
        ("*-*-* */2:00", "calendar_star"),
        ("Mon 06:00 Europe/Berlin", "calendar_zone"),
        ("06:00:30", "calendar_seconds"),
        ("0 6 * * 1", "calendar_cron"),
        ("*-02-30", "calendar_never"),
        ("2026-02-29", "calendar_never"),
        ("01/12/2026 06:00", "calendar_unclear"),
        ("Mon 06:00\nExecStart=/bin/sh", "calendar_unclear"),
        ("*-*-1/0", "calendar_unclear"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(text, key):
    with pytest.raises(CalendarProblem) as refused:
        calendar.parse(text)
    assert refused.value.key == key


@settings(deadline=None)
@given(st.text(alphabet="MonTue *-~./,:0123456789 ", max_size=24))
def test_any_text_is_parsed_or_refused_by_name(text):
    with contextlib.suppress(CalendarProblem):
        parsed = calendar.parse(text)
        assert calendar.parse(str(parsed)) == parsed
