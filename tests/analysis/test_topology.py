"""Cables from tables: small networks by hand, and shares of what is right over networks whose cabling is known."""

from __future__ import annotations

from time import process_time

import pandas as pd
import pytest

from analysis.tables import typed
from analysis.topology import discover
from analysis.topology.told import together, told_cables
from inventory.frames.columns import FRAMES
from inventory.sentences import unpack
from reports.texts import texts
from simulator.district import load
from tests.analysis import networks, topology_scores


def mac(number):
    return f"00:11:22:00:{number // 256:02x}:{number % 256:02x}"


class Bench:
    """Switches by number with the address of a thousand more; what each has learnt at each port."""

    def __init__(self, switches):
        self.devices = [
            {"device": f"D{n}", "office": "X01", "kind": "switch", "address": f"10.0.0.{n}", "mac": mac(1000 + n)}
            for n in switches
        ]
        self.rows = []
        self.links = []
        self.interfaces = []
        self.arp = []

    def learns(self, switch, port, *numbers, vlan=None):
        self.rows += [{"device": f"D{switch}", "office": "X01", "port": port, "mac": mac(n), "vlan": vlan} for n in numbers]
        return self

    def has(self, device, port, speed=10**9, **more):
        self.interfaces.append(
            {"device": device, "name": port, "type": 6, "oper_up": True, "speed_bps": speed, "admin_up": True} | more
        )
        return self

    def stands(self, device, number, kind="pc", **more):
        self.devices.append(
            {"device": device, "office": "X01", "kind": kind, "address": f"10.0.1.{number}", "mac": mac(number)} | more
        )
        return self

    def find(self, endpoints=()):
        return discover(
            typed(self.devices, FRAMES["devices"]),
            typed(self.links, FRAMES["links"]),
            typed(endpoints, FRAMES["endpoints"]),
            typed(self.interfaces, FRAMES["interfaces"]),
            pd.DataFrame(self.rows, columns=["device", "office", "port", "mac", "vlan"]),
            typed(self.arp, FRAMES["arp"]),
        )


def cables(found):
    return {
        tuple(None if pd.isna(v) else v for v in row)
        for row in found.links[["a_device", "a_port", "b_device", "b_port"]].itertuples(index=False)
    }


@pytest.fixture
def chain():
    """1 - 2 - 3, with two stations on each."""
    bench = Bench((1, 2, 3))
    bench.learns(1, "a", 1).learns(1, "b", 2).learns(1, "down", 3, 4, 5, 6, 1002, 1003)
    bench.learns(2, "up", 1, 2, 1001).learns(2, "a", 3).learns(2, "b", 4).learns(2, "down", 5, 6, 1003)
    return bench.learns(3, "up", 1, 2, 3, 4, 1001, 1002).learns(3, "a", 5).learns(3, "b", 6)


def ends(found):
    return {frozenset(((row[0], row[1]), (row[2], row[3]))) for row in cables(found)}


def test_a_chain_of_switches_that_tell_nothing(chain):
    found = chain.find()
    assert ends(found) == {
        frozenset((("D1", "down"), ("D2", "up"))),
        frozenset((("D2", "down"), ("D3", "up"))),
    }
    assert set(found.links["evidence"]) == {"facing"}
    assert found.unmanaged.empty
    at = found.attachments.set_index("mac")
    assert [(at.loc[mac(n), "device"], at.loc[mac(n), "port"]) for n in (1, 4, 6)] == [("D1", "a"), ("D2", "b"), ("D3", "b")]


def test_a_station_whose_own_switch_forgot_it_takes_the_port_that_is_left_over(chain):
    chain.rows = [row for row in chain.rows if not (row["device"] == "D3" and row["port"] == "b")]
    assert chain.find().attachments.set_index("mac").loc[mac(6), "device"] == "D3"
    chain.interfaces = [{"device": "D3", "name": name, "type": 6, "oper_up": True} for name in ("up", "a", "b")]
    row = chain.find().attachments.set_index("mac").loc[mac(6)]
    assert (row["device"], row["port"], row["evidence"]) == ("D3", "b", "only_place")


def test_what_nobody_learnt_takes_the_port_that_runs_at_its_speed():
    bench = Bench((1,)).learns(1, "a", 1).learns(1, "b", 2)
    bench.has("D1", "slow", 10**8).has("D1", "fast").stands("P1", 11, "printer").stands("P2", 12)
    bench.has("P1", "eth0", 10**8, mac=mac(11)).has("P2", "eth0", mac=mac(12))
    at = bench.find().links.set_index("b_device")["a_port"]
    assert (at["P1"], at["P2"]) == ("slow", "fast")
    for port in bench.interfaces:
        port["speed_bps"] = None
    assert bench.find().links["a_port"].isna().all()


