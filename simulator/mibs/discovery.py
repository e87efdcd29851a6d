"""LLDP-MIB (IEEE 802.1AB-2005, 1.0.8802.1.1.2) and CISCO-CDP-MIB."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.chance import between
from simulator.mibs.values import integer, object_id, octets, ticks
from simulator.plan import mac_bytes, mac_text
from simulator.shown import Face, Heard, Shown

LLDP = (1, 0, 8802, 1, 1, 2, 1)
CDP = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1)
#: LldpSystemCapabilitiesMap bits by kind: bridge 0x20, access point 0x10, router 0x08.
_CAPABILITIES = {"switch": b"\x28\x00", "router": b"\x28\x00", "firewall": b"\x08\x00", "wireless": b"\x30\x00"}
_CDP_CAPABILITIES = {"router": b"\x00\x00\x00\x29", "switch": b"\x00\x00\x00\x28"}
CHASSIS_MAC, PORT_MAC, PORT_NAME, PORT_LOCAL = 4, 3, 5, 7


def local_port(shown: Shown, face: Face) -> int:
    """lldpLocPortNum: the bridge port in some families, ifIndex in most."""
    if shown.model.fields.get("lldp_port", "ifindex") == "bridgeport":
        return shown.base_port(face)
    return face.index


def port_id(heard: Heard) -> tuple[int, bytes]:
    """(subtype, id) that the neighbour sends for its port."""
    style = heard.model.fields.get("lldp_id", "mac" if heard.model.kind == "wireless" else "name")
    if style == "mac" and heard.remote.mac is not None:
        return PORT_MAC, mac_bytes(heard.remote.mac)
    if style == "local":
        return PORT_LOCAL, heard.remote.name.encode()
    return PORT_NAME, heard.remote.name.encode()


def lldp_local_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """What it says of itself."""
    yield (*LLDP, 3, 1, 0), integer(CHASSIS_MAC)
    yield (*LLDP, 3, 2, 0), octets(mac_bytes(shown.device.box.mac))
    yield (*LLDP, 3, 3, 0), octets(shown.device.name)
    yield (*LLDP, 3, 4, 0), octets(shown.descr)
    yield (*LLDP, 3, 5, 0), octets(_CAPABILITIES.get(shown.model.kind, b"\x01\x00"))
    yield (*LLDP, 3, 6, 0), octets(_CAPABILITIES.get(shown.model.kind, b"\x01\x00"))
    for face in shown.physical:
        number = local_port(shown, face)
        yield (*LLDP, 3, 7, 1, 2, number), integer(PORT_NAME)
        yield (*LLDP, 3, 7, 1, 3, number), octets(face.name)
        yield (*LLDP, 3, 7, 1, 4, number), octets(face.descr)


def lldp_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """What it says of itself, and what it heard."""
    yield from lldp_local_rows(shown)
    as_text = "lldp_short" in shown.model.mibs  # RouterOS writes chassis addresses as text
    for turn, heard in enumerate(shown.heard("lldp"), 1):
        time_mark = between(1000, 2_000_000, "lldp", shown.device.id, heard.device.id)
        index = (time_mark, local_port(shown, heard.face), turn)
        subtype, sent = port_id(heard)
        chassis = heard.device.box.mac
        row: dict[int, Typed] = {
            4: integer(CHASSIS_MAC),
            5: octets(mac_text(chassis).upper() if as_text else mac_bytes(chassis)),
            6: integer(subtype),
            7: octets(sent),
            8: octets(heard.remote.descr or heard.remote.name),
            9: octets(heard.device.name),
            10: octets(heard.descr[:255]),
            11: octets(_CAPABILITIES.get(heard.model.kind, b"\x01\x00")),
            12: octets(_CAPABILITIES.get(heard.model.kind, b"\x01\x00")),
        }
        for column, value in row.items():
            yield (*LLDP, 4, 1, 1, column, *index), value
        address = tuple(int(part) for part in heard.device.address.split("."))
        where = (*index, 1, 4, *address)
        yield (*LLDP, 4, 2, 1, 3, *where), integer(2)
        yield (*LLDP, 4, 2, 1, 4, *where), integer(heard.remote.index)
        yield (*LLDP, 4, 2, 1, 5, *where), object_id((0, 0))


def cdp_rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    """cdpCacheTable; its index holds the local ifIndex."""
    yield (*CDP, 3, 1, 0), integer(1)
    yield (*CDP, 3, 4, 0), octets(shown.device.name)
    for turn, heard in enumerate(shown.heard("cdp"), 1):
        index = (heard.face.index, turn)
        row: dict[int, Typed] = {
            3: integer(1),
            4: octets(bytes(int(part) for part in heard.device.address.split("."))),
            5: octets(heard.descr),
            6: octets(heard.device.name),
            7: octets(heard.remote.descr),
            8: octets(f"cisco {heard.model.name}"),
            9: octets(_CDP_CAPABILITIES.get(heard.model.kind, b"\x00\x00\x00\x00")),
            24: ticks(shown.uptime_s),
        }
        for column, value in row.items():
            yield (*CDP, 2, 1, 1, column, *index), value
