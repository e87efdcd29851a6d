"""How old the equipment is: by kind, the oldest one by one, and office by office."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator

from analysis.ageing import standing
from analysis.figures.bars import bars
from analysis.figures.style import ACCENT, DARK, GREY, HATCH, LIGHT, PALE, QUIET, Say, bare, canvas, drawing, empty, headline
from analysis.labels import capital, device_labels, office_names, shorten
from analysis.tables import code


def age_by_kind(ages: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Devices past their useful life, within it, and of unknown age, by kind: stacked bars of counts."""
    status = standing(ages)
    table = pd.crosstab(ages["kind"].fillna("unknown"), status).reindex(columns=["past", "within", "unknown"], fill_value=0)
    table = table.sort_values(["past", "within"])
    counts = status.value_counts()
    title = say(
        "figures.age_by_kind.title", past=int(counts.get("past", 0)), all=len(ages), unknown=int(counts.get("unknown", 0))
    )
    if table.empty:
        return empty(say, title, about)
    with drawing():
        figure = canvas(7.2, 0.75 + 0.33 * len(table))
        axes = figure.subplots()
        left = np.zeros(len(table))
        looks: dict[str, dict] = {
            "past": {"color": ACCENT},
            "within": {"color": LIGHT},
            "unknown": {"facecolor": "white", "edgecolor": GREY, "hatch": HATCH, "linewidth": 0.6},
        }
        widest = table.sum(axis=1).max()
        first = {}
        for name, look in looks.items():
            values = table[name].to_numpy()
            axes.barh(range(len(table)), values, left=left, height=0.7, **look)
            for y, (x, value) in enumerate(zip(left, values, strict=True)):
                if value:
                    first[name] = (x + value / 2, y)
                if value / widest > 0.035:
                    box = {"facecolor": "white", "edgecolor": "none", "pad": 1} if name == "unknown" else None
                    colour = "white" if name == "past" else DARK
                    axes.text(
                        x + value / 2, y, say("figures.number", n=int(value)), ha="center", va="center", color=colour, bbox=box
                    )
            left += values
        axes.set_yticks(range(len(table)), [capital(say(f"kind.{kind}")) for kind in table.index])
        axes.set_xlabel(say("figures.devices"))
        axes.set_xlim(0, widest * 1.02)
        bare(axes, keep=("bottom",))
        _key(axes, say, looks)
        headline(figure, title, about)
        return figure


def _key(axes: Axes, say: Say, looks: dict[str, dict]) -> None:
    """What the three fills mean, in the empty corner: short bars are at the bottom."""
    handles = [Patch(label=say(f"figures.standing.{name}"), **look) for name, look in looks.items()]
    axes.legend(handles=handles, loc="lower right", frameon=False, handlelength=1.4, borderaxespad=0.2)


def age_intervals(
    ages: pd.DataFrame, devices: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "", top: int = 25
) -> Figure:
    """The oldest devices one by one: the 80 % interval as a line, the median as a dot, the useful life as a tick."""
    known = ages[ages["years"].notna()].sort_values(["years", "device"], ascending=[False, True]).head(top).iloc[::-1]
    if known.empty:
        return empty(say, say("figures.age_intervals.none"), about)
    past = standing(known) == "past"
    title = say("figures.age_intervals.title", count=len(known), youngest=float(known["years"].min()))
    names, places = device_labels(devices, say), office_names(offices, say)
    with drawing():
        figure = canvas(7.2, 0.8 + 0.215 * len(known))
        axes = figure.subplots()
        for y, (row, old) in enumerate(zip(known.to_dict("records"), past, strict=True)):
            colour = ACCENT if old else GREY
            axes.plot([row["years_low"], row["years_high"]], [y, y], color=colour, linewidth=3, solid_capstyle="butt", alpha=0.55)
            axes.plot(row["years"], y, "o", color=colour, markersize=4.5)
            if not pd.isna(row["useful_life_years"]):
                axes.plot([row["useful_life_years"]] * 2, [y - 0.36, y + 0.36], color=DARK, linewidth=1.2)
            axes.text(row["years_high"] + 0.25, y, say("figures.grade", grade=row["grade"]), va="center", fontsize=7, color=QUIET)
        labels = [
            f"{names.get(row['device'], row['device'])} · {shorten(places.get(code(row['office']), code(row['office'])), 22)}"
            for row in known.to_dict("records")
        ]
        axes.set_yticks(range(len(known)), labels, fontsize=8)
        axes.set_xlim(0, float(known["years_high"].max()) + 1.5)
        axes.set_ylim(-0.7, len(known) - 0.3)
        axes.xaxis.set_major_locator(MultipleLocator(5))
        axes.set_xlabel(say("figures.age_intervals.axis"))
        axes.xaxis.label.set(x=1.0, ha="right", fontsize=8)
        axes.grid(axis="x", color=PALE)
        axes.set_axisbelow(True)
        bare(axes, keep=("bottom",))
        headline(figure, title, about)
        return figure


