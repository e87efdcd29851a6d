"""Frames of the purchase registers: assets, matches, rejected."""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from inventory.frames.reading import Reader, device_names, standing
from inventory.names import asset_name, device_name
from inventory.registers.periods import first_day, last_day


def asset_names(ids: pd.Series) -> pd.Series:
    """42 -> A00042; missing stays missing."""
    return ids.map({i: asset_name(int(i)) for i in ids.dropna().unique()}).astype("string")


def assets(reader: Reader) -> pd.DataFrame:
    """What stood in the books at the moment."""
    rows = reader.in_scope(reader.current("assets"))
    rows = rows.rename(columns={"serials": "serial", "macs": "mac"})
    rows["asset"] = asset_names(rows["asset_id"])
    for column in ("serial", "mac", "office_told"):
        rows[column] = rows[column].replace("", pd.NA)
    for column in ("acquired", "in_use"):
        rows[f"{column}_from"] = rows[column].map(first_day, na_action="ignore")
        rows[f"{column}_to"] = rows[column].map(last_day, na_action="ignore")
    rows["warranty_to"] = rows["warranty_to"].map(last_day, na_action="ignore")
    first = reader.first_seen("assets", "asset_id").set_index("asset_id")["first_seen"]
    rows["first_imported"] = rows["asset_id"].map(first)
    last = reader.rows("SELECT register, MAX(at) AS at FROM imports WHERE at <= :at GROUP BY register").set_index("register")[
        "at"
    ]
    rows["last_imported"] = rows["register"].map(last)
    return rows.sort_values(["register", "file", "sheet", "row", "asset_id"], kind="stable")


def matches(reader: Reader) -> pd.DataFrame:
    """What the last matching before the moment found, of what stood in the books then and of things on no books."""
    rows = reader.current("matches")
    merged = reader.merged()
    rows["device_id"] = rows["device_id"].replace(merged)
    books = reader.current("assets", 'asset_id, register, file, sheet, "row", code, name, office')
    rows = rows.merge(books, on="asset_id", how="left")
    rows = rows[(rows["asset_id"] == 0) | rows["file"].notna()].copy()
    places = reader.all_places().set_index("device_id")
    stations = reader.current("stations", "office, key, address").drop_duplicates("key").set_index("key")
    for column, of in (("device_office", "office"), ("address", "address")):
        there = rows["device_id"].map(places[of]).astype("string")
        rows[column] = there.fillna(rows["mac"].map(stations[of]).astype("string"))
    rows["office"] = rows["office"].astype("string").mask(rows["asset_id"] == 0, rows["device_office"])
    rows = reader.in_scope(rows).copy()
    rows["asset"] = asset_names(rows["asset_id"].where(rows["asset_id"] != 0))
    rows["device"] = device_names(rows["device_id"])
    rows["others"] = rows["others"].map(lambda told: _devices(told, merged)).replace("", pd.NA)
    rows["since"] = rows["valid_from"]
    rows["_off"] = rows["asset_id"] == 0
    order = ["_off", "register", "file", "sheet", "row", "unit", "office", "device_id", "mac"]
    return rows.sort_values(order, kind="stable")


def _devices(told: str, merged: Mapping[int, int]) -> str:
    """ "3,7" -> "D00003, D00007"."""
    ids = [int(one) for one in told.split(",") if one]
    return ", ".join(dict.fromkeys(device_name(merged.get(one, one)) for one in ids))


def rejected(reader: Reader) -> pd.DataFrame:
    """What the last import of each register could not take."""
    rows = reader.rows(
        "SELECT r.*, i.register, i.at FROM rejected r JOIN imports i ON i.id = r.import_id "
        "WHERE i.at = (SELECT MAX(n.at) FROM imports n WHERE n.register = i.register AND n.at <= :at)"
    ).sort_values(["register", "position"], kind="stable")
    if reader.offices is not None:
        told = reader.rows(f"SELECT DISTINCT register, office FROM assets a WHERE {standing('a')}")
        rows = rows[rows["register"].isin(reader.in_scope(told)["register"])]
    return rows.rename(columns={"at": "imported"})
