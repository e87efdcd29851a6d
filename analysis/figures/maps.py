"""The map of an office, and what the map of all offices shares with it.

The way out is on top, network devices in layers below, ends are counts. Inferred cables are dashed, what nobody can ask is
hollow, what cuts off many people and cables with a problem are in the accent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd
from matplotlib.figure import Figure

from analysis.connectivity import Connectivity
from analysis.figures.layout import Box, Drawing, Line, Point, Spacing, arrange, flow, wrapped
from analysis.figures.parts import OUT, Cable, Names, OfficeTree, cables, label, office_tree
from analysis.figures.routes import Maze
from analysis.figures.sheet import MARGIN, PAGE, SHAPES, Sheet
from analysis.figures.style import Say, empty
from analysis.labels import office_names

_MARK = 0.12  # inches across
_BESIDE = 0.05  # between a mark and its label
_LEAF, _INNER = 1.28, 1.45  # widest labels
_OFFICE = Spacing()


def style_of(cable: Cable) -> str:
    return "blocked" if cable.blocked else cable.origin if cable.origin in ("told", "assumed") else "inferred"


def boxes_of(tree: OfficeTree, names: Names, out: list[Line]) -> tuple[dict[str, Box], dict[str, list[Line]]]:
    """The room that every node of an office needs, and its label; `out`: the label of the way out."""
    above = {child: parent for parent, children in tree.children.items() for child in children}
    ringed = {node for a, b, _ in tree.rings for node in (a, b)}  # these need room on both sides
    boxes, labels = {}, {}
    for node, part in tree.parts.items():
        inner = bool(tree.children.get(node))
        parent = above.get(node, "")
        labels[node] = (
            out
            if node == OUT
            else label(node, part, names, _INNER if inner else _LEAF, tree.cables.get((parent, node)), parent, inner)
        )
        boxes[node] = label_box(labels[node], listed=node not in ringed)
    return boxes, labels


def label_box(lines: Sequence[Line], listed: bool = True) -> Box:
    """A mark with its label to the right, the mark level with the first line."""
    first = lines[0].height if lines else _MARK
    height = max(sum(line.height for line in lines), _MARK)
    level = max(first, _MARK) / 2
    width = _MARK + _BESIDE + max((line.width for line in lines), default=0.0)
    return Box(width, height, (_MARK / 2, level), (_MARK / 2, level), listed)


def draw_tree(sheet: Sheet, tree: OfficeTree, drawing: Drawing, boxes: Mapping[str, Box], corner: Point, mark: float) -> None:
    """Cables and marks of an office."""
    draw_ways(sheet, drawing, {way: style_of(cable) for way, cable in tree.cables.items()}, corner)
    for way, (shared, own) in drawing.ways.items():
        if tree.cables[way].severity:
            sheet.cable(moved([*shared, *own], corner), "trouble")
    centre = {
        node: (corner[0] + x + boxes[node].enter[0], corner[1] + y + boxes[node].enter[1]) for node, (x, y) in drawing.at.items()
    }
    if tree.rings:
        _draw_rings(sheet, tree, drawing, boxes, corner)
    for node, at in centre.items():
        part = tree.parts[node]
        sheet.mark(at, part.kind, hollow=part.guessed, alarming=part.alarming or bool(part.severity), size=mark)


def moved(way: Sequence[Point], corner: Point) -> list[Point]:
    return [(corner[0] + x, corner[1] + y) for x, y in way]


def draw_ways(sheet: Sheet, drawing: Drawing, styles: Mapping[tuple[str, str], str], corner: Point) -> None:
    """The cables of a tree; what many share on their way is drawn once, as sure as the surest of them."""
    shared: dict[tuple[Point, Point], list[str]] = defaultdict(list)
    for way, (trunk, own) in drawing.ways.items():
        sheet.cable(moved(own, corner), styles[way])
        for a, b in pairwise([(round(x, 6), round(y, 6)) for x, y in trunk]):
            if a != b:
                shared[(a, b)].append(styles[way])
    for style, ways in _trunks(shared).items():
        for trunk in ways:
            sheet.cable(moved(trunk, corner), style)


def ring_ways(tree: OfficeTree, drawing: Drawing, boxes: Mapping[str, Box]) -> list[tuple[str, str, Cable, list[Point]]]:
    """Cables that close rings, each with its way around everything else, in the room of the office."""
    rim = _BESIDE
    closed, centre = [], {}
    for node, (x, y) in drawing.at.items():
        box = boxes[node]
        x, y = x + rim, y + rim
        centre[node] = (x + box.enter[0], y + box.enter[1])
        closed.append((x + box.enter[0] - _MARK / 2, y, x + box.width, y + box.height - 0.01))
    taken = [moved(piece, (rim, rim)) for way in drawing.ways.values() for piece in way]
    maze = Maze(drawing.width + 2 * rim, drawing.height + 2 * rim, closed, taken)
    found = []
    for a, b, cable in tree.rings:
        if a in centre and b in centre:
            way = maze.way(centre[a], centre[b]) or _bow(centre[a], centre[b])
            found.append((a, b, cable, moved(way, (-rim, -rim))))
    return found


def _draw_rings(sheet: Sheet, tree: OfficeTree, drawing: Drawing, boxes: Mapping[str, Box], corner: Point) -> None:
    for _, _, cable, way in ring_ways(tree, drawing, boxes):
        sheet.cable(moved(way, corner), "blocked" if cable.blocked else "ring")
        if cable.severity:
            sheet.cable(moved(way, corner), "trouble")


def _trunks(shared: Mapping[tuple, list[str]]) -> dict[str, list[list[Point]]]:
    """Pieces of shared ways, each once: of pieces that begin alike and lie on each other, the surest is drawn."""
    order = ("told", "blocked", "inferred", "assumed")
    pieces: dict[str, list[tuple[Point, Point]]] = defaultdict(list)
    for (a, b), styles in shared.items():
        pieces[min(styles, key=order.index)].append((a, b))
    # along one line from one start, a surer piece hides what lies beneath it
    found: dict[str, list[list[Point]]] = defaultdict(list)
    reach: dict[tuple, float] = {}
    for style in order:
        longest: dict[tuple, tuple[float, tuple[Point, Point]]] = {}
        for a, b in pieces.get(style, ()):
            direction = (a, (b[0] > a[0]) - (b[0] < a[0]), (b[1] > a[1]) - (b[1] < a[1]))
            length = abs(b[0] - a[0]) + abs(b[1] - a[1])
            if direction not in longest or length > longest[direction][0]:
                longest[direction] = (length, (a, b))
        for direction, (length, (a, b)) in longest.items():
            done = reach.get(direction, 0.0)
            if length > done + 1e-9:
                _, right, down = direction
                found[style].append([(a[0] + right * done, a[1] + down * done), b])
                reach[direction] = length
    return found


def _bow(a: Point, b: Point, steps: int = 24) -> list[Point]:
    """A bent line between two marks, so that it is not taken for a part of the tree."""
    (ax, ay), (bx, by) = a, b
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0
    bend = min(0.18 * length, 0.5)
    cx, cy = (ax + bx) / 2 + (by - ay) / length * bend, (ay + by) / 2 - (bx - ax) / length * bend
    curve = []
    for step in range(steps + 1):
        t = step / steps
        curve.append(
            ((1 - t) ** 2 * ax + 2 * t * (1 - t) * cx + t * t * bx, (1 - t) ** 2 * ay + 2 * t * (1 - t) * cy + t * t * by)
        )
    return curve


def way_out(tree: OfficeTree, places: Mapping[str, str], say: Say) -> list[Line]:
    """The label of the way out."""
    if tree.uplink is None:
        text = say("figures.office_map.no_way_out")
    elif tree.leads_to:
        text = say("figures.office_map.way_out_to", office=places.get(tree.leads_to, tree.leads_to))
    else:
        text = say("figures.office_map.way_out")
    return [Line(line, "plain", 7.2) for line in wrapped(text, 7.2, 3.6, 2)]


def office_map(
    known: Connectivity,
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    office: str,
    say: Say,
    about: str = "",
    alarm: int = 5,
    interfaces: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
    width: float = PAGE,
) -> Figure:
    """One office: devices in layers with their names, ends as counts; those that cut off `alarm` people in the accent.

    `interfaces` (the inventory's) adds speeds and what the spanning tree holds back, `findings` (device, port, other_device,
    severity) what is wrong; `width` in inches, the picture is as high as it must be.
    """
    tree = office_tree(known, office, cables(known, interfaces, findings), findings, alarm)
    places = office_names(offices, say)
    inner = sum(part.alarming for part in tree.parts.values())
    title = say("figures.office_map.title", office=places.get(office, office), count=inner, people=alarm)
    if len(tree.parts) < 2:
        return empty(say, title, about)
    boxes, labels = boxes_of(tree, Names(devices, say), way_out(tree, places, say))
    after = {child: 1 for (_, child), cable in tree.cables.items() if cable.origin == "assumed"}
    drawing = arrange(OUT, tree.children, boxes, width - 2 * MARGIN, _OFFICE, after)
    sheet = Sheet(max(width, drawing.width + 2 * MARGIN))
    y = sheet.head(title, about)
    if len(drawing.at) > 1:
        corner = (max(MARGIN, (sheet.width - drawing.width) / 2), y)
        draw_tree(sheet, tree, drawing, boxes, corner, _MARK)
        for node, (left, top) in drawing.at.items():
            put_label(sheet, corner[0] + left, y + top, labels[node])
        y += drawing.height + 0.2
    if tree.loose:
        y = _loose(sheet, tree, boxes, labels, y, say)
    y = sheet.legend(y, legend([tree], say)) + MARGIN
    return sheet.figure(y)


def put_label(sheet: Sheet, left: float, top: float, lines: Sequence[Line]) -> None:
    sheet.text(left + _MARK + _BESIDE, top, lines)


def _loose(
    sheet: Sheet, tree: OfficeTree, boxes: Mapping[str, Box], labels: Mapping[str, list[Line]], y: float, say: Say
) -> float:
    """What is cabled to nothing that is known, in lines below a rule."""
    sheet.cable([(MARGIN, y), (sheet.width - MARGIN, y)], "assumed")
    room = sheet.width - 2 * MARGIN
    words = say("figures.office_map.loose", count=len(tree.loose))
    y = sheet.text(MARGIN, y + 0.07, [Line(text, "plain", 7.5) for text in wrapped(words, 7.5, room, 3)]) + 0.05
    corners, height = flow([(boxes[node].width, boxes[node].height) for node in tree.loose], room, 0.2, 0.06)
    for node, (left, top) in zip(tree.loose, corners, strict=True):
        part = tree.parts[node]
        x, top = MARGIN + left, y + top
        sheet.mark((x + boxes[node].enter[0], top + boxes[node].enter[1]), part.kind, hollow=part.guessed, alarming=part.alarming)
        put_label(sheet, x, top, labels[node])
    return y + height + 0.2


def legend(trees: Sequence[OfficeTree], say: Say, frames: Sequence[str] = ()) -> list[tuple[str, tuple, str]]:
    """What the marks and cables mean that are drawn, and no others."""
    parts = [part for tree in trees for part in tree.parts.values()]
    kinds = {part.kind for part in parts}
    ways = [cable for tree in trees for cable in tree.cables.values()]
    rings = [cable for tree in trees for _, _, cable in tree.rings]
    styles = {style_of(cable) for cable in ways}
    entries: list[tuple[str, tuple, str]] = []
    for name, drawn in (
        ("router", {"router"}),
        ("firewall", {"firewall"}),
        ("switch", {"switch", "access", "olt", "transport"}),
        ("wireless", {"wireless"}),
        ("server", {"server", "storage"}),
    ):
        if kinds & drawn:
            entries.append(("mark", (name, False, False), say(f"figures.office_map.key.{name}")))
    if any(part.kind not in SHAPES and not part.guessed for part in parts):
        entries.append(("mark", ("other", False, False), say("figures.office_map.key.other")))
    if "unmanaged" in kinds:
        entries.append(("mark", ("unmanaged", True, False), say("figures.office_map.key.unmanaged")))
    if kinds & {"unknown", "unseen"}:
        entries.append(("mark", ("unknown", True, False), say("figures.office_map.key.unknown")))
    if any(part.alarming or part.severity for part in parts):
        entries.append(("mark", ("switch", False, True), say("figures.office_map.key.alarm")))
    entries += [
        ("cable", (style,), say(f"figures.office_map.key.{style}"))
        for style, there in (
            ("told", "told" in styles),
            ("inferred", "inferred" in styles),
            ("assumed", "assumed" in styles),
            ("ring", any(not cable.blocked for cable in rings)),
            ("blocked", any(cable.blocked for cable in [*rings, *ways])),
            ("trouble", any(cable.severity for cable in [*rings, *ways])),
        )
        if there
    ]
    entries += [("cable", (style,), say(f"figures.district_map.key.{style}")) for style in frames]
    return entries
