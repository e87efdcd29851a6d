"""Offices cabled at random, and who is cut off when things are taken away, found by taking them away and looking who is left.

Nothing here knows how `analysis.connectivity` finds it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import networkx as nx
import pandas as pd

from analysis.tables import typed
from inventory.frames.columns import FRAMES

OUT = "the world"


@dataclass
class World:
    """`cables`: physical ones, (a, a_port, b, b_port); those of an aggregate have the same number in `bundle`."""

    offices: dict[str, str | None] = field(default_factory=dict)  # office -> parent
    staff: dict[str, int] = field(default_factory=dict)
    device: dict[str, tuple[str, str]] = field(default_factory=dict)  # device -> office, kind
    cables: list[tuple[str, str, str, str]] = field(default_factory=list)
    bundle: list[int | None] = field(default_factory=list)
    doors: set[str] = field(default_factory=set)
    stations: list[tuple[str, str, str | None]] = field(default_factory=list)  # office, switch, port
    unplaced: Counter = field(default_factory=Counter)  # office -> machines that only its router knows
    services: dict[str, tuple[str, list[str]]] = field(default_factory=dict)  # service -> device that it is on or OUT, offices
    ports: Counter = field(default_factory=Counter)
    _near: dict[str, list[tuple[str, object]]] | None = None

    def port(self, device: str) -> str:
        self.ports[device] += 1
        return f"p{self.ports[device]}"

    def plug(self, a: str, b: str, count: int = 1, bundle: bool = False) -> None:
        number = len(self.cables) if bundle and count > 1 else None
        for _ in range(count):
            self.cables.append((a, self.port(a), b, self.port(b)))
            self.bundle.append(number)

    # What is left when things are gone -------------------------------------------------------------------------------

    def router(self, office: str) -> str | None:
        return next((d for d, (o, kind) in self.device.items() if o == office and kind == "router"), None)

    def way_out(self, office: str) -> str | None:
        """Its router; without one, its best connected device that is cabled to another office."""
        if router := self.router(office):
            return router
        ends = nx.Graph((a, b) for a, _, b, _ in self.cables)
        leaving = [d for d in ends if self.device[d][0] == office and any(self.device[n][0] != office for n in ends[d])]
        return min(leaving, key=lambda d: (-ends.degree(d), d), default=None)

    def graph(self) -> nx.MultiGraph:
        """Everything, with the world outside; islands hang on their office's way out by their best connected switch."""
        whole = nx.MultiGraph()
        whole.add_nodes_from(self.device)
        for number, (a, _, b, _) in enumerate(self.cables):
            whole.add_edge(a, b, key=number)
        parts = list(nx.connected_components(whole))
        ends = nx.Graph(whole)
        whole.add_edges_from((OUT, door, "line") for door in self.doors)
        for part in parts:
            top = [d for d in part if self.device[d][1] == "router" and self.offices[self.device[d][0]] is None]
            routers = top or [d for d in part if self.device[d][1] == "router"]
            if routers:
                whole.add_edge(OUT, min(routers, key=lambda d: (-ends.degree(d), d)), "line")
            elif not part & self.doors:
                head = min(part, key=lambda d: (-ends.degree(d), d))
                door = self.way_out(self.device[head][0])
                whole.add_edge(*((OUT, door) if door in part else (door or OUT, head)), "somehow")
        return whole

    def machines(self) -> Counter:
        """device -> machines there; those that only the router knows, at the router."""
        found: Counter = Counter()
        for _, switch, _ in self.stations:
            found[switch] += 1
        for office, count in self.unplaced.items():
            found[self.router(office)] += count
        return found

    def unseen(self) -> set[str]:
        """Offices with a way out of which no machine is known: they hang on it."""
        seen = {self.device[d][0] for d in self.machines()}
        return {office for office in self.offices if self.way_out(office) and office not in seen}

    def alive(self, start: str, devices: Collection[str] = (), cables: Collection[int] = ()) -> set[str]:
        """What has a path to `start` when these are gone."""
        if self._near is None:
            self._near = {node: [] for node in self.graph()}
            for a, b, number in self.graph().edges(keys=True):
                self._near[a].append((b, number))
                self._near[b].append((a, number))
        seen, todo = {start} - set(devices), [start] if start not in devices else []
        while todo:
            for near, number in self._near[todo.pop()]:
                if near not in seen and near not in devices and number not in cables:
                    seen.add(near)
                    todo.append(near)
        return seen

    def lost(self, devices: Collection[str] = (), cables: Collection[int] = ()) -> dict[str, object]:
        """Machines, people by office, devices and services that are lost when these are gone."""
        alive = self.alive(OUT, devices, cables)
        at = self.machines()
        for office in self.unseen():
            at[self.way_out(office)] += 1
        total, gone = Counter(), Counter()
        for node, count in at.items():
            total[self.device[node][0]] += count
            gone[self.device[node][0]] += count * (node not in alive)
        people = {o: int(self.staff[o] * n / total[o] + 0.5) for o, n in gone.items() if n}
        services = {}
        for service, (host, offices) in self.services.items():
            there = self.alive(host, devices, cables)
            losers = {self.device[n][0] for n, count in at.items() if count and n not in there}
            services[service] = {o for o in losers if not offices or o in offices}
        return {
            "machines": sum(n for o, n in gone.items() if o not in self.unseen()),
            "people": people,
            "devices": {d for d in self.device if d not in alive and d not in devices},
            "services": {service: losers for service, losers in services.items() if losers},
        }

    # What an inventory would hold ------------------------------------------------------------------------------------

    def frames(self) -> dict[str, pd.DataFrame]:
        devices = [
            {"device": d, "office": o, "kind": kind, "address": self.address(d), "state": "present"}
            for d, (o, kind) in self.device.items()
        ]
        offices = [{"office": o, "parent": parent, "staff": self.staff[o]} for o, parent in self.offices.items()]
        links = [
            {"a_device": a, "a_port": pa, "b_device": b, "b_port": pb, "protocol": "lldp", "both_sides": n % 2 == 0}
            for n, (a, pa, b, pb) in enumerate(self.cables)
        ]
        interfaces = []
        for number in sorted({n for n in self.bundle if n is not None}):
            members = [cable for cable, bundle in zip(self.cables, self.bundle, strict=True) if bundle == number]
            for device in members[0][0], members[0][2]:
                ports = [c[1] if c[0] == device else c[3] for c in members]
                faces = [*ports, f"lag{number}"]
                interfaces += [
                    {
                        "device": device, "office": self.device[device][0], "name": name, "oper_up": True,
                        "type": 161 if name.startswith("lag") else 6,
                        "speed_bps": 1_000_000_000 * (len(ports) if name.startswith("lag") else 1),
                    }
                    for name in faces
                ]  # fmt: skip
        endpoints = [
            {"mac": f"00:11:22:00:{n // 256:02x}:{n % 256:02x}", "office": o, "switch": s, "port": p, "mac_class": "global"}
            for n, (o, s, p) in enumerate(self.stations)
        ]
        endpoints += [
            {"mac": f"00:11:23:{k:02x}:{n // 256:02x}:{n % 256:02x}", "office": o, "mac_class": "global"}
            for k, (o, count) in enumerate(sorted(self.unplaced.items()))
            for n in range(count)
        ]
        services = [
            {
                "service": s, "offices": ",".join(offices) or None,
                "url": "https://van-ban.example" if host == OUT else f"https://{self.address(host)}/",
            }
            for s, (host, offices) in self.services.items()
        ]  # fmt: skip
        rows = {
            "devices": devices, "offices": offices, "interfaces": interfaces, "links": links, "endpoints": endpoints,
            "services": services,
        }  # fmt: skip
        return {name: typed(frame, FRAMES[name]) for name, frame in rows.items()}

    def address(self, device: str) -> str:
        return f"10.0.0.{100 + int(device[1:])}"


