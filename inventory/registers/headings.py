"""Where a table stands in a sheet, and what its columns are: by the words of the headings and by what stands beneath.

Words are in `headings.yaml`. What is not sure is named (`Table.doubtful`) for a person to look at; what a person
confirmed holds.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import yaml

from inventory.registers import values
from inventory.registers.files.cells import Area, Cell, Fault, Sheet, letters
from inventory.registers.folding import fold
from inventory.registers.office_names import OfficeNames, like_office
from inventory.registers.products import product, vendor
from inventory.registers.records import FIELDS, State, Table
from inventory.registers.rows import is_place
from inventory.registers.states import state

PRICES = ("unit_price", "price", "residual_value")
DATES = ("acquired", "in_use", "warranty_to")
_WIDEST = 200  # columns; what stands further right is no table of people's
_LONGEST = 120  # letters of a heading
_SAMPLE = 300  # rows that tell what a column holds
_TALLEST = 5  # rows of headings
_SURE, _ENOUGH, _WEAK = 0.75, 0.5, 0.45
UNITS = frozenset(
    (
        "cai",
        "chiec",
        "bo",
        "may",
        "c",
        "thiet bi",
        "con",
        "cuc",
        "bo may",
        "he thong",
        "ht",
        "pcs",
        "set",
        "piece",
        "unit",
        "ea",
        "quyen",
        "day",
        "met",
        "m",
        "hop",
        "goi",
        "to",
        "ban",
    )
)


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


class _Words(NamedTuple):
    fields: Mapping[str, tuple[str, ...]]  # phrase -> fields; none for columns of something else
    weak: frozenset[str]
    first: frozenset[str]
    beside: frozenset[str]
    scales: tuple[tuple[int, re.Pattern[str]], ...]
    found: re.Pattern[str]


@cache
def _words() -> _Words:
    told: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("headings.yaml").read_text(encoding="utf-8"))
    fields: dict[str, list[str]] = defaultdict(list)
    for name, phrases in told["fields"].items():
        for phrase in phrases:
            fields[phrase].append(name)
    for phrase in told["other"]:
        fields.setdefault(phrase, [])
    scales = tuple((scale, _any_of(told["scales"][scale])) for scale in (1_000_000, 1_000, 1))
    return _Words(
        {phrase: tuple(names) for phrase, names in fields.items()},
        frozenset(told["weak"]),
        frozenset(told["groups"]["first"]),
        frozenset(told["groups"]["beside"]),
        scales,
        _any_of(fields),
    )


def _any_of(phrases: Any) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{'|'.join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))})(?!\S)")


_IN_BRACKETS = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")


@lru_cache(maxsize=8192)
def meanings(heading: str) -> Mapping[str, float]:
    """field -> how sure a heading's words are of it, 0..1; "" for a column of something else.

    >>> meanings("Năm đưa vào SD"), meanings("Nguyên giá (nghìn đồng)"), meanings("Nước SX")
    ({'in_use': 1.0}, {'price': 1.0}, {'': 1.0})
    """
    words = _words()
    found: dict[str, float] = {}
    for text in dict.fromkeys((heading, _IN_BRACKETS.sub(" ", heading))):
        plain = fold(_apart(text))
        if not plain and text.strip() == "#":
            plain = "#"
        if not plain or len(plain) > _LONGEST:
            continue
        if plain in words.fields:
            _add(found, words.fields[plain], _WEAK + 0.05 if plain in words.weak else 1.0)
            continue
        covered, place = 0, 0
        parts: list[tuple[str, int]] = []
        while (match := words.found.search(plain, place)) is not None:
            parts.append((match[0], match.start()))
            covered += len(match[0])
            place = match.end()
        for phrase, start in parts:
            share = len(phrase) / len(plain)
            sure = (0.35 + 0.6 * share) * (0.5 if phrase in words.weak else 1.0) * (1.0 if start == 0 else 0.85)
            _add(found, words.fields[phrase], min(sure, 0.95))
    return found


def _apart(text: str) -> str:
    """Words that a program exported as one: "TenTaiSan"."""
    return "".join(f" {b}" if a.islower() and b.isupper() else b for a, b in pairwise(" " + text))


def _add(found: dict[str, float], names: Sequence[str], sure: float) -> None:
    for name in names or ("",):
        found[name] = max(found.get(name, 0.0), sure)


# -- where the headings stand ----------------------------------------------------------------------------------------------


class _Block(NamedTuple):
    first: int
    last: int


class Grid:
    """A sheet with its merged areas: what stands over a cell."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._areas: dict[int, list[Area]] = defaultdict(list)
        last = max(sheet.rows, default=0)
        for area in sheet.merged:
            if area.left <= _WIDEST and area.top <= last:
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
        return {column: cell.text for column, cell in cells.items() if column <= _WIDEST and type(cell.value) is str}


