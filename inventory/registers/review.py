"""What a person should look at after a matching, and both sides of it side by side. Frames in, frames out; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from inventory.frames.reading import records

#: A match that is surer than this needs nobody's eyes.
SURE = 0.9
#: Fields of both sides, in the order in which a person compares: name, column of `assets`, columns of `devices` and `endpoints`.
_COMPARED = (
    ("name", "name", None),
    ("kind", "kind", "kind"),
    ("vendor", "vendor", "vendor"),
    ("model", "model", "model"),
    ("serial", "serial", "serial"),
    ("mac", "mac", "mac"),
    ("host_name", "host_name", "sys_name"),
    ("office", "office", "office"),
    ("place", "place", "sys_location"),
    ("user", "user", None),
    ("address", None, "address"),
    ("acquired", "acquired_from", "manufactured"),
    ("first_seen", None, "first_seen"),
    ("last_seen", None, "last_confirmed"),
    ("state", "state", "state"),
    ("quantity", "quantity", None),
    ("note", "note", None),
    ("register", "register", None),
    ("file", "file", None),
    ("row", "row", None),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One unit of a line, and what it may be on the network."""

    asset: str  # A00042
    unit: int
    quantity: int
    thing: str  # D00042, or the MAC of a station
    confidence: float
    reason: str  # packed by inventory.sentences
    others: tuple[str, ...]  # further devices, likeliest first
    alike: int = 1  # so many would do as well

    @property
    def name(self) -> str:
        """As `kiemke decide` calls it: A00042, A00042/2."""
        return self.asset if self.quantity == 1 else f"{self.asset}/{self.unit}"


def questions(matches: pd.DataFrame, assets: pd.DataFrame) -> list[Question]:
    """Matches that a person should look at: those that are not sure and lines that may be something, the likeliest first;
    then those that are one of several alike, which only a look at the label decides."""
    open_now = matches[matches["asset"].notna() & ~matches["decided"].fillna(False)]
    quantity = dict(zip(assets["asset"], assets["quantity"], strict=True))
    found = []
    for row in records(open_now):
        others = tuple((row["others"] or "").split(", ")) if row["others"] else ()
        thing = row["device"] or row["mac"]
        if thing is None and others:
            thing, others = others[0], others[1:]
        if thing is None or (row["bucket"] == "matched" and row["confidence"] >= SURE and row["alike"] == 1):
            continue
        # Of a line that was not matched the confidence is that of its bucket: what is left speaks for the candidate.
        confidence = row["confidence"] if row["bucket"] == "matched" else 1 - row["confidence"]
        pieces = quantity.get(row["asset"], 1)
        found.append(
            Question(row["asset"], row["unit"], pieces, thing, confidence, row["reason"] or "", others, row["alike"] or 1)
        )
    return sorted(found, key=lambda one: (one.alike > 1, -one.confidence, one.asset, one.unit))


def side_by_side(question: Question, things: Sequence[str], assets: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """Rows `field`, columns `line` and one a thing: what the books and the network say; fields that nobody tells left out.

    `network`: of `on_the_network`.
    """
    line = assets[assets["asset"] == question.asset]
    columns: dict[str, list[object]] = {"line": [_value(line, of) for _, of, _ in _COMPARED]}
    for thing in things:
        there = network[network["thing"] == thing]
        columns[thing] = [_value(there, of) for _, _, of in _COMPARED]
    rows = pd.DataFrame(columns, index=pd.Index([name for name, *_ in _COMPARED], name="field"), dtype=object)
    return rows.dropna(how="all")


def on_the_network(devices: pd.DataFrame, endpoints: pd.DataFrame) -> pd.DataFrame:
    """`thing` (D00042, or the MAC of a station that is no device) and the columns of `devices`."""
    stations = endpoints[endpoints["device"].isna()].rename(columns={"last_seen": "last_confirmed"})
    stations = stations.assign(thing=stations["mac"])
    known = devices.assign(thing=devices["device"])
    shared = [column for column in known.columns if column in stations.columns]
    return pd.concat([known, stations[shared]], ignore_index=True)


def candidates(question: Question, matches: pd.DataFrame, network: pd.DataFrame) -> list[str]:
    """What else the line may be: what the matching named, then what is on no books, of the same office first."""
    office = matches.loc[matches["asset"] == question.asset, "office"]
    free = matches[matches["bucket"] == "not_on_books"]
    here = free["office"].isin(office)
    ordered = [one for rows in (free[here], free[~here]) for one in rows["device"].fillna(rows["mac"]).dropna()]
    named = [one for one in question.others if one in set(network["thing"])]
    return [one for one in dict.fromkeys([*named, *ordered]) if one != question.thing]


def _value(rows: pd.DataFrame, column: str | None) -> object:
    if column is None or rows.empty or column not in rows or pd.isna(rows[column].iloc[0]):
        return None
    found: object = rows[column].iloc[0]
    return found
