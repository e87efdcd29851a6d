"""What one device knows and would show, before any protocol: interfaces, addresses, neighbours, tables, wear.

The SNMP trees, the SSH outputs and the truth are all made from this, so that they agree.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator.cabling import Cabling, Hop
from simulator.catalogue import Model, Port, context
from simulator.chance import between
from simulator.plan import WAN, Device, mac_bytes

#: What things draw from the cable, by kind.
_WATTS = {"wireless": 9, "camera": 6, "telephone": 4}
MORNING_S = 8 * 3600  # the district is looked at at eight in the morning, in its own clock


@dataclass(frozen=True, slots=True)
class Face:
    """One row of ifTable."""

    index: int
    name: str  # ifName
    descr: str  # ifDescr
    type: int
    mac: int | None
    speed_bps: int
    admin_up: bool
    oper_up: bool
    alias: bytes = b""
    mtu: int = 1500
    port: Port | None = None  # a physical port
    octets_in: int = 0
    octets_out: int = 0
    errors_in: int = 0
    duplex: str | None = None  # of a port with a link
    aggregate: str = ""  # ifName of the aggregate that the port is part of
    changed_s: int = 0  # uptime of the device when it last went up or down; 0: as it was before the device started


@dataclass(frozen=True, slots=True)
class Own:
    """One of its IP addresses."""

    address: str
    prefix: int
    if_index: int


@dataclass(frozen=True, slots=True)
class Heard:
    """One row of a discovery protocol's table."""

    face: Face
    device: Device
    model: Model
    remote: Face
    descr: str


