"""Frames of what devices say of themselves: devices, interfaces, components, addresses, health."""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from inventory import gauges
from inventory.facts import METRICS
from inventory.frames.reading import Reader, beside, device_names, records, standing
from inventory.frames.rulings import conflicts
from inventory.junk import placeholders
from inventory.traffic import COUNTERS, unpack_differences
from inventory.versions import order


def devices(reader: Reader) -> pd.DataFrame:
    """Every device that was confirmed up to the moment, with the newest known facts."""
    facts = reader.current("facts")
    rows = reader.places().merge(facts, on="device_id", how="left")
    rows["device"] = device_names(rows["device_id"])
    _correct(reader, rows)
    nameless = rows["serial"].isin(_placeholders(reader, facts))
    rows.loc[nameless, ["serial", "serial_source", "serial_confidence"]] = pd.NA
    rows["os_version_order"] = rows["os_version"].map(order, na_action="ignore").astype("string")
    rows["confidence"] = rows[["vendor_confidence", "model_confidence", "serial_confidence"]].astype("Float64").min(axis=1)
    rows["mac"] = rows["base_mac"].astype("string").fillna(rows["device_id"].map(_first_macs(reader)).astype("string"))
    rows["conflict"] = rows["device_id"].map(_conflicts(reader)).astype("string")
    return rows


def _correct(reader: Reader, rows: pd.DataFrame) -> None:
    """What people said of a device counts more than what it says itself; the newest of them counts. An empty value: unknown."""
    at = {device: position for position, device in zip(rows.index, rows["device_id"], strict=True)}
    for ruled in records(reader.ruled("correct")):
        if ruled["device_id"] in at:
            known = (ruled["value"], f"decision {ruled['id']}", 1.0) if ruled["value"] else (pd.NA, pd.NA, pd.NA)
            field = ruled["field"]
            columns = [field, f"{field}_source", f"{field}_confidence"]
            for column, value in zip(columns, known, strict=True):
                rows.loc[at[ruled["device_id"]], column] = value


def _placeholders(reader: Reader, facts: pd.DataFrame) -> frozenset[str]:
    """Serial numbers that so many devices of the whole inventory carry that they are none."""
    standing_now = facts[facts["serial"].notna() & facts["device_id"].isin(reader.all_places()["device_id"])]
    return placeholders(zip(standing_now["device_id"], standing_now["serial"], strict=True))


def _first_macs(reader: Reader) -> pd.Series:
    found = reader.rows(
        "SELECT i.device_id, i.mac FROM interfaces i JOIN facts f ON f.device_id = i.device_id "
        f"WHERE f.base_mac IS NULL AND i.mac IS NOT NULL AND {standing('i')} AND {standing('f')} ORDER BY i.device_id, i.if_index"
    )
    return found.drop_duplicates("device_id").set_index("device_id")["mac"]


def _conflicts(reader: Reader) -> pd.Series:
    """What nobody has confirmed, by device."""
    found = conflicts(reader)
    found = found[found["state"] == "open"]
    words = found["kind"].astype("string") + " " + found["value"].astype("string") + (" " + found["other"]).fillna("")
    return words.groupby(found["device_id"]).agg(lambda w: "; ".join(sorted(w)))


def interfaces(reader: Reader) -> pd.DataFrame:
    # Column by column, and looked up by number: these are the most rows by far.
    rows = reader.of_devices(
        reader.current("ports", "device_id, port_kind_id, alias, mac, speed_bps, admin_up, oper_up, pvid, changed_at")
    )
    kinds = reader.rows("SELECT id, protocol, if_index, name, description, type, mtu, duplex, aggregate, stp FROM port_kinds")
    rows = pd.concat([rows, beside(rows["port_kind_id"], kinds, kinds["id"])], axis=1)
    traffic = _traffic(reader)
    rows = pd.concat([rows, beside(_port(rows), traffic, _port(traffic)).drop(columns=["device_id", "if_index"])], axis=1)
    rows["changed_at"] = rows["changed_at"].astype("Int64") + rows["later_s"]
    ports = _port(rows)
    order = np.argsort(ports, kind="stable")
    if (np.diff(ports[order]) == 0).any():
        return rows.sort_values(["device_id", "if_index", "name"], kind="stable")
    return rows.take(order)


def _port(rows: pd.DataFrame) -> np.ndarray:
    """Device and ifIndex as one number, which sorts as the two do."""
    return rows["device_id"].to_numpy(np.int64) * 2**32 + rows["if_index"].to_numpy(np.int64)


