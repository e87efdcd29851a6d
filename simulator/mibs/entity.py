"""ENTITY-MIB: entPhysicalTable (RFC 6933)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.agent import Oid, Typed
from simulator.mibs.values import integer, object_id, octets
from simulator.shown import Shown

PHYSICAL = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
CHASSIS, POWER_SUPPLY, PORT = 3, 6, 10


def parts(shown: Shown) -> Iterator[Mapping[str, Any]]:
    """The family's parts with the device's own values, then its ports where the family lists them."""
    for part in shown.model.fields.get("entity", ()):
        filled = {k: v.format(**shown.texts) if isinstance(v, str) else v for k, v in part.items()}
        if filled["class"] == POWER_SUPPLY and "serial" not in part:
            filled["serial"] = shown.device.psu_serial
        yield filled
    if listing := shown.model.fields.get("entity_ports"):
        for face in shown.physical:
            number = face.port.number if face.port else 0
            yield {
                "index": listing["offset"] + number, "class": PORT, "descr": face.descr, "name": face.name,
                "parent": listing["parent"], "position": number,
            }  # fmt: skip


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    for part in parts(shown):
        texts = {
            2: "descr", 7: "name", 8: "hw", 9: "fw", 10: "sw", 11: "serial", 12: "vendor", 13: "model", 14: "", 15: "",
        }  # fmt: skip
        index = part["index"]
        for column, key in texts.items():
            yield (*PHYSICAL, column, index), octets(str(part.get(key, "")))
        yield (*PHYSICAL, 3, index), object_id((0, 0))
        yield (*PHYSICAL, 4, index), integer(part["parent"])
        yield (*PHYSICAL, 5, index), integer(part["class"])
        yield (*PHYSICAL, 6, index), integer(part.get("position", 1))
        yield (*PHYSICAL, 16, index), integer(1 if part["class"] == POWER_SUPPLY else 2)


def routeros_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """RouterOS lists one chassis, without serial number or model."""
    yield (*PHYSICAL, 2, 65536), octets(f"RouterOS {shown.device.version} (stable) on {shown.model.name}")
    yield (*PHYSICAL, 4, 65536), integer(0)
    yield (*PHYSICAL, 5, 65536), integer(CHASSIS)
    yield (*PHYSICAL, 7, 65536), octets(str(shown.model.fields["cpu"]))
    for column in (8, 9, 10, 11, 12, 13):
        yield (*PHYSICAL, column, 65536), octets("")
