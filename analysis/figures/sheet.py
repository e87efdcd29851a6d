"""A page on which maps are drawn: everything has its place, in inches from the upper left corner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures.layout import PITCH, POINTS, Line, Point, flow, text_width, wrapped
from analysis.figures.style import ACCENT, DARK, GREY, LIGHT, SECOND, drawing

#: The text width of an A4 page.
PAGE = 7.2
MARGIN = 0.08
SMALL = "#5A5A5A"
SHAPES = {
    "router": "D",
    "firewall": "P",
    "switch": "s",
    "access": "s",
    "olt": "s",
    "transport": "s",
    "wireless": "^",
    "unmanaged": "s",
    "server": "h",
    "storage": "h",
    "out": "v",
}
#: Styles of cables: colour, width in points, dashes.
CABLES: dict[str, tuple[str, float, tuple | str]] = {
    "told": (DARK, 1.0, "solid"),
    "inferred": (GREY, 1.0, (0, (3.5, 2))),
    "assumed": (GREY, 0.8, (0, (1, 2))),
    "ring": (SECOND, 1.1, "solid"),
    "blocked": (SECOND, 1.1, (0, (5, 1.6, 1, 1.6))),
    "trouble": (ACCENT, 2.2, "solid"),
    "frame": (LIGHT, 0.7, "solid"),
    "frame_trouble": (ACCENT, 1.1, "solid"),
    "frame_guessed": (GREY, 0.7, (0, (3.5, 2))),
}
#: What is in front of what.
_DEPTH = {"frame": 1, "frame_guessed": 1, "frame_trouble": 1, "trouble": 4, "ring": 2, "blocked": 2}


class Sheet:
    """Collects texts, marks and cables; `figure` makes the picture when its height is known."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.texts: list[tuple[float, float, Line]] = []
        self.marks: dict[tuple, list[Point]] = defaultdict(list)
        self.cables: dict[str, list[Sequence[Point]]] = defaultdict(list)
        self.boxes: list[tuple[float, float, float, float, str]] = []

    def text(self, x: float, y: float, lines: Sequence[Line]) -> float:
        """Lines from their upper left corner; returns where they end."""
        for line in lines:
            self.texts.append((x, y, line))
            y += line.height
        return y

    def mark(self, at: Point, kind: str, *, hollow: bool = False, alarming: bool = False, size: float = 0.12) -> None:
        self.marks[(SHAPES.get(kind, "o"), hollow, alarming, size)].append(at)

    def cable(self, way: Sequence[Point], style: str) -> None:
        if len(way) > 1:
            self.cables[style].append(way)

    def box(self, x: float, y: float, width: float, height: float, style: str) -> None:
        self.boxes.append((x, y, width, height, style))

    def head(self, title: str, about: str) -> float:
        """The finding, and under it what the data are; returns where the drawing may begin."""
        room = self.width - 2 * MARGIN
        y = self.text(MARGIN, MARGIN, [Line(text, "title", 12) for text in _balanced(title, 12, room, bold=True)])
        return self.text(MARGIN, y + 0.03, [Line(text, "about", 8.5) for text in _balanced(about, 8.5, room)]) + 0.12

    def legend(self, y: float, entries: Sequence[tuple[str, tuple, str]]) -> float:
        """Entries ("mark", arguments of `mark` | "cable", (style,), words); returns where they end."""
        size = 7.2
        width = self.width - 2 * MARGIN
        lines = [wrapped(words, size, width - 0.4, 3) for _, _, words in entries]
        indents = [0.16 if what == "mark" else 0.36 for what, _, _ in entries]
        sizes = [
            (indent + max(text_width(text, size) for text in texts), len(texts) * size * PITCH / POINTS)
            for texts, indent in zip(lines, indents, strict=True)
        ]
        corners, height = flow(sizes, width, 0.22, 0.05)
        for (what, arguments, _), texts, indent, (left, top) in zip(entries, lines, indents, corners, strict=True):
            x, middle = MARGIN + left, y + top + size * PITCH / POINTS / 2
            if what == "mark":
                kind, hollow, alarming = arguments
                self.mark((x + 0.06, middle), kind, hollow=hollow, alarming=alarming, size=0.1)
            else:
                self.cable([(x, middle), (x + 0.3, middle)], arguments[0])
            self.text(x + indent, y + top, [Line(text, "legend", size) for text in texts])
        return y + height

    def figure(self, height: float) -> Figure:
        with drawing():
            figure = Figure(figsize=(self.width, height))
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_xlim(0, self.width)
            axes.set_ylim(height, 0)
            axes.axis("off")
            for x, y, wide, tall, style in self.boxes:
                colour, weight, dashes = CABLES[style]
                axes.add_patch(
                    Rectangle((x, y), wide, tall, fill=False, edgecolor=colour, linewidth=weight, linestyle=dashes, zorder=1)
                )
            for style, ways in self.cables.items():
                colour, weight, dashes = CABLES[style]
                lines = LineCollection(ways, colors=colour, linewidths=weight, linestyles=[dashes], zorder=_DEPTH.get(style, 3))
                lines.set_gid(f"cables {style}")
                axes.add_collection(lines, autolim=False)
            for (shape, hollow, alarming, size), places in self.marks.items():
                colour = ACCENT if alarming else GREY
                spots = axes.scatter(
                    [x for x, _ in places], [y for _, y in places], s=(size * POINTS * 0.82) ** 2, marker=shape,
                    facecolor="white" if hollow else colour, edgecolor=colour, linewidths=1.0 if size > 0.08 else 0.6, zorder=5,
                )  # fmt: skip
                spots.set_gid("marks")
            for x, y, line in self.texts:
                # the baseline: below the highest accents, above the lowest tails; all are on the page, which need not be measured
                axes.text(
                    x, y + line.size * 1.02 / POINTS, line.text, fontsize=line.size, fontweight="bold" if line.bold else "normal",
                    color=ACCENT if line.tone == "alarm" else DARK if line.bold else SMALL, va="baseline", ha="left", zorder=6,
                    parse_math=False, in_layout=False,
                )  # fmt: skip
            return figure


def _balanced(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Wrapped in lines of about the same length: no last word alone."""
    lines = wrapped(text, size, width, 6, bold)
    while len(lines) > 1:
        closer = wrapped(text, size, width - 0.1, 6, bold)
        if len(closer) > len(lines) or width < 2:
            break
        lines, width = closer, width - 0.1
    return lines
