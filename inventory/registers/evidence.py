"""What lines and things tell that can be compared, each as codes: equal values are compared once. Pure.

`Field`: one comparison, its levels, and how often each level comes about between a line and the thing that it tells of. How often
it comes about by chance is counted, line by line, in `inventory.registers.weights`.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inventory import processors, serial_dates
from inventory.folding import fold
from inventory.hardware_addresses import is_of_guest, tells_a_box
from inventory.processors import Generation
from inventory.registers import likeness, sorts
from inventory.registers.likeness import Model, Named
from inventory.registers.records import Line, State
from inventory.registers.sides import Ground, Thing

V = TypeVar("V", bound=Hashable)
W = TypeVar("W", bound=Hashable)
Month = tuple[int, bool]
Question = Mapping[int, tuple[float, float]]
Levels = NDArray[np.int8]
Ints = NDArray[np.int64]
#: One of the two sides tells nothing.
SILENT = 0


@dataclass(frozen=True)
class Field:
    """A comparison of every line with every thing by the codes of what they tell.

    `levels[line_codes[i], thing_codes[j]]` is the level of line i and thing j, `SILENT` where one of them tells nothing.
    `questions`: the levels that are answers to one question, each with how often it is found where line and thing are one, and
    how often by chance, as far as that is known before anything is counted.
    """

    name: str
    line_codes: Ints
    thing_codes: Ints
    levels: Levels
    questions: tuple[Question, ...]

    def level(self, line: int, thing: int) -> int:
        return int(self.levels[self.line_codes[line], self.thing_codes[thing]])


def coded(values: Iterable[V]) -> tuple[Ints, list[V]]:
    """Equal values as equal numbers, and the value of each number."""
    numbers: dict[V, int] = {}
    codes = np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
    return codes, list(numbers)


def field(
    name: str,
    of_lines: Sequence[V | None],
    of_things: Sequence[W | None],
    compare: Callable[[V, W], int],
    *questions: Question,
) -> Field:
    """Compares each distinct value of the lines with each of the things; None tells nothing."""
    line_codes, lines = coded(of_lines)
    thing_codes, things = coded(of_things)
    levels = np.zeros((len(lines), len(things)), dtype=np.int8)
    for i, line in enumerate(lines):
        if line is not None:
            for j, thing in enumerate(things):
                if thing is not None:
                    levels[i, j] = compare(line, thing)
    return Field(name, line_codes, thing_codes, levels, questions)


# -- what a line says ------------------------------------------------------------------------------------------------------


def text_of(line: Line) -> str:
    """Everything in which a line can name its model."""
    return " ".join(filter(None, (line.name, line.vendor, line.model)))


def month(date: str | None) -> Month | None:
    """Months since the year 0, and whether the month is told; the middle of the year where only that is.

    >>> month("2012-07-15"), month("2012")
    ((24150, True), (24150, False))
    """
    match = re.match(r"(\d{4})(?:-(\d\d))?", date or "")
    if match is None:
        return None
    return (12 * int(match[1]) + int(match[2]) - 1, True) if match[2] else (12 * int(match[1]) + 6, False)


# -- office ----------------------------------------------------------------------------------------------------------------

SAME_OFFICE, KIN, OTHER_OFFICE = 1, 2, 3
_MOVED = 3  # the same levels again, of lines that say that the thing was handed over


def office(lines: Sequence[Line], things: Sequence[Thing], ground: Ground) -> Field:
    """The same office or the one that took it over, one above or below, another."""

    def compare(said: tuple[str, bool], there: str) -> int:
        here, moved = said
        return _between(here, there, ground) + _MOVED * bool(moved)

    of_lines = [(line.office, line.state == State.MOVED) if line.office else None for line in lines]
    of_things = [thing.office for thing in things]
    stays = {SAME_OFFICE: (0.89, 0.05), KIN: (0.05, 0.15), OTHER_OFFICE: (0.06, 0.8)}
    moved = {SAME_OFFICE + _MOVED: (0.25, 0.05), KIN + _MOVED: (0.25, 0.15), OTHER_OFFICE + _MOVED: (0.5, 0.8)}
    return field("office", of_lines, of_things, compare, stays, moved)


def _between(here: str, there: str, ground: Ground) -> int:
    if here == there or there in _heirs(here, ground):
        return SAME_OFFICE
    a, b = ground.offices.get(here), ground.offices.get(there)
    if (a and a.parent == there) or (b and b.parent == here):
        return KIN
    return OTHER_OFFICE


def _heirs(code: str, ground: Ground) -> set[str]:
    found: set[str] = set()
    office = ground.offices.get(code)
    while office and office.ended and office.successor and office.successor not in found:
        found.add(office.successor)
        office = ground.offices.get(office.successor)
    return found


def standing(code: str, ground: Ground) -> str:
    """The office that an office's things are in now."""
    seen: set[str] = set()
    office = ground.offices.get(code)
    while office and office.ended and office.successor and code not in seen:
        seen.add(code)
        code = office.successor
        office = ground.offices.get(code)
    return code


