"""The books against the network in the reader's words: what `analysis.reconciliation` finds."""

from __future__ import annotations

import pandas as pd

from analysis import words
from reports.texts import Say, is_missing


def pieces(say: Say, rows: pd.DataFrame) -> pd.DataFrame:
    """Pieces of `analysis.reconciliation` with `which` (2/5 of a line of several), `thing_seen` (what the network shows), and a
    name for an office that nobody told (`office_name`); of the reasons the first alone (`because`)."""
    several = [
        f"{unit}/{quantity}" if not is_missing(quantity) and quantity > 1 else None
        for unit, quantity in zip(rows["unit"], rows["quantity"], strict=True)
    ]
    seen = rows[["kind_seen", "vendor_seen", "model_seen"]].rename(columns=lambda name: name.removesuffix("_seen"))
    things = words.with_things(seen, say)["thing"].where(rows["device"].notna(), rows["mac"])
    because = rows["reason"].map(lambda told: say.told(told.partition("\n")[0]), na_action="ignore").astype("string")
    return offices(say, rows).assign(
        which=pd.Series(several, index=rows.index, dtype="string"), thing_seen=things, because=because
    )


def offices(say: Say, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with a word where the books tell no office."""
    return rows.assign(office_name=rows["office_name"].fillna(say("register.no_office")))


#: Corrections whose two sides are offices, or the state on the books.
_OFFICES = ("office", "heir", "moved")


def corrections(say: Say, rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Corrections of `analysis.reconciliation` whose codes of offices and states are in words. `known`: the frame of offices."""
    names = words.with_offices(known, known, say)
    place = dict(zip(names["office"], names["office_name"], strict=True))

    def side(what: str, told: object, *, books: bool) -> str | None:
        if is_missing(told):
            return None
        if what in _OFFICES or (what == "state" and not books):
            return place.get(str(told), str(told))
        if what == "residual":
            return say.dong(int(str(told)), "dong")
        return say.word("asset_state", told) if what == "state" else str(told)

    sides = {
        column: [side(what, told, books=column == "books") for what, told in zip(rows["what"], rows[column], strict=True)]
        for column in ("books", "network")
    }
    told = {column: pd.Series(values, index=rows.index, dtype="string") for column, values in sides.items()}
    return offices(say, rows).assign(**told)
