"""What ports say of their links: duplex, aggregate, spanning tree, frames, and when they last went up or down.

Frames are there to judge errors by, so that ports that have counted errors are asked for them, each way by itself.

RFC 3635 (EtherLike-MIB), IEEE 802.3 clause 30 (IEEE8023-LAG-MIB), RFC 4188 (BRIDGE-MIB), RFC 2863 (IF-MIB). Only devices that
forward are asked: of a printer's one port this tells nothing that its switch does not. But for the time of the last change, only
ports with a link are: they are fewer than a table has rows, and the others have nothing to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Rows, Walk
from collectors.topics import bridge, interfaces, presence
from collectors.values import counter, integer
from inventory.facts import STP_STATES, Counters, Interface

#: Kinds whose ports lead to other devices.
FORWARDING = frozenset({"switch", "router", "firewall", "wireless", "access", "olt", "transport", "loadbalancer"})

CHANGES = Walk((mibs.IF_LAST_CHANGE,), rows=mibs.IF_NUMBER)
#: Columns of errors, and of frames with 64 and with 32 bits: received and sent.
_FRAMES = (
    (
        mibs.IF_IN_ERRORS,
        (mibs.IF_HC_IN_UNICAST, mibs.IF_HC_IN_MULTICAST, mibs.IF_HC_IN_BROADCAST),
        (mibs.IF_IN_UNICAST, mibs.IF_IN_OTHERS),
    ),
    (
        mibs.IF_OUT_ERRORS,
        (mibs.IF_HC_OUT_UNICAST, mibs.IF_HC_OUT_MULTICAST, mibs.IF_HC_OUT_BROADCAST),
        (mibs.IF_OUT_UNICAST, mibs.IF_OUT_OTHERS),
    ),
)

_ETHERNET = frozenset({6, 62, 69, 117})  # IANAifType: the older numbers for fast and gigabit Ethernet with it
_AGGREGATE = 161  # IANAifType ieee8023adLag
_UP = 1
_ACTIVE = 1  # RowStatus
_DUPLEXES = {2: "half", 3: "full"}  # dot3StatsDuplexStatus; 1 is unknown
_WRAPS = 2**32  # sysUpTime, in hundredths of a second: after 497 days
_MOST_AGGREGATES = 64
#: In place of the root's address where no spanning tree runs.
NO_ROOT = "00:00:00:00:00:00"


def requests(answers: Answers, kind: str | None) -> tuple[Request, ...]:
    if kind not in FORWARDING or not presence.has(answers, mibs.IF_DESCR, mibs.IF_NAME):
        return ()
    asked: list[Request] = [CHANGES]
    if answers.asked(interfaces.TABLE) and (up := _with_link(answers, _ETHERNET)):
        asked += _of_ports(answers, up)
    if presence.has(answers, mibs.DOT1D_STP_PORT_STATE) and (bridging := _bridge_ports(answers)):
        asked.append(Rows((mibs.DOT1D_STP_PORT_STATE,), bridging))
    if not presence.told(answers, mibs.AGGREGATE_OF_PORT) and (stack := _stack(answers)):
        asked.append(stack)
    return tuple(request for request in asked if not answers.asked(request))


def _of_ports(answers: Answers, up: tuple[Oid, ...]) -> Iterator[Request]:
    """What is asked of ports that have a link."""
    if columns := tuple(column for column in (mibs.DOT3_DUPLEX, mibs.AGGREGATE_OF_PORT) if presence.has(answers, column)):
        yield Rows(columns, up)
    wide = presence.has(answers, mibs.IF_HC_IN_OCTETS)
    for errors, frames, frames_32 in _FRAMES:
        counted = answers.column(errors)
        if failing := tuple(index for index in up if counter(counted.get(index))):
            yield Rows(frames if wide else frames_32, failing)


def _with_link(answers: Answers, types: frozenset[int]) -> tuple[Oid, ...]:
    up, told = answers.column(mibs.IF_OPER_STATUS), answers.column(mibs.IF_TYPE)
    return tuple(index for index, value in up.items() if value == _UP and told.get(index) in types and len(index) == 1)


def _bridge_ports(answers: Answers) -> tuple[Oid, ...]:
    """Numbers of the bridge's ports that have a link; agents without a map number them by ifIndex."""
    up = answers.column(mibs.IF_OPER_STATUS)
    if not answers.asked(interfaces.TABLE) or not answers.asked(bridge.PORTS):
        return ()
    ports = bridge.if_indexes(answers)
    if not ports:
        return _with_link(answers, _ETHERNET)
    return tuple((port,) for port, if_index in ports.items() if up.get((if_index,)) == _UP)


