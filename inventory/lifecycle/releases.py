"""Releases of operating systems and firmware: until when each is kept secure (`data/os_releases.csv`, and what was imported).

Products and releases are named as endoflife.date names them. How a device tells which one it runs is apart: `products`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from inventory.lifecycle.endings import UNTOLD, Ending, ending
from inventory.lifecycle.tables import Row, Troubles, layered

FILE = "os_releases.csv"
COLUMNS = (
    *("product", "release", "label", "released", "end_of_active", "end_of_security", "end_of_extended", "lts", "latest"),
    *("source", "checked_on", "status"),
)


@dataclass(frozen=True, slots=True)
class Release:
    """`security`: the end of fixes that everybody gets; `extended`: of those that are paid for, or done by volunteers; `active`:
    of new functions and of mending that is not for security. `latest`: the newest version of this release."""

    product: str
    release: str
    label: str = ""
    released: date | None = None
    active: Ending = UNTOLD
    security: Ending = UNTOLD
    extended: Ending = UNTOLD
    lts: bool = False
    latest: str = ""
    source: str = ""
    checked_on: date | None = None
    verified: bool = False

    def cells(self) -> dict[str, str]:
        """As a row of the table."""
        return {
            "product": self.product,
            "release": self.release,
            "label": self.label,
            "released": self.released.isoformat() if self.released else "",
            "end_of_active": self.active.written(),
            "end_of_security": self.security.written(),
            "end_of_extended": self.extended.written(),
            "lts": "yes" if self.lts else "",
            "latest": self.latest,
            "source": self.source,
            "checked_on": self.checked_on.isoformat() if self.checked_on else "",
            "status": "verified" if self.verified else "unverified",
        }


def release_of(row: Row) -> Release:
    """Raises `LifecycleError`."""
    return Release(
        product=row.required("product").casefold(),
        release=row.required("release").casefold(),
        label=row.text("label"),
        released=row.day("released"),
        active=ending(row, "end_of_active"),
        security=ending(row, "end_of_security"),
        extended=ending(row, "end_of_extended"),
        lts=row.text("lts").casefold() in ("yes", "true", "x"),
        latest=row.text("latest"),
        source=row.text("source"),
        checked_on=row.day("checked_on"),
        verified=row.verified(),
    )


@dataclass(frozen=True, slots=True)
class Releases:
    """The known releases, each once. `by_product` has them in the order of the tables, the workspace's first."""

    by_product: Mapping[str, Sequence[Release]] = field(default_factory=dict)

    @classmethod
    def of(cls, listed: Iterable[Release]) -> Releases:
        """Of two rows for one release the first counts."""
        found: dict[str, dict[str, Release]] = {}
        for one in listed:
            found.setdefault(one.product, {}).setdefault(one.release, one)
        return cls({product: tuple(releases.values()) for product, releases in found.items()})

    def named(self, product: str, said: str, prefer_lts: bool = False) -> Release | None:
        """The release that a device's text names: exactly, else the one that it is a version of ("7.4.3" is a "7.4").

        A name may stand for several editions ("11-24h2" for "-w" and "-e"): see `_likeliest`.
        """
        known = self.by_product.get(product, ())
        text = "-".join(said.casefold().split())
        while text:
            names = {text, ".".join(part.lstrip("0") or "0" for part in text.split("."))}
            exact = [one for one in known if one.release in names]
            editions = [one for one in known if any(one.release.startswith(f"{name}-") for name in names)]
            if found := exact or editions:
                return _likeliest(found, prefer_lts)
            text = text.rpartition(".")[0]
        return None

    def built(self, product: str, build: str, prefer_lts: bool = False) -> Release | None:
        """The release whose newest version ends with that build number ("10.0.19045")."""
        found = [one for one in self.by_product.get(product, ()) if one.latest.rpartition(".")[2] == build]
        return _likeliest(found, prefer_lts) if found else None


def _likeliest(found: Sequence[Release], prefer_lts: bool) -> Release:
    """Of editions that a device does not tell apart: those of long-term support where most are such, else the others; then the
    one whose fixes end first, so that nothing is taken for safe because another edition is."""
    usual = [one for one in found if one.lts == prefer_lts] or found
    return min(usual, key=lambda one: one.security.day or date.max)


def releases(folder: Path | None, troubles: Troubles) -> Releases:
    """The workspace's releases, then the shipped ones. `folder`: as for `policies`."""
    return Releases.of(troubles.read(layered(FILE, folder, troubles, "product", "release"), release_of))