def age_by_office(ages: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "", columns: int = 5) -> Figure:
    """Ages office by office: devices per year of age, those past their useful life in the accent, unknown ones as a number."""
    status = standing(ages)
    share: dict[str, tuple[float, int]] = {
        str(office): ((status[group.index] == "past").mean(), -len(group))
        for office, group in ages.groupby("office")
        if len(group)
    }
    if not share:
        return empty(say, say("figures.age_by_office.none"), about)
    order = sorted(share, key=lambda office: (-share[office][0], share[office][1], office))
    worst = order[0]
    places = office_names(offices, say)
    title = say("figures.age_by_office.title", office=places.get(worst, worst), share=share[worst][0])
    limit = 16
    columns = min(columns, len(order))
    rows = math.ceil(len(order) / columns)
    edges = np.arange(0, limit + 1)
    with drawing():
        figure = canvas(7.2, 0.4 + 1.15 * rows)
        grid = figure.subplots(rows, columns, sharex=True, sharey=False, squeeze=False)
        tallest = 1
        for axes, office in zip(grid.flat, order, strict=False):
            group = ages[ages["office"] == office]
            known = group["years"].notna()
            years = group.loc[known, "years"].astype(float).clip(upper=limit - 0.01)
            past = (status[group.index] == "past")[known]
            young, _ = np.histogram(years[~past], edges)
            old, _ = np.histogram(years[past], edges)
            bars(axes, edges[:-1] + 0.05, 0, 0.9, young, LIGHT)
            bars(axes, edges[:-1] + 0.05, young, 0.9, old, ACCENT)
            tallest = max(tallest, int((young + old).max()))
            unknown = int((~known).sum())
            axes.set_title(shorten(places.get(office, office), 19), fontsize=8, loc="left", pad=3)
            old_count = int((status[group.index] == "past").sum())
            axes.text(
                0.99, 0.97, say("figures.age_by_office.panel", past=old_count, all=len(group), unknown=unknown),
                transform=axes.transAxes, ha="right", va="top", fontsize=6.8, color="#5A5A5A", linespacing=1.3,
                in_layout=False,
            )  # fmt: skip
        for axes in grid.flat:
            axes.set_ylim(0, tallest * 1.45)
            axes.tick_params(labelsize=7)
            axes.set_yticks([])
            bare(axes, keep=("bottom",))
        grid[0, 0].set_xlim(0, limit)  # and of all panels, which share it
        grid[0, 0].set_xticks([0, 5, 10, 15], ["0", "5", "10", say("figures.age_by_office.and_more", years=15)])
        for axes in list(grid.flat)[len(order) :]:
            axes.set_visible(False)
        for column in range(columns):  # the lowest panel of a column carries the axis' numbers
            lowest = max(row for row in range(rows) if row * columns + column < len(order))
            grid[lowest, column].tick_params(labelbottom=True)
        figure.supxlabel(say("figures.age_by_office.axis"), fontsize=8.5)
        headline(figure, title, about)
        return figure
