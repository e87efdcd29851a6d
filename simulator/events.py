"""What can happen in a district, each kind one function on the plan: nothing but the plan changes.

`Scene` says whom it happens to, when, and with which dice. `KINDS` names the kinds as the district's YAML does.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from simulator.cabling import reset_meters
from simulator.catalogue import Catalogue, Model
from simulator.factory import built_date, new_box
from simulator.faults import is_spine
from simulator.founding import SHORT_KIND, WIRELESS, add_station, short_name
from simulator.plan import Access, Box, Device, Plan
from simulator.wiring import Patching

#: Things at the end of a line: losing one hides nothing else.
LEAVES = frozenset({"printer", "pc", "ups", "nvr", "camera", "storage"})
ALIASES = (b"Cam hanh lang", b"Phong Mot cua", b"Uplink tang 2", b"Du phong", b"May in chung", b"Hoi truong")


@dataclass(frozen=True)
class Scene:
    """One event about to happen. `subject` is a device's or station's id, or "office#n" for something new."""

    plan: Plan
    catalogue: Catalogue
    offices: Mapping[str, Mapping[str, Any]]
    mixes: Mapping[str, Any]
    core: str  # the device that routes for the offices on the campus
    subject: str
    day: dt.date
    chance: random.Random
    seed: int

    @cached_property
    def patch(self) -> Patching:
        return Patching(self.plan, self.catalogue)

    @property
    def device(self) -> Device:
        return self.plan.devices[self.subject]

    @property
    def model(self) -> Model:
        return self.catalogue[self.device.box.model]

    def put(self, device: Device) -> None:
        self.plan.devices[device.id] = device

    def new_box(self, model: Model) -> Box:
        """A box bought for this day, made a few months before."""
        year = min(self.day.year - 1, model.made[1])
        built = built_date(model, self.seed, "later", self.plan.next_asset, year=year, latest=self.day)
        return new_box(self.plan, model, built, self.day, self.seed)

    def free_address(self, office: str, near: str | None = None) -> str:
        """An address that DHCP might give out there; in the network of `near` where an office has two."""
        nets = [ipaddress.ip_network(n) for n in self.offices[office]["networks"]]
        net = next((n for n in nets if near and ipaddress.ip_address(near) in n), nets[0])
        shut = [ipaddress.ip_network(x) for x in self.offices[office].get("exclusions", ())]
        used = {d.address for d in self.plan.devices.values()} | {s.address for s in self.plan.stations.values()}
        used |= {a.split("/")[0] for d in self.plan.devices.values() for _, a in d.routed}
        free = [str(h) for h in net.hosts() if str(h) not in used and h != net[1] and not any(h in x for x in shut)]
        return self.chance.choice(free[len(free) // 3 :] or free)

    def settled(self, office: str) -> dict[str, Any]:
        """What a device gets from the office that it stands in."""
        entry = self.offices[office]
        vlan = entry.get("vlan", 1)
        gateway = f"{office}/gw1" if f"{office}/gw1" in self.plan.devices else self.core
        return {
            "office": office, "vlan": vlan, "vlans": frozenset({vlan}), "gateway": gateway, "location": entry["name_vi"].encode(),
            "prefix": ipaddress.ip_network(entry["networks"][0]).prefixlen, "address": self.free_address(office),
        }  # fmt: skip


# --- devices ----------------------------------------------------------------------------------------------------------------


def dies(scene: Scene) -> None:
    scene.put(replace(scene.device, alive=False))
    reset_meters(scene.plan, scene.subject)


def revived(scene: Scene) -> None:
    scene.put(replace(scene.device, alive=True, booted=scene.day))


def replaced(scene: Scene) -> None:
    """A new box, of the make's newest models where it still makes any, at the same place and address."""
    old, model = scene.device, scene.model
    fitting = [m for m in scene.catalogue.of_kind(model.kind) if m.platform == model.platform]
    newest = max(m.made[1] for m in fitting)
    sold = sorted((m for m in fitting if m.made[1] >= newest - 1), key=lambda m: m.name)
    _swap(scene, old, scene.chance.choice([m for m in sold if m.family == model.family] or sold))


def replaced_switch(scene: Scene) -> None:
    """The same make and port names, so that every cable finds its port."""
    names = set(scene.model.port_by_name)
    fitting = [m for m in scene.catalogue.models.values() if m.family == scene.model.family and names <= set(m.port_by_name)]
    if fitting:
        _swap(scene, scene.device, max(fitting, key=lambda m: (m.made[1], m.name)))


