"""What the name of an asset tells: kind, brand, model. The words are in `products.yaml`. Blank beats wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from inventory import yaml_files
from inventory.folding import fold


class Product(NamedTuple):
    kind: str | None = None  # one of inventory.facts.KINDS
    vendor: str | None = None  # the brand as the inventory spells it
    model: str | None = None  # as written
    thing: bool = False  # a word for a thing stands there, of a kind or of none: this is the name of an asset


class _Found(NamedTuple):
    start: int
    end: int
    means: str


class _Phrases:
    """Phrases, found where words begin and end; the first, of those the longest."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self.means = dict(phrases)
        written = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
        self._pattern = re.compile(rf"\b(?:{written})\b")
        self._nearly: dict[str, dict[int, list[str]]] = {}
        for phrase in phrases:
            if len(phrase) >= _NEARLY:
                self._nearly.setdefault(phrase[0], {}).setdefault(phrase.count(" ") + 1, []).append(phrase)

    def first(self, folded: str, start: int = 0) -> _Found | None:
        found = self._pattern.search(folded, start)
        return _Found(found.start(), found.end(), self.means[found[0]]) if found else None

    def nearly(self, folded: str) -> _Found | None:
        """The first of the longer phrases that stands there with one slip of the pen: a letter left out, doubled, swapped."""
        words = folded.split()
        starts = [0]
        for word in words:
            starts.append(starts[-1] + len(word) + 1)
        for first in range(len(words)):
            for count in range(min(5, len(words) - first), 0, -1):
                said = " ".join(words[first : first + count])
                if len(said) < _NEARLY - 1 or said[0] not in self._nearly:
                    continue
                for phrase in self._nearly[said[0]].get(count, ()):
                    if abs(len(phrase) - len(said)) <= 1 and _one_slip(said, phrase):
                        return _Found(starts[first], starts[first] + len(said), self.means[phrase])
        return None

    def at(self, folded: str, start: int) -> _Found | None:
        found = self._pattern.match(folded, start)
        return _Found(found.start(), found.end(), self.means[found[0]]) if found else None


_NEARLY = 6  # letters of a phrase that is known with a slip


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was left out, doubled or written too much, mistaken, or swapped with the next."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, wanted = one[start:], other[start:]
    if len(rest) == len(wanted):
        return rest[1:] == wanted[1:] or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    return rest[1:] == wanted if len(rest) > len(wanted) else rest == wanted[1:]


class _Words(NamedTuple):
    things: _Phrases
    brands: _Phrases
    lines: _Phrases
    ends: _Phrases
    before: _Phrases
    makes: Mapping[str, str]  # brand -> kind
    kinds_of_lines: Mapping[str, str]
    marked: Mapping[str, frozenset[str]]  # word without marks -> as it has to be written where marks are


