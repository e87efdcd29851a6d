"""The frames of the registers: what stood in the books at any date, what it is on the network, what could not be taken."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from inventory import offices, sentences
from inventory.offices import Office, Offices
from inventory.registers.matches import remember
from inventory.registers.records import Bucket, Match, Rejected, State
from tests.inventory.conftest import DAY, START

OFFICES = Offices(
    {
        "district": Office("district", "Huyện", "District"),
        "A": Office("A", "Xã A", "Commune A", parent="district"),
        "B": Office("B", "Xã B", "Commune B", parent="district", successor="A"),
    }
)


def match(bucket=Bucket.MATCHED, confidence=0.9, **more):
    return Match(bucket, confidence, sentences.pack("match.serial", serial="X"), **more)


def test_a_bare_year_is_an_interval(keep, line, inventory):
    keep(line(6, acquired="2012", in_use="2012-02", warranty_to="2015"))
    row = inventory.assets().iloc[0]
    dates = [f"{row[name]:%Y-%m-%d}" for name in ("acquired_from", "acquired_to", "in_use_from", "in_use_to", "warranty_to")]
    assert dates == ["2012-01-01", "2012-12-31", "2012-02-01", "2012-02-29", "2015-12-31"]


def test_assets_as_of_a_date_are_what_the_books_said_then(keep, line, inventory):
    lines = [line(6, code="T1", state=State.IN_USE), line(7, "Máy in", code="T2")]
    keep(*lines)
    keep(replace(lines[0], state=State.BROKEN), at=START + 30 * DAY)
    then, now = inventory.assets(as_of=START + DAY), inventory.assets()
    assert list(then["state"].fillna("")) == ["in_use", ""]
    assert list(now["asset"]) == ["A00001"]
    assert now["state"][0] == "broken"
    assert now["first_imported"][0] == pd.Timestamp(START, unit="s", tz="UTC")
    assert now["last_imported"][0] == pd.Timestamp(START + 30 * DAY, unit="s", tz="UTC")
    assert inventory.assets(as_of=START - 1).empty


def test_an_office_stands_for_those_below_and_those_merged_into_it(engine, keep, line, inventory):
    offices.write(engine, OFFICES, START)
    keep(line(6, office="A"), line(7, office="B"), line(8, office=None, office_told="Phòng lạ"))
    found = {office: len(inventory.assets(office=office)) for office in ("district", "A", "B")}
    assert found == {"district": 2, "A": 2, "B": 1}
    assert list(inventory.assets()["office_told"].fillna("")) == ["", "", "Phòng lạ"]


def test_matches_name_the_line_and_where_the_device_was_seen(scan, observe, keep, line, inventory, engine):
    scan(0, observe("10.0.0.3", serial="CN1"), observe("10.0.0.4", office="B", serial="CN2"))
    keep(line(6, "Switch", code="T6", quantity=2), line(9, "Máy in"))
    run = remember(
        engine,
        [
            match(asset=1, unit=1, device=1, others=(2,)),
            match(Bucket.NOT_SEEN, asset=1, unit=2),
            match(Bucket.NOT_ASSESSABLE, asset=2, decided=True),
            match(Bucket.NOT_ON_BOOKS, device=2),
        ],
        START + DAY,
    )
    assert run.opened == 4
    rows = inventory.matches()
    shown = (
        rows[["row", "unit", "asset", "device", "device_office", "address", "bucket", "others", "office"]]
        .astype("string")
        .fillna("-")
    )
    assert [tuple(row) for row in shown.itertuples(index=False)] == [
        ("6", "1", "A00001", "D00001", "A", "10.0.0.3", "matched", "D00002", "A"),
        ("6", "2", "A00001", "-", "-", "-", "not_seen", "-", "A"),
        ("9", "1", "A00002", "-", "-", "-", "not_assessable", "-", "A"),
        ("-", "-", "-", "D00002", "B", "10.0.0.4", "not_on_books", "-", "B"),
    ]
    assert list(rows["decided"]) == [False, False, True, False]
    assert [sentence.key for sentence in sentences.unpack(rows["reason"][0])] == ["match.serial"]


def test_what_a_run_finds_again_is_not_written_again_and_the_past_stays(keep, line, inventory, engine):
    keep(line(6), line(7, "Máy in"))
    first = [match(Bucket.NOT_SEEN, 0.71234, asset=1), match(Bucket.NOT_SEEN, asset=2)]
    remember(engine, first, START + DAY)
    again = remember(engine, [replace(first[0], confidence=0.71236), first[1]], START + 2 * DAY)
    assert (again.opened, again.closed) == (0, 0)
    changed = remember(engine, [first[1], match(asset=1, mac="d8:cb:8a:00:00:01")], START + 3 * DAY)
    assert (changed.opened, changed.closed) == (1, 1)
    assert list(inventory.matches(as_of=START + 2 * DAY)["bucket"]) == ["not_seen", "not_seen"]
    assert list(inventory.matches()["bucket"]) == ["matched", "not_seen"]


def test_a_line_that_left_the_books_is_matched_no_more(keep, line, inventory, engine):
    keep(line(6, code="T1"), line(7, "Máy in", code="T2"))
    remember(engine, [match(Bucket.NOT_SEEN, asset=1), match(Bucket.NOT_SEEN, asset=2)], START + DAY)
    keep(line(6, code="T1"), at=START + 2 * DAY)
    assert list(inventory.matches()["asset"]) == ["A00001"]
    assert len(inventory.matches(as_of=START + DAY + 1)) == 2


@pytest.mark.parametrize("office", [None, "A"])
def test_what_the_last_import_could_not_take_is_listed(keep, line, inventory, engine, office):
    offices.write(engine, OFFICES, START)
    reason = sentences.pack("register.no_name")
    keep(line(6), rejected=(Rejected("a.xlsx", "S", "B9", reason, "??"), Rejected("a.xlsx", "S", "C9", reason, "x", False)))
    keep(line(6, office="B"), books="B")
    rows = inventory.rejected(office=office)
    assert list(rows["cell"]) == ["B9", "C9"]
    keep(line(6), at=START + DAY)
    assert inventory.rejected(office=office).empty
    assert len(inventory.rejected(office=office, as_of=START + 5)) == 2
