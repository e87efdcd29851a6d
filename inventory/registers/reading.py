"""A file of an office as a register: every asset once, and everything that was left out with its cell and the reason."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from inventory.offices import Offices
from inventory.registers import sheets
from inventory.registers.columns import Columns, tables
from inventory.registers.duplicates import parted
from inventory.registers.files.cells import Cell, RegisterError, Sheet
from inventory.registers.lines import Found, Page, Told, read_rows
from inventory.registers.office_names import OfficeNames, names_itself
from inventory.registers.records import FIELDS, Line, Register, Rejected, Table
from inventory.sentences import pack

_LONGEST_NAME = 31  # letters of a sheet's name


def read(
    path: Path | str,
    offices: Offices | None = None,
    mapping: Mapping[str, str] | None = None,
    office: str | None = None,
    scale: int | None = None,
    today: datetime.date | None = None,
) -> Register:
    """What a file (XLSX, XLS, CSV) says. Raises RegisterError: one sentence about the file.

    `offices`: those that the words of the register may mean. `mapping`: columns that a person confirmed, heading as
    `Table.headings` has it -> field of FIELDS, "" for a column that is none; it overrules. `office`: code of the office whose
    register it is, for rows that name none. `scale`: dong that a 1 in the columns of prices stands for, where a person said so.
    `today`: what lies behind it is ahead.
    """
    path = Path(path)
    for heading, name in (mapping or {}).items():
        if name and name not in FIELDS:
            raise RegisterError("register_unknown_field", file=str(path), heading=heading, field=name, fields=", ".join(FIELDS))
    today = today or datetime.date.today()
    offices = offices or Offices({})
    names = OfficeNames(offices)
    found_sheets, notes = sheets.read(path)
    told, rejected, found_tables = list(notes), [], []
    lines: list[Line] = []
    at: list[Mapping[str, int]] = []
    for sheet in found_sheets:
        columns = tables(sheet, names, today, mapping, scale)
        if sheet.hidden and (columns or sheet.rows):
            told.append(pack("detail.register_hidden", sheet=sheet.name or path.name, rows=len(sheet.rows)))
            continue
        if not columns:
            if sheet.rows:
                told.append(pack("detail.register_no_table_here", sheet=sheet.name or path.name))
            continue
        for found in _of_sheet(path, sheet, columns, names, offices, office, today):
            lines += found.lines
            at += found.columns
            rejected += found.rejected
            told += found.notes
        found_tables += _distinct(columns)
    if not found_tables:
        raise RegisterError("register_no_table", file=str(path))
    kept, repeated, shared = parted(lines, at)
    return Register(
        path.name, tuple(kept), tuple(_once([*rejected, *repeated])), tuple(found_tables), tuple(dict.fromkeys([*told, *shared]))
    )


def _of_sheet(
    path: Path,
    sheet: Sheet,
    columns: list[Columns],
    names: OfficeNames,
    offices: Offices,
    office: str | None,
    today: datetime.date,
) -> list[Found]:
    base = _told_by(sheet.name, names, Told(office), offices)
    if len(sheet.name) == _LONGEST_NAME and (code := names.begun(sheet.name)) is not None:
        base = Told(code, sheet.name)
    tables_with_pages: list[tuple[Columns, Told, list[Page]]] = []
    behind, told = 0, base
    for number, one in enumerate(columns):
        last = columns[number + 1].table.heading_rows[0] - 1 if number + 1 < len(columns) else max(sheet.rows)
        anew = _told_over(sheet, behind, one.table.heading_rows[0], names, offices, base)
        told = anew or told
        if tables_with_pages and _alike(tables_with_pages[-1][0], one):
            tables_with_pages[-1][2].append(Page(one.first, last, anew))
        else:
            tables_with_pages.append((one, told, [Page(one.first, last)]))
        behind = one.first
    return [read_rows(path.name, sheet, one, pages, names, held, today) for one, held, pages in tables_with_pages]


def _alike(one: Columns, other: Columns) -> bool:
    """Whether the headings of a table are repeated, as on every page."""
    return (one.table.columns, one.table.headings, one.scales) == (other.table.columns, other.table.headings, other.scales)


def _told_over(sheet: Sheet, behind: int, heading: int, names: OfficeNames, offices: Offices, base: Told) -> Told | None:
    """What the titles over a table say of the office; None where they name none."""
    rows = [cells for row, cells in sheet.rows.items() if behind < row < heading]
    if behind:  # the rows of another table end there: titles are what has few cells, and no numbers
        rows = [cells for cells in rows if len(cells) <= 3 and not any(_is_number(cell) for cell in cells.values())][-6:]
    texts = [text for cells in rows for cell in cells.values() for text in cell.text.splitlines() if len(text) < 300]
    told = base
    for text in texts:
        if not names_itself(text):
            told = _told_by(text, names, told, offices)
    for text in texts:
        if names_itself(text) and (code := names.find(text)) is not None:
            told = Told(code, text.partition(":")[2].strip() or text)
    return told if told != base else None


def _is_number(cell: Cell) -> bool:
    return not isinstance(cell.value, str) or cell.text.strip(" .").isdigit()


def _told_by(text: str, names: OfficeNames, told: Told, offices: Offices) -> Told:
    """What a title or a sheet's name says of the office; the letterhead of the office above says nothing new."""
    code = names.find(text)
    if code is None or (told.office is not None and told.office in offices.by_code and told.office in offices.descendants(code)):
        return told
    return Told(code, " ".join(text.split()))


def _distinct(found: list[Columns]) -> list[Table]:
    """Tables of a sheet whose columns differ; headings that are repeated on every page are one table."""
    kept: list[Columns] = []
    for one in found:
        if not any(_alike(one, other) for other in kept):
            kept.append(one)
    return [one.table for one in kept]


def _once(rejected: list[Rejected]) -> list[Rejected]:
    """Every cell once; that its row was left out counts more than a value of it."""
    found: dict[tuple[str, str], Rejected] = {}
    for one in rejected:
        before = found.get((one.sheet, one.cell))
        if before is None or (one.whole_row and not before.whole_row):
            found[one.sheet, one.cell] = one
    return list(found.values())