def _row_fields(grid: Grid, row: int) -> set[str]:
    """Fields that the texts of a row are headings of, each by its own."""
    found: set[str] = set()
    for text in grid.texts(row).values():
        if len(text) <= _LONGEST:
            sure = {name for name, score in meanings(text).items() if name and score >= _WEAK}
            if sure and not sure <= found:
                found.add(sorted(sure - found)[0])
    return found


def _blocks(grid: Grid) -> Iterator[_Block]:
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


def _whole_block(grid: Grid, row: int, behind: int) -> _Block:
    first = last = row
    for column in range(1, min(_WIDEST, max(grid.sheet.rows[row]) + 1) + 1):
        area = grid.area(row, column)
        if area is not None and area.bottom - area.top < _TALLEST and area.top > behind:
            first, last = min(first, area.top), max(last, area.bottom)
    while first - 1 > behind and row - first < _TALLEST and _is_group_row(grid, first - 1):
        first -= 1
    names = [column for column, text in grid.texts(row).items() if meanings(text).get("name", 0) >= _WEAK]
    while last - first < _TALLEST and _is_below(grid, last + 1, first, last, names):
        last += 1
    while last - first < _TALLEST and is_numbering(grid.sheet.rows.get(last + 1, {})):
        last += 1
    return _Block(first, last)


def _is_group_row(grid: Grid, row: int) -> bool:
    """Whether a row over headings groups them: several texts, each known as a heading or a group."""
    texts = grid.texts(row)
    if len(texts) < 2 or len(texts) != len(grid.sheet.rows.get(row, {})):
        return False
    words = _words()
    known = sum(1 for text in texts.values() if meanings(text) or _is_group(text, words.first | words.beside))
    return known * 2 >= len(texts) and known >= 2 and not any(len(text) > _LONGEST for text in texts.values())


def _is_group(text: str, phrases: frozenset[str]) -> bool:
    """Whether a heading is one of groups, or begins as one of several words does: "Ghi giảm TSCĐ và CCDC"."""
    plain = fold(_IN_BRACKETS.sub(" ", text)) or fold(text)
    return plain in phrases or any(" " in phrase and plain.startswith(phrase + " ") for phrase in phrases)


def _is_below(grid: Grid, row: int, first: int, last: int, names: list[int]) -> bool:
    """Whether a row goes on with the headings over it: texts only, none for the column of names, some known."""
    cells = grid.sheet.rows.get(row, {})
    texts = grid.texts(row)
    if not texts or len(texts) != len(cells) or any(column in texts for column in names):
        return False
    if any(len(text) > _LONGEST for text in texts.values()) or is_numbering(cells):
        return False
    width = max(grid.sheet.rows[first])
    areas = [area for column in texts if (area := grid.area(row, column)) is not None]
    if any(2 * (area.right - area.left + 1) > width for area in areas) or any(map(_ENUMERATED.match, texts.values())):
        return False  # a group of assets right beneath the headings
    words = _words()
    known = sum(1 for text in texts.values() if meanings(text) or state(text) or _is_group(text, words.first | words.beside))
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


# -- what the columns are --------------------------------------------------------------------------------------------------


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
    blocks = list(_blocks(grid))
    if not blocks and sheet.rows:
        first = min(sheet.rows)
        blocks = [_Block(first, first - 1)]  # no headings at all: what stands beneath decides
    found: list[Columns] = []
    for number, block in enumerate(blocks):
        end = blocks[number + 1].first - 1 if number + 1 < len(blocks) else max(sheet.rows)
        if end <= block.last:
            continue
        read = _columns(grid, block, end)
        over = _scale_over(grid, block.first, blocks[number - 1].last if number else 0)
        columns = _table(grid, block, read, names, today, confirmed, scale, over)
        if columns is not None:
            found.append(columns)
    return found


