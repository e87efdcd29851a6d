"""The books against the network, piece by piece, with the money on them; and what to correct in the books. Pure.

A line of a register may stand for several things: each is a piece, with its share of the line's money. Shares are whole dong that
add up to the line's. What nobody wrote is NA and never 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.tables import code, typed
from inventory.frames.columns import Column
from inventory.registers.recognised import NO_ASSETS
from inventory.sentences import Sentence, unpack

BUCKETS = ("matched", "not_seen", "not_assessable", "not_on_books")
#: Telephones and random addresses; a bare address without a device that answers; a device.
PRIVATE, STATION, DEVICE = "private", "station", "device"

#: What a matching says of a line that contradicts the books, and what of it is to be corrected.
_TOLD = {
    "match.serial_confused": "serial_slip",
    "match.serial_one_wrong": "serial_slip",
    "match.serial_neighbour": "serial_slip",
    "match.other_serial": "serial_other",
    "match.model_other": "model",
    "match.seen_although_scrapped": "state",
    "match.seen_although_broken": "state",
    "match.seen_although_stored": "state",
    "match.moved": "moved",
    "match.heir": "heir",
}
#: The order in which an accountant wants them: what changes a balance first.
CORRECTIONS = (
    "state",
    "moved",
    "office",
    "heir",
    "residual",
    "serial_other",
    "serial_slip",
    "model",
    "code_twice",
    "serial_missing",
    "no_price",
)

COLUMNS = (
    Column("what", "string", "what is to be corrected (`CORRECTIONS`)"),
    Column("office", "string", "office on the books"),
    Column("asset", "string", "the line"),
    Column("register", "string", "which books"),
    Column("file", "string", "file of the line"),
    Column("sheet", "string", "sheet"),
    Column("row", "Int64", "row"),
    Column("code", "string", "asset code"),
    Column("name", "string", "name as written"),
    Column("books", "string", "what the books say"),
    Column("network", "string", "what the network says, where it is about that"),
    Column("device", "string", "device"),
    Column("price_vnd", "Int64", "price of the line"),
)

_OF_LINES = (
    *("kind", "vendor", "model", "serial", "place", "user", "state", "note", "quantity"),
    *("acquired_from", "acquired_to", "in_use_from", "in_use_to"),
)


def pieces(matches: pd.DataFrame, assets: pd.DataFrame, devices: pd.DataFrame) -> pd.DataFrame:
    """The rows of `matches`, each with its line's columns and money (cost_vnd, residual_vnd: this piece's share), the year of use
    (year), `first`: the key of its first reason, and `what` of things on no books: device, station, private."""
    money = assets.assign(price=assets["price_vnd"].fillna(assets["unit_price_vnd"] * assets["quantity"]))
    lines = money[["asset", "price", "residual_value_vnd", *_OF_LINES]]
    rows = matches.merge(lines, on="asset", how="left")
    told = devices[["device", "kind", "vendor", "model", "serial", "first_seen", "state"]]
    rows = rows.merge(told.add_suffix("_seen").rename(columns={"device_seen": "device"}), on="device", how="left")
    for column, of in (("cost_vnd", "price"), ("residual_vnd", "residual_value_vnd")):
        shares = [_share(*one) for one in zip(rows[of], rows["unit"], rows["quantity"], strict=True)]
        rows[column] = pd.Series(shares, index=rows.index, dtype="Int64")
    begun = rows["in_use_from"].fillna(rows["acquired_from"])
    rows["year"] = begun.dt.year.astype("Int64")
    keys = [[sentence.key for sentence in unpack(code(reason))] for reason in rows["reason"]]
    rows["first"] = pd.Series([found[0] if found else None for found in keys], index=rows.index, dtype="string")
    unknown = [_what(bucket, device, found) for bucket, device, found in zip(rows["bucket"], rows["device"], keys, strict=True)]
    rows["what"] = pd.Series(unknown, index=rows.index, dtype="string")
    return rows.drop(columns=["price", "residual_value_vnd"])


def _share(amount: Any, unit: Any, quantity: Any) -> int | None:
    """Of an amount for so many things, that of one of them: whole dong that add up."""
    if pd.isna(amount) or pd.isna(unit) or pd.isna(quantity) or not quantity:
        return None
    whole, one, all_ = int(amount), int(unit), int(quantity)
    return whole * one // all_ - whole * (one - 1) // all_


def _what(bucket: object, device: object, keys: list[str]) -> str | None:
    if bucket != "not_on_books":
        return None
    return PRIVATE if "match.private" in keys else DEVICE if code(device) else STATION


def on_books(rows: pd.DataFrame) -> pd.DataFrame:
    """Pieces that stand on the books."""
    return rows[rows["asset"].notna()]


def by_bucket(rows: pd.DataFrame) -> pd.DataFrame:
    """bucket, pieces, priced (how many have a price), cost_vnd, residual_vnd of what stands on the books."""
    books = on_books(rows)
    found = []
    for bucket in BUCKETS[:3]:
        some = books[books["bucket"] == bucket]
        sums = {name: int(some[name].sum()) for name in ("cost_vnd", "residual_vnd")}
        found.append({"bucket": bucket, "pieces": len(some), "priced": int(some["cost_vnd"].notna().sum())} | sums)
    frame = pd.DataFrame(found)
    return frame.astype(dict.fromkeys(frame.columns.drop("bucket"), "Int64") | {"bucket": "string"})


def by_office(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an office, the most money not seen first: office, pieces, matched, not_seen, not_assessable, cost_vnd, residual_vnd
    (of all pieces on its books), not_seen_vnd, not_seen_residual_vnd, devices, stations, private (on no books). Sums of money are
    NA where no piece has a price.
    """
    books = on_books(rows)
    off = rows[rows["bucket"] == "not_on_books"]
    named = pd.Index(sorted({code(office) for office in pd.concat([books["office"], off["office"]])}), name="office")
    of_books, of_off = books["office"].fillna(""), off["office"].fillna("")
    table = pd.DataFrame(index=named)
    table["pieces"] = of_books.value_counts()
    for bucket in BUCKETS[:3]:
        table[bucket] = of_books[books["bucket"] == bucket].value_counts()
    unseen = books["bucket"] == "not_seen"
    for column, chosen, money in (
        ("cost_vnd", books, "cost_vnd"),
        ("residual_vnd", books, "residual_vnd"),
        ("not_seen_vnd", books[unseen], "cost_vnd"),
        ("not_seen_residual_vnd", books[unseen], "residual_vnd"),
    ):
        table[column] = chosen.groupby(chosen["office"].fillna(""))[money].sum(min_count=1)
    for column, what in (("devices", DEVICE), ("stations", STATION), ("private", PRIVATE)):
        table[column] = of_off[off["what"] == what].value_counts()
    counted = table.columns[~table.columns.str.endswith("_vnd")]
    table = table.fillna(dict.fromkeys(counted, 0)).astype("Int64").reset_index()
    table["office"] = table["office"].replace("", pd.NA).astype("string")
    return table.sort_values(["not_seen_vnd", "not_seen", "pieces"], ascending=False, kind="stable", ignore_index=True)


