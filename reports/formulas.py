"""How a spreadsheet works out a cell from others, so that a clerk who corrects a price sees every sum follow. Pure.

The value that the notebook computed stands in the cell already; a test recalculates the workbook and compares. Sums are written
with SUMPRODUCT, not SUMIFS: a criterion of SUMIFS takes `*`, `?` and `<` in an office's name for its own signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of `column` of the table on `sheet`, over its rows that equal this row in `by` and the constants of `where`.

    Columns by the frames' names: `by` stands in both tables, `where` in the other one. Without `column` the rows are counted.
    """

    sheet: str
    column: str | None = None
    by: tuple[str, ...] = ()
    where: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Columns of this row, added (`plus`) and taken away (`minus`), and `above` of the row before: what is carried over."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    above: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands: its worksheet, the letter of each column by name, and its rows as a spreadsheet numbers them."""

    worksheet: str
    letters: Mapping[str, str]
    first: int
    last: int

    def cells(self, column: str) -> str:
        """All cells of a column, wherever the formula stands."""
        letter = self._letter(column)
        return f"'{self.worksheet.replace(chr(39), chr(39) * 2)}'!${letter}${self.first}:${letter}${self.last}"

    def cell(self, column: str, row: int) -> str:
        """One cell of the same worksheet."""
        return f"${self._letter(column)}{row}"

    def _letter(self, column: str) -> str:
        if column not in self.letters:
            raise KeyError(f"a formula asks for {column!r}, which {self.worksheet!r} does not show")
        return self.letters[column]


def place(worksheet: str, columns: Sequence[Mapping[str, Any]], first: int, rows: int) -> Place:
    """Of a table's payload; `first`: the number of its first row."""
    from xlsxwriter.utility import xl_col_to_name  # not for a notebook, which only says what shall be added

    letters = {column["name"]: xl_col_to_name(number) for number, column in reversed(list(enumerate(columns)))}
    return Place(worksheet, letters, first, first + rows - 1)


def text(formula: Mapping[str, Any], row: int, here: Place, places: Mapping[str, Place]) -> str:
    """The formula in row `row` of the table at `here`. `formula`: a payload's, `SumOf` or `Arithmetic` as a mapping.

    `places` by the tables' `sheet`. Raises `KeyError` for a table or column that is not there.
    """
    if "sheet" not in formula:
        signs = [("+", name, row) for name in formula["plus"]] + [("-", name, row) for name in formula["minus"]]
        if formula["above"] and row > here.first:
            signs.append(("+", formula["above"], row - 1))
        return "=" + "".join(f"{sign}{here.cell(name, number)}" for sign, name, number in signs).removeprefix("+")
    if formula["sheet"] not in places:
        raise KeyError(f"a formula asks for the table {formula['sheet']!r}, which is not there")
    there = places[formula["sheet"]]
    if there.last < there.first:
        return "=0"
    tests = [f"({there.cells(name)}={here.cell(name, row)})" for name in formula["by"]]
    tests += [f"({there.cells(name)}={_constant(value)})" for name, value in formula["where"].items()]
    summed = [there.cells(formula["column"])] if formula["column"] else []
    if not tests:
        return f"=SUM({summed[0]})" if summed else f"={there.last - there.first + 1}"
    # one product of truths is a number; the amounts stand apart, so that an empty cell among them counts as nothing
    return f"=SUMPRODUCT({','.join(['*'.join(tests) + ('*1' if len(tests) == 1 else ''), *summed])})"


def _constant(value: int | str) -> str:
    return str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'
