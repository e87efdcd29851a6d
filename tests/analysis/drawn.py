"""What a picture looks like once it is drawn: where its texts and marks are, in pixels of the renderer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text


@dataclass
class Drawn:
    """Boxes are rows of left, bottom, right, top."""

    texts: list[str]
    text_boxes: np.ndarray
    mark_boxes: np.ndarray
    mark_colours: list[tuple]
    #: style -> pieces of cables: x and y of both ends
    cables: dict[str, np.ndarray]
    page: tuple[float, float]


@cache
def _measuring(dpi: float) -> RendererAgg:
    """One for all pictures, on which nothing is drawn: it remembers how large a text is."""
    return RendererAgg(16, 16, dpi)


def drawn(figure: Figure) -> Drawn:
    FigureCanvasAgg(figure)
    renderer = _measuring(figure.dpi)
    texts, boxes = [], []
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and text.axes is not None and text.axes.axison is False:
            extent = text.get_window_extent(renderer)
            texts.append(text.get_text())
            boxes.append((extent.x0, extent.y0, extent.x1, extent.y1))
    marks, colours, cables = [], [], {}
    for axes in figure.axes:
        for collection in axes.collections:
            if isinstance(collection, LineCollection):
                style = (collection.get_gid() or "").removeprefix("cables ")
                ways = [axes.transData.transform(way) for way in collection.get_segments()]
                pieces = [np.hstack([way[:-1], way[1:]]) for way in ways]
                cables[style] = np.vstack([*([cables[style]] if style in cables else []), *pieces])
            elif isinstance(collection, PathCollection):
                at = axes.transData.transform(collection.get_offsets())
                (path,) = collection.get_paths()
                scale = float(np.sqrt(collection.get_sizes()[0])) * figure.dpi / 72
                shape = path.get_extents()
                for x, y in at:
                    marks.append((x + shape.x0 * scale, y + shape.y0 * scale, x + shape.x1 * scale, y + shape.y1 * scale))
                    colours.append(tuple(collection.get_edgecolor()[0]))
    width, height = figure.get_size_inches() * figure.dpi
    return Drawn(
        texts, np.array(boxes).reshape(-1, 4), np.array(marks).reshape(-1, 4), colours, cables, (float(width), float(height))
    )


def overlapping(a: np.ndarray, b: np.ndarray, slack: float = 0.5) -> np.ndarray:
    """Pairs of boxes of `a` and `b` that share more than `slack` pixels both ways."""
    across = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
    up = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
    return np.argwhere((across > slack) & (up > slack))


def crossed(boxes: np.ndarray, pieces: np.ndarray, slack: float = 1.5) -> np.ndarray:
    """Pairs of a box and a level or upright piece of a cable that runs through it."""
    lines = np.column_stack(
        [np.minimum(pieces[:, 0], pieces[:, 2]), np.minimum(pieces[:, 1], pieces[:, 3]),
         np.maximum(pieces[:, 0], pieces[:, 2]), np.maximum(pieces[:, 1], pieces[:, 3])]
    )  # fmt: skip
    within = boxes + np.array([slack, slack, -slack, -slack])
    across = np.minimum(within[:, None, 2], lines[None, :, 2]) - np.maximum(within[:, None, 0], lines[None, :, 0])
    up = np.minimum(within[:, None, 3], lines[None, :, 3]) - np.maximum(within[:, None, 1], lines[None, :, 1])
    return np.argwhere((across >= 0) & (up >= 0))


def assert_readable(figure: Figure) -> Drawn:
    """No text lies on another text, on a mark or on a cable, no mark on a mark, and nothing is cut off."""
    found = drawn(figure)
    assert len(found.texts)
    both = overlapping(found.text_boxes, found.text_boxes)
    assert [(found.texts[a], found.texts[b]) for a, b in both if a < b] == []
    assert [found.texts[a] for a, _ in overlapping(found.text_boxes, found.mark_boxes)] == []
    assert [(a, b) for a, b in overlapping(found.mark_boxes, found.mark_boxes) if a < b] == []
    for style, pieces in found.cables.items():
        assert [(style, found.texts[a]) for a, _ in crossed(found.text_boxes, pieces)] == []
    for boxes in (found.text_boxes, found.mark_boxes):
        assert boxes[:, :2].min(initial=0) >= -0.5
        assert (boxes[:, 2].max(initial=0), boxes[:, 3].max(initial=0)) <= (found.page[0] + 0.5, found.page[1] + 0.5)
        assert boxes[:, 3].max(initial=0) <= found.page[1] + 0.5
    return found