def test_an_address_that_no_table_has_is_where_its_network_is(chain):
    """Three switches, a port left over on two: the router's ARP table tells which of them has this computer's neighbours."""
    chain.stands("P1", 11).devices.append({"device": "R1", "office": "X01", "kind": "router", "mac": mac(2000)})
    chain.has("D1", "free").has("D4", "free")
    chain.devices.append({"device": "D4", "office": "X01", "kind": "switch", "address": "10.0.0.4", "mac": mac(1004)})
    chain.learns(4, "a", 21).learns(4, "b", 22)  # a network of its own

    def switch_of(device):
        links = chain.find().links
        return set(links.loc[links["b_device"] == device, "a_device"])

    assert switch_of("P1") == set()
    for network, numbers in (("vlan1", (1, 2, 3)), ("vlan2", (21, 22, 11))):
        row = {"device": "R1", "office": "X01", "port": network}
        chain.arp += [row | {"mac": mac(n), "address": f"10.0.1.{n}"} for n in numbers]
    assert switch_of("P1") == {"D4"}


def test_arp_tells_whose_address_it_is():
    """The computer was asked at an address, and told nothing of its cards: its hardware address is in a router's ARP table."""
    bench = Bench((1,)).learns(1, "a", 1).learns(1, "b", 2).stands("P1", 2, mac=None)
    assert bench.find().links.empty
    bench.arp = [{"device": "D1", "office": "X01", "mac": mac(2), "address": "10.0.1.2", "port": "vlan1"}]
    (link,) = bench.find().links.to_dict("records")
    assert (link["a_device"], link["a_port"], link["b_device"]) == ("D1", "b", "P1")


def test_the_far_port_of_a_router_that_bridges_its_near_ones():
    """Its near ports are a bridge with a table; the far one has an address of its own, on a switch of the provider's side."""
    bench = Bench((1, 2)).learns(2, "wan7", 3000).learns(2, "wan8", 3001)
    bench.learns(1, "a", 1).learns(1, "b", 2).learns(1, "up", 2000)
    bench.stands("R1", 0, "router", mac=mac(2000)).has("R1", "lan1", mac=mac(2001)).has("R1", "wan", mac=mac(3000))
    bench.rows += [{"device": "R1", "port": "lan1", "mac": mac(n)} for n in (1, 2, 1001)]
    found = bench.find()
    assert frozenset((("D2", "wan7"), ("R1", "wan"))) in ends(found)
    assert frozenset((("D1", "up"), ("R1", "lan1"))) in ends(found)


def test_telephones_hang_on_the_access_point_that_nobody_has_heard():
    bench = Bench((1,)).learns(1, "a", 1).learns(1, "radio", 2, 3, 4).learns(1, "crowd", 5, 6, 7).stands("W1", 11, "wireless")
    makers = dict.fromkeys((2, 3, 4), "Xiaomi Communications Co Ltd") | dict.fromkeys((1, 5, 6, 7), "Dell Inc.")
    found = bench.find([{"mac": mac(n), "vendor": maker, "mac_class": "global"} for n, maker in makers.items()])
    assert ("D1", "radio", "W1", None) in cables(found)
    assert found.unmanaged["port"].tolist() == ["crowd"]


def test_what_nobody_heard_is_rather_behind_the_told_switch_that_cannot_be_read():
    bench = Bench((1,)).learns(1, "down", *range(1, 31)).learns(1, "a", 31)
    bench.stands("S1", 0, "switch", mac=mac(2000)).stands("P1", 40, "printer").has("D1", "free")
    bench.links = [{"a_device": "D1", "a_port": "down", "b_device": "S1", "b_port": "up", "protocol": "lldp"}]
    assert cables(bench.find()) == {("D1", "down", "S1", "up"), ("S1", None, "P1", None)}


def test_stations_that_both_ends_of_a_cable_have_learnt_need_something_between(chain):
    chain.learns(2, "down", 7, 8).learns(3, "up", 7, 8).learns(1, "down", 7, 8)
    found = chain.find()
    (row,) = found.unmanaged.to_dict("records")
    assert {(row["device"], row["port"]), ("D2", "down"), ("D3", "up")} == {("D2", "down"), ("D3", "up")}
    assert "through_unmanaged" in set(found.links["evidence"])


