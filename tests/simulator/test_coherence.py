"""One cabling plan, told by many agents: what the trees say is checked against the cables, by another way than they were made."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import networkx as nx
import pytest

from simulator.agent import COUNTER32, COUNTER64, GAUGE32, INTEGER, IP_ADDRESS, OBJECT_IDENTIFIER, OCTET_STRING, TIME_TICKS
from simulator.district import District
from simulator.network import Network
from tests.simulator import reading

DAYS = [0, 47, 200]
WAN_SWITCH, CORE = "lap-thach/wansw1", "lap-thach/core1"


@pytest.fixture(params=DAYS)
def network(request: pytest.FixtureRequest, district: District) -> Network:
    return district.at(district.today + dt.timedelta(days=request.param))


def by_address(network: Network) -> dict[str, Any]:
    return {a.address: a for a in network.agents}


def cable_graph(network: Network) -> nx.Graph:
    """Places and the lines that forward, from the truth. A router's WAN side is a place of its own, and so are the ports of the
    WAN switch that lead outside: it carries two networks that never meet."""
    graph = nx.Graph()
    for cable in network.truth()["cables"]:
        if cable["link"] and not cable["blocked"]:
            ends = []
            for side in ("a", "b"):
                place = cable[side]["place"]
                device = network.plan.devices.get(place)
                port = network.catalogue[device.box.model].port_by_name.get(cable[f"{side}_port"]) if device else None
                inside = place != WAN_SWITCH or CORE in {cable["a"]["place"], cable["b"]["place"]}
                ends.append((place, "lan" if inside and (port is None or port.segment == "lan") else "wan"))
            # The lines of an aggregate are one: their bridges know its interface only.
            ports = {end: cable["aggregate"] or cable[f"{side}_port"] for end, side in zip(ends, ("a", "b"), strict=True)}
            graph.add_edge(*ends, ports=ports)
    return graph


def test_the_lines_that_forward_form_a_tree_in_each_office(network: Network) -> None:
    assert nx.is_forest(cable_graph(network))


def test_cables_of_the_lan_are_in_ports_that_have_its_address(network: Network) -> None:
    """A firewall has ports besides, for another provider and for servers that are reached from outside."""
    checked = 0
    for device in network.plan.devices.values():
        ports = network.catalogue[device.box.model].port_by_name
        lan = {name for name, port in ports.items() if port.addressed}
        if lan:
            used = {p for c in network.plan.cables.values() for place, p in c.ends() if place == device.id}
            inside = {name for name in used if name in ports and ports[name].segment == "lan"}
            assert inside <= lan or lan <= inside, (device.id, inside)
            checked += bool(inside)
    assert checked


def test_a_forwarding_entry_points_along_the_cables_to_its_owner(network: Network) -> None:
    graph = cable_graph(network)
    owners: dict[str, tuple[str, str]] = {}
    for device in network.plan.devices.values():
        owners[network.cabling.own_mac(device).to_bytes(6, "big").hex(":")] = (device.id, "lan")
        if any(v == 100 for v, _ in device.routed):
            owners[network.cabling.wan_mac(device).to_bytes(6, "big").hex(":")] = (device.id, "wan")
    owners.update({s.mac.to_bytes(6, "big").hex(":"): (s.id, "lan") for s in network.plan.stations.values()})
    checked = 0
    for device in network.running:
        if not network.snmp_readable(device):
            continue
        names = {face.name: shown for face, shown in _names(network, device.id)}
        for mac, port in reading.forwarding(network.tree(device.id)):
            owner = owners[mac]
            home = next(h for h in ((device.id, "lan"), (device.id, "wan")) if h in graph and nx.has_path(graph, h, owner))
            first = nx.shortest_path(graph, home, owner)[1]
            assert port == names.get(graph.edges[home, first]["ports"][home]), (device.id, mac, port)
            checked += 1
    assert checked > 1500


def _names(network: Network, place: str) -> list[tuple[Any, str]]:
    shown = network.shown(place)
    names = reading.port_names(network.tree(place))
    return [(face, names[face.index]) for face in shown.faces]


def test_what_one_end_tells_of_a_link_the_other_end_tells_too(network: Network) -> None:
    agents = by_address(network)
    told = {}
    for device in network.running:
        if network.snmp_readable(device):
            tree = agents[device.address].snmp.tree
            told[device.address] = reading.neighbours(tree)
    names = {d.address: d.name for d in network.running}
    mutual = 0
    for address, rows in told.items():
        for _, there, name in rows:
            assert names[there] == name
            other = network.plan.devices[next(d.id for d in network.running if d.address == there)]
            if there in told and network.cabling.shows(other, "lldp"):
                assert address in {back for _, back, _ in told[there]}, (address, there)
                mutual += 1
    assert mutual >= 30


def test_the_truths_links_are_those_that_the_trees_tell(network: Network) -> None:
    truth: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for link in network.truth()["links"]:
        for here, there in (("a", "b"), ("b", "a")):
            if here in link["told_by"]:
                truth[f"{link['protocol']} {link[f'{here}_address']}"].add((link[f"{here}_port"], link[f"{there}_address"]))
    for device in network.running:
        if not network.snmp_readable(device) or device.access.half:
            continue
        tree = network.tree(device.id)
        assert {(p, a) for p, a, _ in reading.neighbours(tree)} == truth[f"lldp {device.address}"]
        assert {(p, a) for p, a, _ in reading.heard_by_cdp(tree)} == truth[f"cdp {device.address}"]


def test_address_tables_agree_with_who_has_the_address(network: Network) -> None:
    owners: dict[str, str] = {s.address: s.mac.to_bytes(6, "big").hex(":") for s in network.plan.stations.values()}
    for device in network.plan.devices.values():
        owners[device.address] = network.cabling.own_mac(device).to_bytes(6, "big").hex(":")
        for vlan, address in device.routed:
            mac = network.cabling.wan_mac(device) if vlan == 100 else network.cabling.own_mac(device)
            owners[address.split("/")[0]] = mac.to_bytes(6, "big").hex(":")
    for device in network.running:
        for address, mac in reading.address_table(network.tree(device.id)).items():
            assert owners[address] == mac


def test_every_endpoint_is_in_a_table_that_can_be_read(network: Network) -> None:
    seen: set[str] = set()
    for device in network.running:
        if network.snmp_readable(device):
            tree = network.tree(device.id)
            seen |= {mac for mac, _ in reading.forwarding(tree)} | set(reading.address_table(tree).values())
    endpoints = network.truth()["endpoints"]
    assert {e["mac"] for e in endpoints if e["seen"]} >= {e["mac"] for e in endpoints} & seen
    assert sum(e["mac"] in seen for e in endpoints) >= 700


def test_unmanaged_switches_show_as_several_stations_behind_a_port_without_a_neighbour(network: Network) -> None:
    agents = by_address(network)
    found = 0
    for entry in network.truth()["unmanaged"]:
        snmp = agents[entry["address"]].snmp
        device = next(d for d in network.running if d.address == entry["address"])
        if snmp is None or not network.snmp_readable(device) or device.access.half:
            continue
        behind = {mac for mac, port in reading.forwarding(snmp.tree) if port == entry["port"]}
        if not behind:
            continue  # a gateway that keeps no table
        assert set(entry["stations"]) <= behind
        assert entry["port"] not in {port for port, _, _ in reading.neighbours(snmp.tree)}
        found += len(behind) > 1
    assert found >= 25


def test_trees_are_in_order_and_typed(network: Network) -> None:
    allowed: dict[int, type] = {
        INTEGER: int, OCTET_STRING: bytes, OBJECT_IDENTIFIER: tuple, IP_ADDRESS: bytes, COUNTER32: int, GAUGE32: int,
        TIME_TICKS: int, COUNTER64: int,
    }  # fmt: skip
    rows = 0
    for agent in network.agents:
        if agent.snmp is None:
            continue
        oids = list(agent.snmp.tree)
        assert oids == sorted(oids)
        rows += len(oids)
        for oid, (tag, value) in agent.snmp.tree.items():
            assert isinstance(value, allowed[tag]), oid
            if tag in {COUNTER32, GAUGE32, TIME_TICKS}:
                assert isinstance(value, int)
                assert 0 <= value < 2**32, oid
            if tag == INTEGER:
                assert isinstance(value, int)
                assert -(2**31) <= value < 2**31, oid
            if tag == IP_ADDRESS:
                assert isinstance(value, bytes)
                assert len(value) == 4
    assert rows > 80_000


def test_indexes_refer_to_interfaces_that_there_are(network: Network) -> None:
    for device in network.running:
        tree = network.tree(device.id)
        indexes = {i[0] for i in reading.column(tree, 1, 3, 6, 1, 2, 1, 2, 2, 1, 1)}
        if not indexes:
            continue
        assert tree[1, 3, 6, 1, 2, 1, 2, 1, 0][1] == len(indexes)
        assert set(reading.column(tree, 1, 3, 6, 1, 2, 1, 4, 20, 1, 2).values()) <= indexes
        assert set(reading.column(tree, 1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2).values()) <= indexes
        assert {i[0] for i in reading.column(tree, 1, 3, 6, 1, 2, 1, 4, 22, 1, 2)} <= indexes
        assert {i[0] for i in reading.column(tree, 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)} <= indexes


def test_the_truths_interfaces_are_those_of_the_trees(network: Network) -> None:
    for device in network.truth()["devices"]:
        if not device["snmp_readable"]:
            continue
        tree = network.tree(device["place"])
        names = reading.port_names(tree)
        admin = reading.column(tree, 1, 3, 6, 1, 2, 1, 2, 2, 1, 7)
        oper = reading.column(tree, 1, 3, 6, 1, 2, 1, 2, 2, 1, 8)
        speed = reading.column(tree, 1, 3, 6, 1, 2, 1, 2, 2, 1, 5)
        for face in device["interfaces"]:
            index = face["index"]
            assert names[index] == face["name"]
            assert (admin[index,] == 1, oper[index,] == 1) == (face["admin_up"], face["oper_up"])
            assert speed[index,] == min(face["speed_bps"], 2**32 - 1)
        assert len(names) == len(device["interfaces"])


def test_both_ends_of_a_cable_count_the_same_traffic(district: District) -> None:
    first, second = (district.at(district.today + dt.timedelta(days=n)) for n in (3, 4))
    counted = 0
    for cable in second.plan.cables.values():
        a, b = second.plan.devices.get(cable.a), second.plan.devices.get(cable.b)
        if a is None or b is None or cable.id not in first.plan.cables or first.plan.cables[cable.id] != cable:
            continue
        deltas = []
        for device, port in ((a, cable.a_port), (b, cable.b_port)):
            before = reading.octets_counted(first.tree(device.id)).get(port)
            after = reading.octets_counted(second.tree(device.id)).get(port)
            if before is None or after is None or after[0] < before[0]:
                break
            deltas.append((after[0] - before[0], after[1] - before[1]))
        if len(deltas) == 2:
            (in_a, out_a), (in_b, out_b) = deltas
            assert abs(in_a - out_b) <= 2
            assert abs(out_a - in_b) <= 2
            counted += in_a > 1_000_000
    assert counted >= 40


def test_identity_is_told_where_the_truth_says_so(network: Network) -> None:
    for device in network.truth()["devices"]:
        if device["junk_serial"] is not None:
            assert device["serial"] is None
        elif device["tells"]["serial"]:
            assert device["serial"] == device["real_serial"]
        if device["snmp_readable"] and device["ssh_readable"] is False and device["serial"]:
            shown = b"\n".join(v for _, v in network.tree(device["place"]).values() if isinstance(v, bytes))
            assert device["serial"].encode() in shown
