"""Devices that a NetBox exports, as a register: its list of devices, and with it the lists of MAC and IP addresses.

Read are the names of the import forms (what `to_netbox` writes) and the heads of the tables that NetBox's pages export (CSV,
"current view" or "all data"), NetBox 4. Sites are offices by their name, English name or code.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from inventory.exchange.lists import Listed, ListError, Place, Row, read, register
from inventory.offices import Offices
from inventory.registers import values
from inventory.registers.office_names import OfficeNames
from inventory.registers.records import Register

PROGRAM = "NetBox"  # of records.PROGRAMS


def listed(path: Path) -> tuple[Listed, ...]:
    """What a file lists. Raises RegisterError for one that cannot be read, ListError for one that tells of no devices."""
    found = tuple(one for one in read(path, "netbox") if _of_devices(one) or _of_ports(one))
    if not found:
        raise ListError("list_no_devices", file=path.name, program=PROGRAM)
    return found


def registers(lists: Sequence[Listed], offices: Offices, today: datetime.date | None = None) -> tuple[Register, ...]:
    """A register for each list of devices; addresses of ports go to the device of that name. Pure.

    Raises ListError where there are lists of ports only.
    """
    names = OfficeNames(offices)

    def place_of(row: Row) -> Place:
        site = row.text("office")
        return Place(names.find(site) if site else None, site, row.text("place") or None)

    macs: dict[str, tuple[str, ...]] = {}
    addresses: dict[str, str] = {}
    for row in (row for one in lists if _of_ports(one) for row in one.rows):
        device = row.text("device").casefold()
        if isinstance(told := values.macs(row.cells.get("mac")), tuple):
            macs[device] = (*macs.get(device, ()), *told)
        if isinstance(address := values.address(row.cells.get("address")), str):
            addresses.setdefault(device, address)
    of_devices = [one for one in lists if _of_devices(one)]
    if lists and not of_devices:
        raise ListError("list_no_devices", file=", ".join(one.file for one in lists), program=PROGRAM)
    today = today or datetime.date.today()
    return tuple(register(one, place_of, today, macs, addresses) for one in of_devices)


def books(_: Register) -> str:
    """The name of the books that a list is: all that this NetBox knows."""
    return PROGRAM


def _of_devices(one: Listed) -> bool:
    return "device" not in one.fields and "name" in one.fields and len({"kind", "vendor", "model", "office"} & one.fields) > 1


def _of_ports(one: Listed) -> bool:
    return "device" in one.fields and bool({"mac", "address"} & one.fields)
