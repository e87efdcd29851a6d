"""Private scalars of a family, as its YAML lists them, and Aruba's table of access points (AI-AP-MIB)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.catalogue import oid
from simulator.mibs.values import gauge, integer, ip, mac_index, octets
from simulator.plan import mac_bytes
from simulator.shown import Shown

ARUBA_AP = (1, 3, 6, 1, 4, 1, 14823, 2, 3, 3, 1, 2, 1, 1)
_TYPES = {"integer": lambda text: integer(int(text)), "gauge": lambda text: gauge(int(text)), "ip": ip}


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    private = shown.model.fields.get("private") or {}
    if not private:
        return
    texts = shown.texts | {"cpu": shown.cpu_percent, "memory_percent": shown.memory_percent, "charge": 100}
    for name, value in private.items():
        if isinstance(value, dict):
            kind, text = next(iter(value.items()))
            yield oid(name), _TYPES[kind](text.format(**texts))
        else:
            yield oid(name), octets(value.format(**texts))


def aruba_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    index = mac_index(shown.device.box.mac)
    yield (*ARUBA_AP, 1, *index), octets(mac_bytes(shown.device.box.mac))
    yield (*ARUBA_AP, 2, *index), octets(shown.device.name)
    yield (*ARUBA_AP, 3, *index), ip(shown.device.address)
    yield (*ARUBA_AP, 4, *index), octets(str(shown.texts["told_serial"]))
    yield (*ARUBA_AP, 6, *index), octets(shown.model.name)