# -- what it is ------------------------------------------------------------------------------------------------------------


#: What a station is that nobody bought for the office: its network card is a telephone's, its address a random one or a virtual
#: machine's.
PRIVATE = "private"


def kinds_of(thing: Thing, maker: str | None) -> dict[str, float] | None:
    """What a thing can be, each kind with its share; None where nothing tells."""
    if thing.kind or thing.device is not None:
        return {thing.kind: 1.0} if thing.kind else None
    if thing.mac is not None and (is_of_guest(thing.mac) or not tells_a_box(thing.mac)):
        return {PRIVATE: 0.9, "laptop": 0.1}
    card = sorts.card_of(maker) if maker else None
    if card is None:
        return None
    return dict(card.kinds) or {PRIVATE: 0.95, "laptop": 0.05}


class Models:
    """The models of all things, ready to be compared with lines."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self.names = sorted({thing.model for thing in things if thing.model})
        self.number = {name: i for i, name in enumerate(self.names)}
        self._named = [likeness.named(name) for name in self.names]
        words = sorted({word for named in self._named for word in named.words if len(word) >= 6})
        self._words = words
        self._common = frozenset(phrase for phrase in sorts.knowledge().brands) | {"series", "plus", "gen", "pro"}
        self._by_piece: dict[str, set[int]] = defaultdict(set)
        self._always: set[int] = set()
        self._has_number = np.array([any(c.isdigit() for c in named.compact) for named in self._named], dtype=bool)
        self._has_words = np.array([bool(named.words - self._common) for named in self._named], dtype=bool)
        for i, named in enumerate(self._named):
            pieces = [*named.numbers, *named.words]
            for piece in pieces:
                self._by_piece[piece].add(i)
            if not named.numbers or len(pieces) == 0:
                self._always.add(i)

    def levels(self, text: str) -> Levels:
        """How a line's text meets each of `names`."""
        line = self._spelled(likeness.named(text, of_line=True))
        found = np.full(len(self.names), Model.SILENT, dtype=np.int8)
        if line.cores:
            found[self._has_number] = Model.OTHER
        near = set(self._always)
        for piece in (*line.numbers, *line.words):
            near |= self._by_piece.get(piece, set())
        for i in near:
            found[i] = likeness.compare_model(line, self._named[i], self._common)
        if (found == Model.FULL).any():  # it names one model: what is not like it is another
            found[found == Model.SILENT] = Model.OTHER
        elif not line.cores and (found == Model.SERIES).any():  # it tells a series: what is of none of its words is of another
            found[(found == Model.SILENT) & self._has_words] = Model.OTHER
        return found

    def _spelled(self, line: Named) -> Named:
        """With words that are nearly a word of some model as that model has them."""
        words = {corrected(word, tuple(self._words)) for word in line.words}
        return Named(line.compact, line.tokens, line.numbers, frozenset(words))


@lru_cache(maxsize=1 << 14)
def corrected(word: str, words: tuple[str, ...]) -> str:
    """The word of `words` that a longer word is a misspelling of, else the word itself.

    >>> corrected("optilex", ("optiplex", "vostro"))
    'optiplex'
    """
    if len(word) < 6 or word in words:
        return word
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=85)
    return found[0] if found else word


# -- dates -----------------------------------------------------------------------------------------------------------------

