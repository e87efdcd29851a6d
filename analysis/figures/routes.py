"""Ways for cables that are no part of a map's tree: around labels and marks, with few bends, seldom along other cables.

A shortest path on a grid of squares, where squares under texts and marks are closed, squares with another cable cost more, and so
does a bend (the maze router of Lee, 1961, with Dijkstra's costs).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from itertools import pairwise

from analysis.figures.layout import Point

Area = tuple[float, float, float, float]  # left, top, right, bottom
Square = tuple[int, int]

#: Edge of a square, inches: two squares fit between two labels that stand side by side.
GRID = 0.055
_BEND, _ALONG = 4, 5
_STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1))


class Maze:
    """Where cables may still go."""

    def __init__(self, width: float, height: float, closed: Iterable[Area], taken: Iterable[Sequence[Point]]) -> None:
        self.columns, self.rows = int(width / GRID) + 1, int(height / GRID) + 1
        self.closed = {square for area in closed for square in _under(area)}
        self.taken: set[Square] = set()
        for way in taken:
            self._take(way)

    def _take(self, way: Sequence[Point]) -> None:
        for (ax, ay), (bx, by) in pairwise(way):
            self.taken.update(_under((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))))

    def way(self, start: Point, end: Point) -> list[Point] | None:
        """From mark to mark, corner by corner; None where there is no way. The way is taken then."""
        first, last = _square(start), _square(end)
        best: dict[tuple[Square, int], int] = {}
        before: dict[tuple[Square, int], tuple[Square, int]] = {}
        queue: list[tuple[int, int, Square, int]] = [(_far(first, last), 0, first, -1)]
        while queue:
            _, cost, square, heading = heapq.heappop(queue)
            state = (square, heading)
            if best.get(state, cost) < cost:
                continue
            if square == last:
                return self._corners(state, before, start, end)
            for turn, (right, down) in enumerate(_STEPS):
                near = (square[0] + right, square[1] + down)
                if not (0 <= near[0] < self.columns and 0 <= near[1] < self.rows):
                    continue
                # marks at both ends are closed for others
                if near in self.closed and _far(near, first) > 2 and _far(near, last) > 2:
                    continue
                dear = cost + 1 + (_BEND if heading not in (-1, turn) else 0) + (_ALONG if near in self.taken else 0)
                if dear < best.get((near, turn), 1 << 30):
                    best[(near, turn)] = dear
                    before[(near, turn)] = state
                    heapq.heappush(queue, (dear + _far(near, last), dear, near, turn))
        return None

    def _corners(self, state: tuple[Square, int], before: dict, start: Point, end: Point) -> list[Point]:
        squares = [state[0]]
        while state in before:
            state = before[state]
            squares.append(state[0])
        squares.reverse()
        way = [start]
        for a, b, c in zip(squares, squares[1:], squares[2:], strict=False):
            if (b[0] - a[0], b[1] - a[1]) != (c[0] - b[0], c[1] - b[1]):
                way.append(((b[0] + 0.5) * GRID, (b[1] + 0.5) * GRID))
        way.append(end)
        if len(way) > 2:  # the first and last corner are level with the marks, not with their squares
            way[1] = _level(way[1], way[2], start)
            way[-2] = _level(way[-2], way[-3], end)
        self._take(way)
        return way


def _level(corner: Point, on: Point, mark: Point) -> Point:
    """A corner moved along its way onwards, so that the way leaves the mark straight."""
    if abs(corner[0] - on[0]) < abs(corner[1] - on[1]):  # it goes on up or down
        return (corner[0], mark[1]) if abs(corner[1] - mark[1]) < GRID else corner
    return (mark[0], corner[1]) if abs(corner[0] - mark[0]) < GRID else corner


def _square(at: Point) -> Square:
    return int(at[0] / GRID), int(at[1] / GRID)


def _under(area: Area) -> Iterable[Square]:
    left, top = _square((area[0], area[1]))
    right, bottom = _square((area[2], area[3]))
    return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def _far(a: Square, b: Square) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
