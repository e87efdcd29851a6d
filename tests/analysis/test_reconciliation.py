"""The books against the network: money that adds up, and only those corrections that sure matches prove."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import reconciliation
from analysis.tables import typed
from inventory.frames.columns import FRAMES
from inventory.sentences import pack, together

SURE = 0.9


def _matches(*rows: dict[str, object]) -> pd.DataFrame:
    return typed(({"unit": 1, "decided": False, "confidence": 0.95, "alike": 1} | row for row in rows), FRAMES["matches"])


def _assets(*rows: dict[str, object]) -> pd.DataFrame:
    return typed(({"quantity": 1, "name": "Máy in", "office": "a"} | row for row in rows), FRAMES["assets"])


def _devices(*rows: dict[str, object]) -> pd.DataFrame:
    return typed(rows, FRAMES["devices"])


@settings(deadline=None, max_examples=40)
@given(price=st.integers(0, 10**12), residual=st.integers(0, 10**12), quantity=st.integers(1, 40))
def test_shares_of_a_line_add_up_to_the_line(price, residual, quantity):
    units = [{"asset": "A1", "unit": unit, "bucket": "matched", "office": "a"} for unit in range(1, quantity + 1)]
    line = {"asset": "A1", "price_vnd": price, "residual_value_vnd": residual, "quantity": quantity}
    pieces = reconciliation.pieces(_matches(*units), _assets(line), _devices())
    assert pieces["cost_vnd"].sum() == price
    assert pieces["residual_vnd"].sum() == residual
    assert pieces["cost_vnd"].max() - pieces["cost_vnd"].min() <= 1


def test_money_that_nobody_wrote_is_unknown_and_counted_as_such():
    matches = _matches({"asset": "A1", "bucket": "not_seen", "office": "a"}, {"asset": "A2", "bucket": "not_seen", "office": "b"})
    assets = _assets({"asset": "A1", "unit_price_vnd": 5_000_000}, {"asset": "A2", "office": "b"})
    pieces = reconciliation.pieces(matches, assets, _devices())
    buckets = reconciliation.by_bucket(pieces).set_index("bucket")
    assert buckets.loc["not_seen", ["pieces", "priced", "cost_vnd"]].tolist() == [2, 1, 5_000_000]
    offices = reconciliation.by_office(pieces).set_index("office")
    assert offices.loc["a", "not_seen_vnd"] == 5_000_000
    assert pd.isna(offices.loc["b", "not_seen_vnd"])
    assert offices.loc["b", "not_seen"] == 1


def test_things_on_no_books_are_devices_stations_or_somebodys_own():
    matches = _matches(
        {"bucket": "not_on_books", "office": "a", "device": "D1", "reason": pack("match.no_line")},
        {"bucket": "not_on_books", "office": "a", "mac": "00:11:22:33:44:55", "reason": pack("match.no_line")},
        {"bucket": "not_on_books", "mac": "02:11", "reason": together([pack("match.no_line"), pack("match.private")])},
    )
    pieces = reconciliation.pieces(matches, _assets(), _devices({"device": "D1", "kind": "switch"}))
    table = reconciliation.by_office(pieces)
    assert table[["devices", "stations", "private"]].sum().tolist() == [1, 1, 1]
    assert table["office"].isna().sum() == 1
    assert reconciliation.on_books(pieces).empty


def test_only_sure_matches_tell_what_to_correct():
    devices = _devices(
        {"device": "D1", "serial": "CN0O1"}, {"device": "D2", "serial": "X9", "model": "M2"}, {"device": "D3", "serial": "Z1"}
    )
    slip = pack("match.serial_confused", value="CNOO1")
    matches = _matches(
        {"asset": "A1", "bucket": "matched", "office": "a", "device": "D1", "device_office": "b", "reason": slip},
        {"asset": "A2", "bucket": "matched", "office": "a", "device": "D2", "device_office": "a", "confidence": 0.6},
        {
            "asset": "A3", "bucket": "matched", "office": "a", "device": "D3", "device_office": "a", "confidence": 0.4,
            "decided": True, "reason": pack("match.seen_although_scrapped"),
        },
    )  # fmt: skip
    assets = _assets(
        {"asset": "A1", "serial": "CNOO1", "price_vnd": 10, "residual_value_vnd": 12},
        {"asset": "A2", "price_vnd": 10, "code": "T1", "register": "r"},
        {"asset": "A3", "state": "scrapped", "code": "T1", "register": "r"},
    )
    pieces = reconciliation.pieces(matches, assets, devices)
    found = reconciliation.corrections(pieces, assets, SURE)
    told = set(zip(found["what"], found["asset"], strict=True))
    assert told == {
        ("state", "A3"), ("office", "A1"), ("serial_slip", "A1"), ("residual", "A1"), ("serial_missing", "A3"),
        ("code_twice", "A2"), ("code_twice", "A3"), ("no_price", "A3"),
    }  # fmt: skip
    assert list(found["what"].map(reconciliation.CORRECTIONS.index)) == sorted(
        found["what"].map(reconciliation.CORRECTIONS.index)
    )
    assert found.set_index("what").loc["office", ["books", "network"]].tolist() == ["a", "b"]
    assert "A2" in set(reconciliation.doubtful(pieces, SURE)["asset"])


def test_a_merged_office_is_one_correction_and_not_two():
    heir = pack("match.heir", office="b", old="a")
    matches = _matches({"asset": "A1", "bucket": "matched", "office": "a", "device_office": "b", "reason": heir})
    assets = _assets({"asset": "A1", "price_vnd": 1})
    pieces = reconciliation.pieces(matches, assets, _devices())
    assert reconciliation.corrections(pieces, assets, SURE)["what"].tolist() == ["heir"]


def test_totals_and_groups_are_not_what_was_left_out():
    rejected = typed(
        [{"cell": f"A{n}", "reason": pack(f"detail.register_{what}")} for n, what in enumerate(("total_row", "no_name"))],
        FRAMES["rejected"],
    )
    assert reconciliation.left_out(rejected)["cell"].tolist() == ["A1"]


def test_without_registers_every_table_is_there_and_empty():
    pieces = reconciliation.pieces(_matches(), _assets(), _devices())
    assert reconciliation.by_office(pieces).empty
    assert reconciliation.by_bucket(pieces)["pieces"].sum() == 0
    assert reconciliation.why_not(pieces).empty
    assert reconciliation.corrections(pieces, _assets(), SURE).empty
    assert reconciliation.left_out(typed([], FRAMES["rejected"])).empty
