"""A sheet as it stands in a file: filled cells by row and column, merged areas. Frozen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple

from inventory.problems import Problem


class Fault(StrEnum):
    """What a spreadsheet program shows in place of a value that it could not work out."""

    NULL = "#NULL!"
    DIV = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"
    OTHER = "#ERROR!"
    NOT_WORKED_OUT = "="  # a formula that no spreadsheet program has worked out
    OPEN_QUOTE = '"'  # text of a CSV file that begins with a quotation mark which nobody closes: where it ends is not known


#: A date without its time of day; text as it stands, in whatever code.
Value = str | int | float | bool | datetime.date | datetime.time | Fault


class Cell(NamedTuple):
    value: Value
    text: str  # as a person reads it; numbers without separators, dates dd/mm/yyyy
    font: str = ""  # where the file tells it


class Area(NamedTuple):
    """A merged area, 1-based, ends included. Its value stands in the first cell."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: Mapping[int, Mapping[int, Cell]]  # row -> column -> cell, 1-based, in order, filled cells only
    merged: tuple[Area, ...] = ()
    hidden: bool = False
    notes: tuple[str, ...] = field(default=())  # packed


class RegisterError(Problem):
    """Why a file cannot be read as a register. Every message has `file`."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "register_not_found": "{file}: there is no such file; check the name and the folder.",
        "register_not_readable": "{file}: the file cannot be opened ({detail}); close it elsewhere, or ask for permission.",
        "register_empty": "{file}: the file is empty; check that it was saved or copied completely.",
        "register_damaged": "{file}: the file is damaged or not complete; open it in a spreadsheet program and save it as XLSX.",
        "register_locked": "{file}: a password protects the file; open it, take the password out, and save it as XLSX.",
        "register_other_format": "{file}: this is no XLSX, XLS or CSV but {format}; save it as XLSX from a spreadsheet program.",
        "register_too_large": "{file}: unpacked, the file holds more than {limit} MB; keep only the sheets of assets.",
        "register_no_table": "{file}: no sheet has a table of assets; a row of headings is needed, for example “Tên tài sản”.",
        "register_unknown_field": "{file}: the column “{heading}” is to be “{field}”, which is no field; possible are {fields}.",
    }


def letters(column: int) -> str:
    """A column's letters.

    >>> letters(1), letters(26), letters(27), letters(16384)
    ('A', 'Z', 'AA', 'XFD')
    """
    found = ""
    while column:
        column, last = divmod(column - 1, 26)
        found = chr(65 + last) + found
    return found


def where(sheet: str, cell: str) -> str:
    """A cell's name with its sheet's, as spreadsheet programs write it; a CSV file has no sheets."""
    return f"{sheet}!{cell}" if sheet else cell


def place(row: int, column: int) -> str:
    """A cell's name: (12, 4) is D12."""
    return f"{letters(column)}{row}"
