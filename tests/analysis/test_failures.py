"""What each device and each cable cuts off, and what-if, against taking things away and looking who is left."""

from __future__ import annotations

import random
from functools import cache

import networkx as nx
import pandas as pd
import pytest

from analysis.connectivity import connectivity, what_if
from tests.analysis.cabled import OUT, World, world

#: Four lots, so that they can run beside each other.
LOTS = [range(lot * 50, lot * 50 + 50) for lot in range(4)]


def known_of(made: World):
    return connectivity(**made.frames(), doors=made.doors)


@cache
def drawn(seed: int):
    """A network and what is known of it; nothing below changes either."""
    made = world(seed)
    return made, known_of(made)


@pytest.mark.parametrize("seeds", LOTS, ids=lambda lot: f"from {lot[0]}")
def test_what_devices_and_cables_cut_off_equals_taking_them_away(seeds):
    """200 networks: parallel cables, aggregates, islands, several ways out, offices behind other offices."""
    for seed in seeds:
        made, known = drawn(seed)
        for row in known.behind.to_dict("records"):
            lost = made.lost(devices={row["device"]})
            found = (row["devices_behind"], row["machines_behind"], row["people"], row["offices_cut"])
            expected = (len(lost["devices"]), lost["machines"], sum(lost["people"].values()), len(lost["people"]))
            assert found == expected, (seed, row["device"])
            assert _codes(row["services"]) == set(lost["services"]), (seed, row["device"])
        port = {(a, pa): n for n, (a, pa, _, _) in enumerate(made.cables)} | {
            (b, p): n for n, (*_, b, p) in enumerate(made.cables)
        }
        at, rows = known.model.wires.at, known.cables.to_dict("records")
        for end, number in port.items():
            row = rows[at[end][0]]
            lost = made.lost(cables={number})
            found = (row["devices_behind"], row["machines_behind"], row["people"], row["offices_cut"])
            expected = (len(lost["devices"]), lost["machines"], sum(lost["people"].values()), len(lost["people"]))
            assert found == expected, (seed, end)
            assert _codes(row["services"]) == set(lost["services"]), (seed, end)
            assert row["bridge"] == bool(lost["devices"]), (seed, end)


@pytest.mark.parametrize("seeds", LOTS, ids=lambda lot: f"from {lot[0]}")
def test_what_if_equals_taking_away(seeds):
    """Any devices and any cables at once."""
    for seed in seeds:
        made, known = drawn(seed)
        dice = random.Random(seed)
        for _ in range(5):
            devices = set(dice.sample(sorted(made.device), min(len(made.device), dice.randint(0, 3))))
            cables = set(dice.sample(range(len(made.cables)), min(len(made.cables), dice.randint(0, 4))))
            ends = [dice.choice([made.cables[n][:2], made.cables[n][2:]]) for n in cables]
            cut = what_if(known, devices=devices, cables=ends)
            lost = made.lost(devices, cables)
            assert (cut.machines, cut.people) == (lost["machines"], sum(lost["people"].values())), (seed, devices, ends)
            people = cut.offices.set_index("office")["people_cut"]
            assert people[people > 0].to_dict() == {o: n for o, n in lost["people"].items() if n}
            kept = cut.devices[~cut.devices["removed"]]
            assert set(kept["device"]) == lost["devices"]
            losers = {
                (service, row["office"]) for row in cut.offices.to_dict("records") for service in _codes(row["services_lost"])
            }
            assert losers == {(service, office) for service, offices in lost["services"].items() for office in offices}


@pytest.mark.parametrize("seeds", LOTS, ids=lambda lot: f"from {lot[0]}")
def test_ways_out_of_an_office_equal_the_largest_flow(seeds):
    """As many paths as the largest flow in the network has, with each device, or each cable, used once."""
    for seed in seeds:
        made, known = drawn(seed)
        whole = made.graph()
        at = made.machines()
        for office in made.unseen():
            at[made.way_out(office)] += 1
        for row in known.redundancy.to_dict("records"):
            starts = [d for d, n in at.items() if n and made.device[d][0] == row["office"]]
            if not starts:
                assert pd.isna(row["ways"]), (seed, row["office"])
                continue
            assert row["ways"] == min(4, _flow(whole, starts, by_node=True)), (seed, row["office"])
            assert row["cable_ways"] == min(4, _flow(whole, starts, by_node=False)), (seed, row["office"])
            alone = {d for d in made.device if _dark(made, starts, devices={d})}
            assert _codes(row["devices"]) == alone, (seed, row["office"])
            cables = {n for n in range(len(made.cables)) if _dark(made, starts, cables={n})}
            assert len(_codes(row["cables"], "; ")) == len(cables), (seed, row["office"])


