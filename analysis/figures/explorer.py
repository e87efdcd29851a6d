"""The whole network to move about in: pan, zoom, search, click for the evidence. Bokeh draws it, in a page that loads nothing.

Places come from the same layout as the printed maps, with every device drawn. Letters grow with the zoom, so that labels that do
not touch never touch. What devices say is drawn as letters on a canvas, and escaped where it becomes HTML (the evidence).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files

import pandas as pd
from bokeh import layouts
from bokeh.embed import file_html
from bokeh.events import DoubleTap, Tap
from bokeh.models import (
    BoxZoomTool,
    ColumnDataSource,
    CustomJS,
    LayoutDOM,
    PanTool,
    Range1d,
    ResetTool,
    WheelZoomTool,
)
from bokeh.models.widgets import Div, TextInput
from bokeh.plotting import figure as bokeh_figure
from bokeh.resources import INLINE

from analysis.connectivity import Connectivity
from analysis.figures.district import between_words, office_graph, office_order
from analysis.figures.evidence import Evidence
from analysis.figures.layout import Box, Drawing, Line, Spacing, arrange, fitted, wrapped
from analysis.figures.maps import label_box, ring_ways, style_of, way_out
from analysis.figures.parts import OUT, UNSEEN, Cable, Names, OfficeTree, Part, cables, counted, office_tree, speed
from analysis.figures.style import ACCENT, DARK, GREY, LIGHT, SECOND
from analysis.labels import office_names
from analysis.tables import code
from analysis.words import Say
from inventory.folding import fold

_SPACE = Spacing(column=3.0)
_BETWEEN = Spacing(between=0.5, channel=0.6, gutter=0.5)
#: Inches: the width of an office's drawing, the rim of its frame, and the room for its name.
_OFFICE, _RIM, _NAME = 12.0, 0.2, 1.7
_NARROWEST = 5.5
_LABEL = 1.6
#: How large the names of offices look when everything is seen at once, in points of the map's inches.
_OVERVIEW = 50.0
_MARKS = {
    "router": "diamond",
    "firewall": "cross",
    "wireless": "triangle",
    "server": "hex",
    "storage": "hex",
    "switch": "square",
    "access": "square",
    "olt": "square",
    "transport": "square",
    "unmanaged": "square",
    "out": "inverted_triangle",
}
_DASHES: dict[str, str | list[int]] = {
    "told": "solid", "inferred": [6, 4], "assumed": [2, 3], "ring": "solid", "blocked": [8, 3, 2, 3], "trouble": "solid",
}  # fmt: skip
_COLOURS = {"told": DARK, "inferred": GREY, "assumed": GREY, "ring": SECOND, "blocked": SECOND, "trouble": ACCENT}
_FONT = "DejaVu Sans, Verdana, Arial, sans-serif"


def _text(node: str, part: Part, names: Names, out: list[Line]) -> list[Line]:
    if node == OUT:
        return out
    lines = [Line(text, "name", 7.2) for text in wrapped(names.name(node, part), 7.2, _LABEL, 2, bold=True)]
    address = code(names.rows.get(node, {}).get("address"))
    facts = [address] if address else []
    facts += counted(part, names.say)
    return lines + [Line(fitted(text, 6.6, _LABEL), "plain", 6.6) for text in facts[:3]]


def explorer(
    known: Connectivity,
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    say: Say,
    alarm: int = 10,
    interfaces: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
) -> LayoutDOM:
    """Everything that is known of the cabling, to look at closely. `interfaces` and `findings` as for `office_map`."""
    known_cables = cables(known, interfaces, findings)
    places, names = office_names(offices, say), Names(devices, say)
    evidence = Evidence(known, places, names, findings, say)
    there = known.offices.loc[known.offices["devices"] > 0, "office"].tolist()
    trees = {office: office_tree(known, office, known_cables, findings, alarm, collapse=False) for office in there}
    labels: dict[str, list[Line]] = {}
    boxes: dict[str, dict[str, Box]] = {}
    drawings: dict[str, Drawing] = {}
    frames: dict[str, Box] = {}
    for office, tree in trees.items():
        words = {node: _text(node, part, names, way_out(tree, places, say)) for node, part in tree.parts.items()}
        ringed = {node for a, b, _ in tree.rings for node in (a, b)}
        boxes[office] = {node: label_box(lines, listed=node not in ringed) for node, lines in words.items()}
        labels |= {_own(office, node): lines for node, lines in words.items()}
        drawings[office] = _whole(tree, boxes[office])
        wide = max(drawings[office].width + 2 * _RIM, _NARROWEST)
        tall = drawings[office].height + 2 * _RIM + _NAME
        frames[office] = Box(wide, tall, (wide / 2, 0.0), (wide / 2, tall), listed=False)
    nodes: dict[str, list] = defaultdict(list)
    letters: dict[str, list] = defaultdict(list)
    ways: dict[str, list] = defaultdict(list)
    rims: dict[str, list] = defaultdict(list)
    titles: dict[str, list] = defaultdict(list)
    width = height = 4.0
    if there:
        joined = office_graph(known, known_cables)
        top, children = office_order(known, offices, joined)
        for node in [*joined, "*unknown"]:
            frames.setdefault(node, Box(0.3, 0.3, (0.15, 0.15), (0.15, 0.15), listed=False))
        area = sum((box.width + 0.5) * (box.height + 0.6) for box in frames.values())
        room = max((1.9 * area) ** 0.5, *(box.width + 1 for box in frames.values()))
        whole = arrange(top, children, frames, room, _BETWEEN)
        width, height = whole.width, whole.height
        for (above, below), (trunk, own) in whole.ways.items():
            cable = joined.edges[above, below]["cable"] if joined.has_edge(above, below) else Cable("assumed")
            words_of = " ↔ ".join(places[node] for node in (above, below) if node in places)
            text = evidence.page(
                words_of, [(say("figures.explorer.origin"), say(f"figures.office_map.key.{style_of(cable)}")),
                           (say("figures.explorer.speed"), speed(cable.speed_bps, say))],
                [say.told(evidence.links[place]["why"]) for place in cable.rows if code(evidence.links[place]["why"])],
            )  # fmt: skip
            _add_way(ways, [*trunk, *own[1:]], own, style_of(cable), text)
        for node, (left, up) in whole.at.items():
            if node not in trees:
                _add_between(nodes, node, left, up, evidence, say)
                continue
            box = frames[node]
            rims["x"].append(left + box.width / 2)
            rims["y"].append(up + box.height / 2)
            rims["width"].append(box.width)
            rims["height"].append(box.height)
            titles["x"].append(left + 0.15)
            titles["y"].append(up + 0.1)
            titles["text"].append("\n".join(wrapped(places.get(node, node), _OVERVIEW, box.width - 0.3, 2)))
            letters["x"].append(left + _RIM)
            letters["y"].append(up + 0.12)
            letters["text"].append(fitted(places.get(node, node), 7.2, box.width - 2 * _RIM, True))
            letters["style"].append("bold")
            letters["colour"].append(DARK)
            corner = (left + _RIM, up + _RIM + _NAME)
            _add_office(nodes, letters, ways, trees[node], drawings[node], boxes[node], labels, corner, evidence, places)
    return _picture(nodes, letters, ways, rims, titles, width, height, say)


def _own(office: str, node: str) -> str:
    """The way out and unseen machines are in every office."""
    return f"{office} {node}"


def _whole(tree: OfficeTree, boxes: Mapping[str, Box]) -> Drawing:
    """An office's tree, and what is cabled to nothing below it."""
    drawing = arrange(OUT, tree.children, boxes, _OFFICE, _SPACE)
    x, y, high = 0.0, drawing.height + 0.3, 0.0
    for node in tree.loose:
        box = boxes[node]
        if x and x + box.width > _OFFICE:
            x, y, high = 0.0, y + high + 0.1, 0.0
        drawing.at[node] = (x, y)
        x, high = x + box.width + 0.25, max(high, box.height)
        drawing.width = max(drawing.width, x)
    if tree.loose:
        drawing.height = y + high
    return drawing


