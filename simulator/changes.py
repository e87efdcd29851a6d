"""What two scans should show as changed, from the truth of the two days.

In the vocabulary of the inventory's `changes` frame: subject device | interface | link | endpoint | component, change appeared |
unseen | moved | readdressed | changed. Only real changes of what can be read with the district's credentials: counters, uptimes,
health and the age of address tables are none. A physical box is the same device wherever it goes; a box that was replaced is
`unseen`, the new one `appeared`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeVar

from simulator import truth as telling
from simulator.mibs.entity import parts
from simulator.network import Network
from simulator.plan import mac_text

Change = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)
FACE_FIELDS = ("name", "alias", "admin_up", "oper_up", "speed_bps")


def differences(before: Network, after: Network) -> list[Change]:
    """All changes, devices first."""
    rows = [
        *_devices(before, after),
        *_interfaces(before, after),
        *_components(before, after),
        *_links(before, after),
        *_endpoints(before, after),
    ]
    order = {name: n for n, name in enumerate(("device", "interface", "component", "link", "endpoint"))}
    return sorted(rows, key=lambda r: (order[r["subject"]], r["office"], r["address"] or "", str(r["item"]), r["field"]))


def _change(
    subject: str,
    office: str,
    address: str | None,
    change: str,
    *,
    item: str = "",
    field: str = "",
    before: Any = "",
    after: Any = "",
) -> Change:
    return {
        "subject": subject, "office": office, "address": address, "item": item, "change": change, "field": field,
        "before": before, "after": after,
    }  # fmt: skip


def _pairs(old: Mapping[Key, Any], new: Mapping[Key, Any]) -> Iterator[tuple[Key, Any, Any]]:
    for key in sorted({*old, *new}, key=str):
        yield key, old.get(key), new.get(key)


def readable(network: Network) -> dict[str, Any]:
    """Readable devices by asset."""
    return {d.box.asset: d for d in network.running if network.snmp_readable(d) or network.ssh_readable(d)}


def _devices(before: Network, after: Network) -> Iterator[Change]:
    for asset, old, new in _pairs(readable(before), readable(after)):
        if new is None:
            yield _change("device", old.office, old.address, "unseen") | {"asset": asset}
        elif old is None:
            yield _change("device", new.office, new.address, "appeared") | {"asset": asset}
        else:
            for row in _device(after, old, new):
                yield row | {"asset": asset}


def _device(after: Network, old: Any, new: Any) -> Iterator[Change]:
    if old.office != new.office:
        yield _change("device", new.office, new.address, "moved", field="office", before=old.office, after=new.office)
    if old.address != new.address:
        yield _change("device", new.office, new.address, "readdressed", field="address", before=old.address, after=new.address)
    if old.name != new.name:
        yield _change("device", new.office, new.address, "changed", field="sys_name", before=old.name, after=new.name)
    if old.version != new.version and telling.tells(after, after.shown(new.id))["os_version"]:
        yield _change("device", new.office, new.address, "changed", field="os_version", before=old.version, after=new.version)


def _interfaces(before: Network, after: Network) -> Iterator[Change]:
    def faces(network: Network) -> dict[str, dict[int, Any]]:
        return {
            asset: {f["index"]: f for f in telling.interfaces_truth(network, device)}
            for asset, device in readable(network).items()
            if network.snmp_readable(device)
        }

    devices = readable(after)
    for asset, old, new in _pairs(faces(before), faces(after)):
        if old is None or new is None:
            continue
        device = devices[asset]
        for _, was, now in _pairs(old, new):
            if was is None or now is None:
                face, change = (now, "appeared") if was is None else (was, "unseen")
                yield _change("interface", device.office, device.address, change, item=face["name"]) | {"asset": asset}
                continue
            for field in FACE_FIELDS:
                if was[field] != now[field]:
                    yield _change(
                        "interface",
                        device.office,
                        device.address,
                        "changed",
                        item=now["name"],
                        field=field,
                        before=was[field],
                        after=now[field],
                    ) | {"asset": asset}


def _components(before: Network, after: Network) -> Iterator[Change]:
    def serials(network: Network) -> dict[str, dict[int, str]]:
        found = {}
        for asset, device in readable(network).items():
            shown = network.shown(device.id)
            if network.snmp_readable(device) and "entity" in shown.model.mibs and device.access.half != "entity":
                found[asset] = {part["index"]: str(part.get("serial", "")) for part in parts(shown)}
        return found

    devices = readable(after)
    for asset, old, new in _pairs(serials(before), serials(after)):
        if old is None or new is None:
            continue
        for index, was, now in _pairs(old, new):
            if was is not None and now is not None and was != now:
                device = devices[asset]
                yield _change(
                    "component", device.office, device.address, "changed", item=str(index), field="serial", before=was, after=now
                ) | {"asset": asset}


def _links(before: Network, after: Network) -> Iterator[Change]:
    """Each side that tells of a link has a row of its own, as in the `links` frame."""

    def told(network: Network) -> dict[tuple[str, ...], tuple[str, str]]:
        found: dict[tuple[str, ...], tuple[str, str]] = {}
        for link in telling.links(network):
            for here, there in (("a", "b"), ("b", "a")):
                if here in link["told_by"]:
                    key = (
                        link["protocol"],
                        link[f"{here}_asset"],
                        link[f"{here}_port"],
                        link[f"{there}_asset"],
                        link[f"{there}_port"],
                    )
                    found[key] = (link[f"{here}_address"], link[f"{there}_address"])
        return found

    offices = {d.address: d.office for n in (before, after) for d in n.plan.devices.values()}
    for key, old, new in _pairs(told(before), told(after)):
        if old is None or new is None:
            address, far = new or old
            text = f"{far} {key[4]}"
            yield _change(
                "link", offices[address], address, "appeared" if old is None else "unseen", item=key[2], field=key[0],
                before="" if old is None else text, after="" if new is None else text,
            ) | {"asset": key[1]}  # fmt: skip


def _endpoints(before: Network, after: Network) -> Iterator[Change]:
    old, new = _stations(before), _stations(after)
    for mac, was, now in _pairs(old, new):
        if was is None or now is None:
            there = now or was
            yield _change(
                "endpoint", there["office"], there["switch_address"], "appeared" if was is None else "unseen", item=mac
            ) | {"of_device": there["of_device"]}  # fmt: skip
            continue
        for field in ("office", "address", "switch_address", "port"):
            if was[field] != now[field]:
                yield _change(
                    "endpoint", now["office"], now["switch_address"], "moved" if field == "office" else "changed", item=mac,
                    field=field, before=was[field], after=now[field],
                ) | {"of_device": now["of_device"]}  # fmt: skip


def _stations(network: Network) -> dict[str, dict[str, Any]]:
    """Every hardware address that a readable table has, with its place; those of devices are marked `of_device`."""
    seen = telling.witnesses(network)
    found = {e["mac"]: e | {"of_device": False} for e in telling.endpoints(network) if e["seen"]}
    for device in network.plan.devices.values():
        mac = network.cabling.own_mac(device)
        if mac in seen:
            found[mac_text(mac)] = {
                "office": device.office, "address": device.address, "switch_address": None, "port": None, "of_device": True,
            }  # fmt: skip
    return found
