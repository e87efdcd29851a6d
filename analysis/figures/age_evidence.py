"""Why a device is believed to be so old: each source's months, and what follows from all together; pyramids of age by kind."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.ageing import COVERAGE, MONTHS, Belief, Evidence, contradictions, standing
from analysis.ageing.belief import likelihood
from analysis.figures.bars import bars
from analysis.figures.style import ACCENT, DARK, GREY, LIGHT, PALE, SECOND, Say, bare, canvas, drawing, empty, headline
from analysis.labels import capital
from inventory.serial_dates import month_number

#: Oldest age that has a bar of its own in a pyramid.
_OLDEST = 16


def age_evidence(belief: Belief, day: date, say: Say, name: str, about: str = "") -> Figure:
    """One device: a line a source with the months that it allows, darker where more lies; below, the belief and its interval.

    Sources that exclude another one are in the accent.
    """
    now = month_number(day)
    low, middle, high = (belief.quantile(share) for share in ((1 - COVERAGE) / 2, 0.5, (1 + COVERAGE) / 2))
    title = say("figures.age_evidence.title", name=name, years=middle, low=low, high=high)
    against = {side for pair in contradictions(belief.evidence) for side in pair.split("|")}
    months = np.arange(len(belief.weights))
    seen = belief.weights > belief.weights.max() * 0.01
    starts = [source.bounds[0] for source in belief.evidence if source.bounds[0] > now - len(belief.weights) + 1]
    left = min([now - int(months[seen].max()), *starts]) - 6
    with drawing():
        figure = canvas(7.2, 1.3 + 0.3 * (len(belief.evidence) + 3))
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[max(len(belief.evidence), 1), 3])
        for y, source in enumerate(reversed(belief.evidence)):
            colour = ACCENT if source.name in against else SECOND
            for first, last, dense in _runs(source, now):
                upper.barh(
                    y, (last - first + 1) / 12, left=first / 12, height=0.55, color=colour, alpha=0.15 + 0.75 * dense, lw=0
                )
        names = [capital(say(f"evidence.{source.name}")) for source in reversed(belief.evidence)]
        upper.set_yticks(range(len(names)), names, fontsize=8)
        upper.set_ylim(-0.6, max(len(names), 1) - 0.4)
        upper.grid(axis="x", color=PALE)
        upper.set_axisbelow(True)
        bare(upper)
        upper.tick_params(labelbottom=False, bottom=False)
        at = (now - months + 0.5) / 12
        lower.fill_between(at, belief.weights, color=LIGHT, step="mid", linewidth=0)
        within = (months >= low * 12 - 0.5) & (months <= high * 12 + 0.5)
        lower.fill_between(at, np.where(within, belief.weights, 0), color=DARK, step="mid", alpha=0.55, linewidth=0)
        lower.set_yticks([belief.weights.max() / 2], [say("figures.age_evidence.together")], fontsize=8)
        lower.set_xlim(left / 12, (now + 2) / 12)
        lower.set_ylim(0, belief.weights.max() * 1.08)
        lower.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
        lower.grid(axis="x", color=PALE)
        lower.set_axisbelow(True)
        lower.set_xlabel(say("figures.age_evidence.axis"))
        lower.xaxis.label.set(x=1.0, ha="right", fontsize=8)
        bare(lower, keep=("bottom",))
        headline(figure, title, about)
        return figure


def _runs(source: Evidence, now: int) -> list[tuple[int, int, float]]:
    """Months that a source allows, in runs of the same density: first, last, density as a share of the highest."""
    dense = likelihood([source], now)[0] - (1 - source.trust) / MONTHS
    dense = np.round(dense / max(dense.max(), 1e-12), 2)[::-1]  # oldest first
    edges = np.flatnonzero(np.diff(dense, prepend=-1.0, append=-1.0))
    oldest = now - MONTHS + 1
    return [(oldest + int(i), oldest + int(j) - 1, float(dense[i])) for i, j in pairwise(edges) if dense[i] > 0]


def age_pyramid(ages: pd.DataFrame, say: Say, about: str = "", columns: int = 4) -> Figure:
    """Devices by year of age, a panel a kind, the youngest below; those past their useful life in the accent."""
    status = standing(ages)
    known = ages["years"].notna() & ages["kind"].notna()
    counts = ages.loc[known, "kind"].value_counts()
    if counts.empty:
        return empty(say, say("figures.age_intervals.none"), about)
    kinds = [str(kind) for kind in counts.index]
    old = int((status[known] == "past").sum())
    title = say("figures.age_pyramid.title", past=old, known=int(known.sum()), unknown=int((~known).sum()))
    columns = min(columns, len(kinds))
    rows = math.ceil(len(kinds) / columns)
    with drawing():
        figure = canvas(7.2, 0.5 + 1.75 * rows)
        grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
        for axes, kind in zip(grid.flat, kinds, strict=False):
            those = known & (ages["kind"] == kind)
            _panel(axes, ages.loc[those], (status[those] == "past").to_numpy())
            axes.set_title(capital(say(f"kind.{kind}")), fontsize=8, loc="left", pad=3)
        for axes in list(grid.flat)[len(kinds) :]:
            axes.set_visible(False)
        grid[0, 0].set_ylim(-0.1, _OLDEST + 0.1)  # and of all panels, which share it
        grid[0, 0].set_yticks([0, 5, 10, 15], ["0", "5", "10", say("figures.age_by_office.and_more", years=15)])
        figure.supylabel(say("figures.age_pyramid.axis"), fontsize=8.5)
        headline(figure, title, about)
        return figure


def _panel(axes: Axes, group: pd.DataFrame, past: np.ndarray) -> None:
    edges = np.arange(0, _OLDEST + 1)
    years = group["years"].astype(float).clip(upper=_OLDEST - 0.01).to_numpy()
    young, _ = np.histogram(years[~past], edges)
    old, _ = np.histogram(years[past], edges)
    bars(axes, 0, edges[:-1] + 0.05, young, 0.9, LIGHT)
    bars(axes, young, edges[:-1] + 0.05, old, 0.9, ACCENT)
    life = group["useful_life_years"].dropna()
    if len(life):
        axes.axhline(float(life.iloc[0]), color=DARK, linewidth=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=3))
    axes.tick_params(labelsize=7, colors=GREY, labelcolor=DARK)
    axes.set_xlim(0, max(int((young + old).max()), 3) * 1.05)
    bare(axes, keep=("left", "bottom"))