def _add_way(ways: dict[str, list], full: list, own: list, style: str, evidence: str) -> None:
    for name, points in (("", full), ("own_", own)):
        ways[name + "xs"].append([round(x, 3) for x, _ in points])
        ways[name + "ys"].append([round(y, 3) for _, y in points])
    ways["style"].append(style)
    ways["evidence"].append(evidence)


def _add_between(nodes: dict[str, list], node: str, left: float, up: float, evidence: Evidence, say: Say) -> None:
    text = between_words(node, evidence.names, say)
    _add_node(nodes, left + 0.15, up + 0.15, Box(0.3, 0.3, (0.15, 0.15), (0.15, 0.15)), "unknown", True, False, fold(text), "")
    nodes["evidence"][-1] = evidence.page(text, [], [])


def _add_node(
    nodes: dict[str, list], x: float, y: float, box: Box, kind: str, hollow: bool, alarming: bool, key: str, text: str
) -> None:
    left, top = x - box.enter[0], y - box.enter[1]
    for name, value in (("x", x), ("y", y), ("right", left + box.width), ("top", top), ("bottom", top + box.height)):
        nodes[name].append(round(value, 3))
    colour = ACCENT if alarming else GREY
    nodes["marker"].append(_MARKS.get(kind, "circle"))
    nodes["fill"].append("#FFFFFF" if hollow else colour)
    nodes["line"].append(colour)
    nodes["key"].append(key)
    nodes["evidence"].append(text)


