"""What there is: offices by kinds."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.style import DARK, QUIET, Say, bare, canvas, drawing, empty, headline
from analysis.labels import capital, office_names, shorten


def devices_by_office(devices: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """How many devices of each kind each office has: numbers in a grid, darker = more."""
    table = pd.crosstab(devices["office"], devices["kind"].fillna("unknown"))
    title = say("figures.devices_by_office.title", count=len(devices), offices=len(table))
    if table.empty:
        return empty(say, title, about)
    table = table[table.sum().sort_values(ascending=False, kind="stable").index]
    table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    places = office_names(offices, say)
    with drawing():
        figure = canvas(7.2, 1.4 + 0.22 * len(table))
        axes = figure.subplots()
        # square root: a headquarters with ten times the devices must not wash out the rest
        axes.imshow(table.to_numpy() ** 0.5, cmap="Greys", vmin=0, vmax=table.to_numpy().max() ** 0.5 * 1.7, aspect="auto")
        for y, row in enumerate(table.to_numpy()):
            for x, value in enumerate(row):
                if value:
                    number = say("figures.number", n=int(value))
                    axes.text(x, y, number, ha="center", va="center", fontsize=8, color=DARK, in_layout=False)
        axes.set_xticks(
            range(table.shape[1]), [capital(say(f"kind.{k}")) for k in table.columns], rotation=35, ha="left", fontsize=8
        )
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(table)), [shorten(places.get(o, o), 32) for o in table.index], fontsize=8)
        axes.tick_params(length=0)
        for y, total in enumerate(table.sum(axis=1)):
            axes.text(table.shape[1] - 0.3, y, say("figures.number", n=int(total)), va="center", fontsize=8, fontweight="bold")
        axes.text(table.shape[1] - 0.3, -0.8, say("figures.total"), fontsize=8, fontweight="bold", color=QUIET)
        axes.set_xlim(-0.5, table.shape[1] + 0.4)
        bare(axes)
        headline(figure, title, about)
        return figure
