"""Maps of the network, layered by role: the way out, network devices in layers below, ends collapsed into counts.

Inferred cables are dashed, what nobody can ask is hollow, and what cuts off many people is in the accent. The unmanaged switches
at one managed switch are drawn as one mark with their number: their ports are in the table.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import networkx as nx
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.connectivity import Connectivity
from analysis.figures.style import (
    ACCENT,
    DARK,
    GREY,
    LIGHT,
    Say,
    canvas,
    device_labels,
    drawing,
    empty,
    headline,
    office_names,
    shorten,
)
from analysis.topology import MACHINES

#: Kinds that are drawn; everything else is an end, and counted.
DRAWN = frozenset({"router", "firewall", "switch", "wireless", "access", "unmanaged", "unknown", "server", "storage"})
#: Kinds that nobody has asked: hollow.
_GUESSED = frozenset({"unmanaged", "unknown", "unseen"})
_MARKS = {
    "router": "D",
    "firewall": "P",
    "switch": "s",
    "wireless": "^",
    "access": "^",
    "unmanaged": "s",
    "server": "h",
    "storage": "h",
}
#: Widths of a node in a picture, inches: an end with its label beneath, and an inner node with its label beside it.
_LEAF, _INNER = 1.05, 1.5


def _shown(known: Connectivity, office: str, root: str | None) -> nx.Graph:
    """The office's drawn nodes. `ends`: what hangs on a node and is not drawn, by kind; `count`: how many a mark stands for."""
    network = known.network
    members = [n for n, data in network.nodes(data=True) if data["office"] == office]
    drawn: nx.Graph = nx.Graph(network.subgraph(n for n in members if network.nodes[n]["kind"] in DRAWN))
    for node in drawn:
        drawn.nodes[node].update(ends=Counter(machine=network.nodes[node]["stations"]), count=1)
    for node in members:
        if node not in drawn:
            hosts = sorted(n for n in network.neighbors(node) if n in drawn)
            if hosts:
                kind = network.nodes[node]["kind"]
                drawn.nodes[hosts[0]]["ends"]["machine" if kind in MACHINES else kind] += 1
    _gather(drawn)
    # what is not known to be cabled to anything and carries nothing needs no mark: the text counts it
    total = known.offices.loc[known.offices["office"] == office, "machines"].sum()
    unseen = int(total) - sum(data["ends"]["machine"] for _, data in drawn.nodes(data=True))
    if unseen > 0 and root in drawn:
        drawn.add_node("*", kind="unseen", office=office, ends=Counter(machine=unseen), count=1)
        drawn.add_edge(root, "*", origin="inferred")
    return drawn


def _gather(drawn: nx.Graph) -> None:
    """The unmanaged switches at one device that carry nothing drawn become one node with their number."""
    at: dict[str, list[str]] = defaultdict(list)
    for node, kind in drawn.nodes(data="kind"):
        if kind == "unmanaged" and drawn.degree(node) == 1:
            at[next(drawn.neighbors(node))].append(node)
    for nodes in at.values():
        first, *rest = sorted(nodes)
        for node in rest:
            drawn.nodes[first]["ends"].update(drawn.nodes[node]["ends"])
            drawn.nodes[first]["count"] += 1
        drawn.remove_nodes_from(rest)


def _layers(drawn: nx.Graph, root: str | None) -> tuple[dict[str, tuple[float, int]], float, list[str]]:
    """Positions (inches from the left, layer from the top), the width, and the nodes without a known path to the root."""
    if root not in drawn:
        candidates = sorted((n for n in drawn), key=lambda n: (-drawn.degree(n), n))
        root = candidates[0] if candidates else None
    if root is None:
        return {}, 0.0, []
    tree = nx.bfs_tree(drawn, root, sort_neighbors=sorted)
    width: dict[str, float] = {}
    for node in reversed(list(nx.topological_sort(tree))):
        children = list(tree.successors(node))
        width[node] = max(sum(width[child] for child in children), _INNER if children else _LEAF)
    place: dict[str, tuple[float, int]] = {}
    stack = [(root, 0.0, 0)]
    while stack:
        node, left, depth = stack.pop()
        place[node] = (left + width[node] / 2, depth)
        children = sorted(tree.successors(node), key=lambda n: (width[n], n))
        left += (width[node] - sum(width[child] for child in children)) / 2
        for child in children:
            stack.append((child, left, depth + 1))
            left += width[child]
    loose = sorted(set(drawn) - set(place))
    right = width[root]
    if loose:  # islands: drawn beside, a layer below the way out, because what they hang on is not known
        island = drawn.subgraph(loose)
        for nodes in sorted(nx.connected_components(island), key=lambda c: (-len(c), min(c))):
            top = min(nodes, key=lambda n: (drawn.nodes[n]["kind"] not in ("firewall", "router", "switch"), -drawn.degree(n), n))
            below, span, _ = _layers(nx.Graph(drawn.subgraph(nodes)), top)
            place |= {node: (right + x, layer + 1) for node, (x, layer) in below.items()}
            right += span
    return place, right, loose


