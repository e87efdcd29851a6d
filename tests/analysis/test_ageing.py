from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import ageing
from analysis.ageing.belief import Belief, month_edges
from analysis.tables import typed
from inventory import serial_dates as serials
from inventory.frames.columns import FRAMES
from inventory.serial_dates import made, month_number

TODAY = date(2026, 11, 22)


def months(vendor: str, kind: str, serial: str) -> list[tuple[int, int]]:
    return [(i.first, i.last) for i in made(vendor, kind, serial, TODAY)]


@pytest.mark.parametrize(
    ("vendor", "kind", "serial", "year", "month"),
    [
        ("Cisco", "switch", "FOC1532Y1AB", 2011, 8),  # 1996 + 15, week 32
        ("cisco", "router", "fcz 2145 a0b1", 2017, 11),
        ("APC", "ups", "AS1815123456", 2018, 4),
        ("Huawei", "switch", "210235A1YNH6F4000123"[:10] + "10" + "F4" + "000123", 2015, 4),
        ("HPE", "server", "CZJ1450ABC", 2014, 12),
        ("HP", "server", "CZJ2250ABC", 2022, 12),
    ],
)
def test_serials_that_tell_a_month_include_it(vendor, kind, serial, year, month):
    wanted = 12 * year + month - 1
    assert any(first <= wanted <= last for first, last in months(vendor, kind, serial)), months(vendor, kind, serial)


def test_the_huawei_year_letters_skip_those_that_look_like_digits():
    bar_code = "21" + "02350ABC" + "10" + "{}1" + "000123"
    years = {letter: months("Huawei", "switch", bar_code.format(letter)) for letter in "9AHJNPS"}
    assert [12 * y for y in (2009, 2010, 2017, 2018, 2022, 2023, 2026)] == [i[0][0] for i in years.values()]
    assert months("Huawei", "switch", bar_code.format("I")) == []
    assert months("Huawei", "switch", bar_code.format("T")) == []  # 2027 has not come


