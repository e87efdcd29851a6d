"""Assets that a GLPI exports (the CSV of any of its lists, in English, French or Vietnamese), as a register.

Several values of a cell stand one under the other; locations and entities are paths with ` > `. The office is the last part of
the location that one is named like, else of the entity. User documentation of GLPI 9.2 to 11.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from inventory.exchange.lists import Listed, ListError, Place, Row, read, register
from inventory.exchange.to_glpi import TYPE_OF
from inventory.offices import Offices
from inventory.registers.office_names import OfficeNames
from inventory.registers.records import Register

PROGRAM = "GLPI"  # of records.PROGRAMS


def listed(path: Path) -> tuple[Listed, ...]:
    """What a file lists. Raises RegisterError for one that cannot be read, ListError for one that tells of no devices."""
    found = tuple(one for one in read(path, "glpi") if _of_assets(one))
    if not found:
        raise ListError("list_no_devices", file=path.name, program=PROGRAM)
    return found


def registers(lists: Sequence[Listed], offices: Offices, today: datetime.date | None = None) -> tuple[Register, ...]:
    """A register for each list. Pure."""
    names = OfficeNames(offices)

    def place_of(row: Row) -> Place:
        location, entity = row.text("place"), row.text("office")
        for path in (location, entity):
            parts = [part.strip() for part in path.split(">")]
            for last in range(len(parts), 0, -1):
                if parts[last - 1] and (code := names.find(parts[last - 1])) is not None:
                    room = " > ".join(parts[last:]) if path is location else location
                    return Place(code, path, room or None)
        return Place(None, location or entity, location or None)

    today = today or datetime.date.today()
    return tuple(register(one, place_of, today) for one in lists)


def books(register: Register) -> str:
    """The name of the books that a list is: GLPI has one for each of its types of asset."""
    types = {TYPE_OF[line.kind] for line in register.lines if line.kind is not None}
    return f"{PROGRAM} {types.pop()}" if len(types) == 1 else PROGRAM


def _of_assets(one: Listed) -> bool:
    return "name" in one.fields and bool({"serial", "model", "vendor", "kind", "code"} & one.fields)
