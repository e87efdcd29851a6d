"""How many pages printers are made for (`data/printer_duty.csv`)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from inventory.lifecycle.tables import Row, Troubles, layered

_MOST_PAGES = 10_000_000


@dataclass(frozen=True, slots=True)
class Duty:
    """What a maker says of the models that `glob` fits: the most pages in one month, the most a month in the long run, and pages
    after which the maintenance kit is due. None: not known."""

    vendor: str
    glob: str
    most: float | None
    long_run: float | None
    kit_pages: float | None
    verified: bool

    def fits(self, vendor: str, model: str) -> bool:
        return vendor.casefold() == self.vendor and fnmatchcase(model.casefold(), self.glob)


def duties(folder: Path | None, troubles: Troubles) -> tuple[Duty, ...]:
    """In the order in which they count: the workspace's, then the shipped ones. `folder`: as for `policies`."""
    return tuple(troubles.read(layered("printer_duty.csv", folder, troubles, "vendor", "model_glob"), _duty))


@cache
def shipped_duties() -> tuple[Duty, ...]:
    return duties(None, Troubles())


def _duty(row: Row) -> Duty:
    most, long_run, kit = (row.number(column, 1, _MOST_PAGES) for column in ("month_pages", "long_run_pages", "kit_pages"))
    return Duty(row.required("vendor").casefold(), row.required("model_glob").casefold(), most, long_run, kit, row.verified())
