"""What a perfect inventory would know at a date: devices, links, endpoints, unmanaged switches, cables; plain JSON.

`tells` says which facts the wire reveals at all to someone with the district's credentials, found by looking for the fact in
everything that the agent shows; `accepted` lists further right spellings of vendor, model and release.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.agent import OCTET_STRING
from simulator.cabling import Cabling, Hop
from simulator.mibs.bridge import port_state
from simulator.openings import openings
from simulator.plan import Device, Station, mac_text
from simulator.shown import Face, Shown
from simulator.troubles import troubles

if TYPE_CHECKING:
    from simulator.network import Network

FIELDS = ("vendor", "model", "serial", "os_version")


def truth(network: Network) -> dict[str, Any]:
    """The whole truth; the keys are those that the demonstration and the tests compare with the inventory."""
    return {
        "date": network.date.isoformat(),
        "devices": [device_truth(network, device) for device in network.running],
        "links": list(links(network)),
        "cables": list(cables(network)),
        "endpoints": list(endpoints(network)),
        "unmanaged": list(unmanaged(network)),
        "services": list(services(network)),
        "troubles": list(troubles_truth(network)),
        "openings": [
            {"kind": kind, "address": device.address, "office": device.office, "place": device.id}
            for kind, device in openings(network)
        ],
    }


# --- devices ----------------------------------------------------------------------------------------------------------------


def accepted(shown: Shown) -> dict[str, list[str]]:
    """Right spellings of each identity fact, the canonical one first. Empty strings are left out."""
    model, box = shown.model, shown.device.box
    found = {
        "vendor": [model.vendor, *model.brands, str(model.fields.get("dmi_vendor", ""))],
        "model": [model.name, *model.aliases, str(model.fields.get("dmi_model", ""))],
        "serial": [box.serial],
        "os_version": [*model.versions_alike(shown.device.version), str(shown.texts["kernel"])],
    }
    return {key: [v for v in dict.fromkeys(values) if v] for key, values in found.items()}


def shown_text(network: Network, device: Device) -> tuple[str, str]:
    """Everything readable that the agent shows over SNMP, and over SSH."""
    snmp = ""
    if network.snmp_readable(device):
        values = (value for tag, value in network.tree(device.id).values() if tag == OCTET_STRING)
        snmp = "\n".join(v.decode("utf-8", "replace") for v in values if isinstance(v, bytes))
    ssh = ""
    if network.ssh_readable(device):
        agent = network._ssh(device)
        assert agent is not None
        ssh = "\n".join(agent.commands.values())
        if agent.linux is not None:
            readable = [text for path, text in agent.linux.files.items() if path not in agent.linux.denied]
            ssh = "\n".join([*readable, *agent.linux.commands.values()])
    return snmp, ssh


def tells(network: Network, shown: Shown) -> dict[str, bool]:
    """Which identity facts somebody can learn from the device."""
    snmp, ssh = shown_text(network, shown.device)
    right = accepted(shown)
    result: dict[str, bool] = {}
    for field in FIELDS:
        over = shown.model.told.get(field, True)
        if field == "vendor":
            result[field] = bool((snmp and over is True) or (ssh and over in {True, "ssh"}))
        else:
            by_snmp = over is True and any(v in snmp for v in right[field])
            by_ssh = over in {True, "ssh"} and any(v in ssh for v in right[field])
            result[field] = by_snmp or by_ssh
    if shown.device.box.junk_serial is not None:
        result["serial"] = False
    return result


def shown_name(shown: Shown, face: Face) -> str:
    """A port's name as an inventory has it: ifName, else ifDescr (without the closing NUL that Windows sends)."""
    has_names = "ifx" in shown.model.mibs and shown.device.access.half != "ifx"
    return (face.name if has_names else face.descr).rstrip("\0")


