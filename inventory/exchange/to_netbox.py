"""The inventory as NetBox takes it in: a CSV file for each of its bulk import forms, in the order in which it wants them.

Columns, their lengths and choices are those of NetBox 4.2 and later (its documentation of the models, `docs/models/`, and the
field tables under each import form). A related object is named by the form's own accessor: a device by its name, a device type
by its model. NetBox takes a file whole or not at all, so what it would refuse is left out here, with the reason.

What NetBox requires and we do not know is `UNKNOWN`; `from_netbox` knows that word again.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from inventory import plausible
from inventory.exchange.forms import Export, Form, Frames, line, records
from inventory.exchange.names import distinct, slug, slugs
from inventory.exchange.platforms import Platform, by_profile
from inventory.sentences import pack

UNKNOWN = "Unknown"
#: Kinds that come in rack units; how many is not known, so NetBox's own default stands.
_RACKED = frozenset({"switch", "router", "firewall", "loadbalancer", "olt", "transport", "console", "server", "storage"})
#: Colours of the roles on NetBox's maps (Okabe-Ito), the same ones again after the last.
_COLOURS = ("0072b2", "e69f00", "009e73", "56b4e9", "cc79a7", "d55e00", "999999")
#: NetBox's word for what was there when it was asked last; anything else is offline.
_STATUS = {"present": "active", "not_asked": "active"}
#: NetBox's interface types by ifType. Speed says how a link was negotiated, not which plug it has: other ports are `other`.
_TYPES = {"24": "virtual", "53": "virtual", "131": "virtual", "135": "virtual", "136": "virtual", "161": "lag", "209": "bridge"}
_TYPES |= {"71": "other-wireless"}
#: To these NetBox connects no cable.
_NO_CABLE = frozenset({"virtual", "lag", "bridge", "other-wireless"})
_LONGEST_SPEED = 2**31 - 1  # kbit/s


#: The forms in the order in which NetBox wants them: name -> (part of NetBox, columns).
_FORMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sites": ("dcim", ("name", "slug", "status", "facility", "description")),
    "manufacturers": ("dcim", ("name", "slug")),
    "platforms": ("dcim", ("name", "slug")),
    "device-roles": ("dcim", ("name", "slug", "color", "vm_role")),
    "device-types": ("dcim", ("manufacturer", "model", "slug", "u_height")),
    "devices": (
        "dcim",
        (
            *("name", "role", "manufacturer", "device_type", "platform", "serial", "asset_tag"),
            *("site", "status", "description", "comments"),
        ),
    ),
    "interfaces": ("dcim", ("device", "name", "type", "enabled", "mtu", "speed", "description")),
    "mac-addresses": ("dcim", ("mac_address", "device", "interface", "is_primary")),
    "vrfs": ("ipam", ("name", "enforce_unique", "description")),
    "ip-addresses": ("ipam", ("address", "vrf", "status", "device", "interface", "is_primary", "description")),
    "cables": (
        "dcim",
        (
            *("side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name"),
            *("status", "description"),
        ),
    ),
}


def export(frames: Frames) -> Export:
    """The forms of everything in `frames`. Pure: the same frames give the same files."""
    notes: list[str] = []
    sites = _sites(frames)
    devices = _devices(frames, sites)
    ports = _ports(frames, devices, notes)
    addressed = _addresses(frames, sites, devices, ports, notes)
    kinds = sorted({device.kind for device in devices.values()})
    platforms = {device.platform.name: device.platform.key for device in devices.values() if device.platform}
    rows: dict[str, Iterable[tuple[str, ...]]] = {
        "sites": sites.values(),
        "manufacturers": slugs(sorted({device.vendor for device in devices.values()})).items(),
        "platforms": ((name, slug(key)) for name, key in sorted(platforms.items())),
        "device-roles": ((kind, slug(kind), _COLOURS[n % len(_COLOURS)], "false") for n, kind in enumerate(kinds)),
        "device-types": _device_types(devices.values()),
        "devices": (device.row for device in devices.values()),
        "interfaces": (port.row for port in ports),
        "mac-addresses": ((port.mac, port.device, port.name, "true") for port in ports if port.mac),
        "vrfs": addressed.vrfs,
        "ip-addresses": addressed.rows,
        "cables": _cables(frames.links, ports, notes),
    }
    forms = (
        Form(f"{number:02d}-{name}.csv", f"{part}/{name}/import/", columns, tuple(rows[name]))
        for number, (name, (part, columns)) in enumerate(_FORMS.items(), 1)
    )
    return Export(tuple(forms), tuple(notes))


# -- what there is ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Device:
    name: str
    vendor: str
    model: str
    kind: str
    platform: Platform | None
    address: str
    row: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Port:
    device: str  # NetBox's name of it
    id: str  # ours
    index: str
    told: str  # the name as the device has it
    name: str
    type: str
    mac: str
    row: tuple[str, ...]


def _sites(frames: Frames) -> dict[str, tuple[str, ...]]:
    """A row for each office by its code, also for those that only a device tells of. Offices that ended are retired."""
    rows = list(records(frames.offices, "office", "name_vi", "name_en", "valid_to"))
    known = {row[0] for row in rows}
    rows += [(code, code, "", "") for code in sorted(_texts(frames.devices["office"]) - known)]
    names = distinct([line(name) for _, name, *_ in rows], [code for code, *_ in rows], 100)
    keys = slugs(code for code, *_ in rows)
    return {
        code: (name, keys[code], "retired" if ended else "active", code[:50], line(english)[:200])
        for (code, _, english, ended), name in zip(rows, names, strict=True)
    }


def _devices(frames: Frames, sites: Mapping[str, tuple[str, ...]]) -> dict[str, _Device]:
    columns = ("device", "sys_name", "kind", "vendor", "model", "serial", "office", "state", "profile", "address", "os_version")
    rows = list(records(frames.devices, *columns, "last_confirmed"))
    ids = [row[0] for row in rows]
    names = distinct([line(row[1]) for row in rows], ids, 64)
    found = {}
    for name, row in zip(names, rows, strict=True):
        device, sys_name, kind, vendor, model, serial, office, state, profile, address, version, confirmed = row
        vendor, model, serial = line(vendor), line(model), line(serial)
        code = line(frames.codes.get(device, ""))
        told = {"Kiểm Kê": device, "os_version": line(version), "last_confirmed": confirmed}
        told |= {"name": line(sys_name)} if line(sys_name) != name else {}
        # Cut, these would be another device's: they stand whole in the comments.
        told |= {"serial": serial} if len(serial) > 50 else {}
        told |= {"asset_tag": code} if len(code) > 50 else {}
        told |= {"model": model} if len(model) > 100 else {}
        platform = by_profile().get(profile)
        told_of = "\n".join(f"{key}: {value}" for key, value in told.items() if value)
        vendor, model = vendor[:100].strip() or UNKNOWN, model[:100].strip() or _unknown_model(kind)
        values = (
            *(name, kind or "unknown", vendor, model, platform.name if platform else ""),
            *(serial if len(serial) <= 50 else "", code if len(code) <= 50 else ""),
            *(sites[office][0], _STATUS.get(state, "offline"), f"Kiểm Kê {device}", told_of),
        )
        found[device] = _Device(name, vendor, model, kind or "unknown", platform, address, values)
    return found


def _unknown_model(kind: str) -> str:
    return f"{UNKNOWN} {kind}".strip()


def _device_types(devices: Iterable[_Device]) -> Iterable[tuple[str, ...]]:
    """Slugs are the maker's and the model's: NetBox wants a model's slug once for a maker, and it stands in addresses."""
    racked: dict[tuple[str, str], bool] = {}
    for device in devices:
        model = (device.vendor, device.model)
        racked[model] = racked.get(model, False) or device.kind in _RACKED
    keys = slugs(f"{vendor} {model}" for vendor, model in sorted(racked))
    return ((vendor, model, keys[f"{vendor} {model}"], "1" if racked[vendor, model] else "0") for vendor, model in sorted(racked))


