"""Interfaces: IF-MIB's ifTable and ifXTable (RFC 2863)."""

from __future__ import annotations

from collections.abc import Mapping

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Value, Walk
from collectors.topics import presence
from collectors.values import counter, integer, line, mac
from inventory.facts import Counters, Interface

TABLE = Walk(
    (
        mibs.IF_DESCR,
        mibs.IF_TYPE,
        mibs.IF_MTU,
        mibs.IF_SPEED,
        mibs.IF_PHYS_ADDRESS,
        mibs.IF_ADMIN_STATUS,
        mibs.IF_OPER_STATUS,
        mibs.IF_IN_DISCARDS,
        mibs.IF_IN_ERRORS,
        mibs.IF_OUT_DISCARDS,
        mibs.IF_OUT_ERRORS,
        mibs.IF_NAME,
        mibs.IF_HC_IN_OCTETS,
        mibs.IF_HC_OUT_OCTETS,
        mibs.IF_HIGH_SPEED,
        mibs.IF_ALIAS,
    ),
    rows=mibs.IF_NUMBER,
)
#: Only where the agent has no 64-bit counters.
COUNTERS_32 = Walk((mibs.IF_IN_OCTETS, mibs.IF_OUT_OCTETS))

_MAXED = 2**32 - 1  # ifSpeed of anything from 4.3 Gbit/s up
_MEGA = 1_000_000
_COARSE = 10 * _MEGA  # from here on a Mbit/s more or less is how the agent rounds
_UP = 1
_NO_ADDRESS = "00:00:00:00:00:00"


def requests(answers: Answers) -> tuple[Request, ...]:
    if not answers.asked(TABLE):
        if not presence.has(answers, mibs.IF_DESCR, mibs.IF_NAME):
            return ()
        return (TABLE,) if presence.has(answers, mibs.IF_HC_IN_OCTETS) else (TABLE, COUNTERS_32)
    if not answers.asked(COUNTERS_32) and answers.column(mibs.IF_DESCR) and not answers.column(mibs.IF_HC_IN_OCTETS):
        return (COUNTERS_32,)
    return ()


def parse(answers: Answers) -> tuple[Interface, ...]:
    """One `Interface` for each ifIndex that any asked column has, in the order of the index."""
    columns = {column: _by_if_index(answers.column(column)) for column in (*TABLE.columns, *COUNTERS_32.columns)}
    indexes = sorted({index for column in TABLE.columns for index in columns[column]})
    return tuple(_interface(index, {column: rows.get(index) for column, rows in columns.items()}) for index in indexes)


def names(answers: Answers) -> dict[int, str]:
    """ifIndex -> the port's name as the device names it, for topics that point at ports."""
    said = {index: line(value) for index, value in _by_if_index(answers.column(mibs.IF_DESCR)).items()}
    said |= {index: name for index, value in _by_if_index(answers.column(mibs.IF_NAME)).items() if (name := line(value))}
    return {index: name for index, name in said.items() if name}


def _by_if_index(column: Mapping[Oid, Value]) -> dict[int, Value]:
    return {index[0]: value for index, value in column.items() if len(index) == 1}


def _interface(index: int, row: Mapping[Oid, Value | None]) -> Interface:
    description = line(row[mibs.IF_DESCR])
    return Interface(
        index=index,
        name=line(row[mibs.IF_NAME]) or description or str(index),
        description=description,
        alias=line(row[mibs.IF_ALIAS]),
        type=integer(row[mibs.IF_TYPE]),
        mac=port_mac(row[mibs.IF_PHYS_ADDRESS]),
        mtu=counter(row[mibs.IF_MTU]),
        speed_bps=speed(counter(row[mibs.IF_SPEED]), counter(row[mibs.IF_HIGH_SPEED])),
        admin_up=_is_up(integer(row[mibs.IF_ADMIN_STATUS])),
        oper_up=_is_up(integer(row[mibs.IF_OPER_STATUS])),
        counters=_counters(row),
    )


def speed(if_speed: int | None, if_high_speed: int | None) -> int | None:
    """Bits a second, as the agent tells them: the greater of ifSpeed and ifHighSpeed (in Mbit/s; RFC 2863, 3.1.12).

    The two differ by less than a Mbit/s where the agent rounds: ifHighSpeed then, so that all ports are rounded alike; slow
    lines keep their exact ifSpeed. What cannot be so (bits sent as Mbit/s) is told too: `inventory.plausible` judges it.
    """
    high = (if_high_speed or 0) * _MEGA
    if if_speed is None or if_speed >= _MAXED or high > if_speed:
        return high or if_speed
    return high if high >= _COARSE and if_speed - high < _MEGA else if_speed


def port_mac(value: Value | None) -> str | None:
    """ifPhysAddress as told, all zero too: that is how agents say that a port has none."""
    return mac(value) or (_NO_ADDRESS if value == bytes(6) else None)


def _is_up(status: int | None) -> bool | None:
    """Whether it says `up`. Unknown, dormant and numbers that no MIB has are not up; None where it does not say."""
    return None if status is None else status == _UP


def _counters(row: Mapping[Oid, Value | None]) -> Counters | None:
    wide = row[mibs.IF_HC_IN_OCTETS] is not None or row[mibs.IF_HC_OUT_OCTETS] is not None
    octets = (mibs.IF_HC_IN_OCTETS, mibs.IF_HC_OUT_OCTETS) if wide else (mibs.IF_IN_OCTETS, mibs.IF_OUT_OCTETS)
    rest = (mibs.IF_IN_ERRORS, mibs.IF_OUT_ERRORS, mibs.IF_IN_DISCARDS, mibs.IF_OUT_DISCARDS)
    numbers = tuple(counter(row[column]) for column in (*octets, *rest))
    if all(number is None for number in numbers):
        return None
    received, sent, in_errors, out_errors, in_discards, out_discards = numbers
    return Counters(received, sent, in_errors, out_errors, in_discards, out_discards, width=64 if wide else 32)
