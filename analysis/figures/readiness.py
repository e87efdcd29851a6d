"""Which office can meet the administration's goals: computers against what the goals need."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.figures.style import ACCENT, DARK, GREY, HATCH, Say, bare, canvas, drawing, empty, headline
from analysis.labels import office_names, shorten
from analysis.readiness import GOALS


def goals_by_office(table: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Computers of each office as a bar, and what each goal needs as a mark on it; in the accent where a goal cannot be met.

    `table`: `readiness.READINESS`; `offices`: the inventory's. Offices without officials are left out.
    """
    rows = table[table["staff"].fillna(0) > 0]
    rows = rows.sort_values(["staff", "office"], ascending=[True, False], kind="stable")
    missed = [goal for goal in GOALS if rows[f"{goal}_ready"].eq(False).any()]
    title = say(
        "figures.goals.title" if missed else "figures.goals.title_none",
        documents=int(rows["documents_ready"].eq(False).sum()),
        mail=int(rows["mail_ready"].eq(False).sum()),
        offices=len(rows),
    )
    if rows.empty:
        return empty(say, title, about)
    names = office_names(offices, say)
    with drawing():
        figure = canvas(7.2, 0.9 + 0.23 * len(rows))
        axes = figure.subplots()
        most = float(rows[["computers", "mail_computers", "documents_computers"]].max().max() or 1)
        for y, row in enumerate(rows.to_dict("records")):
            ready = [row[f"{goal}_ready"] for goal in GOALS]
            short = any(answer is not pd.NA and not answer for answer in ready)
            known = pd.notna(row["computers"])
            if known:
                axes.barh(y, row["computers"], height=0.66, color=ACCENT if short else GREY)
            else:
                axes.barh(y, row["mail_computers"], height=0.66, facecolor="white", edgecolor=GREY, hatch=HATCH, linewidth=0.6)
            for goal, style in zip(GOALS, ("-", (0, (1.2, 0.9))), strict=True):
                wanted = row[f"{goal}_computers"]
                axes.plot([wanted, wanted], [y - 0.42, y + 0.42], color=DARK, linewidth=1.3, linestyle=style)
            end = max(float(row["computers"]) if known else 0.0, float(row["mail_computers"]))
            axes.text(end + most * 0.012, y, _note(row, say), va="center", fontsize=7.5)
        axes.set_yticks(range(len(rows)), [shorten(names.get(o, o), 32) for o in rows["office"]], fontsize=8)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xlim(0, most * 1.3)
        axes.set_xlabel(say("figures.goals.axis"))
        axes.legend(handles=_key(say), loc="lower right", frameon=False)
        bare(axes, keep=("bottom",))
        headline(figure, title, about)
        return figure


def _note(row: dict, say: Say) -> str:
    """What the office has and what it lacks, most of all computers."""
    if pd.isna(row["computers"]):
        return say("figures.goals.not_seen")
    short = int(row["mail_computers"]) - int(row["computers"])
    if short > 0:
        return say("figures.goals.short", computers=row["computers"], short=short)
    if any(row[f"{goal}_ready"] is not pd.NA and not row[f"{goal}_ready"] for goal in GOALS):
        return say("figures.goals.no_way", computers=row["computers"])
    return say("figures.number", n=int(row["computers"]))


def _key(say: Say) -> list:
    return [
        Patch(color=GREY, label=say("figures.goals.key_enough")),
        Patch(color=ACCENT, label=say("figures.goals.key_short")),
        Line2D([], [], color=DARK, linewidth=1.3, label=say("figures.goals.key_documents")),
        Line2D([], [], color=DARK, linewidth=1.3, linestyle=(0, (1.2, 0.9)), label=say("figures.goals.key_mail")),
    ]
