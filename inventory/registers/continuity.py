"""Which line of a newer register is which asset that is known already. Pure; knows no database.

Registers are typed anew, sorted, corrected and added to every year, and often neither a code nor a serial number holds a
line's identity. So nothing decides alone: identifiers, name, model, dates, prices, office and place are weighed, what is told
on both sides and differs counts against a pair, and an optimal assignment takes the pairs that explain most together. A line
that no known line explains well enough is a new asset.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import fields

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from inventory.folding import fold
from inventory.registers.records import Line

Floats = NDArray[np.float64]

#: Where a line stands says nothing of what it is.
PLACE_IN_FILE = ("file", "sheet", "row")
_CONTENT = tuple(field.name for field in fields(Line) if field.name not in PLACE_IN_FILE)

#: A pair needs this much in its favour. An equal name is worth 3.
ENOUGH = 3.0
#: Pairs of one table of scores; above that, lines are first told apart by identifier, office, year and name.
MOST_CELLS = 4_000_000
_AT_ONCE = 256

# Identifiers: what one that both sides have, and only one line on each side, is worth; and what it costs when they differ.
_SERIAL, _OTHER_SERIAL = 6.0, -4.0
_CODE, _OTHER_CODE, _NEW_CODES = 5.0, -4.5, -1.5
_MAC, _OTHER_MAC = 5.0, -2.0
# Descriptions: equal, different.
_NAME, _OTHER_NAME = 3.0, -2.0
_MODEL, _OTHER_MODEL = 2.0, -3.0
_SAME_DAY, _SAME_YEAR, _OTHER_YEAR = 1.5, 0.5, -5.0
_PRICE, _OTHER_PRICE = 1.5, -1.0
_SMALL = {
    "office": (1.0, -1.0),
    "host_name": (2.0, -1.0),
    "vendor": (0.5, -1.0),
    "quantity": (0.5, -0.5),
    "place": (0.75, -0.5),
    "user": (0.75, -0.25),
    "note": (0.5, 0.0),
    "state": (0.25, 0.0),
    "residual_value_vnd": (0.25, 0.0),
    "sheet": (0.3, 0.0),
}
#: The order of lines decides between lines that are alike in everything else, and nothing more.
_ORDER = 0.3
#: Names with less than this share of three-letter pieces in common are different names.
_SIMILAR = 0.45


def continued(known: Sequence[Line], lines: Sequence[Line]) -> list[int | None]:
    """For every line the index of the known line whose asset it is, each at most once; None where it is a new asset."""
    found: list[int | None] = [None] * len(lines)
    left = Left(set(range(len(known))), set(range(len(lines))))
    for a, b in _unchanged(known, lines):
        found[b] = a
        left.take(a, b)
    rest_known, rest_lines = sorted(left.known), sorted(left.lines)
    if rest_known and rest_lines:
        table = _Table([known[i] for i in rest_known], [lines[i] for i in rest_lines])
        for a, b in table.pairs():
            found[rest_lines[b]] = rest_known[a]
    return found


class Left:
    """What is not paired yet."""

    def __init__(self, known: set[int], lines: set[int]) -> None:
        self.known = known
        self.lines = lines

    def take(self, a: int, b: int) -> None:
        self.known.discard(a)
        self.lines.discard(b)


def _unchanged(known: Sequence[Line], lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Lines that say exactly the same; among several of a kind those in the same row first, then in their order."""
    alike: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, those in enumerate((known, lines)):
        for i, line in enumerate(those):
            alike[tuple([getattr(line, name) for name in _CONTENT])][side].append(i)
    for before, now in alike.values():
        rows = {(known[i].sheet, known[i].row): i for i in before}
        same_row = {i: rows[here] for i in now if (here := (lines[i].sheet, lines[i].row)) in rows}
        yield from ((a, b) for b, a in same_row.items())
        taken = set(same_row.values())
        yield from zip(
            sorted((i for i in before if i not in taken), key=lambda i: _place(known[i])),
            sorted((i for i in now if i not in same_row), key=lambda i: _place(lines[i])),
            strict=False,
        )


def _place(line: Line) -> tuple[str, str, int]:
    return line.file, line.sheet, line.row


