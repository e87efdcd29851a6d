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
    )
)
#: Only where the agent has no 64-bit counters.
COUNTERS_32 = Walk((mibs.IF_IN_OCTETS, mibs.IF_OUT_OCTETS))

_MAXED = 2**32 - 1  # ifSpeed of anything from 4.3 Gbit/s up
_MEGA = 1_000_000
_UP, _DOWN, _TESTING = 1, 2, 3
_NOT_RUNNING = frozenset({_DOWN, _TESTING, 5, 6, 7})  # dormant, notPresent, lowerLayerDown


def requests(answers: Answers) -> tuple[Request, ...]:
    if not answers.asked(TABLE):
        return (TABLE,) if presence.has(answers, mibs.IF_DESCR, mibs.IF_NAME) else ()
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
        mac=mac(row[mibs.IF_PHYS_ADDRESS]),
        mtu=counter(row[mibs.IF_MTU]),
        speed_bps=speed(counter(row[mibs.IF_SPEED]), counter(row[mibs.IF_HIGH_SPEED])),
        admin_up=_admin(integer(row[mibs.IF_ADMIN_STATUS])),
        oper_up=_oper(integer(row[mibs.IF_OPER_STATUS])),
        counters=_counters(row),
    )


def speed(if_speed: int | None, if_high_speed: int | None) -> int | None:
    """Bits a second. ifHighSpeed (in Mbit/s) where ifSpeed is at its end, absent, or the smaller of the two (RFC 2863, 3.1.12).

    Some agents send bits in ifHighSpeed; what is beyond 10 Tbit/s is not believed.
    """
    high = (if_high_speed or 0) * _MEGA
    if high > 10_000_000 * _MEGA:
        high = 0
    if if_speed is None or if_speed >= _MAXED or high > if_speed:
        return high or if_speed
    return if_speed


def _admin(status: int | None) -> bool | None:
    return None if status is None else True if status == _UP else False if status in (_DOWN, _TESTING) else None


def _oper(status: int | None) -> bool | None:
    return None if status is None else True if status == _UP else False if status in _NOT_RUNNING else None


def _counters(row: Mapping[Oid, Value | None]) -> Counters | None:
    wide = row[mibs.IF_HC_IN_OCTETS] is not None or row[mibs.IF_HC_OUT_OCTETS] is not None
    octets = (mibs.IF_HC_IN_OCTETS, mibs.IF_HC_OUT_OCTETS) if wide else (mibs.IF_IN_OCTETS, mibs.IF_OUT_OCTETS)
    rest = (mibs.IF_IN_ERRORS, mibs.IF_OUT_ERRORS, mibs.IF_IN_DISCARDS, mibs.IF_OUT_DISCARDS)
    numbers = tuple(counter(row[column]) for column in (*octets, *rest))
    if all(number is None for number in numbers):
        return None
    received, sent, in_errors, out_errors, in_discards, out_discards = numbers
    return Counters(received, sent, in_errors, out_errors, in_discards, out_discards, width=64 if wide else 32)
