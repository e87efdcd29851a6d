"""Where each switch and each station hangs, and what must lie between them: read off the trees.

What hangs at a port is what was learnt there and at no deeper switch. An address that two ports facing each other have both
learnt stands between them, so something that nobody can ask joins it to their cable.

An address whose own switch has forgotten it hangs somewhere among the switches that have not learnt it and lie where the others
point; the address of a device that no table has, among the switches of its networks (`segments`). All of these are equally
likely by what was learnt and forgotten, so that what they have left over decides: a port with a link where nothing was learnt,
which suits it (`openings`), or one with several stations, of which one more may have aged. Where one port is left over, one
thing takes it, and the rest have the fewer to choose from. The shares are those of iterative proportional fitting (Sinkhorn and
Knopp, Concerning nonnegative matrices and doubly stochastic matrices, 1967), which stands in for the sum over all assignments.

It cannot tell apart: things of one speed that nobody has heard, where as many ports of that speed are left over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.topology.columns import JOINING, ROUTING
from analysis.topology.openings import Openings
from analysis.topology.trees import Trees

#: Share of a crowd's stations that may have aged, for each that has not.
AGED = 0.15
#: Weight of a crowd, for each of its stations, as what hangs on an access point or on a switch that cannot be read; and of one
#: without any machine that has but a radio, for an access point.
CROWD, RARE = 2.0, 0.05
#: A port, or a device, is named when it is this likely among those that are left over.
ENOUGH = 0.75
#: Weight, beside a free port's 1, of places that nobody knows of: a port that is down or belongs to nothing seen.
UNKNOWN = 0.05
#: Where more devices than these are possible, nothing is said: no one of them is likely.
FEW = 30
ROUNDS = 30


class Place(NamedTuple):
    """A device and its port (None: it has aged), and how that is known."""

    device: int
    port: str | None
    evidence: str
    share: float = 1.0  # likelihood beside other places that are possible
    direct: float = 1.0  # of it, without a switch between that cannot be read


@dataclass
class Junction:
    """What is at a port that leads away from the root: switches below, and stations between it and them."""

    device: int
    port: str
    children: list[int] = field(default_factory=list)
    between: set[int] = field(default_factory=set)

    @property
    def shared(self) -> bool:
        """Nothing managed joins what is here."""
        return len(self.children) > 1 or bool(self.between)


class Link(NamedTuple):
    """A switch (its port towards the root) below another."""

    above: Place
    below: Place
    shared: bool
    support: float
    against: float


@dataclass
class Places:
    junctions: dict[int, Junction]  # by port
    links: list[Link]
    stations: dict[int, Place]  # by MAC
    hosts: dict[tuple[int, str], float]  # how likely it is that stations at a port hang on a known device, whichever


def places(trees: Trees, left: Openings, elsewhere: Mapping[int, list[int]]) -> Places:
    """`elsewhere`: addresses of devices that may be in no table -> the devices on which they may hang."""
    return _Reading(trees, left, elsewhere).places()


class _Reading:
    """Look-ups in the trees that all questions need."""

    def __init__(self, trees: Trees, left: Openings, elsewhere: Mapping[int, list[int]]) -> None:
        self.trees = trees
        self.elsewhere = elsewhere
        self.taken: dict[int, int] = defaultdict(int)
        self.hosts: dict[tuple[int, str], float] = defaultdict(float)
        self.entries = trees.entries
        self.left = left
        self.free = {device: set(ports) for device, ports in left.free.items()}
        self.children: dict[int, list[int]] = defaultdict(list)
        order = np.argsort(self.entries.port, kind="stable")
        self._mac, clear = self.entries.mac[order], self.entries.clear[order]
        self._clear = clear
        self._starts = np.searchsorted(self.entries.port[order], np.arange(len(self.entries.ports) + 1))
        self._below: dict[int, set[int]] = {}
        self.with_table = set(self.entries.bridges.tolist())
        self.of_bridge = self.entries.of_bridge

    def at(self, port: int) -> set[int]:
        """What was learnt at a port and nowhere else on its device."""
        if port < 0:
            return set()
        span = slice(self._starts[port], self._starts[port + 1])
        return set(self._mac[span][self._clear[span]].tolist())

    @cached_property
    def seen_up(self) -> set[tuple[int, int]]:
        """Pairs of nodes: the first has learnt towards the root what is behind the second."""
        one, other = self.trees.seen_up.nonzero()
        return set(zip(one.tolist(), other.tolist(), strict=True))

    @cached_property
    def members(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for device in self.entries.bridges.tolist():
            found[int(self.trees.node[device])].append(device)
        return found

    @cached_property
    def ports_of(self) -> dict[int, list[int]]:
        """The ports of a node that lead out of it."""
        found: dict[int, list[int]] = defaultdict(list)
        for number, (device, _) in enumerate(self.entries.ports):
            if self.trees.outer[number]:
                found[int(self.trees.node[device])].append(number)
        return found

    @cached_property
    def own_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for mac in np.flatnonzero(self.of_bridge).tolist():
            found[int(self.trees.node[self.entries.owner[mac]])].append(mac)
        return found

    def below(self, node: int) -> set[int]:
        """What a node has learnt away from the root, and its own addresses."""
        if node not in self._below:
            found = set(self.own_of.get(node, ()))
            for port in self.ports_of[node]:
                if port != self.trees.up[node]:
                    found |= self.at(port)
            self._below[node] = found
        return self._below[node]

    # --- switches ---------------------------------------------------------------------------------------------------------

    def places(self) -> Places:
        trees = self.trees
        junctions, nested = self._junctions()
        nested |= self._unseen()
        for child, parent in enumerate(trees.parent.tolist()):
            above = nested.get(child, parent)
            if above >= 0:
                self.children[above].append(child)
        links = []
        for child, parent in enumerate(trees.parent.tolist()):
            if nested.get(child, parent) < 0:
                continue
            junction = None if child in nested else junctions[int(trees.parent_port[child])]
            shared = junction is not None and junction.shared
            if junction is None:
                below = self._up(child, None)
                above = self._left_over(nested[child], None if below.port is None else (below.device, below.port))
            else:
                above = Place(junction.device, junction.port, "facing")
                below = self._up(child, None if shared else (junction.device, junction.port))
            links.append(Link(above, below, shared, float(trees.support[child]), float(trees.against[child])))
        return Places(junctions, links, self._stations(junctions), self.hosts)

    def _junctions(self) -> tuple[dict[int, Junction], dict[int, int]]:
        """Junctions by the upper port; and switches that hang below a sibling which has forgotten them -> that sibling."""
        trees = self.trees
        groups: dict[int, list[int]] = defaultdict(list)
        for child, port in enumerate(trees.parent_port.tolist()):
            if port >= 0:
                groups[port].append(child)
        found: dict[int, Junction] = {}
        nested: dict[int, int] = {}
        for port, children in groups.items():
            below: set[int] = set().union(*(self.below(child) for child in children))
            here = self.at(port) - below
            between = {child: here & self.at(int(trees.up[child])) for child in children}
            left = list(children)
            for child in sorted(children, key=lambda c: (len(self.below(c)), c)):
                # on a shared line the others would have heard of it; a station that one of them hears between is on one
                above = [
                    c
                    for c in left
                    if c != child and not between[c] and (c, child) not in self.seen_up and (child, c) in self.seen_up
                ]
                if len(above) == 1:
                    nested[child] = above[0]
                    left.remove(child)
            device, name = self.entries.ports[port]
            found[port] = Junction(device, name, left, set.intersection(*(between[child] for child in left)))
        return found, nested

    def _unseen(self) -> dict[int, int]:
        """Nodes of which nobody has learnt anything that is behind them -> the only node that they may hang on."""
        trees = self.trees
        networks: dict[int, list[int]] = defaultdict(list)
        for node, top in enumerate(trees.root.tolist()):
            if top == node or trees.parent[node] >= 0:
                networks[top].append(node)
        spare = {
            top: [n for n in nodes if any(self.free.get(device) for device in self.members[n])] for top, nodes in networks.items()
        }
        hears = trees.seen_up.tocsc()
        found = {}
        for node, top in enumerate(trees.root.tolist()):
            if top == node or trees.parent[node] >= 0 or trees.up[node] == -1:
                continue
            heard = set(hears.indices[hears.indptr[node] : hears.indptr[node + 1]].tolist())
            for options in (spare[top], networks[top]):
                # who has heard it from the root is not above it, nor is what hangs there
                possible = list(islice((n for n in options if not self._hangs_on(n, heard)), 2))
                if len(possible) == 1:
                    found[node] = possible[0]
                    break
        return found

    def _hangs_on(self, node: int, nodes: Collection[int]) -> bool:
        """It is one of these, or below one of them."""
        if not nodes:
            return False
        while node >= 0 and node not in nodes:
            node = int(self.trees.parent[node])
        return node >= 0

    def _up(self, node: int, far: tuple[int, str] | None) -> Place:
        port = int(self.trees.up[node])
        if port >= 0:
            return Place(*self.entries.ports[port], "facing")
        return self._left_over(node, far)

    def _left_over(self, node: int, far: tuple[int, str] | None = None) -> Place:
        """A port of a node with a link at which nothing was learnt; taken when it is the only one. `far`: the other end."""
        options = [(device, port) for device in self.members[node] for port in sorted(self.free.get(device, ()))]
        options = [end for end in options if far is None or self.left.alike(*end, far)]
        if len(options) == 1:
            device, port = options[0]
            self.free[device].discard(port)
            return Place(device, port, "only_place")
        if options:
            self.taken[options[0][0]] += 1
        return Place(options[0][0] if options else self.members[node][0], None, "aged")

    # --- stations ---------------------------------------------------------------------------------------------------------

    def _stations(self, junctions: Mapping[int, Junction]) -> dict[int, Place]:
        trees, entries = self.trees, self.entries
        if not len(entries.port):
            return {}
        nodes = trees.node[entries.port_device]
        size = np.bincount(entries.port, minlength=len(entries.ports))
        is_up = np.zeros(len(entries.ports), dtype=bool)
        is_up[trees.up[trees.up >= 0]] = True
        lone = (trees.up[nodes] == -1) & (trees.root[nodes] != nodes)  # where the root is not known, nothing has a direction
        usable = trees.outer & ~is_up & ~lone
        rank = pd.DataFrame({"mac": entries.mac, "port": entries.port})
        rank["depth"] = trees.depth[nodes][entries.port]
        rank["size"] = size[entries.port]
        lowest = rank[usable[entries.port]].sort_values(["mac", "depth", "size", "port"], ascending=[True, False, True, True])
        lowest = lowest.drop_duplicates("mac")
        found: dict[int, Place] = {}
        lost: dict[int, list[int]] = {}
        besides: dict[int, tuple[tuple[int, str], float]] = {}
        for mac, port in zip(lowest["mac"].tolist(), lowest["port"].tolist(), strict=True):
            if self.of_bridge[mac]:
                continue
            device, name = entries.ports[port]
            junction = junctions.get(port)
            if junction is None:
                found[mac] = Place(device, name, "edge")
            elif mac in junction.between:
                found[mac] = Place(device, name, "between")
            else:
                lost[mac] = [child for child in junction.children if mac not in self.at(int(trees.up[child]))]
                if junction.shared:
                    besides[mac] = ((device, name), AGED * max(1, len(junction.between)))
        for mac in np.unique(entries.mac).tolist():
            if mac not in found and not self.of_bridge[mac]:
                lost.setdefault(mac, [])
        return found | self._lost(lost, found, besides)

    def _lost(
        self, lost: Mapping[int, list[int]], found: Mapping[int, Place], besides: Mapping[int, tuple[tuple[int, str], float]]
    ) -> dict[int, Place]:
        """`lost`: MAC -> the nodes at or below which it hangs; none = all that is known is where it does not; `besides`: a
        shared cable at which it may hang as well, and its weight."""
        crowds: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for mac, place in found.items():
            if place.port is not None:
                crowds[place.device][place.port].append(mac)
        learnt = self._learnt(lost)
        regions = {mac: self._region(learnt[mac], start) for mac, start in lost.items()} | self._unheard(found, lost)
        somewhere = {mac: region for mac, region in regions.items() if 0 < len(region) <= FEW}
        result = self._shared_out(somewhere, crowds, besides)
        settled = {}
        for mac, place in result.items():
            if place.port is not None and self._joins(mac) == "switch":
                settled[mac] = place
                crowds[place.device][place.port].append(mac)
        if settled:  # what is lost behind a switch that cannot be read does not hang on the one before it
            self.hosts.clear()
            result = self._shared_out({m: r for m, r in somewhere.items() if m not in settled}, crowds, besides) | settled
        for mac, region in regions.items():
            if not region:
                result[mac] = self._last(learnt[mac])
            elif len(region) > FEW:
                result[mac] = Place(region[0], None, "aged", 1 / len(region), 1 / len(region))
        return result

    def _unheard(self, found: Mapping[int, Place], lost: Mapping[int, list[int]]) -> dict[int, list[int]]:
        """`elsewhere`: addresses that no table has, and the devices that they may hang on."""
        return {mac: region for mac, region in self.elsewhere.items() if mac not in found and mac not in lost}

    def _shared_out(
        self,
        regions: Mapping[int, list[int]],
        crowds: Mapping[int, Mapping[str, list[int]]],
        besides: Mapping[int, tuple[tuple[int, str], float]],
    ) -> dict[int, Place]:
        """Every free port has room for one thing; what has few places takes them from what has many (proportional fitting)."""
        slots: dict[tuple[int, str, str], int] = {}
        rows: list[tuple[int, int, float]] = []
        things = sorted(regions)
        for thing, mac in enumerate(things):
            options = self._options(mac, regions[mac], crowds)
            if mac in besides:
                options.append(besides[mac])
            joins = self._joins(mac)
            # on each device there may be a place that nobody knows of
            options += [((device, ""), UNKNOWN / len(regions[mac])) for device in regions[mac]]
            rows += [(thing, slots.setdefault((*end, joins if end[1] else ""), len(slots)), weight) for end, weight in options]
        if not rows:
            return {}
        which, slot = (np.array([row[n] for row in rows], dtype=np.int64) for n in (0, 1))
        weight = np.array([row[2] for row in rows])
        names = list(slots)
        # a crowd hangs on one access point or unreadable switch only
        room = np.array(
            [
                self._room(device) if port in self.free.get(device, ()) else 1.0 if joins else np.inf
                for device, port, joins in names
            ]
        )
        scale = np.ones(len(names))
        share = weight
        for _ in range(ROUNDS):
            share = weight * scale[slot]
            share = share / np.bincount(which, share, minlength=len(things))[which]
            scale *= np.minimum(1.0, room / np.maximum(np.bincount(slot, share, minlength=len(names)), 1e-12))
        best: dict[int, dict[int, list[tuple[float, str]]]] = defaultdict(lambda: defaultdict(list))
        for t, s, part in zip(which.tolist(), slot.tolist(), share.tolist(), strict=True):
            device, port, joins = names[s]
            if joins:
                self.hosts[device, port] += part
            best[t][device].append((part, port))
        result = {}
        for t, devices in best.items():
            device = max(devices, key=lambda d: (sum(part for part, _ in devices[d]), -d))
            part, port = max(devices[device])
            named = port if part >= ENOUGH and port else None
            here = crowds.get(device, {})
            behind = {port for port in here if any(self._joins(one) == "switch" for one in here[port])}
            behind |= set(self.unreadable[device])
            shares = [sum(part for part, port in devices[device] if port not in out) for out in ((), behind)]
            result[things[t]] = Place(device, named, "only_place" if named else "aged", *shares)
        return result

    @cached_property
    def unreadable(self) -> dict[int, dict[str, int]]:
        """Of a device, its ports at which a switch is told that has no table, and how many addresses it has learnt there."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for number, (device, port) in enumerate(self.entries.ports):
            there = self.trees.inner.get((device, port), -1)
            if there >= 0 and there not in self.with_table and self.entries.kinds[there] in JOINING:
                found[device][port] = len(self.at(number))
        return found

    @cached_property
    def spare(self) -> dict[int, list[str]]:
        """`free` when the cables of switches have taken theirs, in order."""
        return defaultdict(list, {device: sorted(ports) for device, ports in self.free.items()})

    def _room(self, device: int) -> float:
        """Of each free port of a device: cables of switches take some of them, nobody knows which."""
        return max(0.0, 1.0 - self.taken[device] / len(self.free[device]))

    def _learnt(self, macs: Iterable[int]) -> dict[int, dict[int, list[str]]]:
        """MAC -> device -> ports at which it was learnt."""
        found: dict[int, dict[int, list[str]]] = {}
        hit = np.isin(self.entries.mac, list(macs))
        for port, mac in zip(self.entries.port[hit].tolist(), self.entries.mac[hit].tolist(), strict=True):
            device, name = self.entries.ports[port]
            found.setdefault(mac, {}).setdefault(device, []).append(name)
        return found

    def _region(self, learnt: Mapping[int, list[str]], starts: list[int]) -> list[int]:
        """The devices that an address may hang on: at or below some nodes, and none that has learnt it or that is only beyond one
        that has."""
        trees = self.trees
        nodes = {int(trees.node[device]) for device in learnt}
        todo = starts or [int(trees.root[min(nodes)])]
        region: list[int] = []
        tops = set(todo)
        passed = set(todo)
        todo = list(todo)
        for node in todo:
            if len(region) > FEW:
                break
            devices = self._inside(node, learnt)
            region += devices
            if node not in nodes or node in tops:
                for child in self.children.get(node, ()):
                    if child not in nodes and child not in passed:
                        passed.add(child)
                        todo.append(child)
        return region

    def _inside(self, node: int, learnt: Mapping[int, list[str]]) -> list[int]:
        """Devices of a node that may have forgotten an address; those that have learnt it point at them."""
        members = self.members[node]
        inner = self.trees.inner
        pointing = [(device, port) for device in members for port in learnt.get(device, ()) if (device, port) in inner]
        if not pointing:
            return [device for device in members if device not in learnt]
        here, passed = inner[pointing[0]], {pointing[0][0]}
        while here not in passed:
            passed.add(here)
            step = next((p for p in sorted(learnt.get(here, ())) if (here, p) in inner), None)
            if step is None:
                return [here] if here in self.with_table else []
            here = inner[here, step]
        return []

    def _last(self, learnt: Mapping[int, list[str]]) -> Place:
        """The device from which the told cables lead to one that cannot be read, and its port."""
        for device in sorted(learnt):
            for port in sorted(learnt[device]):
                if self.trees.inner.get((device, port), device) not in self.with_table:
                    return Place(device, port, "behind_neighbour")
        return Place(min(learnt), None, "aged")

    def _joins(self, mac: int) -> str:
        """What a crowd hangs on, not one of it: an access point, or a switch that cannot be read. "" = neither."""
        owner = self.entries.owner[mac]
        kind = self.entries.kinds[owner] if owner >= 0 else ""
        return "switch" if kind in JOINING else "air" if kind == "wireless" else ""

    def _options(
        self, mac: int, region: Iterable[int], crowds: Mapping[int, Mapping[str, list[int]]]
    ) -> list[tuple[tuple[int, str], float]]:
        options: list[tuple[tuple[int, str], float]] = []
        owner = self.entries.owner[mac]
        if owner >= 0 and self.entries.kinds[owner] in ROUTING and not self.left.speeds.get(mac):
            return options
        for device in region:
            options += [((device, port), self.left.suits(mac, device, port)) for port in self.spare[device]]
            if not self._joins(mac):
                options += [((device, port), AGED * count) for port, count in self.unreadable[device].items()]
            for port, crowd in crowds.get(device, {}).items():
                if weight := self._hosts(mac, device, port, crowd):
                    options.append(((device, port), weight))
        return options

    def _hosts(self, mac: int, device: int, port: str, crowd: list[int]) -> float:
        """Weight of a port with stations as the place of one more address."""
        if not self._joins(mac):
            return AGED * len(crowd) if len(crowd) > 1 else 0.0
        wireless = self._joins(mac) == "air"
        if any(self._joins(one) and (wireless or self._joins(one) == "switch") for one in crowd):
            return 0.0  # something else is known to be what they hang on
        suits = CROWD * self.left.suits(mac, device, port)
        if not wireless or self.left.radio is None:
            return suits * len(crowd) if len(crowd) > 1 else 0.0
        radio = len(self.left.radio.intersection(crowd))
        return suits * (radio * min(1.0, 2 * radio / len(crowd)) or RARE)
