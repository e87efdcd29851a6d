"""Neighbours from makers' own tables, for devices whose standard LLDP and CDP tables tell none.

Each table is asked only of its maker's devices, by the enterprise number of sysObjectID. The places are those of the MIBs:

TIMETRA-LLDP-MIB (Nokia SR, tmnxLldpRemTable), WWP-LEOS-LLDP-MIB (Ciena SAOS, wwpLeosLldpRemTable), FOUNDRY-SN-SWITCH-GROUP-MIB
(Foundry, Brocade, Ruckus: snFdpCacheTable), FASTPATH-ISDP-MIB and its copies (agentIsdpCacheTable: it hears CDP), EXTREME-EDP-MIB
(extremeEdpTable), S5-ETH-MULTISEG-TOPOLOGY-MIB (Nortel, Avaya: s5EnMsTopNmmTable), MIKROTIK-MIB (mtxrNeighborTable).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Walk
from collectors.topics import presence
from collectors.topics.heard import Row, cached, remote
from collectors.topics.ports import Ports
from collectors.values import address, integer, ip_value, line, mac, mac_text, octets_of
from inventory.facts import Neighbour

_MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Table:
    """A maker's table: where it is, and what its columns hold. `read` makes a neighbour of an index and a row."""

    protocol: str
    enterprise: int
    entry: Oid  # under 1.3.6.1.4.1
    columns: Mapping[str, int]
    read: Callable[[Table, Oid, Row, Ports], Neighbour | None]

    @property
    def walk(self) -> Walk:
        """The request that fetches it."""
        return Walk(tuple(self.at(number) for number in self.columns.values()), limit=_MOST_ROWS)

    def at(self, column: int) -> Oid:
        return (*mibs.ENTERPRISES, *self.entry, column)

    def rows(self, answers: Answers) -> Iterator[tuple[Oid, Row]]:
        told = {field: answers.column(self.at(number)) for field, number in self.columns.items()}
        for index in sorted(set().union(*told.values())):
            yield index, {field: column.get(index) for field, column in told.items()}


def _lldp(table: Table, index: Oid, row: Row, ports: Ports) -> Neighbour | None:
    """Index: time mark, ifIndex, destination address, remote index."""
    if_index = index[1] if len(index) >= 3 else None
    return remote(table.protocol, ports.name(if_index), if_index, row)


def _lldp_by_port_number(table: Table, index: Oid, row: Row, ports: Ports) -> Neighbour | None:
    """Index: time mark, port number, remote index. The port's number is its name."""
    number = index[1] if len(index) >= 3 else None
    if_index = ports.by_name.get(str(number))
    name, if_index = (ports.name(if_index), if_index) if if_index is not None else ports.lldp(number)
    return remote(table.protocol, name, if_index, row)


def _cache(table: Table, index: Oid, row: Row, ports: Ports) -> Neighbour | None:
    """Index: ifIndex, number of the neighbour there. As in CISCO-CDP-MIB."""
    return cached(table.protocol, index[0] if index else None, row, ports)


def _edp(table: Table, index: Oid, row: Row, ports: Ports) -> Neighbour | None:
    """Index: ifIndex, then the neighbour's bridge identifier of eight octets, whose last six are its MAC."""
    name = line(row["name"])
    slot, port = integer(row["slot"]), integer(row["port"])
    if len(index) != 9 or not name:
        return None
    octets = octets_of(index[-6:])
    return Neighbour(
        protocol=table.protocol,
        local_port=ports.name(index[0]),
        local_index=index[0],
        remote_name=name,
        remote_port=f"{slot}:{port}" if slot and port else str(port) if port else None,
        remote_chassis=mac_text(octets) if octets else None,
        remote_description=line(row["description"]),
    )


def _sonmp(table: Table, index: Oid, row: Row, ports: Ports) -> Neighbour | None:
    """Index: slot, port, address of the neighbour, its segment (256 x slot + port). Slot 0, port 0 is the device itself."""
    if len(index) != 7 or not index[1]:
        return None
    slot, port, segment = index[0], index[1], index[6]
    name, if_index = _of_slot(slot, port, ports)
    return Neighbour(
        protocol=table.protocol,
        local_port=name,
        local_index=if_index,
        remote_port=f"{segment >> 8}/{segment & 0xFF}" if 0x100 < segment <= 0xFFFF else str(segment) if segment else None,
        remote_chassis=mac(row["chassis"]),
        remote_address=address(index[2:6]),
    )


