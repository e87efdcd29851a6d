"""What ports tell of their links is what the cables are: duplex, aggregates, spanning tree, frames, power, and what is wrong."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from simulator.district import District
from simulator.network import Network
from tests.simulator import reading

IF = (1, 3, 6, 1, 2, 1, 2, 2, 1)
X = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
TREE = (1, 3, 6, 1, 2, 1, 17, 2)
PLANTED = {
    "duplex_mismatch": 1, "slow_link": 3, "rising_errors": 1, "flapping": 1, "power_budget": 1, "vlan_mismatch": 1,
    "no_spanning_tree": 1, **dict.fromkeys(("hot", "fan_failed", "supply_failed", "disk_failing", "disk_counts"), 1),
    **dict.fromkeys(("storage_full", "memory_full", "pages_past_duty", "kit_due", "restarts"), 1), "battery_weak": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def network(district: District) -> Network:
    return district.at(district.today)


def read(network: Network) -> list[tuple[dict[str, Any], Any]]:
    """Devices that may be read, with what they show."""
    return [(d, network.tree(d["place"])) for d in network.truth()["devices"] if d["snmp_readable"]]


def troubles(network: Network, kind: str) -> list[dict[str, Any]]:
    return [trouble for trouble in network.truth()["troubles"] if trouble["kind"] == kind]


def port_of(network: Network, address: str, name: str) -> dict[str, Any]:
    device = next(d for d in network.truth()["devices"] if d["address"] == address)
    return next(port for port in device["interfaces"] if port["name"] == name)


def test_all_sorts_of_trouble_are_planted(network: Network) -> None:
    assert Counter(trouble["kind"] for trouble in network.truth()["troubles"]) == PLANTED


def test_links_are_full_duplex_but_for_the_one_end_that_is_not(network: Network) -> None:
    (wrong,) = troubles(network, "duplex_mismatch")
    half = set()
    for device, tree in read(network):
        told = reading.column(tree, 1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19)
        names = reading.port_names(tree)
        up = {index for index, value in reading.column(tree, *IF, 8).items() if value == 1}
        assert all(value == 1 for index, value in told.items() if index not in up)
        assert all(value != 1 for index, value in told.items() if index in up)
        half |= {(device["address"], names[index[0]]) for index, value in told.items() if value == 2}
    assert half == {(wrong["address"], wrong["port"])}
    assert port_of(network, wrong["other_address"], wrong["other_port"])["duplex"] == "full"


def test_lines_of_an_aggregate_are_told_as_one(network: Network) -> None:
    lines = [cable for cable in network.truth()["cables"] if cable["aggregate"]]
    assert len(lines) == 2
    for side in ("a", "b"):
        tree = network.tree(lines[0][side]["place"])
        names = reading.port_names(tree)
        told = reading.column(tree, 1, 2, 840, 10006, 300, 43, 1, 2, 1, 1, 13)
        attached = {names[index[0]]: names[above] for index, above in told.items() if above}
        assert attached == {line[f"{side}_port"]: line["aggregate"] for line in lines}
        (whole,) = (index for index, value in reading.column(tree, *IF, 3).items() if value == 161)
        octets = reading.column(tree, *X, 6)
        members = [octets[index] for index, name in names.items() if name in attached for index in [(index,)]]
        assert abs(octets[whole] - sum(members)) <= 2
        assert min(members) > 0.4 * octets[whole]  # the two share what there is
        bridged = set(reading.column(tree, 1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2).values())
        assert whole[0] in bridged
        assert not {index for index, name in names.items() if name in attached} & bridged


def test_blocked_cables_are_blocking_at_one_end(network: Network) -> None:
    blocked = {
        frozenset(((c["a"]["place"], c["a_port"]), (c["b"]["place"], c["b_port"])))
        for c in network.truth()["cables"]
        if c["blocked"]
    }
    blocking = set()
    for device, tree in read(network):
        names = reading.port_names(tree)
        base = {index[0]: names[value] for index, value in reading.column(tree, 1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2).items()}
        states = reading.column(tree, *TREE, 15, 1, 3)
        blocking |= {(device["place"], base[index[0]]) for index, value in states.items() if value == 2}
    assert len(blocked) > 2
    assert all(len(ends & blocking) == 1 for ends in blocked)
    assert len(blocking) == len(blocked)


def test_the_ends_of_a_cable_have_one_root_unless_one_runs_no_spanning_tree(network: Network) -> None:
    off = {trouble["place"] for trouble in troubles(network, "no_spanning_tree")}
    roots = {device["place"]: tree[(*TREE, 5, 0)][1] for device, tree in read(network) if (*TREE, 5, 0) in tree}
    assert {place for place, root in roots.items() if root == bytes(8)} == off
    own = {device.box.mac.to_bytes(6, "big") for device in network.plan.devices.values()}
    switches = 0
    for cable in network.truth()["cables"]:
        a, b = cable["a"]["place"], cable["b"]["place"]
        if cable["link"] and a in roots and b in roots and not {a, b} & off:
            assert roots[a] == roots[b]
            switches += 1
    assert switches > 10
    assert {root[2:] for place, root in roots.items() if place not in off} <= own


def test_frames_go_with_octets(network: Network) -> None:
    counted = 0
    for _, tree in read(network):
        for octets, columns in ((6, (7, 8, 9)), (10, (11, 12, 13))):
            sums = Counter()
            for column in columns:
                sums.update(reading.column(tree, *X, column))
            for index, total in reading.column(tree, *X, octets).items():
                if total > 10**6:
                    assert 64 <= total / sums[index] <= 1518
                    counted += 1
    assert counted > 300


def test_no_port_changed_after_now(network: Network) -> None:
    for _, tree in read(network):
        uptime = tree[1, 3, 6, 1, 2, 1, 1, 3, 0][1]
        assert all(0 <= change <= uptime for change in reading.column(tree, *IF, 9).values())


def test_a_loose_plug_changes_every_day_and_a_good_one_does_not(district: District) -> None:
    (flapping,) = troubles(district.at(district.today), "flapping")
    ages = []
    for day in range(3):
        tree = district.at(district.today + dt.timedelta(days=day)).tree(flapping["place"])
        names = {name: index for index, name in reading.port_names(tree).items()}
        changed = reading.column(tree, *IF, 9)[(names[flapping["port"]],)]
        ages.append(tree[1, 3, 6, 1, 2, 1, 1, 3, 0][1] - changed)
    assert max(ages) < 100 * 3600
    core = (
        district.at(district.today).tree("lap-thach/core1"),
        district.at(district.today + dt.timedelta(days=1)).tree("lap-thach/core1"),
    )
    trunk = next(index for index, name in reading.port_names(core[0]).items() if name == "Bridge-Aggregation1")
    first, second = (tree[1, 3, 6, 1, 2, 1, 1, 3, 0][1] - tree[(*IF, 9, trunk)][1] for tree in core)
    assert abs(second - first - 100 * 86_400) <= 100


def test_power_is_told_where_there_is_any(network: Network) -> None:
    main = (1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1)
    told = {d["place"]: (tree[(*main, 2, 1)][1], tree[(*main, 4, 1)][1]) for d, tree in read(network) if (*main, 2, 1) in tree}
    assert len(told) >= 2
    near = {place for place, (budget, drawn) in told.items() if drawn > 0.9 * budget}
    assert near == {trouble["place"] for trouble in troubles(network, "power_budget")}


def test_the_untagged_vlans_of_cables_agree_but_for_the_one_mistake(network: Network) -> None:
    (wrong,) = troubles(network, "vlan_mismatch")
    untagged: dict[tuple[str, str], int] = {}
    for device, tree in read(network):
        names = reading.port_names(tree)
        base = {index[0]: names[value] for index, value in reading.column(tree, 1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2).items()}
        for index, vlan in reading.column(tree, 1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1, 1).items():
            untagged[device["address"], base[index[0]]] = vlan
    differing = [
        link
        for link in network.truth()["links"]
        if (a := untagged.get((link["a_address"], link["a_port"]))) is not None
        and (b := untagged.get((link["b_address"], link["b_port"]))) is not None
        and a != b
    ]
    assert [(link["a_address"], link["a_port"]) for link in differing] == [(wrong["address"], wrong["port"])]


def test_errors_rise_on_the_cable_that_gets_worse(district: District) -> None:
    (worse,) = troubles(district.at(district.today), "rising_errors")
    errors = []
    for day in (0, 7, 14):
        tree = district.at(district.today + dt.timedelta(days=day)).tree(worse["place"])
        index = next(i for i, name in reading.port_names(tree).items() if name == worse["port"])
        errors.append(tree[(*IF, 14, index)][1])
    assert errors[2] - errors[1] > 2 * (errors[1] - errors[0]) > 0


def test_slow_links_are_on_ports_that_could_do_more(network: Network) -> None:
    for trouble in troubles(network, "slow_link"):
        for end in ("", "other_"):
            assert port_of(network, trouble[f"{end}address"], trouble[f"{end}port"])["speed_bps"] == 10**8
            place = next(d["place"] for d in network.truth()["devices"] if d["address"] == trouble[f"{end}address"])
            port = next(f.port for f in network.shown(place).physical if trouble[f"{end}port"] in (f.name, f.descr))
            assert port is not None
            assert port.speed_mbps >= 1000
