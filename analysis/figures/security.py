"""What is open in the network: how many devices have which kind of opening."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.severities import SEVERITIES, by_severity
from analysis.figures.style import Say, empty
from analysis.labels import capital


def exposures_by_kind(exposures: pd.DataFrame, devices: int, say: Say, about: str = "") -> Figure:
    """Devices by kind of opening, the gravest on top. `exposures`: `security.EXPOSURES`; `devices`: how many were looked at."""
    grave = exposures[exposures["severity"] == "high"]
    title = say("figures.security.title_none", findings=len(exposures))
    if len(grave):
        worst = grave["kind"].value_counts(sort=True).sort_index().idxmax()
        title = say("figures.security.title", devices=int(grave["device"].nunique()), all=devices, worst=worst)
    if exposures.empty:
        return empty(say, title, about)
    table = exposures.groupby(["kind", "severity"]).size().unstack(fill_value=0).reindex(columns=list(SEVERITIES), fill_value=0)
    table = table.sort_values([*SEVERITIES])
    offices = exposures.groupby("kind")["office"].nunique().to_dict()
    totals = table.sum(axis=1).to_dict()
    notes = [say("figures.security.note", devices=totals[kind], offices=offices[kind]) for kind in table.index]
    labels = [capital(say(f"exposure.{kind}")) for kind in table.index]
    return by_severity(table, labels, notes, say("figures.security.axis"), title, about, say)
