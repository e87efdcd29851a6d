"""Who is next door, as the device tells: LLDP (IEEE 802.1AB), LLDP-V2, CDP, and makers' own tables where these hold nothing.

The LLDP tables name the local port by lldpLocPortNum, which is the ifIndex in most agents, the bridge port in some; the two
disagree in about one of fifteen. So a port is resolved by name first, then by bridge port, then as an ifIndex. Some agents
drop parts of the index of lldpRemTable (time mark, local port, index).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Rows, Walk
from collectors.topics import bridge, interfaces, makers_neighbours, presence
from collectors.topics.heard import Row, cached, remote
from collectors.topics.ports import Ports
from collectors.values import address
from inventory.facts import Neighbour

_REMOTE = ("chassis_subtype", "chassis", "port_subtype", "port", "port_description", "name", "description")
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
LOCAL = Walk((mibs.LLDP_LOC_PORT_ID, mibs.LLDP_LOC_PORT_DESC), limit=5_000)
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
V2_ADDRESSES = Walk((mibs.LLDP_V2_REM_MAN_ADDR_IF,), limit=5_000)
_CDP = ("address_type", "address", "description", "name", "port", "platform")
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

_FEW_PORTS = 20  # with neighbours: so many are asked for one by one, with more the table of all ports is the shorter way


def requests(answers: Answers) -> tuple[Request, ...]:
    """The tables that the probes found; with rows of LLDP also what its local port numbers mean."""
    asked: list[Request] = []
    if presence.has(answers, mibs.LLDP_REM_PORT_ID):
        asked += [REMOTE, ADDRESSES]
    elif presence.has(answers, mibs.LLDP_LOC_PORT_ID):
        asked.append(REMOTE)  # one column of one agent may lie; an empty table costs one request
    if presence.told(answers, mibs.LLDP_V2_REM_PORT_ID):
        asked += [V2, V2_ADDRESSES]
    if presence.told(answers, mibs.CDP_CACHE_DEVICE_ID):
        asked.append(CDP)
    asked += _local_ports(answers)
    standard = presence.told(answers, mibs.LLDP_REM_PORT_ID, mibs.LLDP_V2_REM_PORT_ID, mibs.CDP_CACHE_DEVICE_ID)
    asked += makers_neighbours.requests(answers, standard=standard)
    return tuple(request for request in asked if not answers.asked(request))


def _local_ports(answers: Answers) -> Iterator[Request]:
    """What the numbers mean at which LLDP has neighbours: only of those ports, once they are known."""
    if answers.asked(REMOTE):
        numbers = {number for index in _indexes(answers, REMOTE) if (number := _local_number(index)) is not None}
        if len(numbers) > _FEW_PORTS:
            yield LOCAL
        elif numbers:
            yield Rows(LOCAL.columns, tuple((number,) for number in sorted(numbers)))
        if numbers and presence.has(answers, mibs.DOT1D_BASE_PORT_IF_INDEX):
            yield bridge.PORTS
    if answers.asked(V2) and answers.asked(interfaces.TABLE):
        known = interfaces.names(answers)
        nameless = sorted({index[1] for index in _indexes(answers, V2) if len(index) >= 4 and index[1] not in known})
        if nameless:
            columns = (mibs.LLDP_V2_LOC_PORT_ID, mibs.LLDP_V2_LOC_PORT_DESC)
            yield Rows(columns, tuple((number,) for number in nameless[:_FEW_PORTS]))


def parse(answers: Answers) -> tuple[Neighbour, ...]:
    """Each neighbour that any of the protocols tells; LLDP-V2 only where LLDP tells nothing."""
    ports = Ports.of(answers)
    lldp = tuple(_lldp(answers, ports))
    known = frozenset(index[-1] for index in _indexes(answers, REMOTE))
    others = makers_neighbours.parse(answers, ports, known)
    return tuple(dict.fromkeys((*(lldp or _lldp_v2(answers, ports)), *_cdp(answers, ports), *others)))


def _indexes(answers: Answers, walk: Walk) -> list[Oid]:
    return sorted(index for index in set().union(*(answers.column(column) for column in walk.columns)) if index)


def _rows(answers: Answers, walk: Walk, fields: tuple[str, ...]) -> Iterator[tuple[Oid, Row]]:
    told = dict(zip(fields, (answers.column(column) for column in walk.columns), strict=True))
    for index in _indexes(answers, walk):
        yield index, {field: column.get(index) for field, column in told.items()}


def _local_number(index: Oid) -> int | None:
    """lldpRemLocalPortNum of an index: (time mark, local port, remote index), or what agents leave of it."""
    if len(index) >= 3:
        return index[1] or None
    return index[0] if len(index) == 2 else None


def _lldp(answers: Answers, ports: Ports) -> Iterator[Neighbour]:
    told = _told_addresses(answers.column(mibs.LLDP_REM_MAN_ADDR_IF), 3)
    for index, row in _rows(answers, REMOTE, _REMOTE):
        number = _local_number(index)
        name, if_index = ports.lldp(number)
        if number is None and (if_index := makers_neighbours.mikrotik_interface(answers, index[-1])) is not None:
            name = ports.name(if_index)
        found = remote("lldp", name, if_index, row, told.get(index[:3]))
        if found:
            yield found


def _lldp_v2(answers: Answers, ports: Ports) -> Iterator[Neighbour]:
    """The index is time mark, ifIndex, destination address, remote index."""
    told = _told_addresses(answers.column(mibs.LLDP_V2_REM_MAN_ADDR_IF), 4)
    for index, row in _rows(answers, V2, _REMOTE):
        if_index = index[1] if len(index) >= 4 else None
        found = remote("lldp", ports.lldp_v2(if_index), if_index, row, told.get(index[:4]))
        if found:
            yield found


def _told_addresses(column: Mapping[Oid, object], row: int) -> dict[Oid, str]:
    """Index of the neighbour (`row` numbers) -> its management address, which stands behind it in the index; IPv4 first."""
    found: dict[Oid, str] = {}
    for index in column:
        if len(index) < row + 5:
            continue
        family, length, rest = index[row], index[row + 1], index[row + 2 :]
        said = address(rest[:length]) if length == len(rest) else address(rest)
        if said and (family == 1 or index[:row] not in found):
            found[index[:row]] = said
    return found


def _cdp(answers: Answers, ports: Ports) -> Iterator[Neighbour]:
    """cdpCacheTable: the index is (ifIndex, device index)."""
    for index, row in _rows(answers, CDP, _CDP):
        found = cached("cdp", index[0], row, ports)
        if found:
            yield found
