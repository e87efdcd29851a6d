"""Values as agents type them (RFC 2578)."""

from __future__ import annotations

import ipaddress

from simulator import agent
from simulator.agent import Oid, Typed


def integer(value: int) -> Typed:
    return agent.INTEGER, int(value)


def octets(value: str | bytes) -> Typed:
    return agent.OCTET_STRING, value.encode() if isinstance(value, str) else value


def object_id(value: Oid) -> Typed:
    return agent.OBJECT_IDENTIFIER, tuple(value)


def ip(value: str) -> Typed:
    return agent.IP_ADDRESS, ipaddress.IPv4Address(value).packed


def counter32(value: int) -> Typed:
    return agent.COUNTER32, int(value) % 2**32


def counter64(value: int) -> Typed:
    return agent.COUNTER64, int(value) % 2**64


def gauge(value: int) -> Typed:
    """Gauge32 stops at its top, it does not wrap."""
    return agent.GAUGE32, min(max(0, int(value)), 2**32 - 1)


def ticks(seconds: float) -> Typed:
    """TimeTicks are hundredths of a second and wrap after 497 days."""
    return agent.TIME_TICKS, int(seconds * 100) % 2**32


def mac_index(mac: int) -> Oid:
    return tuple(mac.to_bytes(6, "big"))


def ip_index(address: str) -> Oid:
    return tuple(ipaddress.IPv4Address(address).packed)


def mask(prefix: int) -> Typed:
    return ip(str(ipaddress.ip_network(f"0.0.0.0/{prefix}").netmask))
