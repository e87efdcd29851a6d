"""The replacement plan in pictures: money by year, risk by year, offices by year."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.style import ACCENT, DARK, GREY, QUIET, SECOND, Say, bare, canvas, drawing, empty, headline
from analysis.labels import capital, office_names, shorten

#: Greys and hatches for the kinds in a stack, largest first: told apart without colour.
_FILLS: tuple[dict, ...] = (
    {"facecolor": "#5B5B5B"},
    {"facecolor": "#B8B8B8"},
    {"facecolor": "#E6E6E6"},
    {"facecolor": "#8F8F8F"},
    {"facecolor": "white", "hatch": "////"},
    {"facecolor": "#D3D3D3", "hatch": r"\\\\"},
)
MILLION = 1_000_000


def plan_by_year(items: pd.DataFrame, years: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Spending by year, stacked by kind, with each year's budget as a line. `items`: the plan's; `years`: `replacement.YEARS`."""
    chosen = items[items["year"].notna()]
    title = say(
        "figures.plan_by_year.title",
        items=len(chosen), years=len(years), cost=int(years["spent_vnd"].sum()), budget=int(years["budget_vnd"].sum()),
    )  # fmt: skip
    if years.empty:
        return empty(say, title, about)
    table = (
        chosen.pivot_table(index="year", columns="kind", values="cost_vnd", aggfunc="sum", fill_value=0).astype(float) / MILLION
    )
    table = table.reindex(years["year"].astype(int), fill_value=0)
    order = list(table.sum().sort_values(ascending=False, kind="stable").index)
    shown, rest = order[: len(_FILLS) - 1] if len(order) > len(_FILLS) else order, []
    if len(order) > len(shown):
        rest = order[len(shown) :]
    with drawing():
        figure = canvas(7.2, 3.3)
        axes = figure.subplots()
        at = list(range(len(years)))
        bottom = np.zeros(len(years))
        stacks = [(capital(say(f"kind.{kind}")), table[kind].to_numpy()) for kind in shown]
        if rest:
            stacks.append((capital(say("figures.other_kinds")), table[rest].sum(axis=1).to_numpy()))
        for (name, values), fill in zip(stacks, _FILLS, strict=False):
            axes.bar(
                at,
                values,
                bottom=bottom,
                width=0.62,
                edgecolor="white" if "hatch" not in fill else GREY,
                linewidth=0.6,
                label=name,
                **fill,
            )
            bottom = bottom + values
        limit = years["budget_vnd"].to_numpy(dtype=float) / MILLION
        top = max(float(limit.max()), float(bottom.max()), 1.0)
        for x, budget, spent, row in zip(at, limit, bottom, years.to_dict("records"), strict=True):
            axes.plot([x - 0.42, x + 0.42], [budget, budget], color=ACCENT, linewidth=2)
            above = budget if spent < budget < spent + top * 0.14 else spent  # the label must not lie on the line
            axes.text(
                x, above + top * 0.03, say("figures.plan_by_year.label", cost=round(spent), items=row["items"]),
                ha="center", va="bottom", fontsize=8, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
            )  # fmt: skip
        axes.text(at[-1] + 0.46, limit[-1], say("figures.plan_by_year.budget"), color=ACCENT, va="center", fontsize=8)
        axes.set_xticks(at, [str(int(year)) for year in years["year"]])
        axes.set_ylim(0, top * 1.16)
        axes.set_xlim(-0.6, len(years) - 0.1)
        axes.set_ylabel(say("figures.million"))
        axes.yaxis.set_major_formatter(lambda value, _: say("figures.number", n=round(value)))
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.06, 1.0), frameon=False, fontsize=8)
        bare(axes, keep=("bottom", "left"))
        headline(figure, title, about)
        return figure


