"""The state of the network in bars: who answered, what breaks most, where there are free ports."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.style import ACCENT, DARK, GREY, HATCH, LIGHT, Say, bare, canvas, drawing, empty, headline
from analysis.labels import device_labels, office_names, shorten


def coverage(offices: pd.DataFrame, names: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Known devices by office: answering, silent, not asked. `offices`: `connectivity.OFFICES`; `names`: the inventory's."""
    table = offices[offices["devices"] > 0].sort_values(["devices", "office"], ascending=[True, False])
    silent, known = int(table["silent"].sum()), int(table["devices"].sum())
    title = say("figures.coverage.title", silent=silent, known=known)
    if table.empty:
        return empty(say, title, about)
    places = office_names(names, say)
    rest = table["devices"] - table["answering"] - table["silent"]
    with drawing():
        figure = canvas(7.2, 0.8 + 0.2 * len(table))
        axes = figure.subplots()
        y = list(range(len(table)))
        left = np.zeros(len(table))
        parts = (
            ("present", table["answering"], {"color": LIGHT}),
            ("silent", table["silent"], {"color": ACCENT}),
            ("not_asked", rest, {"facecolor": "white", "edgecolor": GREY, "hatch": HATCH, "linewidth": 0.6}),
        )
        for state, values, look in parts:
            if values.sum():
                axes.barh(y, values.astype(float), left=left, height=0.72, label=say(f"state.{state}"), **look)
            left += values.to_numpy(dtype=float)
        for at, row in zip(y, table.to_dict("records"), strict=True):
            text = say("figures.number", n=row["devices"])
            if row["silent"]:
                text += say("figures.coverage.silent", n=row["silent"])
            axes.text(row["devices"] + left.max() * 0.01, at, text, va="center", fontsize=7.5)
        axes.set_yticks(y, [shorten(places.get(o, o), 32) for o in table["office"]], fontsize=8)
        axes.set_ylim(-0.6, len(table) - 0.4)
        axes.set_xlim(0, left.max() * 1.18)
        axes.set_xlabel(say("figures.devices"))
        axes.legend(loc="lower right", frameon=False)
        bare(axes, keep=("bottom",))
        headline(figure, title, about)
        return figure


def single_points(
    behind: pd.DataFrame, devices: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "", top: int = 20, alarm: int = 10
) -> Figure:
    """Devices whose failure stops the most people's work (uplinks of offices apart, in grey: every office has one)."""
    table = behind[behind["single_point"] & (behind["people"] > 0)].sort_values(["people", "device"], ascending=[False, True])
    table = table.head(top).iloc[::-1]
    inner = behind[behind["single_point"] & ~behind["uplink"].astype(bool) & (behind["people"] >= alarm)]
    title = say("figures.single_points.title", count=len(inner), people=alarm)
    if table.empty:
        return empty(say, title, about)
    names, places = device_labels(devices, say), office_names(offices, say)
    with drawing():
        figure = canvas(7.2, 0.8 + 0.225 * len(table))
        axes = figure.subplots()
        for y, row in enumerate(table.to_dict("records")):
            colour = LIGHT if row["uplink"] else ACCENT if row["people"] >= alarm else GREY
            axes.barh(y, row["people"], color=colour, height=0.72)
            text = say("figures.single_points.label", people=row["people"], offices=row["offices_cut"])
            axes.text(row["people"], y, f" {text}", va="center", fontsize=7.5)
        labels = [
            f"{names.get(r['device'], r['device'])} · {say('kind.' + (r['kind'] if pd.notna(r['kind']) else 'unknown'))} · "
            f"{shorten(places.get(r['office'], r['office']), 20)}"
            for r in table.to_dict("records")
        ]
        axes.set_yticks(range(len(table)), labels, fontsize=8)
        axes.set_ylim(-0.6, len(table) - 0.4)
        axes.set_xlim(0, float(table["people"].max()) * 1.3)
        axes.set_xlabel(say("figures.single_points.axis"))
        bare(axes, keep=("bottom",))
        headline(figure, title, about)
        return figure


def ports(offices: pd.DataFrame, names: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Ports of managed switches, with a link and free, by office; offices whose ports are nearly gone in the accent."""
    table = offices[offices["ports"] > 0].sort_values(["ports", "office"], ascending=[True, False])
    full = table["ports_free"] <= 0.1 * table["ports"]
    none = int(((offices["ports"] == 0) & (offices["devices"] > 0)).sum())
    title = say("figures.ports.title", full=int(full.sum()), offices=len(table), none=none)
    if table.empty:
        return empty(say, title, about)
    places = office_names(names, say)
    with drawing():
        figure = canvas(7.2, 0.8 + 0.22 * len(table))
        axes = figure.subplots()
        for y, (row, tight) in enumerate(zip(table.to_dict("records"), full, strict=True)):
            axes.barh(y, row["ports_used"], color=ACCENT if tight else GREY, height=0.7)
            axes.barh(y, row["ports_free"], left=row["ports_used"], facecolor="white", edgecolor=GREY, linewidth=0.6, height=0.7)
            text = say("figures.ports.label", used=row["ports_used"], ports=row["ports"], free=row["ports_free"])
            axes.text(row["ports"], y, f" {text}", va="center", fontsize=7.5, color=DARK)
        axes.set_yticks(range(len(table)), [shorten(places.get(o, o), 32) for o in table["office"]], fontsize=8)
        axes.set_ylim(-0.6, len(table) - 0.4)
        axes.set_xlim(0, float(table["ports"].max()) * 1.3)
        axes.set_xlabel(say("figures.ports.axis"))
        bare(axes, keep=("bottom",))
        headline(figure, title, about)
        return figure