def world(seed: int) -> World:
    """Several offices, some behind others, some with a way out of their own; rings, parallel cables, aggregates, islands."""
    dice = random.Random(seed)
    made = World()
    switches: dict[str, list[str]] = {}

    def add(office: str, kind: str) -> str:
        name = f"D{len(made.device) + 1:05d}"
        made.device[name] = (office, kind)
        return name

    for n in range(dice.randint(1, 5)):
        office = f"X{n:02d}"
        above = dice.choice(list(made.offices)) if n and dice.random() < 0.7 else None
        made.offices[office] = above
        made.staff[office] = dice.randint(0, 60)
        has_router = n == 0 or above is None or dice.random() < 0.7
        inside = [add(office, "router")] if has_router else []
        switches[office] = [add(office, "switch") for _ in range(dice.randint(0 if has_router else 1, 5))]
        for switch in switches[office]:
            if inside and dice.random() < 0.9:  # else it is an island, or others make it one with them
                made.plug(switch, dice.choice(inside), dice.choice([1, 1, 1, 2, 3]), dice.random() < 0.5)
            inside.append(switch)
        for _ in range(dice.randint(0, 3)):
            if len(inside) > 1:
                made.plug(*dice.sample(inside, 2))
        if above is not None:
            near = made.router(office) or inside[0]
            far = made.router(above)
            others = [d for d in switches[above] if d in made.device]
            made.plug(near, dice.choice([*others, *([far] if far else [])]), dice.choice([1, 1, 2]))
        for switch in switches[office]:
            for _ in range(dice.choice([0, 0, 1, 3])):
                made.stations.append((office, switch, made.port(switch)))
        if has_router and dice.random() < 0.3:
            made.unplaced[office] = dice.randint(1, 4)
    every = list(made.device)
    if dice.random() < 0.5:
        made.doors = set(dice.sample(every, min(len(every), dice.randint(1, 2))))
    for n in range(dice.randint(0, 3)):
        some = dice.sample(list(made.offices), dice.randint(0, len(made.offices)))
        made.services[f"s{n}"] = (dice.choice([OUT, *every]), sorted(some))
    return made