def test_a_firewall_with_one_address_and_a_leg_in_each_of_two_vlans(chain):
    """Its legs are on the two outer switches, so that every switch has its address at two ports."""
    cabling = ends(chain.find())
    chain.stands("F1", 0, "firewall", mac=mac(2000))
    chain.learns(1, "leg10", 2000, vlan=10).learns(2, "up", 2000, vlan=10).learns(3, "up", 2000, vlan=10)
    chain.learns(1, "down", 2000, vlan=20).learns(2, "down", 2000, vlan=20).learns(3, "leg20", 2000, vlan=20)
    legs = {frozenset(((device, port), ("F1", None))) for device, port in (("D1", "leg10"), ("D3", "leg20"))}
    assert ends(chain.find()) == cabling | legs


def test_a_server_with_a_card_in_several_vlans_is_one_station(chain):
    for vlan in (10, 20, 30):
        chain.learns(1, "down", 9, vlan=vlan).learns(2, "down", 9, vlan=vlan).learns(3, "trunk", 9, vlan=vlan)
    found = chain.find()
    at = found.attachments.set_index("mac").loc[mac(9)]
    assert (at["device"], at["port"], at["evidence"]) == ("D3", "trunk", "edge")
    assert found.unmanaged.empty


def test_a_vlan_that_ends_at_one_switch_does_not_hide_the_others(chain):
    """VLAN 30 has stations on 2 and 3 only, and 1 carries none of it."""
    cabling = ends(chain.find())
    chain.learns(2, "x", 31, vlan=30).learns(2, "down", 32, vlan=30).learns(3, "up", 31, vlan=30).learns(3, "y", 32, vlan=30)
    found = chain.find()
    assert ends(found) == cabling
    at = found.attachments.set_index("mac")
    assert [(at.loc[mac(n), "device"], at.loc[mac(n), "port"]) for n in (31, 32)] == [("D2", "x"), ("D3", "y")]
    assert found.unmanaged.empty


def test_three_switches_on_one_line_are_joined_by_something_unmanaged():
    bench = Bench((1, 2, 3))
    bench.learns(1, "line", 3, 4, 5, 6, 1002, 1003).learns(1, "a", 1).learns(1, "b", 2).learns(1, "c", 7).learns(1, "d", 8)
    bench.learns(2, "line", 1, 2, 5, 6, 7, 8, 1001, 1003).learns(2, "a", 3).learns(2, "b", 4)
    bench.learns(3, "line", 1, 2, 3, 4, 7, 8, 1001, 1002).learns(3, "a", 5).learns(3, "b", 6)
    (row,) = bench.find().unmanaged.to_dict("records")
    assert (row["device"], row["port"], row["managed"], row["evidence"]) == ("D1", "line", 2, "joins")


def test_told_links_are_not_inferred_again(chain):
    chain.links = [{"a_device": "D1", "a_port": "down", "b_device": "D2", "b_port": "up", "protocol": "lldp", "both_sides": True}]
    found = chain.find()
    assert len(found.links) == 2
    assert set(found.links["origin"]) == {"told", "inferred"}


def test_a_told_cable_that_the_spanning_tree_holds_back_does_not_bend_the_others(chain):
    """3 is cabled to 1 as well, and both tell it, but frames go by way of 2, which tells nothing."""
    chain.links = [
        {"a_device": "D1", "a_port": "held", "b_device": "D3", "b_port": "back", "protocol": "lldp", "both_sides": True}
    ]
    assert ends(chain.find()) == {
        frozenset((("D1", "held"), ("D3", "back"))),
        frozenset((("D1", "down"), ("D2", "up"))),
        frozenset((("D2", "down"), ("D3", "up"))),
    }


def test_parallel_cables_of_an_aggregate_are_one_link():
    links = typed(
        [
            {"a_device": "D1", "a_port": str(n), "b_device": "D2", "b_port": f"x{n}", "protocol": "lldp", "both_sides": True}
            for n in (1, 2)
        ],
        FRAMES["links"],
    )
    ports = [{"device": "D1", "name": str(n), "type": 6, "speed_bps": 10**9} for n in (1, 2)]
    lag = {"device": "D1", "name": "Po1", "type": 161, "speed_bps": 2 * 10**9, "oper_up": True}
    two = told_cables(links)
    assert len(together(two, typed(ports, FRAMES["interfaces"]), frozenset())) == 2
    (one,) = together(two, typed([*ports, lag], FRAMES["interfaces"]), frozenset())
    assert (one["a_port"], one["members"]) == ("Po1", "1=x1; 2=x2")
    assert len(together(two, typed([*ports, lag], FRAMES["interfaces"]), frozenset({("D1", "1")}))) == 2


