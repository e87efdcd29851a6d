"""Of each device: is what it runs, and is the model itself, still kept secure. Supported, past, unknown, for every date apart.

Software past its support first means *upgrade*; replace only where the hardware can run no supported release, or gets no fixes
itself any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from inventory.lifecycle import hardware, products
from inventory.lifecycle.endings import PAST, SUPPORTED, UNKNOWN
from inventory.lifecycle.hardware import Model, fitting
from inventory.lifecycle.limits import Limit, limiting, limits
from inventory.lifecycle.products import Rule, Running, running
from inventory.lifecycle.releases import Releases, releases
from inventory.lifecycle.tables import LifecycleError, Troubles

UPGRADE, REPLACE = "upgrade", "replace"


@dataclass(frozen=True, slots=True)
class Lifecycles:
    """The lifecycle tables that a status needs. `troubles`: rows that could not be used."""

    rules: tuple[Rule, ...]
    releases: Releases
    models: tuple[Model, ...]
    limits: tuple[Limit, ...] = ()
    troubles: tuple[LifecycleError, ...] = ()


def lifecycles(folder: Path | None) -> Lifecycles:
    """The tables. `folder`: a workspace's folder `lifecycle/`, which need not exist; None: the shipped ones alone."""
    troubles = Troubles()
    found = products.rules(folder, troubles), releases(folder, troubles), hardware.models(folder, troubles)
    return Lifecycles(*found, limits(folder, troubles), tuple(troubles.listed))


@cache
def shipped_lifecycles() -> Lifecycles:
    return lifecycles(None)


def statuses(devices: Iterable[Mapping[Any, Any]], on: date, known: Lifecycles) -> Iterator[dict[str, object]]:
    """A row of the `lifecycle` frame for each device, in order. `devices`: vendor, model, sys_object_id, os_version, sys_descr;
    missing is ""."""
    made: dict[tuple[str, ...], dict[str, object]] = {}
    for device in devices:
        key = tuple(device.get(name, "") for name in ("vendor", "sys_object_id", "os_version", "sys_descr", "model"))
        if key not in made:
            made[key] = _status(*key, on=on, known=known)
        yield made[key]


def _status(
    vendor: str, object_id: str, os_version: str, description: str, model: str, *, on: date, known: Lifecycles
) -> dict[str, object]:
    texts = {"vendor": vendor, "object_id": object_id, "os_version": os_version, "description": description}
    runs = running(known.rules, known.releases, **texts)
    kind = fitting(known.models, vendor, model)
    row = _of_software(runs, on) | _of_hardware(kind, on)
    row |= _newest(runs, kind, known, description, os_version)
    row["status"] = _fixes(str(row["os_security"]), str(row["security"]), str(row["support"]))
    row["step"] = _step(row, runs, on, known.releases)
    return row


def _of_software(runs: Running | None, on: date) -> dict[str, object]:
    release = runs.release if runs else None
    row: dict[str, object] = {"product": runs.name if runs else None, "release": runs.label if runs else None}
    for name in ("active", "security", "extended"):
        ends = getattr(release, name) if release else None
        row[f"os_{name}"] = ends.status(on, release.checked_on) if ends and release else UNKNOWN
        row[f"os_end_of_{name}"] = ends.day if ends else None
    if release:
        row |= {"os_source": release.source or None, "os_checked_on": release.checked_on, "os_verified": release.verified}
    return row


def _of_hardware(kind: Model | None, on: date) -> dict[str, object]:
    row: dict[str, object] = {}
    for name, column in (
        ("sale", "end_of_sale"),
        ("software", "end_of_software"),
        ("security", "end_of_security"),
        ("support", "last_day_of_support"),
    ):
        ends = getattr(kind, name) if kind else None
        row[name] = ends.status(on, kind.checked_on) if ends and kind else UNKNOWN
        row[column] = ends.day if ends else None
    if kind:
        row |= {
            "hardware": f"{kind.vendor} {kind.glob}",
            "source": kind.source or None,
            "checked_on": kind.checked_on,
            "verified": kind.verified,
        }
    return row


def _newest(runs: Running | None, kind: Model | None, known: Lifecycles, *texts: str) -> dict[str, object]:
    """The newest release that it can run, and who says so: its model, else its processor."""
    if kind and kind.newest_release:
        return {"newest_release": kind.newest_release, "newest_source": kind.source or None}
    if runs and (limit := limiting(known.limits, runs.product, *texts)):
        return {"newest_release": limit.newest_release, "newest_source": limit.source or None}
    return {"newest_release": None}


def _fixes(os_security: str, security: str, support: str) -> str:
    """Whether a device is given security fixes: no, where any date says so."""
    if PAST in (os_security, security, support):
        return PAST
    return SUPPORTED if SUPPORTED in (os_security, security) else UNKNOWN


def _step(row: Mapping[str, object], runs: Running | None, on: date, known: Releases) -> str | None:
    """What to do first about missing fixes; None where nothing is known to be missing."""
    if row["status"] != PAST:
        return None
    if PAST in (row["security"], row["support"]):
        return REPLACE
    if runs and row["newest_release"]:
        newest = known.named(runs.product, str(row["newest_release"]))
        if newest is not None and newest.security.status(on, newest.checked_on) == PAST:
            return REPLACE
    return UPGRADE
