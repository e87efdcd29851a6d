"""Absence never overwrites a fact: what was cut short, silent or not asked closes nothing."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from inventory import traffic
from inventory.facts import (
    Addresses,
    ArpEntry,
    Component,
    Counters,
    ForwardingEntry,
    Interface,
    Neighbour,
    Observation,
    Outcome,
    Reading,
)
from tests.inventory.conftest import DAY, START


def full(observe, mac, **more) -> Observation:
    said = {
        "serial": "CN11AAA111",
        "name": "sw-1",
        "interfaces": (
            Interface(1, "Gi0/1", mac=mac(1), alias="lên tầng 2", oper_up=True, speed_bps=10**9),
            Interface(2, "Gi0/2", mac=mac(2), oper_up=True, speed_bps=10**9),
        ),
        "components": (Component("1", "psu", serial="PSU1"), Component("2", "fan")),
        "neighbours": (Neighbour("lldp", "Gi0/1", 1, "sw-9", "24"),),
        "arp": (ArpEntry("10.0.0.77", mac(77)),),
        "forwarding": (ForwardingEntry(mac(77), "Gi0/2", 2, 10),),
        "health": (Reading("cpu_load", "", 5.0), Reading("temperature", "1", 40.0)),
    }
    return observe(**{**said, **more})


FRAMES = ("interfaces", "components", "links", "endpoints", "health")


def counts(inventory) -> list[int]:
    return [len(inventory.load(frame)) for frame in FRAMES]


def test_what_is_answered_and_no_longer_there_ends(scan, observe, mac, inventory) -> None:
    scan(0, full(observe, mac))
    assert counts(inventory) == [2, 2, 1, 1, 2]
    empty = Addresses(own=(), arp=(), forwarding=())
    less = full(
        observe,
        mac,
        interfaces=(Interface(1, "Gi0/1", mac=mac(1), alias="lên tầng 2", oper_up=True, speed_bps=10**9),),
        components=(),
        neighbours=(),
        health=(),
    )
    scan(1, dataclasses.replace(less, addresses=empty))
    assert counts(inventory) == [1, 0, 0, 0, 0]
    told = inventory.changes().query("scan == 'S00002'")
    assert sorted(zip(told["subject"], told["item"], told["change"], strict=True)) == [
        ("component", "snmp:1", "gone"),
        ("component", "snmp:2", "gone"),
        ("endpoint", mac(77), "gone"),
        ("interface", "Gi0/2", "gone"),
        ("link", "Gi0/1", "gone"),
    ]
    first = inventory.as_of_default() - pd.Timedelta(days=1)
    assert [len(inventory.load(frame, as_of=first.to_pydatetime())) for frame in FRAMES] == [2, 2, 1, 1, 2]


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.ANSWERED])
def test_a_topic_that_was_not_answered_in_full_ends_nothing(scan, observe, mac, inventory, outcome: Outcome) -> None:
    scan(0, full(observe, mac))
    cut = dict.fromkeys(("components", "interfaces", "neighbours", "addresses", "health"), outcome)
    for rest in ((), None):
        scan(
            1 if rest == () else 2,
            full(
                observe,
                mac,
                interfaces=rest,
                components=rest,
                neighbours=rest,
                health=rest,
                arp=rest,
                forwarding=rest,
                topics=cut,
            ),
        )
        assert counts(inventory) == [2, 2, 1, 1, 2]
    assert inventory.changes().query("scan != 'S00001'").empty


def test_a_cut_answer_adds_and_changes_and_keeps_what_it_does_not_say(scan, observe, mac, inventory) -> None:
    scan(0, full(observe, mac))
    cut = (Interface(1, "Gi0/1", mac=mac(1), oper_up=False), Interface(3, "Gi0/3", oper_up=True))
    scan(1, full(observe, mac, interfaces=cut, topics={"interfaces": Outcome.PARTIAL}))
    frame = inventory.interfaces().set_index("name")
    assert list(frame.index) == ["Gi0/1", "Gi0/2", "Gi0/3"]
    assert frame.loc["Gi0/1", "alias"] == "lên tầng 2"
    assert frame.loc["Gi0/1", "speed_bps"] == 10**9
    assert not frame.loc["Gi0/1", "oper_up"]


def test_blank_identity_keeps_what_is_known(scan, observe, mac, inventory) -> None:
    scan(0, full(observe, mac))
    scan(1, full(observe, mac, serial=None, os_version=None, name=None))
    scan(2, full(observe, mac, serial=None, identity=False))
    frame = inventory.devices()
    assert (frame["serial"][0], frame["os_version"][0], frame["sys_name"][0]) == ("CN11AAA111", "16.11", "sw-1")
    assert len(frame) == 1


def test_silent_is_asked_without_an_answer_and_deletes_nothing(scan, observe, mac, inventory) -> None:
    scan(0, full(observe, mac))
    scan(1)
    assert list(inventory.devices()["state"]) == ["silent"]
    assert counts(inventory) == [2, 2, 1, 1, 2]
    scan(2)
    scan(3, full(observe, mac))
    told = inventory.changes().query("scan != 'S00001'")
    assert list(zip(told["scan"], told["change"], strict=True)) == [("S00002", "unseen"), ("S00004", "returned")]
    frame = inventory.devices()
    assert (frame["last_confirmed"][0] - frame["first_seen"][0]).days == 3
    assert inventory.devices(as_of=int(frame["first_seen"][0].timestamp()) + 86_400)["state"][0] == "silent"


def test_ssh_fills_the_gaps_of_snmp_and_does_not_list_ports_twice(scan, observe, mac, inventory) -> None:
    ssh = full(
        observe,
        mac,
        protocol="ssh",
        interfaces=(Interface(9, "Gi0/1", pvid=20, mtu=1500), Interface(10, "GigabitEthernet0/2", oper_up=True)),
        components=(Component("a", "psu", serial="PSU1"), Component("b", "disk", serial="DISK1")),
    )
    scan(0, full(observe, mac), ssh)
    frame = inventory.interfaces().set_index("name")
    assert (list(frame.index), frame.loc["Gi0/1", "pvid"]) == (["Gi0/1", "Gi0/2"], 20)
    assert sorted(inventory.components()["serial"].dropna()) == ["DISK1", "PSU1"]
    scan(1, ssh)  # SNMP is silent: its list stands
    assert list(inventory.interfaces()["name"]) == ["Gi0/1", "Gi0/2"]
    assert sorted(inventory.components()["serial"].dropna()) == ["DISK1", "PSU1"]
    assert inventory.changes().query("scan == 'S00002'").empty


def test_counters_are_differences_with_resets_and_wraps_found(scan, observe, mac, inventory) -> None:
    def at(day: int, octets: int, uptime: int | None, *, width: int = 64, errors: int = 0) -> Observation:
        counters = Counters(in_octets=octets, out_octets=None, in_errors=errors, width=width)
        return observe(
            macs=[mac(1)], uptime_s=uptime, interfaces=(Interface(1, "Gi0/1", mac=mac(1), speed_bps=10**9, counters=counters),)
        )

    def difference() -> tuple:
        row = inventory.interfaces().iloc[0]
        return tuple(None if pd.isna(v) else int(v) for v in row[["in_octets", "out_octets", "in_errors", "counted_s"]])

    day = 86_400
    scan(0, at(0, 1000, 50))
    assert difference() == (None, None, None, None)
    scan(1, at(1, 5000, 50 + day, errors=3))
    assert difference() == (4000, None, 3, day)
    scan(2, at(2, 9000, 600))  # it booted, although the counter is higher
    assert difference() == (None, None, None, None)
    scan(3, at(3, 100, None))  # went down: reset
    assert difference()[0] is None
    scan(4, at(4, 200, None, width=32))  # 32 bits at 1 Gbit/s wrap in 34 s: nothing can be said
    scan(5, at(5, 300, None, width=32))
    assert difference() == (None, None, 0, day)
    scan(6)
    assert difference() == (None, None, None, None)
    assert inventory.changes().query("scan != 'S00001' and subject != 'device'").empty


def test_what_a_port_says_of_its_link_is_remembered_when_it_changes(scan, observe, mac, inventory) -> None:
    def told(day: int, **link) -> None:
        port = Interface(1, "Gi0/1", mac=mac(1), oper_up=True, speed_bps=10**9)
        scan(day, observe(macs=[mac(1)], interfaces=(dataclasses.replace(port, **link),)))

    told(0, duplex="full", stp="forwarding")
    told(1, duplex="full", stp="forwarding", aggregate="Trk1")
    told(2, duplex="half", stp="blocking", aggregate="Trk1")
    told(3, duplex="half", stp="blocking", aggregate="Trk1")
    told(4, duplex="full", stp="disabled", aggregate="Trk1", oper_up=False)  # without a link these say nothing
    then = inventory.interfaces(as_of=START + DAY + DAY // 2).iloc[0]
    assert list(then[["duplex", "stp", "aggregate"]]) == ["full", "forwarding", "Trk1"]
    assert list(inventory.interfaces().iloc[0][["duplex", "stp", "aggregate"]]) == ["full", "disabled", "Trk1"]
    changes = inventory.changes().query("subject == 'interface'")
    assert [tuple(row) for row in changes[["scan", "field", "before", "after"]].to_numpy()] == [
        ("S00003", "duplex", "full", "half"),
        ("S00003", "stp", "forwarding", "blocking"),
        ("S00005", "oper_up", "yes", "no"),
    ]


def test_when_a_port_changed_last_is_told_and_is_no_history(scan, observe, mac, engine, inventory) -> None:
    """Ports of computers go up and down daily, and clocks drift: neither is a change of the inventory."""

    def told(day: int, changed_at: int | None, **more) -> None:
        port = Interface(1, "Gi0/1", mac=mac(1), oper_up=True, changed_at=changed_at)
        scan(day, observe(macs=[mac(1)], interfaces=(port,), **more))

    def shown(as_of: int | None = None) -> int | None:
        at = inventory.interfaces(as_of=as_of).iloc[0]["changed_at"]
        return None if pd.isna(at) else int(at.timestamp())

    first, second = START - 90 * DAY, START + DAY + 3600
    told(0, first)
    assert shown() == first
    told(1, first + 1800)  # half an hour in 90 days is the clock's
    assert shown() == first
    told(2, second)
    assert shown() == second
    told(3, second - 60)
    assert shown() in range(second - 120, second + 1)
    assert shown(as_of=START + DAY + DAY // 2) == first
    told(4, None)  # its clock started again: nobody knows
    assert shown() is None
    told(5, START + 5 * DAY - 600, uptime_s=900)
    assert shown() == START + 5 * DAY - 600
    scan(6)  # it is silent
    assert shown() is None
    assert inventory.changes().query("subject == 'interface'").empty
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM ports")).scalar_one() == 1


def test_frames_are_counted_as_octets_are(scan, observe, mac, inventory) -> None:
    def told(day: int, frames: int | None, octets: int = 0, *, width: int = 64) -> tuple:
        counters = Counters(in_octets=octets, in_errors=day, out_errors=day, width=width, in_frames=frames, out_frames=7)
        port = Interface(1, "Gi0/1", mac=mac(1), speed_bps=10**5, counters=counters)  # too slow to wrap twice a day
        scan(day, observe(macs=[mac(1)], interfaces=(port,)))
        row = inventory.interfaces().iloc[0]
        return tuple(None if pd.isna(v) else int(v) for v in row[["in_frames", "out_frames"]])

    assert told(0, 1000) == (None, None)
    assert told(1, 1500) == (500, 0)
    assert told(2, 20) == (None, 0)  # went down: reset
    assert told(3, None) == (None, 0)
    assert told(4, 2**32 - 10, width=32) == (None, None)  # another counter than before
    assert told(5, 2**32 - 5, width=32) == (5, 0)
    assert told(6, 90, width=32) == (95, 0)  # wrapped


@given(st.integers(0, 2**62))
def test_differences_are_kept_to_seven_digits(octets: int) -> None:
    """And what is less than ten million exactly."""

    def told(day: int, count: int) -> Observation:
        port = Interface(1, "Gi0/1", counters=Counters(in_octets=count))
        return Observation("10.0.0.1", "A", "snmp", START + day * DAY, Outcome.ANSWERED, interfaces=(port,))

    before = traffic.count({1: told(0, 5)}, {}, {}).readings
    found = traffic.count({1: told(1, 5 + octets)}, before, {}).differences["A"]
    kept = int(traffic.unpack_differences([traffic.pack_differences(found)])[0][3])
    assert abs(kept - octets) <= octets // 10**7
    assert kept == octets or octets > 10**7


def test_frames_are_kept_beside_errors(scan, observe, mac, inventory) -> None:
    """Each way by itself: they are noise in the file, and nothing but errors is judged by them."""
    for day in range(2):
        told = ({"in_errors": 4 + day}, {"out_errors": day}, {"in_discards": 4 + day, "out_discards": day}, {"in_errors": 4}, {})
        ports = tuple(
            Interface(
                number, f"Gi0/{number}", counters=Counters(in_octets=day, in_frames=1000 + day * 60, out_frames=day, **errors)
            )
            for number, errors in enumerate(told, 1)
        )
        scan(day, observe(macs=[mac(1)], interfaces=ports))
    frame = inventory.interfaces()
    assert frame["in_frames"].fillna(-1).tolist() == [60, -1, -1, -1, -1]
    assert frame["out_frames"].fillna(-1).tolist() == [-1, 1, -1, -1, -1]


@given(
    st.lists(st.tuples(st.integers(1, 400), st.booleans(), st.integers(-60, 60)), min_size=1, max_size=8),
)
def test_the_time_of_a_ports_last_change_never_goes_wrong_by_more_than_its_clock(days: list[tuple[int, bool, int]]) -> None:
    """Whatever the changes and however the clock jitters: what is kept is what was told, to a hundredth of its age."""
    at, changed, row = START, START - DAY, None
    for gap, changes, jitter in days:
        at += gap * DAY
        changed = at - 4000 if changes else changed
        told = changed + jitter
        row = told if row is None else row
        port = Interface(1, "Gi0/1", changed_at=told)
        observation = Observation("10.0.0.1", "A", "snmp", at, Outcome.ANSWERED, interfaces=(port,))
        packed = traffic.pack_differences(traffic.count({1: observation}, {}, {1: {1: row}}).differences["A"])
        later = int(traffic.unpack_differences([packed])[0][-1])
        assert abs(row + later - told) <= max(120, (at - told) // 100)
        if told == row:
            assert later == 0


def test_uptime_counter_that_starts_again_after_497_days_is_no_restart() -> None:
    from inventory.traffic import restarted

    wraps = 2**32 // 100
    assert not restarted(wraps - 1000, 6000, 7000)
    assert restarted(wraps - 1000, 200, 700_000)
    assert restarted(10_000, 50, 86_400)
    assert not restarted(None, 50, 86_400)
