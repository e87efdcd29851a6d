"""The first day: from the district's YAML to a plan of boxes in places, stations, unmanaged switches and cables.

What matters (gateways, switches, lines) is written by hand in the YAML; the bulk is drawn from the office's mix by the seed.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from simulator import openings
from simulator.catalogue import Catalogue, Model
from simulator.chance import between, dice, share
from simulator.factory import STATION_MAKERS, built_date, new_box, station_mac, stored
from simulator.faults import afflict, cp1258, tcvn3
from simulator.plan import PROVIDER, WAN, Access, Device, Hub, Office, Plan, Station
from simulator.troubles import plant
from simulator.wiring import Patching

#: Which credential the agents of a kind know where the YAML does not say otherwise.
USUAL_CREDENTIAL = {
    "switch": "doc-mang",
    "router": "doc-mang",
    "firewall": "doc-mang",
    "wireless": "doc-mang",
    "server": "doc-mang",
    "storage": "doc-mang",
    "printer": "public",
    "ups": "public",
    "pc": "public",
    "nvr": "public",
    "camera": "public",
}
SHORT_KIND = {
    "wireless": "ap",
    "printer": "prn",
    "ups": "ups",
    "nvr": "nvr",
    "storage": "nas",
    "server": "srv",
    "camera": "cam",
    "pc": "pc",
}
STATION_WEIGHTS = {"pc": 54, "laptop": 14, "smartphone": 14, "telephone": 6, "camera": 8, "printer": 4}
WIRELESS = {"laptop", "smartphone"}
ROOMS = (
    "Phòng Một cửa",
    "Phòng Chủ tịch",
    "Phòng Tư pháp - Hộ tịch",
    "Phòng Địa chính",
    "Phòng Kế toán",
    "Hội trường",
    "Phòng máy",
    "Tầng 2",
)


def plain(text: str) -> str:
    """Letters without Vietnamese marks, for device names: "Đồng Ích" -> "DongIch"."""
    bare = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in bare if c.isascii() and c.isalnum())


def plain_words(text: str) -> bytes:
    """The words without marks, as most people type them into a switch."""
    return " ".join(plain(word) for word in text.split()).encode()


def short_name(entry: Mapping[str, Any]) -> str:
    """The office's name as it stands in device names: "Đồng Ích commune" -> "DongIch"."""
    return plain(entry["name_en"].removesuffix(" commune").removesuffix(" town"))


def read_offices(district: Mapping[str, Any]) -> tuple[Office, ...]:
    """The offices as the YAML lists them."""
    return tuple(
        Office(
            code=o["code"],
            name_vi=o["name_vi"],
            name_en=o["name_en"],
            parent=o.get("parent"),
            staff=o["staff"],
            networks=tuple(o["networks"]),
            exclusions=tuple(o.get("exclusions", ())),
            credentials_snmp=tuple(district["snmp"]) if o["networks"] else (),
            credentials_ssh=tuple(district["ssh"]) if o["networks"] else (),
            valid_from=o.get("valid_from"),
            valid_to=o.get("valid_to"),
            successor=o.get("successor"),
            vlan=o.get("vlan", 1),
        )
        for o in district["offices"]
    )


