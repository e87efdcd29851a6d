"""Lists that another program exports: columns known by their heads, rows as cells, and how a row becomes a line of a register.

What another program says of a device is a third party's word, no observation: `from_netbox` and `from_glpi` make registers of
it, which are kept and matched against the network as any office's books are.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from inventory import yaml_files
from inventory.exchange.to_netbox import UNKNOWN
from inventory.facts import KINDS
from inventory.folding import fold
from inventory.junk import is_junk, is_junk_serial
from inventory.problems import Problem
from inventory.registers import sheets, values
from inventory.registers.files.cells import Cell, Fault, Sheet, letters, place
from inventory.registers.products import product
from inventory.registers.records import Line, Register, Rejected, State, Table
from inventory.registers.states import state
from inventory.registers.values import Refused
from inventory.sentences import pack

#: Fields that several lines of text may stand in; anywhere else a line end is of a quotation mark that nobody closed.
_SEVERAL_LINES = frozenset({"note", "mac", "address", "user"})


class ListError(Problem):
    """Why a file is no list of devices of that program."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "list_no_devices": "{file}: this is no list of devices that {program} exports; choose the list of devices there, as CSV.",
    }


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # 1-based, as the spreadsheet program numbers it
    cells: Mapping[str, Cell]  # by field
    at: Mapping[str, str]  # field -> name of its cell
    more: tuple[tuple[str, str], ...]  # (head, text) of columns that are no field

    def text(self, field: str) -> str:
        """What stands there, on one line."""
        cell = self.cells.get(field)
        return "" if cell is None or isinstance(cell.value, Fault) else " ".join(cell.text.split())


@dataclass(frozen=True, slots=True)
class Listed:
    """One sheet of one file."""

    file: str
    fields: frozenset[str]
    table: Table
    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()


@cache
def _words() -> Mapping[str, Any]:
    words: dict[str, Any] = yaml_files.read(Path(__file__).with_name("headings.yaml"))
    return {
        what: {fold(word): meaning for meaning, listed in meanings.items() for word in listed} for what, meanings in words.items()
    }


def read(path: Path, program: str) -> tuple[Listed, ...]:
    """The sheets of a file that `program` ("netbox", "glpi") exported: CSV in any code, or saved again as XLSX or XLS.

    Raises RegisterError for a file that cannot be read.
    """
    found, notes = sheets.read(path)
    return tuple(_listed(path.name, sheet, _words()[program], notes) for sheet in found if sheet.rows)


def _listed(file: str, sheet: Sheet, known: Mapping[str, str], notes: tuple[str, ...]) -> Listed:
    first, *others = sheet.rows
    heads: dict[int, str] = {}
    for column, cell in sheet.rows[first].items():
        head = " ".join(cell.text.split())
        heads[column] = head if head not in heads.values() else f"{head} ({letters(column)})"
    fields: dict[int, str] = {}
    for column, head in heads.items():
        field = known.get(fold(head)) or known.get(fold(head.rpartition(" - ")[2]))
        if field and field not in fields.values():  # of several addresses the first one
            fields[column] = field
    table = Table(
        sheet.name,
        (first, first),
        {letters(column): field for column, field in fields.items()},
        {letters(column): head for column, head in heads.items()},
    )
    rows, rejected = [], []
    for number in others:
        cells = sheet.rows[number]
        if (fault := _fault(cells, fields, max(heads))) is not None:
            column, reason = fault
            rejected.append(Rejected(file, sheet.name, place(number, column), reason, " ".join(cells[column].text.split())[:200]))
            continue
        rows.append(
            Row(
                number,
                {fields[column]: cell for column, cell in cells.items() if column in fields},
                {fields[column]: place(number, column) for column in cells if column in fields},
                tuple(
                    (heads[column], cell.text.strip())
                    for column, cell in cells.items()
                    if column in heads and column not in fields
                ),
            )
        )
    return Listed(file, frozenset(fields.values()), table, tuple(rows), tuple(rejected), notes)


def _fault(cells: Mapping[int, Cell], fields: Mapping[int, str], last: int) -> tuple[int, str] | None:
    """The column that shows that a row's cells are not where they belong, and why."""
    for column, cell in cells.items():
        if column > last:
            return column, pack("detail.list_too_many_cells")
        swallowed = "\n" in cell.text.strip() and fields.get(column) not in (None, *_SEVERAL_LINES)
        if swallowed or cell.value is Fault.OPEN_QUOTE:
            return column, pack("detail.register_open_quote")
    return None


# -- rows as lines ---------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a thing is, as a row tells it."""

    office: str | None  # code, where the text means one that is known
    told: str
    room: str | None = None


#: Fields whose cells are read as more than text.
_READ = ("serial", "code", "mac", "address", "price", "acquired", "in_use", "warranty_to")