def _ports(frames: Frames, devices: Mapping[str, _Device], notes: list[str]) -> list[_Port]:
    columns = ("device", "if_index", "name", "description", "alias", "type", "mac", "mtu", "speed_bps", "admin_up")
    rows = [row for row in records(frames.interfaces, *columns) if row[0] in devices]
    by_device: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        by_device.setdefault(row[0], []).append(row)
    ports = []
    for device, own in by_device.items():
        names = distinct([line(row[2]) for row in own], [row[1] or str(n) for n, row in enumerate(own)], 64)
        for name, (_, index, told, description, alias, kind, mac, mtu, speed, enabled) in zip(names, own, strict=True):
            where = devices[device].name
            type_ = _TYPES.get(kind, "other")
            kbps = int(speed) // 1000 if speed else 0
            about = line(alias) or (line(description) if line(description) != name else "")
            row = (
                *(where, name, type_, "false" if enabled == "False" else "true"),
                *(mtu if mtu and 1 <= int(mtu) <= 65536 else "", str(kbps) if 0 < kbps <= _LONGEST_SPEED else "", about[:200]),
            )
            ports.append(_Port(where, device, index, told, name, type_, _own_mac(mac), row))
    left = len(frames.interfaces) - len(ports)
    if left:
        notes.append(pack("detail.netbox_no_device", count=left))
    return ports


