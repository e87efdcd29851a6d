"""Printer-MIB (RFC 3805) and the printer part of HOST-RESOURCES-MIB (RFC 2790)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import counter32, integer, object_id, octets
from simulator.shown import Shown

PRT = (1, 3, 6, 1, 2, 1, 43)
HR = (1, 3, 6, 1, 2, 1, 25)
_IMPRESSIONS, _TONER, _TENTHS_OF_GRAMS, _PERCENT = 7, 3, 13, 19
_TELL_SERIAL = {"hp-laserjet", "ricoh", "canon", "samsung-printer"}


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    label = str(shown.model.fields.get("marketing", f"{shown.model.vendor} {shown.model.name}"))
    low = any(level * 100 < capacity * 8 for _, capacity, level in shown.supplies())
    yield (*HR, 3, 2, 1, 1, 1), integer(1)
    yield (*HR, 3, 2, 1, 2, 1), object_id((*HR, 3, 1, 5))
    yield (*HR, 3, 2, 1, 3, 1), octets(label)
    yield (*HR, 3, 2, 1, 4, 1), object_id(shown.model.object_id)
    yield (*HR, 3, 2, 1, 5, 1), integer(3 if low else 2)  # warning | running
    yield (*HR, 3, 2, 1, 6, 1), counter32(0)
    yield (*HR, 3, 5, 1, 1, 1), integer(3)  # idle
    yield (*HR, 3, 5, 1, 2, 1), octets(b"\x20" if low else b"\x00")  # lowToner
    yield (*PRT, 5, 1, 1, 1, 1), counter32(3)
    yield (*PRT, 5, 1, 1, 16, 1), octets(label)
    if shown.model.family in _TELL_SERIAL:
        yield (*PRT, 5, 1, 1, 17, 1), octets(str(shown.texts["told_serial"]))
    yield (*PRT, 8, 2, 1, 9, 1, 1), integer(250)
    yield (*PRT, 8, 2, 1, 10, 1, 1), integer(-3)
    yield (*PRT, 8, 2, 1, 13, 1, 1), octets("Tray 1")
    yield (*PRT, 10, 2, 1, 2, 1, 1), integer(4)  # electrophotographicLaser
    yield (*PRT, 10, 2, 1, 3, 1, 1), integer(_IMPRESSIONS)
    yield (*PRT, 10, 2, 1, 4, 1, 1), counter32(shown.pages)
    yield (*PRT, 10, 2, 1, 5, 1, 1), counter32(shown.pages % 900)
    yield from _supplies(shown)
    yield (*PRT, 16, 5, 1, 2, 1, 1), octets("Toner low" if low else "Ready")


def _supplies(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    percent = shown.model.family in {"hp-laserjet", "samsung-printer"}
    for n, (name, capacity, level) in enumerate(shown.supplies(), 1):
        colour = next((c for c in ("Cyan", "Magenta", "Yellow") if c in name), "Black")
        row: dict[int, Typed] = {
            2: integer(1),
            3: integer(n),
            4: integer(3),
            5: integer(9 if "Drum" in name else _TONER),
            6: octets(name),
            7: integer(_PERCENT if percent else _IMPRESSIONS),
            8: integer(100 if percent else capacity),
            9: integer(level * 100 // capacity if percent else level),
        }
        for column, value in row.items():
            yield (*PRT, 11, 1, 1, column, 1, n), value
        yield (*PRT, 12, 1, 1, 4, 1, n), octets(colour.lower())