def _turned(groups: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {fold(phrase): name for name, phrases in groups.items() for phrase in phrases}


@cache
def _words() -> _Words:
    told: dict[str, Any] = yaml_files.read(Path(__file__).with_name("products.yaml"))
    things = _turned(told["kinds"]) | {fold(phrase): "" for phrase in told["none"]}
    brands = {fold(name): name for name in told["brands"]} | _turned(told["brands"])
    plain = {name: {fold(str(phrase)): "" for phrase in told[name] if fold(str(phrase))} for name in ("ends", "before")}
    with_marks = (phrase for phrase in told["none"] if not phrase.isascii())
    marked = {fold(phrase): frozenset((_same_tone(phrase),)) for phrase in (*with_marks, "ap")}  # "áp" is no access point
    return _Words(
        _Phrases(things),
        _Phrases(brands),
        _Phrases(_turned(told["lines"])),
        _Phrases(plain["ends"]),
        _Phrases(plain["before"]),
        {brand: kind for kind, brands in told["makes"].items() for brand in brands},
        _turned(told["kinds_of_lines"]),
        marked,
    )


def _same_tone(text: str) -> str:
    """Text with its marks, in one form wherever the tone was placed."""
    return " ".join("".join(sorted(unicodedata.normalize("NFD", word))) for word in text.lower().split())


#: What comes with a thing is another one: "Dahua NVR4108 - kèm UPS Santak".
_WITH = re.compile(r"(?<=\S)[\s(,\-–]+(?:kèm|kem|\+|tặng|tang kem)\s", re.IGNORECASE)


@lru_cache(maxsize=65536)
def product(name: str) -> Product:
    """Kind, brand and model that a name tells.

    >>> product("Máy tính để bàn Dell Optiplex 3050 SFF")
    Product(kind='pc', vendor='Dell', model='Optiplex 3050 SFF', thing=True)
    >>> product("Switch Cisco 24 port"), product("Bàn để máy in").kind
    (Product(kind='switch', vendor='Cisco', model=None, thing=True), None)
    """
    words = _words()
    name = _WITH.split(name)[0] or name
    folded = fold(name)
    thing = _thing(words, name, folded)
    own = words.lines.first(folded)
    brand = words.brands.first(folded)
    begins = min((found.start for found in (own, brand) if found), default=len(folded))
    if thing is not None and not thing.means and begins < thing.start:
        thing = None  # "OptiPlex 390, và phụ kiện"
    kind = thing.means or None if thing else None
    vendor = brand.means if brand else own.means if own else None
    if kind is None and thing is not None:
        return Product(None, vendor, None, True)
    starts = (brand.end if brand else None, own.start if own else None, thing.end if thing else None)
    models = (_model(name, folded, start) for start in starts if start is not None)
    model = next((found for found in models if found), None)
    if model is None and kind in (None, "pc") and (board := _BOARD.search(name)) is not None:
        model = board[1]  # of an assembled computer the network shows the board
    if kind is None and own is not None:
        kind = words.kinds_of_lines.get(folded[own.start : own.end])
    if kind is None and brand is not None:
        kind = words.makes.get(brand.means)
    return Product(kind, vendor, model, thing is not None)


def _thing(words: _Words, name: str, folded: str) -> _Found | None:
    """The first word for a thing; what is a word for one without its marks only is passed over where the name has marks."""
    start = 0
    while (found := words.things.first(folded, start)) is not None:
        wanted = words.marked.get(folded[found.start : found.end])
        if not found.means and start == 0 < found.start:  # "Máy tíính bàn": a computer with a slip of the pen, no table
            slip = words.things.nearly(folded)
            if slip is not None and slip.start < found.start:
                return slip
        if wanted is None or name.isascii() or _same_tone(_written(name, found.start, found.end)) in wanted:
            return found
        start = found.end
    return words.things.nearly(folded)


def _written(name: str, start: int, end: int) -> str:
    """What stands in a name at a place of the folded name, without the signs around words."""
    return " ".join(token.text for token in _written_words(name) if start <= token.start < end)


def vendor(text: str) -> str:
    """A brand as the inventory spells it; as written where it is not known."""
    found = _words().brands.first(fold(text))
    return found.means if found else " ".join(text.split())


def _model(name: str, folded: str, begins: int) -> str | None:
    """The words behind `begins` of the folded name that name a model, as written."""
    written = _written_words(name)
    words = _words()
    place = begins
    while place < len(folded):  # words that stand before a model
        if folded[place] == " ":
            place += 1
        elif (found := words.before.at(folded, place) or words.brands.at(folded, place)) is not None:
            place = found.end
        else:
            break
    kept: list[_Token] = []
    for token in written:
        if token.start < place:
            continue
        if (kept and token.after_break) or len(kept) == _LONGEST or (kept and _MEASURE.fullmatch(fold(token.text))):
            break
        if words.ends.at(folded, token.start) is not None:
            if kept and kept[-1].text.isdigit() and _UNIT.match(folded, token.start):
                kept.pop()  # 24 cổng, 1000 VA
            break
        if kept and words.brands.at(folded, token.start) is not None:
            break
        kept.append(token)
        if token.before_break:
            break
    while len(kept) > 1 and kept[-1].text.islower() and not _has_digit(kept[-1].text):
        kept.pop()
    model = " ".join(token.text for token in kept).strip(" -–,;.:/\"'")
    names_one = _has_digit(model) or _CODED.fullmatch(model)
    return (
        model
        if names_one and not _MEASURE.fullmatch(fold(model)) and not (model.isdigit() and not 3 <= len(model) <= 5)
        else None
    )


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


_BOARD = re.compile(r"\bmain\s*:?\s*(?:asus|gigabyte|giga|msi|asrock|ecs|foxconn|intel)\s+([A-Z]+\d[\w-]*)", re.IGNORECASE)
_LONGEST = 6  # words of a model
_CODED = re.compile(r"[A-Z]{2,}(?:-[A-Z]+)+")  # UAP-AC-LR
_UNITS = "port|ports|cong|p|g|gb|tb|va|kva|w|kw|inch|in|kenh|mp|megapixel|mbps|ghz|u|bay|lan|day|a"
_MEASURE = re.compile(rf"(?:\d+|\d{{1,2}} \d+) ?(?:{_UNITS})")
_UNIT = re.compile(rf"(?:{_UNITS})\b")


class _Token(NamedTuple):
    text: str
    start: int  # in the folded name
    end: int
    after_break: bool  # a comma or a bracket stands before it
    before_break: bool


def _bare(word: str) -> str:
    """A word without the signs around it; a bracket that opens inside of it stays closed."""
    word = word.strip(",;:\"'“”").lstrip("([{")
    return word if word.endswith(")") and "(" in word else word.rstrip(")]}")


_SPLIT = re.compile(r"\s+")
_BREAKS = (",", ";", ")", "]", "}", ":")


def _written_words(name: str) -> list[_Token]:
    """The words of a name as written, each with its place in the folded name."""
    found, place, broken = [], 0, False
    for word in _SPLIT.split(name.strip()):
        plain = fold(word)
        opens = word[:1] in "([{"
        if plain:
            found.append(_Token(_bare(word), place, place + len(plain), broken or opens, word[-1:] in _BREAKS))
            place += len(plain) + 1
            broken = word[-1:] in _BREAKS
        else:
            broken = broken or word in ("-", "–", "(", ")", ",", ";", "+")
    return found
