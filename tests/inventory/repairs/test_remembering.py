"""Repairs in the inventory: each once, with the device that it was of."""

from __future__ import annotations

import datetime

from inventory.offices import Offices
from inventory.repairs.records import Log, Repair
from inventory.repairs.remembering import remember
from inventory.sentences import unpack
from tests.inventory.conftest import DAY, START


def repair(row: int = 2, **more) -> Repair:
    return Repair("so.xlsx", "S", row, **({"day": "2025-03-14", "part": "disk", "part_told": "ổ cứng", "at": f"B{row}"} | more))


def store(engine, *repairs, at=START):
    return remember(engine, Log("so.xlsx", repairs), Offices({}), at)


def two_devices(scan, observe):
    scan(
        0,
        observe("10.0.0.1", serial="CN00000001", name="may-1"),
        observe("10.0.0.2", office="B", serial="CN00000002", name="may-2"),
    )


def test_the_same_file_again_adds_nothing_and_two_that_say_the_same_are_two(engine, inventory):
    rows = (repair(2, device_told="Máy in"), repair(3, device_told="Máy in"), repair(4, device_told="Máy in", cost_vnd=5))
    assert store(engine, *rows).added == 3
    again = store(engine, *rows)
    assert (again.added, again.known) == (0, 3)
    assert store(engine, repair(9, device_told="máy in "), repair(10, device_told="Máy quét")).added == 1
    assert inventory.repairs()["repair"].tolist() == ["R00001", "R00002", "R00003", "R00004"]


def test_a_device_is_known_by_serial_name_address_and_our_own_number(engine, inventory, scan, observe):
    two_devices(scan, observe)
    one, two = inventory.devices().sort_values("serial")["device"]
    done = store(
        engine,
        repair(2, serials=("cn-00000001",), day="2025-01-01"),
        repair(3, name="MAY-2", day="2025-01-02"),
        repair(4, address="10.0.0.2", day="2025-01-03"),
        repair(5, device_told=one, day="2025-01-04"),
        repair(6, device_told="CN00000002", day="2025-01-05"),
        repair(7, code="TS.77", device_told="Máy in Canon", kind="printer", office="B", day="2025-01"),
        repair(8, serials=("CN00000001",), name="may-2", day="2025-01-07"),
    )
    rows = inventory.repairs()
    assert rows["device"].fillna("").tolist() == ["", one, two, two, one, two, ""]  # by day
    assert rows["kind"].fillna("").tolist() == ["printer", *["switch"] * 5, ""]
    assert {unpack(doubt.reason)[0].key for doubt in done.doubts} == {
        "detail.repair_unknown_device",
        "detail.repair_several_devices",
    }


def test_a_device_that_is_found_later_is_known_when_the_file_comes_again(engine, inventory, scan, observe):
    row = repair(serials=("CN00000002",))
    assert len(store(engine, row).doubts) == 1
    two_devices(scan, observe)
    again = store(engine, row, at=START + 2 * DAY)
    assert (again.added, again.found) == (0, 1)
    assert inventory.repairs()["device"].notna().all()


def test_repairs_are_asked_for_by_office_and_as_of_a_day(engine, inventory, scan, observe):
    two_devices(scan, observe)
    store(engine, repair(serials=("CN00000001",)), repair(3, device_told="Máy in", office="B"), at=START + 5 * DAY)
    assert len(inventory.repairs(office="A")) == 1
    assert len(inventory.repairs(office="B")) == 1
    early = datetime.datetime.fromtimestamp(START + 4 * DAY, datetime.UTC)
    assert inventory.repairs(as_of=early).empty
    month = inventory.repairs()["day_from"].iloc[0]
    assert month == datetime.datetime(2025, 3, 14)
