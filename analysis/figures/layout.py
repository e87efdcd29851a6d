"""Where the parts of a map go: text is measured first, then a tree is placed so that nothing lies on anything else.

Every node is a box: its mark with its label, as large as they will be drawn. Children that carry nothing hang in a list under
their parent, others stand side by side in a layer below; what does not fit the width stands in columns, or goes on in a further
row. Above every block is a channel, left of it a gutter, and all cables run there: boxes are disjoint and no cable crosses a
label, by construction.
Lengths are inches, x to the right, y downwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

Point = tuple[float, float]

POINTS = 72.0
#: From baseline to baseline, in letter heights: a letter with two accents above a letter with a dot below still fit.
PITCH = 1.3
#: Renderers place letters on whole pixels: a line may be a little longer than its letters.
_SLACK = 1.04
#: A cable that is nearly straight is drawn straight: a child so far from its parent's middle, inches.
_NEAR = 0.2
_FAMILY = "DejaVu Sans"


@lru_cache(maxsize=4_000)
def _advance(letter: str, bold: bool) -> float | None:
    """How far a letter moves the pen, in letter heights; None for what the font does not have."""
    font = get_font(findfont(FontProperties(family=_FAMILY, weight="bold" if bold else "normal")))
    font.set_size(100, POINTS)
    index = font.get_char_index(ord(letter))
    return float(font.load_glyph(index, LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100 if index else None


@lru_cache(maxsize=50_000)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """How long a line of text is, in inches; `size` in points. Letters that are drawn closer together are not counted as such."""
    return sum(_advance(letter, bold) or 1.0 for letter in text) * size / POINTS * _SLACK


def clean(text: str) -> str:
    """One line of letters that can be drawn: what a device says may hold anything."""
    drawable = (letter if letter == " " or _advance(letter, False) else "\N{REPLACEMENT CHARACTER}" for letter in _one_line(text))
    return "".join(drawable)


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def fitted(text: str, size: float, width: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is longer than `width`."""
    if text_width(text, size, bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + "…", size, bold) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def _ends(text: str, size: float, width: float, bold: bool) -> str:
    """Cut in its middle: names of devices differ at their end."""
    if text_width(text, size, bold) <= width or len(text) < 8:
        return fitted(text, size, width, bold)
    tail = text[-4:]
    return fitted(text[:-4], size, width - text_width(tail, size, bold), bold) + tail


def wrapped(text: str, size: float, width: float, lines: int, bold: bool = False) -> list[str]:
    """The text in at most `lines` lines no longer than `width`, broken after spaces, hyphens, dots, commas and underscores."""
    pieces = [piece for piece in re.split(r"(?<=[\s\-_./,;:@])", clean(text)) if piece]
    found: list[str] = []
    line = ""
    while pieces:
        if text_width((line + pieces[0]).rstrip(), size, bold) <= width:
            line += pieces.pop(0)
        elif line and not (text_width(line, size, bold) < 0.4 * width < 0.6 * width < text_width(pieces[0], size, bold)):
            if len(found) == lines - 1:
                break
            found.append(line.rstrip())
            line = ""
        else:  # one word that is too long, perhaps after a short one: broken where it fits
            if len(found) == lines - 1:
                break
            cut = max(1, len(fitted(line + pieces[0], size, width, bold)) - 1)
            found.append((line + pieces[0])[:cut])
            pieces[0] = (line + pieces[0])[cut:]
            line = ""
    rest = line + "".join(pieces)
    return [*found, _ends(rest.strip(), size, width, bold)] if rest.strip() else found


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a label. `tone`: title, name (both bold), alarm (in the accent), or plain."""

    text: str
    tone: str = "plain"
    size: float = 7.0

    @property
    def bold(self) -> bool:
        return self.tone in ("name", "title")

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.bold)

    @property
    def height(self) -> float:
        return self.size * PITCH / POINTS


@dataclass(frozen=True, slots=True)
class Box:
    """The room that a node needs. `enter` and `leave`: where its cables from above and to below meet it, from its upper left."""

    width: float
    height: float
    enter: Point
    leave: Point
    #: a node that carries nothing may be listed under its parent; else it stands in the layer below
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Spacing:
    """Inches. `tick`: from a list's spine to its marks; `column`: the highest list."""

    between: float = 0.14
    channel: float = 0.17
    gutter: float = 0.16
    tick: float = 0.16
    row: float = 0.035
    column: float = 2.3
    #: blocks may change places to fill the page; else they stay in their order, in rows
    sort: bool = True