def device_truth(network: Network, device: Device) -> dict[str, Any]:
    shown = network.shown(device.id)
    access = device.access
    told = tells(network, shown)
    right = accepted(shown)
    answers = [p for p, speaks in (("snmp", access.speaks_snmp), ("ssh", access.speaks_ssh)) if speaks]
    snmp, ssh = network.snmp_readable(device), network.ssh_readable(device)
    return {
        "address": device.address,
        "office": device.office,
        "other_addresses": list(device.answers_at),
        "place": device.id,
        "vendor": shown.model.vendor,
        "model": shown.model.name,
        "serial": device.box.serial if told["serial"] else None,
        "os_version": device.version,
        "kind": shown.model.kind,
        "family": shown.model.family,
        "sys_name": device.name,
        "sys_location": device.location.decode("utf-8", "replace"),
        "mac": mac_text(shown.own_mac),
        "answers": answers,
        "snmp_readable": snmp,
        "ssh_readable": ssh,
        "noticeable": snmp or access.speaks_ssh or (access.speaks_snmp and access.user is not None),
        "tells": told,
        "accepted": right,
        "interfaces": interfaces_truth(network, device) if snmp else [],
        "asset": device.box.asset,
        "real_serial": device.box.serial,
        "junk_serial": device.box.junk_serial,
        "built": device.box.built.isoformat(),
        "installed": device.box.installed.isoformat(),
        "faults": _faults(device),
    }


#: Platforms whose consoles tell duplex of ports of which their MIBs do not.
CONSOLE_DUPLEX = frozenset({"fortinet"})


def interfaces_truth(network: Network, device: Device) -> list[dict[str, Any]]:
    """The rows of ifTable as an inventory should have them."""
    shown = network.shown(device.id)
    has_extension = "ifx" in shown.model.mibs and device.access.half != "ifx"
    has_duplex = "duplex" in shown.model.mibs or (network.ssh_readable(device) and shown.model.platform in CONSOLE_DUPLEX)
    return [
        {
            "index": face.index,
            "name": shown_name(shown, face),
            "mac": mac_text(face.mac) if face.mac else None,
            "speed_bps": face.speed_bps,
            "admin_up": face.admin_up,
            "oper_up": face.oper_up,
            "alias": face.alias.decode("utf-8", "replace") if has_extension else "",
            "alias_octets": face.alias.hex() if has_extension else "",
            "duplex": face.duplex if has_duplex else None,
            "aggregate": face.aggregate or None,
            "stp": spanning_tree_state(shown, face),
        }
        for face in shown.faces
    ]


def _faults(device: Device) -> list[str]:
    access = device.access
    found = [f"snmp.{k}" for k in access.snmp_fault.__slots__ if getattr(access.snmp_fault, k) not in (0, 0.0, False, None)]
    found += [f"ssh.{k}" for k in access.ssh_fault.__slots__ if getattr(access.ssh_fault, k) not in (0, 0.0, False, None)]
    if access.half:
        found.append(f"half.{access.half}")
    if access.community == "?":
        found.append("community.unknown")
    if device.box.junk_serial is not None:
        found.append("serial.junk")
    return found


def spanning_tree_state(shown: Shown, face: Face) -> str | None:
    """Of a port with a link that its switch's spanning tree looks after; None where nobody tells it."""
    told = bool(shown.model.mibs & {"bridge", "qbridge"}) and shown.device.access.half != "bridge"
    if not told or shown.model.kind != "switch" or not shown.device.spanning_tree or face not in shown.bridged:
        return None
    return {2: "blocking", 5: "forwarding"}.get(port_state(shown, face))


# --- links and cables -------------------------------------------------------------------------------------------------------

#: Consoles that show their discovery table, and its protocols.
CONSOLE_NEIGHBOURS = {
    "cisco_ios": {"lldp", "cdp"},
    "huawei": {"lldp"},
    "hp_comware": {"lldp"},
    "hp_procurve": {"lldp"},
    "mikrotik_routeros": {"lldp"},
}


def tells_neighbours(network: Network, device: Device, protocol: str) -> bool:
    """Somebody can read the device's table of what it heard."""
    mibs = network.catalogue[device.box.model].mibs
    hears = "cdp" in mibs if protocol == "cdp" else bool(mibs & {"lldp", "lldp_short"})
    by_ssh = network.ssh_readable(device) and protocol in CONSOLE_NEIGHBOURS.get(
        network.catalogue[device.box.model].platform or "", set()
    )
    return hears and ((network.snmp_readable(device) and network.cabling.shows(device, protocol)) or by_ssh)


