"""When a serial number says that a device was made.

The layouts are data (`serial_dates.yaml` beside this file, each with its source). A serial that fits no layout of its vendor
means nothing, and the answer is empty: blank beats wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from inventory import yaml_files

_FILE = Path(__file__).with_name("serial_dates.yaml")
#: No serial of these layouts is older.
EARLIEST_YEAR = 1996


@dataclass(frozen=True, slots=True)
class MadeInterval:
    """Months in which a device may have been made: `first` and `last` are months counted from year 0 (12 * year + month - 1).

    `shares`: how likely each of these months is, where the layout tells a week; empty: all alike.
    """

    first: int
    last: int
    reliability: float
    source: str
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    vendors: frozenset[str]
    kinds: frozenset[str]
    other_kinds: frozenset[str]
    pattern: re.Pattern[str]
    year: Mapping
    month_letters: str
    since: int
    reliability: float
    source: str

    def years(self, text: str, latest: int) -> Iterator[int]:
        if "letters" in self.year:
            yield self.year["letters"][text]
        elif "from" in self.year:
            yield self.year["from"] + int(text)
        else:
            yield from range(self.since + (int(text) - self.since) % 10, latest + 1, 10)

    def intervals(self, match: re.Match[str], today: date) -> Iterator[tuple[int, int, tuple[float, ...]]]:
        fields = match.groupdict()
        for year in self.years(fields["year"], today.year):
            if not self.since <= year <= today.year:
                continue
            shares: tuple[float, ...] = ()
            if fields.get("week") is not None:
                week = int(fields["week"])
                if not 1 <= week <= 53:
                    return
                months = _months_of_week(year, week)
                first, last, shares = min(months), max(months), tuple(months[month] for month in sorted(months))
            elif fields.get("month") is not None:
                letter = fields["month"]
                month = self.month_letters.index(letter) + 1 if self.month_letters else int(letter)
                first = last = 12 * year + month - 1
            else:
                first, last = 12 * year, 12 * year + 11
            if first <= month_number(today):
                last = min(last, month_number(today))
                yield first, last, shares[: last - first + 1]


#: Vendors' weeks are fiscal or calendar: so many days before and after the calendar week count too, each for so much of a day.
_BESIDE_DAYS, _BESIDE_WEIGHT = 3, 0.25


def _months_of_week(year: int, week: int) -> dict[int, float]:
    """How much of a week lies in which month: a week may begin in one and end in the next. Kept inside the year."""
    found: dict[int, float] = {}
    for day in range(7 * (week - 1) - _BESIDE_DAYS, 7 * week + _BESIDE_DAYS):
        at = date(year, 1, 1) + timedelta(days=min(max(day, 0), 364))
        weight = 1.0 if 7 * (week - 1) <= day < 7 * week else _BESIDE_WEIGHT
        found[month_number(at)] = found.get(month_number(at), 0.0) + weight
    total = sum(found.values())
    return {month: weight / total for month, weight in found.items()}


def month_number(day: date) -> int:
    """12 * year + month - 1: months as integers that can be subtracted."""
    return 12 * day.year + day.month - 1


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            vendors=frozenset(name.casefold() for name in rule["vendor"]),
            kinds=frozenset(rule.get("kinds", ())),
            other_kinds=frozenset(rule.get("not_kinds", ())),
            pattern=re.compile(rule["pattern"]),
            year=rule["year"],
            month_letters=rule.get("month", {}).get("letters", ""),
            since=rule.get("since", EARLIEST_YEAR),
            reliability=rule["reliability"],
            source=rule["source"],
        )
        for rule in yaml_files.read(_FILE)["rules"]
    )


def made(vendor: str, kind: str, serial: str, today: date) -> tuple[MadeInterval, ...]:
    """Intervals that the serial allows: none (unknown), one, or one a decade where the layout gives a single digit of the year.

    Never raises, and never answers after `today` or before the layout was used. A layout is tried only for its own vendor and
    kinds.
    """
    text = re.sub(r"\s", "", serial).upper()
    for rule in _rules():
        if vendor.strip().casefold() not in rule.vendors or (rule.kinds and kind not in rule.kinds) or kind in rule.other_kinds:
            continue
        if match := rule.pattern.fullmatch(text):
            found = tuple(
                MadeInterval(first, last, rule.reliability, rule.source, shares)
                for first, last, shares in rule.intervals(match, today)
            )
            if found:
                return found
    return ()
