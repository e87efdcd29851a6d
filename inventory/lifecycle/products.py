"""How a device tells what it runs: rules (`data/os_products.csv`) from its texts to a product and a release of `releases`.

Rules know products, not releases: a release that is imported later is recognised without a new rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inventory.lifecycle.releases import Release, Releases
from inventory.lifecycle.tables import LifecycleError, Row, Troubles, layered

FILE = "os_products.csv"


@dataclass(frozen=True, slots=True)
class Rule:
    """`says`: on os_version, or sysDescr where that says nothing; its group `release` or `build` names the release where
    `release` does not. `object_id`: a prefix of sysObjectID, in whole arcs, a class of digits allowed in an arc."""

    product: str
    name: str
    vendor: str
    object_id: re.Pattern[str] | None
    says: re.Pattern[str]
    release: str
    prefer_lts: bool


@dataclass(frozen=True, slots=True)
class Running:
    """What a device runs. `release`: None where it is in no table; `said`: what the device says that it is."""

    product: str
    name: str
    said: str
    release: Release | None

    @property
    def label(self) -> str:
        """The release as people name it, without the product's name."""
        text = (self.release.label or self.release.release) if self.release else self.said
        return text.removeprefix(self.name).strip() or text


def rules(folder: Path | None, troubles: Troubles) -> tuple[Rule, ...]:
    """The workspace's rules, then the shipped ones; the first that fits counts."""
    return tuple(troubles.read(layered(FILE, folder, troubles, "product", "says"), _rule))


def _rule(row: Row) -> Rule:
    says, object_id = row.pattern("says"), row.text("object_id")
    row.required("says")
    try:
        # dots are dots, and the prefix ends at a whole arc
        prefix = re.compile(r"\.?" + object_id.replace(".", r"\.") + r"(\.|$)") if object_id else None
    except re.error:
        where = {"file": row.file, "line": row.line, "column": "object_id"}
        raise LifecycleError("lifecycle_no_pattern", given=object_id, **where) from None
    if says is None or not (row.text("release") or {"release", "build"} & set(says.groupindex)):
        raise LifecycleError("lifecycle_blank", file=row.file, line=row.line, column="release")
    return Rule(
        product=row.required("product").casefold(),
        name=row.text("name") or row.text("product"),
        vendor=row.text("vendor").casefold(),
        object_id=prefix,
        says=says,
        release=row.text("release"),
        prefer_lts=row.text("prefer").casefold() == "lts",
    )


def running(
    known: Sequence[Rule], releases: Releases, *, vendor: str, object_id: str, os_version: str, description: str
) -> Running | None:
    """What a device runs, from its own texts; None where no rule fits.

    A rule that names a release of the tables goes before one that only names the product.
    """
    first: Running | None = None
    for found in _fitting(known, releases, vendor.casefold(), object_id, (os_version, description)):
        if found.release is not None:
            return found
        first = first or found
    return first


def _fitting(known: Sequence[Rule], releases: Releases, vendor: str, object_id: str, texts: Sequence[str]) -> Iterator[Running]:
    for text in filter(None, texts):
        for rule in known:
            if rule.vendor and rule.vendor != vendor:
                continue
            if rule.object_id and not rule.object_id.match(object_id):
                continue
            if (match := rule.says.search(text)) is None:
                continue
            told = {name: value for name, value in match.groupdict().items() if value}
            if rule.release:
                yield Running(rule.product, rule.name, rule.release, releases.named(rule.product, rule.release, rule.prefer_lts))
            elif "build" in told:
                release = releases.built(rule.product, told["build"], rule.prefer_lts)
                yield Running(rule.product, rule.name, told["build"], release)
            elif "release" in told:
                release = releases.named(rule.product, told["release"], rule.prefer_lts)
                yield Running(rule.product, rule.name, told["release"], release)
