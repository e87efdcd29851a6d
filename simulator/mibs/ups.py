"""UPS-MIB (RFC 1628) and the scalars of APC's PowerNet-MIB."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.chance import between
from simulator.mibs.values import gauge, integer, octets, ticks
from simulator.shown import Shown

UPS = (1, 3, 6, 1, 2, 1, 33, 1)
APC = (1, 3, 6, 1, 4, 1, 318, 1, 1, 1)
_WORN_OUT = 0.45  # share of the runtime at which the unit asks for a new battery


def _load(shown: Shown) -> int:
    return between(12, 68, "load", shown.device.box.asset)


def _minutes(shown: Shown) -> int:
    return max(1, round(shown.model.fields["runtime"] * shown.battery_health * (1.4 - _load(shown) / 100)))


def _celsius(shown: Shown) -> int:
    return between(26, 39, "warm", shown.device.box.asset) + (3 if shown.today.month in {5, 6, 7, 8} else 0)


def _volts(shown: Shown) -> int:
    return between(209, 236, "volts", shown.device.box.asset, shown.today)


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    worn = shown.battery_health < _WORN_OUT
    maker = str(shown.model.fields.get("ups_maker", shown.model.vendor))
    name = str(shown.model.fields.get("ups_name", "")).format(**shown.texts)
    yield (*UPS, 1, 1, 0), octets(maker)
    yield (*UPS, 1, 2, 0), octets(shown.model.name)
    yield (*UPS, 1, 3, 0), octets(str(shown.model.fields.get("firmware", "")))
    yield (*UPS, 1, 4, 0), octets(shown.device.version)
    yield (*UPS, 1, 5, 0), octets(name)
    yield (*UPS, 2, 1, 0), integer(3 if worn else 2)  # batteryLow | batteryNormal
    yield (*UPS, 2, 2, 0), integer(0)
    yield (*UPS, 2, 3, 0), integer(_minutes(shown))
    yield (*UPS, 2, 4, 0), integer(100 if shown.battery_health > 0.5 else 87)
    yield (*UPS, 2, 5, 0), integer(273)
    yield (*UPS, 2, 7, 0), integer(_celsius(shown))
    yield (*UPS, 3, 2, 0), integer(1)
    yield (*UPS, 3, 3, 1, 2, 1), integer(500)
    yield (*UPS, 3, 3, 1, 3, 1), integer(_volts(shown))
    yield (*UPS, 4, 1, 0), integer(3)  # normal
    yield (*UPS, 4, 2, 0), integer(500)
    yield (*UPS, 4, 3, 0), integer(1)
    yield (*UPS, 4, 4, 1, 2, 1), integer(230)
    yield (*UPS, 4, 4, 1, 5, 1), integer(_load(shown))
    yield (*UPS, 6, 1, 0), gauge(1 if worn else 0)


def powernet_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    worn = shown.battery_health < _WORN_OUT
    yield (*APC, 1, 1, 1, 0), octets(shown.model.name)
    yield (*APC, 1, 1, 2, 0), octets(shown.device.name)
    yield (*APC, 1, 2, 1, 0), octets(str(shown.model.fields["firmware"]))
    yield (*APC, 1, 2, 2, 0), octets(f"{shown.device.box.built:%m/%d/%y}")
    yield (*APC, 1, 2, 3, 0), octets(str(shown.texts["told_serial"]))
    yield (*APC, 2, 1, 1, 0), integer(3 if worn else 2)
    yield (*APC, 2, 1, 2, 0), ticks(0)
    yield (*APC, 2, 1, 3, 0), octets(f"{shown.battery_installed:%m/%d/%Y}")
    yield (*APC, 2, 2, 1, 0), gauge(100 if shown.battery_health > 0.5 else 87)
    yield (*APC, 2, 2, 2, 0), gauge(_celsius(shown))
    yield (*APC, 2, 2, 3, 0), ticks(_minutes(shown) * 60)
    yield (*APC, 2, 2, 4, 0), integer(2 if worn else 1)  # batteryNeedsReplacing | noBatteryNeedsReplacing
    yield (*APC, 3, 2, 1, 0), gauge(_volts(shown))
    yield (*APC, 4, 1, 1, 0), integer(2)  # onLine
    yield (*APC, 4, 2, 1, 0), gauge(230)
    yield (*APC, 4, 2, 3, 0), gauge(_load(shown))