def _traffic(reader: Reader) -> pd.DataFrame:
    """Differences found by the last scan of each office."""
    packed = reader.rows(
        "SELECT t.differences FROM traffic t JOIN scans s ON s.id = t.scan_id "
        "JOIN (SELECT g.office, MAX(c.valid_at) AS at FROM targets g JOIN scans c ON c.id = g.scan_id "
        "WHERE c.state = 'finished' AND c.valid_at <= :at GROUP BY g.office) last "
        "ON last.office = t.office AND last.at = s.valid_at"
    )["differences"]
    table = unpack_differences(packed)
    names = ("device_id", "if_index", "counted_s", *COUNTERS)
    rows = pd.DataFrame({name: pd.arrays.IntegerArray(column, column < 0) for name, column in zip(names, table.T, strict=False)})
    rows["later_s"] = pd.arrays.IntegerArray(table[:, -1], table[:, -1] == -1)
    again = pd.Index(_port(rows)).duplicated()
    return rows[~again] if again.any() else rows


def components(reader: Reader) -> pd.DataFrame:
    rows = reader.of_devices(reader.current("components"))
    return _dated(reader, rows, "components", "components").sort_values(["device_id", "key"], kind="stable")


def addresses(reader: Reader) -> pd.DataFrame:
    """An address that a device answered at and also tells of itself is one row, with the mask that it tells."""
    rows = reader.current("addresses", "device_id, key, office, address, origin, prefix_length, if_index")
    places = reader.places()
    rows = rows[rows["device_id"].isin(places["device_id"])]
    rows = _dated(reader, rows, "addresses", "addresses")
    rows["device"] = device_names(rows["device_id"])
    confirmed = places.set_index("device_id")["last_confirmed"]
    answered = rows["origin"] == "answered"
    rows["last_confirmed"] = rows["last_confirmed"].mask(answered, rows["device_id"].map(confirmed))
    rows = rows.sort_values(["device_id", "office", "address", "origin"], kind="stable")
    keys = ["device_id", "office", "address"]
    told = rows.groupby(keys, sort=False)[["prefix_length", "if_index"]].transform("max")
    rows[["prefix_length", "if_index"]] = told
    rows["first_seen"] = rows.groupby(keys, sort=False)["first_seen"].transform("min")
    return rows.drop_duplicates(keys)


def health(reader: Reader) -> pd.DataFrame:
    rows = reader.current("readings", "device_id, key, metric, item, value, text, valid_from")
    rows["value"] = _numbers(reader, rows)
    rows = reader.of_devices(rows)
    read_at = reader.read_at("health")
    rows = rows.merge(read_at, on="device_id", how="left")
    rows["read_at"] = rows["read_at"].astype("Int64").fillna(rows["valid_from"].astype("Int64"))
    rows["unit"] = rows["metric"].map(dict(METRICS))
    return rows.sort_values(["device_id", "metric", "item"], kind="stable")


#: Scans whose numbers are fetched at once: more than one where offices are scanned on days of their own.
_SCANS_AT_ONCE = 16


def _numbers(reader: Reader, rows: pd.DataFrame) -> pd.Series:
    """The newest number of each reading by the moment; what it had when it appeared where nothing was measured since."""
    listed = list(zip(rows["device_id"], rows["key"], rows["valid_from"], rows["value"], strict=True))
    found = gauges.newest({(device, key): since for device, key, since, value in listed if not pd.isna(value)}, measured(reader))
    return pd.Series(
        [found.get((device, key), value) for device, key, _, value in listed], index=rows.index, dtype=rows["value"].dtype
    )


def measured(reader: Reader) -> Iterator[tuple[int, bytes]]:
    """(time, packed numbers) of scans up to the moment, newest first."""
    before = reader.at + 1
    while True:
        scans = reader.rows(
            "SELECT c.valid_at, m.numbers FROM measured m JOIN scans c ON c.id = m.scan_id "
            f"WHERE c.valid_at < {before} ORDER BY c.valid_at DESC LIMIT {_SCANS_AT_ONCE}"
        )
        yield from zip(scans["valid_at"], scans["numbers"], strict=True)
        if len(scans) < _SCANS_AT_ONCE:
            return
        before = int(scans["valid_at"].iloc[-1])


def _dated(reader: Reader, rows: pd.DataFrame, table: str, topic: str) -> pd.DataFrame:
    """With `first_seen` of the thing and `last_confirmed` of its topic (never before the row itself)."""
    rows = rows.merge(reader.first_seen(table), on=["device_id", "key"], how="left")
    rows = rows.merge(reader.heard(topic), on="device_id", how="left")
    if "valid_from" in rows:
        by_scan = rows["valid_from"].astype("Int64").where(rows["opened_scan"] > 0)
        rows["last_confirmed"] = pd.concat([rows["last_confirmed"].astype("Int64"), by_scan], axis=1).max(axis=1)
    else:
        rows["last_confirmed"] = rows["last_confirmed"].astype("Int64").fillna(rows["first_seen"].astype("Int64"))
    return rows
