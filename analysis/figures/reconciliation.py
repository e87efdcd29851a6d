"""The books against the network, office by office."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.style import ACCENT, DARK, GREY, LIGHT, Say, bare, canvas, drawing, empty, headline
from analysis.labels import office_names, shorten


def books_by_office(table: pd.DataFrame, offices: pd.DataFrame, say: Say, about: str = "") -> Figure:
    """Three panels side by side, a row an office: pieces that can be judged (found, not seen), the money on what was not seen,
    and what is on no books. `table`: `reconciliation.by_office`; `offices`: the inventory's."""
    judged = table["matched"] + table["not_seen"]
    rows = table[(judged > 0) | (table["devices"] + table["stations"] > 0)].iloc[::-1]
    title = say(
        "figures.books.title",
        unseen=int(table["not_seen"].sum()),
        judged=int(judged.sum()),
        money=int(table["not_seen_vnd"].sum()),
        devices=int(table["devices"].sum()),
    )
    if rows.empty:
        return empty(say, title, about)
    names = office_names(offices, say)
    with drawing():
        figure = canvas(7.2, 1.0 + 0.2 * len(rows))
        pieces, money, off = figure.subplots(1, 3, sharey=True, width_ratios=(2.2, 1.5, 1.5))
        y = range(len(rows))
        _stack(pieces, rows, (("matched", GREY), ("not_seen", ACCENT)), say)
        million = rows["not_seen_vnd"].fillna(0).astype(float) / 1e6
        money.barh(y, million, height=0.7, color=ACCENT)
        for at, value in zip(y, million, strict=True):
            if value:
                money.text(value + million.max() * 0.03, at, say("figures.number", n=round(value)), va="center", fontsize=7.5)
        money.set_xlim(0, (million.max() or 1) * 1.3)
        money.set_title(say("figures.books.money"), fontsize=8.5, loc="left", color=DARK)
        _stack(off, rows, (("devices", ACCENT), ("stations", LIGHT)), say)
        pieces.set_yticks(y, [shorten(_name(code, names, say), 30) for code in rows["office"]], fontsize=8)
        pieces.set_ylim(-0.6, len(rows) - 0.4)
        pieces.set_title(say("figures.books.pieces"), fontsize=8.5, loc="left", color=DARK)
        off.set_title(say("figures.books.off"), fontsize=8.5, loc="left", color=DARK)
        for axes in (pieces, money, off):
            axes.tick_params(axis="x", labelsize=7.5)
            axes.locator_params(axis="x", nbins=4, integer=True)
            bare(axes, keep=("bottom",))
        headline(figure, title, about)
        return figure


def _stack(axes: Axes, rows: pd.DataFrame, parts: tuple[tuple[str, str], ...], say: Say) -> None:
    """Bars of two parts, each part's number in or beside it, the key below the axis."""
    left = pd.Series(0.0, index=rows.index)
    for name, colour in parts:
        values = rows[name].astype(float)
        axes.barh(range(len(rows)), values, left=left, height=0.7, color=colour, label=say(f"figures.books.{name}"))
        left = left + values
    most = float(left.max() or 1)
    for at, (whole, last) in enumerate(
        zip(left, rows[parts[1][0]] if parts[0][0] == "matched" else rows[parts[0][0]], strict=True)
    ):
        if last:
            axes.text(whole + most * 0.03, at, say("figures.number", n=int(last)), va="center", fontsize=7.5, color=ACCENT)
    axes.set_xlim(0, most * 1.18)
    axes.legend(
        loc="upper left", bbox_to_anchor=(-0.04, -0.035), frameon=False, fontsize=7.5, ncols=2, handlelength=1, columnspacing=0.8,
        borderpad=1.4,
    )  # fmt: skip


def _name(office: object, names: dict[str, str], say: Say) -> str:
    return say("register.no_office") if pd.isna(office) else names.get(str(office), str(office))  # type: ignore[call-overload]