def links(network: Network) -> Iterator[dict[str, Any]]:
    """Direct cables between two devices that at least one end tells of."""
    cabling, plan = network.cabling, network.plan
    for cable in plan.cables.values():
        a, b = plan.devices.get(cable.a), plan.devices.get(cable.b)
        if a is None or b is None or cable.medium == "air" or not cabling.usable(cable):
            continue
        for protocol in ("lldp", "cdp"):
            told_by = [
                side
                for side, here, there in (("a", a, b), ("b", b, a))
                if tells_neighbours(network, here, protocol) and cabling.announces(there.id, protocol)
            ]
            if told_by:
                yield {
                    "a_address": a.address, "a_port": _port(network, a, cable.a_port), "a_asset": a.box.asset,
                    "b_address": b.address, "b_port": _port(network, b, cable.b_port), "b_asset": b.box.asset,
                    "told_by": told_by, "protocol": protocol, "blocked": cable.blocked,
                }  # fmt: skip


def _port(network: Network, device: Device, port: str) -> str:
    shown = network.shown(device.id)
    face = shown.by_name.get(port)
    return shown_name(shown, face) if face is not None else port


def cables(network: Network) -> Iterator[dict[str, Any]]:
    """Every cable; the `kind` of an end is device, unmanaged, station or provider."""
    for cable in network.plan.cables.values():
        yield {
            "cable": cable.id, "a": _end(network, cable.a), "a_port": cable.a_port,
            "b": _end(network, cable.b), "b_port": cable.b_port,
            "medium": cable.medium, "blocked": cable.blocked, "link": network.cabling.usable(cable),
            "errors_per_day": cable.errors_per_day, "aggregate": cable.aggregate or None,
        }  # fmt: skip


def _end(network: Network, place: str) -> dict[str, Any]:
    plan = network.plan
    if place in plan.devices:
        return {"kind": "device", "place": place, "address": plan.devices[place].address}
    if place in plan.stations:
        return {
            "kind": "station",
            "place": place,
            "address": plan.stations[place].address,
            "mac": mac_text(plan.stations[place].mac),
        }
    return {"kind": "unmanaged" if place in plan.hubs else "provider", "place": place}


# --- endpoints --------------------------------------------------------------------------------------------------------------


def uphill(cabling: Cabling, place: str) -> Hop | None:
    """The managed bridge port towards the centre above a place; printers and PCs on the same unmanaged switch do not count."""
    return next((hop for hop in way_up(cabling, place) if hop.to[0] in cabling.models), None)


@dataclass(frozen=True, slots=True)
class Tables:
    """What can be read of a device's forwarding table (MAC, interface) and address table (IP address, MAC), over SNMP or SSH."""

    forwarding: tuple[tuple[int, Face], ...] = ()
    arp: tuple[tuple[str, int], ...] = ()


def tables(network: Network, device: Device) -> Tables:
    shown = network.shown(device.id)
    mibs, console = shown.model.mibs, shown.model.platform
    by_snmp, by_ssh = network.snmp_readable(device), network.ssh_readable(device)
    learns = bool(mibs & {"bridge", "qbridge"}) and (by_snmp or (by_ssh and console in CONSOLE_NEIGHBOURS))
    hears = (by_snmp and "arp" in mibs) or (by_ssh and console is not None)
    return Tables(
        tuple((mac, face) for mac, face, *_ in shown.forwarding if face is not None) if learns else (),
        tuple((address, mac) for address, mac, _ in shown.arp) if hears else (),
    )


def witnesses(network: Network) -> set[int]:
    """Hardware addresses in a table that somebody can read."""
    found: set[int] = set()
    for device in network.running:
        read = tables(network, device)
        found.update(mac for mac, _ in read.forwarding)
        found.update(mac for _, mac in read.arp)
    return found


