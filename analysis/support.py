"""Is a device's software still given security fixes: supported, past, or unknown.

Three-valued: a release that is not in `analysis/data/os_support.csv`, or has no date there, is *unknown* and never
"supported". Software past its support first means *upgrade*; whether the hardware can run a newer release is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd

from analysis.tables import code, data_csv, typed
from inventory.frames.columns import Column

SUPPORTED, PAST, UNKNOWN = "supported", "past", "unknown"

COLUMNS = (
    Column("device", "string", "device"),
    Column("office", "string", "office of the device"),
    Column("kind", "string", "kind of device"),
    Column("product", "string", "software, as the lifecycle table names it"),
    Column("release", "string", "release, as the lifecycle table names it"),
    Column("status", "string", "supported, past, unknown (no row, or no date)"),
    Column("end_of_security", "date", "last day of fixes that everybody gets"),
    Column("end_of_extended", "date", "last day of fixes that are paid for or done by volunteers"),
    Column("source", "string", "where the date is from"),
    Column("verified", "boolean", "somebody read the source"),
)


@dataclass(frozen=True, slots=True)
class _Release:
    product: str
    release: str
    vendor: str
    object_id: re.Pattern[str] | None
    says: re.Pattern[str]
    end_of_security: str
    end_of_extended: str
    source: str
    verified: bool


@cache
def _releases() -> tuple[_Release, ...]:
    return tuple(
        _Release(
            product=row["product"],
            release=row["release"],
            vendor=code(row["vendor"]).casefold(),
            # dots are dots, and the prefix ends at a whole arc
            object_id=re.compile(r"\.?" + row["object_id"].replace(".", r"\.") + r"(\.|$)") if code(row["object_id"]) else None,
            says=re.compile(row["says"], re.IGNORECASE),
            end_of_security=code(row["end_of_security"]),
            end_of_extended=code(row["end_of_extended"]),
            source=row["source"],
            verified=row["status"] == "verified",
        )
        for row in data_csv("os_support.csv").to_dict("records")
    )


def _matching(vendor: str, object_id: str, os_version: str, description: str) -> _Release | None:
    for text in filter(None, (os_version, description)):
        for release in _releases():
            if release.vendor and release.vendor != vendor.casefold():
                continue
            if release.object_id and not release.object_id.match(object_id):
                continue
            if release.says.search(text):
                return release
    return None


def support(devices: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Support status of every row of a `devices` frame on `as_of`. Columns: `COLUMNS`; one row a device, in the same order."""
    rows = []
    for device in devices.to_dict("records"):
        found = _matching(*(code(device.get(name)) for name in ("vendor", "sys_object_id", "os_version", "sys_descr")))
        status = UNKNOWN
        if found and found.end_of_security:
            status = PAST if date.fromisoformat(found.end_of_security) < as_of else SUPPORTED
        rows.append(
            {"device": device["device"], "office": device["office"], "kind": device["kind"], "status": status}
            | (
                {
                    "product": found.product,
                    "release": found.release,
                    "end_of_security": found.end_of_security or None,
                    "end_of_extended": found.end_of_extended or None,
                    "source": found.source,
                    "verified": found.verified,
                }
                if found
                else {}
            )
        )
    return typed(rows, COLUMNS)


def past_releases(status: pd.DataFrame) -> pd.DataFrame:
    """Releases without security fixes, most devices first: product, release, end_of_security, devices, source, verified."""
    past = status[status["status"] == PAST]
    keys = ["product", "release", "end_of_security", "source", "verified"]
    table = past.groupby(keys, dropna=False).size().rename("devices").reset_index()
    return table.sort_values(["devices", "product", "release"], ascending=[False, True, True]).reset_index(drop=True)
