"""Linux as a switch: what its bridges have learnt (`bridge fdb`, iproute2) and whom lldpd has heard (`lldpctl -f keyvalue`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from collectors.ssh.answers import ip, mac
from inventory.facts import ForwardingEntry, Neighbour
from inventory.hardware_addresses import is_station

#: IANAifType of what ip-link(8) calls the kind of a link; others are Ethernet.
TYPES = {"bridge": 209, "bond": 161, "team": 161, "vlan": 135, "tun": 131, "wireguard": 131}
_HEARD = re.compile(r"lldp\.(.+?)\.(via|chassis\.(?:mac|name|descr|mgmt-ip|local)|port\.(?:ifname|mac|local|ifalias|descr))=(.*)")


def forwarding(rows: Iterable[Mapping[str, Any]], text: str, index_of: Mapping[str, int]) -> tuple[ForwardingEntry, ...]:
    """Learned stations; `rows`: of `bridge -j fdb show`, `text`: of `bridge fdb show`, where JSON is not known."""
    found: list[tuple[Any, ...]] = [tuple(map(row.get, ("mac", "ifname", "vlan", "state", "master"))) for row in rows]
    for line in text.splitlines() if not found else ():
        words = line.split()
        after = dict(pairwise(words))
        state = "permanent" if {"permanent", "static"} & set(words) else ""
        found.append((next(iter(words), None), after.get("dev"), after.get("vlan"), state, after.get("master")))
    entries = []
    for said, port, vlan, state, bridge in found:
        station = mac(str(said))
        if station is not None and is_station(station) and bridge and port and state not in ("permanent", "static"):
            number = int(str(vlan)) if str(vlan).isdecimal() else None
            entries.append(ForwardingEntry(station, str(port), index_of.get(str(port)), number))
    return tuple(dict.fromkeys(entries))


def neighbours(text: str, index_of: Mapping[str, int]) -> tuple[Neighbour, ...]:
    """Whom lldpd has heard, by whatever protocol."""
    heard: list[dict[str, str]] = []
    for line in text.splitlines():
        match = _HEARD.fullmatch(line.strip())
        if match is None:
            continue
        port, key, value = match.groups()
        if key == "via":
            heard.append({"port": port})
        if heard and heard[-1]["port"] == port:
            heard[-1].setdefault(key, value.strip())
    return tuple(
        Neighbour(
            re.sub(r"v\d$", "", one["via"].lower()),
            one["port"],
            index_of.get(one["port"]),
            remote_name=one.get("chassis.name") or None,
            remote_port=one.get("port.ifname") or one.get("port.local") or mac(one.get("port.mac")) or None,
            remote_port_description=one.get("port.descr") or one.get("port.ifalias") or None,
            remote_chassis=mac(one.get("chassis.mac")) or one.get("chassis.local") or None,
            remote_address=ip(one.get("chassis.mgmt-ip")),
            remote_description=one.get("chassis.descr") or None,
        )
        for one in heard
    )
