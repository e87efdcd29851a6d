"""SNMPv2-MIB, the system group (RFC 3418)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import integer, object_id, octets, ticks
from simulator.shown import Shown

SYSTEM = (1, 3, 6, 1, 2, 1, 1)
#: sysServices (layers 2, 3, 4, 7 as bits) by kind.
_SERVICES = {"switch": 2, "router": 78, "firewall": 78, "wireless": 6}


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    yield (*SYSTEM, 1, 0), octets(shown.descr)
    yield (*SYSTEM, 2, 0), object_id(shown.model.object_id)
    yield (*SYSTEM, 3, 0), ticks(shown.uptime_s)
    yield (*SYSTEM, 4, 0), octets("")
    yield (*SYSTEM, 5, 0), octets(shown.device.name)
    yield (*SYSTEM, 6, 0), octets(shown.device.location)
    yield (*SYSTEM, 7, 0), integer(_SERVICES.get(shown.model.kind, 72))