def _add_office(
    nodes: dict[str, list],
    letters: dict[str, list],
    ways: dict[str, list],
    tree: OfficeTree,
    drawing: Drawing,
    boxes: Mapping[str, Box],
    labels: Mapping[str, list[Line]],
    corner: tuple[float, float],
    evidence: Evidence,
    places: Mapping[str, str],
) -> None:
    def moved(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(corner[0] + x, corner[1] + y) for x, y in points]

    for (above, below), (trunk, own) in drawing.ways.items():
        cable = tree.cables[(above, below)]
        text = evidence.cable(above, below, cable, tree.parts)
        style = "trouble" if cable.severity else style_of(cable)
        _add_way(ways, moved([*trunk, *own[1:]]), moved(own), style, text)
    for a, b, cable, way in ring_ways(tree, drawing, boxes):
        style = "trouble" if cable.severity else "blocked" if cable.blocked else "ring"
        _add_way(ways, moved(way), moved(way), style, evidence.cable(a, b, cable, tree.parts))
    office = places.get(tree.office, tree.office)
    for node, (left, up) in drawing.at.items():
        part, box = tree.parts[node], boxes[node]
        x, y = corner[0] + left + box.enter[0], corner[1] + up + box.enter[1]
        row = evidence.names.rows.get(node, {})
        kind = evidence.say.kind(row["kind"]) if row else ""
        words = [evidence.names.name(node, part), office, tree.office, kind, *(code(row.get(name)) for name in _SOUGHT)]
        key = "" if node in (OUT, UNSEEN) else fold(" ".join(words))
        text = (
            evidence.node(node, part, tree.office)
            if node != OUT
            else evidence.page(office, [], [line.text for line in labels[_own(tree.office, node)]])
        )
        _add_node(nodes, x, y, box, part.kind, part.guessed, part.alarming or bool(part.severity), key, text)
        down = corner[1] + up
        for line in labels[_own(tree.office, node)]:
            letters["x"].append(round(x + box.enter[0] + 0.05, 3))
            letters["y"].append(round(down, 3))
            letters["text"].append(line.text)
            letters["style"].append("bold" if line.bold else "normal")
            letters["colour"].append(DARK if line.bold else "#5A5A5A")
            down += line.height


#: What a device is searched by, beside its name, kind and office.
_SOUGHT = ("address", "vendor", "model", "serial", "mac", "device", "asset_tag")