@dataclass(slots=True)
class Drawing:
    """Upper left corners of the boxes, and the way of every cable from its parent; the last part of it is the child's alone."""

    width: float = 0.0
    height: float = 0.0
    at: dict[str, Point] = field(default_factory=dict)
    #: (parent, child) -> the shared way, and the child's own
    ways: dict[tuple[str, str], tuple[list[Point], list[Point]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Block:
    """A part of the tree with the place of its parts: a node with all below it, or a list of leaves (`node` is None)."""

    width: float
    height: float
    enter: Point
    node: str | None = None
    leaves: list[tuple[str, Point, Point]] = field(default_factory=list)  # node, corner, where its cable enters
    corner: Point = (0.0, 0.0)
    below: list[_Seat] = field(default_factory=list)
    leave: Point = (0.0, 0.0)
    first_channel: float = 0.0
    rank: int = 0


def _lists(leaves: Sequence[str], boxes: Mapping[str, Box], space: Spacing) -> list[_Block]:
    """Leaves in columns of about the same height."""
    total = sum(boxes[leaf].height + space.row for leaf in leaves)
    count = max(1, -(-int(total * 1000) // int(space.column * 1000)))
    goal = total / count
    columns: list[list[str]] = [[]]
    filled = 0.0
    for leaf in leaves:
        height = boxes[leaf].height + space.row
        if columns[-1] and len(columns) < count and filled + height / 2 > goal * len(columns):
            columns.append([])
        columns[-1].append(leaf)
        filled += height
    blocks = []
    for column in columns:
        spine = 0.05
        y = 0.0
        width = 0.0
        placed: list[tuple[str, Point, Point]] = []
        for leaf in column:
            box = boxes[leaf]
            x = max(spine + space.tick - box.enter[0], spine + 0.03)
            placed.append((leaf, (x, y), (x + box.enter[0], y + box.enter[1])))
            width = max(width, x + box.width)
            y += box.height + space.row
        blocks.append(_Block(width, y - space.row, (spine, 0.0), leaves=placed))
    return blocks


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a block is among those below a node: its corner, the channel above it, and the x of the gutter that leads there."""

    block: _Block
    corner: Point
    channel: float
    gutter: float | None = None


def _row(blocks: Sequence[_Block], left: float, top: float, space: Spacing, gutter: float | None = None) -> list[_Seat]:
    seats = []
    for block in blocks:
        seats.append(_Seat(block, (left, top), top - space.channel / 2, gutter))
        left += block.width + space.between
    return seats


def _rows(blocks: Sequence[_Block], width: float, top: float, space: Spacing) -> list[_Seat]:
    """Blocks in their order, in rows no longer than `width`, with a gutter on the left."""
    seats: list[_Seat] = []
    row: list[_Block] = []
    used = space.gutter
    for block in blocks:
        if row and used + block.width > width + 1e-9:
            seats += _row(row, space.gutter, top, space, space.gutter / 2)
            top += max(each.height for each in row) + space.channel
            row, used = [], space.gutter
        row.append(block)
        used += block.width + space.between
    return seats + _row(row, space.gutter, top, space, space.gutter / 2)


def _columns(blocks: Sequence[_Block], count: int, top: float, space: Spacing) -> list[_Seat]:
    """Blocks in columns of about the same height, the highest first; those of a higher rank below all others."""
    columns: list[list[_Block]] = [[] for _ in range(count)]
    filled = [0.0] * count
    for block in sorted(blocks, key=lambda block: (block.rank, -round(block.height, 1))):
        place = min(range(count), key=lambda n: (round(filled[n], 3), n))
        columns[place].append(block)
        filled[place] += block.height + space.channel
    seats: list[_Seat] = []
    left = 0.0
    for column in columns:
        gutter = space.gutter if len(column) > 1 else 0.0
        y = top
        for n, block in enumerate(column):
            seats.append(_Seat(block, (left + gutter, y), y - space.channel / 2, left + gutter / 2 if n else None))
            y += block.height + space.channel
        left += gutter + max(block.width for block in column) + space.between
    return seats


def _right(seats: Sequence[_Seat]) -> float:
    return max(seat.corner[0] + seat.block.width for seat in seats)


def _bottom(seats: Sequence[_Seat]) -> float:
    return max(seat.corner[1] + seat.block.height for seat in seats)


def _seated(blocks: Sequence[_Block], width: float, top: float, space: Spacing) -> list[_Seat]:
    """The lowest way to seat blocks in `width`."""
    row = _row(blocks, 0.0, top, space)
    if _right(row) <= width + 1e-9 or len(blocks) == 1:
        return row
    if not space.sort:
        return _rows(blocks, width, top, space)
    narrowest = min(block.width for block in blocks) + space.between
    most = max(1, min(len(blocks), int((width + space.between) / narrowest + 1e-9)))
    ways = [_columns(blocks, count, top, space) for count in range(most, 0, -1)]
    fitting = [way for way in ways if _right(way) <= width + 1e-9]
    return min(fitting, key=lambda way: round(_bottom(way), 3)) if fitting else ways[-1]


def _stand(node: str, box: Box, blocks: Sequence[_Block], width: float, space: Spacing) -> _Block:
    """A node with blocks below it."""
    if not blocks:
        return _Block(box.width, box.height, box.enter, node, leave=box.leave)
    seats = _seated(blocks, width, box.height + space.channel, space)
    right, height = _right(seats), _bottom(seats)
    # over the middle of what is directly below it, where that leaves its label within
    first = min(seat.channel for seat in seats)
    heads = [seat.corner[0] + seat.block.enter[0] for seat in seats if seat.channel == first]
    middle = (min(heads) + max(heads)) / 2
    nearest = min(heads, key=lambda head: abs(head - middle))
    x = (nearest if abs(nearest - middle) < _NEAR else middle) - box.leave[0]
    if len(blocks) > 1:
        x = max(0.0, min(x, max(right, box.width) - box.width))
    elif x < 0:  # a single child is straight below
        seats = [replace(seats[0], corner=(seats[0].corner[0] - x, seats[0].corner[1]))]
        right, x = right - x, 0.0
    return _Block(
        max(right, x + box.width),
        height,
        (x + box.enter[0], box.enter[1]),
        node,
        corner=(x, 0.0),
        below=seats,
        leave=(x + box.leave[0], box.leave[1]),
        first_channel=first,
    )


#: Shares of the page's width in which a part of the tree may be laid out.
_SHARES = (1, 3 / 4, 2 / 3, 1 / 2, 1 / 3, 1 / 4)


def _blocks(
    order: Sequence[str],
    children: Mapping[str, Sequence[str]],
    boxes: Mapping[str, Box],
    width: float,
    space: Spacing,
    rank: Mapping[str, int],
) -> dict[str, _Block]:
    """The root's block, and below it those that it is made of. `order`: parents before children.

    From the leaves upwards, for every share of the page's width: what is below a node is taken in that share of the width, or a
    smaller one, that makes the node's block lowest. So parts of a deep tree stand side by side instead of below each other.
    """
    shares = _SHARES if space.sort else _SHARES[:1]
    widths = [(width + space.between) * share - space.between - space.gutter * (share < 1) for share in shares]
    known: dict[tuple[str, int], _Block] = {}
    for node in reversed(order):
        kids = children.get(node, ())
        leaves = [child for child in kids if not children.get(child) and boxes[child].listed]
        inner = [child for child in kids if children.get(child) or not boxes[child].listed]
        lists = _lists(leaves, boxes, space) if leaves else []
        tried: dict[int, list[_Block]] = {}
        for place, room in enumerate(widths):
            best: _Block | None = None
            for narrow in range(place, len(widths)) if inner else (place,):
                below = tried.setdefault(narrow, [*lists, *(known[(child, narrow)] for child in inner)])
                block = _stand(node, boxes[node], below, room, space)
                block.rank = rank.get(node, 0)
                if best is None or _cost(block, room) < _cost(best, room) - 1e-6:
                    best = block
            assert best is not None
            known[(node, place)] = best
    return {order[0]: known[(order[0], 0)]}


def _cost(block: _Block, room: float) -> float:
    """Height; what is too wide for its room is bad."""
    return block.height + 20 * max(0.0, block.width - room)


def arrange(
    root: str,
    children: Mapping[str, Sequence[str]],
    boxes: Mapping[str, Box],
    width: float,
    space: Spacing,
    rank: Mapping[str, int] | None = None,
) -> Drawing:
    """The tree below `root`, in `width` inches where its boxes allow that; `rank`: what comes after its siblings (0: nothing)."""
    order = [root]
    for node in order:
        order.extend(children.get(node, ()))
    blocks = _blocks(order, children, boxes, width, space, rank or {})
    drawing = Drawing(blocks[root].width, blocks[root].height)
    todo: list[tuple[_Block, Point]] = [(blocks[root], (0.0, 0.0))]
    while todo:
        block, (x, y) = todo.pop()
        if block.node is None:
            continue
        drawing.at[block.node] = (x + block.corner[0], y + block.corner[1])
        start = (x + block.leave[0], y + block.leave[1])
        first = y + block.first_channel
        for seat in block.below:
            lower, (left, top) = seat.block, seat.corner
            shared = [start, (start[0], first)]
            if y + seat.channel > first + 1e-9 and seat.gutter is not None:
                shared += [(x + seat.gutter, first), (x + seat.gutter, y + seat.channel)]
            turn = (x + left + lower.enter[0], y + seat.channel)
            if lower.node is not None:
                end = (turn[0], y + top + lower.enter[1])
                drawing.ways[(block.node, lower.node)] = ([*shared, turn], [turn, end])
                todo.append((lower, (x + left, y + top)))
            for leaf, corner, enter in lower.leaves:
                drawing.at[leaf] = (x + left + corner[0], y + top + corner[1])
                level = y + top + enter[1]
                drawing.ways[(block.node, leaf)] = (
                    [*shared, turn, (turn[0], level)],
                    [(turn[0], level), (x + left + enter[0], level)],
                )
    return drawing


def flow(sizes: Sequence[tuple[float, float]], width: float, between: float, row: float) -> tuple[list[Point], float]:
    """Boxes one after another in lines of `width`: their upper left corners, and the height of all."""
    corners: list[Point] = []
    x = y = high = 0.0
    for wide, tall in sizes:
        if x and x + wide > width:
            x, y, high = 0.0, y + high + row, 0.0
        corners.append((x, y))
        x += wide + between
        high = max(high, tall)
    return corners, y + high