def _stack(answers: Answers) -> Walk | None:
    """What is below the aggregates that are up in ifStackTable: each is asked as a column of its own."""
    columns = tuple((*mibs.IF_STACK_STATUS, *index) for index in _with_link(answers, frozenset({_AGGREGATE}))[:_MOST_AGGREGATES])
    return Walk(columns, limit=256) if columns else None


def parse(answers: Answers, ports: tuple[Interface, ...], observed_at: int) -> tuple[Interface, ...]:
    """The ports with what their links say; `observed_at` in seconds since the epoch."""
    duplexes = {index: _DUPLEXES.get(integer(value) or 0) for index, value in _rows(answers, mibs.DOT3_DUPLEX).items()}
    states, above = _states(answers), _aggregates(answers, {port.index: port.name for port in ports})
    booted, changes = _booted(answers, observed_at), answers.column(mibs.IF_LAST_CHANGE)
    return tuple(
        replace(
            port,
            counters=_with_frames(port, answers),
            duplex=duplexes.get(port.index),
            aggregate=above.get(port.index),
            stp=states.get(port.index),
            changed_at=_changed_at(counter(changes.get((port.index,))), answers, booted),
        )
        for port in ports
    )


def _rows(answers: Answers, column: Oid) -> dict[int, int]:
    """What was asked of the ports that have a link; without the one row of a probe."""
    asked = {
        index
        for request in answers.outcomes
        if isinstance(request, Rows) and column in request.columns
        for index in request.indexes
    }
    told = answers.column(column)
    return {index[0]: number for index in asked if (number := integer(told.get(index))) is not None}


def _with_frames(port: Interface, answers: Answers) -> Counters | None:
    """Frames of all sorts, where the agent tells of those to single stations."""
    if port.counters is None:
        return None
    wide = port.counters.width == 64
    sums: list[int | None] = []
    for _, frames, frames_32 in _FRAMES:
        columns = frames if wide else frames_32
        unicast, *groups = [counter(answers.column(column).get((port.index,))) for column in columns]
        together = None if unicast is None else unicast + sum(number or 0 for number in groups)
        sums.append(together if together is None or wide else together % 2**32)  # wraps as each of them does
    return replace(port.counters, in_frames=sums[0], out_frames=sums[1])


# -- spanning tree -----------------------------------------------------------------------------------------------------------


def root(answers: Answers) -> str | None:
    """The hardware address in the root's bridge identifier; `NO_ROOT` where none runs, None where it is not told."""
    said = answers.get(mibs.DOT1D_STP_ROOT)
    return said[2:].hex(":") if isinstance(said, bytes) and len(said) == 8 else None


def _states(answers: Answers) -> dict[int, str]:
    """ifIndex -> state. Agents go on telling states when no spanning tree runs: there is no root then."""
    if root(answers) == NO_ROOT:
        return {}
    ports = bridge.if_indexes(answers)
    return {
        ports.get(port, port): STP_STATES[state - 1]
        for port, state in _rows(answers, mibs.DOT1D_STP_PORT_STATE).items()
        if 1 <= state <= len(STP_STATES)
    }


# -- aggregates --------------------------------------------------------------------------------------------------------------


def _aggregates(answers: Answers, names: Mapping[int, str]) -> dict[int, str]:
    """ifIndex -> name of the aggregate that the port is attached to. One that is no interface of the device is not told."""
    if presence.told(answers, mibs.AGGREGATE_OF_PORT):
        pairs = _rows(answers, mibs.AGGREGATE_OF_PORT).items()
        return {port: names[above] for port, above in pairs if above != port and above in names}
    stack, types = _stack(answers), answers.column(mibs.IF_TYPE)
    return {
        below[0]: names[column[-1]]
        for column in (stack.columns if stack else ())
        for below, status in answers.column(column).items()
        if len(below) == 1 and status == _ACTIVE and below in types and types[below] != _AGGREGATE and column[-1] in names
    }


# -- changes -----------------------------------------------------------------------------------------------------------------


def _booted(answers: Answers, observed_at: int) -> float | None:
    """When sysUpTime was 0; None where it is not told, or has begun again since the device started (snmpEngineTime)."""
    uptime, seconds = counter(answers.get(mibs.SYS_UP_TIME)), counter(answers.get(mibs.SNMP_ENGINE_TIME))
    if uptime is None or (seconds is not None and _WRAPS // 100 <= seconds < 2**31):
        return None
    return observed_at - uptime / 100


def _changed_at(ticks: int | None, answers: Answers, booted: float | None) -> int | None:
    """ifLastChange as a time. 0: before the device started (RFC 2863). More than sysUpTime: that has begun again since."""
    uptime = counter(answers.get(mibs.SYS_UP_TIME))
    if booted is None or uptime is None or not ticks or ticks > uptime:
        return None
    return round(booted + ticks / 100)
