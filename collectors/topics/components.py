"""Parts inside the device: ENTITY-MIB's physical entities (RFC 6933). Stack members are components, each with its serial.

Stacks of makers without ENTITY-MIB have a private table of their members; the profile says where.
"""

from __future__ import annotations

import datetime

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Value, Walk
from collectors.profiles.matching import Profile
from collectors.topics import entity, presence
from collectors.values import integer, line
from inventory.facts import Component
from inventory.junk import is_junk, is_junk_serial

_MEMBERS = 64  # of a stack: none is larger

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


def requests(answers: Answers, profile: Profile) -> tuple[Request, ...]:
    """ENTITY-MIB where the device has it, else the family's own table of members."""
    probed = (mibs.ENT_DESCR, mibs.ENT_NAME, mibs.ENT_SERIAL, mibs.ENT_MODEL_NAME)
    if presence.has(answers, *probed):
        details = entity.details(answers) if answers.asked(entity.TABLE) else entity.TABLE
        return (details,) if details and not answers.asked(details) else ()
    columns = tuple(dict.fromkeys(column for source in profile.members.values() if (column := source.asks(answers)[1])))
    table = Walk(columns, limit=_MEMBERS)
    return (table,) if columns and not answers.asked(table) else ()


def parse(answers: Answers, profile: Profile) -> tuple[Component, ...]:
    """Every row of entPhysicalTable that any asked column has, in the order of the index; else every member of the stack."""
    rows = sorted(set().union(*(answers.column(column) for column in entity.TABLE.columns)))
    return tuple(_component(answers, index) for index in rows if index) or _members(answers, profile)


def _members(answers: Answers, profile: Profile) -> tuple[Component, ...]:
    told = {field: source.by_row(answers) for field, source in profile.members.items()}

    def one(index: Oid) -> Component:
        said = {field: None if is_junk(value := rows.get(index)) else value for field, rows in told.items()}
        serial = said.get("serial")
        return Component(
            index=".".join(map(str, index)),
            kind="chassis",
            name=said.get("name") or "",
            model=said.get("model"),
            serial=None if is_junk_serial(serial) else serial,
            hardware_rev=said.get("hardware"),
            software_rev=said.get("version"),
        )

    members = (one(index) for index in sorted(set().union(*told.values())) if index)
    return tuple(member for member in members if member.serial or member.model)


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
