"""The numbers of health readings: loads, levels, temperatures, pages. They differ in every scan, and are packed by scan. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from inventory import packing

Reading = tuple[int, str]  # device, key of the reading (inventory.fusing)


def pack(numbers: Mapping[Reading, float]) -> bytes:
    """What one scan heard, as bytes: the keys once, then device, key and number of each."""
    keys = sorted({key for _, key in numbers})
    place = {key: position for position, key in enumerate(keys)}
    rows = sorted((device, place[key], number) for (device, key), number in numbers.items())
    table = np.empty((len(rows), 3), dtype=np.uint64)
    table[:, 0] = [device for device, _, _ in rows]
    table[:, 1] = [key for _, key, _ in rows]
    table[:, 2] = np.array([number for _, _, number in rows], dtype=np.float64).view(np.uint64)
    head = json.dumps(keys).encode()
    return len(head).to_bytes(4, "big") + head + packing.pack(table, steps=2)


class Table(NamedTuple):
    """What one scan heard, column by column: `keys` once, and of each number its device, the place of its key, and itself."""

    keys: list[str]
    devices: np.ndarray
    places: np.ndarray
    numbers: np.ndarray


def table(packed: bytes) -> Table:
    """The numbers of `pack`, as columns."""
    length = int.from_bytes(packed[:4], "big")
    rows = packing.unpack(packed[4 + length :])
    numbers = np.ascontiguousarray(rows[:, 2]).view(np.float64)
    return Table(json.loads(packed[4 : 4 + length]), rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), numbers)


def unpack(packed: bytes) -> dict[Reading, float]:
    """The numbers of `pack`."""
    keys, *columns = table(packed)
    return {(device, keys[place]): number for device, place, number in zip(*(column.tolist() for column in columns), strict=True)}


def newest(wanted: Mapping[Reading, int], scans: Iterable[tuple[int, bytes]]) -> dict[Reading, float]:
    """The newest numbers of readings, each with the time since when it stands; `scans`: (time, packed), newest first.

    A reading without a number in any of them, since it stands, is left out. Reads no more scans than it needs.
    """
    missing, found = dict(wanted), {}
    for at, packed in scans:
        if not missing or at < min(missing.values()):
            break
        numbers = unpack(packed)
        for reading in [r for r, since in missing.items() if r in numbers and since <= at]:
            found[reading] = numbers[reading]
            del missing[reading]
    return found
