"""The frame of readings over time: what trends are made from."""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from inventory import gauges
from inventory.frames.equipment import measured
from inventory.frames.reading import NOW, Reader

YEAR_S = 366 * 86_400
#: How long a device has been running, in seconds: no reading of its health, but told with every answer.
UPTIME = "uptime"


def readings(reader: Reader, metrics: Collection[str] = (), since: int | None = None) -> pd.DataFrame:
    """Numbers by scan, states by when they began, uptimes by when they were read, of devices as they are known at the moment.

    `metrics`: all where none is named. `since`: seconds since the epoch; without it a year before the moment, or before the last
    scan. Memory is about 100 bytes a number: a year of weekly scans of 2,000 devices with ten numbers each is a million.
    """
    begin = _year_before(reader) if since is None else since
    parts = [_numbers(reader, begin, metrics), _states(reader, begin, metrics)]
    if not metrics or UPTIME in metrics:
        parts.append(_uptimes(reader, begin))
    rows = pd.concat([part.astype(_DTYPES) for part in parts], ignore_index=True)
    merged = reader.merged()
    if merged:
        rows["device_id"] = rows["device_id"].replace(merged)
    rows = rows.sort_values(["at", "device_id", "metric", "item"], kind="stable", ignore_index=True)
    return reader.of_devices(rows)


_DTYPES = {"device_id": "Int64", "metric": "string", "item": "string", "value": "Float64", "text": "string", "at": "Int64"}


def _year_before(reader: Reader) -> int:
    last = reader.at
    if last >= NOW:
        last = reader.scalar("SELECT MAX(valid_at) FROM scans WHERE valid_at <= :at") or 0
    return int(last) - YEAR_S


def _numbers(reader: Reader, begin: int, metrics: Collection[str]) -> pd.DataFrame:
    scans = []
    for at, packed in measured(reader):
        if at <= begin:
            break
        scans.append((at, gauges.table(packed)))
    keys = sorted({key for _, table in scans for key in table.keys if not metrics or key.partition("|")[0] in metrics})
    place = {key: number for number, key in enumerate(keys)}
    devices, places, numbers, times = [_NO_INTEGERS], [_NO_INTEGERS], [_NO_NUMBERS], [_NO_INTEGERS]
    for at, table in scans:
        renumbered = np.array([place.get(key, -1) for key in table.keys], dtype=np.int64)
        own = renumbered[table.places] if len(table.places) else _NO_INTEGERS
        wanted = own >= 0
        devices.append(table.devices[wanted])
        places.append(own[wanted])
        numbers.append(table.numbers[wanted])
        times.append(np.full(int(wanted.sum()), at, dtype=np.int64))
    of = np.concatenate(places)
    split = [key.partition("|") for key in keys]
    return pd.DataFrame(
        {
            "device_id": np.concatenate(devices),
            "metric": pd.array([metric for metric, _, _ in split], dtype="string").take(of),
            "item": pd.array([item for _, _, item in split], dtype="string").take(of),
            "value": np.concatenate(numbers),
            "text": pd.array([pd.NA], dtype="string").take(np.zeros(len(of), dtype=np.int64)),
            "at": np.concatenate(times),
        }
    )


_NO_INTEGERS, _NO_NUMBERS = np.empty(0, dtype=np.int64), np.empty(0)


def _states(reader: Reader, begin: int, metrics: Collection[str]) -> pd.DataFrame:
    rows = reader.rows(
        "SELECT t.device_id, t.metric, t.item, t.text, t.valid_from AS at FROM readings t WHERE t.text IS NOT NULL "
        f"AND t.valid_from <= :at AND (t.valid_to IS NULL OR t.valid_to > {begin})"
    )
    rows["value"] = pd.NA
    return rows[rows["metric"].isin(list(metrics))] if metrics else rows


def _uptimes(reader: Reader, begin: int) -> pd.DataFrame:
    rows = reader.rows(
        "SELECT t.device_id, t.seen_at AS at, t.uptime_s AS value FROM seen t WHERE t.uptime_s IS NOT NULL "
        f"AND t.seen_at IS NOT NULL AND t.at <= :at AND t.at > {begin}"
    )
    rows[["metric", "item"]] = UPTIME, ""
    rows["text"] = pd.NA
    return rows
