"""What two scans should show as changed, from what can be read on the two days.

In the vocabulary of the inventory's `changes` frame:
- device: appeared, unseen, moved (field office), readdressed (field address), changed (field). A physical box is the same device
  wherever it goes; one that was replaced is `unseen`, the new one `appeared`;
- interface: changed (field), of devices that the same protocol reads on both days; component: changed (field), item is the part's
  name;
- link: appeared, gone: one row a cable, from the side that tells of it (the lower address where both do);
- endpoint: appeared, gone, moved (fields port, office), readdressed (field address): stations, and devices that nobody can read.
  `address` is that of the switch whose port is nearest, as the tables show it, and the office is that switch's.
Counters, uptimes, health and the age of table entries are no changes. The speed of a port without a link says nothing.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeVar

from simulator import truth as telling
from simulator.mibs.entity import parts
from simulator.network import Network
from simulator.plan import Device, mac_text

Change = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)
FACE_FIELDS = ("alias", "admin_up", "oper_up", "speed_bps")
PART_FIELDS = {"serial": "serial", "model": "model", "hardware_rev": "hw", "firmware_rev": "fw", "software_rev": "sw"}
SUBJECTS = ("device", "interface", "component", "link", "endpoint")


def differences(before: Network, after: Network) -> list[Change]:
    """All changes, devices first."""
    rows = [
        *_devices(before, after),
        *_interfaces(before, after),
        *_components(before, after),
        *_links(before, after),
        *_endpoints(before, after),
    ]
    return sorted(rows, key=lambda r: (SUBJECTS.index(r["subject"]), r["office"], r["address"] or "", str(r["item"]), r["field"]))


def _change(subject: str, office: str, address: str | None, change: str, **fields: Any) -> Change:
    return {
        "subject": subject,
        "office": office,
        "address": address,
        "item": "",
        "change": change,
        "field": "",
        "before": "",
        "after": "",
    } | fields


def _pairs(old: Mapping[Key, Any], new: Mapping[Key, Any]) -> Iterator[tuple[Key, Any, Any]]:
    for key in sorted({*old, *new}, key=str):
        yield key, old.get(key), new.get(key)


def readable(network: Network) -> dict[str, Any]:
    """Readable devices by asset."""
    return {d.box.asset: d for d in network.running if network.snmp_readable(d) or network.ssh_readable(d)}


# --- devices and what is in them ----------------------------------------------------------------------------------------------


def _devices(before: Network, after: Network) -> Iterator[Change]:
    for asset, old, new in _pairs(readable(before), readable(after)):
        if new is None:
            yield _change("device", old.office, old.address, "unseen", asset=asset)
        elif old is None:
            yield _change("device", new.office, new.address, "appeared", asset=asset)
        else:
            for change, field, was, now in _device(before, after, old, new):
                yield _change("device", new.office, new.address, change, field=field, before=was, after=now, asset=asset)


def _device(before: Network, after: Network, old: Device, new: Device) -> Iterator[tuple[str, str, str, str]]:
    if old.office != new.office:
        yield "moved", "office", old.office, new.office
    if old.address != new.address:
        yield "readdressed", "address", old.address, new.address
    if old.name != new.name:
        yield "changed", "sys_name", old.name, new.name
    if old.location != new.location and before.snmp_readable(old) and after.snmp_readable(new):
        yield "changed", "sys_location", old.location.decode("utf-8", "replace"), new.location.decode("utf-8", "replace")
    if old.version != new.version and telling.tells(after, after.shown(new.id))["os_version"]:
        yield "changed", "os_version", old.version, new.version


def _interfaces(before: Network, after: Network) -> Iterator[Change]:
    olds, news = readable(before), readable(after)
    for asset, old, new in _pairs(olds, news):
        if old is None or new is None or before.snmp_readable(old) != after.snmp_readable(new):
            continue  # the inventory compares what one protocol says
        faces = {face["index"]: face for face in telling.interfaces_truth(before, old)}
        for now in telling.interfaces_truth(after, new):
            was = faces.get(now["index"])
            for field in FACE_FIELDS:
                if was is None or was[field] == now[field] or (field == "alias" and not (was[field] and now[field])):
                    continue  # a label on a port that had none is learnt, not changed
                if field == "speed_bps" and was["oper_up"] != now["oper_up"]:
                    continue
                fields = {"item": now["name"], "field": field, "before": was[field], "after": now[field], "asset": asset}
                yield _change("interface", new.office, new.address, "changed", **fields)


def _components(before: Network, after: Network) -> Iterator[Change]:
    def listed(network: Network, device: Device) -> dict[int, Mapping[str, Any]]:
        shown = network.shown(device.id)
        if not network.snmp_readable(device) or "entity" not in shown.model.mibs or device.access.half == "entity":
            return {}
        return {part["index"]: part for part in parts(shown)}

    for asset, old, new in _pairs(readable(before), readable(after)):
        if old is None or new is None:
            continue
        olds = listed(before, old)
        for index, now in listed(after, new).items():
            for field, key in PART_FIELDS.items():
                was, value = str(olds.get(index, {}).get(key, "")), str(now.get(key, ""))
                if was and value and was != value:
                    fields = {"item": now["name"], "field": field, "before": was, "after": value, "asset": asset}
                    yield _change("component", new.office, new.address, "changed", **fields)


# --- links --------------------------------------------------------------------------------------------------------------------


def _links(before: Network, after: Network) -> Iterator[Change]:
    olds, news = readable(before), readable(after)
    for ends, old, new in _pairs(_told(before), _told(after)):
        if (old is None) == (new is None):
            continue
        heard_both_times = {a: port for a, port in sorted((new or old).items()) if a in olds and a in news}
        if not heard_both_times:
            continue  # a new device lists its neighbours; a silent one keeps them
        asset = min(heard_both_times, key=lambda a: ipaddress.ip_address(news[a].address))
        far = next((end for end in ends if end[0] != asset), ("", ""))
        change, field = ("appeared", "after") if old is None else ("gone", "before")
        device = news[asset]
        yield _change(
            "link", device.office, device.address, change, item=heard_both_times[asset], asset=asset, **{field: " ".join(far)}
        )


def _told(network: Network) -> dict[tuple[tuple[str, str], ...], dict[str, str]]:
    """Both ends (asset, port) of each link -> the assets that tell of it and their ports. LLDP and CDP tell the same cable."""
    found: dict[tuple[tuple[str, str], ...], dict[str, str]] = defaultdict(dict)
    for link in telling.links(network):
        ends = tuple(sorted((link[f"{side}_asset"], link[f"{side}_port"]) for side in ("a", "b")))
        for side in link["told_by"]:
            found[ends][link[f"{side}_asset"]] = link[f"{side}_port"]
    return found


# --- endpoints ----------------------------------------------------------------------------------------------------------------


def _endpoints(before: Network, after: Network) -> Iterator[Change]:
    known = _known(before)
    olds, news = _stations(before, known), _stations(after, known | _known(after))
    for mac, old, new in _pairs(olds, news):
        office = (new or old)["office"]
        if old is None or new is None:
            there = new or old
            change = "appeared" if old is None else "gone"
            yield _change("endpoint", office, there["switch"], change, item=mac)
            continue
        if old["address"] and new["address"] and old["address"] != new["address"]:
            fields = {"field": "address", "before": old["address"], "after": new["address"]}
            yield _change("endpoint", office, new["switch"], "readdressed", item=mac, **fields)
        if old["office"] != new["office"]:
            fields = {"field": "office", "before": old["office"], "after": new["office"]}
            yield _change("endpoint", office, new["switch"], "moved", item=mac, **fields)
        was, now = (old["switch"], old["port"]), (new["switch"], new["port"])
        if old["switch"] and new["switch"] and was != now:
            fields = {"field": "port", "before": " ".join(was), "after": " ".join(now)}
            yield _change("endpoint", office, new["switch"], "moved", item=mac, **fields)


def _known(network: Network) -> set[int]:
    """Hardware addresses of devices that can be read: no stations."""
    found: set[int] = set()
    for device in readable(network).values():
        found.add(device.box.mac)
        found.add(network.cabling.own_mac(device))
        found.update(face.mac for face in network.shown(device.id).faces if face.mac)
    return found


def _stations(network: Network, known: set[int]) -> dict[str, dict[str, str]]:
    """MAC -> nearest switch and port, that switch's office, and IP address, by the tables that can be read.

    The nearest port has the fewest addresses behind it; ports that lead to another managed device come last.
    """
    behind: dict[tuple[str, str], set[int]] = defaultdict(set)
    uplinks: set[tuple[str, str]] = set()
    places: dict[int, list[tuple[str, str]]] = defaultdict(list)
    addresses: dict[int, tuple[str, str]] = {}  # and the office of the first that tells it
    offices: dict[str, str] = {}
    for device in readable(network).values():
        shown = network.shown(device.id)
        tables = telling.tables(network, device)
        offices[device.address] = device.office
        for mac, face in tables.forwarding:
            port = (device.address, telling.shown_name(shown, face))
            behind[port].add(mac)
            places[mac].append(port)
        for address, mac in tables.arp:
            addresses.setdefault(mac, (address, device.office))
        for protocol in ("lldp", "cdp"):
            if telling.tells_neighbours(network, device, protocol):
                switches = [h for h in shown.heard(protocol) if h.model.kind in {"switch", "router", "firewall"}]
                uplinks.update((device.address, telling.shown_name(shown, heard.face)) for heard in switches)
    found = {}
    for mac in {*places, *addresses} - known:
        address, office = addresses.get(mac, ("", ""))
        switch, name = min(places[mac], key=lambda p: (p in uplinks, len(behind[p]), p)) if mac in places else ("", "")
        office = offices.get(switch, office)
        found[mac_text(mac)] = {"office": office, "switch": switch, "port": name, "address": address}
    return found