def _swap(scene: Scene, old: Device, model: Model) -> None:
    access = old.access
    if access.versions and not access.versions & model.snmp_versions:
        v1_only = model.snmp_versions == {"1"}
        access = replace(access, versions=model.snmp_versions - {"3"}, community="public-v1" if v1_only else "public")
    elif access.versions:
        access = replace(access, versions=access.versions & model.snmp_versions)
    box = scene.new_box(model)
    scene.put(
        replace(
            old, box=box, version=model.versions[-1], booted=scene.day, access=access,
            psu_serial=f"PS{box.serial[-6:]}" if old.psu_serial else "", switched_off=frozenset(), aliases=(), ails=frozenset(),
        )
    )  # fmt: skip
    reset_meters(scene.plan, old.id)
    for cable in scene.patch.cables_of(old.id):
        port = cable.a_port if cable.a == old.id else cable.b_port
        if port not in model.port_by_name and cable.medium != "air":
            port = model.ports[0].short
        scene.plan.cables[cable.id] = replace(cable, a_port=port) if cable.a == old.id else replace(cable, b_port=port)


def upgraded(scene: Scene) -> None:
    versions = scene.model.versions
    step = versions.index(scene.device.version) + 1 if scene.device.version in versions else len(versions) - 1
    scene.put(replace(scene.device, version=versions[min(step, len(versions) - 1)], booted=scene.day))
    reset_meters(scene.plan, scene.subject)


def renamed(scene: Scene) -> None:
    name = scene.device.name
    scene.put(replace(scene.device, name=name.removesuffix("-MOI") if name.endswith("-MOI") else f"{name}-MOI"))


def moved(scene: Scene) -> None:
    """Carried to another office: the place gets another name, the box stays what it is."""
    device = scene.device
    office = scene.chance.choice(sorted(c for c, o in scene.offices.items() if c != device.office and o["line"] != "seat"))
    scene.patch.unplug(device.id)
    reset_meters(scene.plan, device.id)
    del scene.plan.devices[device.id]
    place = f"{office}/{device.id.split('/')[1]}m{device.box.asset[1:].lstrip('0')}"
    scene.put(replace(device, id=place, booted=scene.day, **scene.settled(office)))
    scene.patch.plug(place, office, prefer_switch=0.6, seed=scene.seed)


def readdressed(scene: Scene) -> None:
    device = scene.device
    scene.put(replace(device, address=scene.free_address(device.office, device.address)))


def address_taken(scene: Scene) -> None:
    """DHCP: two devices of an office wake up with each other's address."""
    device = scene.device
    others = sorted(
        d.id for d in scene.plan.devices.values()
        if d.office == device.office and d.id != device.id and d.alive and d.vlan == device.vlan
        and scene.catalogue[d.box.model].kind in {"printer", "pc"}
    )  # fmt: skip
    if others:
        other = scene.plan.devices[scene.chance.choice(others)]
        scene.put(replace(device, address=other.address))
        scene.put(replace(other, address=device.address))


def new_devices(scene: Scene) -> None:
    office = scene.subject.split("#")[0]
    entry = scene.offices[office]
    kind = scene.chance.choice(("printer", "printer", "pc", "wireless"))
    rule = scene.mixes[entry["mix"]][kind]["of"]
    model = scene.catalogue[scene.chance.choices(list(rule), list(rule.values()))[0]]
    box = scene.new_box(model)
    tag, number = SHORT_KIND[kind], box.asset[1:].lstrip("0")
    device = Device(
        id=f"{office}/{tag}x{number}", name=f"{tag.upper()}-{short_name(entry)}-{number}", box=box, version=model.versions[-1],
        booted=scene.day,
        access=Access(
            model.snmp_versions - {"3"}, "doc-mang" if kind == "wireless" else "public", None,
            "ssh-may-chu" if model.platform == "linux" else None,
        ),
        **scene.settled(office),
    )  # fmt: skip
    scene.put(device)
    scene.patch.plug(device.id, office, prefer_switch=0.8, seed=scene.seed)


def power_supply(scene: Scene) -> None:
    scene.put(replace(scene.device, psu_serial=f"PS{scene.chance.randrange(10**6):06d}N"))


def rebooted(scene: Scene) -> None:
    scene.put(replace(scene.device, booted=scene.day))
    reset_meters(scene.plan, scene.subject)


# --- cables and stations ----------------------------------------------------------------------------------------------------


def new_stations(scene: Scene) -> None:
    office = scene.subject.split("#")[0]
    add_station(scene.plan, scene.patch, office, scene.free_address(office), scene.offices[office].get("vlan", 1), scene.seed)