def aggregated() -> World:
    """A router, a switch on it by an aggregate of two cables, a switch behind that on one cable; a station on each."""
    made = World(offices={"X00": None}, staff={"X00": 10})
    for number, kind in enumerate(("router", "switch", "switch"), 1):
        made.device[f"D{number:05d}"] = ("X00", kind)
    made.plug("D00001", "D00002", 2, bundle=True)
    made.plug("D00002", "D00003")
    made.stations = [("X00", "D00002", made.port("D00002")), ("X00", "D00003", made.port("D00003"))]
    return made


def test_one_cable_of_an_aggregate_cuts_off_nobody_and_all_of_it_does():
    known = known_of(aggregated())
    row = known.cables[known.cables["cables"] == 2].iloc[0]
    assert not row["bridge"]
    assert what_if(known, cables=[("D00001", "p1")]).people == 0
    assert what_if(known, cables=[("D00001", "p1"), ("D00002", "p2")]).people == 10
    assert what_if(known, cables=[int(row.name)]).people == 10
    assert what_if(known, cables=[("D00001", row["a_port"] if row["a_device"] == "D00001" else row["b_port"])]).people == 10
    assert what_if(known, cables=[("D00003", "p1")]).people == 5


def test_what_nobody_knows_cannot_be_taken_away():
    known = known_of(aggregated())
    for asked in ({"devices": ["D00009"]}, {"cables": [("D00001", "p9")]}, {"cables": [2]}, {"cables": [-1]}):
        with pytest.raises(ValueError, match=r"D00009|p9|numbered"):
            what_if(known, **asked)


def test_the_cable_to_an_unmanaged_switch_cuts_off_its_stations():
    made = aggregated()
    port = made.port("D00003")
    made.stations += [("X00", "D00003", port)] * 4
    known = known_of(made)
    row = known.cables[known.cables["b_name"] == f"+D00003:{port}"].iloc[0]
    assert (row["machines_behind"], row["single_point"]) == (4, True)
    cut = what_if(known, cables=[("D00003", port)])
    assert (cut.machines, cut.people) == (4, 7)


def test_a_service_in_the_office_is_lost_with_its_switch_and_one_outside_with_the_way_out():
    made = aggregated()
    made.device["D00004"] = ("X00", "server")
    made.plug("D00004", "D00003")
    made.services = {"archive": ("D00004", []), "mail": (OUT, ["X00"]), "elsewhere": (OUT, ["X09"])}
    known = known_of(made)
    services = known.behind.set_index("device")["services"]
    assert services.fillna("").to_dict() == {
        "D00001": "mail",
        "D00002": "archive,mail",
        "D00003": "archive,mail",
        "D00004": "archive",
    }
    row = what_if(known, devices=["D00001"]).offices.iloc[0]
    assert (row["services_before"], row["services_after"], row["services_lost"]) == ("archive,mail", "archive", "mail")


def test_a_cable_that_the_spanning_tree_holds_back_is_a_way():
    made = aggregated()
    made.plug("D00003", "D00001")
    known = known_of(made)
    assert not known.cables["bridge"].any()
    assert known.redundancy.iloc[0]["devices"] == "D00001"


def _codes(text, by=","):
    return set() if pd.isna(text) else set(text.split(by))


def _dark(made: World, starts: list[str], devices=(), cables=()) -> bool:
    return made.alive(OUT, devices, cables).isdisjoint(starts)


def _flow(whole: nx.MultiGraph, starts: list[str], by_node: bool) -> int:
    flow = nx.DiGraph()
    for node in whole:
        if node != OUT:
            flow.add_edge((node, "in"), (node, "out"), **({"capacity": 1} if by_node else {}))
    for a, b in nx.Graph(whole).edges:
        for one, other in ((a, b), (b, a)):
            if one != OUT:
                room = {} if by_node and other != OUT else {"capacity": whole.number_of_edges(a, b)}
                flow.add_edge((one, "out"), OUT if other == OUT else (other, "in"), **room)
    for start in starts:
        flow.add_edge("office", (start, "in"))
    return nx.maximum_flow_value(flow, "office", OUT)
