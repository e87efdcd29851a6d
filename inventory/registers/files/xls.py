"""XLS (Excel 2 to 2003) by xlrd: it tells errors, number formats and fonts, which other readers leave out."""

from __future__ import annotations

import io

import xlrd
from xlrd.biffh import XLRDError

from inventory.registers.files.cells import Area, Cell, Fault, RegisterError, Sheet
from inventory.registers.files.formats import cell_of

_FAULTS = {
    0x00: Fault.NULL,
    0x07: Fault.DIV,
    0x0F: Fault.VALUE,
    0x17: Fault.REF,
    0x1D: Fault.NAME,
    0x24: Fault.NUM,
    0x2A: Fault.NA,
}


def read(file: str, octets: bytes) -> tuple[Sheet, ...]:
    """The worksheets of an XLS file in their order. Raises RegisterError."""
    try:
        book = xlrd.open_workbook(file_contents=octets, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        return tuple(_sheet(book, sheet) for sheet in book.sheets())
    except XLRDError as error:
        locked = "encrypted" in str(error) or "password" in str(error).lower()
        raise RegisterError("register_locked" if locked else "register_damaged", file=file) from None
    except Exception:  # noqa: BLE001 — a damaged file trips the reader anywhere: AssertionError, struct.error, IndexError, ...
        raise RegisterError("register_damaged", file=file) from None


def _sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Sheet:
    rows = {}
    for row in range(sheet.nrows):
        cells = {}
        for column in range(sheet.row_len(row)):
            read = _cell(book, sheet.cell(row, column))
            if read is not None:
                cells[column + 1] = read
        if cells:
            rows[row + 1] = cells
    merged = tuple(Area(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
    return Sheet(sheet.name, rows, merged, sheet.visibility != 0)


def _cell(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Cell | None:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    style = book.xf_list[cell.xf_index] if cell.xf_index is not None and cell.xf_index < len(book.xf_list) else None
    font = book.font_list[style.font_index].name if style is not None and style.font_index < len(book.font_list) else ""
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            code = (
                book.format_map[style.format_key].format_str if style is not None and style.format_key in book.format_map else ""
            )
            return cell_of(float(cell.value), code, font, book.datemode == 1)
        case xlrd.XL_CELL_BOOLEAN:
            return Cell(bool(cell.value), str(cell.value), font)
        case xlrd.XL_CELL_ERROR:
            fault = _FAULTS.get(int(cell.value), Fault.OTHER)
            return Cell(fault, fault.value, font)
    said = str(cell.value)
    return Cell(said, said, font) if said.strip() else None