class _Site:
    """One office while it is being furnished: its free addresses and the running numbers of its places."""

    def __init__(self, code: str, networks: list[str], exclusions: list[str], seed: int) -> None:
        self.shut = [ipaddress.ip_network(x) for x in exclusions]
        self.code = code
        self.nets = [ipaddress.ip_network(n) for n in networks]
        self.seed = seed
        self.free: list[Iterator[str]] = [self._hosts(n) for n in self.nets]
        self.counts: dict[str, int] = {}

    def _hosts(self, net: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Iterator[str]:
        # Fixed equipment sits at the bottom, everything else is spread over the rest, as DHCP does.
        hosts = [str(h) for h in net.hosts() if not any(h in x for x in self.shut)]
        low, high = hosts[: len(hosts) // 3], hosts[len(hosts) // 3 :]
        dice(self.seed, "dhcp", self.code, net).shuffle(high)
        yield from low + high

    def address(self, network: int = 0) -> str:
        return next(self.free[network])

    def number(self, what: str) -> int:
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]


class Founder:
    """Furnishes the offices one by one and cables them."""

    def __init__(self, district: Mapping[str, Any], catalogue: Catalogue) -> None:
        self.district = district
        self.catalogue = catalogue
        self.seed: int = district["seed"]
        self.today: dt.date = district["today"]
        self.plan = Plan(self.today)
        self.patch = Patching(self.plan, catalogue)
        self.sites: dict[str, _Site] = {}
        self.wan_hosts = ipaddress.ip_network(district["wan"]["network"]).hosts()

    def found(self) -> Plan:
        """The plan at the district's first day."""
        offices = [o for o in self.district["offices"] if o["networks"]]
        for entry in offices:
            if entry["line"] == "seat":
                self._seat(entry, offices)
        for entry in offices:
            if entry["line"] != "seat":
                self._branch(entry)
        for entry in offices:
            self._furnish(entry)
        afflict(self.plan, self.catalogue, self.district["faults"], self.seed)
        self._label()
        self._badly_crimped()
        for trouble in self.district.get("troubles", ()):
            plant(self.plan, trouble)
        for door in self.district.get("doors", ()):
            openings.plant(self.plan, door)
        return self.plan

    # --- places ---------------------------------------------------------------------------------------------------------

    def _device(
        self, site: _Site, key: str, model: Model, name: str, *, year: int | None = None, network: int = 0, **fields: Any
    ) -> Device:
        built = built_date(model, self.seed, site.code, key, year=year, latest=self.today)
        installed = min(built + stored(self.seed, site.code, key), self.today - dt.timedelta(days=20))
        box = new_box(self.plan, model, built, installed, self.seed)
        address = site.address(network)
        chance = dice(self.seed, "device", site.code, key)
        up = min(chance.choice((3, 9, 21, 34, 60, 95, 140, 210, 300, 420)) + chance.randrange(14), (self.today - installed).days)
        device = Device(
            id=f"{site.code}/{key}",
            office=site.code,
            address=address,
            name=name,
            box=box,
            version=model.version_at(built, chance),
            booted=self.today - dt.timedelta(days=max(1, up)),
            prefix=site.nets[network].prefixlen,
            psu_serial=f"PS{box.serial[-6:]}" if model.kind == "switch" else "",
            **fields,
        )
        self.plan.devices[device.id] = device
        return device

    def _access(self, entry: Mapping[str, Any], model: Model, *words: object) -> Access:
        """SNMP by the model's versions and the kind's usual credential; SSH where the YAML says so."""
        name = entry.get("access", USUAL_CREDENTIAL[model.kind])
        login = None
        if entry.get("ssh") and model.platform:
            login = "ssh-may-chu" if model.platform == "linux" else "ssh-mang"
        if name.startswith("v3"):
            return Access(frozenset({"3"}), None, name, login)
        versions = model.snmp_versions - {"3"}
        if versions == {"1"}:
            name = "public-v1"
        elif share(self.seed, "v1 off", *words) < 0.25:
            versions -= {"1"}
        return Access(versions, name, None, login)

    def _location(self, entry: Mapping[str, Any], *words: object) -> bytes:
        room = ROOMS[between(0, len(ROOMS) - 1, self.seed, "room", *words)]
        return f"{room}, {entry['name_vi']}".encode()

    def _managed(
        self, site: _Site, entry: Mapping[str, Any], key: str, gear: Mapping[str, Any], name: str, **fields: Any
    ) -> Device:
        model = self.catalogue[gear["model"]]
        return self._device(
            site, key, model, gear.get("name", name), year=gear.get("made"),
            access=self._access(gear, model, site.code, key), location=self._location(entry, site.code, key), **fields,
        )  # fmt: skip

    # --- the district office ----------------------------------------------------------------------------------------------

    def _seat(self, entry: Mapping[str, Any], offices: list[Mapping[str, Any]]) -> None:
        code, vlan, servers = entry["code"], entry["vlan"], entry["server_vlan"]
        site = self._site(entry)
        campus = {o["vlan"] for o in offices if o["line"] == "campus"}
        every = frozenset({vlan, servers, *campus})
        core = f"{code}/core1"
        for gear in entry["infrastructure"]:
            key = gear["id"]
            wide = key in {"wan1", "wansw1"}
            fields: dict[str, Any] = {"vlan": servers, "vlans": every | {WAN} if wide else every, "gateway": core, "network": 1}
            self._managed(site, entry, key, gear, gear.get("name", key), **fields)
        # The core routes: an address in every network behind it, the first of each.
        addresses = [(vlan, f"{site.address(0)}/{site.nets[0].prefixlen}")]
        for other in offices:
            if other["line"] == "campus":
                net = ipaddress.ip_network(other["networks"][0])
                addresses.append((other["vlan"], f"{net[1]}/{net.prefixlen}"))
        devices = self.plan.devices
        # It answers questions at its address among the staff's PCs as well; the other networks are kept from asking.
        at = (addresses[0][1].split("/")[0],)
        devices[core] = replace(devices[core], routed=tuple(addresses), gateway=f"{code}/fw1", answers_at=at)
        wan_net = ipaddress.ip_network(self.district["wan"]["network"])
        router = self.district["wan"]["router"]
        devices[router] = replace(devices[router], routed=((WAN, f"{next(self.wan_hosts)}/{wan_net.prefixlen}"),), gateway=None)
        firewall = f"{code}/fw1"
        devices[firewall] = replace(devices[firewall], gateway=None)
        patch: Patching = self.patch
        wansw: str = self.district["wan"]["switch"]
        patch.connect(router, "Gi0/0", wansw, patch.free_port(wansw))
        patch.connect(router, "Gi0/1", core, patch.free_port(core))
        patch.connect(wansw, patch.uplink(wansw), core, patch.free_port(core))
        patch.connect(wansw, patch.uplink(wansw), PROVIDER, "", medium="provider")
        patch.connect(firewall, "wan1", PROVIDER, "", medium="provider")
        patch.connect(firewall, "internal1", core, patch.free_port(core))
        # Two cores, joined by an aggregate of two lines; the second uplinks of the access switches are held back.
        second = f"{code}/core2"
        for _ in range(2):
            patch.connect(core, patch.uplink(core), second, patch.uplink(second), medium="fibre", aggregate="Bridge-Aggregation1")
        for gear in entry["infrastructure"]:
            for turn, parent in enumerate(gear.get("above", ())):
                child, above = f"{code}/{gear['id']}", f"{code}/{parent}"
                patch.connect(child, patch.uplink(child), above, patch.free_port(above), medium="fibre", blocked=turn > 0)

    # --- the other offices ------------------------------------------------------------------------------------------------

    def _branch(self, entry: Mapping[str, Any]) -> None:
        code = entry["code"]
        site = self._site(entry)
        vlan = entry.get("vlan", 1)
        short = short_name(entry)
        patch = self.patch
        wan = self.district["wan"]
        if entry["line"] == "campus":
            site.address()  # the first address is the core's
            root, gateway = None, f"{wan['router'].split('/')[0]}/core1"
        else:
            gear = entry["gateway"]
            gateway = f"{code}/gw1"
            outside = f"{next(self.wan_hosts)}/{ipaddress.ip_network(wan['network']).prefixlen}"
            self._managed(
                site,
                entry,
                "gw1",
                gear,
                f"GW-{short}",
                vlan=vlan,
                vlans=frozenset({vlan}),
                routed=((WAN, outside),),
                gateway=wan["router"],
            )
            root = gateway
            port = next(p.short for p in self.catalogue[gear["model"]].ports if p.segment == "wan")
            if entry["line"] == "fibre":
                patch.connect(gateway, port, wan["switch"], patch.free_port(wan["switch"]), medium="fibre")
            else:
                patch.connect(gateway, port, PROVIDER, "", medium="provider")
        for n, gear in enumerate(entry.get("switches", ()), 1):
            key = f"sw{n}"
            self._managed(site, entry, key, gear, f"SW{n}-{short}", vlan=vlan, vlans=frozenset({vlan}), gateway=gateway)
            child, above = f"{code}/{key}", root or gateway
            patch.connect(child, patch.uplink(child), above, patch.free_port(above), medium="fibre" if root is None else "copper")
            if n == 1:
                root = child

    def _site(self, entry: Mapping[str, Any]) -> _Site:
        if entry["code"] not in self.sites:
            self.sites[entry["code"]] = _Site(entry["code"], entry["networks"], entry.get("exclusions", []), self.seed)
        return self.sites[entry["code"]]

    # --- what stands in the rooms -------------------------------------------------------------------------------------------

    def _furnish(self, entry: Mapping[str, Any]) -> None:
        code, site = entry["code"], self._site(entry)
        mix = self.district["mixes"][entry["mix"]]
        vlan = entry.get("vlan", 1)
        servers = entry.get("server_vlan", vlan)
        routes = f"{code}/gw1" if f"{code}/gw1" in self.plan.devices else f"{self.district['wan']['router'].split('/')[0]}/core1"
        for n in range(entry.get("hubs", 0)):
            hub = Hub(f"{code}/hub{n + 1}", code, (8, 16, 8, 24, 8, 16)[n % 6])
            self.plan.hubs[hub.id] = hub
            self.patch.hang_hub(hub, share(self.seed, "chain", hub.id) < 0.2)
        short = short_name(entry)
        for kind, tag in SHORT_KIND.items():
            rule = mix[kind]
            count = between(*rule["count"], self.seed, "count", code, kind)
            chance = dice(self.seed, "models", code, kind)
            names = chance.choices(list(rule["of"]), list(rule["of"].values()), k=count)
            for model in (self.catalogue[n] for n in names):
                n = site.number(tag)
                key = f"{tag}{n}"
                served = kind in {"server", "storage"}
                ssh = model.platform == "linux"
                access = self._access({"ssh": ssh}, model, code, key)
                if ssh and share(self.seed, "no agent", code, key) < (0.8 if kind == "pc" else 0.3):
                    access = replace(access, versions=frozenset(), community=None)
                network = 1 if served and len(site.nets) > 1 else 0
                station_vlan = servers if served else vlan
                device = self._device(
                    site, key, model, self._name(kind, tag, short, n, model), network=network, access=access,
                    location=self._location(entry, code, key), vlan=station_vlan, vlans=frozenset({station_vlan}), gateway=routes,
                )  # fmt: skip
                self.patch.plug(
                    device.id,
                    code,
                    prefer_switch=0.92 if kind in {"wireless", "server", "storage", "nvr"} else 0.55,
                    seed=self.seed,
                )
        self._stations(site, mix, vlan)

    def _name(self, kind: str, tag: str, short: str, n: int, model: Model) -> str:
        if kind == "printer":
            return f"{model.vendor[:3].upper()}{model.name.split()[0][:4].upper()}-{short}{n}"
        if kind in {"pc", "server"}:
            return f"{tag.upper()}-{short}-{n:02d}"
        return f"{tag}-{short}-{n}".lower() if kind in {"storage", "wireless"} else f"{tag.upper()}-{short}-{n}"

    def _stations(self, site: _Site, mix: Mapping[str, Any], vlan: int) -> None:
        for _ in range(between(*mix["stations"], self.seed, "stations", site.code)):
            add_station(self.plan, self.patch, site.code, site.address(), vlan, self.seed)

    def _label(self) -> None:
        """Ports of managed switches that lead somewhere are labelled, by some in letters with marks, in three codes."""
        for cable in list(self.plan.cables.values()):
            for place, port in cable.ends():
                device = self.plan.devices.get(place)
                if device is None or not port or self.catalogue[device.box.model].kind != "switch":
                    continue
                if place == cable.a:
                    label = "Uplink"
                elif cable.a in self.plan.hubs or share(self.seed, "label", cable.id) < 0.2:
                    label = ROOMS[between(0, len(ROOMS) - 1, self.seed, "label", cable.id)]
                else:
                    continue
                code = (plain_words, plain_words, str.encode, tcvn3, cp1258)[between(0, 4, self.seed, "code", place)]
                self.plan.devices[place] = replace(device, aliases=(*device.aliases, (port, code(label))))

    def _badly_crimped(self) -> None:
        """One copper cable in forty gives errors."""
        for cable in list(self.plan.cables.values()):
            if cable.medium == "copper" and share(self.seed, "crimp", cable.id) < 0.025:
                errors = between(40, 9000, self.seed, "errors", cable.id)
                self.plan.cables[cable.id] = replace(cable, errors_per_day=errors)


def add_station(plan: Plan, patch: Patching, office: str, address: str, vlan: int, seed: int) -> Station:
    """One more station in an office, on the air where it is wireless and the office has an access point."""
    number = plan.next_item
    plan.next_item += 1
    what = dice(seed, "station", number).choices(list(STATION_WEIGHTS), list(STATION_WEIGHTS.values()))[0]
    assert what in STATION_MAKERS
    station = Station(f"{office}/st{number}", office, station_mac(what, number, seed), address, vlan, what)
    plan.stations[station.id] = station
    if what not in WIRELESS or not patch.on_air(station.id, office, seed):
        patch.plug(station.id, office, prefer_switch=0.3, seed=seed)
    return station