def register(
    listed: Listed,
    place_of: Callable[[Row], Place],
    today: datetime.date,
    macs: Mapping[str, tuple[str, ...]] | None = None,
    addresses: Mapping[str, str] | None = None,
) -> Register:
    """Everything that a list says. Rows that say nothing, or just what another says, are rejected with the reason.

    `macs`, `addresses`: of a device's ports, by its name in small letters, where other lists tell them.
    """
    rejected = list(listed.rejected)
    lines: list[Line] = []
    before: dict[tuple[object, ...], int] = {}
    for row in listed.rows:
        first = min(row.at.values(), key=lambda cell: (len(cell), cell), default=place(row.number, 1))
        same = before.setdefault((*((field, cell.text) for field, cell in row.cells.items()), row.more), row.number)
        if same != row.number:  # devices that share a name or a number are two all the same: the program has two
            reason = pack("detail.register_repeated", value=row.text("name"), where=place(same, 1))
            rejected.append(Rejected(listed.file, listed.table.sheet, first, reason, row.text("name")))
            continue
        line = _line(listed, row, place_of(row), today, rejected)
        if line is None:
            rejected.append(Rejected(listed.file, listed.table.sheet, first, pack("detail.list_nothing")))
            continue
        name = row.text("name").casefold()
        told = tuple(dict.fromkeys((*line.macs, *(macs or {}).get(name, ()))))
        lines.append(replace(line, macs=told, address=line.address or (addresses or {}).get(name)))
    return Register(listed.file, tuple(lines), tuple(sorted(rejected, key=_in_order)), (listed.table,), listed.notes)


def _in_order(one: Rejected) -> tuple[int, str]:
    """By row, then by column."""
    column = one.cell.rstrip("0123456789")
    return int(one.cell.removeprefix(column)), column.rjust(3)


def _line(listed: Listed, row: Row, where: Place, today: datetime.date, rejected: list[Rejected]) -> Line | None:
    ours = _left_by_us(row)
    name = ours.get("name") or row.text("name")
    vendor, model, kind = (ours.get(field) or _known(row.text(field)) for field in ("vendor", "model", "kind"))
    found: dict[str, Any] = {}
    for field in _READ:
        value = ours.get(field) or _read(field, row.cells.get(field), today)
        if isinstance(value, Refused):
            told = row.cells[field].text
            rejected.append(Rejected(listed.file, listed.table.sheet, row.at[field], value.reason, told, whole_row=False))
            value = None
        found[field] = value
    serial = None if is_junk_serial(found["serial"]) else found["serial"]
    called = name or " ".join(filter(None, (vendor, model))) or found["code"] or serial
    if not called:
        return None
    standing = row.text("state")
    more = [*row.more]
    more += [(_head(listed, "state"), standing)] if standing and _state(standing) is None else []
    more += [(_head(listed, "kind"), kind)] if kind and _kind(kind) is None else []
    return Line(
        file=listed.file,
        sheet=listed.table.sheet,
        row=row.number,
        name=called,
        code=found["code"],
        kind=_kind(kind) or _kind(Path(listed.file).stem) or product(f"{vendor} {model}").kind,
        vendor=product(vendor).vendor or vendor or None,
        model=model or None,
        serials=(serial,) if serial else (),
        macs=found["mac"] or (),
        host_name=name or None,
        address=found["address"],
        office=where.office,
        office_told=where.told,
        place=where.room,
        user=_known(row.text("user")) or None,
        price_vnd=found["price"],
        acquired=found["acquired"],
        in_use=found["in_use"],
        warranty_to=found["warranty_to"],
        state=_state(standing),
        note=None if ours else row.text("note") or None,
        more=tuple(more),
    )


def _known(said: str) -> str:
    """Nothing for words in place of a value, and for what `to_netbox` writes where nobody told a model."""
    kind = said.removeprefix(f"{UNKNOWN} ")
    return "" if is_junk(said) or (kind != said and kind in KINDS) else said


def _head(listed: Listed, field: str) -> str:
    at = next(letter for letter, own in listed.table.columns.items() if own == field)
    return listed.table.headings[at]


def _left_by_us(row: Row) -> dict[str, str]:
    """What our own export could not put into the program's fields and left in the comments, by field."""
    cell = row.cells.get("note")
    if cell is None or not cell.text.startswith("Kiểm Kê: "):
        return {}
    told = dict(line.partition(": ")[::2] for line in cell.text.splitlines())
    return {{"asset_tag": "code", "Kiểm Kê": "device"}.get(key, key): value for key, value in told.items() if value}


def _read(field: str, cell: Cell | None, today: datetime.date) -> Any:
    """What a cell says, None for nothing, or why it is refused."""
    match field:
        case "serial" | "code":
            return values.identifier(cell)
        case "mac":
            return values.macs(cell)
        case "address":
            return _first_address(cell)
        case "price":
            return values.amount(cell)
    if cell is not None and isinstance(cell.value, str):
        said = cell.text.partition(" ")[0]  # a time of day says nothing here
        cell = Cell(said, said)
    return values.day(cell, today, may_be_ahead=field == "warranty_to")


def _first_address(cell: Cell | None) -> str | Refused | None:
    """Of several, one under the other, the first that can be reached."""
    if cell is None or values.blank(cell):
        return None
    pieces = [values.address(Cell(piece, piece)) for piece in cell.text.split()]
    found = [piece for piece in pieces if isinstance(piece, str) and not piece.startswith(("127.", "fe80", "::1", "0.0."))]
    return found[0] if found else values.address(cell)


def _kind(said: str) -> str | None:
    """Our kind by the word of another program: our own code, a word of its language, a word of the registers."""
    plain = said.strip().lower()
    return plain if plain in KINDS else _words()["kinds"].get(fold(said)) or product(said).kind


def _state(said: str) -> State | None:
    own = _words()["states"].get(fold(said))
    return State(own) if own else state(said) if said else None