def test_ports_that_are_told_to_be_of_an_aggregate_are_one_link():
    """Two aggregates between the same switches, one of them with a single cable, and a cable of its own."""
    bench = Bench((1, 2))
    for here, far in ((1, "x"), (2, "")):
        for n, whole in ((1, "Po1"), (2, "Po1"), (3, "Po2"), (4, None)):
            bench.has(f"D{here}", f"{'' if far else 'x'}{n}", aggregate=whole and f"{whole}{'' if far else 'x'}")
    bench.links = [
        {"a_device": "D1", "a_port": str(n), "b_device": "D2", "b_port": f"x{n}", "protocol": "lldp"} for n in range(1, 5)
    ]
    links = bench.find().links
    found = {(row.a_port, row.b_port, row.members if pd.notna(row.members) else "") for row in links.itertuples()}
    assert found == {("Po1", "Po1x", "1=x1; 2=x2"), ("Po2", "Po2x", "3=x3"), ("4", "x4", "")}


def test_entries_at_a_port_of_an_aggregate_are_the_aggregates():
    """One switch names the aggregate in its table, the other a port of it; nobody tells."""
    bench = Bench((1, 2)).learns(1, "a", 1).learns(1, "b", 2).learns(1, "Po1", 3, 1002).learns(1, "7", 4)
    bench.learns(2, "Trk1", 1, 2, 1001).learns(2, "a", 3).learns(2, "b", 4)
    bench.has("D1", "7", aggregate="Po1").has("D1", "8", aggregate="Po1")
    assert ends(bench.find()) == {frozenset((("D1", "Po1"), ("D2", "Trk1")))}


def test_guests_and_their_host_are_one_machine_and_a_telephone_with_a_computer_is_a_desk():
    bench = Bench((1,)).learns(1, "host", 1).learns(1, "desk", 2, 3).learns(1, "many", 4, 5, 6)
    bench.rows += [{"device": "D1", "port": "host", "mac": f"52:54:00:00:00:{n:02x}"} for n in range(3)]
    phone = [{"mac": mac(2), "vendor": "Yealink(Xiamen) Network Technology", "mac_class": "global"}]
    found = bench.find(phone).unmanaged.set_index("port")
    assert set(found.index) == {"desk", "many"}
    assert found.loc["desk", "confidence"] < 0.5 < found.loc["many", "confidence"]


def test_every_row_says_why_in_both_languages(chain):
    chain.learns(1, "crowd", 20, 21, 22)
    found = chain.find()
    for frame in (found.links, found.attachments, found.unmanaged):
        assert len(frame)
        for why in frame["why"]:
            assert unpack(why)
            assert all(texts(language).told(why) not in ("", why) for language in ("vi", "en"))


def test_without_tables_stations_stay_at_their_nearest_port():
    bench = Bench((1,))
    found = bench.find([{"mac": mac(1), "switch": "D1", "port": "7"}]).attachments
    assert found[["device", "port", "evidence"]].values.tolist() == [["D1", "7", "nearest"]]


@pytest.fixture(scope="module")
def day():
    district = load()
    return district.at(district.today)


def total(frames):
    score = topology_scores.Score()
    for one in frames:
        score += topology_scores.score(one, topology_scores.find(one))
    return score.shares


def test_whole_tables_show_every_cable_even_where_nobody_tells():
    shares = total(networks.generated(size, deaf=1, lost=0, seed=seed) for size in (10, 40, 120) for seed in range(4))
    assert shares["precision"] >= 0.98
    assert shares["recall"] >= 0.98
    assert shares["attached"] >= 0.98
    assert shares["unmanaged"] >= 0.95


def test_tables_that_hold_no_more_than_the_way_to_the_router():
    shares = total(networks.generated(60, quiet=True, lost=0, seed=seed) for seed in range(4))
    assert shares["precision"] >= 0.95
    assert shares["recall"] >= 0.97


def test_ten_thousand_entries_take_a_moment():
    frames = networks.generated(120, seed=1)
    began = process_time()
    topology_scores.find(frames)
    assert len(frames.forwarding) > 10_000
    assert process_time() - began < 3


@pytest.mark.parametrize("size", [25, 100, 200])
def test_networks_with_a_fifth_of_the_entries_lost(size):
    shares = total(networks.generated(size, seed=seed) for seed in range(4))
    assert shares["precision"] >= 0.96
    assert shares["recall"] >= 0.92
    assert shares["attached_kept"] >= 0.96
    assert shares["attached_named"] >= 0.97
    assert shares["unmanaged"] >= 0.9
    assert shares["false_unmanaged"] <= 0.08


def test_the_district_with_a_fifth_of_the_entries_lost(day):
    shares = total(networks.district(day, seed=seed) for seed in range(3))
    assert shares["precision"] >= 0.98
    assert shares["recall"] >= 0.945
    assert shares["attached_kept"] >= 0.98
    assert shares["attached_named"] >= 0.98
    assert shares["unmanaged"] >= 0.9
    assert shares["false_unmanaged"] <= 0.05