class Shown:
    """The knowledge of one device at one date."""

    def __init__(self, cabling: Cabling, device: Device, today: dt.date) -> None:
        self.cabling = cabling
        self.device = device
        self.today = today
        self.model: Model = cabling.models[device.id]

    @cached_property
    def texts(self) -> dict[str, Any]:
        d = self.device
        return context(d.box, self.model, d.version, d.name, d.address)

    @cached_property
    def descr(self) -> str:
        return str(self.model.fields["descr"]).format(**self.texts)

    @property
    def uptime_s(self) -> int:
        days = (self.today - self.device.booted).days
        return max(
            0, days * 86400 + MORNING_S - between(0, MORNING_S - 1, "boot minute", self.device.box.asset, self.device.booted)
        )

    @cached_property
    def own_mac(self) -> int:
        return self.cabling.own_mac(self.device)

    # --- interfaces -------------------------------------------------------------------------------------------------------

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """All rows of ifTable, by index."""
        d, fields = self.device, self.model.fields
        aliases = dict(d.aliases)
        rows = [self._physical(port, aliases.get(port.short, b"")) for port in self.model.ports if not port.hidden]
        for other in fields.get("others", ()):
            descr, short = other["name"].format(**self.texts), other["short"].format(**self.texts)
            rows.append(
                Face(other["index"], short, descr, other["type"], None if other["type"] != 6 else d.box.mac, 0, True, True)
            )
        if radio := fields.get("radio"):
            rows.append(
                Face(radio["index"], radio["short"], radio["name"], radio["type"], d.box.mac + 16, 300_000_000, True, d.alive)
            )  # the radio counts nothing
        rows.extend(self._svis())
        rows.extend(self._aggregates(rows))
        return tuple(sorted(rows, key=lambda face: face.index))

    def _physical(self, port: Port, alias: bytes) -> Face:
        d = self.device
        hop = self.cabling.by_port.get((d.id, port.short))
        speed = port.speed_mbps * 1_000_000
        if hop is not None:
            speed = min(speed, self._far_speed(hop.to[0], hop.to_port), hop.cable.most_mbps * 1_000_000 or speed)
        counted = self.cabling.plan.meters.get((d.id, port.short), (0.0, 0.0, 0.0))
        return Face(
            index=port.index, name=port.short, descr=port.name, type=port.type, mac=d.box.mac + port.number, speed_bps=speed,
            admin_up=port.short not in d.switched_off, oper_up=hop is not None, alias=alias, port=port,
            octets_in=int(counted[0]), octets_out=int(counted[1]), errors_in=int(counted[2]),
            duplex=None if hop is None else "half" if hop.cable.half == d.id else "full",
            aggregate="" if hop is None else hop.cable.aggregate, changed_s=self._changed_s(port, hop),
        )  # fmt: skip

    def _changed_s(self, port: Port, hop: Hop | None) -> int:
        """A port comes up when both ends run. People switch their computers on in the morning."""
        d = self.device
        since = self.uptime_s - 40
        if hop is None:  # somebody unplugged it in the months after the start, or nobody ever plugged anything in
            day = between(1, 400, "unplugged", d.box.asset, port.number, d.booted)
            return day * 86400 if day * 86400 < since else 0
        other = self.cabling.plan.devices.get(hop.to[0])
        station = self.cabling.plan.stations.get(hop.to[0])
        if hop.cable.flaps:
            ago = between(60, 3000, "flap", hop.cable.id, self.today)
        elif (station is not None and station.what == "pc") or (other is not None and self.cabling.models[other.id].kind == "pc"):
            ago = between(300, 3300, "morning", hop.to[0], self.today)
        elif other is not None:
            ago = Shown(self.cabling, other, self.today).uptime_s - 30
        else:
            ago = since
        return max(1, self.uptime_s - max(1, min(ago, since)))

    def _aggregates(self, rows: list[Face]) -> list[Face]:
        """An interface for each aggregate: what its ports are together."""
        before = self.model.fields.get("aggregate", {}).get("index", 900)
        parts: dict[str, list[Face]] = {}
        for face in rows:
            if face.aggregate:
                parts.setdefault(face.aggregate, []).append(face)
        return [
            Face(
                index=before + n, name=short, descr=short, type=161, mac=self.device.box.mac,
                speed_bps=sum(face.speed_bps for face in faces), admin_up=True, oper_up=True,
                octets_in=sum(face.octets_in for face in faces), octets_out=sum(face.octets_out for face in faces),
                errors_in=sum(face.errors_in for face in faces), changed_s=min(face.changed_s for face in faces),
            )
            for n, (short, faces) in enumerate(parts.items(), 1)
        ]  # fmt: skip

    def line(self, face: Face) -> Hop | None:
        """The line in an interface; of an aggregate, its first."""
        own = next((one.name for one in self.physical if one.aggregate == face.name), face.name)
        return self.cabling.by_port.get((self.device.id, own))

    def _far_speed(self, place: str, port: str) -> int:
        model = self.cabling.models.get(place)
        if model is not None and port in model.port_by_name:
            return model.port_by_name[port].speed_mbps * 1_000_000
        if place in self.cabling.plan.hubs:
            return (100_000_000, 1_000_000_000)[between(0, 1, "hub speed", place)]
        return (100_000_000, 1_000_000_000, 1_000_000_000)[between(0, 2, "nic speed", place)]

    def _svis(self) -> list[Face]:
        """Interfaces of VLANs with an address, or the bridge interface of a cheap gateway."""
        svi = self.model.fields.get("svi")
        if svi is None:
            return []
        vlans = [self.device.vlan, *(v for v, _ in self.device.routed if v != WAN)]
        if "{vlan}" not in svi["name"]:
            vlans = vlans[:1]
        return [
            Face(
                svi["index"] + (vlan if "{vlan}" in svi["name"] else 0), svi["short"].format(vlan=vlan, **self.texts),
                svi["name"].format(vlan=vlan, **self.texts), svi["type"], self.device.box.mac, 1_000_000_000, True, True,
            )
            for vlan in vlans
        ]  # fmt: skip

    @cached_property
    def by_name(self) -> Mapping[str, Face]:
        return {face.name: face for face in self.faces}

    def face_of_vlan(self, vlan: int) -> Face:
        """The interface that has the device's address in a VLAN."""
        if vlan == WAN:
            wide = [f for f in self.faces if f.port is not None and f.port.segment == "wan"]
            if wide:
                return wide[0]
        svi = self.model.fields.get("svi")
        if svi is not None:
            return self.by_name[svi["short"].format(vlan=vlan, **self.texts)]
        ports = [f for f in self.faces if f.port is not None and f.port.segment == "lan"]
        return next((f for f in ports if f.port is not None and f.port.addressed), ports[0])

    @cached_property
    def physical(self) -> tuple[Face, ...]:
        return tuple(f for f in self.faces if f.port is not None)

    def base_port(self, face: Face) -> int:
        """dot1dBasePort of a bridged interface."""
        if face.port is not None:
            return face.port.number
        return len(self.model.ports) + 1  # the radio of an access point, the aggregate of a switch

    @cached_property
    def bridged(self) -> tuple[Face, ...]:
        """What its bridge forwards between: ports, and in place of those of an aggregate this itself."""
        bundles = {f.aggregate for f in self.physical if f.aggregate}
        ports = (f for f in self.faces if f.name in bundles or (f.port is not None and f.port.segment == "lan"))
        return tuple(f for f in ports if not f.aggregate)

    # --- addresses --------------------------------------------------------------------------------------------------------

    @cached_property
    def own(self) -> tuple[Own, ...]:
        d = self.device
        rows = [Own(d.address, d.prefix, self.face_of_vlan(d.vlan).index)]
        for vlan, address in d.routed:
            interface = ipaddress.ip_interface(address)
            rows.append(Own(str(interface.ip), interface.network.prefixlen, self.face_of_vlan(vlan).index))
        return tuple(sorted(rows, key=lambda own: ipaddress.ip_address(own.address)))

    @cached_property
    def arp(self) -> tuple[tuple[str, int, int], ...]:
        """(address, MAC, ifIndex)."""
        if self.device.access.half == "arp":
            return ()
        return tuple((a, mac, self.face_of_vlan(vlan).index) for a, mac, vlan in self.cabling.heard(self.device))

    @cached_property
    def forwarding(self) -> tuple[tuple[int, Face | None, int, int], ...]:
        """(MAC, interface, base port, VLAN); a row of its own address has no interface and port 0."""
        if not self.model.bridges or self.device.access.half == "bridge":
            return ()
        rows: list[tuple[int, Face | None, int, int]] = []
        for mac, port, vlan in self.cabling.forwarding(self.device):
            face = self.by_name.get(port)
            if face is not None:
                rows.append((mac, face, self.base_port(face), vlan))
        return tuple(rows)

    # --- neighbours -------------------------------------------------------------------------------------------------------

    def heard(self, protocol: str) -> tuple[Heard, ...]:
        rows = []
        for port, other, other_port in self.cabling.neighbours(self.device, protocol):
            if port not in self.by_name:
                continue
            there = Shown(self.cabling, other, self.today)
            remote = there.by_name.get(other_port) or there.face_of_vlan(other.vlan)
            rows.append(Heard(self.by_name[port], other, there.model, remote, there.descr))
        return tuple(rows)

    # --- power ------------------------------------------------------------------------------------------------------------

    @property
    def feeds(self) -> tuple[int, int] | None:
        """Watts that it may feed to devices, and does; None where it feeds none."""
        budget = self.model.fields.get("feeds_watts")
        if budget is None:
            return None
        if self.device.feeds_percent:
            return budget, budget * self.device.feeds_percent // 100
        drawn = 0
        for face in self.physical:
            hop = self.cabling.by_port.get((self.device.id, face.name))
            station = self.cabling.plan.stations.get(hop.to[0]) if hop else None
            model = self.cabling.models.get(hop.to[0]) if hop else None
            drawn += _WATTS.get(station.what if station else model.kind if model else "", 0)
        return budget, min(drawn, budget)

    # --- wear -------------------------------------------------------------------------------------------------------------

    @property
    def age_days(self) -> int:
        return (self.today - self.device.box.installed).days

    @property
    def pages(self) -> int:
        """Pages printed so far: the model's pace, spread among its boxes, on working days."""
        pace = self.model.fields.get("pace", 1000) * between(40, 160, "pace", self.device.box.asset) / 100
        if "pages_past_duty" in self.device.ails:  # it does the work of a printing house
            pace *= 60
        return int(self.age_days / 30.4 * pace) + between(10, 400, "test pages", self.device.box.asset)

    def supplies(self) -> list[tuple[str, int, int]]:
        """(name, capacity, level) of toner and drum; a cartridge is changed when it is empty."""
        rows = []
        for n, (name, capacity) in enumerate(self.model.fields.get("supplies", {}).items()):
            share = 1.0 if "Black" in name or "Drum" in name else 0.35
            printed = int(self.pages * share) + between(0, capacity, "first cartridge", self.device.box.asset, n)
            worn_out = "kit_due" in self.device.ails and "Drum" in name
            rows.append((name, capacity, capacity // 50 if worn_out else capacity - printed % capacity))
        return rows

    @property
    def battery_installed(self) -> dt.date:
        """The last change of the battery: every 42 to 76 months, which is often too late."""
        months = between(42, 76, "battery life", self.device.box.asset)
        rounds = int(self.age_days / 30.44) // months
        return self.device.box.installed + dt.timedelta(days=int(rounds * months * 30.44))

    @property
    def battery_years(self) -> float:
        return (self.today - self.battery_installed).days / 365.25

    @property
    def battery_health(self) -> float:
        """Share of the runtime that is left: slow at first, steep after the fourth year."""
        if "battery_weak" in self.device.ails:
            return 0.2
        return max(0.15, 1 - 0.05 * self.battery_years - 0.035 * max(0.0, self.battery_years - 3) ** 2)

    @property
    def cpu_percent(self) -> int:
        return between(2, 38, "cpu", self.device.box.asset, self.today)

    @property
    def memory_percent(self) -> int:
        if "memory_full" in self.device.ails:
            return 96
        return between(35, 88, "memory", self.device.box.asset, self.today.isocalendar().week)

    @property
    def celsius(self) -> int:
        """Beside the processor: warmer in summer, and much warmer where its fan has stopped or dust lies."""
        summer = 4 if self.today.month in {5, 6, 7, 8} else 0
        return between(34, 47, "board warm", self.device.box.asset) + summer + (38 if "hot" in self.device.ails else 0)

    def mac_text(self, mac: int | None) -> bytes:
        return mac_bytes(mac) if mac else b""
