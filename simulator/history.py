"""What happens in the district, day by day: failures, replacements, upgrades, moves, new and gone stations; by the seed.

Time goes in rounds of thirty days. A round's events are drawn from the plan as it stands when the round begins; no device takes
part in two of them, so that a person can tell the changes apart.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator.cabling import advance, reset_meters
from simulator.catalogue import Catalogue
from simulator.chance import dice
from simulator.factory import built_date, new_box
from simulator.faults import _kept_out as is_spine
from simulator.founding import WIRELESS, add_station
from simulator.plan import Box, Device, Plan
from simulator.wiring import Patching

ROUND_DAYS = 30
#: Things at the end of a line: losing one hides nothing else.
LEAVES = frozenset({"printer", "pc", "ups", "nvr", "camera", "storage"})
ALIASES = ("Cam hanh lang", "Phong Mot cua", "Uplink tang 2", "Du phong", "May in chung", "Hoi truong")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens on the night before `date`."""

    date: dt.date
    what: str
    device: str
    act: Callable[[Plan], None]


class History:
    """Plays events onto copies of the first day's plan. Remembers where it has been, so that later days are cheap."""

    def __init__(self, founding: Plan, catalogue: Catalogue, district: Mapping[str, Any]) -> None:
        self.catalogue = catalogue
        self.seed: int = district["seed"]
        self.rates: Mapping[str, list[int]] = district["history"]
        self.mixes = district["mixes"]
        self.offices: Mapping[str, Mapping[str, Any]] = {o["code"]: o for o in district["offices"] if o["networks"]}
        self.first = founding.date
        self._rounds: list[Plan] = [self._warm(founding)]
        self._events: list[list[Event]] = []

    def _warm(self, plan: Plan) -> Plan:
        """Lets the ports have counted since their devices booted, before the first day."""
        longest = max((self.first - d.booted).days for d in plan.devices.values())
        plan.date = self.first - dt.timedelta(days=longest)
        advance(plan, self.catalogue, longest)
        for (place, port), counted in list(plan.meters.items()):
            share = (self.first - plan.devices[place].booted).days / longest
            plan.meters[place, port] = (counted[0] * share, counted[1] * share, counted[2] * share)
        plan.date = self.first
        return plan

    def plan_at(self, date: dt.date) -> Plan:
        """The plan on the morning of a day, not before the first."""
        wanted = (date - self.first).days // ROUND_DAYS
        while len(self._rounds) <= wanted:
            number = len(self._rounds) - 1
            end = self.first + dt.timedelta(days=ROUND_DAYS * (number + 1))
            self._rounds.append(self._play(self._rounds[number].copy(), self.events(number), end))
        return self._play(self._rounds[wanted].copy(), self.events(wanted), date)

    def events(self, number: int) -> list[Event]:
        """The events of a round, by date. The round must have been reached."""
        while len(self._events) <= number:
            self._events.append(self._draw(len(self._events)))
        return self._events[number]

    def _play(self, plan: Plan, events: list[Event], until: dt.date) -> Plan:
        for event in events:
            if not plan.date <= event.date <= until:
                continue
            advance(plan, self.catalogue, (event.date - plan.date).days)
            plan.date = event.date
            event.act(plan)
        advance(plan, self.catalogue, (until - plan.date).days)
        plan.date = until
        return plan

    # --- drawing ------------------------------------------------------------------------------------------------------------

    def _draw(self, number: int) -> list[Event]:
        plan = self._rounds[number]
        chance = dice(self.seed, "round", number)
        taken: set[str] = set()
        events: list[Event] = []
        for what, (low, high) in self.rates.items():
            for _ in range(chance.randint(low, high)):
                day = plan.date + dt.timedelta(days=chance.randint(1, ROUND_DAYS - 1))
                subject = self._subject(plan, what, chance, taken)
                if subject is not None:
                    taken.add(subject)
                    salt = chance.randrange(2**32)
                    events.append(Event(day, what, subject, self._act(what, subject, day, salt)))
        return sorted(events, key=lambda e: (e.date, e.what, e.device))

    def _subject(self, plan: Plan, what: str, chance: random.Random, taken: set[str]) -> str | None:
        """Who it happens to; None when nobody is left."""
        fitting = sorted(self._candidates(plan, what) - taken)
        return chance.choice(fitting) if fitting else None

    def _candidates(self, plan: Plan, what: str) -> set[str]:
        if what in {"new_devices", "new_stations"}:
            return {f"{code}#{n}" for code in self.offices for n in range(4)}
        if what in {"gone_stations", "moved_stations"}:
            return {s.id for s in plan.stations.values() if what == "gone_stations" or s.what not in WIRELESS}
        found = set()
        for device in plan.devices.values():
            if not is_spine(device) and self._may(what, device, plan):
                found.add(device.id)
        return found

    def _may(self, what: str, device: Device, plan: Plan) -> bool:
        model = self.catalogue[device.box.model]
        if what == "revived":
            return not device.alive
        if not device.alive:
            return False
        leaf = model.kind in LEAVES
        age = (plan.date - device.box.installed).days
        if what in {"dies", "replaced"}:
            return leaf and age > 900
        if what in {"moved", "readdressed", "address_taken"}:
            return model.kind in {"printer", "pc"} and device.gateway is not None
        if what == "upgraded":
            return device.version != model.versions[-1] and model.kind not in {"ups", "camera"}
        if what == "renamed":
            return model.kind in {"printer", "pc", "nvr"}
        if what == "power_supply":
            return model.family in {"h3c-comware", "hp-procurve", "cisco-ios"}
        if what in {"moved_uplinks", "ports_shut"}:
            return model.kind == "switch" and "ifx" in model.mibs
        return what == "rebooted"

    def _act(self, what: str, subject: str, day: dt.date, salt: int) -> Callable[[Plan], None]:
        return lambda plan: getattr(self, f"_{what}")(plan, subject, day, dice(self.seed, what, subject, day, salt))

    # --- what it does -------------------------------------------------------------------------------------------------------

    def _patch(self, plan: Plan) -> Patching:
        return Patching(plan, self.catalogue)

    def _free_address(self, plan: Plan, office: str, chance: random.Random, near: str | None = None) -> str:
        nets = [ipaddress.ip_network(n) for n in self.offices[office]["networks"]]
        net = next((n for n in nets if near and ipaddress.ip_address(near) in n), nets[0])
        used = {d.address for d in plan.devices.values()} | {s.address for s in plan.stations.values()}
        used |= {a.split("/")[0] for d in plan.devices.values() for _, a in d.routed}
        free = [str(h) for h in net.hosts() if str(h) not in used and str(h) != str(net[1])]
        return chance.choice(free[len(free) // 3 :] or free)

    def _dies(self, plan: Plan, subject: str, _: dt.date, chance: random.Random) -> None:
        plan.devices[subject] = replace(plan.devices[subject], alive=False)
        reset_meters(plan, subject)

    def _revived(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        plan.devices[subject] = replace(plan.devices[subject], alive=True, booted=day)

    def _replaced(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        """A new box, of a newer model where the kind has one, at the same place and address."""
        old = plan.devices[subject]
        kind, platform = self.catalogue[old.box.model].kind, self.catalogue[old.box.model].platform
        newer = [m for m in self.catalogue.of_kind(kind) if m.made[1] >= day.year - 2 and m.platform == platform and m.ports]
        same = [m for m in newer if m.family == old.box.family] or newer
        if not same:
            return
        model = chance.choice(sorted(same, key=lambda m: m.name))
        box = self._box(plan, model.name, day)
        versions = old.access.versions & model.snmp_versions if old.access.versions else frozenset[str]()
        community = old.access.community
        if old.access.versions and not versions:
            versions, community = model.snmp_versions - {"3"}, "public-v1" if model.snmp_versions == {"1"} else "public"
        plan.devices[subject] = replace(
            old,
            box=box,
            version=model.versions[-1],
            booted=day,
            access=replace(old.access, versions=versions, community=community),
        )
        reset_meters(plan, subject)
        for cable in self._patch(plan).cables_of(subject):
            port = model.ports[0].short
            plan.cables[cable.id] = replace(cable, a_port=port) if cable.a == subject else replace(cable, b_port=port)

    def _box(self, plan: Plan, model: str, day: dt.date) -> Box:
        shown = self.catalogue[model]
        year = min(day.year - 1, shown.made[1])
        built = built_date(shown, self.seed, "later", plan.next_asset, year=year, latest=day)
        return new_box(plan, shown, built, day, self.seed)

    def _upgraded(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        device = plan.devices[subject]
        versions = self.catalogue[device.box.model].versions
        step = versions.index(device.version) + 1 if device.version in versions else len(versions) - 1
        plan.devices[subject] = replace(device, version=versions[min(step, len(versions) - 1)], booted=day)
        reset_meters(plan, subject)

    def _renamed(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        device = plan.devices[subject]
        plan.devices[subject] = replace(
            device, name=f"{device.name}-MOI" if not device.name.endswith("-MOI") else device.name[:-4]
        )

    def _moved(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        """Carried to another office: the place changes its name, the box does not."""
        device = plan.devices[subject]
        office = chance.choice(sorted(c for c in self.offices if c != device.office and self.offices[c]["line"] not in {"seat"}))
        entry = self.offices[office]
        vlan = entry.get("vlan", 1)
        gateway = next((d.id for d in plan.devices.values() if d.id == f"{office}/gw1"), "lap-thach/core1")
        self._patch(plan).unplug(subject)
        del plan.devices[subject]
        moved = replace(
            device, id=f"{office}/{device.id.split('/')[1]}m{plan.next_item}", office=office, address=self._free_address(plan, office, chance),
            vlan=vlan, vlans=frozenset({vlan}), gateway=gateway, booted=day, location=entry["name_vi"].encode(),
            prefix=ipaddress.ip_network(entry["networks"][0]).prefixlen,
        )  # fmt: skip
        reset_meters(plan, subject)
        plan.devices[moved.id] = moved
        self._patch(plan).plug(moved.id, office, prefer_switch=0.6, seed=self.seed)

    def _readdressed(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        if subject in plan.devices:
            device = plan.devices[subject]
            plan.devices[subject] = replace(device, address=self._free_address(plan, device.office, chance, device.address))

    def _address_taken(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        """DHCP: two devices of an office wake up with each other's address."""
        device = plan.devices[subject]
        others = sorted(
            d.id for d in plan.devices.values()
            if d.office == device.office and d.id != subject and d.alive and d.vlan == device.vlan
            and self.catalogue[d.box.model].kind in {"printer", "pc"}
        )  # fmt: skip
        if others:
            other = plan.devices[chance.choice(others)]
            plan.devices[subject] = replace(device, address=other.address)
            plan.devices[other.id] = replace(other, address=device.address)

    def _new_devices(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        office = subject.split("#")[0]
        entry = self.offices[office]
        kind = chance.choice(("printer", "printer", "pc", "wireless"))
        rule = self.mixes[entry["mix"]][kind]["of"]
        model = self.catalogue[chance.choices(list(rule), list(rule.values()))[0]]
        box = self._box(plan, model.name, day)
        vlan = entry.get("vlan", 1)
        number = plan.next_item
        plan.next_item += 1
        from simulator.founding import SHORT_KIND, plain
        from simulator.plan import Access

        tag = SHORT_KIND[kind]
        versions = model.snmp_versions - {"3"}
        login = "ssh-may-chu" if model.platform == "linux" else None
        gateway = next((d.id for d in plan.devices.values() if d.id == f"{office}/gw1"), "lap-thach/core1")
        device = Device(
            id=f"{office}/{tag}x{number}", office=office, address=self._free_address(plan, office, chance),
            name=f"{tag.upper()}-{plain(entry['name_en'].split(' commune')[0])}-{number}", box=box, version=model.versions[-1], booted=day,
            access=Access(versions, "doc-mang" if kind == "wireless" else "public", None, login), location=entry["name_vi"].encode(),
            vlan=vlan, vlans=frozenset({vlan}), prefix=ipaddress.ip_network(entry["networks"][0]).prefixlen, gateway=gateway,
        )  # fmt: skip
        plan.devices[device.id] = device
        self._patch(plan).plug(device.id, office, prefer_switch=0.8, seed=self.seed)

    def _power_supply(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        plan.devices[subject] = replace(plan.devices[subject], psu_serial=f"PS{chance.randrange(10**6):06d}N")

    def _new_stations(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        office = subject.split("#")[0]
        add_station(
            plan,
            self._patch(plan),
            office,
            self._free_address(plan, office, chance),
            self.offices[office].get("vlan", 1),
            self.seed,
        )

    def _gone_stations(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        self._patch(plan).unplug(subject)
        del plan.stations[subject]

    def _moved_stations(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        """Into another managed port of its office, where one is free."""
        patch, station = self._patch(plan), plan.stations[subject]
        places = [s for s in patch.switches(station.office) if patch.room(s) > 0]
        if places:
            cable = patch.cables_of(subject)[0]
            place = chance.choice(sorted(places))
            patch.replug(cable.id, subject, place, patch.free_port(place))

    def _moved_uplinks(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        """The switch's line towards the centre goes into another port of the same device above."""
        patch = self._patch(plan)
        ups = [c for c in patch.cables_of(subject) if c.a == subject and c.b in plan.devices and not c.blocked]
        if ups and patch.room(ups[0].b) > 0:
            patch.replug(ups[0].id, subject, ups[0].b, patch.free_port(ups[0].b))

    def _ports_shut(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        """An unused port is shut, and labelled."""
        device, patch = plan.devices[subject], self._patch(plan)
        used = patch.used(subject)
        free = [
            p.short for p in self.catalogue[device.box.model].ports if p.short not in used and p.short not in device.switched_off
        ]
        if free:
            port = chance.choice(free)
            plan.devices[subject] = replace(
                device, switched_off=device.switched_off | {port}, aliases=(*device.aliases, (port, chance.choice(ALIASES)))
            )

    def _rebooted(self, plan: Plan, subject: str, day: dt.date, chance: random.Random) -> None:
        if subject in plan.devices:
            plan.devices[subject] = replace(plan.devices[subject], booted=day)
            reset_meters(plan, subject)

    def told(self, until: dt.date) -> Iterator[Event]:
        """Everything that has happened up to a day."""
        self.plan_at(until)
        for number in range((until - self.first).days // ROUND_DAYS + 1):
            yield from (e for e in self.events(number) if e.date <= until)
