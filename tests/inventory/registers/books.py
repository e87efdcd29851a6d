"""Spreadsheets as offices make them, in a few words."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from inventory.offices import Office, Offices
from inventory.registers.reading import read
from inventory.registers.records import Line, Register

TODAY = datetime.date(2026, 3, 2)

OFFICES = Offices(
    {
        office.code: office
        for office in (
            Office("huyen", "Văn phòng HĐND và UBND huyện Lập Thạch", "District office"),
            Office("tai-chinh", "Phòng Tài chính - Kế hoạch", "Finance division", parent="huyen"),
            Office("xuan-hoa", "Xã Xuân Hòa", "Xuân Hòa commune", parent="huyen"),
            Office("xuan-loi", "Xã Xuân Lôi", "Xuân Lôi commune", parent="huyen"),
            Office("thai-hoa", "Xã Thái Hòa", "Thái Hòa commune", parent="huyen"),
            Office("tt-lap-thach", "Thị trấn Lập Thạch", "Lập Thạch town", parent="huyen"),
            Office("lien-son", "Xã Liễn Sơn", "Liễn Sơn commune", parent="huyen"),
            Office("lien-sown", "Xã Liên Sơn", "Liên Sơn commune", parent="huyen"),
        )
    }
)

Rows = Sequence[Sequence[Any]]


def xlsx(path: Path, rows: Rows, merged: Sequence[str] = (), **sheets: Rows) -> Path:
    """A workbook with the rows in its first sheet, and further sheets by name; None is an empty cell."""
    book = Workbook()
    for number, (name, content) in enumerate({"Sheet1": rows, **sheets}.items()):
        page = book.active if number == 0 else book.create_sheet(name)
        page.title = name
        for row, cells in enumerate(content, start=1):
            for column, value in enumerate(cells, start=1):
                if value is not None:
                    page.cell(row, column, value)
        if number == 0:
            for area in merged:
                page.merge_cells(area)
    book.save(path)
    return path


def csv(path: Path, rows: Rows, separator: str = ",", encoding: str = "utf-8") -> Path:
    text = "\r\n".join(separator.join("" if value is None else str(value) for value in row) for row in rows)
    path.write_bytes(text.encode(encoding))
    return path


def told(path: Path, **more: Any) -> Register:
    return read(path, OFFICES, today=TODAY, **more)


def by_row(register: Register) -> dict[int, Line]:
    return {line.row: line for line in register.lines}
