"""BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363): bridge ports, spanning tree, forwarding tables, VLANs."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import counter32, gauge, integer, mac_index, object_id, octets, ticks
from simulator.plan import mac_bytes
from simulator.shown import Face, Shown

BRIDGE = (1, 3, 6, 1, 2, 1, 17)
Q = (*BRIDGE, 7, 1)
LEARNED, SELF = 3, 4


def _base_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    yield (*BRIDGE, 1, 1, 0), octets(mac_bytes(shown.device.box.mac))
    yield (*BRIDGE, 1, 2, 0), integer(len(shown.bridged))
    yield (*BRIDGE, 1, 3, 0), integer(2)
    for face in shown.bridged:
        port = shown.base_port(face)
        yield (*BRIDGE, 1, 4, 1, 1, port), integer(port)
        yield (*BRIDGE, 1, 4, 1, 2, port), integer(face.index)
        yield (*BRIDGE, 1, 4, 1, 3, port), object_id((0, 0))
        yield (*BRIDGE, 1, 4, 1, 4, port), counter32(0)
        yield (*BRIDGE, 1, 4, 1, 5, port), counter32(0)
    yield from _spanning_tree_rows(shown)


def _spanning_tree_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    if shown.model.kind != "switch":
        return
    running = shown.device.spanning_tree
    yield (*BRIDGE, 2, 1, 0), integer(3)  # ieee8021d
    yield (*BRIDGE, 2, 2, 0), integer(32768)
    yield (*BRIDGE, 2, 3, 0), ticks(shown.uptime_s)
    yield (*BRIDGE, 2, 4, 0), counter32((1 + shown.uptime_s // 4_000_000) * running)
    yield (*BRIDGE, 2, 5, 0), octets(_root(shown) if running else bytes(8))
    for face in shown.bridged:
        port = shown.base_port(face)
        yield (*BRIDGE, 2, 15, 1, 1, port), integer(port)
        yield (*BRIDGE, 2, 15, 1, 2, port), integer(128)
        yield (*BRIDGE, 2, 15, 1, 3, port), integer(port_state(shown, face))
        yield (*BRIDGE, 2, 15, 1, 4, port), integer(1 if face.admin_up else 2)


def port_state(shown: Shown, face: Face) -> int:
    """dot1dStpPortState: disabled(1), blocking(2), forwarding(5)."""
    hop = shown.line(face)
    if hop is None:
        return 1
    # The end further from the centre blocks; cables are written from there.
    return 2 if hop.cable.blocked and hop.cable.a == shown.device.id else 5


def _root(shown: Shown) -> bytes:
    """The root's bridge identifier: priority and address."""
    root = shown.cabling.root(shown.device)
    return (4096 if root.id.endswith("/core1") else 32768).to_bytes(2, "big") + mac_bytes(root.box.mac)


def bridge_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """One forwarding table, without VLANs. (IOS keeps one for each VLAN, under community@vlan; here they are together.)"""
    yield from _base_rows(shown)
    for mac, face, port, _ in shown.forwarding:
        if face is not None:
            index = mac_index(mac)
            yield (*BRIDGE, 4, 3, 1, 1, *index), octets(mac_bytes(mac))
            yield (*BRIDGE, 4, 3, 1, 2, *index), integer(port)
            yield (*BRIDGE, 4, 3, 1, 3, *index), integer(LEARNED)
    own = mac_index(shown.device.box.mac)
    yield (*BRIDGE, 4, 3, 1, 1, *own), octets(mac_bytes(shown.device.box.mac))
    yield (*BRIDGE, 4, 3, 1, 2, *own), integer(0)
    yield (*BRIDGE, 4, 3, 1, 3, *own), integer(SELF)


def qbridge_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """A forwarding table for each VLAN, the VLANs, and the ports' untagged VLAN."""
    yield from _base_rows(shown)
    vlans = sorted(shown.device.vlans)
    yield (*Q, 1, 1, 0), integer(1)
    yield (*Q, 1, 2, 0), integer(4094)
    yield (*Q, 1, 3, 0), gauge(4094)
    yield (*Q, 1, 4, 0), gauge(len(vlans))
    for vlan in vlans:
        yield (*Q, 2, 1, 1, 2, vlan), counter32(sum(v == vlan for *_, v in shown.forwarding))
    for mac, face, port, vlan in shown.forwarding:
        if face is not None:
            yield (*Q, 2, 2, 1, 2, vlan, *mac_index(mac)), integer(port)
            yield (*Q, 2, 2, 1, 3, vlan, *mac_index(mac)), integer(LEARNED)
    own = (shown.device.vlan, *mac_index(shown.device.box.mac))
    yield (*Q, 2, 2, 1, 2, *own), integer(0)
    yield (*Q, 2, 2, 1, 3, *own), integer(SELF)
    members = {vlan: _port_list(shown, vlan, tagged=True) for vlan in vlans}
    for vlan in vlans:
        untagged = _port_list(shown, vlan, tagged=False)
        yield (*Q, 4, 2, 1, 3, 0, vlan), gauge(vlan)
        yield (*Q, 4, 2, 1, 4, 0, vlan), octets(members[vlan])
        yield (*Q, 4, 2, 1, 5, 0, vlan), octets(untagged)
        yield (*Q, 4, 2, 1, 6, 0, vlan), integer(2)
        yield (*Q, 4, 3, 1, 1, vlan), octets("default" if vlan == 1 else f"VLAN{vlan:04d}")
        yield (*Q, 4, 3, 1, 2, vlan), octets(members[vlan])
        yield (*Q, 4, 3, 1, 4, vlan), octets(untagged)
        yield (*Q, 4, 3, 1, 5, vlan), integer(1)
    for face in shown.bridged:
        yield (*Q, 4, 5, 1, 1, shown.base_port(face)), gauge(port_vlan(shown, face))


def port_vlan(shown: Shown, face: Face) -> int:
    """The untagged VLAN of a port: that of what is plugged in (running or not) where it has one, else the switch's own."""
    if face.name in (mistaken := dict(shown.device.pvids)):
        return mistaken[face.name]
    other = shown.cabling.plugged.get((shown.device.id, face.name))
    if other is not None:
        carried = shown.cabling.vlans(other)
        if carried is not None and len(carried) == 1 and (carried <= shown.device.vlans or not shown.cabling.forwards(other)):
            return next(iter(carried))
    home = {10, 20} & shown.device.vlans
    return min(home) if len(shown.device.vlans) > 1 and home else shown.device.vlan


def _port_list(shown: Shown, vlan: int, *, tagged: bool) -> bytes:
    """A PortList (RFC 4363): one bit a bridge port, the first port is the highest bit."""
    bits = bytearray((max(map(shown.base_port, shown.bridged), default=0) + 7) // 8)
    for face in shown.bridged:
        untagged = port_vlan(shown, face) == vlan
        hop = shown.line(face)
        trunk = hop is not None and shown.cabling.forwards(hop.to) and shown.cabling.passes(hop.to, vlan)
        if untagged or (tagged and trunk):
            number = shown.base_port(face) - 1
            bits[number // 8] |= 0x80 >> number % 8
    return bytes(bits)