class _Table:
    """Two lists of lines, and how well any two of them agree."""

    def __init__(self, known: Sequence[Line], lines: Sequence[Line]) -> None:
        self.known, self.lines = known, lines
        self.serials = _shared(known, lines, lambda line: map(_bare, line.serials))
        self.macs = _shared(known, lines, lambda line: line.macs)
        self.codes = _shared(known, lines, lambda line: [_bare(line.code)] if line.code else ())
        self.same_scheme = 2 * self.codes.meeting >= min(self.codes.told[0].sum(), self.codes.told[1].sum())
        self.names = _Similar([fold(x.name) for x in known], [fold(x.name) for x in lines])
        self.models = _Similar([fold(x.model or "") for x in known], [fold(x.model or "") for x in lines])
        self.columns = {name: _numbered(known, lines, _comparable(name)) for name in _SMALL}
        self.prices = _numbered(known, lines, _price)
        dates = [line.acquired or line.in_use for line in (*known, *lines)]
        self.years = _numbered(known, lines, lambda line: (line.acquired or line.in_use or "")[:4] or None)
        self.days = _numbers(dates, len(known))
        self.rank = _rank(known), _rank(lines)

    def pairs(self) -> Iterator[tuple[int, int]]:
        left = Left(set(range(len(self.known))), set(range(len(self.lines))))
        if len(self.known) * len(self.lines) > MOST_CELLS:
            yield from self._identified(left)
        for rows, columns in self._blocks(left):
            scores = self.scores(rows, columns) - ENOUGH
            for a, b in zip(*linear_sum_assignment(np.maximum(scores, 0.0), maximize=True), strict=True):
                if scores[a, b] >= 0:
                    pair = int(rows[a]), int(columns[b])
                    left.take(*pair)
                    yield pair

    def _identified(self, left: Left) -> Iterator[tuple[int, int]]:
        """Lines that alone have an identifier and agree in what they say besides."""
        sides = [_once(_identifier(line) for line in those) for those in (self.known, self.lines)]
        both = [(sides[0][value], sides[1][value]) for value in sides[0].keys() & sides[1].keys()]
        for start in range(0, len(both), _AT_ONCE):
            rows, columns = (np.array(side) for side in zip(*sorted(both)[start : start + _AT_ONCE], strict=True))
            for a, b, score in zip(rows, columns, self.scores(rows, columns).diagonal(), strict=True):
                if score >= ENOUGH + _CODE / 2:
                    left.take(int(a), int(b))
                    yield int(a), int(b)

    def _blocks(self, left: Left) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """All that is left as one block, or, where that is too much, by office, year and name."""
        for group in (None, _of("office"), _year, _name):
            if len(left.known) * len(left.lines) <= MOST_CELLS:
                break
            if group is None:
                continue
            blocks: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
            for side, (those, which) in enumerate(((self.known, left.known), (self.lines, left.lines))):
                for i in sorted(which):
                    if (key := group(those[i])) is not None:
                        blocks[key][side].append(i)
            for before, now in blocks.values():
                if before and now and len(before) * len(now) <= MOST_CELLS:
                    yield np.array(before), np.array(now)
        width = int(MOST_CELLS**0.5)
        before, now = sorted(left.known), sorted(left.lines)
        if len(before) * len(now) <= MOST_CELLS:
            width = max(len(before), len(now))
        for start in range(0, min(len(before), len(now)), max(width, 1)):
            yield np.array(before[start : start + width]), np.array(now[start : start + width])

    def scores(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Floats:
        """What speaks for each pair of known lines `rows` and lines `columns`, less what speaks against it."""
        total = self.serials.scored(rows, columns, _SERIAL, _OTHER_SERIAL)
        total += self.macs.scored(rows, columns, _MAC, _OTHER_MAC)
        total += self.codes.scored(rows, columns, _CODE, _OTHER_CODE if self.same_scheme else _NEW_CODES)
        total += self.names.scored(rows, columns, _NAME, _OTHER_NAME)
        total += self.models.scored(rows, columns, _MODEL, _OTHER_MODEL)
        total += _equal(self.prices, rows, columns, _PRICE, _OTHER_PRICE)
        same_year = _equal(self.years, rows, columns, _SAME_YEAR, _OTHER_YEAR)
        total += np.where(_equal(self.days, rows, columns, 1.0, 0.0) > 0, _SAME_DAY, same_year)
        for name, (equal, other) in _SMALL.items():
            total += _equal(self.columns[name], rows, columns, equal, other)
        total -= _ORDER * (self.rank[0][rows][:, None] - self.rank[1][columns][None, :]) ** 2
        return total


# -- comparing columns of lines --------------------------------------------------------------------------------------------

Numbered = tuple[NDArray[np.int64], NDArray[np.int64]]


def _numbers(values: Sequence[Hashable], known: int) -> Numbered:
    """Equal values as equal numbers, missing as -1; those of the first `known` apart."""
    numbers: dict[Hashable, int] = {}
    found = np.array([-1 if value in (None, "") else numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
    return found[:known], found[known:]


def _numbered(known: Sequence[Line], lines: Sequence[Line], value: Callable[[Line], Hashable]) -> Numbered:
    return _numbers([value(line) for line in (*known, *lines)], len(known))


def _equal(of: Numbered, rows: NDArray[np.int64], columns: NDArray[np.int64], equal: float, other: float) -> Floats:
    """`equal` where both sides tell the same, `other` where they tell differently, 0 where one tells nothing."""
    a, b = of[0][rows][:, None], of[1][columns][None, :]
    return np.where((a < 0) | (b < 0), 0.0, np.where(a == b, equal, other))


class _Shared:
    """Identifiers of which a line may have several: what sharing one is worth, the less the more lines have it."""

    def __init__(self, known: Sequence[Sequence[str]], lines: Sequence[Sequence[str]]) -> None:
        counts = [Counter(value for line in side for value in set(line)) for side in (known, lines)]
        number = {value: i for i, value in enumerate(sorted(counts[0] | counts[1]))}
        worth = {value: 1.0 / max(counts[0][value], counts[1][value]) for value in number}
        self.told = tuple(np.array([bool(line) for line in side], dtype=bool) for side in (known, lines))
        self.meeting = len(counts[0].keys() & counts[1].keys())
        self._before = self._matrix(known, number, worth)
        self._now = self._matrix(lines, number, dict.fromkeys(number, 1.0))

    @staticmethod
    def _matrix(side: Sequence[Sequence[str]], number: dict[str, int], worth: dict[str, float]) -> sparse.csr_array:
        cells = [(i, number[value], worth[value]) for i, line in enumerate(side) for value in set(line)]
        at = ([cell[0] for cell in cells], [cell[1] for cell in cells])
        return sparse.csr_array(([cell[2] for cell in cells], at), shape=(len(side), max(len(number), 1)))

    def scored(self, rows: NDArray[np.int64], columns: NDArray[np.int64], equal: float, other: float) -> Floats:
        shared = (self._before[rows] @ self._now[columns].T).toarray()
        both = self.told[0][rows][:, None] & self.told[1][columns][None, :]
        return np.where(shared > 0, equal * np.minimum(shared, 1.0), np.where(both, other, 0.0))


def _shared(known: Sequence[Line], lines: Sequence[Line], values: Callable[[Line], Iterable[str]]) -> _Shared:
    return _Shared(*([tuple(filter(None, values(line))) for line in side] for side in (known, lines)))


class _Similar:
    """Texts that may be spelled differently: the cosine of their three-letter pieces."""

    def __init__(self, known: Sequence[str], lines: Sequence[str]) -> None:
        texts = sorted({*known, *lines})
        number = {text: i for i, text in enumerate(texts)}
        self._before = np.array([number[text] for text in known], dtype=np.int64)
        self._now = np.array([number[text] for text in lines], dtype=np.int64)
        self._empty = number.get("", -1)
        pieces: dict[str, int] = {}
        cells = [
            (i, pieces.setdefault(piece, len(pieces)), count)
            for i, text in enumerate(texts)
            for piece, count in _pieces(text).items()
        ]
        at = ([cell[0] for cell in cells], [cell[1] for cell in cells])
        counted = sparse.csr_array(([float(cell[2]) for cell in cells], at), shape=(len(texts), max(len(pieces), 1)))
        length = np.sqrt(np.asarray(counted.multiply(counted).sum(axis=1)).ravel())
        self._pieces = sparse.csr_array(sparse.diags_array(1.0 / np.maximum(length, 1e-9)) @ counted)

    def scored(self, rows: NDArray[np.int64], columns: NDArray[np.int64], equal: float, other: float) -> Floats:
        a, at_a = np.unique(self._before[rows], return_inverse=True)
        b, at_b = np.unique(self._now[columns], return_inverse=True)
        similar = (self._pieces[a] @ self._pieces[b].T).toarray()
        worth = np.where(similar >= _SIMILAR, equal * similar, other)
        worth[a == self._empty, :] = 0.0
        worth[:, b == self._empty] = 0.0
        return worth[np.ix_(at_a, at_b)]


def _pieces(text: str) -> Counter[str]:
    padded = f" {text} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2)) if text else Counter()


def _bare(text: str | None) -> str:
    """An identifier without what people type around it."""
    return fold(text or "").replace(" ", "").upper()


def _comparable(name: str) -> Callable[[Line], Hashable]:
    def value(line: Line) -> Hashable:
        told = getattr(line, name)
        if name == "office":
            told = line.office or line.office_told
        return fold(told) if isinstance(told, str) else told

    return value


def _of(name: str) -> Callable[[Line], Hashable]:
    value = _comparable(name)
    return lambda line: value(line) or None


def _identifier(line: Line) -> Hashable:
    return _bare(line.code) or (_bare(line.serials[0]) if line.serials else None) or None


def _once(values: Iterable[Hashable]) -> dict[Hashable, int]:
    """Where each value stands that occurs once."""
    at: dict[Hashable, list[int]] = defaultdict(list)
    for i, value in enumerate(values):
        if value is not None:
            at[value].append(i)
    return {value: places[0] for value, places in at.items() if len(places) == 1}


def _year(line: Line) -> Hashable:
    return (line.office, (line.acquired or line.in_use or "")[:4])


def _name(line: Line) -> Hashable:
    return (line.office, (line.acquired or line.in_use or "")[:4], fold(line.name))


def _price(line: Line) -> Hashable:
    return line.price_vnd if line.unit_price_vnd is None else line.unit_price_vnd


def _rank(those: Sequence[Line]) -> Floats:
    """Each line's place in the order of the file, 0..1."""
    rank = np.empty(len(those))
    rank[sorted(range(len(those)), key=lambda i: _place(those[i]))] = np.arange(len(those)) / max(len(those) - 1, 1)
    return rank
