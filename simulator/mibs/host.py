"""HOST-RESOURCES-MIB (RFC 2790): memory, storage, processors, disks."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.chance import between
from simulator.mibs.values import counter32, gauge, integer, object_id, octets, ticks
from simulator.shown import Shown

HR = (1, 3, 6, 1, 2, 1, 25)
_RAM, _VIRTUAL, _FIXED = (*HR, 2, 1, 2), (*HR, 2, 1, 3), (*HR, 2, 1, 4)
_PROCESSOR, _DISK = (*HR, 3, 1, 3), (*HR, 3, 1, 6)


def disk_share(shown: Shown, name: str) -> float:
    """How full a volume is: fuller with age, until people clear it out."""
    if "storage_full" in shown.device.ails:
        return 0.98
    base = between(18, 55, "full", shown.device.box.asset, name) / 100
    return min(base + 0.06 * shown.age_days / 365, between(60, 92, "cleared out", shown.device.box.asset, name) / 100)


def volumes(shown: Shown) -> list[tuple[str, int]]:
    """(mount point or drive, bytes)."""
    disks = shown.model.fields.get("disks") or [["ada0", "flash", 16]]
    size = disks[0][2] * 10**9
    if shown.model.family.startswith("windows"):
        system = min(size, 120 * 10**9)
        serial = f"{between(0, 2**32 - 1, 'label', shown.device.box.asset):x}"
        rows = [(f"C:\\ Label:  Serial Number {serial}", system)]
        if size > system:
            rows.append((f"D:\\ Label:DATA  Serial Number {serial[::-1]}", size - system))
        return rows
    root = [("/", min(size, 60 * 10**9))]
    if volume := shown.model.fields.get("volume"):
        return [("/", 2_400_000_000), (volume, size)]
    return [*root, ("/var", size - 60 * 10**9)] if size > 100 * 10**9 else root


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    fields = shown.model.fields
    memory = int(fields.get("memory_gib", 2) * 2**30 * 0.97)
    yield (*HR, 1, 1, 0), ticks(shown.uptime_s)
    yield (*HR, 1, 5, 0), gauge(1)
    yield (*HR, 1, 6, 0), gauge(between(60, 240, "processes", shown.device.box.asset, shown.today))
    yield (*HR, 2, 2, 0), integer(memory // 1024)
    yield from _storage(
        1,
        _RAM,
        "Physical memory" if "windows" not in shown.model.family else "Physical Memory",
        1024,
        memory,
        shown.memory_percent / 100,
    )
    yield from _storage(
        3,
        _VIRTUAL,
        "Virtual memory" if "windows" not in shown.model.family else "Virtual Memory",
        1024,
        memory * 2,
        shown.memory_percent / 200,
    )
    for n, (name, size) in enumerate(volumes(shown)):
        yield from _storage(31 + n, _FIXED, name, 4096, size, disk_share(shown, name))
    for n in range(fields.get("cores", 1)):
        index = 196608 + n
        yield from _device(index, _PROCESSOR, str(fields.get("cpu", "Intel")))
        yield (*HR, 3, 3, 1, 1, index), object_id((0, 0))
        yield (*HR, 3, 3, 1, 2, index), integer(shown.cpu_percent)
    for n, (_, name, size) in enumerate(fields.get("disks", ())):
        index = 393216 + 16 * n
        yield from _device(index, _DISK, name)
        yield (*HR, 3, 6, 1, 1, index), integer(1)
        yield (*HR, 3, 6, 1, 2, index), integer(2)
        yield (*HR, 3, 6, 1, 3, index), integer(2)
        yield (*HR, 3, 6, 1, 4, index), integer(min(size * 10**9 // 1024, 2**31 - 1))


def small_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """What RouterOS shows: main memory, system disk, processor load."""
    yield (*HR, 1, 1, 0), ticks(shown.uptime_s)
    yield from _storage(65536, _RAM, "main memory", 1024, 256 * 2**20, shown.memory_percent / 100)
    yield from _storage(131072, _FIXED, "system disk", 1024, 16 * 2**20, 0.7)
    yield (*HR, 3, 3, 1, 1, 1), object_id((0, 0))
    yield (*HR, 3, 3, 1, 2, 1), integer(shown.cpu_percent)


def _storage(index: int, kind: Oid, name: str, unit: int, size: int, used: float) -> Iterator[tuple[Oid, Typed]]:
    yield (*HR, 2, 3, 1, 1, index), integer(index)
    yield (*HR, 2, 3, 1, 2, index), object_id(kind)
    yield (*HR, 2, 3, 1, 3, index), octets(name)
    yield (*HR, 2, 3, 1, 4, index), integer(unit)
    yield (*HR, 2, 3, 1, 5, index), integer(min(size // unit, 2**31 - 1))
    yield (*HR, 2, 3, 1, 6, index), integer(min(int(size * used) // unit, 2**31 - 1))
    yield (*HR, 2, 3, 1, 7, index), counter32(0)


def _device(index: int, kind: Oid, name: str) -> Iterator[tuple[Oid, Typed]]:
    yield (*HR, 3, 2, 1, 1, index), integer(index)
    yield (*HR, 3, 2, 1, 2, index), object_id(kind)
    yield (*HR, 3, 2, 1, 3, index), octets(name)
    yield (*HR, 3, 2, 1, 4, index), object_id((0, 0))
    yield (*HR, 3, 2, 1, 5, index), integer(2)
    yield (*HR, 3, 2, 1, 6, index), counter32(0)
