"""The rows of ENTITY-MIB's entPhysicalTable, and which of them is the device itself (RFC 6933).

Only a chassis or a stack's row says who the device is; a module's or a transceiver's serial is not the device's.
"""

from __future__ import annotations

from collectors import mibs
from collectors.asking import Answers, Oid, Request, Rows, Walk
from collectors.values import integer, line
from inventory.junk import is_junk

TABLE = Walk(
    (mibs.ENT_DESCR, mibs.ENT_CONTAINED_IN, mibs.ENT_CLASS, mibs.ENT_NAME, mibs.ENT_SERIAL, mibs.ENT_MODEL_NAME), limit=20_000
)
#: Of parts that have something of their own to tell. Most rows of a switch are its ports and sensors, and theirs are empty.
DETAILS = Walk(
    (mibs.ENT_HARDWARE_REV, mibs.ENT_FIRMWARE_REV, mibs.ENT_SOFTWARE_REV, mibs.ENT_MFG_NAME, mibs.ENT_MFG_DATE), limit=20_000
)

FIELDS: dict[str, Oid] = {
    "descr": mibs.ENT_DESCR,
    "name": mibs.ENT_NAME,
    "hardware": mibs.ENT_HARDWARE_REV,
    "firmware": mibs.ENT_FIRMWARE_REV,
    "software": mibs.ENT_SOFTWARE_REV,
    "serial": mibs.ENT_SERIAL,
    "vendor": mibs.ENT_MFG_NAME,
    "model": mibs.ENT_MODEL_NAME,
}
CHASSIS, STACK = 3, 11
_PLACES = frozenset({5, 8, 10})  # container, sensor, port: parts only where they have a serial or a model
_MOST_ROWS = 0.6  # of the table: with more, walking the columns is the shorter way


def details(answers: Answers) -> Request | None:
    """What is still to be asked of the rows of `TABLE`, None when there is nothing worth asking."""
    classes = answers.column(mibs.ENT_CLASS)
    rows = set().union(*(answers.column(column) for column in TABLE.columns))
    own = {
        index
        for index in rows
        if integer(classes.get(index)) not in _PLACES
        or any(not is_junk(line(answers.column(column).get(index))) for column in (mibs.ENT_SERIAL, mibs.ENT_MODEL_NAME))
    }
    if len(own) > _MOST_ROWS * len(rows):
        return DETAILS
    return Rows(DETAILS.columns, tuple(sorted(own))) if own else None


def chassis_rows(answers: Answers) -> list[Oid]:
    """Indexes of the rows that may say who the device is, best first: chassis, then stack, then a lone row without a class."""
    classes = {index: integer(value) for index, value in answers.column(mibs.ENT_CLASS).items()}
    chassis = sorted(index for index, kind in classes.items() if kind == CHASSIS)
    stack = sorted(index for index, kind in classes.items() if kind == STACK)
    if chassis or stack:
        return chassis + stack
    every = sorted(set().union(*(answers.column(column) for column in FIELDS.values())))
    if len(every) == 1:  # the only row is the device, whatever it calls itself
        return every
    if not any(classes.values()):  # an agent that leaves the class out: the outermost rows come first by custom
        return every[:2]
    return []


def of_chassis(answers: Answers, field: str) -> str | None:
    """A column of the first chassis row that has it."""
    column = answers.column(FIELDS[field])
    return next((said for index in chassis_rows(answers) if (said := line(column.get(index)))), None)
