"""When something comes round: a subset of systemd's calendar expressions (systemd.time(7), "Calendar Events"), computed here too.

    [WEEKDAYS] [DATE] [TIME]        each part may be absent, not all of them

| part | written |
|---|---|
| weekdays | `Mon`, `Mon,Thu`, `Mon..Fri`; Vietnamese `T2` to `T7` and `CN` |
| date | `*-*-01` day 1 of each month; `*-*~01` its last day, `*-*~02` the one before; `*-01,07-15`; `2026-12-31` |
| time | `06:30`; `8..17:00` every hour from 8 to 17; `*:0/15` every 15 minutes; absent: 00:00 |
| instead of weekdays and date | `hourly daily weekly monthly quarterly yearly`; `hằng giờ`, `hằng ngày`, … |

A number may be a list `1,15`, a range `1..5`, or a start and a step `1/3`. Weekday and date must both hold. With `~` days are
counted from the month's end, and a step goes towards it: `Mon *-*~07/1` is the last Monday.

Time is told by the wall clock of a zone, as systemd tells it: what does not exist (clocks put forward) does not come that day;
what comes twice (clocks put back) comes once, the first time.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import ClassVar

from inventory.problems import Problem

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name: n for names in (_DAYS, _LONG, ("t2", "t3", "t4", "t5", "t6", "t7", "cn")) for n, name in enumerate(names)}
_WEEKDAYS = {name.lower(): n for name, n in _WEEKDAYS.items()}
_WORDS = {
    "hourly": ("*-*-*", "*:00"),
    "daily": ("*-*-*", "00:00"),
    "weekly": ("Mon *-*-*", "00:00"),
    "monthly": ("*-*-01", "00:00"),
    "quarterly": ("*-01,04,07,10-01", "00:00"),
    "yearly": ("*-01-01", "00:00"),
}
_VIETNAMESE = {"gio": "hourly", "ngay": "daily", "tuan": "weekly", "thang": "monthly", "quy": "quarterly", "nam": "yearly"}
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
#: Every weekday falls on 29 February within so many years, the turn of a century without one included.
_WITHIN_YEARS = 41

_DATE = re.compile(r"(?:(?P<year>[^-~]+)-)?(?P<month>[^-~]+)(?P<mark>[-~])(?P<day>[^-~]+)")
_TIME = re.compile(r"(?P<hour>[^:]+):(?P<minute>[^:]+)(?::(?P<second>[^:]+))?")
_ITEM = re.compile(r"(?P<first>\d{1,4})(?:\.\.(?P<last>\d{1,4}))?(?:/(?P<step>\d{1,4}))?")


class CalendarProblem(Problem):
    """A calendar expression that is not understood, and how to write it."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "calendar_unclear": "“{given}”: “{part}” is not understood; write for example Mon 06:00 (every Monday), *-*-01 07:00 "
        "(the first of each month), *-*~01 07:00 (its last day) or daily 02:30.",
        "calendar_bounds": "“{given}”: {part} does not lie between {low:d} and {high:d}.",
        "calendar_backwards": "“{given}”: the range {part} runs backwards; write its smaller end first, or a list.",
        "calendar_star": "“{given}”: write {instead} instead of {part}.",
        "calendar_zone": "“{given}”: the time zone stands once at the head of the file (time_zone), not beside a time.",
        "calendar_seconds": "“{given}”: seconds are not told; write only hours and minutes, such as 06:30.",
        "calendar_cron": "“{given}” is written as for cron; write weekday, date and time instead, such as Mon *-*-* 06:00.",
        "calendar_never": "“{given}” never comes: there is no such day.",
    }


