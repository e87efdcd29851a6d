"""How offices get out: their uplinks, the devices that lead outside, and what is assumed of parts without a known path."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx
import pandas as pd

from analysis.tables import code
from analysis.topology import FORWARDING, ROUTING

#: The node that stands for everything outside the offices.
OUTSIDE = "outside"


def uplinks(devices: pd.DataFrame, network: nx.Graph) -> dict[str, str]:
    """office -> its way out: a router or firewall (one that is cabled to another office first, then the best connected router);
    where there is none, a device that is cabled to another office. An office without either has no known way out and is absent.
    """
    found: dict[str, tuple] = {}
    for device, office, kind, address in devices[["device", "office", "kind", "address"]].itertuples(index=False):
        leaves = any(network.nodes[n]["office"] not in ("", office) for n in network.neighbors(device))
        if code(kind) not in ROUTING and not leaves:
            continue
        rank = (code(kind) not in ROUTING, not leaves, code(kind) != "router", -network.degree(device), code(address), device)
        if office not in found or rank < found[office]:
            found[office] = rank
    return {office: rank[-1] for office, rank in found.items()}


def ways_out(network: nx.Graph, uplink: dict[str, str], offices: pd.DataFrame, known: Iterable[str] = ()) -> list[str]:
    """The devices that lead outside: in each connected network the router or firewall of its uppermost office, and those `known`
    besides. Offices that are cabled to another office are reached through it, and fail with it."""
    parents = dict(zip(offices["office"], offices["parent"], strict=True))
    found = {device for device in known if device in network}
    for part in nx.connected_components(network):
        doors = [d for d in uplink.values() if d in part and network.nodes[d]["kind"] in ROUTING]
        rank = {
            d: (pd.notna(parents.get(network.nodes[d]["office"])), network.nodes[d]["kind"] != "router", -network.degree(d), d)
            for d in doors
        }
        if doors:
            found.add(min(doors, key=rank.__getitem__))
    return sorted(found)


def joined(network: nx.Graph, roots: list[str], uplink: dict[str, str]) -> nx.Graph:
    """The network with `OUTSIDE`, in one piece: edges have `origin` "line" from the outside to the ways out and "assumed" where
    no path is known.

    Islands are cabled to their office's way out, or else lead outside: somehow they do, or they would not have answered. Their
    best connected switch is taken for their head; whose work stops when it fails is right, what lies between is not known.
    """
    whole: nx.Graph = nx.Graph(network)
    whole.add_node(OUTSIDE, office="", kind="outside", stations=0)
    whole.add_edges_from(((OUTSIDE, root) for root in roots), origin="line")
    for part in list(nx.connected_components(network)):
        if part.isdisjoint(roots):
            head = _head(network, part)
            door = uplink.get(network.nodes[head]["office"])
            if door is not None and door not in part:
                whole.add_edge(door, head, origin="assumed")
            elif door is not None:
                whole.add_edge(OUTSIDE, door, origin="assumed")
    for part in list(nx.connected_components(whole)):
        if OUTSIDE not in part:
            whole.add_edge(OUTSIDE, _head(network, part), origin="assumed")
    return whole


def _head(network: nx.Graph, part: Iterable[str]) -> str:
    return min(part, key=lambda n: (network.nodes[n]["kind"] not in FORWARDING, -network.degree(n), n))
