"""What the columns of a file were taken for, with values to see it by: what a person confirms before an import. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.registers.records import Line, Register, Rejected, Table
from inventory.sentences import unpack

#: Values of a column that are shown for a person to recognise it.
SAMPLES = 3
#: Fields whose value stands in a record under another name.
HELD: Mapping[str, str] = {
    "serial": "serials",
    "mac": "macs",
    "office": "office_told",
    "unit_price": "unit_price_vnd",
    "price": "price_vnd",
    "residual_value": "residual_value_vnd",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout."""

    letter: str
    heading: str
    field: str | None  # of records.FIELDS; None: kept as a remark, under its heading
    doubtful: bool
    samples: tuple[object, ...]  # as they were understood

    @property
    def name(self) -> str:
        """How a person is told of it, and tells: the heading, or the letter of a column without one."""
        return self.heading or self.letter


@dataclass(frozen=True, slots=True)
class Layout:
    """Tables of a file that look alike: their sheets, and their columns from left to right."""

    sheets: tuple[str, ...]
    heading_rows: tuple[int, int]  # of the first
    scale: int
    columns: tuple[Column, ...]


def layouts(register: Register) -> list[Layout]:
    """What the tables of a file were taken for, each kind of table once."""
    alike: dict[object, list[Table]] = defaultdict(list)
    for table in register.tables:
        alike[tuple(sorted(table.headings.items())), tuple(sorted(table.columns.items())), table.scale].append(table)
    return [_layout(tables, register) for tables in alike.values()]


def doubtful(register: Register) -> list[Column]:
    """The columns that a person should look at, each heading once."""
    found = {column.name: column for layout in layouts(register) for column in layout.columns if column.doubtful}
    return list(found.values())


def unanimous(register: Register) -> frozenset[str]:
    """Headings of doubtful columns that were taken for the same in all tables that have them: what one word can confirm."""
    fields: dict[str, set[str | None]] = defaultdict(set)
    for layout in layouts(register):
        for column in layout.columns:
            fields[column.heading].add(column.field)
    return frozenset(column.heading for column in doubtful(register) if len(fields[column.heading]) == 1)


def _layout(tables: Sequence[Table], register: Register) -> Layout:
    sheets = tuple(dict.fromkeys(table.sheet for table in tables))
    lines = [line for line in register.lines if line.sheet in sheets]
    return Layout(sheets, tables[0].heading_rows, tables[0].scale, tuple(_columns(tables, lines)))


def _columns(tables: Sequence[Table], lines: Sequence[Line]) -> Iterator[Column]:
    first = tables[0]
    unsure = {letter for table in tables for letter in table.doubtful}
    for letter in sorted({*first.headings, *first.columns}, key=lambda letter: (len(letter), letter)):
        field, heading = first.columns.get(letter), first.headings.get(letter, "")
        samples: dict[object, None] = {}
        for line in lines:
            if (value := _value(line, field, heading)) not in (None, "", ()):
                samples[value] = None
            if len(samples) == SAMPLES:
                break
        yield Column(letter, heading, field, letter in unsure, tuple(samples))


def _value(line: Line, field: str | None, heading: str) -> object:
    if field is None:
        return dict(line.more).get(heading)
    return None if field == "number" else getattr(line, HELD.get(field, field))


#: Rows that are left out rightly: they are no assets. Reasons of `inventory.registers.reading`.
NO_ASSETS = frozenset(
    f"detail.register_{what}" for what in ("below", "group", "part", "total_row", "none_left", "repeated", "copied")
)


def lost(rejected: Sequence[Rejected]) -> list[Rejected]:
    """Rows that were left out and may be assets all the same."""
    return [one for one in rejected if one.whole_row and {said.key for said in unpack(one.reason)}.isdisjoint(NO_ASSETS)]


@dataclass(frozen=True, slots=True)
class Sum:
    """How much a file, or a part of it, is."""

    lines: int
    units: int
    value_vnd: int | None  # of the lines that tell a price; None where none does


def total(lines: tuple[Line, ...]) -> Sum:
    prices = [price for line in lines if (price := price_of(line)) is not None]
    return Sum(len(lines), sum(line.quantity for line in lines), sum(prices) if prices else None)


def price_of(line: Line) -> int | None:
    """Of the whole line, in dong."""
    if line.price_vnd is not None:
        return line.price_vnd
    return None if line.unit_price_vnd is None else line.unit_price_vnd * line.quantity
