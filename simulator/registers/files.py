"""Sheets as files: XLSX with real merged cells and number formats, and CSV as spreadsheets save it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from simulator.faults import cp1258
from simulator.registers.entries import Cell
from simulator.registers.letters import spread, tcvn3, vni, without_marks
from simulator.registers.sheets import Sheet

#: How text of a file is kept.
CODES: Mapping[str, Callable[[str], str]] = {"": str, "tcvn3": tcvn3, "vni": vni, "nfd": spread, "ascii": without_marks}
FONTS = {"": "Times New Roman", "tcvn3": ".VnTime", "vni": "VNI-Times", "nfd": "Times New Roman", "ascii": "Arial"}
SHOWN: Mapping[str, Mapping[str, Any]] = {
    "text": {}, "number": {"align": "center"}, "money": {"num_format": "#,##0"}, "date": {"num_format": "dd/mm/yyyy"},
    "year": {"align": "center"}, "head": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True},
    "title": {"bold": True, "align": "center", "font_size": 14}, "letterhead": {"bold": True},
    "letterhead_right": {"align": "center", "italic": True},
    "under": {"italic": True}, "small": {"align": "center", "italic": True}, "group": {"bold": True}, "total": {"bold": True},
    "group_money": {"bold": True, "num_format": "#,##0"}, "total_money": {"bold": True, "num_format": "#,##0"},
}  # fmt: skip
BORDERLESS = {"title", "letterhead", "letterhead_right", "under"}


@dataclass(frozen=True, slots=True)
class Csv:
    """How a program saves CSV."""

    encoding: str = "utf-8-sig"  # or utf-8, utf-16, cp1258, legacy (the letters of Windows-1252)
    delimiter: str = ","
    money: str = "plain"  # plain, dots


def write_xlsx(path: Path, sheets: Sequence[Sheet], code: str) -> None:
    """A workbook."""
    with xlsxwriter.Workbook(path, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 5)})
        formats: dict[tuple[str, bool, bool], Any] = {}

        def look(shown: str, modern: bool, wrapped: bool = False) -> Any:
            key = (shown, modern, wrapped)
            if key not in formats:
                style = dict(SHOWN[shown]) | {
                    "font_name": FONTS["" if modern else code],
                    "font_size": SHOWN[shown].get("font_size", 11),
                }
                style |= {"border": 0 if shown in BORDERLESS else 1} | ({"text_wrap": True} if wrapped else {})
                formats[key] = book.add_format(style)
            return formats[key]

        for sheet in sheets:
            page = book.add_worksheet(sheet_name(sheet.name))
            left_out = sheet.indent
            for place, width in enumerate(sheet.widths):
                page.set_column(place + left_out, place + left_out, width)
            for at, row in enumerate(sheet.rows):
                modern = at in sheet.modern
                if at in sheet.ruled:
                    for place in set(range(len(sheet.widths))) - row.keys():
                        page.write_blank(at, place + left_out, None, look("text", modern))
                for place, cell in row.items():
                    value = _coded(cell.value, "" if modern else code)
                    if cell.formula is not None:
                        page.write_formula(
                            at, place + left_out, _formula(cell, at, place, left_out), look(cell.shown, modern), value
                        )
                        continue
                    _put(page, at, place + left_out, value, look(cell.shown, modern, isinstance(value, str) and "\n" in value))
            for top, left, bottom, right in sheet.merged:
                cell = sheet.rows[top].get(left, Cell(""))
                page.merge_range(top, left + left_out, bottom, right + left_out, "", look(cell.shown, False))
                _put(page, top, left + left_out, _coded(cell.value, code), look(cell.shown, False))


def _put(page: Any, row: int, column: int, value: Any, look: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, look)
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), look)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, look)
    else:
        page.write_string(row, column, value, look)


def _formula(cell: Cell, row: int, column: int, left_out: int) -> str:
    assert cell.formula is not None
    what, first, second = cell.formula
    if what == "product":
        return f"={xl_rowcol_to_cell(row, first + left_out)}*{xl_rowcol_to_cell(row, second + left_out)}"
    return f"=SUM({xl_rowcol_to_cell(row - first, column + left_out)}:{xl_rowcol_to_cell(row - second, column + left_out)})"


def _coded(value: Any, code: str) -> Any:
    return CODES[code](value) if isinstance(value, str) else value


def sheet_name(name: str) -> str:
    """A name that a spreadsheet takes: 31 signs, none of []:*?/\\."""
    return "".join("-" if c in "[]:*?/\\" else c for c in name)[:31].strip("'") or "Sheet1"


def write_csv(path: Path, sheet: Sheet, code: str, how: Csv) -> None:
    """The only sheet of a book."""
    width = max((place + 1 for row in sheet.rows for place in row), default=1)
    lines = []
    for row in sheet.rows:
        texts = [_text(row[place], how) if place in row else "" for place in range(width)]
        lines.append(how.delimiter.join(_quoted(CODES[code](t), how.delimiter) for t in texts))
    text = "\r\n".join(lines) + "\r\n"
    if how.encoding == "cp1258":
        path.write_bytes(cp1258(text))
    else:
        path.write_bytes(text.encode("cp1252" if how.encoding == "legacy" else how.encoding, "replace"))


def _text(cell: Cell, how: Csv) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int | float) and cell.shown.endswith("money"):
        if how.money == "dots":
            return f"{value:,.0f}".replace(",", ".")
        return f"{value:.15g}".replace(".", ",") if how.delimiter == ";" else f"{value:.15g}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _quoted(text: str, delimiter: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(c in text for c in (delimiter, '"', "\n")) else text
