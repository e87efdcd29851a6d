"""Is a device's software still given security fixes: supported, past, or unknown (`inventory.lifecycle.status`), as frames.

Three-valued: a release that is not in the lifecycle tables, or has no date there, is *unknown* and never "supported". Software
past its support first means *upgrade*; what its model can run, and until when that is kept secure, is in the `lifecycle` frame.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from inventory.frames.columns import Column
from inventory.frames.lifecycle import of
from inventory.lifecycle.endings import PAST
from inventory.lifecycle.status import Lifecycles, shipped_lifecycles

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

_FROM = {
    "status": "os_security",
    "end_of_security": "os_end_of_security",
    "end_of_extended": "os_end_of_extended",
    "source": "os_source",
    "verified": "os_verified",
}


def support(devices: pd.DataFrame, as_of: date, known: Lifecycles | None = None) -> pd.DataFrame:
    """Support status of the software of every row of a `devices` frame on `as_of`. Columns: `COLUMNS`; one row a device, in the
    same order. `known`: the tables of a workspace (`Policies.lifecycles`); None: the shipped ones."""
    rows = of(devices, as_of, known or shipped_lifecycles())
    return pd.DataFrame({column.name: rows[_FROM.get(column.name, column.name)] for column in COLUMNS})


def past_releases(status: pd.DataFrame) -> pd.DataFrame:
    """Releases without security fixes, most devices first: product, release, end_of_security, devices, source, verified."""
    past = status[status["status"] == PAST]
    keys = ["product", "release", "end_of_security", "source", "verified"]
    table = past.groupby(keys, dropna=False).size().rename("devices").reset_index()
    return table.sort_values(["devices", "product", "release"], ascending=[False, True, True]).reset_index(drop=True)


#: The four dates of a model, and in the frame `lifecycle` whether each has passed.
_DATES = {
    "sale": "end_of_sale",
    "software": "end_of_software",
    "security": "end_of_security",
    "support": "last_day_of_support",
}


def past_models(lifecycle: pd.DataFrame) -> pd.DataFrame:
    """Models of which at least one date has passed, most devices first: vendor, model, devices, replace (how many of these are to
    be replaced), the four dates, source, verified. `lifecycle`: the frame of that name."""
    past = lifecycle[(lifecycle[list(_DATES)] == PAST).any(axis=1)]
    keys = ["vendor", "model", *_DATES.values(), "source", "verified"]
    table = past.assign(replace=past["step"] == "replace").groupby(keys, dropna=False, sort=True)
    found = table.agg(devices=("device", "size"), replace=("replace", "sum")).reset_index()
    found = found.astype({"devices": "Int64", "replace": "Int64"})
    return found.sort_values(["devices", "vendor", "model"], ascending=[False, True, True], ignore_index=True)
