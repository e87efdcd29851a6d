"""When a serial number says that a device was made.

The layouts are data (`serial_dates.yaml` beside this file, each with its source). A serial that fits no layout of its vendor
means nothing, and the answer is empty: blank beats wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("serial_dates.yaml")
#: No serial of these layouts is older.
EARLIEST_YEAR = 1996


@dataclass(frozen=True, slots=True)
class MadeInterval:
    """Months in which a device may have been made: `first` and `last` are months counted from year 0 (12 * year + month - 1)."""

    first: int
    last: int
    reliability: float
    source: str


@dataclass(frozen=True, slots=True)
class _Rule:
    vendors: frozenset[str]
    kinds: frozenset[str]
    pattern: re.Pattern[str]
    year: Mapping
    month_letters: str
    reliability: float
    source: str

    def years(self, text: str, latest: int) -> Iterator[int]:
        if "letters" in self.year:
            yield self.year["letters"][text]
        elif "from" in self.year:
            yield self.year["from"] + int(text)
        else:
            yield from range(EARLIEST_YEAR + (int(text) - EARLIEST_YEAR) % 10, latest + 1, 10)

    def intervals(self, match: re.Match[str], today: date) -> Iterator[tuple[int, int]]:
        fields = match.groupdict()
        for year in self.years(fields["year"], today.year):
            if not EARLIEST_YEAR <= year <= today.year:
                continue
            if fields.get("week") is not None:
                week = int(fields["week"])
                if not 1 <= week <= 53:
                    return
                # a week may begin in one month and end in the next; vendors' weeks are fiscal or calendar, a few days apart
                first, last = _month_of_day(year, 7 * (week - 1) - 3), _month_of_day(year, 7 * week + 3)
            elif fields.get("month") is not None:
                letter = fields["month"]
                month = self.month_letters.index(letter) + 1 if self.month_letters else int(letter)
                first = last = 12 * year + month - 1
            else:
                first, last = 12 * year, 12 * year + 11
            if first <= month_number(today):
                yield first, min(last, month_number(today))


def _month_of_day(year: int, day: int) -> int:
    """Month number of the day-th day of a year (0 = 1 January), kept inside the year."""
    return 12 * year + min(max(int(day / 30.44), 0), 11)


def month_number(day: date) -> int:
    """12 * year + month - 1: months as integers that can be subtracted."""
    return 12 * day.year + day.month - 1


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            vendors=frozenset(name.casefold() for name in rule["vendor"]),
            kinds=frozenset(rule.get("kinds", ())),
            pattern=re.compile(rule["pattern"]),
            year=rule["year"],
            month_letters=rule.get("month", {}).get("letters", ""),
            reliability=rule["reliability"],
            source=rule["source"],
        )
        for rule in yaml.safe_load(_FILE.read_text(encoding="utf-8"))["rules"]
    )


def made(vendor: str, kind: str, serial: str, today: date) -> tuple[MadeInterval, ...]:
    """Intervals that the serial allows: none (unknown), one, or one a decade where the layout gives a single digit of the year.

    Never raises, and never answers after `today` or before 1996. A layout is tried only for its own vendor and kinds.
    """
    text = re.sub(r"\s", "", serial).upper()
    for rule in _rules():
        if vendor.strip().casefold() not in rule.vendors or (rule.kinds and kind not in rule.kinds):
            continue
        if match := rule.pattern.fullmatch(text):
            found = tuple(
                MadeInterval(first, last, rule.reliability, rule.source) for first, last in rule.intervals(match, today)
            )
            if found:
                return found
    return ()
