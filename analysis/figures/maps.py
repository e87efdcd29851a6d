"""Maps of the network, layered by role: the way out, network devices in layers below, ends collapsed into counts.

Inferred cables are dashed, what is not known to be cabled stands apart, and what cuts off many people is in the accent.
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

#: Kinds that are drawn as boxes; everything else is an end, and counted.
DRAWN = frozenset({"router", "firewall", "switch", "wireless", "access", "unmanaged", "unknown", "server", "storage"})
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


def _shown(network: nx.Graph, office: str) -> nx.Graph:
    """The office's drawn nodes, with `ends`: what hangs on each of them and is not drawn, by kind."""
    members = [n for n, data in network.nodes(data=True) if data["office"] == office]
    drawn: nx.Graph = nx.Graph(network.subgraph(n for n in members if network.nodes[n]["kind"] in DRAWN))
    nx.set_node_attributes(drawn, {n: Counter() for n in drawn}, "ends")
    for node in drawn:
        drawn.nodes[node]["ends"]["machine"] += network.nodes[node]["stations"]
    for node in members:
        if node not in drawn:
            hosts = sorted(n for n in network.neighbors(node) if n in drawn)
            if hosts:
                kind = network.nodes[node]["kind"]
                drawn.nodes[hosts[0]]["ends"]["machine" if kind == "pc" else kind] += 1
    # a bare unmanaged switch is no more than the ends behind it: kept, because somebody has to find it
    return drawn


def _layers(drawn: nx.Graph, root: str | None) -> tuple[dict[str, tuple[float, int]], list[str]]:
    """Positions (x as a fraction of the width, layer from the top), and the nodes without a known path to the root."""
    if root not in drawn:
        tops = sorted(drawn, key=lambda n: (-drawn.degree(n), n))
        root = tops[0] if tops else None
    if root is None:
        return {}, []
    tree = nx.bfs_tree(drawn, root, sort_neighbors=sorted)
    width: dict[str, int] = {}
    for node in reversed(list(nx.topological_sort(tree))):
        width[node] = max(sum(width[child] for child in tree.successors(node)), 1)
    place: dict[str, tuple[float, int]] = {}
    stack = [(root, 0.0, 0)]
    while stack:
        node, left, depth = stack.pop()
        place[node] = (left + width[node] / 2, depth)
        for child in sorted(tree.successors(node), key=lambda n: (width[n], n)):
            stack.append((child, left, depth + 1))
            left += width[child]
    total = width[root]
    return {node: (x / total, depth) for node, (x, depth) in place.items()}, sorted(set(drawn) - set(place))


def _marks(axes: Axes, drawn: nx.Graph, place: dict[str, tuple[float, float]], alarming: set[str], size: float) -> None:
    for a, b, cable in drawn.edges(data=True):
        if a in place and b in place:
            style = {"linestyle": (0, (3, 2)), "color": GREY} if cable["origin"] == "inferred" else {"color": DARK}
            axes.plot(*zip(place[a], place[b], strict=True), linewidth=1.0, zorder=1, **style)
    for node, (x, y) in place.items():
        kind = drawn.nodes[node]["kind"]
        guessed = kind in ("unmanaged", "unknown")
        face = "white" if guessed else ACCENT if node in alarming else GREY
        edge = ACCENT if node in alarming else GREY if guessed else face
        axes.scatter(x, y, s=size, marker=_MARKS.get(kind, "o"), facecolor=face, edgecolor=edge, linewidths=1.0, zorder=2)


def office_map(
    known: Connectivity, devices: pd.DataFrame, offices: pd.DataFrame, office: str, say: Say, about: str = "", alarm: int = 5
) -> Figure:
    """One office: boxes by layer with their names, ends as counts beneath; those that cut off `alarm` people in the accent."""
    drawn = _shown(known.network, office)
    rows = known.behind[known.behind["office"] == office]
    people = {d: int(p) for d, p in zip(rows["device"], rows["people"], strict=True)}
    root = next(iter(rows[rows["uplink"].astype(bool)]["device"]), None)
    inner = {d for d, p in people.items() if p >= alarm and d != root and d in drawn and len(drawn) > 1}
    name = office_names(offices, say).get(office, office)
    title = say("figures.office_map.title", office=name, count=len(inner), people=alarm)
    place, loose = _layers(drawn, root)
    if not place:
        return empty(say, title, about)
    labels = device_labels(devices, say, 20)
    depth = max(layer for _, layer in place.values())
    widest = max(Counter(layer for _, layer in place.values()).values())
    with drawing():
        leaves = sum(1 for n in place if not any(place.get(m, (0, -1))[1] > place[n][1] for m in drawn.neighbors(n)))
        width = max(7.2, 0.62 * max(leaves, widest))
        figure = canvas(min(width, 14.4), 1.0 + 1.15 * (depth + 1) + (0.5 if loose else 0))
        axes = figure.subplots()
        at = {node: (x, -float(layer)) for node, (x, layer) in place.items()}
        _marks(axes, drawn, at, inner, 120)
        crowded = widest > 7
        for node, (x, y) in at.items():
            text = labels.get(node) or _unknown_name(node, drawn, say)
            lines = [shorten(text, 13 if crowded else 20)]
            ends = drawn.nodes[node]["ends"]
            if node in people and people[node] and (node in inner or node == root):
                lines.append(say("figures.office_map.people", people=people[node]))
            counted = [
                say(f"figures.office_map.{k}" if k == "machine" else "figures.office_map.of_kind", n=n, kind=k)
                for k, n in sorted(ends.items())
                if n
            ]
            lines += counted[:3]
            deepest = not any(place.get(m, (0, -1))[1] > place[node][1] for m in drawn.neighbors(node))
            rotation = 90 if crowded and deepest else 0
            if deepest:
                axes.annotate(
                    "\n".join(lines),
                    (x, y),
                    xytext=(0, -9),
                    textcoords="offset points",
                    ha="center",
                    va="top",
                    fontsize=7,
                    rotation=rotation,
                )
            else:
                axes.annotate("\n".join(lines), (x, y), xytext=(9, 4), textcoords="offset points", ha="left", va="bottom", fontsize=7.5,
                              bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8})  # fmt: skip
        if loose:
            _loose(axes, loose, labels, depth, say)
        axes.set_ylim(-depth - (1.25 if crowded else 0.85) - (0.5 if loose else 0), 0.45)
        axes.set_xlim(-0.06, 1.08)
        axes.axis("off")
        _key(axes, say)
        headline(figure, title, about)
        return figure