def risk_by_year(years: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Expected loss by year, without and with the plan: two lines and what lies between them."""
    without, with_plan = (years[name].to_numpy(dtype=float) / MILLION for name in ("risk_without_vnd", "risk_with_vnd"))
    saved = round(float((without - with_plan).sum()) * MILLION)
    title = say("figures.risk_by_year.title", saved=saved, years=len(years))
    if years.empty:
        return empty(say, title, about)
    with drawing():
        figure = canvas(7.2, 2.7)
        axes = figure.subplots()
        at = np.arange(len(years))
        axes.fill_between(at, with_plan, without, color="#EFEFEF")
        axes.plot(at, without, color=GREY, linewidth=2, linestyle="--", marker="o", markersize=4)
        axes.plot(at, with_plan, color=SECOND, linewidth=2.2, marker="o", markersize=4)
        for values, key, colour in ((without, "without", DARK), (with_plan, "with", SECOND)):
            axes.text(
                at[-1] + 0.06 * max(len(years) - 1, 1) * 0.4,
                values[-1],
                say(f"figures.risk_by_year.{key}"),
                color=colour,
                va="center",
            )
            for x, value in zip(at, values, strict=True):
                side = 1 if key == "without" else -1
                axes.annotate(
                    say("figures.number", n=round(value)), (x, value), xytext=(0, 6 * side), textcoords="offset points",
                    ha="center", va="bottom" if side > 0 else "top", fontsize=8, color=colour,
                )  # fmt: skip
        axes.set_xticks(at, [str(int(year)) for year in years["year"]])
        axes.set_ylim(0, max(float(without.max()), 0.1) * 1.2)
        axes.set_xlim(-0.3, len(years) - 1 + 0.35 * max(len(years) - 1, 1))
        axes.set_ylabel(say("figures.million_a_year"))
        axes.yaxis.set_major_formatter(lambda value, _: say("figures.number", n=round(value)))
        bare(axes, keep=("bottom", "left"))
        headline(figure, title, about)
        return figure


def plan_by_office(items: pd.DataFrame, offices: pd.DataFrame, years: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Money by office and year: a grid whose squares have the area of the money, with the sum in millions beside."""
    chosen = items[items["year"].notna()]
    table = chosen.pivot_table(index="office", columns="year", values="cost_vnd", aggfunc="sum", fill_value=0)
    if table.empty:
        return empty(say, say("figures.plan_by_office.none"), about)
    table = table.reindex(columns=years["year"].astype(int), fill_value=0).astype(float) / MILLION
    table = table.loc[table.sum(axis=1).sort_values(kind="stable").index]
    places = office_names(offices, say)
    largest = table.index[-1]
    title = say(
        "figures.plan_by_office.title",
        offices=len(table), largest=places.get(largest, largest), share=table.loc[largest].sum() / table.to_numpy().sum(),
    )  # fmt: skip
    with drawing():
        figure = canvas(7.2, 0.7 + 0.27 * len(table))
        axes = figure.subplots()
        biggest = table.to_numpy().max()
        rows, columns = table.to_numpy().nonzero()
        money = table.to_numpy()[rows, columns]
        axes.scatter(columns - 0.22, rows, s=150 * money / biggest, color=GREY, marker="s", linewidths=0)
        for y, x, value in zip(rows.tolist(), columns.tolist(), money.tolist(), strict=True):
            axes.text(x, y, say("figures.number", n=round(value)), va="center", fontsize=8)
        for y, value in enumerate(table.sum(axis=1).tolist()):
            axes.text(len(years) - 0.2, y, say("figures.number", n=round(value)), va="center", fontsize=8, fontweight="bold")
        axes.text(
            len(years) - 0.2, len(table) - 0.1, say("figures.total"), fontsize=8, fontweight="bold", color=QUIET, va="bottom"
        )
        axes.set_yticks(range(len(table)), [shorten(places.get(o, o), 34) for o in table.index], fontsize=8)
        axes.set_xticks(range(len(years)), [str(int(year)) for year in years["year"]])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_xlim(-0.5, len(years) + 0.3)
        axes.set_ylim(-0.6, len(table) - 0.2)
        axes.hlines(range(len(table)), -0.5, len(years) - 0.35, color="#F0F0F0", linewidth=0.8, zorder=0)
        axes.set_xlabel(say("figures.million"), fontsize=8)
        bare(axes)
        headline(figure, title, about)
        return figure


def plan_curve(points: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Expected loss that is left against the budget, both of all years. `points`: `replacement.listed.CURVE`, the plan is 1.0."""
    at = points.set_index("share")["residual_vnd"]
    title = say("figures.plan_curve.title", less=round(at[1.0] - at[1.1]), more=round(at[0.9] - at[1.0]))
    shown = points[points["share"] <= 2.0]
    money, left = (shown[name].to_numpy(dtype=float) / MILLION for name in ("budget_vnd", "residual_vnd"))
    if not money.max() > 0:
        return empty(say, title, about)
    with drawing():
        figure = canvas(7.2, 3.0)
        axes = figure.subplots()
        axes.plot(money, left, color=SECOND, linewidth=2.2)
        for share, key, colour, side in ((0.0, "nothing", DARK, 8), (1.0, "now", ACCENT, 8)):
            row = points[points["share"] == share].iloc[0]
            x, y = row["budget_vnd"] / MILLION, row["residual_vnd"] / MILLION
            axes.plot([x], [y], marker="o", markersize=6, color=colour)
            axes.annotate(
                f"{say(f'figures.plan_curve.{key}')}: {say('figures.number', n=round(y))}", (x, y), xytext=(side, side),
                textcoords="offset points", color=colour, fontsize=8.5,
            )  # fmt: skip
        axes.set_ylim(0, max(float(left.max()), 1.0) * 1.12)
        axes.set_xlim(0, float(money.max()) * 1.02)
        axes.set_xlabel(say("figures.plan_curve.axis_money"))
        axes.set_ylabel(say("figures.plan_curve.axis_loss"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: say("figures.number", n=round(value)))
        bare(axes, keep=("bottom", "left"))
        headline(figure, title, about)
        return figure
