"""Bars of what was found, by how grave it is: the accent is grave, hatching is light."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.figures.style import ACCENT, GREY, HATCH, LIGHT, Say, bare, canvas, drawing, headline

SEVERITIES = ("high", "medium", "low")
_COLOURS = {"high": ACCENT, "medium": GREY, "low": LIGHT}


def by_severity(
    table: pd.DataFrame, labels: Sequence[str], notes: Sequence[str], axis: str, title: str, about: str, say: Say
) -> Figure:
    """A bar for each row of `table`, the first at the bottom, in parts by severity (its columns); `notes` stand at their ends."""
    with drawing():
        figure = canvas(7.2, 0.9 + 0.24 * len(table))
        axes = figure.subplots()
        start = pd.Series(0, index=table.index)
        for severity in SEVERITIES:
            hatch = HATCH if severity == "low" else None
            axes.barh(range(len(table)), table[severity], left=start, height=0.66, color=_COLOURS[severity], hatch=hatch)
            start = start + table[severity]
        for y, (total, note) in enumerate(zip(start, notes, strict=True)):
            axes.text(total + start.max() * 0.012, y, note, va="center", fontsize=7.5)
        axes.set_yticks(range(len(table)), labels, fontsize=8)
        axes.set_ylim(-0.6, len(table) - 0.4)
        axes.set_xlim(0, start.max() * 1.25)
        axes.set_xlabel(axis)
        handles = [
            Patch(facecolor=_COLOURS[s], hatch=HATCH if s == "low" else None, label=say(f"severity.{s}")) for s in SEVERITIES
        ]
        figure.legend(handles=handles, loc="outside lower right", ncols=len(handles), frameon=False)
        bare(axes, keep=("bottom",))
        headline(figure, title, about)
        return figure