@dataclass(frozen=True, slots=True)
class Calendar:
    """A parsed expression. None is any value; `weekdays` count from Monday = 0; with `from_end` day 1 is the month's last."""

    weekdays: frozenset[int] | None
    years: tuple[int, ...] | None
    months: tuple[int, ...] | None
    days: tuple[int, ...] | None
    from_end: bool
    hours: tuple[int, ...]
    minutes: tuple[int, ...]

    def __str__(self) -> str:
        """As systemd reads it, without a zone: `Mon *-*-* 06:00:00`."""
        weekdays = ",".join(_DAYS[n] for n in sorted(self.weekdays)) + " " if self.weekdays is not None else ""
        year, month, day = (_listed(part) for part in (self.years, self.months, self.days))
        hour = "*" if len(self.hours) == 24 else _listed(self.hours)
        return f"{weekdays}{year}-{month}{'~' if self.from_end else '-'}{day} {hour}:{_listed(self.minutes)}:00"

    def matches(self, day: date) -> bool:
        if self.weekdays is not None and day.weekday() not in self.weekdays:
            return False
        if not self._month(day):
            return False
        length = calendar.monthrange(day.year, day.month)[1]
        return self.days is None or (length - day.day + 1 if self.from_end else day.day) in self.days

    def next(self, after: datetime, zone: tzinfo) -> datetime | None:
        """The first time after an instant, in UTC; None when it does not come any more."""
        return next((moment for moment in self._moments(after.astimezone(zone).date(), zone, 1) if moment > after), None)

    def previous(self, at: datetime, zone: tzinfo) -> datetime | None:
        """The last time that is not after an instant, in UTC; None when it had not come yet."""
        return next((moment for moment in self._moments(at.astimezone(zone).date(), zone, -1) if moment <= at), None)

    def _month(self, day: date) -> bool:
        return (self.years is None or day.year in self.years) and (self.months is None or day.month in self.months)

    def _moments(self, day: date, zone: tzinfo, step: int) -> Iterator[datetime]:
        """All times from a day on, forwards or backwards."""
        far = _LAST_YEAR if self.years else day.year + _WITHIN_YEARS
        near = _FIRST_YEAR if self.years else day.year - _WITHIN_YEARS
        while near <= day.year <= far:
            if not self._month(day):  # the whole month can be left out
                first = day.replace(day=1)
                day = first - timedelta(days=1) if step < 0 else (first + timedelta(days=32)).replace(day=1)
                continue
            if self.matches(day):
                for hour in self.hours[::step]:
                    for minute in self.minutes[::step]:
                        moment = _instant(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))
                        if moment is not None:
                            yield moment
            day += timedelta(days=step)


def _instant(local: datetime) -> datetime | None:
    """The instant of a wall clock's time, the first where there are two; None where the clock skips it."""
    instant = local.astimezone(UTC)
    return instant if instant.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _listed(values: tuple[int, ...] | None) -> str:
    return "*" if values is None else ",".join(f"{value:02}" for value in values)


# Reading --------------------------------------------------------------------------------------------------------------


def parse(text: str) -> Calendar:
    """The calendar that a person wrote. Raises `CalendarProblem`."""
    given = " ".join(text.split())
    parts = given.split(" ") if given else []
    if len(parts) == 5 and all(re.fullmatch(r"[\d*/,-]+", part) for part in parts):
        raise CalendarProblem("calendar_cron", given=given)
    weekdays, days, clock = _sorted(given, parts)
    read = _Numbers(given)
    date_match, time_match = _DATE.fullmatch(days), _TIME.fullmatch(clock)
    if not date_match or not time_match:
        raise CalendarProblem("calendar_unclear", given=given, part=clock if date_match else days)
    if (time_match["second"] or "00").strip("0"):
        raise CalendarProblem("calendar_seconds", given=given)
    from_end = date_match["mark"] == "~"
    found = Calendar(
        _weekdays(given, weekdays) if weekdays else None,
        read.values(date_match["year"] or "*", _FIRST_YEAR, _LAST_YEAR),
        read.values(date_match["month"], 1, 12),
        read.values(date_match["day"], 1, 28 if from_end else 31, from_end),  # systemd counts back as far as every month goes
        from_end,
        read.values(time_match["hour"], 0, 23) or tuple(range(24)),
        read.values(time_match["minute"], 0, 59) or tuple(range(60)),
    )
    if found.next(datetime(_FIRST_YEAR if found.years else 2000, 1, 1, tzinfo=UTC), UTC) is None:
        raise CalendarProblem("calendar_never", given=given)
    return found


