"""Who is next door, as the device tells: LLDP (IEEE 802.1AB), LLDP-V2, CDP.

The LLDP tables name the local port by lldpLocPortNum, which is the ifIndex in most agents, the bridge port in some; the two
disagree in about one of fifteen. So a port is resolved by name first, then by bridge port, then as an ifIndex. Some agents
drop parts of the index of lldpRemTable (time mark, local port, index).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Value, Walk
from collectors.topics import bridge, presence
from collectors.topics.ports import Ports
from collectors.values import address, decode, integer, ip_value, line, mac, mac_text
from inventory.facts import Neighbour

LOCAL = Walk((mibs.LLDP_LOC_PORT_SUBTYPE, mibs.LLDP_LOC_PORT_ID, mibs.LLDP_LOC_PORT_DESC), limit=5_000)
REMOTE = Walk(
    (
        mibs.LLDP_REM_CHASSIS_SUBTYPE,
        mibs.LLDP_REM_CHASSIS_ID,
        mibs.LLDP_REM_PORT_SUBTYPE,
        mibs.LLDP_REM_PORT_ID,
        mibs.LLDP_REM_PORT_DESC,
        mibs.LLDP_REM_SYS_NAME,
        mibs.LLDP_REM_SYS_DESC,
    ),
    limit=5_000,
)
ADDRESSES = Walk((mibs.LLDP_REM_MAN_ADDR_IF,), limit=5_000)
V2 = Walk(
    (
        mibs.LLDP_V2_REM_CHASSIS_SUBTYPE,
        mibs.LLDP_V2_REM_CHASSIS_ID,
        mibs.LLDP_V2_REM_PORT_SUBTYPE,
        mibs.LLDP_V2_REM_PORT_ID,
        mibs.LLDP_V2_REM_PORT_DESC,
        mibs.LLDP_V2_REM_SYS_NAME,
        mibs.LLDP_V2_REM_SYS_DESC,
    ),
    limit=5_000,
)
CDP = Walk(
    (
        mibs.CDP_CACHE_ADDRESS_TYPE,
        mibs.CDP_CACHE_ADDRESS,
        mibs.CDP_CACHE_VERSION,
        mibs.CDP_CACHE_DEVICE_ID,
        mibs.CDP_CACHE_DEVICE_PORT,
        mibs.CDP_CACHE_PLATFORM,
    ),
    limit=5_000,
)

_CHASSIS_MAC, _CHASSIS_ADDRESS = 4, 5
_PORT_MAC, _PORT_ADDRESS = 3, 4


def requests(answers: Answers) -> tuple[Request, ...]:
    """The tables that the probes found; with rows of LLDP also what its local port numbers mean."""
    asked: list[Request] = []
    if presence.has(answers, mibs.LLDP_REM_PORT_ID):
        asked += [LOCAL, REMOTE, ADDRESSES]
        if presence.has(answers, mibs.DOT1D_BASE_PORT_IF_INDEX):
            asked.append(bridge.PORTS)
    elif presence.has(answers, mibs.LLDP_LOC_PORT_ID):
        asked.append(REMOTE)  # one column of one agent may lie; an empty table costs one request
    if presence.has(answers, mibs.LLDP_V2_REM_PORT_ID) and presence.told(answers, mibs.LLDP_V2_REM_PORT_ID):
        asked.append(V2)
    if presence.told(answers, mibs.CDP_CACHE_DEVICE_ID):
        asked.append(CDP)
    return tuple(request for request in asked if not answers.asked(request))


def parse(answers: Answers) -> tuple[Neighbour, ...]:
    """Each neighbour that any of the protocols tells; LLDP-V2 only where LLDP tells nothing."""
    ports = Ports.of(answers)
    lldp = tuple(_lldp(answers, ports))
    return tuple(dict.fromkeys((*(lldp or _lldp_v2(answers, ports)), *_cdp(answers, ports))))


@dataclass(frozen=True, slots=True)
class _Remote:
    """A row of a remote table, whichever version."""

    chassis_subtype: int | None
    chassis: Value | None
    port_subtype: int | None
    port: Value | None
    port_description: str | None
    name: str | None
    description: str | None


def _rows(answers: Answers, columns: tuple[Oid, ...]) -> Iterator[tuple[Oid, _Remote]]:
    tables = [answers.column(column) for column in columns]
    for index in sorted(set().union(*tables)):
        chassis_subtype, chassis, port_subtype, port, port_description, name, description = (table.get(index) for table in tables)
        if chassis is None and port is None and name is None:
            continue
        yield (
            index,
            _Remote(
                integer(chassis_subtype),
                chassis,
                integer(port_subtype),
                port,
                line(port_description),
                line(name),
                line(description),
            ),
        )


def _local_number(index: Oid) -> int | None:
    """lldpRemLocalPortNum of an index: (time mark, local port, remote index), or what agents leave of it."""
    if len(index) >= 3:
        return index[1]
    return index[0] if len(index) == 2 else None


def _lldp(answers: Answers, ports: Ports) -> Iterator[Neighbour]:
    told = _told_addresses(answers)
    for index, row in _rows(answers, REMOTE.columns):
        number = _local_number(index)
        name, if_index = ports.lldp(number)
        yield _neighbour("lldp", name, if_index, row, told.get(index[:3]))


def _lldp_v2(answers: Answers, ports: Ports) -> Iterator[Neighbour]:
    for index, row in _rows(answers, V2.columns):
        if_index = index[1] if len(index) >= 4 else None  # time mark, ifIndex, destination address, remote index
        yield _neighbour("lldp", ports.name(if_index), if_index, row, None)


def _neighbour(protocol: str, local: str, if_index: int | None, row: _Remote, told: str | None) -> Neighbour:
    return Neighbour(
        protocol=protocol,
        local_port=local,
        local_index=if_index,
        remote_name=row.name,
        remote_port=_port(row.port_subtype, row.port),
        remote_port_description=row.port_description,
        remote_chassis=_chassis(row.chassis_subtype, row.chassis),
        remote_address=told or (_network_address(row.chassis) if row.chassis_subtype == _CHASSIS_ADDRESS else None),
        remote_description=row.description,
    )


def _chassis(subtype: int | None, value: Value | None) -> str | None:
    if isinstance(value, bytes):
        if subtype == _CHASSIS_MAC or (len(value) == 6 and not _printable(value)):
            return mac(value) or line(value)
        if subtype == _CHASSIS_ADDRESS:
            return _network_address(value) or line(value)
    return line(value)


def _port(subtype: int | None, value: Value | None) -> str | None:
    if isinstance(value, bytes):
        if len(value) == 6 and (subtype == _PORT_MAC or not _printable(value)):
            return mac_text(value)
        if subtype == _PORT_ADDRESS:
            return _network_address(value) or line(value)
    return line(value)


def _printable(value: bytes) -> bool:
    return decode(value).isprintable() and all(byte >= 0x20 for byte in value.rstrip(b"\x00"))


def _network_address(value: Value | None) -> str | None:
    """IANA address family in the first octet, then the address (IEEE 802.1AB, 8.5.2.3); some leave the family out."""
    if not isinstance(value, bytes):
        return None
    return address(value[1:]) if len(value) in (5, 17) else ip_value(value)


def _told_addresses(answers: Answers) -> dict[Oid, str]:
    """(time mark, local port, remote index) -> management address, IPv4 first: it stands in the index of lldpRemManAddrTable."""
    found: dict[Oid, str] = {}
    for index in answers.column(mibs.LLDP_REM_MAN_ADDR_IF):
        if len(index) < 8:
            continue
        family, length, rest = index[3], index[4], index[5:]
        said = address(rest[:length]) if length == len(rest) else address(rest)
        if said and (family == 1 or index[:3] not in found):
            found[index[:3]] = said
    return found


def _cdp(answers: Answers, ports: Ports) -> Iterator[Neighbour]:
    """cdpCacheTable: the index is (ifIndex, device index); device id, port and platform are text."""
    columns: Mapping[Oid, Mapping[Oid, Value]] = {column: answers.column(column) for column in CDP.columns}
    for index in sorted(set().union(*columns.values())):
        row = {column: rows.get(index) for column, rows in columns.items()}
        name, port = line(row[mibs.CDP_CACHE_DEVICE_ID]), line(row[mibs.CDP_CACHE_DEVICE_PORT])
        if not name and not port:
            continue
        device = row[mibs.CDP_CACHE_DEVICE_ID]
        if isinstance(device, bytes) and len(device) == 6 and not _printable(device):
            name = mac_text(device)
        if_index = index[0] if index else None
        said = row[mibs.CDP_CACHE_ADDRESS]
        platform = line(row[mibs.CDP_CACHE_PLATFORM])
        yield Neighbour(
            protocol="cdp",
            local_port=ports.name(if_index),
            local_index=if_index,
            remote_name=name,
            remote_port=port,
            remote_address=ip_value(said)
            if isinstance(said, bytes) and integer(row[mibs.CDP_CACHE_ADDRESS_TYPE]) in (1, 20, None)
            else None,
            remote_description=line(row[mibs.CDP_CACHE_VERSION]) or platform,
            remote_vendor_model=platform,
        )
