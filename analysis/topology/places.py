"""Where each switch and each station hangs, and what must lie between them: read off the trees.

What hangs at a port is what was learnt there and at no deeper switch. An address that two ports facing each other have both
learnt stands between them, so something that nobody can ask joins it to their cable. An address that the switch in front has
learnt towards a deeper one, and the deeper one has not learnt at all, hangs behind the deeper one, at a port whose entry has
aged: the port is named only when one port with a link is left over and one thing is looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.topology.entries import incidence
from analysis.topology.trees import Trees


class Place(NamedTuple):
    """A device and its port (None: it has aged), and how that is known."""

    device: int
    port: str | None
    evidence: str


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


def places(trees: Trees, free: Mapping[int, set[str]]) -> Places:
    """`free`: of a device, its ports with a link at which nothing was learnt and no neighbour told."""
    junctions, nested = _junctions(trees)
    stations = _stations(trees, junctions)
    by_mac = _learnt(trees, _own(trees, nested))
    links = []
    for child in range(len(trees.parent)):
        if trees.parent[child] < 0:
            continue
        own_device, own_port = trees.entries.ports[trees.up[child]]
        below = Place(own_device, own_port, "facing")
        if child in nested:
            start = trees.entries.ports[trees.up[nested[child]]][0]
            above = _walk(trees, by_mac.get(int(trees.up[child]), {}), start)
        else:
            device, port = trees.entries.ports[trees.parent_port[child]]
            above = Place(device, port, "facing")
        junction = junctions.get(int(trees.parent_port[child])) if child not in nested else None
        shared = junction is not None and junction.shared
        links.append(Link(above, below, shared, float(trees.support[child]), float(trees.against[child])))
    return _by_elimination(Places(junctions, links, stations), free)


def _junctions(trees: Trees) -> tuple[dict[int, Junction], dict[int, int]]:
    """Junctions by the upper port; and switches that hang below a sibling which has forgotten them -> that sibling."""
    port_macs = _port_macs(trees)
    groups: dict[int, list[int]] = defaultdict(list)
    for child, port in enumerate(trees.parent_port.tolist()):
        if port >= 0:
            groups[port].append(child)
    found: dict[int, Junction] = {}
    nested: dict[int, int] = {}
    for port, children in groups.items():
        device, name = trees.entries.ports[port]
        junction = Junction(device, name, children)
        below: set[int] = set()
        for child in children:
            below |= _subtree_macs(trees, child, port_macs)
        at = set(port_macs(port))
        for child in children:
            junction.between |= (at & set(port_macs(int(trees.up[child])))) - below
        if len(children) > 1 and not junction.between:
            for child in sorted(children, key=lambda c: (len(_subtree_macs(trees, c, port_macs)), c)):
                rest = [c for c in junction.children if c != child]
                # on a shared line all would have heard of it
                deaf = [c for c in rest if not trees.seen_up[c, child] and trees.seen_up[child, c]]
                if len(rest) and len(deaf) == len(rest) and len(rest) == 1:
                    nested[child] = deaf[0]
                    junction.children = rest
        found[port] = junction
    return found, nested


def _port_macs(trees: Trees):
    entries = trees.entries
    order = np.argsort(entries.port[entries.clear], kind="stable")
    port, mac = entries.port[entries.clear][order], entries.mac[entries.clear][order]
    starts = np.searchsorted(port, np.arange(len(entries.ports) + 1))

    def macs(number: int) -> list[int]:
        return mac[starts[number] : starts[number + 1]].tolist()

    return macs


def _subtree_macs(trees: Trees, node: int, port_macs) -> set[int]:
    """What a node has learnt away from the root, and its own addresses."""
    cache = trees.__dict__.setdefault("_below", {})
    if node not in cache:
        ports = trees.__dict__.get("_ports_of")
        if ports is None:
            ports = defaultdict(list)
            for number, (device, _) in enumerate(trees.entries.ports):
                ports[int(trees.node[device])].append(number)
            own = defaultdict(list)
            for mac in np.flatnonzero(trees.entries.owner >= 0).tolist():
                own[int(trees.node[trees.entries.owner[mac]])].append(mac)
            trees.__dict__["_ports_of"], trees.__dict__["_own_of"] = ports, own
        found = set(trees.__dict__["_own_of"].get(node, ()))
        for number in ports[node]:
            if trees.outer[number] and number != trees.up[node]:
                found.update(port_macs(number))
        cache[node] = found
    return cache[node]


def _own(trees: Trees, nested: Mapping[int, int]) -> dict[int, int]:
    """MAC -> the port towards the root of the nested node whose address it is."""
    wanted = {}
    for mac in np.flatnonzero(trees.entries.owner >= 0).tolist():
        node = int(trees.node[trees.entries.owner[mac]])
        if node in nested:
            wanted[mac] = int(trees.up[node])
    return wanted


def _learnt(trees: Trees, wanted: Mapping[int, int]) -> dict[int, dict[int, list[str]]]:
    """For each value of `wanted` (MAC -> value): device -> ports at which one of the MACs was learnt."""
    found: dict[int, dict[int, list[str]]] = {}
    if wanted:
        hit = np.isin(trees.entries.mac, list(wanted))
        for port, mac in zip(trees.entries.port[hit].tolist(), trees.entries.mac[hit].tolist(), strict=True):
            device, name = trees.entries.ports[port]
            found.setdefault(wanted[mac], {}).setdefault(device, []).append(name)
    return found


def _walk(trees: Trees, learnt: Mapping[int, list[str]], start: int | None) -> Place:
    """Through the told cables of one node towards an address, until a device does not know it further."""
    inner = trees.inner
    if start is None or start not in learnt:
        start = next((d for d in sorted(learnt) if any((d, p) in inner for p in learnt[d])), start)
    assert start is not None or learnt
    here = start if start is not None else min(learnt)
    passed = {here}
    with_table = trees.__dict__.setdefault("_bridges", set(trees.entries.bridges.tolist()))
    while True:
        step = next(((p, inner[here, p]) for p in sorted(learnt.get(here, ())) if (here, p) in inner), None)
        if step is None or step[1] in passed:
            return Place(here, None, "aged")
        if step[1] not in with_table:
            return Place(here, step[0], "behind_neighbour")
        here = step[1]
        passed.add(here)


def _stations(trees: Trees, junctions: Mapping[int, Junction]) -> dict[int, Place]:
    entries = trees.entries
    if not len(entries.port):
        return {}
    nodes = trees.node[entries.port_device]
    depth = trees.depth[nodes]
    size = np.bincount(entries.port, minlength=len(entries.ports))
    is_up = np.zeros(len(entries.ports), dtype=bool)
    is_up[trees.up[trees.up >= 0]] = True
    lone = (trees.up[nodes] < 0) & (trees.root[nodes] != nodes)  # its direction to the root is not known: nor is any other
    usable = trees.outer & ~is_up & ~lone
    rank = pd.DataFrame({"mac": entries.mac, "port": entries.port})
    rank["depth"] = depth[entries.port]
    rank["size"] = size[entries.port]
    below = rank[usable[entries.port]].sort_values(["mac", "depth", "size", "port"], ascending=[True, False, True, True])
    below = below.drop_duplicates("mac")
    of_bridge = np.isin(entries.owner, entries.bridges)
    found: dict[int, Place] = {}
    lost: dict[int, int | None] = {}
    for mac, port in zip(below["mac"].tolist(), below["port"].tolist(), strict=True):
        if of_bridge[mac]:
            continue
        device, name = entries.ports[port]
        junction = junctions.get(port)
        if junction is None:
            found[mac] = Place(device, name, "edge")
        elif mac in junction.between or (junction.shared and not _fuller(trees, junction)):
            found[mac] = Place(device, name, "between")
        else:
            child = max(junction.children, key=lambda c: (trees.support[c], -c))
            lost[mac] = entries.ports[trees.up[child]][0]
    for mac in np.unique(entries.mac).tolist():
        if mac not in found and not of_bridge[mac]:
            lost.setdefault(mac, None)
    learnt = _learnt(trees, {mac: mac for mac in lost})
    for mac, start in lost.items():
        if start is None:
            start = _above(trees, learnt[mac])
        found[mac] = _walk(trees, learnt[mac], start)
    return found


def _fuller(trees: Trees, junction: Junction) -> bool:
    """What one end alone has heard is likelier below the other switch than between: more of what is known is."""
    return len(junction.children) == 1 and trees.support[junction.children[0]] > len(junction.between)


def _above(trees: Trees, learnt: Mapping[int, list[str]]) -> int | None:
    """The device above the uppermost of those that have learnt an address only towards the root."""
    nodes = {int(trees.node[d]) for d in learnt}
    top = min(nodes, key=lambda n: (trees.depth[n], n))
    port, above = int(trees.parent_port[top]), int(trees.parent[top])
    if any((d, p) in trees.inner for d, ports in learnt.items() for p in ports if int(trees.node[d]) == int(trees.root[top])):
        return next(d for d in sorted(learnt) if int(trees.node[d]) == int(trees.root[top]))
    if port >= 0:
        return trees.entries.ports[port][0]
    if above >= 0:
        return int(np.flatnonzero(trees.node == above)[0])
    return min(learnt)


def _by_elimination(found: Places, free: Mapping[int, set[str]]) -> Places:
    """One thing looked for behind a device, and one port with a link left over."""
    lost: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for mac, place in found.stations.items():
        if place.port is None:
            lost[place.device].append(("station", mac))
    for number, link in enumerate(found.links):
        if link.above.port is None:
            lost[link.above.device].append(("link", number))
    for device, things in lost.items():
        left = free.get(device, set())
        if len(things) == 1 and len(left) == 1:
            (what, number), port = things[0], next(iter(left))
            if what == "station":
                found.stations[number] = Place(device, port, "only_place")
            else:
                found.links[number] = found.links[number]._replace(above=Place(device, port, "only_place"))
    return found


__all__ = ["Junction", "Link", "Place", "Places", "incidence", "places", "sparse"]