#: Months from manufacture to purchase, up to which each level goes.
_LAGS = (-25, -7, -2, 1, 4, 7, 10, 13, 19, 25, 37, 61)
_LAG_EXPECTED = (0.005, 0.01, 0.015, 0.12, 0.24, 0.20, 0.14, 0.10, 0.08, 0.04, 0.03, 0.015, 0.005)
_LAG_BY_CHANCE = (0.3, 0.12, 0.05, 0.03, 0.03, 0.03, 0.03, 0.03, 0.05, 0.05, 0.08, 0.1, 0.1)
#: The same where the date is that of a computer's firmware, which may be older than the machine, or newer than the purchase.
_FIRMWARE_EXPECTED = (0.03, 0.06, 0.05, 0.13, 0.17, 0.15, 0.12, 0.09, 0.08, 0.05, 0.04, 0.02, 0.01)
#: The same in years, where a side tells the year only.
_YEAR_EXPECTED = (0.01, 0.03, 0.42, 0.38, 0.10, 0.04, 0.02)
_YEAR_BY_CHANCE = (0.35, 0.07, 0.08, 0.08, 0.08, 0.08, 0.26)
#: Months from manufacture to purchase, mostly.
_USUAL_LAG = 5
#: A serial number that tells a week tells a month; of two that it spans, either.
_EXACT_MONTHS = 2
_FIRMWARE_DATED = frozenset({"pc", "server", "storage"})


