"""Rings of switches in which nothing is told to hold frames back."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from analysis.connectivity.findings.given import End, Given, Line
from analysis.topology.columns import JOINING
from inventory.sentences import pack

#: States of the spanning tree in which a port passes nothing on (IEEE 802.1D, 8.4). A port that is "disabled" there and has a
#: link takes no part in the spanning tree.
_HOLDS = frozenset({"blocking", "listening", "learning", "broken"})


def loops(given: Given) -> Iterator[dict]:
    """`loop_without_stp`: switches that stay in a ring without the cables that a port holds back. High where a switch says that
    no spanning tree runs and every other port passes on; medium where one says so, or nobody tells anything."""
    off = set(given.health[(given.health["metric"] == "stp_protocol") & (given.health["text"] == "off")]["device"])
    rings: nx.MultiGraph = nx.MultiGraph()
    for line in given.lines:
        pairs = [pair for pair in line.pairs if not any(given.ports.is_down(end) for end in pair)]
        if not line.told or not pairs or not all(given.kind(end[0]) in JOINING for end in line.ends):
            continue
        if any(_state(given, end, off) in _HOLDS for pair in (*pairs, line.ends) for end in pair):
            continue
        bundle = next((name for end in line.ends if (name := given.ports.text(end, "aggregate"))), None)
        key: object = (min(line.ends)[0], bundle) if bundle else line.number
        rings.add_edge(line.a[0], line.b[0], key=key, line=line)
    rings.remove_edges_from(list(nx.bridges(rings)))
    for part in sorted(nx.connected_components(rings), key=min):
        cables: list[Line] = [data["line"] for _, _, data in rings.subgraph(part).edges(data=True)]
        if not cables:
            continue
        states = [_state(given, end, off) for line in cables for end in line.ends]
        without = "off" in states
        if not without and any(states):
            continue  # a spanning tree runs, and may hold back where nothing is told, or another VLAN
        certain = without and all(states)
        first = min(cables, key=lambda line: line.number)
        everyone = sorted(given.name(device) for device in part)
        names = ", ".join(everyone[:6]) + (", …" if len(everyone) > 6 else "")
        if without:
            silent = min(device for line in cables for device, _ in line.ends if _is_off(given, line, device, off))
            why = pack("detail.net_loop_off", count=len(cables), names=names, name=given.name(silent))
        else:
            why = pack("detail.net_loop_silent", count=len(cables), names=names)
        yield given.finding(
            "loop_without_stp",
            "high" if certain else "medium",
            first.a,
            other=first.b,
            value=float(len(cables)),
            unit="cables",
            why=why,
            first=pack("detail.net_loop_off_first") if without else pack("detail.net_loop_silent_first"),
        )


def _state(given: Given, end: End, off: set[str]) -> str:
    """State of an end in the spanning tree: "off" where none runs, "" where nothing is told."""
    state = given.ports.text(end, "stp")
    return "off" if end[0] in off or state == "disabled" else state


def _is_off(given: Given, line: Line, device: str, off: set[str]) -> bool:
    return any(end[0] == device and _state(given, end, off) == "off" for end in line.ends)
