"""A district over the wire in which half of the switches speak no LLDP, and a fifth of the forwarding entries have aged."""

from __future__ import annotations

import socket

import pytest

from analysis import frames
from analysis.topology import Cabling
from inventory.frames import Inventory
from kiemke import demo as demonstration
from kiemke import scanning
from kiemke.targets import of_offices
from simulator.district import load
from simulator.plan import Silence
from simulator.serve import serve
from tests.analysis import networks, topology_scores
from tests.end_to_end.running import free_port
from tests.end_to_end.test_months import quiet

#: What is mute and what has aged is drawn anew each time: single draws scatter by two points.
SEEDS = (11, 12, 13)


@pytest.fixture(scope="module")
def shares(tmp_path_factory):
    district = load()
    ports = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    networks_of = [district.at(district.today, Silence(mute=0.5, aged=0.2, seed=seed)) for seed in SEEDS]
    total = topology_scores.Score()
    with serve(networks_of[0], snmp_port=ports[0], ssh_port=ports[1]) as running:
        for network in networks_of:
            running.move_to(network)
            workspace = demonstration.prepare(tmp_path_factory.mktemp("silent") / "demo", district, *ports)
            total += scanned(workspace, network)
    return total.shares


def scanned(workspace, network):
    """A scan of its own, and how much of the network it finds."""
    scanning.scan(
        workspace,
        of_offices(workspace.offices(), network.date),
        clock=demonstration.clock(network.date),
        progress=quiet,
        told=lambda _: None,
    )
    inventory = Inventory(workspace.root)
    at = dict(inventory.addresses()[["address", "device"]].itertuples(index=False))
    number = {device.id: at[device.address] for device in network.running if device.address in at}
    truth = networks.district_truth(network, number)
    told = {name: inventory.load(name) for name in ("devices", "interfaces", "links", "endpoints", "forwarding", "arp")}
    entries = told["forwarding"][["mac", "device", "port"]].itertuples(index=False)
    kept = {mac for mac, device, port in entries if truth.stations.get(mac) == (device, port)}
    found = Cabling(*(frames.load(inventory, name) for name in ("topology", "attachments", "unmanaged")))
    return topology_scores.score(networks.Frames(**told, truth=truth, kept=kept), found)


def test_links_between_devices_are_right_and_few_are_missed(shares):
    assert shares["precision"] >= 0.98
    assert shares["recall"] >= 0.95


def test_a_station_hangs_where_it_is_said_to(shares):
    assert shares["attached_named"] >= 0.97
    assert shares["attached_kept"] >= 0.95, "those whose own switch still knows them are named"


def test_unmanaged_switches_are_found_and_few_are_made_up(shares):
    assert shares["unmanaged"] >= 0.90
    assert shares["false_unmanaged"] <= 0.05