def endpoints(network: Network) -> Iterator[dict[str, Any]]:
    """Stations without an agent. `switch_address` and `port`: the nearest port of a device whose table can be read; `point` and
    `radio`: the access point without one that it is behind; `seen`: some readable table has it."""
    seen = witnesses(network)
    tellers = {device.id for device in network.running if tables(network, device).forwarding}
    for station in network.plan.stations.values():
        yield endpoint_truth(network, station, station.mac in seen, tellers)


def endpoint_truth(network: Network, station: Station, seen: bool, tellers: Collection[str]) -> dict[str, Any]:
    way = list(way_up(network.cabling, station.id))
    hop = next((hop for hop in way if hop.to[0] in tellers), None)
    nearest = next((hop for hop in way if hop.to[0] in network.plan.devices), None)
    on_air = nearest is not None and nearest is not hop and network.cabling.models[nearest.to[0]].kind == "wireless"
    return {
        "mac": mac_text(station.mac),
        "address": station.address,
        "office": station.office,
        **_at(network, hop, "switch_address", "port"),
        **_at(network, nearest if on_air else None, "point", "radio"),
        "vlan": station.vlan,
        "what": station.what,
        "seen": seen,
    }


def _at(network: Network, hop: Hop | None, address: str, port: str) -> dict[str, str | None]:
    """The address of the device at the end of a hop, and its port."""
    above = network.plan.devices[hop.to[0]] if hop else None
    return {
        address: above.address if above else None,
        port: _port(network, above, hop.to_port) if above and hop else None,
    }


def way_up(cabling: Cabling, place: str) -> Iterator[Hop]:
    """The lines from a place towards the centre."""
    seen: set[str] = set()
    here = place
    while here not in seen:
        seen.add(here)
        hop = next((h for h in cabling.hops.get((here, "lan"), ()) if h.cable.a == here), None)
        if hop is None:
            return
        yield hop
        here = hop.to[0]


def unmanaged(network: Network) -> Iterator[dict[str, Any]]:
    """Managed ports with unmanaged switches behind them, and the stations there."""
    by_port: dict[tuple[str, str], dict[str, Any]] = {}
    for hub in network.plan.hubs.values():
        hop = uphill(network.cabling, hub.id)
        if hop is None:
            continue
        above = network.plan.devices[hop.to[0]]
        entry = by_port.setdefault(
            (above.id, hop.to_port),
            {
                "office": hub.office,
                "address": above.address,
                "port": _port(network, above, hop.to_port),
                "switches": [],
                "stations": [],
            },
        )
        entry["switches"].append(hub.id)
        for cable in network.plan.cables.values():
            if hub.id != cable.b or not network.cabling.usable(cable):
                continue
            if cable.a in network.plan.stations:
                entry["stations"].append(mac_text(network.plan.stations[cable.a].mac))
            elif cable.a in network.plan.devices:
                entry["stations"].append(mac_text(network.cabling.own_mac(network.plan.devices[cable.a])))
    for entry in by_port.values():
        entry["stations"].sort()
        yield entry


# --- services ---------------------------------------------------------------------------------------------------------------


def services(network: Network) -> Iterator[dict[str, Any]]:
    """The shared services, the server of each, and whether people can work with it."""
    for service in network.services:
        server = network.plan.devices[service.server]
        yield {
            "service": service.code,
            "goal": service.goal,
            "address": server.address,
            "status": service.status,
            "reached": server.alive and service.status < 400,
        }


# --- troubles ---------------------------------------------------------------------------------------------------------------


def troubles_truth(network: Network) -> Iterator[dict[str, Any]]:
    """What is wrong with the cabling: the kind, and the ends of the cable, or the device alone."""
    plan = network.plan
    for kind, place, port, other, other_port in troubles(network.cabling):
        device, there = plan.devices[place], plan.devices.get(other)
        yield {
            "kind": kind, "address": device.address, "port": _port(network, device, port) if port else None,
            "other_address": there.address if there else None,
            "other_port": _port(network, there, other_port) if there else None, "office": device.office, "place": place,
        }  # fmt: skip
