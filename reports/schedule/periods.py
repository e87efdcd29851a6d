"""Days and years that are told by when a report runs: "last month", "năm nay", "this year .. +4".

A phrase is a period (day, week, month, quarter or year; last, this or next), seen from a day. A `<date>` parameter takes the
period's last day, or its first with "start of" before it; a `<year>` the year of that day. Vietnamese with or without its marks:

| | |
|---|---|
| `yesterday` `today` `tomorrow` | `hôm qua` `hôm nay` `ngày mai` |
| `last week`, `this month`, `next quarter`, `last year` … | `tuần trước`, `tháng này`, `quý sau`, `năm ngoái` … |
| `start of last month`, `end of this year` | `đầu tháng trước`, `cuối năm nay` |
| `this year + 1` | `năm nay + 1`: so many periods later (or earlier with `-`) |
| `this year .. +4`, `last year .. next year` | for lists of years: all from the first to the last |

Weeks begin on Monday (ISO 8601).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

_UNITS = {
    "day": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "tuan": "week",
    "thang": "month",
    "quy": "quarter",
    "nam": "year",
}
_SHIFTS = {"last": -1, "previous": -1, "this": 0, "next": 1, "truoc": -1, "ngoai": -1, "nay": 0, "sau": 1, "toi": 1}
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1, "hom qua": -1, "hom nay": 0, "ngay mai": 1}
_STARTS, _ENDS = ("start of", "first day of", "ngay dau", "dau"), ("end of", "last day of", "ngay cuoi", "cuoi")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_PHRASE = re.compile(
    rf"(?:(?P<edge>{'|'.join(_STARTS + _ENDS)}) )?"
    rf"(?:(?P<day>{'|'.join(_DAYS)})|(?P<shift>last|previous|this|next) (?P<unit>week|month|quarter|year)"
    r"|(?P<don_vi>tuan|thang|quy|nam) (?P<nao>truoc|ngoai|nay|sau|toi))"
    r"(?: ?(?P<sign>[+-]) ?(?P<more>\d{1,3}))?"
)


class Declared(Protocol):
    """What is asked of a declared parameter (`reports.parameters.Parameter`)."""

    @property
    def name(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def is_list(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both of it; `day` is the one that is meant where one is asked for."""

    first: date
    last: date
    from_start: bool = False

    @property
    def day(self) -> date:
        return self.first if self.from_start else self.last


def period(text: str, today: date) -> Period | None:
    """The period that a phrase means, seen from `today`; None where the text is no such phrase."""
    match = _PHRASE.fullmatch(_plain(text))
    if not match:
        return None
    more = int((match["sign"] or "") + (match["more"] or "0"))
    if match["day"]:
        unit, shift = "day", _DAYS[match["day"]]
    else:
        unit, shift = _UNITS[match["unit"] or match["don_vi"]], _SHIFTS[match["shift"] or match["nao"]]
    first, last = _bounds(unit, shift + more, today)
    return Period(first, last, match["edge"] in _STARTS)


def resolved(declared: Sequence[Declared], values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The values with every phrase in place of what it means on a day, by the parameter's hint. All else stays as it is."""
    hints = {parameter.name: parameter for parameter in declared if parameter.hint in ("date", "year")}
    return {name: _resolved(hints[name], value, today) if name in hints else value for name, value in values.items()}


def _resolved(parameter: Declared, value: Any, today: date) -> Any:
    if isinstance(value, list | tuple):
        found = [_one(parameter, item, today) for item in value]
        return [year for item in found for year in (item if isinstance(item, list) else [item])]
    one = _one(parameter, value, today)
    return [one] if parameter.is_list and not isinstance(one, list) and one is not value else one


def _one(parameter: Declared, value: Any, today: date) -> Any:
    if not isinstance(value, str):
        return value
    if parameter.hint == "year" and parameter.is_list and ".." in value:
        first_text, _, last_text = (part.strip() for part in value.partition(".."))
        first = _year(first_text, today)
        if first is None:
            return value
        counted = re.fullmatch(r"\+ ?(\d{1,3})", last_text)
        last = first + int(counted[1]) if counted else _year(last_text, today)
        return value if last is None or last < first else list(range(first, last + 1))
    found = period(value, today)
    if found is None:
        return value
    return found.day.isoformat() if parameter.hint == "date" else found.day.year


def _year(text: str, today: date) -> int | None:
    if re.fullmatch(r"\d{4}", text):
        return int(text)
    found = period(text, today)
    return found.day.year if found else None


def _bounds(unit: str, shift: int, today: date) -> tuple[date, date]:
    """First and last day of the period `shift` units from the one that holds `today`."""
    if unit == "day":
        day = today + timedelta(days=shift)
        return day, day
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        return monday, monday + timedelta(days=6)
    length = _MONTHS[unit]
    month = (today.year * 12 + today.month - 1) // length * length + shift * length
    return _month(month), _month(month + length) - timedelta(days=1)


def _month(count: int) -> date:
    """The first day of a month that is counted from the year 0."""
    return date(count // 12, count % 12 + 1, 1)


def _plain(text: str) -> str:
    """Without Vietnamese marks, case, and more than one space."""
    marked = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in marked if not unicodedata.combining(c)).split())
