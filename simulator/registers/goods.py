"""What offices buy and how their books call it: `goods.yaml` as records."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator import yaml_files

GOODS = Path(__file__).with_name("goods.yaml")
WORDS = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True, slots=True)
class Good:
    """One model as shops and books know it. Prices in millions of dong."""

    model: str  # as the catalogue or the table of stations has it
    kind: str  # pc, laptop, printer, switch, ...
    noun: str  # which words stand before it
    brand: str  # "" for machines that a shop put together
    says: tuple[str, ...]  # spellings, the full one first; with ~ before it: no more than the series
    series: str
    price: tuple[float, float]
    config: str = ""
    serial: str = ""  # pattern; "" where there is none
    sold: tuple[int, int] = (0, 0)
    cards: tuple[str, ...] = ()  # makers of its network card
    group: str = ""  # what a book calls the group of such things, where the kind does not say it
    life_years: int = 5
    built: bool = False  # put together by a shop: the "model" is its main board or its processor

    def a_serial(self, dice: random.Random) -> str:
        """A serial number as this make writes it."""
        alphabets = {"A": string.ascii_uppercase, "9": string.digits, "X": "0123456789BCDFGHJKLMNPQRSTVWXYZ"}
        return "".join(dice.choice(alphabets[c]) if c in alphabets else c for c in self.serial)


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something on the books that no network shows."""

    name: str
    price: float
    unit: str
    since: int
    why: str


@dataclass(frozen=True, slots=True)
class Goods:
    """The whole of `goods.yaml`."""

    models: Mapping[str, Good]
    stations: Mapping[str, tuple[Good, ...]]
    makers: Mapping[str, str]
    forerunners: Mapping[str, tuple[tuple[str, int, float], ...]]
    unseen: Mapping[str, tuple[Unseen, ...]]
    groups: Mapping[str, tuple[str, int]]  # why a thing is not seen -> its group and its years of use
    nouns: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]
    rooms: tuple[str, ...]
    rooms_district: tuple[str, ...]
    people: Mapping[str, tuple[str, ...]]

    def rooms_of(self, staff: int) -> tuple[str, ...]:
        """The rooms of an office: those of a commune, or those of a district's seat."""
        return self.rooms_district if staff > 100 else self.rooms

    def maker(self, mac: str) -> str:
        """Whose network card it is; "" for one that nobody registered."""
        return self.makers.get(mac[:8], "")

    def station(self, what: str, maker: str) -> list[Good]:
        """The models that a station with such a card can be."""
        return [good for good in self.stations[what] if maker in good.cards]


@cache
def goods() -> Goods:
    """The goods that come with the simulator."""
    told = yaml_files.read(GOODS)
    words = yaml_files.read(WORDS)
    return Goods(
        models={name: _good(name, "", entry) for name, entry in told["models"].items()},
        stations={what: tuple(_good(n, what, e) for n, e in models.items()) for what, models in told["stations"].items()},
        makers=told["makers"],
        forerunners={kind: tuple((n, y, p) for n, y, p in rows) for kind, rows in told["forerunners"].items()},
        unseen={group: tuple(Unseen(*row) for row in rows) for group, rows in told["unseen"].items()},
        groups={why: (name, years) for why, (name, years) in words["unseen"].items()},
        nouns={kind: tuple(words) for kind, words in told["nouns"].items()},
        units={kind: tuple(words) for kind, words in told["units"].items()},
        rooms=tuple(told["rooms"]),
        rooms_district=tuple(told["rooms_district"]),
        people={part: tuple(words) for part, words in told["people"].items()},
    )


def _good(name: str, what: str, entry: Mapping[str, Any]) -> Good:
    noun = entry.get("as", what)
    kinds = {"colour_printer": "printer", "multifunction": "printer", "copier": "printer", "ups_card": "ups"}
    return Good(
        model=name,
        kind=what or kinds.get(noun, noun),
        noun=noun,
        brand=entry["brand"],
        says=tuple(map(str, entry["says"])),
        series=entry["series"],
        price=(entry["price"][0], entry["price"][1]),
        config=entry.get("config", ""),
        serial=entry.get("serial", ""),
        sold=tuple(entry.get("sold", (0, 0))),
        cards=tuple(entry.get("cards", ())),
        built=entry.get("built", False),
    )


def without_brand(says: str, brand: str) -> str:
    """ "HP LJ M401dn" -> "LJ M401dn"; unchanged where the brand does not stand at the beginning."""
    return re.sub(rf"^{re.escape(brand)}\s+", "", says, flags=re.IGNORECASE) if brand else says