def _marks(axes: Axes, drawn: nx.Graph, place: dict[str, tuple[float, float]], alarming: set[str], size: float) -> None:
    for a, b, cable in drawn.edges(data=True):
        if a in place and b in place:
            style: dict = {"linestyle": (0, (3, 2)), "color": GREY} if cable["origin"] == "inferred" else {"color": DARK}
            axes.plot(*zip(place[a], place[b], strict=True), linewidth=1.0, zorder=1, **style)
    for node, (x, y) in place.items():
        kind = drawn.nodes[node]["kind"]
        face = "white" if kind in _GUESSED else ACCENT if node in alarming else GREY
        edge = ACCENT if node in alarming else GREY
        axes.scatter(x, y, s=size, marker=_MARKS.get(kind, "o"), facecolor=face, edgecolor=edge, linewidths=1.0, zorder=2)


def office_map(
    known: Connectivity, devices: pd.DataFrame, offices: pd.DataFrame, office: str, say: Say, about: str = "", alarm: int = 5
) -> Figure:
    """One office: boxes by layer with their names, ends as counts beneath; those that cut off `alarm` people in the accent."""
    rows = known.behind[known.behind["office"] == office]
    people = {d: int(p) for d, p in zip(rows["device"], rows["people"], strict=True)}
    root = next(iter(rows[rows["uplink"].astype(bool)]["device"]), None)
    drawn = _shown(known, office, root)
    inner = {d for d, p in people.items() if p >= alarm and d != root and d in drawn}
    title = say("figures.office_map.title", office=office_names(offices, say).get(office, office), count=len(inner), people=alarm)
    place, width, loose = _layers(drawn, root)
    if not place:
        return empty(say, title, about)
    labels = device_labels(devices, say, 20)
    depth = max(layer for _, layer in place.values())
    with drawing():
        figure = canvas(max(7.2, width), 1.1 + 1.0 * (depth + 1) + (0.4 if loose else 0))
        axes = figure.subplots()
        at = {node: (x, -float(layer)) for node, (x, layer) in place.items()}
        _marks(axes, drawn, at, inner, 110)
        for node, (x, y) in at.items():
            lines = _label(node, drawn, labels, say)
            if people.get(node) and (node in inner or node == root):
                lines.insert(1, say("figures.office_map.people", people=people[node]))
            if any(n in place and place[n][1] > place[node][1] for n in drawn.neighbors(node)):
                axes.annotate(
                    "\n".join(lines), (x, y), xytext=(9, 3), textcoords="offset points", ha="left", va="bottom", fontsize=7.5,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85},
                )  # fmt: skip
            else:
                axes.annotate(
                    "\n".join([shorten(lines[0], 14), *lines[1:]]), (x, y), xytext=(0, -8), textcoords="offset points",
                    ha="center", va="top", fontsize=6.8, linespacing=1.15,
                )  # fmt: skip
        if loose:
            names = [labels[node] for node in loose if node in labels]
            listed = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
            axes.text(
                0, -depth - 0.95, say("figures.office_map.loose", count=len(loose), names=listed), fontsize=7.5, color="#5A5A5A"
            )
        axes.set_ylim(-depth - (1.1 if loose else 0.75), 0.5)
        axes.set_xlim(-0.3, max(width, 6.0) + 0.6)
        axes.axis("off")
        _key(figure, say)
        headline(figure, title, about)
        return figure