def _picture(
    nodes: dict[str, list],
    letters: dict[str, list],
    ways: dict[str, list],
    rims: dict[str, list],
    titles: dict[str, list],
    width: float,
    height: float,
    say: Say,
) -> LayoutDOM:
    plot = bokeh_figure(
        x_range=Range1d(start=-0.3, end=width + 0.3),
        y_range=Range1d(start=height + 0.3, end=-0.3),
        height=620,
        sizing_mode="stretch_width",
        min_width=420,
        tools=[],
        toolbar_location="above",
        background_fill_color="#FFFFFF",
        outline_line_color=LIGHT,
        name="map",
    )
    wheel, pan = WheelZoomTool(), PanTool()
    plot.add_tools(pan, wheel, BoxZoomTool(match_aspect=True), ResetTool())
    plot.toolbar.active_scroll, plot.toolbar.logo = wheel, None
    plot.axis.visible, plot.grid.visible = False, False
    plot.rect("x", "y", "width", "height", source=_source(rims, ("x", "y", "width", "height")), fill_color=None, line_color=LIGHT)
    for style, dashes in _DASHES.items():
        rows = [n for n, each in enumerate(ways["style"]) if each == style]
        if rows:
            lines = ColumnDataSource({name: [ways[name][n] for n in rows] for name in ("xs", "ys")})
            plot.multi_line(
                "xs",
                "ys",
                source=lines,
                line_color=_COLOURS[style],
                line_dash=dashes,
                line_width=2.5 if style == "trouble" else 1.1,
            )
    chosen = plot.multi_line(
        "xs", "ys", source=ColumnDataSource({"xs": [], "ys": []}), line_color=SECOND, line_width=4, line_alpha=0.5
    )
    places = _source(nodes, ("x", "y", "right", "top", "bottom", "marker", "fill", "line", "key", "evidence"))
    dots = plot.scatter("x", "y", source=places, marker="marker", size=4, fill_color="fill", line_color="line")
    rings = plot.scatter(
        "x", "y", source=ColumnDataSource({"x": [], "y": []}), marker="circle", size=14, fill_color=None, line_color=SECOND,
        line_width=3,
    )  # fmt: skip
    words = plot.text(
        "x", "y", text="text", source=_source(letters, ("x", "y", "text", "style", "colour")), text_font={"value": _FONT},
        text_font_size="9px", text_font_style="style", text_color="colour", text_baseline="top",
    )  # fmt: skip
    names = plot.text(
        "x", "y", text="text", source=_source(titles, ("x", "y", "text")), text_font={"value": _FONT}, text_font_size="10px",
        text_color=DARK, text_baseline="top",
    )  # fmt: skip
    box = TextInput(placeholder=say("figures.explorer.search"), width=360, name="search", tags=["", -1])
    count = Div(text="", width=240, disable_math=True, name="count")
    told = Div(
        text=f"<p>{escape(say('figures.explorer.hint'))}</p>", width=300, disable_math=True, name="evidence",
        styles={"font-family": _FONT, "font-size": "12.5px", "overflow-wrap": "anywhere", "max-height": "620px",
                "overflow-y": "auto"},
        stylesheets=["h3 { margin: 0 0 .4em; font-size: 15px } th { text-align: left; vertical-align: top; padding-right: .8em; "
                     "font-weight: normal; color: #5A5A5A } p { margin: .5em 0 }"],
    )  # fmt: skip
    cable_source = _source(ways, ("xs", "ys", "own_xs", "own_ys", "evidence"))
    arguments = {
        "plot": plot, "nodes": places, "cables": cable_source, "letters": words, "names": names, "dots": dots, "rings": rings,
        "chosen": chosen, "box": box, "count": count, "evidence": told,
        "texts": {
            "none": say("figures.explorer.none"), "found": say("figures.explorer.found"), "step": say("figures.explorer.step"),
        },
    }  # fmt: skip
    script = files("analysis.figures").joinpath("explorer.js").read_text(encoding="utf-8")

    def does(what: str) -> CustomJS:
        return CustomJS(args=arguments | {"what": what}, code=script)

    for click in (Tap, DoubleTap):  # two clicks that follow each other fast are not two taps to Bokeh
        plot.js_on_event(click, does("tap"))
    box.js_on_change("value_input", does("type"))
    box.js_on_change("value", does("enter"))
    plot.x_range.js_on_change("start", does("zoom"))
    plot.js_on_change("inner_width", does("size"))
    return layouts.column(
        layouts.row(box, count), layouts.row(plot, told, sizing_mode="stretch_width"), sizing_mode="stretch_width"
    )


def _source(data: Mapping[str, list], columns: Iterable[str]) -> ColumnDataSource:
    return ColumnDataSource({name: data.get(name, []) for name in columns})


def explorer_page(picture: LayoutDOM, title: str) -> str:
    """The picture as a page of its own, with all that it needs: it loads nothing."""
    return str(file_html(picture, INLINE, escape(title), theme=None))
