"""Frames as one workbook, a sheet a frame: typed cells, heads that stay in sight and say what they mean, filters.

Text is text: nothing that looks like a formula, a link or a number is taken for one, so a long serial number keeps its digits.
Times are Vietnamese time, for a cell knows no zone. What a cell cannot hold as a number or a date without losing some of it is
text as well.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from inventory.frames.columns import FRAMES, Column, vietnamese
from inventory.frames.reading import LOCAL
from inventory.sentences import pack

LAST_ROW = 1_048_576
LONGEST_TEXT = 32_767  # UTF-16 units in a cell
_EXACT = 10**15  # a cell shows 15 digits and holds no more of them
_FIRST_DAY, _LAST_DAY = pd.Timestamp(1900, 3, 1), pd.Timestamp(9999, 12, 31)  # before, Excel counts a day that never was
_WIDEST = 48
_INK, _FILL = "#1F3A5F", "#F2F7FB"
_DAY = {"vi": "dd/mm/yyyy", "en": "d mmm yyyy"}


def write(tables: Mapping[str, pd.DataFrame], path: Path, language: str, title: str = "") -> tuple[str, ...]:
    """Write frames by name. Returns what does not fit into a workbook, packed (inventory.sentences). Raises `OSError`."""
    # A row is written and forgotten: a year's interfaces need no more memory than a page.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
    packed = io.BytesIO()  # a zip file that is not finished would complain by itself
    book = _Book(xlsxwriter.Workbook(packed, plain), language)
    book.file.set_properties({"title": title, "subject": ", ".join(tables)})
    for frame, rows in tables.items():
        for number, first in enumerate(range(0, max(len(rows), 1), LAST_ROW - 1), 1):
            book.sheet(frame, rows.iloc[first : first + LAST_ROW - 1], frame if number == 1 else f"{frame} {number}")
    book.file.close()
    path.write_bytes(packed.getbuffer())
    return tuple(pack("detail.xlsx_cut", frame=frame, count=count) for frame, count in book.cut.items())


class _Book:
    def __init__(self, file: Any, language: str) -> None:
        self.file, self.language = file, language
        self.cut: dict[str, int] = {}
        font = {"font_name": "Arial", "font_size": 10}
        self.head = file.add_format(font | {"bold": True, "bottom": 2, "bottom_color": _INK, "bg_color": _FILL})
        self.text = file.add_format(font)
        self.whole = file.add_format(font | {"num_format": "0"})
        self.number = file.add_format(font)
        self.day = file.add_format(font | {"num_format": _DAY[language], "align": "center"})
        self.moment = file.add_format(font | {"num_format": f"{_DAY[language]} hh:mm:ss", "align": "center"})

    def sheet(self, frame: str, rows: pd.DataFrame, name: str) -> None:
        sheet = self.file.add_worksheet(name)
        told = {column.name: column for column in FRAMES.get(frame, ())}
        for place, title in enumerate(rows.columns):
            sheet.write_string(0, place, str(title), self.head)
            if column := told.get(str(title)):
                sheet.write_comment(0, place, self._meaning(frame, column), {"x_scale": 2, "author": ""})
        columns = [self._cells(frame, sheet, place, rows[title]) for place, title in enumerate(rows.columns)]
        widths = []
        for (values, _), title in zip(columns, rows.columns, strict=True):
            longest = max(
                (len(value) if isinstance(value, str) else 10 for value in values[:2000] if value is not None), default=0
            )
            widths.append(min(max(len(str(title)) + 4, longest + 2, 8), _WIDEST))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        for number, row in enumerate(zip(*(values for values, _ in columns), strict=True), 1):
            for (_, put), value in zip(columns, row, strict=True):
                if value is not None:
                    put(number, value)
        last = max(len(rows), 1)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A2:XFD{last + 1}"})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _meaning(self, frame: str, column: Column) -> str:
        words = vietnamese() if self.language == "vi" else None
        unit = words["units"][column.unit] if words and column.unit else column.unit
        meaning = words["frames"][frame][column.name] if words else column.meaning
        if column.dtype == "time":
            unit = "giờ Việt Nam" if words else "Vietnamese time"
        return f"{meaning} [{unit}]" if unit else str(meaning)

    def _cells(self, frame: str, sheet: Any, place: int, values: pd.Series) -> tuple[list[Any], Callable[[int, Any], None]]:
        """A column's values, None where one is missing, and how one is written; text among them is written as text."""
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            return list(_days(values.dt.tz_convert(LOCAL).dt.tz_localize(None), "seconds")), self._put(sheet, place, self.moment)
        if pd.api.types.is_datetime64_dtype(values.dtype):
            return list(_days(values, "")), self._put(sheet, place, self.day)
        plain = values.astype(object).where(values.notna(), None).tolist()
        if pd.api.types.is_bool_dtype(values.dtype):
            return plain, lambda row, value: sheet.write_boolean(row, place, value, self.text)
        if pd.api.types.is_numeric_dtype(values.dtype):
            shape = self.whole if pd.api.types.is_integer_dtype(values.dtype) else self.number
            return [_numeric(value) for value in plain], self._put(sheet, place, shape)
        return [value if value is None else self._fitting(frame, str(value)) for value in plain], self._put(
            sheet, place, self.text
        )

    def _put(self, sheet: Any, place: int, shape: Any) -> Callable[[int, Any], None]:
        def put(row: int, value: Any) -> None:
            if isinstance(value, str):
                sheet.write_string(row, place, value, self.text)
            elif isinstance(value, datetime.datetime):
                sheet.write_datetime(row, place, value, shape)
            else:
                sheet.write_number(row, place, value, shape)

        return put

    def _fitting(self, frame: str, text: str) -> str:
        """As much of a text as a cell holds; what was cut is counted."""
        if len(text) <= LONGEST_TEXT // 2:
            return text
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * LONGEST_TEXT:
            return text
        self.cut[frame] = self.cut.get(frame, 0) + 1
        return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"


def _days(values: pd.Series, precision: str) -> Iterator[Any]:
    """Days or times that a workbook counts; ISO text for those before or after its calendar."""
    for value in values:
        if pd.isna(value):
            yield None
        elif _FIRST_DAY <= value <= _LAST_DAY:
            yield value.to_pydatetime()
        else:
            yield value.isoformat(sep=" ", timespec=precision) if precision else value.date().isoformat()


def _numeric(value: Any) -> Any:
    """A number that a cell holds exactly; others as text."""
    if value is None:
        return None
    exact = abs(value) < _EXACT if isinstance(value, int) else abs(value) < float("inf")
    return value if exact else str(value)
