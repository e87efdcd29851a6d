"""Models of hardware: until when they are sold, given software, given fixes, supported (`data/hardware.csv`, and imports).

The four days are four: a model that is no longer sold may be kept secure for years, and a warranty is none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from inventory.lifecycle.endings import UNTOLD, Ending, ending
from inventory.lifecycle.tables import Row, Troubles, layered

FILE = "hardware.csv"
COLUMNS = (
    *("vendor", "model_glob", "end_of_sale", "end_of_software", "end_of_security", "last_day_of_support", "newest_release"),
    *("source", "checked_on", "status"),
)


@dataclass(frozen=True, slots=True)
class Model:
    """`glob`: of the model's name, with `*` and `?`. `newest_release`: the newest release of its software that it can run."""

    vendor: str
    glob: str
    sale: Ending = UNTOLD
    software: Ending = UNTOLD
    security: Ending = UNTOLD
    support: Ending = UNTOLD
    newest_release: str = ""
    source: str = ""
    checked_on: date | None = None
    verified: bool = False

    def cells(self) -> dict[str, str]:
        """As a row of the table."""
        return {
            "vendor": self.vendor,
            "model_glob": self.glob,
            "end_of_sale": self.sale.written(),
            "end_of_software": self.software.written(),
            "end_of_security": self.security.written(),
            "last_day_of_support": self.support.written(),
            "newest_release": self.newest_release,
            "source": self.source,
            "checked_on": self.checked_on.isoformat() if self.checked_on else "",
            "status": "verified" if self.verified else "unverified",
        }


def model_of(row: Row) -> Model:
    """Raises `LifecycleError`."""
    return Model(
        vendor=row.required("vendor"),
        glob=row.required("model_glob"),
        sale=ending(row, "end_of_sale"),
        software=ending(row, "end_of_software"),
        security=ending(row, "end_of_security"),
        support=ending(row, "last_day_of_support"),
        newest_release=row.text("newest_release").casefold(),
        source=row.text("source"),
        checked_on=row.day("checked_on"),
        verified=row.verified(),
    )


def models(folder: Path | None, troubles: Troubles) -> tuple[Model, ...]:
    """The workspace's models, then the shipped ones."""
    return tuple(troubles.read(layered(FILE, folder, troubles, "vendor", "model_glob"), model_of))


def fitting(known: Sequence[Model], vendor: str, model: str) -> Model | None:
    """The first row that fits a vendor's model, without regard to case; None where none does."""
    brand, name = vendor.casefold(), model.casefold()
    if not brand or not name:
        return None
    return next((one for one in known if one.vendor.casefold() == brand and fnmatchcase(name, one.glob.casefold())), None)