def gone_stations(scene: Scene) -> None:
    scene.patch.unplug(scene.subject)
    del scene.plan.stations[scene.subject]


def moved_stations(scene: Scene) -> None:
    """Into another managed port of its office, where one is free."""
    office = scene.plan.stations[scene.subject].office
    places = sorted(s for s in scene.patch.switches(office) if scene.patch.room(s) > 0)
    if places:
        place = scene.chance.choice(places)
        scene.patch.replug(scene.patch.cables_of(scene.subject)[0].id, scene.subject, place, scene.patch.free_port(place))


def moved_uplinks(scene: Scene) -> None:
    """The switch's line towards the centre goes into another port of the same device above."""
    ups = [
        c for c in scene.patch.cables_of(scene.subject) if c.a == scene.subject and c.b in scene.plan.devices and not c.blocked
    ]
    if ups and scene.patch.room(ups[0].b) > 0:
        scene.patch.replug(ups[0].id, scene.subject, ups[0].b, scene.patch.free_port(ups[0].b))


def ports_shut(scene: Scene) -> None:
    """An unused port is shut, and labelled."""
    device, used = scene.device, scene.patch.used(scene.subject)
    free = [p.short for p in scene.model.ports if p.short not in used and p.short not in device.switched_off]
    if free:
        port = scene.chance.choice(free)
        alias = scene.chance.choice(ALIASES)
        scene.put(replace(device, switched_off=device.switched_off | {port}, aliases=(*device.aliases, (port, alias))))


# --- who it may happen to ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that something may happen to."""

    device: Device
    model: Model
    age_days: int  # since it was installed


def _old_leaf(who: Candidate) -> bool:
    return who.model.kind in LEAVES and who.age_days > 900


def _carried_about(who: Candidate) -> bool:
    return who.model.kind in {"printer", "pc"} and who.device.gateway is not None


def _upgradable(who: Candidate) -> bool:
    newest = who.device.version == who.model.versions[-1]
    return not newest and who.model.kind not in {"ups", "camera"} and who.model.told.get("os_version", True) is True


def _renamable(who: Candidate) -> bool:
    return who.model.kind in {"printer", "pc", "nvr"}


def _modular(who: Candidate) -> bool:
    return who.model.family in {"h3c-comware", "hp-procurve", "cisco-ios"} and who.device.access.half != "entity"


def _labelled_switch(who: Candidate) -> bool:
    return who.model.kind == "switch" and "ifx" in who.model.mibs and who.device.access.half is None


def _old_switch(who: Candidate) -> bool:
    return who.model.kind == "switch" and who.age_days > 2500


def _anybody(_: Candidate) -> bool:
    return True


Fits = Callable[[Candidate], bool]

#: Kind -> (what it does, whom it may befall). Kinds without a condition befall stations, or make something new.
KINDS: Mapping[str, tuple[Callable[[Scene], None], Fits | None]] = {
    "dies": (dies, _old_leaf),
    "revived": (revived, _anybody),
    "replaced": (replaced, _old_leaf),
    "replaced_switch": (replaced_switch, _old_switch),
    "upgraded": (upgraded, _upgradable),
    "renamed": (renamed, _renamable),
    "moved": (moved, _carried_about),
    "readdressed": (readdressed, _carried_about),
    "address_taken": (address_taken, _carried_about),
    "new_devices": (new_devices, None),
    "power_supply": (power_supply, _modular),
    "new_stations": (new_stations, None),
    "gone_stations": (gone_stations, None),
    "moved_stations": (moved_stations, None),
    "moved_uplinks": (moved_uplinks, _labelled_switch),
    "ports_shut": (ports_shut, _labelled_switch),
    "rebooted": (rebooted, _anybody),
}


def candidates(kind: str, plan: Plan, catalogue: Catalogue, offices: Mapping[str, Any]) -> set[str]:
    """Everyone and everything that a kind of event may befall."""
    if kind in {"new_devices", "new_stations"}:
        return {f"{code}#{n}" for code in offices for n in range(4)}
    if kind in {"gone_stations", "moved_stations"}:
        return {s.id for s in plan.stations.values() if kind == "gone_stations" or s.what not in WIRELESS}
    fits = KINDS[kind][1]
    assert fits is not None
    found = set()
    for device in plan.devices.values():
        if device.alive != (kind == "revived") and not is_spine(device):
            age = (plan.date - device.box.installed).days
            if fits(Candidate(device, catalogue[device.box.model], age)):
                found.add(device.id)
    return found
