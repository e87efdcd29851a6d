"""What of the district is open for whoever should not be in it: planted by the YAML (`doors`), by its credentials, and by how old
its SSH servers are; told by the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.agent import Doors, HttpsDoor
from simulator.plan import Device, Plan

if TYPE_CHECKING:
    from simulator.network import Network

#: Of the district's communities, the one that makers ship.
SHIPPED = "public"
_OLD_TLS = "TLSv1"


def plant(plan: Plan, entry: Mapping[str, Any]) -> None:
    """One entry of `doors`: the device that it is `at`, and what listens there."""
    device = plan.devices[entry["at"]]
    https = HttpsDoor(**entry["https"]) if "https" in entry else None
    doors = Doors(entry.get("telnet", False), entry.get("http", False), https)
    plan.devices[device.id] = replace(device, doors=doors)


def openings(network: Network) -> Iterator[tuple[str, Device]]:
    """(kind, device) of every one that somebody can find who has the district's credentials."""
    spread: dict[str, set[str]] = {}
    readable = [device for device in network.running if network.snmp_readable(device) and device.access.community]
    for device in readable:
        spread.setdefault(_community(network, device), set()).add(device.office)
    for device in readable:
        secret = _community(network, device)
        yield "snmp_v1_v2c", device
        if secret == SHIPPED:
            yield "default_community", device
        elif len(spread[secret]) > 1:
            yield "shared_community", device
    for device in network.running:
        for kind in (*_ssh(network, device), *_doors(network, device)):
            yield kind, device


def _community(network: Network, device: Device) -> str:
    return network.credentials[str(device.access.community)]["secret"]


def _ssh(network: Network, device: Device) -> Iterator[str]:
    """Of the algorithms that `simulator.ssh.server` offers."""
    face = network._ssh(device)
    if face is None or face.fault.refuse or face.fault.hang or face.platform == "linux":  # one that hangs counts as silent
        return
    yield from ("ssh_weak_kex", "ssh_weak_cipher")
    if face.fault.legacy_crypto:
        yield "ssh_weak_host_key"


def _doors(network: Network, device: Device) -> Iterator[str]:
    doors = device.doors
    if doors.telnet:
        yield "telnet_open"
    if doors.http:
        yield "http_open"
    if doors.https is not None:
        yield "certificate_self_signed"
        if doors.https.version == _OLD_TLS:
            yield "tls_old"
        if doors.https.short_key:
            yield "certificate_weak"
        if doors.https.ended is not None and doors.https.ended < network.date:
            yield "certificate_expired"
