"""What a line of a register is, and what a station's network card makes of it. From `sorts.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from inventory import yaml_files
from inventory.folding import fold
from inventory.registers.records import Line

_FILE = Path(__file__).with_name("sorts.yaml")
#: Longest phrase that tells a sort, in words.
_LONGEST = 6
#: A kind that the reader of the register gave, where the words tell none.
_OF_KIND = {
    "phone": "telephone",
    "voip": "telephone",
    "appliance": "network",
    "pdu": "ups",
    "power": "ups",
    "access": "network",
    "olt": "network",
}


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of thing that registers hold."""

    name: str
    kinds: Mapping[str, float]  # kind of device -> share; sums to 1 unless nothing of it is ever seen
    shows: float  # 0..1, of those in use in an office that was asked: how many are seen at all
    answers: float  # 0..1, of those that are seen: how many answer as a device


@dataclass(frozen=True, slots=True)
class Card:
    """What the maker of a network card tells."""

    maker: re.Pattern[str]
    kinds: Mapping[str, float]
    brand: bool


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The whole of `sorts.yaml`."""

    sorts: Mapping[str, Sort]
    words: Mapping[str, str]  # phrase -> sort
    brands: Mapping[str, str]  # phrase -> house
    related: frozenset[frozenset[str]]
    cards: tuple[Card, ...]
    systems: tuple[tuple[re.Pattern[str], int, int], ...]
    no_port: re.Pattern[str]
    unmanaged: re.Pattern[str]
    cheap: Mapping[str, int]
    lines_of_products: Mapping[str, str]  # OptiPlex -> pc

    def products(self, line: Line) -> Sort | None:
        """By the name of a line of products: a Vostro is a computer, whatever the books call it."""
        names = fold(f"{line.name} {line.model or ''}").split()
        return next((self.sorts[self.lines_of_products[name]] for name in names if name in self.lines_of_products), None)


@cache
def knowledge() -> Knowledge:
    """`sorts.yaml` as records."""
    told = yaml_files.read(_FILE)
    return Knowledge(
        sorts={name: _sort(name, entry) for name, entry in told["sorts"].items()},
        words={phrase: sort for sort, phrases in told["words"].items() for phrase in phrases},
        brands={phrase: house for house, phrases in told["brands"].items() for phrase in phrases},
        related=frozenset(frozenset(pair) for pair in told["related"]),
        cards=tuple(Card(re.compile(c["maker"], re.IGNORECASE), _shares(c["kinds"]), c["brand"]) for c in told["cards"]),
        systems=tuple((re.compile(s["says"], re.IGNORECASE), int(s["bought"][0]), int(s["bought"][1])) for s in told["systems"]),
        no_port=re.compile("|".join(told["no_port"])),
        unmanaged=re.compile("|".join(told["unmanaged"])),
        cheap=told["cheap"],
        lines_of_products={name: sort for sort, names in told["products"].items() for name in names},
    )


def _sort(name: str, entry: Mapping[str, Any]) -> Sort:
    return Sort(name, _shares(entry.get("kinds", {})), entry["shows"] / 10, entry.get("answers", 0) / 10)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {kind: weight / total for kind, weight in weights.items()}


@lru_cache(maxsize=1 << 14)
def sorts_of_text(text: str) -> tuple[tuple[int, str], ...]:
    """The sorts that a text tells, each with the place of its word; of two at one place the longer phrase.

    >>> sorts_of_text("Máy vi tính xách tay Dell"), sorts_of_text("Bàn máy tính"), sorts_of_text("Bản quyền Windows 10")
    (((0, 'laptop'),), ((0, 'goods'),), ((0, 'software'), (2, 'software')))
    """
    words = knowledge().words
    tokens = fold(text).split()
    found = []
    start = 0
    while start < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - start), 0, -1):
            if sort := words.get(" ".join(tokens[start : start + length])):
                found.append((start, sort))
                start += length - 1
                break
        start += 1
    return tuple(found)


def sort_of(line: Line) -> Sort | None:
    """What a line is: by the word that its name begins with, else the kind that its register gives, else a word within."""
    known = knowledge()
    told = sorts_of_text(line.name)
    if told and told[0][0] == 0:
        return known.sorts[told[0][1]]
    if line.kind and (sort := known.sorts.get(_OF_KIND.get(line.kind, line.kind))):
        return sort
    name = next((sort for _, sort in told if known.sorts[sort].shows), None) or next((sort for _, sort in told), None)
    return known.sorts[name] if name else known.products(line)


@lru_cache(maxsize=1 << 14)
def houses(text: str) -> frozenset[str]:
    """The brands that a text names.

    >>> sorted(houses("Máy in HP LaserJet")), sorted(houses("TP-Link Technologies Co."))
    (['hp'], ['tplink'])
    """
    brands = knowledge().brands
    tokens = fold(text).split()
    pairs = [f"{a} {b}" for a, b in pairwise(tokens)]
    return frozenset(brands[phrase] for phrase in (*tokens, *pairs) if phrase in brands)


def akin(a: str, b: str) -> bool:
    """Two houses that sell each other's gear."""
    return a == b or frozenset((a, b)) in knowledge().related


@lru_cache(maxsize=1 << 12)
def card_of(maker: str) -> Card | None:
    """What a network card's maker (as the OUI registry has it) tells; None for one that is not known here."""
    return next((card for card in knowledge().cards if card.maker.search(maker)), None)


@lru_cache(maxsize=1 << 12)
def bought_years(os_version: str) -> tuple[int, int] | None:
    """First and last year in which machines with such a system were bought; None where that is not known."""
    return next(((first, last) for says, first, last in knowledge().systems if says.search(os_version)), None)


def cannot_answer(line: Line, text: str) -> bool:
    """Whether a thing is known to have nothing on a network that answers: by its model, or because it was too cheap.

    `text`: everything in which the line can name its model.
    """
    sort = sort_of(line)
    if sort is None:
        return False
    price = line.unit_price_vnd
    if price is None and line.price_vnd is not None:
        price = line.price_vnd // max(1, line.quantity)
    cheap = price is not None and 0 < price < knowledge().cheap.get(sort.name, 0)
    return cheap or (sort.name in ("switch", "network") and bool(knowledge().unmanaged.search(fold(text))))


def has_no_port(text: str) -> bool:
    """Whether a model is known to have no network port.

    >>> has_no_port("Máy in Canon LBP 2900"), has_no_port("HP LaserJet P1102w")
    (True, False)
    """
    return bool(knowledge().no_port.search(fold(text)))