def why_not(rows: pd.DataFrame) -> pd.DataFrame:
    """Why pieces cannot be judged: first (key of the reason), pieces, cost_vnd, residual_vnd, the most first."""
    some = on_books(rows)
    some = some[some["bucket"] == "not_assessable"]
    table = some.groupby("first", sort=True).agg(
        pieces=("asset", "size"), cost_vnd=("cost_vnd", "sum"), residual_vnd=("residual_vnd", "sum")
    )
    table = table.reset_index().astype({"pieces": "Int64", "cost_vnd": "Int64", "residual_vnd": "Int64"})
    return table.sort_values(["pieces", "first"], ascending=[False, True], kind="stable", ignore_index=True)


def doubtful(rows: pd.DataFrame, sure_from: float) -> pd.DataFrame:
    """Matched pieces that nobody decided and that are less sure than that, the least sure first."""
    some = rows[(rows["bucket"] == "matched") & ~rows["decided"].fillna(False).astype(bool) & (rows["confidence"] < sure_from)]
    return some.sort_values(["confidence", "asset", "unit"], kind="stable", ignore_index=True)


def corrections(rows: pd.DataFrame, assets: pd.DataFrame, sure_from: float) -> pd.DataFrame:
    """What to correct in the books, one row a line and a thing to correct. Columns: `COLUMNS`. Only matches that a person decided
    or that are at least so sure count: a doubtful match proves nothing about the books."""
    sure = rows["decided"].fillna(False).astype(bool) | (rows["confidence"] >= sure_from)
    found = [*_of_matches(rows[(rows["bucket"] == "matched") & sure]), *_of_lines(assets)]
    order = {what: place for place, what in enumerate(CORRECTIONS)}
    priced = assets.assign(price_vnd=assets["price_vnd"].fillna(assets["unit_price_vnd"] * assets["quantity"]))
    table = typed(found, COLUMNS).drop(columns=["price_vnd"]).merge(priced[["asset", "price_vnd"]], on="asset", how="left")
    table = table.drop_duplicates(["what", "asset", "books", "network"]).assign(_order=table["what"].map(order))
    table = table.sort_values(["_order", "office", "file", "sheet", "row"], kind="stable", ignore_index=True)
    return table.drop(columns="_order")