def _label(node: str, drawn: nx.Graph, labels: dict[str, str], say: Say) -> list[str]:
    """Its name, and what hangs on it in counts."""
    data = drawn.nodes[node]
    if data["kind"] == "unmanaged":
        name = say("figures.office_map.unmanaged", count=data["count"])
    elif data["kind"] == "unseen":
        name = say("figures.office_map.unseen")
    else:
        name = labels.get(node) or node.lstrip("?+")
    counted = [
        say("figures.office_map.machine" if kind == "machine" else "figures.office_map.of_kind", n=n, kind=kind)
        for kind, n in sorted(data["ends"].items(), key=lambda end: (end[0] != "machine", end[0]))
        if n
    ]
    return [shorten(name, 20), *(shorten(line, 18) for line in counted[:3])]


def _key(figure: Figure, say: Say) -> None:
    entries = []
    for mark, face, edge, name in (
        ("D", GREY, GREY, "router"),
        ("s", GREY, GREY, "switch"),
        ("^", GREY, GREY, "wireless"),
        ("s", "white", GREY, "unmanaged"),
        ("o", ACCENT, ACCENT, "alarm"),
    ):
        label = say(f"figures.office_map.key.{name}")
        entries.append(Line2D([], [], marker=mark, color="none", markerfacecolor=face, markeredgecolor=edge, label=label))
    entries.insert(4, Line2D([], [], color=DARK, label=say("figures.office_map.key.told")))
    entries.insert(5, Line2D([], [], color=GREY, linestyle=(0, (3, 2)), label=say("figures.office_map.key.inferred")))
    figure.legend(
        handles=entries, loc="upper left", bbox_to_anchor=(0.0, 0.0), ncols=3, frameon=False, fontsize=7.5, handlelength=1.8
    )


def district_map(
    known: Connectivity, offices: pd.DataFrame, say: Say, about: str = "", columns: int = 5, alarm: int = 5
) -> Figure:
    """All offices, a small map each: the same layers, without names; how many machines the office has in the corner."""
    with_devices = known.offices[known.offices["devices"] > 0]
    order = with_devices.sort_values(["devices", "office"], ascending=[False, True])["office"].tolist()
    machines = dict(zip(with_devices["office"], with_devices["machines"], strict=True))
    people: dict[str, dict[str, int]] = defaultdict(dict)
    roots = {}
    for row in known.behind.to_dict("records"):
        people[row["office"]][row["device"]] = int(row["people"])
        if row["uplink"]:
            roots[row["office"]] = row["device"]
    share = float(known.offices["placed"].sum() / max(int(known.offices["machines"].sum()), 1))
    title = say("figures.district_map.title", visible=share, unmanaged=int(known.offices["unmanaged"].sum()))
    if not order:
        return empty(say, title, about)
    places = office_names(offices, say)
    columns = min(columns, len(order))
    rows = math.ceil(len(order) / columns)
    with drawing():
        figure = canvas(7.2, 0.6 + 1.3 * rows)
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes, office in zip(grid.flat, order, strict=False):
            root = roots.get(office)
            drawn = _shown(known, office, root)
            place, width, _ = _layers(drawn, root)
            alarming = {d for d, p in people[office].items() if p >= alarm and d != root and d in drawn}
            at = {node: (x / width, -float(layer)) for node, (x, layer) in place.items()}
            _marks(axes, drawn, at, alarming, 30 if len(at) < 12 else 14)
            if len(at) <= 10:
                for node, (x, y) in at.items():
                    leaf = not any(n in place and place[n][1] > place[node][1] for n in drawn.neighbors(node))
                    if leaf and (count := drawn.nodes[node]["ends"]["machine"]):
                        axes.annotate(
                            say("figures.number", n=count), (x, y), xytext=(0, -5), textcoords="offset points",
                            ha="center", va="top", fontsize=6.2,
                        )  # fmt: skip
            axes.set_title(shorten(places.get(office, office), 19), fontsize=8, loc="left", pad=2)
            axes.text(
                0.98, 0.97, say("figures.district_map.panel", machines=int(machines[office])).replace(" ", "\n", 1),
                transform=axes.transAxes, fontsize=6.4, color="#5A5A5A", va="top", ha="right",
            )  # fmt: skip
            depth = max((layer for _, layer in place.values()), default=0)
            axes.set_ylim(-max(depth, 2) - 0.55, 0.45)
            axes.set_xlim(-0.04, 1.04)
        for axes in grid.flat:
            axes.set_xticks([])
            axes.set_yticks([])
            for spine in axes.spines.values():
                spine.set(visible=True, color=LIGHT, linewidth=0.6)
        for axes in list(grid.flat)[len(order) :]:
            axes.set_visible(False)
        _key(figure, say)
        headline(figure, title, about)
        return figure
