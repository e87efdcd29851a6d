"""Many small bars at once."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike


def bars(axes: Axes, left: ArrayLike, bottom: ArrayLike, width: ArrayLike, height: ArrayLike, colour: str) -> None:
    """Bars of one colour, drawn as one shape: hundreds of them cost as much as one. The limits of `axes` are set elsewhere."""
    left, bottom, width, height = np.broadcast_arrays(left, bottom, width, height)
    corners = [(left, bottom), (left + width, bottom), (left + width, bottom + height), (left, bottom + height)]
    drawn = np.stack([np.stack(corner, -1) for corner in corners], 1)[(width > 0) & (height > 0)]
    if len(drawn):
        axes.add_artist(PathPatch(Path.make_compound_path_from_polys(drawn), facecolor=colour, edgecolor="none"))
