"""What an administration holds to: how long equipment serves, what a new one costs, how many an office needs.

Each table is dated: of several rows for a kind the one in force on a day is the last whose `valid_from` is not after it; a blank
`valid_from` is before every date. A workspace's own row that is in force stands before the shipped ones, however new these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from pathlib import Path
from typing import Protocol, TypeVar

from inventory.facts import KINDS
from inventory.lifecycle.duties import Duty, duties, shipped_duties
from inventory.lifecycle.eras import Eras, eras, shipped_eras
from inventory.lifecycle.status import Lifecycles, lifecycles, shipped_lifecycles
from inventory.lifecycle.tables import LifecycleError, Row, Troubles, layered

#: Parts that are bought and replaced by themselves.
PARTS = ("ups_battery", "disk", "fan", "supply", "printer_kit", "toner", "memory", "storage", "cable")


@dataclass(frozen=True, slots=True)
class Life:
    """A useful life in years. What ages faster in the heat lives half as long for each `halves_per_c` above `rated_c`."""

    years: float
    source_vi: str
    source_en: str
    verified: bool
    valid_from: date | None = None
    halves_per_c: float | None = None
    rated_c: float | None = None

    def at(self, celsius: float | None) -> float:
        """Years at a temperature; the rated ones where it is not known, or nothing is said about heat."""
        if celsius is None or not self.halves_per_c or self.rated_c is None:
            return self.years
        return float(self.years * 0.5 ** (max(celsius - self.rated_c, 0.0) / self.halves_per_c))


@dataclass(frozen=True, slots=True)
class Price:
    """What a new one costs, installed, in dong; or the most that a rule lets it cost."""

    vnd: int
    source_vi: str
    source_en: str
    verified: bool
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Norm:
    """The least that an office needs of a kind: one for so many officials (None: not by officials), and so many an office."""

    officials: float | None
    per_office: int
    source_vi: str
    source_en: str
    verified: bool
    valid_from: date | None = None

    def least(self, staff: int | None) -> int:
        """How many an office with this staff needs at least; of unknown staff, what an office needs whoever works there."""
        by_staff = ceil(staff / self.officials) if self.officials and staff else 0
        return max(self.per_office, by_staff)


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies in force on a day, by kind of device (`inventory.facts.KINDS`) or part (`PARTS`).

    `price_limits`: the most that a rule lets one of a kind cost. `eras`: when models were sold. `lifecycles`: until
    when software and models are kept secure. `duties`: how much printers may print. `troubles`: rows that could not be
    used, for people to mend.
    """

    on: date
    lives: Mapping[str, Life]
    prices: Mapping[str, Price]
    price_limits: Mapping[str, Price]
    norms: Mapping[str, Norm]
    part_lives: Mapping[str, Life]
    part_prices: Mapping[str, Price]
    eras: Eras = field(default_factory=shipped_eras)
    lifecycles: Lifecycles = field(default_factory=shipped_lifecycles)
    duties: tuple[Duty, ...] = field(default_factory=shipped_duties)
    troubles: tuple[LifecycleError, ...] = ()


class _Dated(Protocol):
    @property
    def valid_from(self) -> date | None: ...


_Of = TypeVar("_Of", bound=_Dated)


def policies(folder: Path | None, on: date) -> Policies:
    """The policies in force on a day. `folder`: a workspace's folder `lifecycle/`, which need not exist; None: the shipped ones.

    Never raises for what people wrote: what cannot be used is in `troubles`.
    """
    troubles = Troubles()

    def table(name: str, key: str, known: tuple[str, ...], make: Callable[[Row], _Of], *required: str) -> dict[str, _Of]:
        rows = layered(name, folder, troubles, key, *required)
        return _in_force(troubles.read(rows, lambda row: (row.own, row.one_of(key, known), make(row))), on)

    known = lifecycles(folder)
    return Policies(
        on=on,
        lives=table("useful_lives.csv", "kind", KINDS, _life, "years"),
        prices=table("prices.csv", "kind", KINDS, _price, "vnd"),
        price_limits=table("price_limits.csv", "kind", KINDS, _price, "vnd"),
        norms=table("norms.csv", "kind", KINDS, _norm),
        part_lives=table("part_lives.csv", "part", PARTS, _life, "years"),
        part_prices=table("part_prices.csv", "part", PARTS, _price, "vnd"),
        eras=eras(folder, troubles),
        lifecycles=known,
        duties=duties(folder, troubles),
        troubles=(*troubles.listed, *known.troubles),
    )


def _in_force(rows: Iterable[tuple[bool, str, _Of]], on: date) -> dict[str, _Of]:
    """By key, the last that has begun; one of the workspace before any other. Of two of one day the later line counts."""
    found: dict[str, tuple[tuple[bool, date], _Of]] = {}
    for own, key, value in rows:
        since = value.valid_from or date.min
        if since > on or (key in found and found[key][0] > (own, since)):
            continue
        found[key] = ((own, since), value)
    return {key: value for key, (_, value) in found.items()}


def _source(row: Row) -> tuple[str, str, bool, date | None]:
    """Of a source in one language only, that one stands for both."""
    vi, en = row.text("source_vi"), row.text("source_en")
    one = row.text("source")
    return vi or one or en, en or one or vi, row.verified(), row.day("valid_from")


def _life(row: Row) -> Life:
    row.required("years")
    years = row.number("years", 0.1, 100) or 0.0
    heat = row.number("halves_per_c", 0.1, 100), row.number("rated_c", -50, 100)
    return Life(years, *_source(row), *heat)


def _price(row: Row) -> Price:
    row.required("vnd")
    return Price(row.dong("vnd") or 0, *_source(row))


def _norm(row: Row) -> Norm:
    officials, per_office = row.number("officials", 0.01, 1e6), row.number("per_office", 0, 1e6)
    if officials is None and per_office is None:
        row.required("officials")
    return Norm(officials, int(per_office or 0), *_source(row))
