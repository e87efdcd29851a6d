"""CISCO-VTP-MIB and CISCO-VLAN-MEMBERSHIP-MIB: VLANs and the access VLAN of a port."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.bridge import port_vlan
from simulator.mibs.values import integer, octets
from simulator.shown import Shown

VTP_VLAN = (1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1)
VM_VLAN = (1, 3, 6, 1, 4, 1, 9, 9, 68, 1, 2, 2, 1, 2)


def vlan_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    for vlan in sorted(shown.device.vlans):
        yield (*VTP_VLAN, 2, 1, vlan), integer(1)
        yield (*VTP_VLAN, 3, 1, vlan), integer(1)
        yield (*VTP_VLAN, 4, 1, vlan), octets("default" if vlan == 1 else f"VLAN{vlan:04d}")
    for face in shown.bridged:
        yield (*VM_VLAN, face.index), integer(port_vlan(shown, face))
