"""Interface counters as differences between scans, with resets and wraps found. Pure.

Counters since boot say nothing; differences do. A counter that went down was reset or has wrapped: only where it can have
wrapped at most once is the difference known (RFC 2863 section 3.1.6), else it is left blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np

from inventory import packing, plausible
from inventory.facts import Interface, Observation
from inventory.packing import UNKNOWN

COUNTERS = ("in_octets", "out_octets", "in_errors", "out_errors", "in_discards", "out_discards")
#: sysUpTime counts hundredths of a second in 32 bits: it starts again after 497 days.
UPTIME_WRAPS_S = 2**32 // 100
#: Clocks of devices drift, and the answer takes a while.
SLACK_S = 120

_NONE = int(UNKNOWN)
_WRAP = np.uint64(2**32)
#: A counter of 32 bits that was above this and is smaller now has wrapped rather than been reset.
_NEARLY_FULL = np.uint64(3 * 2**30)

#: (n, 12) uint64, sorted by device and ifIndex: device, read_at, uptime, ifIndex, width of the octet counters, speed in bit/s,
#: COUNTERS
Readings = np.ndarray
_DEVICE, _READ_AT, _UPTIME, _INDEX, _WIDTH, _SPEED, _FIRST = range(7)
NO_READINGS: Readings = np.empty((0, 12), dtype=np.uint64)

#: (n, 9) uint64, sorted by device and ifIndex: device, ifIndex, seconds, COUNTERS
Differences = np.ndarray


@dataclass(frozen=True)
class Counted:
    """By office: the last readings of its devices, and the differences that a scan found there."""

    readings: dict[str, Readings] = field(default_factory=dict)
    differences: dict[str, Differences] = field(default_factory=dict)


def count(told: Mapping[int, Observation], before: Mapping[str, Readings]) -> Counted:
    """What each device told of its counters (device -> its answer), against its last reading wherever that was."""
    now = readings(told)
    last = _newest(np.concatenate([NO_READINGS, *before.values()]))
    late = _late(last, now)
    now = now[~np.isin(now[:, _DEVICE], late)]
    found = differences(last, now)
    devices_of: dict[str, list[int]] = {}
    for device, o in told.items():
        devices_of.setdefault(o.office, []).append(device)
    counted = Counted()
    for office, devices in devices_of.items():
        mine = now[np.isin(now[:, _DEVICE], devices)]
        others = before.get(office, NO_READINGS)
        counted.readings[office] = np.concatenate([mine, others[~np.isin(others[:, _DEVICE], now[:, _DEVICE])]])
        rows = found[np.isin(found[:, 0], devices)]
        if len(rows):
            counted.differences[office] = rows
    return counted


def readings(told: Mapping[int, Observation]) -> Readings:
    """The counters of every device; an ifIndex that is told twice counts once, and then the last one."""
    ports: list[Interface] = []
    heads, lengths = [], []
    for device, o in told.items():
        counted = [i for i in o.interfaces or () if i.counters is not None and i.index >= 0]
        ports += counted
        lengths.append(len(counted))
        heads.append((device, o.observed_at, o.identity.uptime_s if o.identity else None))
    table = np.empty((len(ports), 12), dtype=np.uint64)
    for position, column in enumerate(zip(*heads, strict=True)):
        table[:, position] = np.repeat(_column(column, len(heads)), lengths)
    table[:, _INDEX] = _column(map(attrgetter("index"), ports), len(ports))
    table[:, _WIDTH] = _column(map(attrgetter("counters.width"), ports), len(ports))
    table[:, _SPEED] = _column((plausible.speed(i.speed_bps) for i in ports), len(ports))
    for position, name in enumerate(COUNTERS, _FIRST):
        table[:, position] = _column(map(attrgetter(f"counters.{name}"), ports), len(ports))
    last = len(table) - 1 - np.unique(_key(table)[::-1], return_index=True)[1]
    return table[last]


def _column(values: Iterable[int | None], count: int) -> np.ndarray:
    """Whole numbers; UNKNOWN for what is not told, or is no counter."""
    listed = list(values)
    try:
        return np.fromiter(listed, np.uint64, count)
    except (TypeError, ValueError, OverflowError):
        return np.fromiter((_NONE if v is None or not 0 <= v < _NONE else v for v in listed), np.uint64, count)


def _key(table: Readings) -> np.ndarray:
    """Device and ifIndex, which is less than 2^31 (RFC 2863), as one number."""
    return table[:, _DEVICE] << np.uint64(32) | table[:, _INDEX] & np.uint64(2**32 - 1)


def _newest(table: Readings) -> Readings:
    """The last reading of each device, which may have been in several offices; sorted by device and ifIndex."""
    table = table[np.lexsort((table[:, _INDEX], table[:, _READ_AT], table[:, _DEVICE]))]
    devices, starts = np.unique(table[:, _DEVICE][::-1], return_index=True)
    newest = table[len(table) - 1 - starts, _READ_AT]
    return table[table[:, _READ_AT] == newest[np.searchsorted(devices, table[:, _DEVICE])]]


def _first_rows(table: Readings) -> tuple[np.ndarray, Readings]:
    devices, rows = np.unique(table[:, _DEVICE], return_index=True)
    return devices, table[rows]


def _late(last: Readings, now: Readings) -> np.ndarray:
    """Devices whose answer is not newer than what is known."""
    (devices, rows), (others, others_rows) = _first_rows(now), _first_rows(last)
    both, mine, theirs = np.intersect1d(devices, others, assume_unique=True, return_indices=True)
    return both[rows[mine, _READ_AT] <= others_rows[theirs, _READ_AT]]


def restarted(uptime_before: int | None, uptime_now: int | None, elapsed: int) -> bool:
    """Whether the device booted between two readings; unknown uptimes say no, and falling counters tell it then."""
    if uptime_before is None or uptime_now is None:
        return False
    slack = max(SLACK_S, elapsed // 50)
    expected = uptime_before + elapsed
    if uptime_now + slack >= expected:
        return False
    return abs(uptime_now - expected % UPTIME_WRAPS_S) > slack


def differences(before: Readings, now: Readings) -> Differences:
    """Between two readings without a restart. Interfaces of which nothing is known are left out."""
    _, old_rows, new_rows = np.intersect1d(_key(before), _key(now), assume_unique=True, return_indices=True)
    old, new = before[old_rows], now[new_rows]
    elapsed = new[:, _READ_AT] - old[:, _READ_AT]
    a, b = old[:, _FIRST:], new[:, _FIRST:]
    result = np.where(b >= a, b - a, UNKNOWN)
    short = np.ones(b.shape, dtype=bool)  # 32 bits: all error and discard counters
    short[:, :2] = (new[:, _WIDTH] == 32)[:, None]
    wrapped = (b < a) & short & (a > _NEARLY_FULL) & (a < _WRAP)
    result[wrapped] = b[wrapped] + _WRAP - a[wrapped]
    result[(a == UNKNOWN) | (b == UNKNOWN)] = UNKNOWN
    once = (new[:, _SPEED] != UNKNOWN) & (new[:, _SPEED].astype(float) * elapsed / 8 < 2**32)
    octets_known = (new[:, _WIDTH] == old[:, _WIDTH]) & ((new[:, _WIDTH] == 64) | once)
    result[~octets_known, :2] = UNKNOWN
    rows = np.concatenate([new[:, [_DEVICE, _INDEX]], elapsed[:, None], result], axis=1)
    booted = _booted(old, new, elapsed)
    return rows[(result != UNKNOWN).any(axis=1) & ~np.isin(new[:, _DEVICE], booted)]


def _booted(old: Readings, new: Readings, elapsed: np.ndarray) -> list[int]:
    devices, rows = np.unique(new[:, _DEVICE], return_index=True)
    known = [[None if value == _NONE else value for value in table[rows, _UPTIME].tolist()] for table in (old, new)]
    told = zip(devices.tolist(), *known, elapsed[rows].tolist(), strict=True)
    return [device for device, before, now, seconds in told if restarted(before, now, seconds)]


# -- packing ---------------------------------------------------------------------------------------------------------------


def pack_readings(table: Readings) -> bytes:
    return packing.pack(table[np.lexsort((table[:, _INDEX], table[:, _DEVICE]))], steps=4)


def pack_differences(rows: Differences) -> bytes:
    return packing.pack(rows, steps=3)


def unpack_differences(packed: Iterable[bytes]) -> np.ndarray:
    """(n, 9) int64: device, ifIndex, seconds, then COUNTERS; -1 = not known."""
    tables = [packing.unpack(one) for one in packed]
    return np.concatenate([np.empty((0, 9), dtype=np.uint64), *tables]).astype(np.int64)


def of_devices(rows: Iterable[tuple[int, int, int | None, bytes]]) -> Readings:
    """Readings as they were kept before, by device: device, read_at, uptime, packed (ifIndex, width, speed, COUNTERS)."""
    tables = []
    for device, read_at, uptime_s, packed in rows:
        table = packing.unpack(packed)
        head = np.array([device, read_at, _NONE if uptime_s is None else uptime_s], dtype=np.uint64)
        tables.append(np.concatenate([np.tile(head, (len(table), 1)), table], axis=1))
    return np.concatenate([NO_READINGS, *tables])
