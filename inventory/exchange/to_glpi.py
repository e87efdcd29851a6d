"""The inventory as the Data Injection plugin of GLPI takes it in: a CSV file for each type of asset.

Forms, types and the writing of values (locations as `A > B`, addresses, MACs) are those of the plugin's documentation (2.13
and later, for GLPI 10 and 11); the heads are GLPI's own English names of the fields, in its default form with semicolons.
Monitors are no things of the network: nobody can ask them, so there is no file of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from inventory.exchange.forms import Export, Form, Frames, line, records
from inventory.facts import KINDS

#: Our kinds by GLPI's types of asset, in the order in which GLPI lists them; everything else that answers is a peripheral.
TYPES: Mapping[str, tuple[str, ...]] = {
    "Computer": ("pc", "server", "storage"),
    "NetworkEquipment": (
        *("switch", "router", "firewall", "wireless", "access", "olt", "transport", "loadbalancer", "console", "timing"),
    ),
    "Printer": ("printer",),
    "Phone": ("phone", "voip"),
    "Peripheral": (),
}
TYPE_OF: Mapping[str, str] = dict.fromkeys(KINDS, "Peripheral") | {kind: name for name, kinds in TYPES.items() for kind in kinds}
FILES: Mapping[str, str] = {
    "Computer": "computers.csv",
    "NetworkEquipment": "network-equipment.csv",
    "Printer": "printers.csv",
    "Phone": "phones.csv",
    "Peripheral": "peripherals.csv",
}
DELIMITER = ";"
_COMMON = ("Name", "Serial number", "Inventory number", "Manufacturer", "Model", "Type", "Location", "IP", "MAC address")
#: What GLPI calls the release that runs on the asset, where that type has such a field.
_VERSION = {"Computer": ("Operating system - Version",), "NetworkEquipment": ("Firmware",)}
_LONGEST = 255


def export(frames: Frames) -> Export:
    """The files of everything in `frames`. Pure: the same frames give the same files."""
    places = _places(frames)
    rows: dict[str, list[tuple[str, ...]]] = {name: [] for name in TYPES}
    columns = ("device", "sys_name", "serial", "vendor", "model", "kind", "office", "address", "mac", "os_version", "sys_descr")
    for row in records(frames.devices, *columns, "state", "last_confirmed"):
        device, name, serial, vendor, model, kind, office, address, mac, version, descr, state, confirmed = row
        values = (line(serial), line(frames.codes.get(device, "")), line(vendor), line(model))
        short = tuple("" if len(value) > _LONGEST else value for value in values)
        told = {"Kiểm Kê": device, "state": state, "last_confirmed": confirmed, "system": line(descr)}
        names = ("serial", "code", "vendor", "model")
        told |= {key: value for key, value in zip(names, values, strict=True) if len(value) > _LONGEST}
        type_ = TYPE_OF.get(kind, "Peripheral")
        release = (line(version)[:_LONGEST],) if type_ in _VERSION else ()
        about = "\n".join(f"{key}: {value}" for key, value in told.items() if value)
        place = places.get(office, office)
        rows[type_].append((line(name)[:_LONGEST] or device, *short, kind, place, address, mac.upper(), *release, about))
    return Export(
        tuple(Form(FILES[name], name, (*_COMMON, *_VERSION.get(name, ()), "Comments"), tuple(rows[name])) for name in TYPES)
    )


def _places(frames: Frames) -> dict[str, str]:
    """The location of each office: its name after those of the offices above it."""
    rows = {
        code: (line(name).replace(">", "›"), parent)
        for code, name, parent in records(frames.offices, "office", "name_vi", "parent")
    }
    found = {}
    for code in rows:
        path, at = [], code
        while at in rows and rows[at][0] not in path:  # a circle ends where it began
            path.append(rows[at][0])
            at = rows[at][1]
        found[code] = " > ".join(reversed(path))
    return found
