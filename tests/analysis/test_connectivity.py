from __future__ import annotations

import random

import networkx as nx
import pandas as pd
import pytest

from analysis.connectivity import connectivity
from analysis.topology import discover


def endpoint(number, switch, port, **values):
    mac = f"00:11:22:00:{number // 256:02x}:{number % 256:02x}"
    return {"mac": mac, "office": "X01", "switch": switch, "port": port, "mac_class": "global"} | values


def told(a, a_port, b, b_port, **values):
    return {"a_device": a, "a_port": a_port, "b_device": b, "b_port": b_port, "protocol": "lldp", "both_sides": False} | values


@pytest.fixture
def build(make_frame, make_device):
    def _build(devices, links=(), endpoints=(), interfaces=(), staff=10):
        frames = {
            "devices": make_frame("devices", [make_device(i, **values) for i, values in enumerate(devices, 1)]),
            "offices": make_frame("offices", [{"office": "X01", "staff": staff}]),
            "interfaces": make_frame("interfaces", list(interfaces)),
            "links": make_frame("links", list(links)),
            "endpoints": make_frame("endpoints", list(endpoints)),
        }
        return connectivity(**frames)

    return _build


def test_a_cable_told_by_both_ends_is_one_link(build):
    found = build([{}, {}], links=[told("D00001", "1", "D00002", "24"), told("D00002", "24", "D00001", "1")]).links
    assert len(found) == 1
    assert found.iloc[0]["evidence"] == "lldp_both"
    assert set(found.iloc[0][["a_port", "b_port"]]) == {"1", "24"}


def test_two_cables_between_the_same_switches_stay_two(build):
    assert len(build([{}, {}], links=[told("D00001", "1", "D00002", "1"), told("D00001", "2", "D00002", "2")]).links) == 2


def test_a_neighbour_that_the_inventory_does_not_know_is_kept_by_name(build):
    row = build([{}], links=[told("D00001", "1", None, "x", b_name="ghost")]).links.iloc[0]
    assert pd.isna(row["b_device"])
    assert row["b_name"] == "ghost"


def test_a_device_that_tells_nothing_hangs_where_its_address_was_learned(build):
    row = build([{}, {"kind": "printer"}], endpoints=[endpoint(1, "D00001", "7", device="D00002")]).links.iloc[0]
    assert (row["a_device"], row["a_port"], row["b_device"], row["origin"]) == ("D00001", "7", "D00002", "inferred")


def test_several_stations_behind_a_port_are_an_unmanaged_switch_but_not_behind_a_told_switch(build):
    found = build(
        [{"kind": "router"}, {}, {}],
        links=[told("D00002", "24", "D00003", "24")],
        endpoints=[endpoint(i, "D00002", "5") for i in range(4)] + [endpoint(i, "D00002", "24") for i in range(10, 15)],
    )
    assert found.unmanaged[["device", "port", "stations"]].values.tolist() == [["D00002", "5", 4]]
    assert found.offices.iloc[0]["unmanaged"] == 1


def test_people_behind_a_chain(build):
    """router - switch A (2 machines) - switch B (3 machines); 10 officials."""
    found = build(
        [{"kind": "router"}, {}, {}],
        links=[told("D00001", "lan", "D00002", "1"), told("D00002", "24", "D00003", "24")],
        endpoints=[endpoint(i, "D00002", str(i)) for i in (2, 3)] + [endpoint(i, "D00003", str(i)) for i in (4, 5, 6)],
    ).behind.set_index("device")
    assert found["people"].to_dict() == {"D00001": 10, "D00002": 10, "D00003": 6}
    assert found["single_point"].to_dict() == {"D00001": True, "D00002": True, "D00003": True}
    assert found.loc["D00001", "uplink"]


def test_a_ring_has_no_single_point_among_its_switches(build):
    found = build(
        [{"kind": "router"}, {}, {}, {}],
        links=[
            told("D00001", "a", "D00002", "1"),
            told("D00002", "2", "D00003", "1"),
            told("D00003", "2", "D00004", "1"),
            told("D00004", "2", "D00002", "3"),
        ],
        endpoints=[endpoint(1, "D00003", "9"), endpoint(2, "D00004", "9")],
    ).behind.set_index("device")
    assert found.loc["D00003", "people"] == 5
    assert not found.loc["D00003", "single_point"]
    assert found.loc["D00002", "people"] == 10


def test_machines_that_only_the_router_knows_still_count_at_the_uplink(build):
    found = build([{"kind": "router"}, {}], endpoints=[endpoint(1, None, None), endpoint(2, "D00002", "3")])
    behind = found.behind.set_index("device")
    assert behind.loc["D00001", "people"] == 10
    assert not behind.loc["D00002", "reachable"]
    assert found.offices.iloc[0]["visible"] == 0.5


