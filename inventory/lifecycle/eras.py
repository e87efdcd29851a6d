"""When models were sold, and which systems tell how old hardware must be (`data/models_sold.csv`, `data/os_hardware.csv`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from inventory.facts import KINDS
from inventory.lifecycle.tables import LifecycleError, Row, Troubles, layered

_EARLIEST, _LATEST = 1970, 2100


@dataclass(frozen=True, slots=True)
class Sold:
    """The years in which a vendor sold the models that `glob` fits. `last`: None = still sold, or not known."""

    vendor: str
    glob: str
    first: int
    last: int | None
    verified: bool


@dataclass(frozen=True, slots=True)
class System:
    """Software that hardware made on `made_before` or later cannot run with support."""

    says: re.Pattern[str]
    kinds: frozenset[str]
    made_before: date


@dataclass(frozen=True, eq=False)
class Eras:
    """In the order in which they count, the workspace's first: the first row that fits wins."""

    sold: tuple[Sold, ...]
    systems: tuple[System, ...]


def eras(folder: Path | None, troubles: Troubles) -> Eras:
    """The workspace's eras, then the shipped ones. `folder`: as for `policies`."""
    sold = layered("models_sold.csv", folder, troubles, "vendor", "model_glob", "first_year")
    systems = layered("os_hardware.csv", folder, troubles, "says", "kinds", "made_before")
    return Eras(tuple(troubles.read(sold, _sold)), tuple(troubles.read(systems, _system)))


@cache
def shipped_eras() -> Eras:
    return eras(None, Troubles())


def _sold(row: Row) -> Sold:
    row.required("first_year")
    first, last = (row.number(column, _EARLIEST, _LATEST) for column in ("first_year", "last_year"))
    if last is not None and last < (first or 0):
        raise LifecycleError("lifecycle_no_number", file=row.file, line=row.line, column="last_year", given=row.text("last_year"))
    glob = row.required("model_glob").casefold()
    return Sold(row.required("vendor").casefold(), glob, int(first or 0), None if last is None else int(last), row.verified())


def _system(row: Row) -> System:
    row.required("says")
    row.required("made_before")
    kinds = row.required("kinds").casefold().split()
    for kind in kinds:
        if kind not in KINDS:
            raise LifecycleError("lifecycle_no_kind", file=row.file, line=row.line, given=kind, known=", ".join(KINDS))
    return System(row.pattern("says") or re.compile("(?!)"), frozenset(kinds), row.day("made_before") or date.max)
