"""Addresses: the device's own, the stations in its ARP cache, and those in its forwarding table.

RFC 4293 (IP-MIB, with the older ipAddrTable and ipNetToMediaTable), RFC 4363 (Q-BRIDGE), RFC 4188 (BRIDGE). The forwarding
table is the Q-BRIDGE one; the BRIDGE one is asked only where that is empty.

What is in a forwarding table without being learnt (status self, mgmt, other or invalid) is an address of the device itself, of
a virtual router, or stands at a port where nothing can be learnt now. Only of such entries the status is asked: it would double
the longest table of a switch, to say `learned` of all the others.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Rows, Value, Walk
from collectors.topics import bridge, interfaces, presence
from collectors.topics.ports import Ports
from collectors.values import address, integer, mac, mac_text, octets_of
from inventory.facts import Addresses, ArpEntry, ForwardingEntry, OwnAddress
from inventory.hardware_addresses import is_shared_by_routers

OWN_V4 = Walk((mibs.IP_AD_ENT_IF_INDEX, mibs.IP_AD_ENT_NET_MASK), limit=5_000)
OWN = Walk((mibs.IP_ADDRESS_IF_INDEX, mibs.IP_ADDRESS_PREFIX), limit=5_000)
ARP_V4 = Walk((mibs.IP_NET_TO_MEDIA_PHYS, mibs.IP_NET_TO_MEDIA_TYPE))
ARP = Walk((mibs.IP_NET_TO_PHYSICAL_PHYS, mibs.IP_NET_TO_PHYSICAL_TYPE))
Q_FORWARDING = Walk((mibs.DOT1Q_TP_FDB_PORT,))
VLANS = Walk((mibs.DOT1Q_VLAN_FDB_ID,), limit=8_192)
PVIDS = Walk((mibs.DOT1Q_PVID,), limit=5_000, rows=mibs.DOT1D_BASE_NUM_PORTS)
FORWARDING = Walk((mibs.DOT1D_TP_FDB_PORT,))

_LEARNED = 3
_UP = 1
_MOST_ROWS = 0.6  # of a forwarding table: with more in doubt, walking the status is the shorter way
_BLOCK = 14  # of the characters of an address: makers give a device its addresses one after the other
_INVALID = 2  # ipNetToMediaType, ipNetToPhysicalType
_IPV4, _IPV6 = (1, 3), (2, 4)  # InetAddressType, with and without a zone


def requests(answers: Answers) -> tuple[Request, ...]:
    asked: list[Request] = []
    if presence.has(answers, mibs.IP_AD_ENT_IF_INDEX):
        asked.append(OWN_V4)
    if presence.has(answers, mibs.IP_ADDRESS_IF_INDEX):
        asked.append(OWN)
    if presence.has(answers, mibs.IP_NET_TO_MEDIA_PHYS):
        asked.append(ARP_V4)
    if presence.has(answers, mibs.IP_NET_TO_PHYSICAL_PHYS):
        asked.append(ARP)
    if presence.has(answers, mibs.DOT1D_BASE_PORT_IF_INDEX) or bridge.ports(answers):
        asked += [bridge.PORTS, Q_FORWARDING, PVIDS]
        if presence.has(answers, mibs.DOT1Q_TP_FDB_PORT):
            asked.append(VLANS)
        empty = answers.asked(Q_FORWARDING) and not answers.column(mibs.DOT1Q_TP_FDB_PORT)
        if empty or not presence.has(answers, mibs.DOT1Q_TP_FDB_PORT):
            asked.append(FORWARDING)
        asked += _states(answers)
    return tuple(request for request in asked if not answers.asked(request))


def _states(answers: Answers) -> Iterator[Request]:
    """The status of the entries that may be other than learnt, once interfaces are known."""
    if not answers.asked(interfaces.TABLE):
        return
    for table, status in ((Q_FORWARDING, mibs.DOT1Q_TP_FDB_STATUS), (FORWARDING, mibs.DOT1D_TP_FDB_STATUS)):
        rows = answers.column(table.columns[0]) if answers.asked(table) else {}
        doubtful = _doubtful(answers, rows)
        if len(doubtful) > _MOST_ROWS * len(rows):
            yield Walk((status,))
        elif doubtful:
            yield Rows((status,), doubtful)


def _doubtful(answers: Answers, rows: Mapping[Oid, Value]) -> tuple[Oid, ...]:
    own = {said for value in answers.column(mibs.IF_PHYS_ADDRESS).values() if (said := mac(value))}
    if said := mac(answers.get(mibs.DOT1D_BASE_BRIDGE_ADDRESS)):
        own.add(said)
    blocks, ports = {address[:_BLOCK] for address in own}, Ports.of(answers)
    up = {index[0] for index, value in answers.column(mibs.IF_OPER_STATUS).items() if value == _UP and len(index) == 1}
    found = []
    for index, value in rows.items():
        octets, port = octets_of(index[-6:]), integer(value)
        station = mac_text(octets) if octets else None
        if station is None or port is None or port <= 0:  # no entry in any case
            continue
        if station[:_BLOCK] in blocks or is_shared_by_routers(station) or ports.bridge_port(port)[1] not in up:
            found.append(index)
    return tuple(found)


def parse(answers: Answers) -> Addresses:
    """What was asked and told; a part that was not asked is None."""
    own = _own(answers) if answers.asked(OWN_V4) or answers.asked(OWN) else None
    arp = tuple(dict.fromkeys((*_arp_v4(answers), *_arp(answers)))) if answers.asked(ARP_V4) or answers.asked(ARP) else None
    return Addresses(own, arp, _forwarding(answers) if answers.asked(Q_FORWARDING) else None)


def _own(answers: Answers) -> tuple[OwnAddress, ...]:
    found: dict[str, OwnAddress] = {}
    masks = answers.column(mibs.IP_AD_ENT_NET_MASK)
    if answers.asked(OWN_V4):
        for index in sorted({*answers.column(mibs.IP_AD_ENT_IF_INDEX), *masks}):
            said = address(index) if len(index) == 4 else None
            if said:
                mask = masks.get(index)
                prefix = _prefix_of_mask(mask) if isinstance(mask, bytes) else None
                found[said] = OwnAddress(said, prefix, _positive(integer(answers.column(mibs.IP_AD_ENT_IF_INDEX).get(index))))
    if answers.asked(OWN):
        prefixes = answers.column(mibs.IP_ADDRESS_PREFIX)
        for index, value in answers.column(mibs.IP_ADDRESS_IF_INDEX).items():
            said = _typed_address(index)
            if said and said not in found:
                pointer = prefixes.get(index)
                length = (
                    pointer[-1] if isinstance(pointer, tuple) and len(pointer) > 2 else None
                )  # RowPointer into ipAddressPrefixTable
                found[said] = OwnAddress(
                    said, length if length is not None and 0 < length <= 128 else None, _positive(integer(value))
                )
    return tuple(found.values())


def _typed_address(index: Oid) -> str | None:
    """InetAddressType, length, octets; some agents leave the length out."""
    if len(index) < 5 or index[0] not in (*_IPV4, *_IPV6):
        return None
    rest = index[2:] if len(index) == index[1] + 2 else index[1:]
    return address(rest)


def _prefix_of_mask(mask: bytes) -> int | None:
    try:
        return ipaddress.ip_network(f"0.0.0.0/{ipaddress.IPv4Address(mask)}").prefixlen
    except ValueError:
        return None


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def _station(said: str | None) -> str | None:
    """A single station's address: not a group's (multicast, broadcast)."""
    return said if said and not int(said[:2], 16) & 1 else None


def _arp_v4(answers: Answers) -> Iterator[ArpEntry]:
    """ipNetToMediaTable: the index is ifIndex and the address."""
    if not answers.asked(ARP_V4):
        return
    types = answers.column(mibs.IP_NET_TO_MEDIA_TYPE)
    for index, value in answers.column(mibs.IP_NET_TO_MEDIA_PHYS).items():
        said, station = address(index[-4:]) if len(index) >= 4 else None, _station(mac(value))
        if said and station and integer(types.get(index)) != _INVALID:
            yield ArpEntry(said, station, index[0] if len(index) == 5 else None)


def _arp(answers: Answers) -> Iterator[ArpEntry]:
    """ipNetToPhysicalTable: the index is ifIndex, address type, length, octets."""
    if not answers.asked(ARP):
        return
    types = answers.column(mibs.IP_NET_TO_PHYSICAL_TYPE)
    for index, value in answers.column(mibs.IP_NET_TO_PHYSICAL_PHYS).items():
        said, station = _typed_address(index[1:]), _station(mac(value))
        if said and station and integer(types.get(index)) != _INVALID:
            yield ArpEntry(said, station, index[0])


def _forwarding(answers: Answers) -> tuple[ForwardingEntry, ...]:
    ports, vlans = Ports.of(answers), _vlan_of_database(answers)
    found: dict[ForwardingEntry, None] = {}
    states = answers.column(mibs.DOT1Q_TP_FDB_STATUS)
    for index, value in answers.column(mibs.DOT1Q_TP_FDB_PORT).items():
        if len(index) == 7 and integer(states.get(index, _LEARNED)) == _LEARNED:
            entry = _entry(index[1:], integer(value), ports, vlans.get(index[0], index[0]))
            found |= {entry: None} if entry else {}
    if not found and answers.asked(FORWARDING):
        states = answers.column(mibs.DOT1D_TP_FDB_STATUS)
        for index, value in answers.column(mibs.DOT1D_TP_FDB_PORT).items():
            if len(index) == 6 and integer(states.get(index, _LEARNED)) == _LEARNED:
                entry = _entry(index, integer(value), ports, None)
                found |= {entry: None} if entry else {}
    return tuple(found)


def _entry(station: Oid, port: int | None, ports: Ports, vlan: int | None) -> ForwardingEntry | None:
    octets = octets_of(station)
    said = _station(mac_text(octets)) if octets else None
    if said is None or port is None or port <= 0:  # port 0: learned, but the agent does not tell where
        return None
    name, if_index = ports.bridge_port(port)
    return ForwardingEntry(said, name, if_index, vlan if vlan is not None and 0 < vlan < 4095 else None)


def _vlan_of_database(answers: Answers) -> dict[int, int]:
    """Filtering database id -> VLAN, where a database serves one VLAN only: dot1qVlanCurrentTable, index (time mark, VLAN)."""
    owners: dict[int, set[int]] = {}
    for index, value in answers.column(mibs.DOT1Q_VLAN_FDB_ID).items():
        database = integer(value)
        if database is not None and index:
            owners.setdefault(database, set()).add(index[-1])
    return {database: next(iter(vlans)) for database, vlans in owners.items() if len(vlans) == 1}


def pvids(answers: Answers) -> dict[int, int]:
    """ifIndex -> untagged VLAN (dot1qPvid, by bridge port)."""
    ports = bridge.if_indexes(answers)
    said = ((index, integer(value)) for index, value in answers.column(mibs.DOT1Q_PVID).items() if len(index) == 1)
    return {ports.get(index[0], index[0]): vlan for index, vlan in said if vlan is not None and 0 < vlan < 4095}
