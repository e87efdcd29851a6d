"""What happened in a period: numbers in a grid, darker = more, the accent where somebody should look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from analysis.figures.style import DARK, QUIET, Say, bare, canvas, drawing, empty, headline
from analysis.happenings import CHIEF
from analysis.labels import capital, office_names, shorten

#: Something is gone, or says to be another thing.
_WORRYING = frozenset({"lost", "identity", "link_lost", "downgraded"})
#: From few to many: grounds on which a number can be read, and the ink of the number.
_PLAIN, _WORRY = (("#EFEFEF", "#BDBDBD"), DARK), (("#FCEBDD", "#F3B98C"), "#7A3300")


def happenings_by_office(table: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Offices by kinds of happenings. `table`: `happenings.by_office`; `offices`: the inventory's (those that stand)."""
    rows = table[table[list(CHIEF)].sum(axis=1) > 0]
    title = say(
        "figures.happenings.title",
        new=int(table["new"].sum()),
        lost=int(table["lost"].sum()),
        replaced=int(table["replaced"].sum()),
        quiet=len(offices) - int(offices["office"].isin(rows["office"]).sum()),
        offices=len(offices),
    )
    names = office_names(offices, say)
    labels = [shorten(names.get(str(office), str(office)), 32) for office in rows["office"]]
    return _grid(rows[list(CHIEF)], labels, title, say, about)


def happenings_by_scan(table: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Scans by kinds of happenings. `table`: `happenings.by_scan`."""
    sums = table.sum(axis=1)
    title = say("figures.happenings.scans", scans=len(table), most=sums.max() if len(sums) else 0)
    labels = [say("figures.happenings.scan", at=at) for at in table.index]
    return _grid(table[list(CHIEF)], labels, title, say, about)


def _grid(table: pd.DataFrame, labels: Sequence[str], title: str, say: Say, about: str) -> Figure:
    table = table.loc[:, table.sum() > 0]
    if table.empty:
        return empty(say, title, about)
    numbers = table.to_numpy(dtype=float)
    with drawing():
        figure = canvas(7.2, 1.3 + 0.24 * len(table))
        axes = figure.subplots()
        # square root: one office with ten times the changes must not wash out the rest
        strength = np.sqrt(numbers / max(numbers.max(), 1))
        ground = np.ones((*numbers.shape, 3))
        for (y, x), value in np.ndenumerate(numbers):
            if value:
                worrying = table.columns[x] in _WORRYING
                (few, many), ink = _WORRY if worrying else _PLAIN
                ground[y, x] = (1 - strength[y, x]) * np.array(to_rgb(few)) + strength[y, x] * np.array(to_rgb(many))
                number = say("figures.number", n=int(value))
                weight = "bold" if worrying else "normal"
                axes.text(x, y, number, ha="center", va="center", fontsize=8, color=ink, fontweight=weight, in_layout=False)
        axes.imshow(ground, aspect="auto")
        axes.hlines(np.arange(len(table)) + 0.5, -0.5, len(table.columns) - 0.5, color="white", linewidth=2)
        axes.vlines(np.arange(len(table.columns)) + 0.5, -0.5, len(table) - 0.5, color="white", linewidth=2)
        heads = [capital(say(f"happening.{kind}")) for kind in table.columns]
        axes.set_xticks(range(len(heads)), heads, rotation=30, ha="left", fontsize=8)
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(labels)), labels, fontsize=8)
        axes.tick_params(length=0)
        for y, total in enumerate(numbers.sum(axis=1)):
            axes.text(len(heads) - 0.3, y, say("figures.number", n=int(total)), va="center", fontsize=8, fontweight="bold")
        axes.text(len(heads) - 0.3, -0.8, say("figures.total"), fontsize=8, fontweight="bold", color=QUIET)
        axes.set_xlim(-0.5, len(heads) + 0.4)
        bare(axes)
        headline(figure, title, about)
        return figure