def _own_mac(mac: str) -> str:
    """Nothing for zeros and for group addresses: they are no port's own."""
    return mac if plausible.mac(mac or None) and not int(mac[:2], 16) & 1 else ""


# -- addresses -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Addressed:
    vrfs: list[tuple[str, ...]]
    rows: list[tuple[str, ...]]


def _addresses(
    frames: Frames, sites: Mapping[str, tuple[str, ...]], devices: Mapping[str, _Device], ports: Iterable[_Port], notes: list[str]
) -> _Addressed:
    """Every address once in its routing table. Offices that use the same addresses get tables (VRF) of their own."""
    on: dict[tuple[str, str], str] = {}
    for port in ports:
        on.setdefault((port.id, port.index), port.name)
    found: dict[tuple[str, str], tuple[str, str, str, bool]] = {}
    doubled = 0
    rows = records(frames.addresses, "address", "office", "device", "prefix_length", "if_index", "origin")
    # Where a device answered, the address is its own; what two only tell, it is the first one's.
    for told, office, device, length, index, origin in sorted(rows, key=lambda row: row[5] != "answered"):
        address = _host(told, answered=origin == "answered")
        if address is None or device not in devices:
            continue
        if (office, str(address)) in found:
            doubled += 1
            continue
        bits = length if length and int(length) <= address.max_prefixlen else str(address.max_prefixlen)
        on_port = on.get((device, index), "") if index else ""
        primary = bool(on_port) and told == devices[device].address
        found[office, str(address)] = (f"{address}/{bits}", device, on_port, primary)
    if doubled:
        notes.append(pack("detail.netbox_same_address", count=doubled))
    times = Counter(address for _, address in found)
    tables = sorted({office for office, address in found if times[address] > 1})
    names = dict(zip(tables, distinct([line(code) for code in tables], tables, 100), strict=True))
    given: list[tuple[str, ...]] = [
        (
            *(cidr, names.get(office, ""), "active", devices[device].name if on_port else "", on_port),
            *("true" if primary else "false", "" if on_port else f"Kiểm Kê {device} {devices[device].name}"[:200]),
        )
        for (office, _), (cidr, device, on_port, primary) in found.items()
    ]
    return _Addressed([(names[code], "true", sites[code][0] if code in sites else code) for code in tables], given)


def _host(told: str, *, answered: bool) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """None for what every device tells and none is reached at: loopback, link-local, multicast, 0.0.0.0."""
    try:
        address = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return None
    everywhere = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    return None if everywhere and not answered else address


# -- cables ----------------------------------------------------------------------------------------------------------------


def _cables(links: pd.DataFrame, ports: Iterable[_Port], notes: list[str]) -> Iterable[tuple[str, ...]]:
    """Links whose two ends are ports that we know, and that see nobody else: between others there is a switch, not a cable."""
    by_name: dict[tuple[str, str], _Port] = {}
    for port in ports:
        by_name.setdefault((port.id, port.told), port)
    told = list(records(links, "a_device", "a_port", "b_device", "b_port", "protocol"))
    ends = Counter((a, port) for a, port, *_ in told) + Counter((b, port) for _, _, b, port, _ in told if b)
    shared, open_end, cables = 0, 0, []
    for a_device, a_port, b_device, b_port, protocol in told:
        a, b = by_name.get((a_device, a_port)), by_name.get((b_device, b_port))
        if a is None or b is None or a is b or a.type in _NO_CABLE or b.type in _NO_CABLE:
            open_end += 1
        elif ends[a_device, a_port] > 1 or ends[b_device, b_port] > 1:
            shared += 1
        else:
            sides = (a.device, "dcim.interface", a.name, b.device, "dcim.interface", b.name)
            cables.append((*sides, "connected", f"Kiểm Kê {protocol}"))
    if open_end:
        notes.append(pack("detail.netbox_open_end", count=open_end))
    if shared:
        notes.append(pack("detail.netbox_shared_port", count=shared))
    return cables


def _texts(values: pd.Series) -> set[str]:
    return {str(value) for value in values.dropna().unique()}
