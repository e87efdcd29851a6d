"""Readings over time, from both databases: every number by scan, states by when they began, uptimes by when they were read."""

from __future__ import annotations

import pandas as pd

from inventory.deciding import Deciding
from inventory.facts import Reading
from inventory.frames.readings import YEAR_S
from tests.inventory.conftest import DAY, START


def box(observe, n: int, day: int, load: float, state: str = "ok", **more):
    health = (Reading("cpu_load", "", load), Reading("disk_health", "sda", None, state), Reading("pages", "", 100.0 + day))
    return observe(f"10.0.0.{n}", serial=f"CN0000{n:04d}", uptime_s=day * DAY + 5, health=health, **more)


def rows(frame: pd.DataFrame, metric: str, device: str = "D00001") -> list[tuple]:
    of = frame[(frame["metric"] == metric) & (frame["device"] == device)]
    days = (of["at"] - pd.Timestamp(START, unit="s", tz="UTC")).dt.total_seconds() / DAY
    told = [value if pd.isna(text) else text for value, text in zip(of["value"], of["text"], strict=True)]
    return list(zip(days.astype(int).tolist(), told, strict=True))


def test_numbers_of_every_scan_states_when_they_began_and_uptimes(engine, inventory, scan, observe):
    for day, load, state in ((0, 10.0, "ok"), (7, 10.0, "ok"), (14, 30.0, "failing")):
        scan(day, box(observe, 1, day, load, state))
    found = inventory.readings()
    assert rows(found, "cpu_load") == [(0, 10.0), (7, 10.0), (14, 30.0)], "also where it has not changed"
    assert rows(found, "disk_health") == [(0, "ok"), (14, "failing")]
    assert rows(found, "uptime") == [(0, 5.0), (7, 7 * DAY + 5.0), (14, 14 * DAY + 5.0)]
    assert found["at"].is_monotonic_increasing


def test_some_metrics_since_a_day_as_of_a_day_and_of_an_office(engine, inventory, scan, observe):
    for day in (0, 7, 14):
        scan(day, box(observe, 1, day, 10.0 + day), box(observe, 2, day, 50.0 + day, office="B"))
    assert set(inventory.readings("pages", "uptime")["metric"]) == {"pages", "uptime"}
    assert rows(inventory.readings("cpu_load", since=START + 5 * DAY), "cpu_load") == [(7, 17.0), (14, 24.0)]
    assert rows(inventory.readings(as_of=START + 8 * DAY), "cpu_load") == [(0, 10.0), (7, 17.0)]
    of_office = inventory.readings(office="B")
    assert set(of_office["office"]) == {"B"}
    assert set(of_office["device"]) == {"D00002"}
    assert inventory.readings("no such metric").empty


def test_a_year_before_the_last_scan_is_read_and_no_more(engine, inventory, scan, observe):
    last = 14 + YEAR_S // DAY
    for day in (0, 14, last - 1, last):
        scan(day, box(observe, 1, day, float(day)))
    found = inventory.readings()
    assert [day for day, _ in rows(found, "cpu_load")] == [last - 1, last]
    assert rows(found, "disk_health") == [(0, "ok")], "it began before, and stands"
    assert [day for day, _ in rows(inventory.readings(since=0), "cpu_load")] == [0, 14, last - 1, last]


def test_what_was_read_of_a_device_that_turned_out_to_be_another_is_its_history(engine, inventory, scan, observe):
    scan(0, box(observe, 1, 0, 10.0), box(observe, 2, 0, 20.0))
    scan(7, box(observe, 1, 7, 11.0))
    Deciding(engine, "Nguyễn Văn A", "đã xem tận nơi", START + 8 * DAY).merge(2, 1)
    found = inventory.readings("cpu_load")
    assert set(found["device"]) == {"D00001"}
    assert sorted(rows(found, "cpu_load")) == [(0, 10.0), (0, 20.0), (7, 11.0)]