def made(lines: Sequence[Line], things: Sequence[Thing], ground: Ground) -> Field:
    """How long after its manufacture a thing was bought."""
    lags = len(_LAG_EXPECTED)
    months = _from(1, _LAG_EXPECTED, _LAG_BY_CHANCE)
    firmware_months = _from(1 + lags, _FIRMWARE_EXPECTED, _LAG_BY_CHANCE)
    years = _from(1 + 2 * lags, _YEAR_EXPECTED, _YEAR_BY_CHANCE)

    def compare(said: Month, there: tuple[frozenset[Month], bool]) -> int:
        (bought, exact), (made_months, firmware) = said, there
        # Serial numbers may leave the decade open, and the members of a stack have several: the one that fits best.
        built, built_exact = min(sorted(made_months), key=lambda one: abs(bought - one[0] - _USUAL_LAG))
        if not (exact and built_exact):
            return min(years) + min(max(bought // 12 - built // 12 + 2, 0), len(years) - 1)
        return min(firmware_months if firmware else months) + int(np.searchsorted(_LAGS, bought - built, side="right"))

    of_lines = [month(line.acquired or line.in_use) for line in lines]
    return field("made", of_lines, [made_when(thing, ground) for thing in things], compare, months, firmware_months, years)


def made_when(thing: Thing, ground: Ground) -> tuple[frozenset[Month], bool] | None:
    """Months in which a thing may have been made, and whether only its firmware tells them; None where nothing does."""
    told = month(thing.made)
    if told is not None and thing.kind not in _FIRMWARE_DATED:
        return frozenset({told}), False
    if thing.vendor and ground.today:
        today = datetime.date.fromisoformat(ground.today)
        found = [i for s in sorted(thing.serials) for i in serial_dates.made(thing.vendor, thing.kind or "", s, today)]
        if found:
            return frozenset(((i.first + i.last) // 2, i.last - i.first <= _EXACT_MONTHS) for i in found), False
    return (frozenset({told}), True) if told is not None else None


def _from(first: int, expected: Sequence[float], by_chance: Sequence[float]) -> dict[int, tuple[float, float]]:
    return dict(enumerate(zip(expected, by_chance, strict=True), first))


def first_seen(lines: Sequence[Line], things: Sequence[Thing]) -> Field:
    """Bought before it was seen first (1), or after (2)."""

    def compare(said: Month, there: Month) -> int:
        (bought, exact), (seen, _) = said, there
        return 2 if (bought > seen + 1 if exact else bought // 12 > seen // 12) else 1

    of_lines = [month(line.in_use or line.acquired) for line in lines]
    return field(
        "first_seen", of_lines, [month(thing.first_seen) for thing in things], compare, {1: (0.98, 0.95), 2: (0.02, 0.05)}
    )


def system(lines: Sequence[Line], things: Sequence[Thing]) -> Field:
    """Bought in the years of its operating system (1), earlier (2), later (3)."""

    def compare(said: Month, there: tuple[int, int]) -> int:
        (bought, _), (first, last) = said, there
        year = bought // 12
        return 2 if year < first else 3 if year > last else 1

    of_things = [sorts.bought_years(thing.os_version) if thing.os_version else None for thing in things]
    return field(
        "system",
        [month(line.acquired or line.in_use) for line in lines],
        of_things,
        compare,
        {1: (0.8, 0.5), 2: (0.14, 0.3), 3: (0.06, 0.2)},
    )


# -- equipment -------------------------------------------------------------------------------------------------------------


def memory(of_lines: Sequence[float | None], things: Sequence[Thing]) -> Field:
    """As much memory as the line tells or its model has (1), more (2), less (3); of things that tell no model."""

    def compare(said: float, there: float) -> int:
        return 1 if 0.8 <= there / said <= 1.1 else 2 if there > said else 3

    of_things = [thing.memory_gb if thing.model is None else None for thing in things]
    return field("memory", of_lines, of_things, compare, {1: (0.72, 0.3), 2: (0.2, 0.35), 3: (0.08, 0.35)})


def disk(of_lines: Sequence[float | None], things: Sequence[Thing]) -> Field:
    """Disks as large as the line tells or its model has (1), or not (2); of things that tell no model."""

    def compare(said: float, there: float) -> int:
        return 1 if 0.9 <= there / said <= 1.03 else 2

    of_things = [thing.disk_gb if thing.model is None else None for thing in things]
    return field("disk", of_lines, of_things, compare, {1: (0.65, 0.25), 2: (0.35, 0.75)})


def processor(of_lines: Sequence[frozenset[Generation] | None], of_things: Sequence[frozenset[Generation] | None]) -> Field:
    """A processor of the generation that the line tells or its model has (1), or of another (2)."""
    return field("processor", of_lines, of_things, lambda said, there: 1 if said & there else 2, {1: (0.88, 0.2), 2: (0.12, 0.8)})


def form(lines: Sequence[Line], things: Sequence[Thing]) -> Field:
    """Laptop and processor for laptops, or desktop and one for desktops (1), or not (2); of things that tell no model."""
    of_lines = [sort.name if (sort := sorts.sort_of(line)) and sort.name in ("laptop", "pc") else None for line in lines]
    of_things = [processors.mobile(thing.processor) if thing.processor and thing.model is None else None for thing in things]
    return field(
        "form", of_lines, of_things, lambda said, there: 1 if (said == "laptop") == there else 2, {1: (0.93, 0.6), 2: (0.07, 0.4)}
    )


def sold(lines: Sequence[Line], of_things: Sequence[frozenset[Generation] | None]) -> Field:
    """Bought in the years of its processor (1), a year beside them (2), long before (3), long after (4)."""

    def compare(said: Month, there: frozenset[Generation]) -> int:
        (bought, _), years = said, processors.sold(there)
        assert years is not None
        year = bought // 12
        if years[0] <= year <= years[1]:
            return 1
        return 2 if years[0] - 1 <= year <= years[1] + 1 else 3 if year < years[0] else 4

    of_lines = [month(line.acquired or line.in_use) for line in lines]
    expected = {1: (0.88, 0.4), 2: (0.07, 0.15), 3: (0.02, 0.25), 4: (0.03, 0.2)}
    return field("sold", of_lines, of_things, compare, expected)


# -- room ------------------------------------------------------------------------------------------------------------------

_NOT_A_ROOM = frozenset(("phong", "tang", "nha", "xa", "huyen", "thi", "tran", "ubnd", "van", "khu", "so", "p", "t"))


def room(lines: Sequence[Line], things: Sequence[Thing]) -> Field:
    """The room that the books tell stands in what the device says of its place (1), or not (2)."""

    def compare(said: frozenset[str], there: frozenset[str]) -> int:
        return 1 if (said - _NOT_A_ROOM or said) <= there else 2

    def words(text: str | None) -> frozenset[str] | None:
        return (frozenset(fold(text).split()) or None) if text and _is_read(text) else None

    return field(
        "room",
        [words(line.place) for line in lines],
        [words(thing.location) for thing in things],
        compare,
        {1: (0.55, 0.1), 2: (0.45, 0.9)},
    )


def _is_read(text: str) -> bool:
    """Not garbled, and not in a code of letters from before Unicode."""
    return not re.search("[\ufffd\u00a1-\u00bf\u00d7\u00f7\u00df\u00ae\u00fe\u00de]", text)
