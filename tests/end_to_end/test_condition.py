"""What is worn in the simulated district's devices, found through a real scan; and nothing grave where all is well."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from analysis.condition import condition
from analysis.frames import condition_of
from simulator.troubles import AILMENTS

#: Planted trouble of a device -> the finding that tells of it, and its part. Two scans are too few to see restarts: see below.
TOLD_BY = {
    "hot": ("too_hot", "device"),
    "fan_failed": ("fan_failed", "fan"),
    "supply_failed": ("supply_failed", "supply"),
    "disk_failing": ("disk_failing", "disk"),
    "disk_counts": ("disk_failing", "disk"),
    "battery_weak": ("battery_weak", "battery"),
    "storage_full": ("storage_full", "storage"),
    "memory_full": ("memory_full", "memory"),
    "pages_past_duty": ("pages_past_duty", "device"),
    "kit_due": ("kit_due", "printer_kit"),
}


@pytest.fixture(scope="module")
def truth(demo):
    return demo.district.at(demo.days[1]).truth()


@pytest.fixture(scope="module")
def known(demo):
    return condition_of(demo.inventory)


@pytest.fixture(scope="module")
def devices(demo):
    return demo.inventory.addresses().query("origin == 'answered'").set_index("address")["device"].to_dict()


def test_planted_troubles_of_devices_are_found_with_the_part_that_mends_them(truth, known, devices):
    found = set(known.findings[["device", "kind", "part"]].itertuples(index=False, name=None))
    planted = [trouble for trouble in truth["troubles"] if trouble["kind"] in AILMENTS]
    assert {trouble["kind"] for trouble in planted} == set(TOLD_BY) | {"restarts"}
    missed = [t for t in planted if t["kind"] in TOLD_BY and (devices[t["address"]], *TOLD_BY[t["kind"]]) not in found]
    assert missed == []


def test_no_fan_supply_heat_or_weak_battery_is_found_where_none_was_planted(truth, known, devices):
    """The simulated batteries wear by themselves, and so do disks: these are grave in a box of their age only."""
    planted = {devices.get(t["address"]) for t in truth["troubles"] if t["kind"] in AILMENTS}
    rows = known.findings[known.findings["kind"].isin(["fan_failed", "supply_failed", "memory_full", "pages_past_duty"])]
    assert set(rows["device"]) <= planted
    hot = known.findings[(known.findings["kind"] == "too_hot") & (known.findings["part"] == "device")]
    assert set(hot["device"]) <= planted


def test_a_finding_moved_since_the_first_scan_says_so(known):
    moved = known.findings.dropna(subset=["trend"])
    assert {"disk_failing", "toner_low"} <= set(moved["kind"])


def test_machines_without_a_login_are_not_measured_and_not_blamed(demo, truth, known, devices):
    """Nobody let the inventory run smartctl there: listed, and no finding about a disk."""
    missing = set(known.unmeasured.query("what == 'disk_health'")["device"])
    closed = {
        devices[d["address"]]
        for d in truth["devices"]
        if d["kind"] == "pc" and d["snmp_readable"] and not d["ssh_readable"] and d["address"] in devices
    }
    assert len(closed) > 10
    assert closed <= missing
    assert not set(known.findings[known.findings["part"] == "disk"]["device"]) & closed


def test_a_device_that_restarts_by_itself_shows_over_weekly_scans(demo, truth, devices):
    """Uptimes as the district's devices would tell them in six weeks; what the others did in that time is no finding."""
    days = [demo.days[0] + timedelta(days=7 * week) for week in range(6)]
    rows = [
        {
            "device": device,
            "metric": "uptime",
            "item": "",
            "value": float(network.shown(place.id).uptime_s),
            "at": pd.Timestamp(day, tz="UTC"),
        }
        for day in days
        for network in [demo.district.at(day)]
        for place in network.running
        if (device := devices.get(place.address))
    ]
    nothing = {name: demo.inventory.load(name).head(0) for name in ("health", "interfaces")}
    found = condition(
        demo.inventory.devices(),
        nothing["health"],
        pd.DataFrame(rows).astype({"value": "Float64"}),
        nothing["interfaces"],
        as_of=days[-1],
        policies=demo.inventory.policies(),
    ).findings
    planted = {devices[t["address"]] for t in truth["troubles"] if t["kind"] == "restarts"}
    assert planted
    assert set(found["device"]) == planted
    assert set(found["kind"]) == {"reboots"}
