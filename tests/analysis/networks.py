"""Networks with a known cabling, as the frames of an inventory that a perfect scan would fill: the simulated district, and
networks drawn at random. Discovery can be switched off on a share of the switches, and a share of the entries lost.

Nothing here knows how topology is inferred.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.tables import typed
from inventory.frames.columns import FRAMES
from inventory.frames.surroundings import maker
from inventory.hardware_addresses import mac_class
from simulator.network import Network
from simulator.plan import PROVIDER, mac_text
from simulator.truth import _port, tables

FORWARDING = ("device", "office", "port", "mac", "vlan", "read_at")
ARP = ("device", "office", "mac", "address", "port", "read_at")


@dataclass
class Truth:
    """What is right. Ends are (device, port)."""

    #: direct cables with a link between two devices of the inventory
    cables: set[frozenset[tuple[str, str]]] = field(default_factory=set)
    #: of them those that the spanning tree holds back
    blocked: set[frozenset[tuple[str, str]]] = field(default_factory=set)
    #: ends that only unmanaged switches join
    joined: set[frozenset[tuple[str, str]]] = field(default_factory=set)
    stations: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: the upper port of unmanaged switches -> things behind them that run
    unmanaged: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass
class Frames:
    devices: pd.DataFrame
    interfaces: pd.DataFrame
    links: pd.DataFrame
    endpoints: pd.DataFrame
    forwarding: pd.DataFrame
    arp: pd.DataFrame
    truth: Truth
    #: entries of stations at the very port where they hang that are left
    kept: set[str]


def finish(
    devices: list[dict],
    interfaces: list[dict],
    told: list[tuple[str, str, str, str, str]],
    rows: list[dict],
    truth: Truth,
    *,
    deaf: float,
    lost: float,
    asleep: float,
    seed: int,
    owners: dict[str, str],
    heard: list[dict] | None = None,
) -> Frames:
    """`told`: (a, a_port, b, b_port, protocol) as if every end told; both ends stand in it where both do. `heard`: entries of
    ARP tables. `lost`: share of all entries that have aged, each by itself; `asleep`: share of addresses that nobody has heard
    for so long that all their forwarding entries have."""
    dice = random.Random(f"{seed} {deaf} {lost}")
    switches = [d["device"] for d in devices if d["kind"] == "switch"]
    silent = set(dice.sample(switches, round(deaf * len(switches))))
    sleeping = set(dice.sample(addresses := sorted({row["mac"] for row in rows}), round(asleep * len(addresses))))
    rows = [row for row in rows if dice.random() >= lost and row["mac"] not in sleeping]
    speaking = [t for t in told if t[0] not in silent and t[2] not in silent]
    sides = Counter(frozenset((t[:2], t[2:4])) for t in speaking)
    links = {}
    for a, a_port, b, b_port, protocol in speaking:
        links.setdefault(
            frozenset(((a, a_port), (b, b_port))),
            {
                "a_device": a, "a_port": a_port, "b_device": b, "b_port": b_port, "protocol": protocol,
                "both_sides": sides[frozenset(((a, a_port), (b, b_port)))] > 1,
            },
        )  # fmt: skip
    forwarding = pd.DataFrame(rows, columns=list(FORWARDING))
    arp = pd.DataFrame([row for row in heard or () if dice.random() >= lost], columns=list(ARP))
    uplinks = {end for link in links for end in link}
    kept = {row["mac"] for row in rows if truth.stations.get(row["mac"]) == (row["device"], row["port"])}
    return Frames(
        typed(devices, FRAMES["devices"]),
        typed(interfaces, FRAMES["interfaces"]),
        typed(links.values(), FRAMES["links"]),
        typed(_endpoints(rows, uplinks, owners), FRAMES["endpoints"]),
        forwarding,
        arp,
        truth,
        kept,
    )


def _endpoints(rows: list[dict], uplinks: set, owners: dict[str, str]) -> list[dict]:
    """The nearest port as the inventory has it: the fewest stations, no uplink where another is known."""
    crowd = Counter((row["device"], row["port"]) for row in rows)
    best: dict[str, tuple] = {}
    for row in rows:
        end = (row["device"], row["port"])
        rank = (end in uplinks, crowd[end], *end)
        if row["mac"] not in best or rank < best[row["mac"]]:
            best[row["mac"]] = rank
    return [
        {
            "mac": mac, "office": None, "switch": rank[2], "port": rank[3], "device": owners.get(mac),
            "mac_class": mac_class(mac), "vendor": maker(mac),
        }
        for mac, rank in sorted(best.items())
    ]  # fmt: skip


# --- the simulated district -----------------------------------------------------------------------------------------------


def district(network: Network, *, deaf: float = 0.5, lost: float = 0.2, asleep: float = 0, seed: int = 0) -> Frames:
    """Every device that can be read, with what its agents would answer."""
    cabling = network.cabling
    there = {d.id: d for d in network.running if network.snmp_readable(d) or network.ssh_readable(d)}
    number = {place: f"D{n:05d}" for n, place in enumerate(sorted(there), 1)}
    known = {device["place"]: device for device in network.truth()["devices"]}
    devices, interfaces, rows, told, owners, heard = [], [], [], [], {}, []
    for place, device in there.items():
        seen = known[place]
        devices.append(
            {
                "device": number[place], "office": device.office, "kind": seen["kind"], "address": device.address,
                "mac": seen["mac"], "state": "present", "sys_name": device.name,
            }
        )  # fmt: skip
        owners[seen["mac"]] = number[place]
        types = {face.index: face.type for face in network.shown(place).faces}
        for port in seen["interfaces"]:
            interfaces.append(
                {
                    "device": number[place], "office": device.office, "if_index": port["index"], "name": port["name"],
                    "mac": port["mac"], "speed_bps": port["speed_bps"], "admin_up": port["admin_up"],
                    "oper_up": port["oper_up"], "type": types[port["index"]],
                }
            )  # fmt: skip
            if port["mac"]:
                owners[port["mac"]] = number[place]
        vlans = {(mac, port): vlan for mac, port, vlan in cabling.forwarding(device)}
        for mac, face in tables(network, device).forwarding:
            rows.append(
                {
                    "device": number[place], "office": device.office, "port": _port(network, device, face.name),
                    "mac": mac_text(mac), "vlan": vlans.get((mac, face.name)), "read_at": None,
                }
            )  # fmt: skip
        if tables(network, device).arp:
            names = {face.index: face.name for face in network.shown(place).faces}
            heard += [
                {
                    "device": number[place], "office": device.office, "mac": mac_text(mac), "address": address,
                    "port": _port(network, device, names[index]), "read_at": None,
                }
                for address, mac, index in network.shown(place).arp
            ]  # fmt: skip
    for link in network.truth()["links"]:
        a, b = _by_asset(there, link["a_asset"]), _by_asset(there, link["b_asset"])
        if a and b:
            ends = {"a": (number[a], link["a_port"]), "b": (number[b], link["b_port"])}
            told += [(*ends[side], *ends["b" if side == "a" else "a"], link["protocol"]) for side in link["told_by"]]
    told = list({t[:4]: t for t in told}.values())
    truth = district_truth(network, number)
    return finish(
        devices, interfaces, told, rows, truth, deaf=deaf, lost=lost, asleep=asleep, seed=seed, owners=owners, heard=heard
    )


def district_truth(network: Network, number: Mapping[str, str]) -> Truth:
    """What is right of the simulated district. `number`: place -> device, of the devices that are in the inventory."""
    cabling, plan = network.cabling, network.plan
    nodes: dict[str, Any] = {}
    for place in {end for cable in plan.cables.values() for end, _ in cable.ends()}:
        nodes[place] = number.get(place)
    lines = [
        (c.a, c.b, *(_port(network, plan.devices[e], p) if e in plan.devices else "" for e, p in c.ends()), c.blocked)
        for c in plan.cables.values()
        if cabling.usable(c)
    ]
    unread = {PROVIDER} | {p for p in plan.devices if p not in number and cabling.models[p].bridges}
    truth = _truth(
        [(a, pa, b, pb, blocked) for a, b, pa, pb, blocked in lines],
        nodes,
        {place: mac_text(s.mac) for place, s in plan.stations.items()}
        | {place: mac_text(cabling.own_mac(d)) for place, d in plan.devices.items() if place not in number},
        # what nobody may read joins as something unmanaged does
        {*plan.hubs, *unread},
        {place for place in number if tables(network, plan.devices[place]).forwarding},
    )
    places = {plan.devices[place].address: place for place in number}
    truth.unmanaged = {
        (number[places[u["address"]]], u["port"]): len(u["stations"])
        for u in network.truth()["unmanaged"]
        if u["address"] in places and tables(network, plan.devices[places[u["address"]]]).forwarding
    }
    for a, b, a_port, b_port, _ in lines:  # something that nobody may read is there: no mistake, and nothing that must be found
        for place, far, port in ((a, b, a_port), (b, a, b_port)):
            if (
                place in number
                and far not in number
                and (far == PROVIDER or (far in plan.devices and cabling.models[far].bridges))
            ):
                truth.unmanaged.setdefault((number[place], port), 0)
    return truth


def _by_asset(there: dict, asset: object) -> str | None:
    return next((place for place, d in there.items() if d.box.asset == asset), None)


# --- networks drawn at random -----------------------------------------------------------------------------------------------


def generated(
    size: int,
    *,
    deaf: float = 0.5,
    lost: float = 0.2,
    asleep: float = 0,
    seed: int = 0,
    active: float = 0.95,
    quiet: bool = False,
) -> Frames:
    """A router, switches in a tree of any shape, unmanaged ones on ports and between switches, access points, printers, PCs.

    `quiet`: nobody has heard a broadcast for so long that switches know who speaks through them with the router, and no more.
    """
    dice = random.Random(f"{size} {seed}")
    kinds: dict[str, str] = {"gw": "router"}
    ports: Counter[str] = Counter()
    lines: list[tuple[str, str, str, str, bool]] = []
    switches: list[str] = []
    hubs: list[str] = []
    hosts: dict[str, str] = {}

    def port(place: str) -> str:
        if kinds.get(place) == "hub" or place in hosts:
            return ""
        ports[place] += 1
        return f"{kinds[place][0]}{ports[place]}"

    def plug(a: str, b: str) -> None:
        lines.append((a, port(a), b, port(b), False))

    for n in range(max(1, round(size * dice.uniform(0.15, 0.35)))):
        name = f"sw{n}"
        kinds[name] = "switch"
        where = "gw" if n == 0 else dice.choice(switches[-6:] if dice.random() < 0.5 else switches)
        if n and dice.random() < 0.08:
            between = dice.choice(hubs) if hubs and dice.random() < 0.4 else ""
            if not between:
                between = f"hub{len(hubs)}"
                kinds[between] = "hub"
                hubs.append(between)
                plug(between, where)
            where = between
        plug(name, where)
        switches.append(name)
    for _ in range(round(size * 0.06)):
        name = f"hub{len(hubs)}"
        kinds[name] = "hub"
        plug(name, dice.choice(switches))
        hubs.append(name)
    for n in range(size - len(switches) - 1):
        name = f"dev{n}"
        kinds[name] = dice.choices(["printer", "server", "wireless", "camera", "pc"], [5, 2, 2, 3, 3])[0]
        plug(name, dice.choice(hubs) if hubs and dice.random() < 0.2 and kinds[name] != "wireless" else dice.choice(switches))
    points = [name for name, kind in kinds.items() if kind == "wireless"]
    for n in range(round(size * dice.uniform(1, 3))):
        name = f"pc{n}"
        hosts[name] = f"00:1b:21:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x}"
        where = dice.choices([switches, hubs or switches, points or switches], [6, 3, 1])[0]
        plug(name, dice.choice(where))
    number = {name: f"D{n:05d}" for n, name in enumerate((k for k in kinds if kinds[k] != "hub"), 1)}
    mac = {name: f"00:0c:42:{int(d[1:]) >> 8:02x}:{int(d[1:]) & 255:02x}:00" for name, d in number.items()}
    running = {name for name in hosts if dice.random() < active} | set(number)
    speaks = hosts | mac
    near: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for a, a_port, b, b_port, _ in lines:
        near[a].append((a_port, b))
        near[b].append((b_port, a))
    rows = []
    for name, device in number.items():
        if kinds[name] not in {"switch", "wireless"}:
            continue
        for name_of_port, first in near[name]:
            rows += [
                dict.fromkeys(FORWARDING) | {"device": device, "port": name_of_port, "mac": speaks[place]}
                for place in _behind(near, kinds, first, name)
                if place in running
            ]
    if quiet:
        place_of = {address: place for place, address in speaks.items()}
        device_of = {device: place for place, device in number.items()}
        above = {a: b for b, a in ((b, a) for a, _, b, _, _ in lines[::-1])}
        on_way = {place: _way(place, above) for place in speaks}
        rows = [r for r in rows if r["mac"] == mac["gw"] or device_of[r["device"]] in on_way[place_of[r["mac"]]]]
    up = {
        (e, p)
        for a, pa, b, pb, _ in lines
        for e, p, o in ((a, pa, b), (b, pb, a))
        if e in number and (o in running or kinds.get(o) == "hub")
    }
    devices = [
        {
            "device": d, "office": "X01", "kind": kinds[n], "address": f"10.0.{int(d[1:]) >> 8}.{int(d[1:]) & 255}",
            "mac": mac[n], "state": "present",
        }
        for n, d in number.items()
    ]  # fmt: skip
    interfaces = [
        {
            "device": d, "office": "X01", "if_index": i, "name": f"{kinds[n][0]}{i}", "type": 6,
            "oper_up": (n, f"{kinds[n][0]}{i}") in up, "mac": f"{mac[n][:-2]}{i:02x}" if i < 256 else None,
        }
        for n, d in number.items()
        for i in range(1, ports[n] + 3)
    ]  # fmt: skip
    speakers = {"switch", "router", "wireless"}
    told = [
        (number[x], px, number[y], py, "lldp")
        for a, pa, b, pb, _ in lines
        if kinds.get(a) in speakers and kinds.get(b) in speakers
        for x, px, y, py in ((a, pa, b, pb), (b, pb, a, pa))
    ]
    truth = _truth(
        lines,
        {n: number.get(n) for n in near},
        {n: m for n, m in hosts.items() if n in running},
        set(hubs),
        {n for n in number if kinds[n] in {"switch", "wireless"}},
    )
    owners = {m: number[n] for n, m in mac.items()}
    return finish(devices, interfaces, told, rows, truth, deaf=deaf, lost=lost, asleep=asleep, seed=seed, owners=owners)


def _way(place: str, above: dict[str, str]) -> set[str]:
    found = set()
    while place in above:
        place = above[place]
        found.add(place)
    return found


def _behind(near: dict, kinds: dict, first: str, home: str) -> list[str]:
    seen, todo = {home, first}, [first]
    for place in todo:
        if kinds.get(place) in {"switch", "hub", "wireless"}:
            fresh = [n for _, n in near[place] if n not in seen]
            seen.update(fresh)
            todo.extend(fresh)
    return todo


def _truth(lines: list, number: dict[str, Any], stations: dict[str, str], hubs: set[str], tellers: set[str]) -> Truth:
    """`lines`: the lower end first. Stations hang at the nearest port of those whose tables can be read."""
    truth = Truth()
    near: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for a, a_port, b, b_port, blocked in lines:
        near[a].append((a_port, b, b_port))
        near[b].append((b_port, a, a_port))
        if number.get(a) and number.get(b):
            cable = frozenset(((number[a], a_port), (number[b], b_port)))
            truth.cables.add(cable)
            if blocked:
                truth.blocked.add(cable)
    passed: set[str] = set()
    for hub in sorted(hubs):
        if hub in passed:
            continue
        todo, ends, alive = [hub], [], 0
        passed.add(hub)
        for place in todo:
            for _, other, other_port in near[place]:
                if other in hubs:
                    if other not in passed:
                        passed.add(other)
                        todo.append(other)
                elif number.get(other):
                    ends.append((number[other], other_port))
                elif other in stations:
                    alive += 1
        truth.joined |= {frozenset((a, b)) for a in ends for b in ends if a != b}
    parent = {}
    for a, _, b, b_port, _ in lines:  # the first end is the lower one
        parent.setdefault(a, (b, b_port))
    for place, mac in stations.items():
        here = parent.get(place)
        while here and here[0] not in tellers:
            here = parent.get(here[0])
        if here:
            truth.stations[mac] = (number[here[0]], here[1])
    for hub in hubs:
        here = parent.get(hub)
        while here and here[0] in hubs:
            here = parent.get(here[0])
        if here and number.get(here[0]):
            behind = [n for _, n, _ in near[hub] if n != parent[hub][0] and (n in stations or number.get(n))]
            end = (number[here[0]], here[1])
            truth.unmanaged[end] = truth.unmanaged.get(end, 0) + len(behind)
    return truth
