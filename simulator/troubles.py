"""Troubles of cables and of worn devices that a good look at the inventory finds: planted by the district's YAML, told by the
truth.

A trouble is a property of a cable or a device; events may move or replace these, so that the truth reads it off the plan again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from simulator.cabling import Cabling
from simulator.plan import Cable, Plan

#: Kinds whose ports lead to other devices.
_OF_THE_NETWORK = frozenset({"switch", "router", "firewall", "wireless"})
#: What may be wrong with a box itself, until it is replaced.
AILMENTS = frozenset(
    {
        "hot", "fan_failed", "supply_failed", "disk_failing", "disk_counts", "battery_weak", "storage_full", "memory_full",
        "pages_past_duty", "kit_due", "restarts",
    }
)  # fmt: skip
_NEARLY_ALL = 85  # percent of the power that a switch may feed


def plant(plan: Plan, trouble: Mapping[str, Any]) -> None:
    """One entry of `troubles`: its `kind`, the devices that it is `between` or `at`, and what the kind needs besides."""
    kind = trouble["kind"]
    if "between" in trouble:
        ends = set(trouble["between"])
        cable = next(c for c in plan.cables.values() if {c.a, c.b} == ends)
        if kind == "vlan_mismatch":
            port = cable.a_port if cable.a == trouble["at"] else cable.b_port
            device = plan.devices[trouble["at"]]
            plan.devices[device.id] = replace(device, pvids=(*device.pvids, (port, trouble["vlan"])))
        else:
            plan.cables[cable.id] = _troubled(cable, trouble, plan)
        return
    device = plan.devices[trouble["at"]]
    if kind == "power_budget":
        plan.devices[device.id] = replace(device, feeds_percent=trouble["percent"])
    elif kind == "no_spanning_tree":
        plan.devices[device.id] = replace(device, spanning_tree=False)
    elif kind in AILMENTS:
        plan.devices[device.id] = replace(device, ails=device.ails | {kind})
    else:
        raise ValueError(f"no trouble of a device is called {kind}")


def _troubled(cable: Cable, trouble: Mapping[str, Any], plan: Plan) -> Cable:
    match trouble["kind"]:
        case "duplex_mismatch":
            return replace(cable, half=trouble["half"], most_mbps=100, errors_per_day=trouble["errors_per_day"])
        case "slow_link":
            return replace(cable, most_mbps=100)
        case "rising_errors":
            return replace(cable, worse_since=plan.date, errors_per_day=trouble["errors_per_day"])
        case "flapping":
            return replace(cable, flaps=True)
    raise ValueError(f"no trouble of a cable is called {trouble['kind']}")


def troubles(cabling: Cabling) -> Iterator[tuple[str, str, str, str, str]]:
    """(kind, place, port, other place, other port) of every trouble that stands; a port is blank where it is the device's."""
    devices = cabling.plan.devices
    for cable in cabling.plan.cables.values():
        if not (cable.a in devices and cable.b in devices and cabling.usable(cable)):
            continue
        ends = (cable.a, cable.a_port, cable.b, cable.b_port)
        if cable.half:
            yield "duplex_mismatch", *(ends if cable.half == cable.a else (*ends[2:], *ends[:2]))
        if cable.most_mbps and all(cabling.models[place].kind in _OF_THE_NETWORK for place in (cable.a, cable.b)):
            yield "slow_link", *ends
        if cable.worse_since is not None:
            yield "rising_errors", *ends
        if cable.flaps:
            yield "flapping", *ends
        for place, port, other, other_port in (ends, (*ends[2:], *ends[:2])):
            if port in dict(devices[place].pvids):
                yield "vlan_mismatch", place, port, other, other_port
    for device in devices.values():
        if not device.alive:
            continue
        if device.feeds_percent >= _NEARLY_ALL and "feeds_watts" in cabling.models[device.id].fields:
            yield "power_budget", device.id, "", "", ""
        if not device.spanning_tree and cabling.models[device.id].kind == "switch":
            yield "no_spanning_tree", device.id, "", "", ""
        for ailment in sorted(device.ails):
            yield ailment, device.id, "", "", ""