_SLOT_AND_PORT = re.compile(r"(?:(?:unit|slot)\W*(\d+)\W*)?port\W*(\d+)\)?$", re.IGNORECASE)


def _of_slot(slot: int, port: int, ports: Ports) -> tuple[str, int | None]:
    """(name, ifIndex) by what the interfaces' names say of slot and port; a device that is no stack leaves the slot out."""
    for if_index, name in ports.names.items():
        said = _SLOT_AND_PORT.search(name)
        if said and int(said[2]) == port and int(said[1] or 1) == max(slot, 1):
            return name, if_index
    for written in (f"{slot}/{port}", str(port) if slot <= 1 else ""):
        if (found := ports.by_name.get(written)) is not None:
            return ports.name(found), found
    return f"{slot}/{port}", None


def _mikrotik(table: Table, _index: Oid, row: Row, ports: Ports) -> Neighbour | None:
    """Index: the neighbour's number, the same as in the LLDP table, which leaves the local port out."""
    name, chassis = line(row["name"]), mac(row["chassis"])
    if not name and not chassis:
        return None
    if_index = integer(row["interface"])
    platform = line(row["platform"])
    return Neighbour(
        protocol=table.protocol,
        local_port=ports.name(if_index),
        local_index=if_index,
        remote_name=name,
        remote_chassis=chassis,
        remote_address=ip_value(row["address"]),
        remote_description=line(row["description"]) or platform,
        remote_vendor_model=platform,
    )


_REMOTE = {
    "chassis_subtype": 4,
    "chassis": 5,
    "port_subtype": 6,
    "port": 7,
    "port_description": 8,
    "name": 9,
    "description": 10,
}
_ISDP = {"address": 3, "description": 5, "name": 6, "port": 7, "platform": 8}
_FDP = {"name": 3, "address_type": 4, "address": 5, "description": 6, "port": 7, "platform": 8}

TABLES = (
    Table("lldp", 6527, (6527, 3, 1, 2, 59, 4, 1, 1), _REMOTE, _lldp),
    Table("lldp", 6141, (6141, 2, 60, 26, 1, 4, 1, 1), _REMOTE, _lldp_by_port_number),
    Table("fdp", 1991, (1991, 1, 1, 3, 20, 1, 2, 1, 1), _FDP, _cache),
    Table("cdp", 4413, (4413, 1, 1, 39, 1, 2, 1, 1), _ISDP, _cache),
    Table("cdp", 674, (674, 10895, 5000, 2, 6132, 1, 1, 39, 1, 2, 1, 1), _ISDP, _cache),
    Table("edp", 1916, (1916, 1, 13, 2, 1), {"name": 3, "description": 4, "slot": 5, "port": 6}, _edp),
    Table("sonmp", 45, (45, 1, 6, 13, 2, 1, 1), {"chassis": 5}, _sonmp),
)
MIKROTIK = Table(
    "mndp",
    14988,
    (14988, 1, 1, 11, 1, 1),
    {"address": 2, "chassis": 3, "description": 4, "platform": 5, "name": 6, "interface": 8},
    _mikrotik,
)


def enterprise(answers: Answers) -> int | None:
    """The maker's number in sysObjectID."""
    said = answers.get(mibs.SYS_OBJECT_ID)
    under = len(mibs.ENTERPRISES)
    return said[under] if isinstance(said, tuple) and said[:under] == mibs.ENTERPRISES and len(said) > under else None


def requests(answers: Answers, *, standard: bool) -> tuple[Request, ...]:
    """The maker's table, where the standard ones hold nothing; MikroTik's always, for the local ports that LLDP's lack there."""
    if not presence.has(answers, mibs.IF_DESCR, mibs.IF_NAME):
        return ()
    maker = enterprise(answers)
    tables = (MIKROTIK,) if maker == MIKROTIK.enterprise else () if standard else TABLES
    return tuple(table.walk for table in tables if table.enterprise == maker)


def parse(answers: Answers, ports: Ports, known: frozenset[int]) -> Iterator[Neighbour]:
    """The neighbours in the tables that were asked. `known`: the numbers of MikroTik's that LLDP has told already."""
    for table in (*TABLES, MIKROTIK):
        if not answers.asked(table.walk):
            continue
        for index, row in table.rows(answers):
            found = None if table is MIKROTIK and index[-1] in known else table.read(table, index, row, ports)
            if found:
                yield found


def mikrotik_interface(answers: Answers, number: int) -> int | None:
    """The ifIndex behind which MikroTik's neighbour of this number is."""
    return integer(answers.column(MIKROTIK.at(MIKROTIK.columns["interface"])).get((number,)))