def _columns(grid: Grid, block: _Block, end: int) -> list[_Column]:
    words = _words()
    beneath: dict[int, list[Cell]] = defaultdict(list)
    rows = 0
    for row in sorted(r for r in grid.sheet.rows if block.last < r <= end)[: _SAMPLE * 2]:
        cells = grid.sheet.rows[row]
        if len(cells) < 2 or is_numbering(cells):
            continue
        rows += 1
        for column, cell in cells.items():
            if column <= _WIDEST:
                beneath[column].append(cell)
        if rows == _SAMPLE:
            break
    widest = max((max(grid.sheet.rows[row]) for row in range(block.first, block.last + 1) if row in grid.sheet.rows), default=0)
    found = []
    for column in range(1, min(_WIDEST, max(widest, max(beneath, default=0))) + 1):
        parts = _parts(grid, block, column)
        if not parts and column not in beneath:
            continue
        beside = any(_is_group(part, words.beside) for part in parts)
        reduced = any(re.match(r"(?:ghi |ly do )?giam\b|nguyen nhan giam", fold(part)) for part in parts)
        kept = tuple(cell for cell in beneath.get(column, ()) if not values.blank(cell))
        found.append(_Column(column, parts, beside, reduced, kept, len(kept) / rows if rows else 0.0))
    return found


def _parts(grid: Grid, block: _Block, column: int) -> tuple[str, ...]:
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
    words = _words()
    told = [part for part in column.parts if not _is_group(part, words.first | words.beside)]
    if not told:
        return {}
    found = dict(meanings(told[-1]))
    if len(told) > 1 and max(found.values(), default=0.0) < _SURE:
        for other in (f"{told[-2]} {told[-1]}", told[-2]):
            for name, sure in meanings(other).items():
                found[name] = max(found.get(name, 0.0), sure * 0.95)
    if column.beside:
        found = {name: sure * 0.3 for name, sure in found.items()}
    return found


def _table(
    grid: Grid,
    block: _Block,
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
    for column in read:
        told = confirmed.get(fold(headings[column.number]))
        if told is not None:
            fixed.add(column.number)
            if told in FIELDS and told not in at:
                at[told] = column.number
    ticks = {} if "state" in at else {c.number: told for c in read if c.number not in fixed and (told := _tick(c)) is not None}
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
    if len(column.parts) < 2 or not any(meanings(part).get("state", 0) >= _SURE for part in column.parts[:-1]):
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
            fit = _fit(name, column.cells, names, today)
            weight = sure * (1.0 if fit is None else 0.35 + 0.65 * fit)
            if name in ("name", "kind") and sure < _SURE and column.cells:  # the one that tells more apart is the name
                distinct = len({fold(cell.text) for cell in column.cells}) / len(column.cells)
                weight *= 0.6 + 0.4 * distinct if name == "name" else 1.0 - 0.4 * distinct
            claims.append((weight, sure, -column.number, -_ORDER.index(name), name, fit))
    taken = set(at.values())
    for weight, sure, number, _, name, fit in sorted(claims, key=lambda claim: claim[:4], reverse=True):
        if name in at or -number in taken or weight < 0.17:
            continue
        at[name] = -number
        taken.add(-number)
        if (sure < _SURE and (fit is None or fit < 0.9)) or (fit is not None and fit < _ENOUGH):
            doubtful.add(-number)
    for weight, sure, number, _, name, _ in claims:
        if -number not in taken and sure >= _SURE and weight >= 0.5 and name in ("serial", "mac", "office", "name", "code"):
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
            share = _telling(name, column, names, today)
            if share >= (0.5 if name == "name" else 0.8) and (best is None or share > best[0]):
                best = share, column.number
        if best is not None:
            at[name] = best[1]
            doubtful.add(best[1])


def _telling(name: str, column: _Column, names: OfficeNames, today: datetime.date) -> float:
    if name == "name":
        texts = [cell for cell in column.cells if type(cell.value) is str]
        return sum(product(cell.text).thing for cell in texts) / len(column.cells)
    if name == "office":
        return sum(_known(names, cell.text) for cell in column.cells) / len(column.cells)
    if name == "in_use" and not any(isinstance(cell.value, datetime.date) or len(cell.text) > 5 for cell in column.cells):
        return 0.0  # numbers that may be years by chance
    if name == "quantity" and any(not isinstance(cell.value, int | float) or cell.value > 100 for cell in column.cells):
        return 0.0
    if name == "price" and any(not isinstance(cell.value, int | float) or cell.value < 100_000 for cell in column.cells):
        return 0.0
    return _fit(name, column.cells, names, today) or 0.0


_PERSON = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,4}")
_IDENTIFIER = re.compile(r"(?=.*\d)[A-Za-zĐđ0-9][\w./\- ,;:#()]*", re.DOTALL)


def _fit(name: str, cells: Sequence[Cell], names: OfficeNames, today: datetime.date) -> float | None:
    """Share of cells that can be of a field; None where nothing stands beneath, or the field takes any text."""
    judged = [cell for cell in cells if not isinstance(cell.value, Fault)]
    if not judged:
        return None
    return sum(_fits(name, cell, names, today) for cell in judged) / len(judged) if name in _JUDGED else None