def test_an_office_without_machines_or_devices_is_still_listed(build):
    row = build([]).offices.iloc[0]
    assert row["devices"] == 0
    assert pd.isna(row["visible"])
    assert pd.isna(row["uplink"])


def test_ports_used_and_free(build):
    ports = [
        {"device": "D00001", "office": "X01", "if_index": i, "name": str(i), "type": 6, "oper_up": up}
        for i, up in enumerate([True, False, None])
    ]
    row = build([{}], interfaces=[*ports, {"device": "D00001", "office": "X01", "if_index": 9, "type": 24}]).offices.iloc[0]
    assert (row["ports"], row["ports_used"], row["ports_free"]) == (3, 1, 2)


def test_people_cut_off_equal_removing_each_device_by_hand(build):
    """Random networks against brute force."""
    for seed in range(60):
        rng = random.Random(seed)
        count = rng.randint(2, 9)
        tree = [(rng.randrange(i), i) for i in range(1, count)]
        extra = [tuple(sorted(rng.sample(range(count), 2))) for _ in range(rng.randint(0, 3))]
        edges = sorted(set(tree + extra))
        name = [f"D{i + 1:05d}" for i in range(count)]
        machines = [rng.randint(0, 3) for _ in range(count)]
        staff = 20
        found = build(
            [{"kind": "router"}] + [{}] * (count - 1),
            links=[told(name[a], f"to{b}", name[b], f"to{a}") for a, b in edges],
            endpoints=[endpoint(16 * i + j, name[i], f"s{j}") for i in range(count) for j in range(machines[i])],
            staff=staff,
        ).behind.set_index("device")
        if not sum(machines):
            continue
        whole = nx.Graph(edges)
        whole.add_nodes_from(range(count))
        for i in range(1, count):
            rest = whole.copy()
            rest.remove_node(i)
            alive = nx.node_connected_component(rest, 0)
            lost = sum(machines) - sum(machines[n] for n in alive)
            assert found.loc[name[i], "machines_behind"] == lost, (seed, i)
            assert found.loc[name[i], "people"] == int(staff * lost / sum(machines) + 0.5)


def test_topology_of_nothing_has_columns(make_frame):
    empty = discover(make_frame("devices"), make_frame("links"), make_frame("endpoints")).links
    assert {"a_device", "origin", "confidence"} <= set(empty.columns)


def test_devices_of_unknown_kind_are_machines_and_break_nothing(build):
    found = build(
        [{"kind": None}, {}, {"kind": "router"}],
        links=[told("D00003", "a", "D00002", "1"), told("D00002", "9", "D00001", "x")],
        endpoints=[
            endpoint(1, "D00002", "4", device="D00001"),
            endpoint(2, "D00002", "4", device="D00001"),
            endpoint(3, "D00002", "5"),
        ],
    )
    behind = found.behind.set_index("device")
    assert behind["people"].to_dict() == {"D00001": 5, "D00002": 10, "D00003": 10}
    assert found.offices.iloc[0]["machines"] == 2


def test_a_switch_without_a_known_cable_still_cuts_off_what_hangs_on_it(build):
    found = build(
        [{"kind": "router"}, {}, {"kind": "printer"}],
        endpoints=[endpoint(i, "D00002", "5") for i in range(4)] + [endpoint(9, "D00002", "7", device="D00003")],
    )
    behind = found.behind.set_index("device")
    assert behind.loc["D00002", "people"] == 10
    assert not behind.loc["D00002", "reachable"]
    assert len(found.links) == 1, "what is only assumed is no link"


def test_offices_that_are_cabled_through_a_shared_switch_fail_with_it(make_frame, make_device):
    kinds = [("X00", "router"), ("X00", "switch"), ("X01", "router"), ("X02", "router")]
    devices = make_frame("devices", [make_device(i, office=o, kind=k) for i, (o, k) in enumerate(kinds, 1)])
    offices = make_frame(
        "offices", [{"office": "X00", "staff": 5}] + [{"office": o, "staff": 10, "parent": "X00"} for o in ("X01", "X02")]
    )
    links = make_frame(
        "links", [told("D00001", "1", "D00002", "1"), told("D00002", "2", "D00003", "w"), told("D00002", "3", "D00004", "w")]
    )
    seen = make_frame("endpoints", [endpoint(1, "D00003", "l", office="X01"), endpoint(2, "D00004", "l", office="X02")])
    found = connectivity(devices, offices, make_frame("interfaces"), links, seen).behind.set_index("device")
    assert found.loc["D00002", "people"] == 20
    assert found.loc["D00002", "offices_cut"] == 2
    assert found.loc["D00003", "people"] == 10
