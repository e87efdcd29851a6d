"""When serial numbers say that something was made: every published example that could be found, and silence about the rest."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import KINDS
from inventory.serial_dates import EARLIEST_YEAR, made, month_number

TODAY = date(2026, 11, 22)

#: vendor, kind, serial, and the year and month that its source says it means. X of a source stands as a digit or letter here.
PUBLISHED = [
    # Cisco community, "Serial number breakdown": 24 is 2020, week 45 is early November
    ("Cisco", "switch", "JAE2445044T", 2020, 11),
    # synovis.de, "Cisco Seriennummer demystified", and github.com/pynetscript/cerial: July 2004
    ("Cisco", "switch", "SAD08300D4W", 2004, 7),
    # cablesandkits.com, "Cisco Manufacture Date Lookup": the table's ends, 01 is 1997, 20 is 2016
    ("Cisco", "router", "FOC0101X0AB", 1997, 1),
    ("Cisco", "router", "FOC2052X0AB", 2016, 12),
    # apc.com, "UPS Factory Warranty Information": XX1915XXXXX is week 15 of 2019
    ("APC", "ups", "AS191512345", 2019, 4),
    ("APC", "ups", "AS1915123456", 2019, 4),
    # HP, "How to decode a PSG HP Serial Number": 304 is week 4 of 2003, A14 is week 14 of 2010
    ("HP", "pc", "CZC304B123", 2003, 1),
    ("HP", "pc", "CZCA14B123", 2010, 4),
    # hp-ux-br.blogspot.com, "What's mean the Serial Number?": 238 is week 38 of 2002
    ("Hewlett-Packard", "pc", "DEH2381234", 2002, 9),
    # Brother HL-5240 service manual, "Serial no. descriptions": U52682 A 5 J 111101
    ("Brother", "printer", "U52682A5J111101", 2005, 1),
    # Brother MFC-J2330DW and MFC-J2310 service manuals, "Serial numbering system": 6 is 2016, 2 is 2012; M December, J September
    ("Brother", "printer", "E12345M6F123456", 2016, 12),
    ("Brother", "printer", "E12345J2F123456", 2012, 9),
    # xFusion (formerly Huawei) FusionServer X6000 and 1288H white papers, "Product SN": digits, A-H, J-N, P-Y; A-C are October on
    ("Huawei", "server", "21" + "02311ABC" + "10" + "91" + "000123", 2009, 1),
    ("Huawei", "server", "21" + "02311ABC" + "10" + "AA" + "000123", 2010, 10),
    ("Huawei", "switch", "21" + "02311ABC" + "10" + "HC" + "000123", 2017, 12),
    ("Huawei", "switch", "21" + "02311ABC" + "10" + "J1" + "000123", 2018, 1),
    ("xFusion", "server", "21" + "02311ABC" + "10" + "N9" + "000123", 2022, 9),
    ("Huawei", "switch", "21" + "02311ABC" + "10" + "P1" + "000123", 2023, 1),
]


@pytest.mark.parametrize(("vendor", "kind", "serial", "year", "month"), PUBLISHED)
def test_published_examples_mean_what_their_source_says(vendor, kind, serial, year, month):
    wanted = 12 * year + month - 1
    found = made(vendor, kind, serial, TODAY)
    assert [one for one in found if one.first <= wanted <= one.last], [(divmod(i.first, 12), divmod(i.last, 12)) for i in found]
    assert all(one.last - one.first <= 1 for one in found), "a month, or the two that a week lies in"


def test_a_layout_says_nothing_from_before_it_was_used():
    assert made("Cisco", "switch", "FOC0010X0AB", TODAY) == ()
    years = [one.first // 12 for one in made("HP", "pc", "CZC904B123", TODAY)]
    assert years == [2009, 2019], "1999 was before HP numbered so"


def test_ciscos_optical_line_counts_otherwise_and_is_not_read():
    """Cisco document 18280 (labels of the ONS 15454): 07 is 2004 there, 2003 elsewhere."""
    assert made("Cisco", "transport", "FAA0720X0AB", TODAY) == ()


def test_the_hp_server_layout_is_not_read_into_the_other():
    assert made("HP", "server", "DEH2381234", TODAY) == ()


@pytest.mark.parametrize(
    "vendor", ["Juniper", "MikroTik", "Ubiquiti", "Fortinet", "Epson", "H3C", "Dell", "TP-Link", "Canon", ""]
)
@pytest.mark.parametrize("kind", ["switch", "pc", "printer"])
def test_makers_without_a_known_layout_say_nothing(vendor, kind):
    assert [serial for _, _, serial, _, _ in PUBLISHED if made(vendor, kind, serial, TODAY)] == []


VENDORS = ["Cisco", "Linksys", "APC", "Schneider Electric", "Huawei", "xFusion", "HP", "HPE", "Hewlett-Packard", "Brother"]
LAYOUTS = [
    r"[A-Z]{3}[0-9]{4}[0-9A-Z]{4}",
    r"[0-9A-Z]{2}[0-9]{4}[0-9A-Z]{5,6}",
    r"21[0-9A-Z]{10}[0-9A-Z]{2}[0-9A-Z]{6}",
    r"[A-Z]{3}[0-9A][0-9]{2}[0-9A-Z]{4}",
    r"[A-Z][0-9]{5}[A-M][0-9][0-9A-Z]{7}",
]
SERIALS = st.one_of(st.text(max_size=24), *(st.from_regex(re.compile(layout, re.ASCII), fullmatch=True) for layout in LAYOUTS))


@given(st.sampled_from([*VENDORS, "Dell", ""]), st.sampled_from(KINDS), SERIALS, st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_nothing_raises_and_no_answer_is_older_than_its_layout_or_not_yet_made(vendor, kind, serial, today):
    for one in made(vendor, kind, serial, today):
        assert 12 * EARLIEST_YEAR <= one.first <= one.last <= month_number(today)
        assert 0 < one.reliability < 1
        assert one.source


@given(SERIALS, st.sampled_from(VENDORS), st.sampled_from(["pc", "printer", "switch", "ups"]))
def test_who_waits_a_year_hears_the_same_and_perhaps_one_more(serial, vendor, kind):
    now, later = (made(vendor, kind, serial, date(year, 12, 31)) for year in (2026, 2027))
    assert later[: len(now)] == now
