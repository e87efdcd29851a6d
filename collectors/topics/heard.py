"""What a neighbour said of itself, from a row of whichever table keeps it: LLDP's fields (IEEE 802.1AB), or CDP's."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.asking import Value
from collectors.topics.ports import Ports
from collectors.values import address, decode, integer, ip_value, line, mac, mac_text
from inventory.facts import Neighbour

#: A row by what its columns hold; a column that the row lacks is None.
Row = Mapping[str, Value | None]

_CHASSIS_MAC, _CHASSIS_ADDRESS = 4, 5  # LldpChassisIdSubtype
_PORT_MAC, _PORT_ADDRESS = 3, 4  # LldpPortIdSubtype
_IP = (1, 20, None)  # CiscoNetworkProtocol: ip, ipv6; agents that leave it out mean one of them


def remote(protocol: str, local: str, if_index: int | None, row: Row, told: str | None = None) -> Neighbour | None:
    """A row of an LLDP table, whoever's: lldpRemTable and its likes. `told` is the management address from elsewhere."""
    if row["chassis"] is None and row["port"] is None and row["name"] is None:
        return None
    chassis_subtype, port_subtype = integer(row["chassis_subtype"]), integer(row["port_subtype"])
    return Neighbour(
        protocol=protocol,
        local_port=local,
        local_index=if_index,
        remote_name=line(row["name"]),
        remote_port=_port(port_subtype, row["port"]),
        remote_port_description=line(row["port_description"]),
        remote_chassis=_chassis(chassis_subtype, row["chassis"]),
        remote_address=told or (network_address(row["chassis"]) if chassis_subtype == _CHASSIS_ADDRESS else None),
        remote_description=line(row["description"]),
    )


def cached(protocol: str, if_index: int | None, row: Row, ports: Ports) -> Neighbour | None:
    """A row of CDP's cache, or of one made like it: device id, port and platform are text."""
    name, port = line(row["name"]), line(row["port"])
    if not name and not port:
        return None
    device = row["name"]
    if isinstance(device, bytes) and len(device) == 6 and not printable(device):
        name = mac_text(device)
    platform = line(row["platform"])
    ip = integer(row.get("address_type")) in _IP
    return Neighbour(
        protocol=protocol,
        local_port=ports.name(if_index),
        local_index=if_index,
        remote_name=name,
        remote_port=port,
        remote_address=ip_value(row["address"]) if ip else None,
        remote_description=line(row["description"]) or platform,
        remote_vendor_model=platform,
    )


def _chassis(subtype: int | None, value: Value | None) -> str | None:
    if isinstance(value, bytes):
        if subtype == _CHASSIS_MAC or (len(value) == 6 and not printable(value)):
            return mac(value) or line(value)
        if subtype == _CHASSIS_ADDRESS:
            return network_address(value) or line(value)
    return line(value)


def _port(subtype: int | None, value: Value | None) -> str | None:
    if isinstance(value, bytes):
        if subtype == _PORT_MAC or (len(value) == 6 and not printable(value)):
            return mac(value) or line(value)
        if subtype == _PORT_ADDRESS:
            return network_address(value) or line(value)
    return line(value)


def printable(value: bytes) -> bool:
    return decode(value).isprintable() and all(byte >= 0x20 for byte in value.rstrip(b"\x00"))


def network_address(value: Value | None) -> str | None:
    """IANA address family in the first octet, then the address (IEEE 802.1AB, 8.5.2.3); some leave the family out."""
    if not isinstance(value, bytes):
        return None
    return address(value[1:]) if len(value) in (5, 17) else ip_value(value)