def _unknown_name(node: str, drawn: nx.Graph, say: Say) -> str:
    if drawn.nodes[node]["kind"] == "unmanaged":
        return say("figures.office_map.unmanaged", port=node.rpartition(":")[2])
    return node.lstrip("?+")


def _loose(axes: Axes, loose: list[str], labels: dict[str, str], depth: int, say: Say) -> None:
    names = [labels.get(node, node) for node in loose]
    listed = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
    axes.text(
        0, -depth - 1.1, say("figures.office_map.loose", count=len(loose), names=listed), fontsize=7.5, color=GREY, wrap=True
    )


def _key(axes: Axes, say: Say) -> None:
    entries = [
        Line2D(
            [],
            [],
            marker="D",
            color="none",
            markerfacecolor=GREY,
            markeredgecolor=GREY,
            label=say("figures.office_map.key.router"),
        ),
        Line2D(
            [],
            [],
            marker="s",
            color="none",
            markerfacecolor=GREY,
            markeredgecolor=GREY,
            label=say("figures.office_map.key.switch"),
        ),
        Line2D(
            [],
            [],
            marker="^",
            color="none",
            markerfacecolor=GREY,
            markeredgecolor=GREY,
            label=say("figures.office_map.key.wireless"),
        ),
        Line2D(
            [],
            [],
            marker="s",
            color="none",
            markerfacecolor="white",
            markeredgecolor=GREY,
            label=say("figures.office_map.key.unmanaged"),
        ),
        Line2D([], [], color=DARK, label=say("figures.office_map.key.told")),
        Line2D([], [], color=GREY, linestyle=(0, (3, 2)), label=say("figures.office_map.key.inferred")),
        Line2D(
            [],
            [],
            marker="o",
            color="none",
            markerfacecolor=ACCENT,
            markeredgecolor=ACCENT,
            label=say("figures.office_map.key.alarm"),
        ),
    ]
    axes.legend(
        handles=entries, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, frameon=False, fontsize=7.5, handlelength=1.8
    )


def district_map(
    known: Connectivity, offices: pd.DataFrame, say: Say, about: str = "", columns: int = 5, alarm: int = 5
) -> Figure:
    """All offices, a small map each: the same layers, without names; machines as a number under what they hang on."""
    with_devices = known.offices[known.offices["devices"] > 0]
    order = with_devices.sort_values(["devices", "office"], ascending=[False, True])["office"].tolist()
    people: dict[str, dict[str, int]] = defaultdict(dict)
    roots = {}
    for row in known.behind.to_dict("records"):
        people[row["office"]][row["device"]] = int(row["people"])
        if row["uplink"]:
            roots[row["office"]] = row["device"]
    suspected = int(known.offices["unmanaged"].sum())
    share = known.offices["placed"].sum() / max(int(known.offices["machines"].sum()), 1)
    title = say("figures.district_map.title", visible=float(share), unmanaged=suspected)
    if not order:
        return empty(say, title, about)
    places = office_names(offices, say)
    columns = min(columns, len(order))
    rows = math.ceil(len(order) / columns)
    with drawing():
        figure = canvas(7.2, 0.5 + 1.45 * rows)
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes, office in zip(grid.flat, order, strict=False):
            drawn = _shown(known.network, office)
            place, loose = _layers(drawn, roots.get(office))
            alarming = {d for d, p in people[office].items() if p >= alarm and d != roots.get(office) and d in drawn}
            at = {node: (x, -float(layer)) for node, (x, layer) in place.items()}
            _marks(axes, drawn, at, alarming, 26 if len(at) < 15 else 12)
            if len(at) <= 9:
                for node, (x, y) in at.items():
                    if machines := drawn.nodes[node]["ends"]["machine"]:
                        axes.annotate(
                            say("figures.number", n=machines),
                            (x, y),
                            xytext=(0, -5),
                            textcoords="offset points",
                            ha="center",
                            va="top",
                            fontsize=6,
                        )
            row = with_devices[with_devices["office"] == office].iloc[0]
            axes.set_title(shorten(places.get(office, office), 19), fontsize=8, loc="left", pad=2)
            axes.text(
                0, -0.02, say("figures.district_map.panel", machines=int(row["machines"]), loose=len(loose)),
                transform=axes.transAxes, fontsize=6.6, color="#5A5A5A", va="top",
            )  # fmt: skip
            depth = max((layer for _, layer in place.values()), default=0)
            axes.set_ylim(-max(depth, 2) - 0.45, 0.4)
            axes.set_xlim(-0.06, 1.06)
        for axes in grid.flat:
            axes.set_xticks([])
            axes.set_yticks([])
            for spine in axes.spines.values():
                spine.set(visible=True, color=LIGHT, linewidth=0.6)
        for axes in list(grid.flat)[len(order) :]:
            axes.set_visible(False)
        headline(figure, title, about)
        return figure
