"""What is known of a whole model, processor or system, whichever device it is in."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache

from analysis.ageing.belief import MONTHS, Evidence, Piece, span
from analysis.ageing.sources.reliability import parameters, trust
from inventory import processors
from inventory.lifecycle.eras import Eras, Sold
from inventory.serial_dates import month_number

#: Kinds of device whose processor is that of the machine as it was bought.
COMPUTERS = frozenset({"pc", "server"})


@lru_cache(maxsize=1 << 12)
def _years_of(eras: Eras, vendor: str, model: str) -> Sold | None:
    brand, name = vendor.casefold(), model.casefold()
    return next((years for years in eras.sold if years.vendor == brand and fnmatchcase(name, years.glob)), None)


def sold(eras: Eras, vendor: str, model: str, today: date) -> Evidence | None:
    """The years in which the model was sold, with less before them and after."""
    years, now, how = _years_of(eras, vendor, model), month_number(today), parameters()["sold"]
    if years is None or 12 * years.first > now:
        return None
    first, last = 12 * years.first, None if years.last is None else 12 * years.last + 11
    early, late = how["pieces"]["early"], how["pieces"]["late"]
    pieces = [
        Piece(first - early["months"], first - 1, early["share"]),
        Piece(first, min(last or now, now), 1 - early["share"] - late["share"]),
    ]
    if last is not None and last < now:
        pieces.append(Piece(last + 1, min(last + late["months"], now), late["share"]))
    return Evidence("sold", tuple(pieces), how["trust"]["verified" if years.verified else "unverified"])


def processor(kind: str, texts: tuple[str, ...], today: date) -> Evidence | None:
    """The years in which machines with the processor were bought, by the first text that names one."""
    if kind not in COMPUTERS:
        return None
    years = next((found for text in texts if text and (found := processors.sold(processors.of_text(text)))), None)
    if years is None:
        return None
    how, now = parameters()["processor"], month_number(today)
    first, last = 12 * years[0] - how["early"], 12 * years[1] + 11
    if first > now:
        return None
    leftover = max(last - how["leftover"]["months"], first)
    pieces = [Piece(first, min(leftover, now), 1 - how["leftover"]["share"])]
    if leftover < now:
        pieces.append(Piece(leftover + 1, min(last, now), how["leftover"]["share"]))
    return Evidence("processor", tuple(pieces), trust("processor"))


@lru_cache(maxsize=1 << 12)
def _latest(eras: Eras, kind: str, software: str) -> int | None:
    fitting = (one for one in eras.systems if kind in one.kinds and one.says.search(software))
    return next((month_number(one.made_before) - 1 for one in fitting), None)


def system(eras: Eras, kind: str, software: str, today: date) -> Evidence | None:
    """A system that newer hardware cannot run with support."""
    latest, now = _latest(eras, kind, software), month_number(today)
    return None if latest is None else span("os_era", now - MONTHS + 1, min(latest, now), trust("os_era"))
