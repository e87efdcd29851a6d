"""A file of repairs (XLSX, XLS, CSV) as records, in Vietnamese or English, whatever its code and layout.

Each sheet may have a table: a row of headings with a date and something that names a device, then rows. A merged cell's date,
device and office hold for all of its rows; its cost and its hours are told once. Whatever cannot be taken is told with its cell.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple, TypeVar

from inventory.folding import fold
from inventory.offices import Offices
from inventory.problems import Problem
from inventory.registers import sheets, values
from inventory.registers.files.cells import Cell, Fault, Sheet, place
from inventory.registers.headings import scale_of
from inventory.registers.office_names import OfficeNames
from inventory.registers.products import product
from inventory.registers.records import Rejected
from inventory.registers.rows import is_signature, is_total
from inventory.registers.values import Refused
from inventory.repairs.records import Log, Repair
from inventory.repairs.words import action_of, field_of, hours_a_day, part_of
from inventory.sentences import pack

_Of = TypeVar("_Of")
#: What names a device.
NAMING = ("code", "serial", "name", "address", "device")
#: Whose merged cells hold for all of their rows.
_SHARED = ("day", *NAMING, "office")
#: Headings stand within so many filled rows.
_ABOVE = 40
_LONGEST = 500  # letters of a text that is kept


class RepairsError(Problem):
    """Why a file is no log of repairs."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "repairs_no_table": "{file}: no sheet has a table of repairs; a row of headings is needed that has a date and a device, "
        "for example “Ngày hỏng” and “Mã tài sản”.",
    }


class _Table(NamedTuple):
    last: int  # row of the headings; of several the last
    at: Mapping[str, int]  # field -> column
    headings: Mapping[str, str]  # field -> as written


def read(path: Path, offices: Offices | None = None, today: datetime.date | None = None) -> Log:
    """What a file says. Raises RegisterError for one that cannot be read, RepairsError for one without a table."""
    today = today or datetime.date.today()
    names = OfficeNames(offices or Offices({}))
    found_sheets, notes = sheets.read(path)
    repairs: list[Repair] = []
    rejected: list[Rejected] = []
    columns: dict[str, str] = {}
    tables = 0
    for sheet in found_sheets:
        table = _table(sheet)
        if table is None:
            continue
        if sheet.hidden:
            notes = (*notes, pack("detail.register_hidden", sheet=sheet.name or path.name, rows=len(sheet.rows)))
            continue
        tables += 1
        columns |= {heading: field for field, heading in table.headings.items()}
        _read_rows(path.name, sheet, table, names, today, repairs, rejected)
    if not tables:
        raise RepairsError("repairs_no_table", file=str(path))
    return Log(path.name, tuple(repairs), tuple(rejected), tuple(columns.items()), notes)


def _table(sheet: Sheet) -> _Table | None:
    rows = list(sheet.rows)[:_ABOVE]
    for place_of, row in enumerate(rows):
        heads = _heads(sheet.rows[row])
        if not any(field == "day" for field, _ in heads.values()):
            continue
        last = row
        beneath = sheet.rows[rows[place_of + 1]] if place_of + 1 < len(rows) else {}
        under = _heads(beneath)
        if beneath and len(under) > len(beneath) / 2 and all(type(cell.value) is str for cell in beneath.values()):
            heads, last = heads | under, rows[place_of + 1]  # the upper ones are groups there
        at: dict[str, tuple[float, int]] = {}
        for column, (field, share) in heads.items():
            if field not in at or share > at[field][0]:
                at[field] = (share, column)
        if "day" in at and any(field in at for field in NAMING):
            columns = {field: column for field, (_, column) in at.items()}
            cells = dict(sheet.rows[row]) | ({column: beneath[column] for column in under} if last != row else {})
            written = {field: " ".join(cells[column].text.split()) for field, column in columns.items()}
            return _Table(last, columns, written)
    return None


def _heads(cells: Mapping[int, Cell]) -> dict[int, tuple[str, float]]:
    """column -> field that its text is a heading of, and how sure that is."""
    found = {}
    for column, cell in cells.items():
        if type(cell.value) is str and len(cell.text) <= 120 and (meant := field_of(cell.text)) is not None and meant[1] >= 0.5:
            found[column] = meant
    return found


#: Numbers of columns beneath the headings: (1), 2, A.
_NUMBERING = re.compile(r"\(?(?:\d{1,2}|[A-Z])\)?")


def _read_rows(
    file: str,
    sheet: Sheet,
    table: _Table,
    names: OfficeNames,
    today: datetime.date,
    repairs: list[Repair],
    rejected: list[Rejected],
) -> None:
    merged = {
        (row, area.left): sheet.rows.get(area.top, {}).get(area.left)
        for area in sheet.merged
        for row in range(max(area.top, table.last) + 1, area.bottom + 1)
    }
    group: tuple[str | None, str] = (names.find(sheet.name), "")
    for row, cells in sheet.rows.items():
        if row <= table.last or (row == table.last + 1 and _is_numbering(cells)):
            continue
        first = next(iter(cells.values())).text
        if is_signature(first):
            break
        if any(type(cell.value) is str and is_total(cell.text) for cell in list(cells.values())[:3]):
            continue
        got = {
            field: cell
            for field, column in table.at.items()
            if (cell := cells.get(column) or (merged.get((row, column)) if field in _SHARED else None)) is not None
        }
        if len(cells) == 1 and len(got) <= 1 and isinstance(values.day(next(iter(cells.values())), today), Refused):
            if (code := names.find(first)) is not None:  # the name of a group; else a remark
                group = (code, first)
                continue
            if "day" not in got:
                continue
        reader = _Row(file, sheet.name, row, got, table, rejected)
        if (repair := reader.repair(names, group, today)) is not None:
            repairs.append(repair)


