"""Where the headings of a table stand in a sheet: over one row or several, merged, with groups, numbered, repeated."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from inventory.registers.files.cells import Area, Cell, Sheet
from inventory.registers.headings import LONGEST, WEAK, is_group, meanings, scale_of_line
from inventory.registers.states import state

WIDEST = 200  # columns; what stands further right is no table of people's
_TALLEST = 5  # rows of headings


class Block(NamedTuple):
    first: int
    last: int


class Grid:
    """A sheet with its merged areas: what stands over a cell."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._areas: dict[int, list[Area]] = defaultdict(list)
        last = max(sheet.rows, default=0)
        for area in sheet.merged:
            if area.left <= WIDEST and area.top <= last:
                for row in range(area.top, min(area.bottom, last) + 1):
                    self._areas[row].append(area)

    def area(self, row: int, column: int) -> Area | None:
        """The merged area that a cell lies in."""
        return next((area for area in self._areas.get(row, ()) if area.left <= column <= area.right), None)

    def own(self, row: int, column: int) -> Cell | None:
        return self.sheet.rows.get(row, {}).get(column)

    def seen(self, row: int, column: int) -> Cell | None:
        """What a person sees in a cell, also where it stands in the first cell of a merged area."""
        cell = self.own(row, column)
        if cell is None and (area := self.area(row, column)) is not None:
            return self.own(area.top, area.left)
        return cell

    def texts(self, row: int) -> dict[int, str]:
        """Column -> text of the text cells of a row that stand in it."""
        cells = self.sheet.rows.get(row, {})
        return {column: cell.text for column, cell in cells.items() if column <= WIDEST and type(cell.value) is str}


def _row_fields(grid: Grid, row: int) -> set[str]:
    """Fields that the texts of a row are headings of, each by its own."""
    found: set[str] = set()
    for text in grid.texts(row).values():
        if len(text) <= LONGEST:
            sure = {name for name, score in meanings(text).items() if name and score >= WEAK}
            if sure and not sure <= found:
                found.add(sorted(sure - found)[0])
    return found


def blocks(grid: Grid) -> Iterator[Block]:
    """The rows of headings of a sheet, from the top."""
    behind = 0
    for row in sorted(grid.sheet.rows):
        if row <= behind:
            continue
        cells = grid.sheet.rows[row]
        texts = grid.texts(row)
        if len(texts) < 2 or sum(1 for cell in cells.values() if type(cell.value) is not str) > len(texts) // 3:
            continue
        if any(len(text) > 400 for text in texts.values()):
            continue
        fields = _row_fields(grid, row)
        known = sum(1 for text in texts.values() if meanings(text))
        if not (len(fields) >= 3 or (len(fields) == 2 and "name" in fields)) or known * 2 < len(texts):
            continue
        block = _whole_block(grid, row, behind)
        behind = block.last
        yield block


def _whole_block(grid: Grid, row: int, behind: int) -> Block:
    first = last = row
    for column in range(1, min(WIDEST, max(grid.sheet.rows[row]) + 1) + 1):
        area = grid.area(row, column)
        if area is not None and area.bottom - area.top < _TALLEST and area.top > behind:
            first, last = min(first, area.top), max(last, area.bottom)
    while first - 1 > behind and row - first < _TALLEST and _is_group_row(grid, first - 1):
        first -= 1
    names = [column for column, text in grid.texts(row).items() if meanings(text).get("name", 0) >= WEAK]
    while last - first < _TALLEST and _is_below(grid, last + 1, first, last, names):
        last += 1
    while last - first < _TALLEST and is_numbering(grid.sheet.rows.get(last + 1, {})):
        last += 1
    return Block(first, last)


def _is_group_row(grid: Grid, row: int) -> bool:
    """Whether a row over headings groups them: several texts, each known as a heading or a group."""
    texts = grid.texts(row)
    if len(texts) < 2 or len(texts) != len(grid.sheet.rows.get(row, {})):
        return False
    known = sum(1 for text in texts.values() if meanings(text) or is_group(text))
    return known * 2 >= len(texts) and known >= 2 and not any(len(text) > LONGEST for text in texts.values())


def _is_below(grid: Grid, row: int, first: int, last: int, names: list[int]) -> bool:
    """Whether a row goes on with the headings over it: texts only, none for the column of names, some known."""
    cells = grid.sheet.rows.get(row, {})
    texts = grid.texts(row)
    if not texts or len(texts) != len(cells) or any(column in texts for column in names):
        return False
    if any(len(text) > LONGEST for text in texts.values()) or is_numbering(cells):
        return False
    width = max(grid.sheet.rows[first])
    areas = [area for column in texts if (area := grid.area(row, column)) is not None]
    if any(2 * (area.right - area.left + 1) > width for area in areas) or any(map(_ENUMERATED.match, texts.values())):
        return False  # a group of assets right beneath the headings
    known = sum(1 for text in texts.values() if meanings(text) or state(text) or is_group(text))
    under = sum(1 for column in texts if _over(grid, column, first, last))
    return known * 2 >= len(texts) and under * 2 >= len(texts) and (len(texts) > 1 or known > 0) and bool(names)


_ENUMERATED = re.compile(r"\s*(?:[IVX]+|[A-Z])\s*[./)]\s*\w")


def _over(grid: Grid, column: int, first: int, last: int) -> str:
    """The heading over a column: its own, its merged area's, or that of the next to the left that has none beneath it."""
    for row in range(last, first - 1, -1):
        if (cell := grid.seen(row, column)) is not None:
            return cell.text
    for left in range(column - 1, max(0, column - 6), -1):
        if (cell := grid.own(last, left) or grid.own(first, left)) is not None:
            return cell.text
    return ""


_NUMBERING = re.compile(r"\(?\s*(?:[A-Za-zĐđ]|\d{1,2})\s*\)?(?:\s*=.*)?")


def is_numbering(cells: Mapping[int, Cell]) -> bool:
    """Whether a row numbers its columns: A, B, C, 1, 2, 3=1x2."""
    said = [cell.text.strip() for cell in cells.values()]
    if len(said) < 3 or not all(_NUMBERING.fullmatch(text) for text in said):
        return False
    numbers = [int(found[0]) for text in said if (found := re.match(r"\d+", text.strip("( ")))]
    letters_said = [text.strip("() ") for text in said if text.strip("() ")[:1].isalpha()]
    rising = all(a < b for a, b in pairwise(numbers))
    return (
        rising
        and (len(numbers) >= 3 or len(letters_said) >= 3 or len(numbers) + len(letters_said) >= 4)
        and numbers[:1] in ([1], [], [0], [2])
    )


def scale_over(grid: Grid, first: int, behind: int) -> int | None:
    """Dong that a 1 in every column of prices stands for, as a line over the table says: "ĐVT: 1.000 đồng"."""
    for row in range(first - 1, max(behind, first - 12), -1):
        for text in grid.texts(row).values():
            if (scale := scale_of_line(text)) is not None:
                return scale
    return None
