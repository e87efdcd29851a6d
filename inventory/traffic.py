"""Interface counters as differences between scans, with resets and wraps found, and when ports last went up or down. Pure.

Counters since boot say nothing; differences do. A counter that went down was reset or has wrapped: only where it can have
wrapped at most once is the difference known (RFC 2863 section 3.1.6), else it is left blank. Frames have 64 octets at least, so
that where octets have wrapped at most once, frames have, too.

Frames are there to judge errors by, and their low bits are noise that no packing makes smaller: those received are kept of ports
that counted errors of what they received between the two readings, those sent likewise. How busy a port was octets say as well;
these are kept to seven digits.

A port in use goes up and down every day. The time of that is no history: a port's row has the time that was told when it began
(`ports.changed_at`), and each scan keeps how much later it has become. Devices tell it by their own clocks, which drift: what
moved by less than a hundredth of the time since then, or two minutes, has not moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np

from inventory import packing, plausible
from inventory.facts import Counters, Interface, Observation
from inventory.packing import UNKNOWN

COUNTERS = (
    *("in_octets", "out_octets", "in_errors", "out_errors", "in_discards", "out_discards"),
    *("in_frames", "out_frames"),
)
_FRAMES, _ERRORS = ([COUNTERS.index(f"{way}_{what}") for way in ("in", "out")] for what in ("frames", "errors"))
#: Those that are told with 64 bits, or 32, as `Counters.width` says; the others have 32.
_WIDE = [COUNTERS.index(name) for name in ("in_octets", "out_octets", "in_frames", "out_frames")]
#: sysUpTime counts hundredths of a second in 32 bits: it starts again after 497 days.
UPTIME_WRAPS_S = 2**32 // 100
#: Clocks of devices drift, and the answer takes a while.
SLACK_S = 120
#: The part of the time since a port's last change by which a device's clock may have gone wrong.
_DRIFT = np.uint64(100)

_NONE = int(UNKNOWN)
_WRAP = np.uint64(2**32)
#: Of differences so many bits are kept, from the first one on: ten million is exact.
_KEPT_BITS = 25
#: A counter of 32 bits that was above this and is smaller now has wrapped rather than been reset.
_NEARLY_FULL = np.uint64(3 * 2**30)

#: (n, 14) uint64, sorted by device and ifIndex: device, read_at, uptime, ifIndex, width of the counters of octets and frames,
#: speed in bit/s, COUNTERS
Readings = np.ndarray
_DEVICE, _READ_AT, _UPTIME, _INDEX, _WIDTH, _SPEED, _FIRST = range(7)
_READINGS_WIDE = _FIRST + len(COUNTERS)
NO_READINGS: Readings = np.empty((0, _READINGS_WIDE), dtype=np.uint64)

#: (n, 12) uint64, sorted by device and ifIndex: device, ifIndex, seconds, COUNTERS, seconds by which the last change of the port
#: is later than its row says (modulo 2^64)
Differences = np.ndarray
_DIFFERENCES_WIDE = 3 + len(COUNTERS) + 1

#: device -> ifIndex -> `changed_at` of the port's row
Since = Mapping[int, Mapping[int, int | None]]


@dataclass(frozen=True)
class Counted:
    """By office: the last readings of its devices, and the differences that a scan found there."""

    readings: dict[str, Readings] = field(default_factory=dict)
    differences: dict[str, Differences] = field(default_factory=dict)


def count(told: Mapping[int, Observation], before: Mapping[str, Readings], since: Since) -> Counted:
    """What each device told of its counters (device -> its answer), against its last reading wherever that was."""
    now, later = readings(told, since)
    last = _newest(np.concatenate([NO_READINGS, *before.values()]))
    timely = ~np.isin(now[:, _DEVICE], _late(last, now))
    now, later = now[timely], later[timely]
    found = differences(last, now, later)
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


_NOT_COUNTED = Counters()


def readings(told: Mapping[int, Observation], since: Since) -> tuple[Readings, np.ndarray]:
    """The counters of every device, and how much later each port changed than its row says.

    An ifIndex that is told twice counts once, and then the last one.
    """
    ports: list[Interface] = []
    rows: list[int | None] = []
    heads, lengths = [], []
    for device, o in told.items():
        tellable = [i for i in o.interfaces or () if i.index >= 0 and (i.counters is not None or i.changed_at is not None)]
        ports += tellable
        of_device = since.get(device, {})
        rows += [of_device.get(i.index) for i in tellable]
        lengths.append(len(tellable))
        heads.append((device, o.observed_at, o.identity.uptime_s if o.identity else None))
    table = np.empty((len(ports), _READINGS_WIDE), dtype=np.uint64)
    for position, column in enumerate(zip(*heads, strict=True)):
        table[:, position] = np.repeat(_column(column, len(heads)), lengths)
    table[:, _INDEX] = _column(map(attrgetter("index"), ports), len(ports))
    table[:, _SPEED] = _column((plausible.speed(i.speed_bps) for i in ports), len(ports))
    counters = [i.counters or _NOT_COUNTED for i in ports]
    table[:, _WIDTH] = _column(map(attrgetter("width"), counters), len(ports))
    for position, name in enumerate(COUNTERS, _FIRST):
        table[:, position] = _column(map(attrgetter(name), counters), len(ports))
    changed = _column(map(attrgetter("changed_at"), ports), len(ports))
    later = _later(_column(rows, len(ports)), changed, table[:, _READ_AT])
    last = len(table) - 1 - np.unique(_key(table)[::-1], return_index=True)[1]
    return table[last], later[last]


def _later(rows: np.ndarray, changed: np.ndarray, read_at: np.ndarray) -> np.ndarray:
    """Seconds by which changes are later than rows say, modulo 2^64; 0 where a clock may make the difference."""
    later = changed - rows
    ages = np.where(read_at > changed, read_at - changed, np.uint64(0))
    drift = np.maximum(ages // _DRIFT, np.uint64(SLACK_S))
    later[np.minimum(later, -later) <= drift] = 0
    later[(changed == UNKNOWN) | (rows == UNKNOWN)] = UNKNOWN
    return later


def _column(values: Iterable[int | None], count: int) -> np.ndarray:
    """Whole numbers; UNKNOWN for what is not told, or is no counter."""
    listed = [_NONE if value is None else value for value in values]
    try:
        return np.fromiter(listed, np.uint64, count)
    except (TypeError, ValueError, OverflowError):
        return np.fromiter((v if isinstance(v, int) and 0 <= v < _NONE else _NONE for v in listed), np.uint64, count)


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


def differences(before: Readings, now: Readings, later: np.ndarray) -> Differences:
    """Between two readings without a restart. Interfaces of which nothing is known are left out."""
    _, old_rows, new_rows = np.intersect1d(_key(before), _key(now), assume_unique=True, return_indices=True)
    table = np.full((len(now), _DIFFERENCES_WIDE), UNKNOWN)
    table[:, :2] = now[:, [_DEVICE, _INDEX]]
    table[:, -1] = later
    table[new_rows, 2:-1] = _counted(before[old_rows], now[new_rows])
    return table[(table[:, 3:] != UNKNOWN).any(axis=1)]


def _counted(old: Readings, new: Readings) -> np.ndarray:
    """Seconds and the differences of COUNTERS between two readings of each port; frames only beside errors."""
    elapsed = new[:, _READ_AT] - old[:, _READ_AT]
    a, b = old[:, _FIRST:], new[:, _FIRST:]
    result = np.where(b >= a, b - a, UNKNOWN)
    short = np.ones(b.shape, dtype=bool)  # 32 bits
    short[:, _WIDE] = (new[:, _WIDTH] == 32)[:, None]
    wrapped = (b < a) & short & (a > _NEARLY_FULL) & (a < _WRAP)
    result[wrapped] = b[wrapped] + _WRAP - a[wrapped]
    result[(a == UNKNOWN) | (b == UNKNOWN)] = UNKNOWN
    once = (new[:, _SPEED] != UNKNOWN) & (new[:, _SPEED].astype(float) * elapsed / 8 < 2**32)
    known = (new[:, _WIDTH] == old[:, _WIDTH]) & ((new[:, _WIDTH] == 64) | once)
    result[np.ix_(~known, _WIDE)] = UNKNOWN
    result[np.isin(new[:, _DEVICE], _booted(old, new, elapsed))] = UNKNOWN
    seconds = np.where((result != UNKNOWN).any(axis=1), elapsed, UNKNOWN)
    errors = result[:, _ERRORS]
    result[:, _FRAMES] = np.where((errors == 0) | (errors == UNKNOWN), UNKNOWN, result[:, _FRAMES])
    return np.concatenate([seconds[:, None], _to_seven_digits(result)], axis=1)


def _to_seven_digits(numbers: np.ndarray) -> np.ndarray:
    _, bits = np.frexp((numbers >> np.uint64(12)).astype(float))  # of which a float has them all
    surplus = np.maximum(bits + 12 - _KEPT_BITS, 0).astype(np.uint64)
    return np.where(numbers == UNKNOWN, UNKNOWN, numbers >> surplus << surplus)


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


def unpack_readings(packed: bytes) -> Readings:
    return _widened(packing.unpack(packed), _READINGS_WIDE)


def unpack_differences(packed: Iterable[bytes]) -> np.ndarray:
    """(n, 12) int64: device, ifIndex, seconds, COUNTERS, and how much later the port changed; -1 = not known."""
    tables = [_widened(packing.unpack(one), _DIFFERENCES_WIDE) for one in packed]
    return np.concatenate([np.empty((0, _DIFFERENCES_WIDE), dtype=np.uint64), *tables]).astype(np.int64)


def _widened(table: np.ndarray, wide: int) -> np.ndarray:
    """A table that was kept when less was counted."""
    return np.pad(table, ((0, 0), (0, wide - table.shape[1])), constant_values=UNKNOWN)


def of_devices(rows: Iterable[tuple[int, int, int | None, bytes]]) -> Readings:
    """Readings as they were kept before, by device: device, read_at, uptime, packed (ifIndex, width, speed, COUNTERS)."""
    tables = []
    for device, read_at, uptime_s, packed in rows:
        table = packing.unpack(packed)
        head = np.array([device, read_at, _NONE if uptime_s is None else uptime_s], dtype=np.uint64)
        tables.append(_widened(np.concatenate([np.tile(head, (len(table), 1)), table], axis=1), _READINGS_WIDE))
    return np.concatenate([NO_READINGS, *tables])