def _of_matches(rows: pd.DataFrame) -> Iterator[dict[str, object]]:
    """What a match shows to be wrong in its line."""
    for row in rows.to_dict("records"):
        line = {name: row[name] for name in ("office", "asset", "register", "file", "sheet", "row", "code", "name", "device")}
        said = {_TOLD[one.key]: one for one in unpack(code(row["reason"])) if one.key in _TOLD}
        elsewhere = code(row["device_office"]) and code(row["office"]) and row["device_office"] != row["office"]
        if elsewhere and not said.keys() & {"moved", "heir"}:
            yield line | {"what": "office", "books": row["office"], "network": row["device_office"]}
        for what, sentence in said.items():
            yield line | {"what": what} | _sides(what, sentence, row)
        alone = pd.isna(row["alike"]) or row["alike"] <= 1
        if alone and not code(row["serial"]) and code(row["serial_seen"]) and row["quantity"] == 1:
            yield line | {"what": "serial_missing", "network": row["serial_seen"]}


def _sides(what: str, sentence: Sentence, row: Mapping[Hashable, Any]) -> dict[str, object]:
    """(books, network) of one correction."""
    match what:
        case "serial_slip" | "serial_other":
            return {"books": code(row["serial"]) or sentence.values.get("value"), "network": code(row["serial_seen"]) or None}
        case "model":
            return {"books": row["model"], "network": row["model_seen"]}
        case "state":
            return {"books": row["state"], "network": row["device_office"]}
    return {"books": row["office"], "network": row["device_office"]}


def _of_lines(assets: pd.DataFrame) -> Iterator[dict[str, object]]:
    """What the lines themselves show: a code given twice, more left than was paid, no price."""
    price = assets["price_vnd"].fillna(assets["unit_price_vnd"] * assets["quantity"])
    coded = assets[assets["code"].notna()]
    twice = coded[coded.duplicated(["register", "code"], keep=False)]
    for what, rows, column in (
        ("code_twice", twice, "code"),
        ("residual", assets[(assets["residual_value_vnd"] > price).fillna(False)], "residual_value_vnd"),
        ("no_price", assets[price.isna()], None),
    ):
        for row in rows.to_dict("records"):
            line = {name: row[name] for name in ("office", "asset", "register", "file", "sheet", "row", "code", "name")}
            yield line | {"what": what, "books": str(row[column]) if column else None}


def left_out(rejected: pd.DataFrame) -> pd.DataFrame:
    """Rows and values of the files that were not taken and may matter: neither totals, groups, details nor repeated rows."""
    kept = [NO_ASSETS.isdisjoint(sentence.key for sentence in unpack(code(reason))) for reason in rejected["reason"]]
    return rejected[pd.Series(kept, index=rejected.index, dtype=bool)].reset_index(drop=True)
