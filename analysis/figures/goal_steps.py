"""Which office meets which requirement of the goals, and what money would change."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures.style import ACCENT, DARK, GREY, HATCH, PALE, SECOND, Say, bare, canvas, drawing, empty, headline
from analysis.labels import office_names, shorten

#: Requirements, left to right; the last two are the goals themselves.
_COLUMNS = (
    "documents_computers",
    "mail_computers",
    "way_out",
    "lasting",
    "documents_services",
    "mail_services",
    "documents",
    "mail",
)
_YES, _NO, _UNKNOWN, _SHAKY = "yes", "no", "unknown", "shaky"


def requirements(
    ready: pd.DataFrame, standings: pd.DataFrame, aged: set[str], offices: pd.DataFrame, say: Say, about: str = ""
) -> Figure:
    """Offices by requirements: met, not met (with how many computers are missing), not known, met but not for long.

    `ready`: `readiness.READINESS`; `standings`: `goal_steps.standings`, in whose order the offices stand; `aged`: ways out that
    are past their time."""
    rows = standings[["office", "standing"]].merge(ready, on="office", how="left")
    met = int((rows["documents_ready"].eq(True) & rows["mail_ready"].eq(True)).sum())
    title = say("figures.requirements.title", met=met, offices=len(rows), shaky=int((rows["standing"] == "shaky").sum()))
    if rows.empty:
        return empty(say, title, about)
    names = office_names(offices, say)
    with drawing():
        figure = canvas(7.2, 1.6 + 0.215 * len(rows))
        axes = figure.subplots()
        for y, row in enumerate(rows.to_dict("records")):
            for x, (answer, text) in enumerate(_answers(row, aged, say)):
                _cell(axes, x + (0.25 if x >= len(_COLUMNS) - 2 else 0), y, answer, text)
        places = [x + (0.25 if x >= len(_COLUMNS) - 2 else 0) for x in range(len(_COLUMNS))]
        axes.set_xticks(
            places, [say(f"figures.requirements.{column}") for column in _COLUMNS], rotation=30, ha="left", fontsize=8
        )
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(rows)), [shorten(names.get(o, o), 34) for o in rows["office"]], fontsize=8)
        axes.set_xlim(-0.5, len(_COLUMNS) - 0.2)
        axes.set_ylim(len(rows) - 0.45, -0.6)
        axes.tick_params(length=0)
        for x, answer in enumerate((_YES, _NO, _SHAKY, _UNKNOWN)):
            _cell(axes, x * 1.9 - 0.1, len(rows) + 0.55, answer, "", size=0.32, clip=False)
            axes.text(
                x * 1.9 + 0.14, len(rows) + 0.55, say(f"figures.requirements.{answer}"), va="center", fontsize=7.5, clip_on=False
            )
        bare(axes)
        headline(figure, title, about)
        return figure


def _answers(row: dict, aged: set[str], say: Say) -> list[tuple[str, str]]:
    found = []
    for goal in ("documents", "mail"):
        wanted, there = row[f"{goal}_computers"], row["computers"]
        short = None if pd.isna(wanted) or pd.isna(there) else int(wanted) - int(there)
        answer = _UNKNOWN if short is None else _NO if short > 0 else _YES
        found.append((answer, say("figures.requirements.short", n=short) if short is not None and short > 0 else ""))
    found.append((_answer(row["uplink_answers"]), ""))
    found.append((_UNKNOWN if pd.isna(row["uplink"]) else _SHAKY if row["uplink"] in aged else _YES, ""))
    found += [(_answer(row[f"{goal}_services"]), "") for goal in ("documents", "mail")]
    return [*found, *((_answer(row[f"{goal}_ready"]), "") for goal in ("documents", "mail"))]


def _answer(value: object) -> str:
    return _UNKNOWN if pd.isna(value) else _YES if value else _NO  # type: ignore[call-overload]


def _cell(axes: Axes, x: float, y: float, answer: str, text: str, size: float = 0.84, *, clip: bool = True) -> None:
    """One answer: a tick on grey, a cross on the accent, a question mark on hatching, "!" in the accent's frame."""
    look = {
        _YES: {"facecolor": PALE, "edgecolor": "none"},
        _NO: {"facecolor": ACCENT, "edgecolor": "none"},
        _UNKNOWN: {"facecolor": "white", "edgecolor": GREY, "hatch": HATCH, "linewidth": 0.6},
        _SHAKY: {"facecolor": "white", "edgecolor": ACCENT, "linewidth": 1.2},
    }[answer]
    width = size if size > 0.5 else 0.3
    cell = Rectangle((x - width / 2, y - size / 2), width, size if size > 0.5 else 0.7, clip_on=clip, **look)  # type: ignore[arg-type]
    cell.set_in_layout(not clip)  # what is inside the axes takes no room beyond them
    axes.add_artist(cell)
    mark, colour = {_YES: ("✓", DARK), _NO: ("✗", "white"), _UNKNOWN: ("?", DARK), _SHAKY: ("!", ACCENT)}[answer]
    if size > 0.5:
        axes.text(x, y, text or mark, ha="center", va="center", fontsize=8, color=colour, fontweight="bold", in_layout=False)


def goal_curve(points: pd.DataFrame, share: float, say: Say, about: str = "") -> Figure:
    """Officials who can work against money spent, step by step; the goal as a line. `points`: `goal_steps.curve`."""
    first, last = points.iloc[0], points.iloc[-1]
    title = say(
        "figures.goal_curve.title" if len(points) > 1 else "figures.goal_curve.title_none",
        now=first["share"], then=last["share"], money=int(last["spent_vnd"]),
    )  # fmt: skip
    if points["share"].isna().all():
        return empty(say, say("figures.goal_curve.unknown"), about)
    with drawing():
        figure = canvas(7.2, 2.6)
        axes = figure.subplots()
        money, shares = points["spent_vnd"].astype(float) / 1e6, points["share"].astype(float) * 100
        axes.step(money, shares, where="post", color=SECOND, linewidth=1.8)
        axes.plot(money, shares, "o", color=SECOND, markersize=4)
        axes.axhline(share * 100, color=DARK, linewidth=1, linestyle=(0, (3, 2)))
        right = max(float(money.max()), 1.0)
        axes.text(right, share * 100, say("figures.goal_curve.goal", share=share), ha="right", va="bottom", fontsize=8)
        axes.set_xlim(-right * 0.02, right * 1.02)
        axes.set_ylim(0, 104)
        axes.set_xlabel(say("figures.million"))
        axes.set_ylabel(say("figures.goal_curve.axis"))
        bare(axes, keep=("bottom", "left"))
        headline(figure, title, about)
        return figure
