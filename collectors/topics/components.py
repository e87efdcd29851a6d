"""Parts inside the device: ENTITY-MIB's physical entities (RFC 6933). Stack members are components, each with its serial."""

from __future__ import annotations

import datetime

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Value
from collectors.topics import entity, presence
from collectors.values import integer, line
from inventory.facts import Component
from inventory.junk import is_junk, is_junk_serial

#: IANAPhysicalClass; what has no place in an inventory is "other".
KINDS = {
    3: "chassis",
    4: "board",
    5: "container",
    6: "psu",
    7: "fan",
    8: "sensor",
    9: "module",
    10: "port",
    11: "stack",
    12: "cpu",
    14: "battery",
}


def requests(answers: Answers) -> tuple[Request, ...]:
    if answers.asked(entity.TABLE):
        return ()
    probed = (mibs.ENT_DESCR, mibs.ENT_NAME, mibs.ENT_SERIAL, mibs.ENT_MODEL_NAME)
    return (entity.TABLE,) if presence.has(answers, *probed) else ()


def parse(answers: Answers) -> tuple[Component, ...]:
    """Every row of entPhysicalTable that any asked column has, in the order of the index."""
    rows = sorted(set().union(*(answers.column(column) for column in entity.TABLE.columns)))
    return tuple(_component(answers, index) for index in rows if index)


def _component(answers: Answers, index: Oid) -> Component:
    def said(column: Oid) -> str | None:
        value = line(answers.column(column).get(index))
        return None if is_junk(value) else value

    serial = said(mibs.ENT_SERIAL)
    parent = integer(answers.column(mibs.ENT_CONTAINED_IN).get(index))
    return Component(
        index=".".join(map(str, index)),
        kind=KINDS.get(integer(answers.column(mibs.ENT_CLASS).get(index)) or 0, "other"),
        name=said(mibs.ENT_NAME) or "",
        description=said(mibs.ENT_DESCR) or "",
        vendor=said(mibs.ENT_MFG_NAME),
        model=said(mibs.ENT_MODEL_NAME),
        serial=None if is_junk_serial(serial) else serial,
        hardware_rev=said(mibs.ENT_HARDWARE_REV),
        firmware_rev=said(mibs.ENT_FIRMWARE_REV),
        software_rev=said(mibs.ENT_SOFTWARE_REV),
        parent=str(parent) if parent and parent > 0 and parent != index[-1] else None,
        manufactured=date(answers.column(mibs.ENT_MFG_DATE).get(index)),
    )


def date(value: Value | None) -> str | None:
    """DateAndTime (RFC 2579: two octets of year, month, day, ...) as an ISO date; zeros and impossible dates are None."""
    if not isinstance(value, bytes) or len(value) < 4:
        return None
    try:
        day = datetime.date(int.from_bytes(value[:2], "big"), value[2], value[3])
    except ValueError:
        return None
    return day.isoformat() if day.year >= 1990 else None