def _is_numbering(cells: Mapping[int, Cell]) -> bool:
    return len(cells) > 2 and all(_NUMBERING.fullmatch(cell.text.strip()) for cell in cells.values())


class _Row:
    def __init__(
        self, file: str, sheet: str, row: int, cells: Mapping[str, Cell], table: _Table, rejected: list[Rejected]
    ) -> None:
        self.file, self.sheet, self.row, self.cells, self.table, self.rejected = file, sheet, row, cells, table, rejected

    def repair(self, names: OfficeNames, group: tuple[str | None, str], today: datetime.date) -> Repair | None:
        if not any(not values.blank(cell) for cell in self.cells.values()):
            return None
        day = values.day(self._cell("day"), today)
        if day is None or isinstance(day, Refused):
            if not any(field in self.cells for field in NAMING):
                return None  # neither when nor what: a line between the rows
            self._refuse("day", pack("detail.repair_no_day") if day is None else day.reason, whole=True)
            return None
        told = self._text("device")
        code = self._value("code", values.identifier(self._cell("code")))
        serials = self._value("serial", values.serials(self._cell("serial"))) or values.serials_inside(told)
        address = self._value("address", values.address(self._cell("address")))
        name = self._text("name") or None
        if not (told or code or serials or address or name):
            self._refuse("device", pack("detail.repair_no_device"), whole=True)
            return None
        office_told = self._text("office") or group[1]
        office = names.find(office_told) if office_told else group[0]
        part, action = self._text("part"), self._text("action")
        return Repair(
            file=self.file,
            sheet=self.sheet,
            row=self.row,
            day=day,
            code=code,
            serials=tuple(serials or ()),
            name=name,
            address=address,
            device_told=told,
            kind=product(told).kind if told else None,
            office=office,
            office_told=office_told,
            part=part_of(part) or part_of(action),
            part_told=part,
            action=action_of(action) or action_of(part),
            action_told=action,
            cost_vnd=self._value("cost", values.amount(self._cell("cost"), scale_of(self.table.headings.get("cost", "")) or 1)),
            hours_down=self._value("hours", hours(self._cell("hours"), self.table.headings.get("hours", ""))),
            note=self._text("note"),
            at=next(self._place(field) for field in (*NAMING, "day") if field in self.cells),
        )

    def _cell(self, field: str) -> Cell | None:
        return self.cells.get(field)

    def _place(self, field: str) -> str:
        return place(self.row, self.table.at.get(field, min(self.table.at.values())))

    def _text(self, field: str) -> str:
        cell = self.cells.get(field)
        if cell is None or isinstance(cell.value, Fault) or values.blank(cell):
            return ""
        return " ".join(cell.text.split())[:_LONGEST]

    def _value(self, field: str, said: _Of | Refused | None) -> _Of | None:
        if isinstance(said, Refused):
            self._refuse(field, said.reason, whole=False)
            return None
        return said

    def _refuse(self, field: str, reason: str, *, whole: bool) -> None:
        cell = self.cells.get(field)
        text = "" if cell is None else " ".join(cell.text.split())[:200]
        self.rejected.append(Rejected(self.file, self.sheet, self._place(field), reason, text, whole))


_TIME = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]*)")
#: Hours by unit, folded; a day is of `hours_a_day`.
_HOURS = dict.fromkeys(("gio", "h", "hour", "hours", "hr", "hrs", "tieng"), 1.0) | dict.fromkeys(
    ("phut", "p", "minute", "minutes", "min", "mins"), 1 / 60
)
_DAYS = {"ngay": 1.0, "day": 1.0, "days": 1.0, "buoi": 0.5}
_MOST_HOURS = 5000.0  # two working years


def hours(cell: Cell | None, heading: str = "") -> float | Refused | None:
    """Working hours: 4, "4 giờ", "2 ngày" (of 8 hours), "30 phút", "1 ngày 4 giờ"; days where only the heading says so."""
    if cell is None or values.blank(cell):
        return None
    plain = fold(heading).split()
    bare = "ngay" if {"ngay", "day", "days"} & set(plain) and not {"gio", "hour", "hours"} & set(plain) else "gio"
    found: float | None = None
    match cell.value:
        case datetime.time() as said:  # 04:30 in a cell of times
            found = said.hour + said.minute / 60
        case bool() | datetime.date() | Fault():
            found = None
        case int() | float() as number:
            found = _told_hours(float(number), bare)
        case str() as text:
            found = _said_hours(text, bare)
    return found if found is not None and 0 <= found <= _MOST_HOURS else Refused(pack("detail.repair_no_hours"))


def _said_hours(text: str, bare: str) -> float | None:
    told = _TIME.findall(text)
    if not told or any(letter.isalnum() for letter in _TIME.sub("", text)):
        return None
    pieces = [_told_hours(float(number.replace(",", ".")), fold(unit) or bare) for number, unit in told]
    return None if None in pieces else sum(piece for piece in pieces if piece is not None)


def _told_hours(number: float, unit: str) -> float | None:
    if unit in _DAYS:
        return number * _DAYS[unit] * hours_a_day()
    return number * _HOURS[unit] if unit in _HOURS else None
