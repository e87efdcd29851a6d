"""Time in the district: what changes, and that `changes` tells exactly that."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.changes import differences
from simulator.district import District
from tests.simulator import reading

MONTH = dt.timedelta(days=30)
DAYS = st.integers(min_value=0, max_value=12).map(lambda n: 9 * n)


def readable(district: District, day: dt.date) -> dict[str, dict[str, Any]]:
    truth = district.at(day).truth()
    return {d["asset"]: d for d in truth["devices"] if d["snmp_readable"] or d["ssh_readable"]}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=DAYS, length=DAYS)
def test_changes_lead_from_the_truth_of_one_day_to_that_of_another(district: District, first: int, length: int) -> None:
    start = district.today + dt.timedelta(days=first)
    end = start + dt.timedelta(days=length)
    changes = district.changes(start, end)
    old, new = readable(district, start), readable(district, end)
    own = [c for c in changes if c["subject"] == "device"]
    assert {c["asset"] for c in own if c["change"] == "unseen"} == set(old) - set(new)
    assert {c["asset"] for c in own if c["change"] == "appeared"} == set(new) - set(old)
    # Replaying the changed fields over the first day's records gives the second day's.
    played = {asset: dict(record) for asset, record in old.items() if asset in new}
    for change in own:
        if change["change"] in {"changed", "moved", "readdressed"}:
            assert played[change["asset"]][change["field"]] == change["before"]
            played[change["asset"]][change["field"]] = change["after"]
    for asset, record in played.items():
        for field in ("office", "address", "sys_name"):
            assert record[field] == new[asset][field], (asset, field)
        if new[asset]["tells"]["os_version"]:
            assert record["os_version"] == new[asset]["os_version"]
    # Stations come and go as the plan says; nobody else does, but devices that nobody can read.
    before, after = (_endpoint_keys(district, day) for day in (start, end))
    rows = [c for c in changes if c["subject"] == "endpoint"]
    unreadable = {d["mac"] for day in (start, end) for d in district.at(day).truth()["devices"]} - {
        d["mac"] for day in (start, end) for d in readable(district, day).values()
    }
    assert {c["item"] for c in rows if c["change"] == "appeared"} - unreadable == after - before
    assert {c["item"] for c in rows if c["change"] == "gone"} - unreadable == before - after


def _endpoint_keys(district: District, day: dt.date) -> set[Any]:
    return {e["mac"] for e in district.at(day).truth()["endpoints"] if e["seen"]}


def test_nothing_changes_in_no_time_or_without_events(district: District) -> None:
    day = district.today + dt.timedelta(days=20)
    assert district.changes(day, day) == []
    busy = {e.date for e in district._history.events(day + dt.timedelta(days=80)) if e.kind != "rebooted"}
    days = [day + dt.timedelta(days=n) for n in range(60)]
    quiet = [(before, after) for before, after in pairwise(days) if after not in busy]
    assert len(quiet) >= 5
    for before, after in quiet[:3]:
        assert district.changes(before, after) == [], (before, after)


@pytest.mark.parametrize("rounds", [0, 1, 2, 3, 7])
def test_a_month_has_as_many_changes_as_a_person_can_read(district: District, rounds: int) -> None:
    start = district.today + rounds * MONTH
    subjects = Counter(c["subject"] for c in district.changes(start, start + MONTH))
    assert 8 <= subjects["device"] <= 28
    assert 4 <= subjects["endpoint"] <= 25
    assert 2 <= subjects["interface"] <= 40
    assert subjects["link"] <= 20


def test_every_kind_of_change_happens_within_a_year(district: District) -> None:
    district.at(district.today + dt.timedelta(days=360))
    kinds = {e.kind for e in district._history.events(district.today + dt.timedelta(days=360))}
    assert kinds >= {
        "dies", "revived", "replaced", "replaced_switch", "upgraded", "renamed", "moved", "readdressed", "address_taken",
        "new_devices", "power_supply", "new_stations", "gone_stations", "moved_stations", "moved_uplinks", "ports_shut",
        "rebooted",
    }  # fmt: skip
    days = [district.today + n * MONTH for n in range(13)]
    changes = Counter((c["subject"], c["change"]) for months in pairwise(days) for c in district.changes(*months))
    for wanted in (
        ("device", "appeared"), ("device", "unseen"), ("device", "moved"), ("device", "readdressed"), ("device", "changed"),
        ("interface", "changed"), ("component", "changed"), ("link", "appeared"), ("link", "gone"), ("endpoint", "appeared"),
        ("endpoint", "gone"), ("endpoint", "moved"),
    ):  # fmt: skip
        assert changes[wanted], wanted


def test_an_address_is_shared_over_time(district: District) -> None:
    days = [district.today + n * MONTH for n in range(4)]
    holders: dict[str, set[str]] = {}
    for day in days:
        for asset, device in readable(district, day).items():
            holders.setdefault(device["address"], set()).add(asset)
    assert len([a for a, assets in holders.items() if len(assets) > 1]) >= 4


def test_a_replacement_is_a_new_box_in_the_old_place(district: District) -> None:
    end = district.today + 3 * MONTH
    places = {e.subject for e in district._history.events(end) if e.kind == "replaced"}
    before, after = district.at(district.today).plan.devices, district.at(end).plan.devices
    kept = [p for p in places if p in before and p in after and before[p].office == after[p].office]
    assert kept
    for place in kept:
        assert before[place].box.asset != after[place].box.asset
        assert before[place].box.serial != after[place].box.serial
        assert before[place].box.mac != after[place].box.mac
        assert after[place].box.built < after[place].box.installed <= end


def test_what_wears_only_wears(district: District) -> None:
    networks = [district.at(district.today + dt.timedelta(days=n)) for n in (0, 13, 31, 90)]
    for earlier, later in pairwise(networks):
        boxes = {d.box.asset: d for d in later.plan.devices.values()}
        for device in earlier.running:
            now = boxes.get(device.box.asset)
            if now is None or not now.alive:
                continue
            old, new = earlier.shown(device.id), later.shown(now.id)
            if old.model.kind == "printer":
                assert new.pages >= old.pages
            if old.model.kind == "ups" and new.battery_installed == old.battery_installed:
                assert new.battery_health <= old.battery_health
            if now.booted == device.booted:
                assert new.uptime_s - old.uptime_s == (later.date - earlier.date).days * 86400
                before, after = reading.octets_counted(earlier.tree(device.id)), reading.octets_counted(later.tree(now.id))
                assert all(after[p][0] >= counts[0] and after[p][1] >= counts[1] for p, counts in before.items() if p in after)
            else:
                assert new.uptime_s < (later.date - earlier.date).days * 86400 + 86400


def test_a_moved_device_keeps_its_box_and_is_plugged_in(district: District) -> None:
    end = district.today + 3 * MONTH
    moved = [c for c in district.changes(district.today, end) if c["change"] == "moved" and c["subject"] == "device"]
    assert moved
    network = district.at(end)
    for change in moved:
        device = next(d for d in network.running if d.box.asset == change["asset"])
        assert device.office == change["after"] != change["before"]
        assert network.cabling.hops[device.id, "lan"]


def test_differences_need_not_go_forward(district: District) -> None:
    a, b = district.at(district.today), district.at(district.today + MONTH)
    forth, back = differences(a, b), differences(b, a)
    for rows, others in ((forth, back), (back, forth)):
        assert {c["asset"] for c in rows if c["change"] == "appeared" and c["subject"] == "device"} == {
            c["asset"] for c in others if c["change"] == "unseen"
        }
