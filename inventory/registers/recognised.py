"""What the columns of a file were taken for, with values to see it by: what a person confirms before an import. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inventory.registers.records import Line, Register, Table

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
    """One column of a table of a file."""

    sheet: str
    letter: str
    heading: str
    field: str | None  # of records.FIELDS; None: kept as a remark, under its heading
    doubtful: bool
    samples: tuple[object, ...]  # as they were understood


def columns(register: Register) -> list[Column]:
    """Every column of every table, left to right."""
    return [column for table in register.tables for column in _columns(table, register)]


def _columns(table: Table, register: Register) -> Iterator[Column]:
    lines = [line for line in register.lines if line.sheet == table.sheet]
    for letter in sorted({*table.headings, *table.columns}, key=lambda letter: (len(letter), letter)):
        field, heading = table.columns.get(letter), table.headings.get(letter, "")
        samples: dict[object, None] = {}
        for line in lines:
            if (value := _value(line, field, heading)) not in (None, "", ()):
                samples[value] = None
            if len(samples) == SAMPLES:
                break
        yield Column(table.sheet, letter, heading, field, letter in table.doubtful, tuple(samples))


def _value(line: Line, field: str | None, heading: str) -> object:
    if field is None:
        return dict(line.more).get(heading)
    return None if field == "number" else getattr(line, HELD.get(field, field))


@dataclass(frozen=True, slots=True)
class Sum:
    """How much a file, or a part of it, is."""

    lines: int
    units: int
    value_vnd: int  # of the lines that tell a price
    priced: int  # how many do


def total(lines: tuple[Line, ...]) -> Sum:
    prices = [price for line in lines if (price := price_of(line)) is not None]
    return Sum(len(lines), sum(line.quantity for line in lines), sum(prices), len(prices))


def price_of(line: Line) -> int | None:
    """Of the whole line, in dong."""
    if line.price_vnd is not None:
        return line.price_vnd
    return None if line.unit_price_vnd is None else line.unit_price_vnd * line.quantity