def test_one_digit_of_a_year_leaves_every_decade_open():
    found = months("HP", "pc", "CZC5230ABC")
    assert [first // 12 for first, _ in found] == [2005, 2015, 2025]


@pytest.mark.parametrize("vendor", ["MikroTik", "Ubiquiti", "Juniper", "Dell", "H3C", "Epson", "Fortinet", ""])
def test_vendors_whose_layout_is_not_known_say_nothing(vendor):
    assert months(vendor, "switch", "FOC1532Y1AB") == []


@pytest.mark.parametrize("serial", ["To be filled by O.E.M.", "", "0000000000", "FOC1599Y1AB", "N/A", "FOC3132Y1AB"])
def test_junk_serials_say_nothing(serial):
    assert months("Cisco", "switch", serial) == []


@given(
    st.sampled_from(["Cisco", "APC", "Huawei", "HP", "HPE", "Brother"]),
    st.sampled_from(["pc", "server", "switch", "printer", "ups"]),
    st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ٣é ", min_size=8, max_size=21),
)
def test_no_serial_raises_or_answers_outside_time(vendor, kind, serial):
    for first, last in months(vendor, kind, serial):
        assert 12 * serials.EARLIEST_YEAR <= first <= last <= month_number(TODAY)


def age(device: dict) -> dict:
    frame = typed([device], FRAMES["devices"])
    return ageing.ages(frame, TODAY).to_dict("records")[0]


def test_a_dated_serial_gives_a_narrow_interval_around_the_date(make_device):
    found = age(make_device(1, serial="FOC1532Y1AB"))
    assert found["years_low"] <= 15.3 <= found["years_high"]
    assert found["years_high"] - found["years_low"] < 1
    assert found["grade"] == "A"
    assert found["past_life"] > 0.95
    assert found["basis"] == "serial,first_seen"


def test_without_evidence_the_age_stays_unknown(make_device):
    found = age(make_device(1, vendor="NoName", serial=None))
    assert pd.isna(found["years"])
    assert pd.isna(found["past_life"])
    assert found["years_high"] - found["years_low"] > 5
    assert found["grade"] == "D"


def test_an_installation_long_ago_proves_the_useful_life_is_over_without_telling_the_age(make_device):
    found = age(make_device(1, kind="pc", vendor="Dell", installed="2014-05-01"))
    assert pd.isna(found["years"])
    assert found["years_low"] > 12
    assert found["past_life"] > 0.95


def test_an_ambiguous_decade_is_settled_by_another_source(make_device):
    alone = age(make_device(1, kind="pc", vendor="HP", serial="CZC5230ABC", first_seen="2026-11-01"))
    assert alone["years_high"] - alone["years_low"] > 5
    told = age(make_device(1, kind="pc", vendor="HP", serial="CZC5230ABC", manufactured="2015-08-01"))
    assert 10.5 < told["years_low"] <= told["years"] <= told["years_high"] < 12


def test_sources_that_exclude_each_other_are_listed_and_cost_a_grade(make_device):
    clean = age(make_device(1, serial="FOC1532Y1AB", manufactured="2011-08-01"))
    assert clean["contradiction"] == ""
    found = age(make_device(1, serial="FOC1532Y1AB", manufactured="2021-08-01"))
    assert found["contradiction"] == "serial|told"
    assert found["grade"] > clean["grade"]


def test_first_seen_before_the_serials_date_is_a_contradiction(make_device):
    found = age(make_device(1, serial="FOC2832Y1AB", first_seen="2020-01-01"))
    assert found["contradiction"] == "first_seen|serial"


def test_dates_in_the_future_are_ignored(make_device):
    found = age(make_device(1, vendor="NoName", manufactured="2080-01-01", installed="2099-01-01"))
    assert found["basis"] == "first_seen"


@settings(deadline=None)
@given(
    made_on=st.dates(date(2000, 1, 1), TODAY),
    installed=st.none() | st.dates(date(1980, 1, 1), date(2040, 1, 1)),
    seen=st.none() | st.dates(date(2000, 1, 1), TODAY),
    kind=st.sampled_from(["pc", "switch", "ups", "timing"]),
)
def test_any_evidence_gives_an_ordered_interval_inside_thirty_years(made_on, installed, seen, kind):
    found = age(
        {"device": "D1", "office": "X", "kind": kind, "manufactured": made_on, "installed": installed, "first_seen": seen}
    )
    assert 0 <= found["years_low"] <= found["years"] <= found["years_high"] <= 30
    assert found["made_low"] <= found["made_high"]


def test_an_empty_inventory_has_the_columns_of_a_full_one():
    empty = ageing.ages(typed([], FRAMES["devices"]), TODAY)
    assert list(empty.columns) == [c.name for c in ageing.COLUMNS]
    assert str(empty["years"].dtype) == "Float64"


@given(weights=st.lists(st.floats(0, 1), min_size=1, max_size=40).filter(lambda given: sum(given) > 0), share=st.floats(0, 1))
@example(weights=[1, 0, 1], share=0.5)  # between two months that may be
@example(weights=[0, 1], share=0)
@example(weights=[2.225073858507e-311, 0.5], share=2.225073858507e-311)
def test_a_belief_is_as_old_as_the_month_at_its_place(weights, share):
    belief = Belief(np.array(weights) / sum(weights), 0.5)
    month = belief.month_at(share)
    assert 0 <= month < len(weights)
    assert weights[month] > 0 or share > 1 - 1e-9
    edges = month_edges(0.5, len(weights)) / 12
    if 0 < share < 1 - 1e-9:
        assert edges[month] - 1e-9 <= belief.quantile(share) <= edges[month + 1] + 1e-9
    older = belief.older_than_each(edges)
    assert np.all(np.diff(older) <= 1e-12)
    assert [belief.older_than(years) for years in edges] == older.tolist()
