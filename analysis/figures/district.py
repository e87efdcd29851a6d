"""The map of all offices: a card each, hung below the office that they are cabled to, with a small map in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import networkx as nx
import pandas as pd
from matplotlib.figure import Figure

from analysis.connectivity import Connectivity
from analysis.figures.layout import Box, Drawing, Line, Spacing, arrange, wrapped
from analysis.figures.maps import draw_tree, draw_ways, label_box, legend, put_label, style_of
from analysis.figures.parts import OUT, Cable, Names, OfficeTree, cables, office_tree, speed, together
from analysis.figures.sheet import MARGIN, PAGE, Sheet
from analysis.figures.style import Say, empty
from analysis.labels import office_names

_CARDS = Spacing(between=0.09, channel=0.14, gutter=0.12, sort=False)
#: A mark with its room on a small map, inches.
_TINY = 0.082
#: A small map that is higher is drawn smaller.
_TALL = 0.9


def office_graph(known: Connectivity, known_cables: Mapping[frozenset[str], Cable]) -> nx.Graph:
    """Offices with devices, and what joins them: nodes are office codes, and `+device:port` or `?name` where nobody can ask what
    lies between. Edge attribute `cable`: the surest and fastest of them."""
    network = known.network
    home = dict(network.nodes(data="office"))
    there = set(known.offices.loc[known.offices["devices"] > 0, "office"])
    joined: nx.Graph = nx.Graph()
    joined.add_nodes_from(sorted(there))
    between = {
        node
        for node, kind in network.nodes(data="kind")
        if kind in ("unmanaged", "unknown") and len({home[n] for n in network.neighbors(node)} & there) > 1
    }
    rank = {"told": 0, "inferred": 1, "assumed": 2}
    for a, b in network.edges:
        one, other_end = (node if node in between else home[node] for node in (a, b))
        if one == other_end or not {one, other_end} <= there | between:
            continue
        cable = known_cables[frozenset((a, b))]
        other = joined.edges[one, other_end]["cable"] if joined.has_edge(one, other_end) else None
        if other is None or (rank[cable.origin], -cable.speed_bps) < (rank[other.origin], -other.speed_bps):
            joined.add_edge(one, other_end, cable=cable)
    return joined


def office_order(known: Connectivity, offices: pd.DataFrame, joined: nx.Graph) -> tuple[str, dict[str, list[str]]]:
    """The uppermost office, what hangs on what, and the offices of which no cable to it is known (they hang on "*unknown")."""
    size = dict(zip(known.offices["office"], known.offices["devices"], strict=True))
    parent = dict(zip(offices["office"], offices["parent"], strict=True))
    there = [node for node in joined if node in size]
    top = min(there, key=lambda o: (o in parent and pd.notna(parent[o]) and parent[o] in there, -joined.degree(o), -size[o], o))
    children: dict[str, list[str]] = defaultdict(list)
    reached: set[str] = set()

    def grow(root: str) -> None:
        reached.add(root)
        queue = [root]
        for node in queue:
            for near in sorted(joined.neighbors(node), key=lambda n: (joined.edges[node, n]["cable"].origin != "told", n)):
                if near not in reached:
                    reached.add(near)
                    children[node].append(near)
                    queue.append(near)

    grow(top)
    apart = set()
    for office in sorted(there, key=lambda o: (-joined.degree(o), -size[o], o)):
        if office not in reached:
            apart.add(office)
            children["*unknown"].append(office)
            grow(office)
    if apart:
        children[top].append("*unknown")
    # offices first, what joins several of them and cannot be asked below
    for nodes in children.values():
        nodes.sort(key=lambda o: (o == "*unknown", o not in size, bool(children.get(o)), -size.get(o, 0), o))
    return top, children


def district_map(
    known: Connectivity,
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    say: Say,
    about: str = "",
    alarm: int = 10,
    interfaces: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
    width: float = PAGE,
) -> Figure:
    """All offices, a card each, hung below the office that they are cabled to: name, way out, size, who would be cut off, and a
    small map without names. Cables are dashed where they are inferred, dotted where nothing is known.
    """
    known_cables = cables(known, interfaces, findings)
    share = float(known.offices["placed"].sum() / max(int(known.offices["machines"].sum()), 1))
    title = say("figures.district_map.title", visible=share, unmanaged=int(known.offices["unmanaged"].sum()))
    if not (known.offices["devices"] > 0).any():
        return empty(say, title, about)
    joined = office_graph(known, known_cables)
    top, children = office_order(known, offices, joined)
    places = office_names(offices, say)
    names = Names(devices, say)
    figures = {row["office"]: row for row in known.offices.to_dict("records")}
    count = sum(1 for node in joined if node in figures)
    columns = min(4 if count > 4 else 3, max(count - 1, 1))
    room = width - 2 * MARGIN
    card_width = (room - 2 * _CARDS.gutter - (columns - 1) * _CARDS.between) / columns
    above = {child: parent for parent, nodes in children.items() for child in nodes}
    cards: dict[str, _Card] = {}
    boxes: dict[str, Box] = {}
    notes: dict[str, list[Line]] = {}
    trees = []
    for node in [*joined, "*unknown"]:
        if node in figures:
            tree = office_tree(known, node, known_cables, findings, alarm)
            trees.append(tree)
            wide = room if node == top else card_width
            cable = joined.edges[above[node], node]["cable"] if joined.has_edge(above.get(node, ""), node) else None
            cards[node] = _card(tree, figures[node], places.get(node, node), names, cable, wide, say, node == top)
            boxes[node] = cards[node].box
        elif node in above:
            text = between_words(node, names, say)
            notes[node] = [Line(line, "plain", 7.2) for line in wrapped(text, 7.2, room - 0.6, 2)]
            plain = label_box(notes[node])
            boxes[node] = replace(plain, listed=False)
    _level(children, cards, boxes, room)
    drawing = arrange(top, children, boxes, room, _CARDS)
    sheet = Sheet(max(width, drawing.width + 2 * MARGIN))
    y = sheet.head(title, about)
    cables_between = {
        (parent, child): joined.edges[parent, child]["cable"] if joined.has_edge(parent, child) else Cable("assumed")
        for parent, nodes in children.items()
        for child in nodes
    }
    corner = (MARGIN, y)
    styles = {way: style_of(cable) for way, cable in cables_between.items()}
    draw_ways(sheet, drawing, styles, corner)
    for node, (left, up) in drawing.at.items():
        x, top_ = corner[0] + left, corner[1] + up
        if node in cards:
            cards[node].draw(sheet, x, top_, boxes[node])
        else:
            sheet.mark((x + boxes[node].enter[0], top_ + boxes[node].enter[1]), "unknown", hollow=True)
            put_label(sheet, x, top_, notes[node])
    y += drawing.height + 0.14
    if none := [places.get(o, o) for o in known.offices.loc[known.offices["devices"] == 0, "office"]]:
        words = say("figures.district_map.none", offices=", ".join(none))
        y = sheet.text(MARGIN, y, [Line(text, "plain", 7.5) for text in wrapped(words, 7.5, room, 4)]) + 0.08
    note = say("figures.district_map.note", people=alarm)
    y = sheet.text(MARGIN, y, [Line(text, "plain", 7.5) for text in wrapped(note, 7.5, room, 4)]) + 0.08
    entries = legend(trees, say, ["frame_trouble"] if any(card.style == "frame_trouble" for card in cards.values()) else [])
    named = {arguments[0] for what, arguments, _ in entries if what == "cable"}
    entries += [
        ("cable", (style,), say(f"figures.office_map.key.{style}"))
        for style in ("told", "inferred", "assumed")
        if style in set(styles.values()) - named
    ]
    y = sheet.legend(y, entries) + MARGIN
    return sheet.figure(y)


def between_words(node: str, names: Names, say: Say) -> str:
    """What stands between offices and cannot be asked."""
    if node == "*unknown":
        return say("figures.district_map.unknown")
    if node.startswith("+"):
        device, _, port = node[1:].partition(":")
        row = names.rows.get(device, {})
        return say("figures.district_map.between", device=row.get("sys_name") or device, port=port)
    return say("figures.district_map.stranger", name=node.lstrip("?"))


def _small(tree: OfficeTree, room: float) -> tuple[Drawing, dict[str, Box], float]:
    """A map without names, its boxes and the size of its marks: smaller where it has many devices below each other."""
    drawing, boxes, size = Drawing(), dict[str, Box](), _TINY
    for factor in (1.0, 0.8, 0.65, 0.5):
        size = _TINY * factor
        boxes = {node: Box(size, size, (size / 2, size / 2), (size / 2, size / 2), listed=False) for node in tree.parts}
        space = Spacing(between=0.03 * factor, channel=0.06 * factor, gutter=0.06 * factor)
        drawing = arrange(tree.uplink or OUT, tree.children, boxes, room, space)
        if drawing.width <= room and drawing.height <= _TALL:
            break
    return drawing, boxes, size * 0.9


class _Card:
    """An office on the map of the whole network: words, a small map, and below both what needs action."""

    pad = 0.06

    def __init__(
        self, tree: OfficeTree, top: list[Line], facts: list[Line], bottom: list[Line], style: str, width: float, wide: bool
    ) -> None:  # fmt: skip
        self.tree, self.top, self.facts, self.bottom, self.style = tree, top, facts, bottom, style
        self.beside = max((line.width for line in ([*top, *facts] if wide else facts)), default=0.0) + 0.1
        room = width - 2 * self.pad - self.beside
        self.drawing, self.tiny, self.mark = _small(tree, room)
        self.head = sum(line.height for line in top)
        body = sum(line.height for line in facts)
        map_from = 0.0 if wide else self.head + 0.02
        inside = max(self.head + body, map_from + self.drawing.height)
        self.foot = (self.head + body if wide else inside) + 0.02
        self.map_at = (self.beside + (0.0 if wide else max(0.0, (room - self.drawing.width) / 2)), map_from)
        below = self.foot + sum(line.height for line in bottom) if bottom else 0.0
        height = 2 * self.pad + max(inside, below)
        width = max(width, 2 * self.pad + self.beside + self.drawing.width)
        self.box = Box(width, height, (width / 2, 0.0), (width / 2, height), False)

    def draw(self, sheet: Sheet, x: float, y: float, box: Box) -> None:
        sheet.box(x, y, box.width, box.height, self.style)
        x, y = x + self.pad, y + self.pad
        sheet.text(x, sheet.text(x, y, self.top), self.facts)
        sheet.text(x, y + self.foot, self.bottom)
        corner = (x + self.map_at[0], y + self.map_at[1])
        draw_tree(sheet, self.tree, self.drawing, self.tiny, corner, self.mark)


def _card(
    tree: OfficeTree, row: Mapping, name: str, names: Names, cable: Cable | None, width: float, say: Say, wide: bool
) -> _Card:
    text = min(width - 2 * _Card.pad, 2.6)
    top = [Line(line, "name", 7.6) for line in wrapped(name, 7.6, text, 3, bold=True)]
    gate = say("figures.district_map.no_gateway")
    if tree.uplink is not None:
        gate = names.thing(tree.uplink) or names.name(tree.uplink, tree.parts[tree.uplink])
    rate = speed(cable.speed_bps if cable else 0, say)
    top += [Line(line, "plain", 6.6) for line in together([gate, *([rate] if rate else [])], 6.6, text, 2)]
    facts = [
        say("figures.district_map.devices", n=int(row["devices"])),
        say("figures.district_map.machines", n=int(row["machines"])),
    ]
    if pd.notna(row["staff"]) and row["staff"]:
        facts.append(say("figures.district_map.staff", n=int(row["staff"])))
    if pd.notna(row["visible"]) and row["visible"] < 0.5:
        facts.append(say("figures.district_map.dark", share=float(row["visible"])))
    alarming = [part.people for part in tree.parts.values() if part.alarming]
    troubled = sum(bool(c.severity) for c in tree.cables.values()) + sum(bool(c.severity) for _, _, c in tree.rings)
    alarms = []
    if alarming:
        alarms.append(say("figures.district_map.alarm", count=len(alarming), people=max(alarming)))
    if troubled:
        alarms.append(say("figures.district_map.trouble", n=troubled))
    return _Card(
        tree,
        top,
        [Line(fact, "plain", 6.6) for fact in (together(facts, 6.6, text, 2) if wide else facts)],
        [Line(line, "alarm", 6.6) for alarm in alarms for line in wrapped(alarm, 6.6, text, 2)],
        "frame_trouble" if troubled else "frame",
        width,
        wide,
    )


def _level(children: Mapping[str, Sequence[str]], cards: Mapping[str, _Card], boxes: dict[str, Box], room: float) -> None:
    """Cards that stand in a row are equally high."""
    for nodes in children.values():
        row: list[str] = []
        used = 0.0
        for node in [*nodes, ""]:
            fits = node in cards and not children.get(node)
            if not fits or (row and used + _CARDS.between + boxes[node].width > room - _CARDS.gutter * 2 + 1e-6):
                if row:
                    height = max(boxes[each].height for each in row)
                    for each in row:
                        box = boxes[each]
                        boxes[each] = Box(box.width, height, box.enter, (box.leave[0], height), False)
                row, used = [], 0.0
            if fits:
                used += (_CARDS.between if row else 0.0) + boxes[node].width
                row.append(node)