_JUDGED = frozenset(FIELDS) - {"note"}


def _fits(name: str, cell: Cell, names: OfficeNames, today: datetime.date) -> float:
    text, plain = cell.text, fold(cell.text)
    number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    match name:
        case "number":
            return float(
                len(plain) <= 6 and (plain.isdigit() or len(plain) <= 4 or re.fullmatch(r"[ivx]+|[\d ]+", plain) is not None)
            )
        case "acquired" | "in_use" | "warranty_to":
            return float(not isinstance(values.day(cell, today, True), values.Refused))
        case "unit_price" | "price" | "residual_value":
            read = values.amount(cell)
            return float(not isinstance(read, values.Refused))
        case "quantity":
            said = values.quantity(cell)
            return float(said is not None and not isinstance(said, values.Refused) and said[0] < 2000)
        case "unit":
            return (
                1.0
                if plain in UNITS
                else 0.5
                if not number and len(plain) <= 12 and not like_office(text) and not _known(names, text)
                else 0.0
            )
        case "mac":
            return float(not isinstance(values.macs(cell), values.Refused))
        case "address":
            return float(not isinstance(values.address(cell), values.Refused))
        case "serial":
            return 1.0 if _IDENTIFIER.fullmatch(text) and text.isascii() and len(plain) >= 4 and not _dated(cell) else 0.2
        case "code":
            return 1.0 if _IDENTIFIER.fullmatch(text) and not _dated(cell) else 0.4
        case "host_name":
            return 1.0 if re.fullmatch(r"[A-Za-z][\w.\-]{2,62}", text) else 0.1
        case "name" | "kind":
            return (
                0.1
                if number or _dated(cell)
                else 1.0
                if product(text).thing
                else 0.7
                if len(plain) > 3 and name == "name"
                else 0.5
            )
        case "vendor":
            return 0.0 if number or _dated(cell) else 1.0 if vendor(text) != text or product(text).vendor else 0.6
        case "model":
            return 0.0 if _dated(cell) else 0.9 if any(c.isdigit() for c in text) else 0.5
        case "state":
            return 1.0 if not number and state(text) is not None else 0.3 if not number else 0.0
        case "office":
            return 0.0 if number or plain in UNITS else 1.0 if _known(names, text) or like_office(text) else 0.6
        case "place":
            return 0.3 if plain in UNITS else 0.4 if _known(names, text) else 0.8
        case "user":
            return (
                0.0
                if number
                else 1.0
                if _PERSON.fullmatch(text.strip()) and not product(text).thing and not is_place(text)
                else 0.4
            )
    return 0.5


def _known(names: OfficeNames, text: str) -> bool:
    return names.find(text) is not None


def _dated(cell: Cell) -> bool:
    return isinstance(cell.value, datetime.date)


# -- money -----------------------------------------------------------------------------------------------------------------

_UNIT_OF_MONEY = re.compile(r"(?<!\S)(?:dvt|don vi tinh|don vi|dv tinh|d v t|don vi tien|unit)(?!\S) *(.*)")


def _scale_of(column: _Column) -> int | None:
    """Dong that a 1 of a column stands for, as its headings say, the nearest first."""
    for part in reversed(column.parts):
        plain = fold(part)
        for scale, pattern in _words().scales:
            if pattern.search(plain):
                return scale
    return None


def _likely_scale(column: _Column, over: int | None, doubtful: set[int]) -> int:
    """What the headings say, else what stands over the table. Where they contradict, the one that makes prices; doubtful then."""
    own = _scale_of(column)
    if own is None or over is None or own == over:
        return own or over or 1
    doubtful.add(column.number)
    told = [amount for cell in column.cells if isinstance(amount := values.amount(cell), int)]
    here, above = (doubtful_scale([amount * factor for amount in told]) for factor in (own, over))
    return over if here and not above else own


def _scale_over(grid: Grid, first: int, behind: int) -> int | None:
    """The same for all columns, as a line over the table says: "ĐVT: 1.000 đồng"."""
    for row in range(first - 1, max(behind, first - 12), -1):
        for text in grid.texts(row).values():
            if (found := _UNIT_OF_MONEY.search(fold(text))) is not None:
                for scale, pattern in _words().scales:
                    if pattern.match(found[1]):
                        return scale
    return None


def doubtful_scale(prices: Sequence[int]) -> bool:
    """Whether the amounts of a table cannot be dong: half of them below 20,000 or above two thousand million."""
    told = [price for price in prices if price > 0]
    return len(told) >= 3 and not 20_000 <= median(told) <= 2_000_000_000