def _sorted(given: str, parts: list[str]) -> tuple[str, str, str]:
    """(weekdays, date, time) of the parts, in this order, each at most once."""
    weekdays, days, clock = "", "", ""
    rest = list(parts)
    if len(rest) > 1 and (word := _VIETNAMESE.get(_plain(rest[1]))) and _plain(rest[0]) in ("hang", "moi"):
        rest[:2] = [word]
    if rest and rest[0].lower() in _WORDS:
        spoken, clock = _WORDS[rest.pop(0).lower()]
        weekdays, days = spoken.split(" ") if " " in spoken else ("", spoken)
        if rest and ":" in rest[0] and clock != "*:00":
            clock = rest.pop(0)
    else:
        if rest and rest[0][:1].isalpha():
            weekdays = rest.pop(0)
        if rest and ":" not in rest[0] and ("-" in rest[0] or "~" in rest[0]):
            days = rest.pop(0)
        if rest and ":" in rest[0]:
            clock = rest.pop(0)
    if rest and (rest[0] == "UTC" or re.fullmatch(r"[A-Z][A-Za-z_]+/[A-Za-z_/+-]+\d*", rest[0])):
        raise CalendarProblem("calendar_zone", given=given)
    if rest or not parts:
        raise CalendarProblem("calendar_unclear", given=given, part=rest[0] if rest else "")
    return weekdays, days or "*-*-*", clock or "00:00"


def _weekdays(given: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    for item in text.split(","):
        ends = [_WEEKDAYS.get(end.lower()) for end in item.split("..")]
        if None in ends or len(ends) > 2:
            raise CalendarProblem("calendar_unclear", given=given, part=item)
        first, last = ends[0] or 0, ends[-1] or 0
        if last < first:
            raise CalendarProblem("calendar_backwards", given=given, part=item)
        found.update(range(first, last + 1))
    return frozenset(found)


def _plain(word: str) -> str:
    """Without Vietnamese marks and case."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class _Numbers:
    given: str

    def values(self, text: str, low: int, high: int, from_end: bool = False) -> tuple[int, ...] | None:
        """The numbers that a component lists, in order; None for any."""
        if text == "*":
            return None
        found: set[int] = set()
        for item in text.split(","):
            if match := re.fullmatch(r"\*/(\d+)", item):  # cron's way, which systemd refuses
                raise CalendarProblem("calendar_star", given=self.given, part=item, instead=f"{low}/{match[1]}")
            found.update(self._item(item, low, high, from_end))
        return tuple(sorted(found))

    def _item(self, item: str, low: int, high: int, from_end: bool) -> range:
        match = _ITEM.fullmatch(item)
        if not match:
            raise CalendarProblem("calendar_unclear", given=self.given, part=item)
        first, last, step = (int(match[name]) if match[name] else None for name in ("first", "last", "step"))
        assert first is not None  # the pattern has it
        for end in (first, last):
            if end is not None and not low <= end <= high:
                raise CalendarProblem("calendar_bounds", given=self.given, part=end, low=low, high=high)
        if step == 0 or (from_end and last is not None and step is not None):
            raise CalendarProblem("calendar_unclear", given=self.given, part=item)
        if last is not None and last < first:
            raise CalendarProblem("calendar_backwards", given=self.given, part=item)
        if last is None and step is None:
            return range(first, first + 1)
        if from_end and step is not None:  # counted from the end, a step towards it goes down
            return range(first, 0, -step)
        return range(first, (high if last is None else last) + 1, step or 1)
