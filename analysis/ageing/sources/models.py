"""What is known of a whole model, processor or system, whichever device it is in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache, lru_cache

from analysis.ageing.belief import MONTHS, Evidence, Piece, span
from analysis.ageing.sources.reliability import parameters, trust
from analysis.tables import code, data_csv
from inventory import processors
from inventory.serial_dates import month_number

#: Kinds of device whose processor is that of the machine as it was bought.
COMPUTERS = frozenset({"pc", "server"})


@dataclass(frozen=True, slots=True)
class _Years:
    vendor: str
    model_glob: str
    first: int  # month
    last: int | None  # month; None: still sold, or not known
    status: str


@cache
def _sold() -> tuple[_Years, ...]:
    return tuple(
        _Years(
            row["vendor"].casefold(),
            row["model_glob"].casefold(),
            12 * int(row["first_year"]),
            12 * int(row["last_year"]) + 11 if code(row["last_year"]) else None,
            row["status"],
        )
        for row in data_csv("models_sold.csv").to_dict("records")
    )


@lru_cache(maxsize=1 << 12)
def _years_of(vendor: str, model: str) -> _Years | None:
    brand, name = vendor.casefold(), model.casefold()
    return next((years for years in _sold() if years.vendor == brand and fnmatchcase(name, years.model_glob)), None)


def sold(vendor: str, model: str, today: date) -> Evidence | None:
    """The years in which the model was sold, with less before them and after."""
    years, now, how = _years_of(vendor, model), month_number(today), parameters()["sold"]
    if years is None or years.first > now:
        return None
    early, late = how["pieces"]["early"], how["pieces"]["late"]
    pieces = [
        Piece(years.first - early["months"], years.first - 1, early["share"]),
        Piece(years.first, min(years.last or now, now), 1 - early["share"] - late["share"]),
    ]
    if years.last is not None and years.last < now:
        pieces.append(Piece(years.last + 1, min(years.last + late["months"], now), late["share"]))
    return Evidence("sold", tuple(pieces), how["trust"][years.status])


def processor(kind: str, texts: tuple[str, ...], today: date) -> Evidence | None:
    """The years in which machines with the processor were bought, by the first text that names one."""
    if kind not in COMPUTERS:
        return None
    years = next((found for text in texts if text and (found := processors.sold(processors.of_text(text)))), None)
    if years is None:
        return None
    first, last = 12 * years[0] - parameters()["processor"]["early"], min(12 * years[1] + 11, month_number(today))
    return span("processor", first, last, trust("processor")) if first <= last else None


@cache
def _os_limits() -> tuple[tuple[re.Pattern[str], frozenset[str], int], ...]:
    return tuple(
        (
            re.compile(row["says"], re.IGNORECASE),
            frozenset(row["kinds"].split()),
            month_number(date.fromisoformat(row["made_before"])) - 1,
        )
        for row in data_csv("os_hardware.csv").to_dict("records")
    )


@lru_cache(maxsize=1 << 12)
def _latest(kind: str, software: str) -> int | None:
    return next((latest for says, kinds, latest in _os_limits() if kind in kinds and says.search(software)), None)


def system(kind: str, software: str, today: date) -> Evidence | None:
    """A system that newer hardware cannot run with support."""
    latest, now = _latest(kind, software), month_number(today)
    return None if latest is None else span("os_era", now - MONTHS + 1, min(latest, now), trust("os_era"))
