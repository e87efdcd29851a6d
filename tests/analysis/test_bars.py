"""Many bars as one shape: as many as there are values, each where it belongs."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from analysis.figures.bars import bars


def test_each_value_but_zero_has_its_bar() -> None:
    axes = Figure().subplots()
    bars(axes, [0.0, 1.0, 2.0], [0, 5, 1], 0.5, [3, 0, 2], "#000000")
    (shape,) = axes.patches
    corners = [np.unique(polygon, axis=0) for polygon in shape.get_path().to_polygons()]
    assert [(*corner.min(axis=0), *corner.max(axis=0)) for corner in corners] == [(0.0, 0.0, 0.5, 3.0), (2.0, 1.0, 2.5, 3.0)]


def test_no_value_no_bar() -> None:
    axes = Figure().subplots()
    bars(axes, [0.0, 1.0], 0, 0.5, [0, 0], "#000000")
    assert not axes.patches
