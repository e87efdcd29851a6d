"""How worn the equipment is: findings by office, which part mends them, and how one device's readings have moved."""

from __future__ import annotations

import pandas as pd
from matplotlib.dates import AutoDateLocator, DateFormatter
from matplotlib.figure import Figure

from analysis.condition import SEVERITIES
from analysis.figures.severities import by_severity
from analysis.figures.style import ACCENT, DARK, SECOND, Say, bare, canvas, drawing, empty, headline
from analysis.labels import capital, device_labels, office_names, shorten
from analysis.tables import code

_MOST_OFFICES = 30


def condition_by_office(findings: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Findings of each office by severity, those with the most grave ones first. `findings`: `condition.CONDITION`."""
    table = findings.groupby(["office", "severity"]).size().unstack(fill_value=0).reindex(columns=list(SEVERITIES), fill_value=0)
    grave = findings[findings["severity"] == "high"]
    title = say(
        "figures.condition.title" if len(grave) else "figures.condition.title_none",
        devices=int(grave["device"].nunique()),
        offices=int(grave["office"].nunique()),
        findings=len(findings),
    )
    if table.empty:
        return empty(say, title, about)
    table = table.sort_values(list(SEVERITIES)).tail(_MOST_OFFICES)
    return _stacked(table, [shorten(office_names(offices, say).get(o, o), 32) for o in table.index], title, about, say)


def condition_by_part(findings: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """What mends them: findings by the part that is to be looked at first."""
    table = findings.groupby(["part", "severity"]).size().unstack(fill_value=0).reindex(columns=list(SEVERITIES), fill_value=0)
    parts = int((findings["part"] != "device").sum())
    title = say("figures.condition.parts_title", parts=parts, findings=len(findings))
    if table.empty:
        return empty(say, title, about)
    table = table.assign(all=table.sum(axis=1)).sort_values(["all", "high"]).drop(columns="all")
    return _stacked(table, [capital(say(f"part.{part}")) for part in table.index], title, about, say)


def _stacked(table: pd.DataFrame, labels: list[str], title: str, about: str, say: Say) -> Figure:
    notes = [
        say("figures.condition.note", findings=int(row.sum()), high=int(row["high"]))
        if row["high"]
        else say("figures.number", n=int(row.sum()))
        for _, row in table.iterrows()
    ]
    return by_severity(table, labels, notes, say("figures.condition.axis"), title, about, say)


#: What is drawn of a device, in this order; more would not be read.
_DRAWN = (
    *("battery_runtime", "battery_temperature", "output_load", "temperature", "cpu_load", "storage_used", "memory_used"),
    *("disk_reallocated", "disk_pending", "disk_wear", "supply_level", "pages"),
)
_MOST_PANELS = 8


def condition_over_time(
    device: str, findings: pd.DataFrame, readings: pd.DataFrame, devices: pd.DataFrame, say: Say, about: str = ""
) -> Figure:
    """The readings of one device, a small picture each, with the limit of its finding. `readings`: the inventory's."""
    label = device_labels(devices[devices["device"] == device], say).get(device, device)
    own = findings[findings["device"] == device]
    title = say("figures.condition.device_title", name=label, findings=len(own), high=int((own["severity"] == "high").sum()))
    rows = readings[(readings["device"] == device) & readings["value"].notna() & readings["metric"].isin(_DRAWN)]
    panels = sorted(rows.groupby([rows["metric"], rows["item"].fillna("")]), key=lambda pair: _DRAWN.index(pair[0][0]))
    panels = [panel for panel in panels if len(panel[1]) > 1][:_MOST_PANELS]
    if not panels:
        return empty(say, title, about)
    with drawing():
        height = -(-len(panels) // 2)
        figure = canvas(7.2, 1.5 * height)
        for axes, ((metric, item), series) in zip(figure.subplots(height, 2, squeeze=False).flat, panels, strict=False):
            unit, size = _UNITS[code(metric)]
            found = own[(own["item"].fillna("") == item) & (own["unit"] == unit)]
            hot = not found.empty
            axes.plot(
                series["at"], series["value"].astype(float) / size, color=ACCENT if hot else SECOND, marker="o", markersize=3
            )
            if hot and pd.notna(found["limit"].iloc[0]):
                axes.axhline(float(found["limit"].iloc[0]), color=DARK, linewidth=0.8, linestyle=(0, (3, 2)))
            axes.set_ylim(bottom=0)
            axes.xaxis.set_major_locator(AutoDateLocator(maxticks=4))
            axes.xaxis.set_major_formatter(DateFormatter("%d/%m/%y"))
            axes.tick_params(labelsize=7)
            name = " · ".join(filter(None, (say(f"metric.{metric}"), shorten(code(item), 26))))
            axes.set_title(capital(name), fontsize=8, loc="left")
            bare(axes, keep=("bottom", "left"))
        for axes in figure.axes[len(panels) :]:
            axes.axis("off")
        headline(figure, title, about)
        return figure


#: metric -> the unit of findings that rest on it, and what a number is divided by for the picture.
_UNITS = {
    "battery_runtime": ("minutes", 1.0),
    "battery_temperature": ("celsius", 1.0),
    "output_load": ("percent", 1.0),
    "temperature": ("celsius", 1.0),
    "cpu_load": ("percent", 1.0),
    "storage_used": ("bytes", 1e9),
    "memory_used": ("bytes", 1e9),
    "disk_reallocated": ("count", 1.0),
    "disk_pending": ("count", 1.0),
    "disk_wear": ("percent", 1.0),
    "supply_level": ("percent", 1.0),
    "pages": ("pages", 1.0),
}
