"""Number formats of spreadsheets: whether a number is a date, how much of it is shown, how many digits."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

from inventory.registers.files.cells import Cell

#: Formats that files name by number only (ECMA-376 part 1, 18.8.30): dates; 45..47 are times. East Asian ones show whole dates.
BUILT_IN = {
    **dict.fromkeys((14, *range(27, 32), 36, *range(50, 55), 57, 58), "dd/mm/yyyy"),
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    22: "m/d/yy h:mm",
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "h:mm"),
}
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
#: Excel counts days from here; it believes in 29 February 1900, so days before March 1900 are one off, and no asset is so old.
_EPOCH = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)
_LAST_SERIAL = 2958465  # 31/12/9999


@lru_cache(maxsize=4096)
def date_parts(code: str) -> str:
    """Which of d, m, y a format shows; "t" for a time of day only; empty for a number.

    >>> date_parts("dd/mm/yyyy"), date_parts("mm/yyyy"), date_parts('#,##0 "đồng"'), date_parts("[$-42A]d mmmm yyyy;@")
    ('dmy', 'my', '', 'dmy')
    """
    first = _LITERAL.sub("", code.split(";")[0]).lower()
    if "general" in first:
        return ""
    found = "".join(part for part in "dmy" if part in first)
    if found in ("", "m"):
        return "t" if re.search(r"[hs]", first) else found
    return found


@lru_cache(maxsize=4096)
def shown_digits(code: str) -> int:
    """How many digits a format of zeros fills up to: 7 for "0000000", else 0."""
    return len(code) if len(code) > 1 and not code.strip("0") else 0


def date_of(serial: float, from_1904: bool = False) -> datetime.date | None:
    """The day that a spreadsheet's number means; None outside of the calendar."""
    if not 0 <= serial <= _LAST_SERIAL:
        return None
    return (_EPOCH_1904 if from_1904 else _EPOCH) + datetime.timedelta(days=int(serial))


def cell_of(number: float, code: str, font: str = "", from_1904: bool = False) -> Cell:
    """A number in its format. A date of which only the month or the year is shown is that text: the day is nobody's word."""
    parts = date_parts(code)
    if parts and parts != "t":
        day = date_of(number, from_1904)
        if day is not None:
            if "y" in parts and "d" not in parts:
                text = f"{day:%m/%Y}" if "m" in parts else f"{day.year:04}"
                return Cell(text, text, font)
            return Cell(day, f"{day.day:02}/{day.month:02}/{day.year:04}", font)
    value = int(number) if number == int(number) else number
    text = str(value) if isinstance(value, int) else format(value, ".15g")
    return Cell(value, text.zfill(shown_digits(code)), font)
