"""What each source tells of the age of a device, and of its parts."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis import ageing
from analysis.ageing.registry_copies import blocks, first_listed, table
from analysis.ageing.sources.mac_blocks import block, registered_after
from analysis.tables import typed
from inventory.frames.columns import FRAMES

TODAY = date(2026, 11, 22)


def of(device: dict, **frames: pd.DataFrame) -> dict:
    return ageing.ages(typed([device], FRAMES["devices"]), TODAY, **frames).to_dict("records")[0]


# --- blocks of hardware addresses ---------------------------------------------------------------------------------------------

COPIES = {
    date(2012, 9, 6): "00-00-0C   (hex)\t\tCISCO\n00000C     (base 16)\t\tCISCO\n",
    date(2014, 3, 19): "  00-00-0C   (hex)\t\tCISCO\n  AC-84-C6   (hex)\t\tSOMEBODY\n",
    date(
        2025, 2, 10
    ): "00:00:0C\tCisco\tCisco Systems\nAC:84:C6\tSome\tSomebody\n8C:1F:64:00:00:00/36\tX\tY\nB8:69:F4\tR\tRouter\n",
}


def test_blocks_are_dated_by_the_last_copy_without_them_and_the_first_with_them():
    found = list(first_listed({day: blocks(text) for day, text in COPIES.items()}))
    assert found == [
        (date(2012, 9, 6), date(2014, 3, 19), ["AC84C6"]),
        (date(2014, 3, 19), date(2025, 2, 10), ["B869F4"]),
    ]
    assert "2012-09-06,2014-03-19,AC84C6" in table({day: blocks(text) for day, text in COPIES.items()})


def test_the_shipped_table_holds_blocks_of_both_ends_of_its_time():
    known = registered_after()
    assert len(known) > 20_000
    assert known["B869F4"] >= date(2017, 1, 1)
    assert "00000C" not in known  # registered long before the oldest copy
    assert all(len(name) == 6 and name == name.upper() for name in known)


@pytest.mark.parametrize(
    "mac", ["", "02:69:f4:00:00:01", "ba:69:f4:00:00:01", "00:50:56:aa:bb:cc", "00:00:5e:00:01:01", "ff:ff:ff:ff:ff:ff", "x"]
)
def test_addresses_that_software_made_up_tell_nothing(mac):
    assert block(mac, TODAY) is None


def test_a_block_bounds_the_age_of_what_nothing_else_is_known_of(make_device):
    found = of(make_device(1, vendor="NoName", mac="b8:69:f4:12:34:56"))
    assert found["basis"] == "mac_block,first_seen"
    assert found["years_high"] < (TODAY - registered_after()["B869F4"]).days / 365.25
    assert found["grade"] == "C"


def test_a_serial_is_believed_more_than_a_block(make_device):
    found = of(make_device(1, serial="FOC1532Y1AB", mac="b8:69:f4:12:34:56"))  # 2011 against 2017 or later
    assert found["contradiction"] == "mac_block|serial"
    assert found["years"] > 14


# --- purchases -------------------------------------------------------------------------------------------------------------


def papers(*lines: dict) -> dict[str, pd.DataFrame]:
    """Lines with the device that each is matched to."""
    assets = [
        {
            "asset": f"A{n:05d}", "kind": "switch", "acquired_from": line["bought"][0], "acquired_to": line["bought"][1],
            "in_use_from": line.get("used"), "in_use_to": line.get("used"),
        }
        for n, line in enumerate(lines)
    ]  # fmt: skip
    matches = [
        {
            "asset": f"A{n:05d}", "unit": 1, "bucket": "matched", "device": line.get("device", "D00001"), "device_office": "X01",
            "confidence": line.get("sure", 0.98), "alike": line.get("alike", 1),
        }
        for n, line in enumerate(lines)
    ]  # fmt: skip
    return {"assets": typed(assets, FRAMES["assets"]), "matches": typed(matches, FRAMES["matches"])}


DAY = ("2018-05-10", "2018-05-10")


def test_a_purchase_says_that_it_was_made_in_the_months_before(make_device):
    found = of(make_device(1, vendor="NoName"), **papers({"bought": DAY}))
    assert found["basis"] == "purchase,first_seen"
    assert found["made_high"] <= pd.Timestamp("2018-05-31")
    assert found["years_low"] > 8.4
    assert found["years_high"] < 9.6
    assert found["grade"] == "A"


def test_a_bare_year_leaves_more_open(make_device):
    day, year = (of(make_device(1, vendor="NoName"), **papers({"bought": b})) for b in (DAY, ("2018-01-01", "2018-12-31")))
    assert year["years_high"] - year["years_low"] > day["years_high"] - day["years_low"] + 0.3


def test_a_doubtful_match_says_less_and_what_lies_in_the_future_nothing(make_device):
    sure, doubtful = (of(make_device(1, vendor="NoName"), **papers({"bought": DAY, "sure": s})) for s in (0.99, 0.5))
    assert doubtful["years_high"] - doubtful["years_low"] > sure["years_high"] - sure["years_low"]
    assert of(make_device(1, vendor="NoName"), **papers({"bought": ("2031-01-01", "2031-01-01")}))["basis"] == "first_seen"


def test_where_it_was_not_told_when_it_was_bought_the_day_of_use_counts(make_device):
    found = of(make_device(1, vendor="NoName"), **papers({"bought": (None, None), "used": "2018-07-01"}))
    assert 8.3 < found["years"] < 9.4


def test_of_devices_that_nothing_tells_apart_each_may_be_any(make_device):
    lines = [
        {"bought": DAY, "alike": 2, "device": "D00001"},
        {"bought": ("2012-02-01", "2012-02-01"), "alike": 2, "device": "D00002"},
    ]
    devices = typed([make_device(n, vendor="NoName") for n in (1, 2)], FRAMES["devices"])
    one, two = ageing.beliefs(devices, TODAY, **papers(*lines))
    assert one.weights == pytest.approx(two.weights)
    assert 0.2 < one.older_than(12) < 0.7


def test_bought_before_it_was_made_is_a_contradiction(make_device):
    found = of(make_device(1, serial="FOC2232Y1AB"), **papers({"bought": ("2012-01-01", "2012-12-31")}))  # made in 2018
    assert found["contradiction"] == "purchase|serial"


# --- processors, firmware ----------------------------------------------------------------------------------------------------


def test_the_processor_dates_a_computer_but_not_a_switch(make_device):
    said = "Hardware: Intel64 Family 6 Model 42 Stepping 7 AT/AT COMPATIBLE - Software: Windows Version 10.0"
    pc = of(make_device(1, kind="pc", vendor=None, model=None, sys_descr=said))
    assert pc["basis"] == "processor,first_seen"
    assert 11 < pc["years"] < 16.5
    assert "processor" not in of(make_device(1, vendor="NoName", sys_descr=said))["basis"]


def test_the_processor_that_a_login_reads_counts_too(make_device):
    parts = typed([{"device": "D00001", "kind": "cpu", "model": "Intel(R) Core(TM) i3-7100 CPU @ 3.90GHz"}], FRAMES["components"])
    assert of(make_device(1, kind="pc", vendor=None), components=parts)["basis"] == "processor,first_seen"


def test_a_bios_may_be_renewed_but_is_hardly_older_than_its_machine(make_device):
    pc = make_device(1, kind="pc", vendor="Dell", manufactured="2017-03-01")
    assert of(pc)["basis"] == "firmware,first_seen"
    assert 8 < of(pc)["years"] < 10.2
    (belief,) = ageing.beliefs(typed([pc], FRAMES["devices"]), TODAY)
    older, much_younger = belief.older_than(9.8), 1 - belief.older_than(7.5)
    assert 0.05 < older < 0.3
    assert much_younger < 0.1


# --- parts -------------------------------------------------------------------------------------------------------------------


def parts_of(device: dict, components: list[dict] = (), health: list[dict] = ()) -> list[dict]:
    devices = typed([device], FRAMES["devices"])
    return ageing.component_ages(
        devices,
        typed(({"device": device["device"], "office": "X01"} | row for row in components), FRAMES["components"]),
        typed(({"device": device["device"], "office": "X01"} | row for row in health), FRAMES["health"]),
        TODAY,
        believed=ageing.beliefs(devices, TODAY),
    ).to_dict("records")


UPS = {"kind": "ups", "vendor": "APC", "serial": "AS1415123456"}  # April 2014


def test_a_battery_is_as_old_as_its_last_change_not_as_its_ups(make_device):
    (battery,) = parts_of(make_device(1, **UPS), health=[{"metric": "battery_replaced_on", "text": "2021-06-10"}])
    assert battery["part"] == "ups_battery"
    assert battery["basis"] == "replaced_on,device"
    assert 5.2 < battery["years"] < 6.2
    assert battery["past_life"] > 0.9
    assert battery["grade"] == "A"


def test_a_battery_that_nobody_told_of_is_not_given_an_age(make_device):
    (battery,) = parts_of(make_device(1, **UPS))
    assert pd.isna(battery["years"])
    assert battery["basis"] == "device"
    assert battery["years_high"] <= 12.8


def test_a_battery_older_than_its_ups_is_listed(make_device):
    (battery,) = parts_of(make_device(1, **UPS), health=[{"metric": "battery_replaced_on", "text": "2005-01-01"}])
    assert battery["contradiction"] == "device|replaced_on"


@pytest.mark.parametrize("text", ["", "01/01/1970", "2099-01-01", "unknown", None])
def test_a_battery_date_that_is_none_says_nothing(make_device, text):
    (battery,) = parts_of(make_device(1, **UPS), health=[{"metric": "battery_replaced_on", "text": text}])
    assert battery["basis"] == "device"


def test_a_disk_is_at_least_as_old_as_it_has_run(make_device):
    nas = make_device(1, kind="storage", vendor="Synology", model="DS218")
    (disk,) = parts_of(nas, health=[{"metric": "disk_power_on", "item": "sda", "value": 50_000.0}])
    assert (disk["part"], disk["item"]) == ("disk", "sda")
    assert disk["years_low"] > 50_000 / 8766 - 0.1
    assert disk["past_life"] > 0.9


def test_a_supply_that_came_later_is_younger_than_its_switch(make_device):
    switch = make_device(1, serial="FOC1532Y1AB", first_seen="2022-01-01")
    first, later = parts_of(
        switch,
        [
            {"index": "1", "kind": "psu", "name": "A", "first_seen": "2022-01-01"},
            {"index": "2", "kind": "psu", "name": "B", "first_seen": "2026-03-01"},
        ],
    )
    assert later["basis"] == "fitted,device"
    assert later["years"] < 2
    assert first["years_high"] > 14


def test_a_supply_with_a_dated_serial_is_dated_by_it(make_device):
    (supply,) = parts_of(
        make_device(1, serial="FOC1532Y1AB"), [{"index": "1", "kind": "psu", "name": "A", "serial": "LIT2010A1B2"}]
    )
    assert supply["basis"] == "serial,device"
    assert abs(supply["years"] - (TODAY - date(2016, 3, 5)).days / 365.25) < 0.2


def test_a_kit_is_as_old_as_it_is_used_up(make_device):
    printer = make_device(1, kind="printer", vendor="Brother", model="MFC-L2701DW")
    fresh, worn = (
        parts_of(printer, health=[{"metric": "supply_level", "item": "Drum Unit", "value": left}])[0] for left in (95.0, 5.0)
    )
    assert fresh["years"] < 1 < worn["years"]
    assert parts_of(printer, health=[{"metric": "supply_level", "item": "Black Toner Cartridge", "value": 5.0}]) == []


def test_no_parts_give_the_columns_of_many():
    empty = ageing.component_ages(
        typed([], FRAMES["devices"]), typed([], FRAMES["components"]), typed([], FRAMES["health"]), TODAY, believed=[]
    )
    assert list(empty.columns) == [column.name for column in ageing.COMPONENT_AGES]
