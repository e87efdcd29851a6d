"""What the columns of a table are: by the words of the headings and by what stands beneath.

What is not sure is named (`Table.doubtful`) for a person to look at; what a person confirmed holds.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from inventory.folding import fold
from inventory.registers import values
from inventory.registers.blocks import WIDEST, Block, Grid, blocks, is_numbering, scale_over
from inventory.registers.contents import doubtful_scale, fit, telling
from inventory.registers.files.cells import Cell, Sheet, letters
from inventory.registers.headings import SURE, is_beside, is_group, meanings, scale_of
from inventory.registers.office_names import OfficeNames
from inventory.registers.records import FIELDS, State, Table
from inventory.registers.states import state

PRICES = ("unit_price", "price", "residual_value")
DATES = ("acquired", "in_use", "warranty_to")
_SAMPLE = 300  # rows that tell what a column holds
_ENOUGH = 0.5  # of the cells beneath a heading fit it


@dataclass(frozen=True)
class Columns:
    """A table as `lines` reads it: `Table` and what is told to nobody else."""

    table: Table
    at: Mapping[str, int]  # field -> column, 1-based
    more: Mapping[int, str]  # column -> heading of the columns that are no field
    ticks: Mapping[int, State]  # columns in which a mark tells a state
    reduced: frozenset[int]  # columns that tell why a thing left the books
    scales: Mapping[int, int]  # column of prices -> dong
    first: int  # row beneath the headings
    marks: tuple[str, ...] = field(default=())  # the folded first row of headings, to know it again


class _Column(NamedTuple):
    number: int
    parts: tuple[str, ...]  # headings over each other, the groups first
    beside: bool
    reduced: bool
    cells: tuple[Cell, ...]  # a sample of what stands beneath
    share: float  # of the sampled rows that are filled

    @property
    def heading(self) -> str:
        return " / ".join(self.parts)


def tables(
    sheet: Sheet,
    names: OfficeNames,
    today: datetime.date,
    mapping: Mapping[str, str] | None = None,
    scale: int | None = None,
) -> list[Columns]:
    """The tables of a sheet, from the top. `mapping`: confirmed, heading as `Table.headings` has it -> field, "" for none."""
    grid = Grid(sheet)
    confirmed = {fold(heading): name for heading, name in (mapping or {}).items()}
    found_blocks = list(blocks(grid))
    if not found_blocks and sheet.rows:
        first = min(sheet.rows)
        found_blocks = [Block(first, first - 1)]  # no headings at all: what stands beneath decides
    found: list[Columns] = []
    for number, block in enumerate(found_blocks):
        end = found_blocks[number + 1].first - 1 if number + 1 < len(found_blocks) else max(sheet.rows)
        if end <= block.last:
            continue
        read = _columns(grid, block, end)
        over = scale_over(grid, block.first, found_blocks[number - 1].last if number else 0)
        columns = _table(grid, block, read, names, today, confirmed, scale, over)
        if columns is not None:
            found.append(columns)
    return found


def _columns(grid: Grid, block: Block, end: int) -> list[_Column]:
    beneath: dict[int, list[Cell]] = defaultdict(list)
    rows = 0
    for row in sorted(r for r in grid.sheet.rows if block.last < r <= end)[: _SAMPLE * 2]:
        cells = grid.sheet.rows[row]
        if len(cells) < 2 or is_numbering(cells):
            continue
        rows += 1
        for column, cell in cells.items():
            if column <= WIDEST:
                beneath[column].append(cell)
        if rows == _SAMPLE:
            break
    widest = max((max(grid.sheet.rows[row]) for row in range(block.first, block.last + 1) if row in grid.sheet.rows), default=0)
    found: list[_Column] = []
    for column in range(1, min(WIDEST, max(widest, max(beneath, default=0))) + 1):
        parts = _parts(grid, block, column)
        if not parts and column not in beneath:
            continue
        if column not in beneath and found and parts == found[-1].parts:
            continue  # cells are merged over several columns, as their heading is
        beside = any(is_beside(part) for part in parts)
        reduced = any(map(_REDUCED.match, map(fold, parts))) and not _AMOUNTS & meanings(parts[-1]).keys()
        kept = tuple(cell for cell in beneath.get(column, ()) if not values.blank(cell))
        found.append(_Column(column, parts, beside, reduced, kept, len(kept) / rows if rows else 0.0))
    return found


_REDUCED = re.compile(r"(?:ghi |ly do )?giam\b|nguyen nhan giam")
_AMOUNTS = frozenset((*PRICES, "quantity"))


def _parts(grid: Grid, block: Block, column: int) -> tuple[str, ...]:
    said: list[str] = []
    for row in range(block.first, block.last + 1):
        if is_numbering(grid.sheet.rows.get(row, {})):
            continue
        cell = grid.seen(row, column)
        if cell is None and row < block.last and grid.own(row + 1, column) is not None and not grid.sheet.merged:
            left = next((c for c in range(column - 1, 0, -1) if grid.own(row, c) is not None), None)
            if left is not None and grid.own(row + 1, left) is not None:
                cell = grid.own(row, left)  # a group that is not merged, as in a CSV file
        text = " ".join(cell.text.split()) if cell is not None else ""
        if text and text not in said:
            said.append(text)
    return tuple(said)


def _scored(column: _Column) -> dict[str, float]:
    """field -> how sure the headings are of it. The lowest heading tells; a group helps it, or stands for it."""
    told = [part for part in column.parts if not is_group(part)]
    if not told:
        return {}
    found = dict(meanings(told[-1]))
    if len(told) > 1 and max(found.values(), default=0.0) < SURE:
        for other in (f"{told[-2]} {told[-1]}", told[-2]):
            for name, sure in meanings(other).items():
                found[name] = max(found.get(name, 0.0), sure * 0.95)
    if column.beside:
        found = {name: sure * 0.3 for name, sure in found.items()}
    return found


def _table(
    grid: Grid,
    block: Block,
    read: list[_Column],
    names: OfficeNames,
    today: datetime.date,
    confirmed: Mapping[str, str],
    scale: int | None,
    over: int | None,
) -> Columns | None:
    headings = _distinct(read)
    at: dict[str, int] = {}
    doubtful: set[int] = set()
    fixed: set[int] = set()
    ticks: dict[int, State] = {}
    for column in read:
        told = confirmed.get(fold(headings[column.number]))
        tick = _tick(column)
        if tick is not None and told in (None, "state"):
            ticks[column.number] = tick
        if told is not None:
            fixed.add(column.number)
            if told in FIELDS and told not in at and column.number not in ticks:
                at[told] = column.number
    fixed_or_ticks = fixed | ticks.keys()
    _by_words([column for column in read if column.number not in fixed_or_ticks], at, doubtful, names, today)
    _by_contents(
        [column for column in read if column.number not in fixed_or_ticks], at, doubtful, names, today, block.last < block.first
    )
    if "name" not in at and "kind" in at and "model" in at:  # "Máy in" beside "Canon LBP2900": what tells more is the name
        at["name"] = at.pop("model")
        doubtful.add(at["name"])
    if "name" not in at and "kind" in at:
        at["name"] = at.pop("kind")
        doubtful.add(at["name"])
    if "name" not in at and "model" in at and len(at) >= 3:
        at["name"] = at.pop("model")
        doubtful.add(at["name"])
    if "name" not in at or len(at) < 2:
        return None
    of_column = {number: name for name, number in at.items()}
    scales = {
        column.number: scale or _likely_scale(column, over, doubtful) for column in read if of_column.get(column.number) in PRICES
    }
    doubtful -= fixed
    table = Table(
        grid.sheet.name,
        (block.first, block.last) if block.last >= block.first else (0, 0),
        {letters(number): name for number, name in sorted((of_column | dict.fromkeys(ticks, "state")).items())},
        {letters(number): heading for number, heading in headings.items()},
        next((scales[at[name]] for name in ("price", "unit_price", "residual_value") if name in at), 1),
        tuple(letters(number) for number in sorted(doubtful)),
    )
    more = {number: headings[number] for number in headings if number not in of_column and number not in ticks}
    marks = tuple(fold(text) for text in grid.texts(block.first).values()) if block.last >= block.first else ()
    reduced = frozenset(column.number for column in read if column.reduced)
    return Columns(table, at, more, ticks, reduced, scales, block.last + 1, marks)


def _tick(column: _Column) -> State | None:
    """The state that a mark in a column tells: "Hiện trạng" over "Đang sử dụng", "Hư hỏng"."""
    if len(column.parts) < 2 or not any(meanings(part).get("state", 0) >= SURE for part in column.parts[:-1]):
        return None
    return state(column.parts[-1])


def _distinct(read: list[_Column]) -> dict[int, str]:
    """Column -> heading; a second one of the same words gets a number."""
    seen: dict[str, int] = defaultdict(int)
    found = {}
    for column in read:
        heading = column.heading or letters(column.number)
        seen[fold(heading)] += 1
        found[column.number] = heading if seen[fold(heading)] == 1 else f"{heading} ({seen[fold(heading)]})"
    return found


#: Of two fields that a column can be as well, the first: a price that is nothing else is the price of the whole line.
_ORDER = ("price", "unit_price", *(name for name in FIELDS if name not in ("price", "unit_price")))


def _by_words(read: list[_Column], at: dict[str, int], doubtful: set[int], names: OfficeNames, today: datetime.date) -> None:
    """Give columns to fields, the surest first; what stands beneath tips the scales and raises doubts."""
    claims = []
    for column in read:
        scored = _scored(column)
        other = scored.pop("", 0.0)
        for name, sure in scored.items():
            if sure < other * 0.84 or sure < 0.2:
                continue
            beneath = fit(name, column.cells, names, today)
            weight = sure * (1.0 if beneath is None else 0.35 + 0.65 * beneath)
            if name == "note" and sure < SURE:  # "Nội dung", "Diễn giải": the name, unless something else is
                weight *= 0.5
            if name in ("name", "kind") and sure < SURE and column.cells:  # the one that tells more apart is the name
                distinct = len({fold(cell.text) for cell in column.cells}) / len(column.cells)
                weight *= 0.6 + 0.4 * distinct if name == "name" else 1.0 - 0.4 * distinct
            claims.append((weight, sure, -column.number, -_ORDER.index(name), name, beneath))
    taken = set(at.values())
    for weight, sure, number, _, name, beneath in sorted(claims, key=lambda claim: claim[:4], reverse=True):
        if name in at or -number in taken or weight < 0.17:
            continue
        at[name] = -number
        taken.add(-number)
        if (sure < SURE and (beneath is None or beneath < 0.9)) or (beneath is not None and beneath < _ENOUGH):
            doubtful.add(-number)
    for weight, sure, number, _, name, _ in claims:
        if -number not in taken and sure >= SURE and weight >= 0.5 and name in ("serial", "mac", "office", "name", "code"):
            doubtful.add(-number)  # a second column of this field, which is not read as one


_BY_CONTENTS = ("mac", "address", "name", "in_use", "quantity", "price", "state", "unit")


def _by_contents(
    read: list[_Column], at: dict[str, int], doubtful: set[int], names: OfficeNames, today: datetime.date, no_headings: bool
) -> None:
    """Columns whose headings say nothing, by what stands beneath."""
    for name in _BY_CONTENTS if no_headings else ("mac", "address", "name", "in_use", "office"):
        if name in at or (name == "in_use" and "acquired" in at):
            continue
        best: tuple[float, int] | None = None
        for column in read:
            if column.number in at.values() or len(column.cells) < 2 or column.beside or (_scored(column) and name != "name"):
                continue
            share = telling(name, column.cells, names, today)
            if share >= (0.5 if name == "name" else 0.8) and (best is None or share > best[0]):
                best = share, column.number
        if best is not None:
            at[name] = best[1]
            doubtful.add(best[1])


def _likely_scale(column: _Column, over: int | None, doubtful: set[int]) -> int:
    """What the headings say, else what stands over the table. Where they contradict, the one that makes prices; doubtful then."""
    own = next((scale for part in reversed(column.parts) if (scale := scale_of(part)) is not None), None)
    if own is None or over is None or own == over:
        return own or over or 1
    doubtful.add(column.number)
    told = [amount for cell in column.cells if isinstance(amount := values.amount(cell), int)]
    here, above = (doubtful_scale([amount * factor for amount in told]) for factor in (own, over))
    return over if here and not above else own
