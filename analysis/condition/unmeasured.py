"""What could have told something of a device's condition and was not measured: listed, never held against it."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.condition.given import ALWAYS_ON, NETWORK, Given
from analysis.condition.printing import duty_of
from analysis.condition.space import memory_tells
from analysis.tables import code
from inventory.sentences import pack

_COMPUTERS = frozenset({"pc", "server", "storage", "nvr"})
_WARM = NETWORK | {"server", "storage", "nvr"}


def unmeasured(given: Given) -> Iterator[dict]:
    """Rows of UNMEASURED, by device."""
    parts: dict[str, set[str]] = {}
    for device, kind in given.components[["device", "kind"]].dropna().itertuples(index=False):
        parts.setdefault(device, set()).add(kind)
    counting = set(given.ports.frame.loc[given.ports.frame["in_errors"].notna(), "device"].dropna())
    for device in sorted(given.devices):
        for what, why in _missing(given, device, parts.get(device, set()), device in counting):
            yield {"device": device, "office": code(given.devices[device].get("office")) or None, "what": what, "why": why}


def _missing(given: Given, device: str, parts: set[str], counts: bool) -> Iterator[tuple[str, str]]:
    kind = given.kind(device)
    tells = given.tells
    if kind in _COMPUTERS and not tells(device, "disk_health", "disk_pending", "disk_reallocated"):
        yield "disk_health", pack("detail.unmeasured_disk")
    if kind in _WARM and not tells(device, "temperature", "temperature_status"):
        yield "temperature", pack("detail.unmeasured_temperature")
    if "fan" in parts and not tells(device, "fan_status"):
        yield "fan_state", pack("detail.unmeasured_fan")
    if "psu" in parts and not tells(device, "supply_status"):
        yield "supply_state", pack("detail.unmeasured_supply")
    if kind == "ups" and not tells(device, "battery_status", "battery_replace", "battery_runtime"):
        yield "battery", pack("detail.unmeasured_battery")
    if kind == "ups" and not tells(device, "battery_replaced_on"):
        yield "battery_age", pack("detail.unmeasured_battery_age")
    if kind == "printer" and not tells(device, "pages"):
        yield "pages", pack("detail.unmeasured_pages")
    if kind == "printer" and duty_of(given, device) is None:
        yield "page_duty", pack("detail.unmeasured_duty")
    if kind == "printer" and not tells(device, "supply_level"):
        yield "supplies", pack("detail.unmeasured_supplies")
    if kind in _COMPUTERS and not tells(device, "storage_used"):
        yield "storage", pack("detail.unmeasured_storage")
    if kind in _COMPUTERS and not any(memory_tells(given, device, item) for item in given.items_of(device, "memory_used")):
        yield "memory", pack("detail.unmeasured_memory")
    if kind in NETWORK | {"server"} and not tells(device, "cpu_load"):
        yield "processor", pack("detail.unmeasured_processor")
    if kind in NETWORK and not counts:
        yield "port_errors", pack("detail.unmeasured_errors")
    if kind in ALWAYS_ON and len(given.series(device, "uptime")) < 2:
        yield "reboots", pack("detail.unmeasured_reboots")
    if not given.measured_twice(device):
        yield "trends", pack("detail.unmeasured_trends")
