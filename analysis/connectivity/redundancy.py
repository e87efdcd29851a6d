"""The frame `redundancy`: in how many independent ways each office gets out, and what alone ends them all.

By Menger's theorem (1927) as many paths that share no device exist as devices must fail until nobody of the office gets out; the
same with cables. The paths are counted with augmenting paths (Ford and Fulkerson, 1956), searched from the office outwards, up to
`ENOUGH`, and no further than there are ways out.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from itertools import pairwise

import networkx as nx
import pandas as pd

from analysis.connectivity.behind import Losses
from analysis.connectivity.columns import REDUNDANCY
from analysis.connectivity.crowds import is_machine
from analysis.connectivity.removal import Model
from analysis.connectivity.ways_out import OUTSIDE
from analysis.connectivity.wiring import Edge, edge
from analysis.tables import typed

#: More paths than these are not counted.
ENOUGH = 4


def redundancy_frame(offices: pd.DataFrame, model: Model, losses: Losses) -> pd.DataFrame:
    """Columns: `REDUNDANCY`, one row an office, in the order of `offices`; NA where nothing of the office is known."""
    people, whole = model.people, model.whole
    carrying: dict[str, list[str]] = defaultdict(list)
    for node, office in people.office.items():
        if people.at[node]:
            carrying[office].append(node)
    placed = {office: sum(people.at[node] for node in nodes) for office, nodes in carrying.items()}
    ending = _ending(losses, model, placed)
    cutting = _cutting(losses, model, placed)
    lines = _lines(whole)
    rows = []
    for office in offices["office"]:
        starts = {start for node in carrying.get(office, ()) for start in _starts(whole, node)}
        if not starts:
            rows.append({"office": office})
            continue
        most = min(ENOUGH, sum(lines[part] for part in {lines.part[start] for start in starts}))
        devices, cables = ending.get(office, []), cutting.get(office, [])
        rows.append(
            {
                "office": office,
                "ways": 1 if devices else disjoint_nodes(whole, starts, most),
                "cable_ways": 1 if cables else disjoint_cables(whole, model, starts, most),
                "devices": ",".join(devices) or None,
                "cables": "; ".join(cables) or None,
                "people": people.people_of(office, placed[office]) if devices or cables else None,
            }
        )
    return typed(rows, REDUNDANCY)


def _starts(whole: nx.Graph, node: str) -> Iterator[str]:
    """Where the paths of those at a node begin: a machine does not stand in its own way."""
    if is_machine(whole.nodes[node]["kind"]):
        yield from (near for near in whole.adj[node] if near != OUTSIDE)
    else:
        yield node


def _ending(losses: Losses, model: Model, placed: Mapping[str, int]) -> dict[str, list[str]]:
    """office -> nodes that each cut off all of it, the outermost first."""
    found: dict[str, list[str]] = defaultdict(list)
    for node in losses.outside.order:
        if node != OUTSIDE and not is_machine(model.whole.nodes[node]["kind"]):
            for office, count in losses.people.lost(losses.outside.nodes[node]).items():
                if count == placed.get(office):
                    found[office].append(node)
    return found


def _cutting(losses: Losses, model: Model, placed: Mapping[str, int]) -> dict[str, list[str]]:
    """office -> cables that each cut off all of it, the outermost first."""
    found: dict[str, list[str]] = defaultdict(list)
    order = losses.outside.order
    for pair, counts in sorted(losses.outside.cables.items(), key=lambda item: order[item[0][1]]):
        if is_machine(model.whole.nodes[pair[1]]["kind"]):
            continue
        for office, count in losses.people.lost(counts).items():
            if count == placed.get(office):
                found[office].append(model.wires.cables[model.wires.between[edge(*pair)][0]].name)
    return found


class _lines(dict[int, int]):
    """Part of the network without the outside -> how many ways lead out of it; `part`: node -> its part."""

    def __init__(self, whole: nx.Graph) -> None:
        inside = whole.subgraph(node for node in whole if node != OUTSIDE)
        self.part: dict[str, int] = {}
        for number, nodes in enumerate(nx.connected_components(inside)):
            self[number] = sum(1 for node in nodes if node in whole.adj[OUTSIDE])
            self.part |= dict.fromkeys(nodes, number)


def disjoint_nodes(whole: nx.Graph, starts: set[str], most: int) -> int:
    """Paths from `starts` to the outside that share no node, up to `most`."""
    before: dict[str, str | None] = {}  # node on a path -> the node before it there; None = the path begins with it
    after: dict[str, str] = {}
    count = 0
    while count < most and (way := _augmenting(whole, starts, before, after)):
        _apply(way, before, after)
        count += 1
    return count


_State = tuple[str, bool]  # a node, entered; or about to be left


def _augmenting(
    whole: nx.Graph, starts: set[str], before: Mapping[str, str | None], after: Mapping[str, str]
) -> list[_State] | None:
    """A way through what is free, and back along paths that can be led elsewhere."""
    came: dict[_State, _State | None] = {(s, False): None for s in sorted(starts) if before.get(s, "") is not None}
    todo = deque(came)
    while todo:
        state = todo.popleft()
        node, leaving = state
        steps: list[_State] = []
        if not leaving:
            if node not in before:
                steps.append((node, True))
            elif (previous := before[node]) is not None:
                steps.append((previous, True))
        else:
            if node in before:
                steps.append((node, False))
            for near in whole.adj[node]:
                if near == OUTSIDE:
                    if after.get(node) != OUTSIDE:
                        way = [(OUTSIDE, False), state]
                        while (earlier := came[way[-1]]) is not None:
                            way.append(earlier)
                        return way[::-1]
                elif after.get(node) != near:
                    steps.append((near, False))
        for step in steps:
            if step not in came:
                came[step] = state
                todo.append(step)
    return None


def _apply(way: list[_State], before: dict[str, str | None], after: dict[str, str]) -> None:
    """Lead the paths along the way found: steps between two nodes are added, steps back along a path are taken from it."""
    added: list[tuple[str | None, str]] = [(None, way[0][0])]
    removed = []
    for (a, leaving), (b, then_leaving) in pairwise(way):
        if a == b:
            continue
        if leaving and not then_leaving:
            added.append((a, b))
        else:  # from the entrance of `a` back to where its path came from
            removed.append((b, a))
    for a, b in removed:
        del before[b], after[a]
    for start, b in added:
        if b != OUTSIDE:
            before[b] = start
        if start is not None:
            after[start] = b


def disjoint_cables(whole: nx.Graph, model: Model, starts: set[str], most: int) -> int:
    """Paths from `starts` to the outside that share no cable, up to `most`. A line to the outside is one."""
    flow: dict[tuple[str, str], int] = defaultdict(int)
    room: dict[Edge, int] = {}

    def free(a: str, b: str) -> bool:
        pair = edge(a, b)
        if pair not in room:
            room[pair] = max(model.wires.strength(a, b), 1)
        return room[pair] > flow[a, b]

    count = 0
    while count < most:
        came: dict[str, str | None] = dict.fromkeys(sorted(starts))
        todo = deque(came)
        while todo and OUTSIDE not in came:
            node = todo.popleft()
            for near in whole.adj[node]:
                if near not in came and free(node, near):
                    came[near] = node
                    todo.append(near)
        if OUTSIDE not in came:
            break
        node = OUTSIDE
        while (previous := came[node]) is not None:
            flow[previous, node] += 1
            flow[node, previous] -= 1
            node = previous
        count += 1
    return count
