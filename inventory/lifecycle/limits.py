"""Hardware that cannot run every release of its software: the newest one that it can (`data/os_limits.csv`).

Of models that are sold with their software, as firewalls are, it stands with the model (`hardware`); here is what the processor
of a computer decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inventory.lifecycle.tables import Row, Troubles, layered

FILE = "os_limits.csv"


@dataclass(frozen=True, slots=True)
class Limit:
    """`newest_release`: the newest release of the product that runs on what `says` fits."""

    product: str
    says: re.Pattern[str]
    newest_release: str
    source: str
    verified: bool


def limits(folder: Path | None, troubles: Troubles) -> tuple[Limit, ...]:
    """The workspace's limits, then the shipped ones."""
    return tuple(troubles.read(layered(FILE, folder, troubles, "product", "says", "newest_release"), _limit))


def _limit(row: Row) -> Limit:
    row.required("says")
    return Limit(
        product=row.required("product").casefold(),
        says=row.pattern("says") or re.compile("(?!)"),
        newest_release=row.required("newest_release").casefold(),
        source=row.text("source"),
        verified=row.verified(),
    )


def limiting(known: Sequence[Limit], product: str, *texts: str) -> Limit | None:
    """The first row that fits one of a device's texts; None where nothing limits it."""
    return next((one for text in texts if text for one in known if one.product == product and one.says.search(text)), None)
