"""Frames of what devices learnt: their newest forwarding and ARP tables. There is no history of these.

As of a moment before a device's newest table was heard, there is no row of that device.
"""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from inventory.frames.reading import Reader, standing
from inventory.learnt import ARP, FORWARDING, Unpacked, unpack, vlans

#: Tables by the device that theirs has turned out to be by the moment. What a device told before it was merged is shown until
#: the other has been heard since: then that one's table is of both.
_NEWEST = f"""
SELECT COALESCE(m.into_id, t.device_id) AS device_id, t.read_at, t.entries FROM learnt t
LEFT JOIN merges m ON m.device_id = t.device_id AND {standing("m")}
WHERE t.kind = ':kind' AND t.at <= :at AND (m.into_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM merges e JOIN learnt n ON n.device_id = e.into_id AND n.kind = t.kind
    WHERE e.device_id = t.device_id AND n.at <= :at AND e.valid_from <= n.at AND (e.valid_to IS NULL OR e.valid_to > n.at)
))
ORDER BY 1, t.read_at DESC, t.device_id
"""
#: "00:" to "ff:"
_HEX = np.frombuffer("".join(f"{byte:02x}:" for byte in range(256)).encode(), dtype=np.uint8).reshape(256, 3)


def forwarding(reader: Reader) -> pd.DataFrame:
    """device, office, port, mac, vlan, read_at: where each device had learnt stations, sorted by device, port and MAC.

    A station may be on several ports, and on several VLANs of one.
    """
    rows, found = _tables(reader, FORWARDING)
    vlan = vlans(found.rest)
    rows["vlan"] = pd.arrays.IntegerArray(vlan, vlan < 0)
    return _once(rows, ["port", "mac", "vlan"])


def arp(reader: Reader) -> pd.DataFrame:
    """device, office, mac, address, port, read_at: which station had which IP address, by device and address as text."""
    rows, found = _tables(reader, ARP)
    rows["address"] = _strings(_texts(found.rest))
    return _once(rows, ["address", "mac", "port"])


def _tables(reader: Reader, kind: str) -> tuple[pd.DataFrame, Unpacked]:
    """A row an entry with device_id, device, office, read_at, several (tables are the device's), mac, port; and what is left."""
    tables = reader.of_devices(reader.rows(_NEWEST.replace(":kind", kind)))
    tables["several"] = tables["device_id"].duplicated(keep=False)
    found = unpack(tables["entries"])
    columns = {
        name: tables[name].array.take(np.repeat(np.arange(len(tables)), found.lengths))
        for name in ("device_id", "device", "office", "read_at", "several")
    }
    named = _texts(found.names)
    ports = named.take(pa.array(found.ports, mask=found.ports < 0))
    return pd.DataFrame({**columns, "mac": _strings(_macs(found.macs)), "port": _strings(ports)}), found


def _once(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """What several tables of one device tell alike is one row, with the newest time; in the order that one table has."""
    several = rows["several"].to_numpy(bool)
    if not several.any():
        return rows
    mixed = rows[several].drop_duplicates(["device_id", *columns]).sort_values(["device_id", *columns], kind="stable")
    return pd.concat([rows[~several], mixed]).sort_values("device_id", kind="stable")


def _macs(table: np.ndarray) -> pa.LargeStringArray:
    text = np.ascontiguousarray(_HEX[table].reshape(-1, 18)[:, :17])
    return _array(np.arange(len(table) + 1) * 17, text)


def _texts(joined: bytes) -> pa.LargeStringArray:
    """Texts that end in NUL each."""
    text = np.frombuffer(joined, dtype=np.uint8)
    ends = np.flatnonzero(text == 0)
    return _array(np.concatenate([[0], ends - np.arange(len(ends))]), text[text != 0])


def _array(offsets: np.ndarray, text: np.ndarray) -> pa.LargeStringArray:
    buffers = pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(np.ascontiguousarray(text))
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, *buffers)


def _strings(array: pa.LargeStringArray) -> pd.api.extensions.ExtensionArray:
    return pd.StringDtype().__from_arrow__(array)  # type: ignore[attr-defined]
