"""One inventory that is true over time: a box stays one device, changes are the real ones, and the past stays as it was."""

from __future__ import annotations

import socket
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.happenings import happenings
from inventory.frames import Inventory
from kiemke import demo as demonstration
from kiemke import scanning
from kiemke.targets import of_offices
from simulator.district import District, load
from simulator.serve import serve
from tests.end_to_end.running import free_port

#: Days after the district's first. Long steps, so that much happens in between, also to the same thing twice.
DAYS = (0, 90, 210)
FRAMES = ("devices", "interfaces", "links", "endpoints", "addresses", "components", "health", "offices", "changes")


@dataclass
class Months:
    """The inventory after scans on several days, and what its frames were right after each."""

    inventory: Inventory
    district: District
    days: list[date]
    scans: list[str] = field(default_factory=list)
    as_of: list[object] = field(default_factory=list)
    frames: list[dict[str, pd.DataFrame]] = field(default_factory=list)


@contextmanager
def quiet(stage):
    yield lambda done, total: None


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    district = load()
    ports = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    workspace = demonstration.prepare(tmp_path_factory.mktemp("months") / "demo", district, *ports)
    lived = Months(Inventory(workspace.root), district, [district.today + timedelta(days=days) for days in DAYS])
    with serve(district.at(lived.days[0]), snmp_port=ports[0], ssh_port=ports[1]) as running:
        for day in lived.days:
            if day != lived.days[0]:
                running.move_to(district.at(day))
            targets = of_offices(workspace.offices(), day)
            clock = demonstration.clock(day)
            done = scanning.scan(workspace, targets, clock=clock, progress=quiet, told=lambda scan: None)
            lived.scans.append(done.scan.name)
            lived.as_of.append(lived.inventory.as_of_default())
            lived.frames.append({name: getattr(lived.inventory, name)() for name in FRAMES})
    return lived


def found_at(frames):
    """Address -> devices that answered there in the last scan."""
    devices = frames["devices"]
    answering = set(devices.loc[devices["state"] == "present", "device"])
    found = defaultdict(set)
    for row in frames["addresses"].query("origin == 'answered'").itertuples():
        if row.device in answering:
            found[row.address].add(row.device)
    return found


def assets(months):
    """Physical box -> the device that it was in each scan that could read it."""
    lives = defaultdict(list)
    for day, frames in zip(months.days, months.frames, strict=True):
        found = found_at(frames)
        for device in months.district.at(day).truth()["devices"]:
            if device["snmp_readable"] or device["ssh_readable"]:
                lives[device["asset"]].append((day, frozenset(found[device["address"]])))
    return lives


def test_a_box_keeps_its_identity_through_moves_and_new_names_and_addresses(months):
    lives = assets(months)
    assert {box: seen for box, seen in lives.items() if len({ids for _, ids in seen}) != 1 or len(seen[0][1]) != 1} == {}
    first, last = (months.district.at(day).truth()["devices"] for day in (months.days[0], months.days[-1]))
    before = {device["asset"]: device for device in first}
    both = [(before[device["asset"]], device) for device in last if device["asset"] in before and device["asset"] in lives]
    for what in ("office", "address", "sys_name"):
        assert sum(old[what] != new[what] for old, new in both) >= 2, f"the district did not try it: {what}"


def test_no_two_boxes_are_one_device(months):
    owners = defaultdict(set)
    for box, seen in assets(months).items():
        for _, ids in seen:
            for device in ids:
                owners[device].add(box)
    assert {device: boxes for device, boxes in owners.items() if len(boxes) > 1} == {}
    first, last = (months.district.at(day).truth()["devices"] for day in (months.days[0], months.days[-1]))
    place = {device["address"]: device["asset"] for device in first}
    replaced = [d for d in last if place.get(d["address"], d["asset"]) != d["asset"] and d["snmp_readable"]]
    assert len(replaced) >= 3, "the district did not replace anything"


@pytest.mark.parametrize("step", range(1, len(DAYS)))
def test_what_was_replaced_is_told_as_replaced(months, step):
    frames = months.frames[step]
    changes = frames["changes"].query("scan == @months.scans[@step]")
    found = happenings(changes, frames["devices"]).query("what == 'replaced'")
    old, new = (months.district.at(months.days[day]).truth()["devices"] for day in (step - 1, step))
    readable = [device for device in old if device["snmp_readable"] or device["ssh_readable"]]
    place, stay = {device["address"]: device["asset"] for device in readable}, {device["asset"] for device in new}
    known = {device["asset"] for device in old}
    truth = {
        device["address"]
        for device in new
        if place.get(device["address"], device["asset"]) not in stay and device["asset"] not in known
        if device["snmp_readable"] or device["ssh_readable"]
    }
    address = frames["devices"].set_index("device")["address"]
    assert set(found["device"].map(address)) == truth
    assert len(truth) >= 5, "the district did not replace anything"


@pytest.mark.parametrize("step", range(1, len(DAYS)))
def test_changes_are_those_of_the_district(months, step):
    frames = months.frames[step]
    address = frames["devices"].set_index("device")["address"]
    old_address = months.frames[step - 1]["devices"].set_index("device")["address"]
    seen, back = set(), set()
    for row in frames["changes"].query("scan == @months.scans[@step]").itertuples():
        place = address.get(row.device, old_address.get(row.device)) or ""
        item, field_changed = (value if isinstance(value, str) else "" for value in (row.item, row.field))
        if row.subject == "device" and row.change == "returned":
            back.add(place)
        # What was away for a while returns; two days alone cannot tell that from what is new.
        seen.add((row.subject, place, item, "appeared" if row.change == "returned" else row.change, field_changed))
    truth = months.district.changes(months.days[step - 1], months.days[step])
    # And it is compared with what it was when it was last seen.
    truth += [
        row
        for row in months.district.changes(months.days[0], months.days[step])
        if row["subject"] == "device" and row["address"] in back
    ]
    wanted = {(row["subject"], row["address"] or "", row["item"], row["change"], row["field"]) for row in truth}
    assert {"missed": sorted(wanted - seen), "invented": sorted(seen - wanted)} == {"missed": [], "invented": []}
    assert {subject for subject, *_ in wanted} == {"device", "interface", "component", "link", "endpoint"}


def test_the_past_stays_as_it_was(months):
    for at, then in zip(months.as_of, months.frames, strict=True):
        for name, frame in then.items():
            pd.testing.assert_frame_equal(getattr(months.inventory, name)(as_of=at), frame, obj=f"{name} as of {at}")
