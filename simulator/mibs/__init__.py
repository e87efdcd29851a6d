"""MIB contents, one module a MIB group: each gives the rows that one device shows, from what it knows (`simulator.shown`).

`tree` puts together the groups that a model's family lists, and the family's private scalars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from simulator.agent import Oid, Typed
from simulator.mibs import (
    addresses,
    bridge,
    cisco,
    discovery,
    entity,
    environment,
    host,
    interfaces,
    power,
    printer,
    private,
    system,
    ups,
)
from simulator.shown import Shown

Row = tuple[Oid, Typed]

GROUPS: Mapping[str, Callable[[Shown], Iterator[Row]]] = {
    "system": system.rows,
    "interfaces": interfaces.rows,
    "ifx": interfaces.extension_rows,
    "duplex": interfaces.duplex_rows,
    "lag": interfaces.lag_rows,
    "power": power.rows,
    "addresses": addresses.own_rows,
    "arp": addresses.arp_rows,
    "bridge": bridge.bridge_rows,
    "qbridge": bridge.qbridge_rows,
    "lldp": discovery.lldp_rows,
    "lldp_short": discovery.lldp_rows,
    "lldp_local": discovery.lldp_local_rows,
    "cdp": discovery.cdp_rows,
    "entity": entity.rows,
    "routeros_entity": entity.routeros_rows,
    "cisco_vtp": cisco.vlan_rows,
    "envmon": environment.cisco_rows,
    "hp_sensors": environment.hp_rows,
    "aruba_ap": private.aruba_rows,
    "printer": printer.rows,
    "ups": ups.rows,
    "powernet": ups.powernet_rows,
    "host": host.rows,
    "host_small": host.small_rows,
}


def tree(shown: Shown) -> dict[Oid, Typed]:
    """Every object that the device's agent shows, unsorted."""
    half = shown.device.access.half
    found: dict[Oid, Typed] = {}
    for group in shown.model.mibs:
        if group == half or (half == "lldp" and group.startswith("lldp")) or (half == "bridge" and group == "qbridge"):
            continue
        found.update(GROUPS[group](shown))
    found.update(private.rows(shown))
    return found
