"""Interface counters as differences between scans, with resets and wraps found, packed small. Pure.

Counters since boot say nothing; differences do. A counter that went down was reset or has wrapped: only where it can have
wrapped at most once is the difference known (RFC 2863 section 3.1.6), else it is left blank.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from inventory.facts import Counters, Interface

COUNTERS = ("in_octets", "out_octets", "in_errors", "out_errors", "in_discards", "out_discards")
#: sysUpTime counts hundredths of a second in 32 bits: it starts again after 497 days.
UPTIME_WRAPS_S = 2**32 // 100
#: Clocks of devices drift, and the answer takes a while.
SLACK_S = 120

Sample = dict[int, tuple[Counters, int | None]]  # ifIndex -> (counters, speed in bit/s)


class Difference(NamedTuple):
    device: int
    if_index: int
    seconds: int
    values: tuple[int | None, ...]  # in the order of COUNTERS


def sample(interfaces: Iterable[Interface]) -> Sample:
    return {i.index: (i.counters, i.speed_bps) for i in interfaces if i.counters is not None}


def restarted(uptime_before: int | None, uptime_now: int | None, elapsed: int) -> bool:
    """Whether the device booted between two readings; unknown uptimes say no, and falling counters tell it then."""
    if uptime_before is None or uptime_now is None:
        return False
    slack = max(SLACK_S, elapsed // 50)
    expected = uptime_before + elapsed
    if uptime_now + slack >= expected:
        return False
    return abs(uptime_now - expected % UPTIME_WRAPS_S) > slack


def differences(device: int, before: Sample, now: Sample, elapsed: int) -> list[Difference]:
    """Per interface, between two readings without a restart; interfaces of which nothing is known are left out."""
    found = []
    for if_index, (counters, speed) in now.items():
        if if_index not in before:
            continue
        old = before[if_index][0]
        octets_known = _wraps_once(counters, old, speed, elapsed)
        values = tuple(
            _difference(
                getattr(old, name), getattr(counters, name), counters.width if octets else 32, known=octets_known or not octets
            )
            for name in COUNTERS
            for octets in (name.endswith("octets"),)
        )
        if any(v is not None for v in values):
            found.append(Difference(device, if_index, elapsed, values))
    return found


def _wraps_once(now: Counters, before: Counters, speed: int | None, elapsed: int) -> bool:
    if now.width != before.width:
        return False
    return now.width == 64 or (speed is not None and speed * elapsed / 8 < 2**32)


def _difference(before: int | None, now: int | None, width: int, *, known: bool) -> int | None:
    if before is None or now is None or not known:
        return None
    if now >= before:
        return now - before
    if width == 32 and before > 3 * 2**30:
        return now + 2**32 - before
    return None


# -- packing ---------------------------------------------------------------------------------------------------------------

_NONE = np.uint64(2**64 - 1)


def pack_sample(taken: Sample) -> bytes:
    rows = [
        (i, c.width, _NONE if speed is None else speed, *(_NONE if (v := getattr(c, name)) is None else v for name in COUNTERS))
        for i, (c, speed) in sorted(taken.items())
    ]
    return _pack(rows, 9)


def unpack_sample(packed: bytes) -> Sample:
    taken: Sample = {}
    for row in _unpack(packed, 9).tolist():
        values = [None if v == int(_NONE) else v for v in row]
        taken[row[0]] = (Counters(*values[3:], width=int(row[1])), values[2])  # type: ignore[misc, arg-type]
    return taken


def pack_differences(found: Sequence[Difference]) -> bytes:
    rows = [(d.device, d.if_index, d.seconds, *(_NONE if v is None else v for v in d.values)) for d in sorted(found)]
    return _pack(rows, 9)


def unpack_differences(packed: bytes) -> np.ndarray:
    """(n, 9) int64: device, ifIndex, seconds, then COUNTERS; -1 = not known."""
    return _unpack(packed, 9).astype(np.int64)


def _pack(rows: Sequence[Sequence[object]], width: int) -> bytes:
    table = np.array(rows, dtype=np.uint64).reshape(len(rows), width)
    # Byte planes of columns: the high bytes are nearly all zero and vanish.
    return zlib.compress(np.ascontiguousarray(table.T).view(np.uint8).reshape(width, -1, 8).transpose(0, 2, 1).tobytes(), 1)


def _unpack(packed: bytes, width: int) -> np.ndarray:
    planes = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(width, 8, -1)
    return np.ascontiguousarray(planes.transpose(0, 2, 1)).view(np.uint64).reshape(width, -1).T
