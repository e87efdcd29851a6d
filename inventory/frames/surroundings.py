"""Frames of what stands around the devices: endpoints, offices, scans."""

from __future__ import annotations

from functools import cache

import pandas as pd

from inventory.frames.reading import Reader, device_names
from inventory.hardware_addresses import mac_class
from inventory.names import scan_name


def endpoints(reader: Reader) -> pd.DataFrame:
    """Stations that were present at the moment: seen, or not missed because their switch was not heard since."""
    rows = reader.in_scope(reader.current("stations"))
    first = reader.first_seen("stations", "office")
    rows = rows.merge(first, on=["office", "key"], how="left").rename(columns={"key": "mac"})
    heard = reader.heard("addresses").set_index("device_id")["last_confirmed"]
    by_scan = rows["valid_from"].astype("Int64").where(rows["opened_scan"] > 0)
    last = pd.concat([rows["switch_id"].map(heard), rows["teller_id"].map(heard), by_scan], axis=1)
    rows["last_seen"] = last.astype("Int64").max(axis=1)
    rows["device"] = device_names(rows["device_id"])
    rows["switch"] = device_names(rows["switch_id"])
    rows["vendor"] = rows["mac"].map(maker)
    rows["mac_class"] = rows["mac"].map(mac_class)
    return rows.sort_values(["office", "mac"], kind="stable")


def maker(mac: str) -> str | None:
    """Organisation that the IEEE registry lists for the address block; None for local and unlisted ones."""
    return None if mac_class(mac) == "local" else _registered(mac[:8])


@cache
def _registered(block: str) -> str | None:
    from netaddr import OUI, NotRegisteredError  # its registry takes a moment to load

    try:
        return str(OUI(block.replace(":", "-")).registration().org)
    except NotRegisteredError:
        return None


def offices(reader: Reader) -> pd.DataFrame:
    """Offices of the file, also those that no longer stand, in the file's order."""
    rows = reader.in_scope(reader.known_offices(), "code").rename(columns={"code": "office"})
    counts = reader.places()["office"].value_counts()
    rows["devices"] = rows["office"].map(counts).fillna(0)
    return rows.sort_values("position", kind="stable")


def scans(reader: Reader) -> pd.DataFrame:
    """Scans that had begun by the moment; one that had not finished by then has no result yet."""
    rows = reader.rows("SELECT * FROM scans WHERE started_at <= :at ORDER BY id")
    if reader.offices is not None:
        about = [bool(reader.offices.intersection(codes.split(","))) for codes in rows["offices"]]
        rows = rows[pd.Series(about, index=rows.index, dtype=bool)]
    rows["scan"] = scan_names(rows["id"])
    open_then = rows["finished_at"].isna() | (rows["finished_at"] > reader.at)
    for column in ("finished_at", "answered", "failed", "devices", "outcomes"):
        rows[column] = rows[column].mask(open_then)
    return rows


def scan_names(ids: pd.Series) -> pd.Series:
    return ids.map({i: scan_name(int(i)) for i in ids.dropna().unique()}).astype("string")
