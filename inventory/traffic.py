"""Interface counters as differences between scans, with resets and wraps found, packed small. Pure.

Counters since boot say nothing; differences do. A counter that went down was reset or has wrapped: only where it can have
wrapped at most once is the difference known (RFC 2863 section 3.1.6), else it is left blank.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from inventory import plausible
from inventory.facts import Interface

COUNTERS = ("in_octets", "out_octets", "in_errors", "out_errors", "in_discards", "out_discards")
#: sysUpTime counts hundredths of a second in 32 bits: it starts again after 497 days.
UPTIME_WRAPS_S = 2**32 // 100
#: Clocks of devices drift, and the answer takes a while.
SLACK_S = 120

#: What is not known. No counter of 64 bits gets there.
_NONE = 2**64 - 1
_UNKNOWN = np.uint64(_NONE)
_WRAP = np.uint64(2**32)
#: A counter of 32 bits that was above this and is smaller now has wrapped rather than been reset.
_NEARLY_FULL = np.uint64(3 * 2**30)

#: (n, 9) uint64, sorted by ifIndex: ifIndex, width of the octet counters, speed in bit/s, COUNTERS
Sample = np.ndarray


def sample(interfaces: Iterable[Interface]) -> Sample:
    """One reading of a device's counters; an ifIndex that is told twice counts once."""
    rows = {
        i.index: [
            i.index, c.width, plausible.speed(i.speed_bps), c.in_octets, c.out_octets, c.in_errors, c.out_errors,
            c.in_discards, c.out_discards,
        ]
        for i in interfaces
        if (c := i.counters) is not None and i.index >= 0
    }  # fmt: skip
    listed = [rows[index] for index in sorted(rows)]
    try:
        table = np.array(listed, dtype=np.uint64)
    except (TypeError, ValueError, OverflowError):  # something is not told, or is no counter
        table = np.array([[_NONE if v is None or not 0 <= v < _NONE else v for v in row] for row in listed], dtype=np.uint64)
    return table.reshape(-1, 9)


def restarted(uptime_before: int | None, uptime_now: int | None, elapsed: int) -> bool:
    """Whether the device booted between two readings; unknown uptimes say no, and falling counters tell it then."""
    if uptime_before is None or uptime_now is None:
        return False
    slack = max(SLACK_S, elapsed // 50)
    expected = uptime_before + elapsed
    if uptime_now + slack >= expected:
        return False
    return abs(uptime_now - expected % UPTIME_WRAPS_S) > slack


def differences(device: int, before: Sample, now: Sample, elapsed: int) -> np.ndarray:
    """(n, 9) uint64: device, ifIndex, seconds, COUNTERS; between two readings without a restart.

    Interfaces of which nothing is known are left out.
    """
    _, old_rows, new_rows = np.intersect1d(before[:, 0], now[:, 0], assume_unique=True, return_indices=True)
    old, new = before[old_rows], now[new_rows]
    a, b = old[:, 3:], new[:, 3:]
    result = np.where(b >= a, b - a, _UNKNOWN)
    short = np.ones(b.shape, dtype=bool)  # 32 bits: all error and discard counters
    short[:, :2] = (new[:, 1] == 32)[:, None]
    wrapped = (b < a) & short & (a > _NEARLY_FULL) & (a < _WRAP)
    result[wrapped] = b[wrapped] + _WRAP - a[wrapped]
    result[(a == _UNKNOWN) | (b == _UNKNOWN)] = _UNKNOWN
    octets_known = (new[:, 1] == old[:, 1]) & (
        (new[:, 1] == 64) | ((new[:, 2] != _UNKNOWN) & (new[:, 2].astype(float) * elapsed / 8 < 2**32))
    )
    result[~octets_known, :2] = _UNKNOWN
    head = np.empty((len(new), 3), dtype=np.uint64)
    head[:, 0], head[:, 1], head[:, 2] = device, new[:, 0], elapsed
    rows = np.concatenate([head, result], axis=1)
    return rows[(result != _UNKNOWN).any(axis=1)]


# -- packing ---------------------------------------------------------------------------------------------------------------


def pack_sample(taken: Sample) -> bytes:
    return _pack(taken)


def unpack_sample(packed: bytes) -> Sample:
    return _unpack(packed)


def pack_differences(found: Sequence[np.ndarray]) -> bytes:
    rows = np.concatenate(found)
    return _pack(rows[np.lexsort((rows[:, 1], rows[:, 0]))])


def unpack_differences(packed: bytes) -> np.ndarray:
    """(n, 9) int64: device, ifIndex, seconds, then COUNTERS; -1 = not known."""
    return _unpack(packed).astype(np.int64)


def _pack(table: np.ndarray) -> bytes:
    # Byte planes of columns: the high bytes are nearly all zero and vanish.
    columns = np.ascontiguousarray(table.T).view(np.uint8).reshape(9, -1, 8)
    return zlib.compress(columns.transpose(0, 2, 1).tobytes(), 1)


def _unpack(packed: bytes) -> np.ndarray:
    planes = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(9, 8, -1)
    return np.ascontiguousarray(planes.transpose(0, 2, 1)).view(np.uint64).reshape(9, -1).T
