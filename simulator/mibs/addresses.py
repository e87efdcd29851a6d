"""IP-MIB: ipAddrTable and ipNetToMediaTable (RFC 1213, RFC 4293)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import integer, ip, ip_index, mask, octets
from simulator.plan import mac_bytes
from simulator.shown import Shown

IP = (1, 3, 6, 1, 2, 1, 4)


def own_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    yield (*IP, 1, 0), integer(1 if shown.cabling.routes(shown.device) else 2)
    for own in shown.own:
        index = ip_index(own.address)
        yield (*IP, 20, 1, 1, *index), ip(own.address)
        yield (*IP, 20, 1, 2, *index), integer(own.if_index)
        yield (*IP, 20, 1, 3, *index), mask(own.prefix)
        yield (*IP, 20, 1, 4, *index), integer(1)
        yield (*IP, 20, 1, 5, *index), integer(18024)


def arp_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    for address, mac, if_index in shown.arp:
        index = (if_index, *ip_index(address))
        yield (*IP, 22, 1, 1, *index), integer(if_index)
        yield (*IP, 22, 1, 2, *index), octets(mac_bytes(mac))
        yield (*IP, 22, 1, 3, *index), ip(address)
        yield (*IP, 22, 1, 4, *index), integer(3)  # dynamic
