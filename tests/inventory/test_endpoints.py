"""Stations that do not answer: where they hang, what they are, when they come and go, and when they turn out to be devices."""

from __future__ import annotations

import pandas as pd
import pytest

from inventory.facts import ArpEntry, ForwardingEntry, Neighbour, Outcome
from inventory.hardware_addresses import mac_class

PHONE = "80:5e:c0:00:00:01"  # Yealink
RANDOM = "da:a1:19:00:00:{:02x}"


def switch(observe, mac, *neighbours, stations=(), arp=None, **more):
    table = None if stations is None else tuple(ForwardingEntry(station, port, None, 10) for station, port in stations)
    told = tuple(neighbours) if neighbours != (None,) else None
    return observe("10.0.0.1", serial="SW000001", macs=[mac(1)], neighbours=told, forwarding=table, arp=arp, **more)


def lldp(port: str, chassis: str | None, **more) -> Neighbour:
    return Neighbour("lldp", port, remote_chassis=chassis, **more)


def at(inventory) -> dict[str, tuple]:
    """MAC -> (switch, port, address, name) where they are known"""
    frame = inventory.endpoints().astype(object)
    frame = frame.where(frame.notna(), None)
    return {row.mac: (row.switch, row.port, row.address, row.name) for row in frame.itertuples(index=False)}


def test_a_telephone_tells_its_switch_who_it_is(scan, observe, mac, inventory) -> None:
    tells = lldp(
        "Gi0/7", PHONE, remote_name="dt-ban-mot-cua", remote_description="SIP-T31P 124.86.0.20", remote_address="10.0.0.77"
    )
    scan(0, switch(observe, mac, tells, stations=[(mac(50), "Gi0/7")]))
    frame = inventory.endpoints().set_index("mac")
    assert at(inventory)[PHONE] == ("D00001", "Gi0/7", "10.0.0.77", "dt-ban-mot-cua")
    assert frame.loc[PHONE, "description"] == "SIP-T31P 124.86.0.20"
    assert "YEALINK" in frame.loc[PHONE, "vendor"].upper()
    assert (frame.loc[PHONE, "office"], frame.loc[PHONE, "mac_class"]) == ("A", "global")


def test_a_telephone_that_names_its_address_as_chassis_is_known_by_its_port(scan, observe, mac, inventory) -> None:
    scan(0, switch(observe, mac, lldp("Gi0/7", "10.0.0.77", remote_port=PHONE, remote_address="10.0.0.77")))
    assert at(inventory) == {PHONE: ("D00001", "Gi0/7", "10.0.0.77", None)}


def test_a_neighbour_that_is_a_device_of_ours_is_no_station_of_its_own(scan, observe, mac, inventory) -> None:
    other = observe("10.0.0.2", serial="SW000002", macs=[mac(2)], base_mac=mac(2), name="sw-2")
    scan(
        0, switch(observe, mac, lldp("Gi0/1", mac(2), remote_name="sw-2"), lldp("Gi0/2", "phong-hop", remote_name="sw-2")), other
    )
    assert at(inventory) == {}


@pytest.mark.parametrize(
    "odd", ["phong hop tang 3 .", "zz:5e:c0:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "", "01:80:c2:00:00:0e"]
)
def test_what_is_no_hardware_address_is_no_station(scan, observe, mac, inventory, odd) -> None:
    scan(0, switch(observe, mac, lldp("Gi0/7", odd, remote_port=odd)))
    assert at(inventory) == {}


def test_a_telephone_is_gone_when_its_switch_misses_it_and_not_before(scan, observe, mac, inventory) -> None:
    tells = lldp("Gi0/7", PHONE, remote_name="dt-ban")
    there = {PHONE: ("D00001", "Gi0/7", None, "dt-ban")}
    scan(0, switch(observe, mac, tells))
    scan(1, switch(observe, mac, None, stations=None))  # neither table was told
    assert at(inventory) == there
    scan(2, switch(observe, mac, topics={"neighbours": Outcome.PARTIAL}))  # the forwarding table lacks it, LLDP was cut short
    assert at(inventory) == there
    scan(3, switch(observe, mac, stations=[(PHONE, "Gi0/7")]))  # it no longer speaks LLDP, and hangs there still
    assert at(inventory) == there
    scan(4, switch(observe, mac))
    assert at(inventory) == {}
    told = inventory.changes().query("subject == 'endpoint'")
    assert list(zip(told["scan"], told["change"], told["item"], strict=True)) == [("S00005", "gone", PHONE)]


def test_a_telephone_at_a_switch_without_a_forwarding_table_goes_too(scan, observe, mac, inventory) -> None:
    scan(0, switch(observe, mac, lldp("Gi0/7", PHONE), stations=None, arp=()))
    assert list(at(inventory)) == [PHONE]
    scan(1, switch(observe, mac, stations=None, arp=(), topics={"addresses": Outcome.PARTIAL}))
    assert list(at(inventory)) == [PHONE]
    scan(2, switch(observe, mac, stations=None, arp=()))
    assert at(inventory) == {}


def test_printers_and_servers_tell_their_neighbours_too(scan, observe, mac, inventory) -> None:
    """Nobody may read the router; what the others talk to is known all the same."""
    printer = observe("10.0.0.4", serial="VNB3K12345", macs=[mac(4)], kind="printer", arp=(ArpEntry("10.0.0.60", mac(60)),))
    server = {"serial": "SGH123456X", "macs": [mac(5)], "kind": "server", "name": "may-chu"}
    over_snmp = observe("10.0.0.5", **server, arp=(ArpEntry("10.0.0.61", mac(61)),))
    over_ssh = observe("10.0.0.5", protocol="ssh", **server, arp=(ArpEntry("10.0.0.62", mac(62)), ArpEntry("10.0.0.4", mac(4))))
    scan(0, printer, over_snmp, over_ssh)
    frame = inventory.endpoints().set_index("mac")
    assert dict(frame["address"]) == {mac(60): "10.0.0.60", mac(61): "10.0.0.61", mac(62): "10.0.0.62", mac(4): "10.0.0.4"}
    assert dict(frame["device"].dropna()) == {mac(4): "D00001"}
    assert set(frame["office"]) == {"A"}


def test_a_station_that_answers_becomes_a_device_and_keeps_its_past(scan, observe, mac, inventory) -> None:
    seen = switch(observe, mac, stations=[(mac(50), "Gi0/5")], arp=(ArpEntry("10.0.0.9", mac(50)),))
    first = scan(0, seen)
    scan(1, seen, observe("10.0.0.9", protocol="ssh", macs=[mac(50)], kind="pc", name="pc-9", vendor="Dell", model="3050"))
    row = inventory.endpoints().set_index("mac").loc[mac(50)]
    assert (row["device"], row["switch"], row["port"]) == ("D00002", "D00001", "Gi0/5")
    assert row["first_seen"] == pd.Timestamp(first.finished_at, unit="s", tz="UTC")
    device = inventory.devices().set_index("device").loc["D00002"]
    assert device["first_seen"] > row["first_seen"]
    assert inventory.changes().query("subject == 'endpoint' and change == 'gone'").empty  # it did not go: it has a name now


def test_a_pc_that_only_told_its_switch_of_itself_becomes_a_device_and_keeps_its_past(scan, observe, mac, inventory) -> None:
    seen = switch(observe, mac, lldp("Gi0/5", mac(50), remote_name="pc-9"))
    first = scan(0, seen)
    scan(1, seen, observe("10.0.0.9", protocol="ssh", macs=[mac(50)], kind="pc", name="pc-9", vendor="Dell", model="3050"))
    row = inventory.endpoints().set_index("mac").loc[mac(50)]
    assert (row["device"], row["port"]) == ("D00002", "Gi0/5")
    assert row["first_seen"] == pd.Timestamp(first.finished_at, unit="s", tz="UTC")


def test_a_switch_whose_neighbours_were_not_told_keeps_those_that_its_tables_lack(scan, observe, mac, inventory) -> None:
    scan(0, switch(observe, mac, lldp("Gi0/7", PHONE)))
    scan(1, switch(observe, mac, None))
    assert list(at(inventory)) == [PHONE]


def test_an_unreadable_station_is_a_device_by_the_routers_word(scan, observe, mac, inventory) -> None:
    seen = switch(observe, mac, stations=[(mac(50), "Gi0/5")], arp=(ArpEntry("10.0.0.9", mac(50)),))
    scan(0, seen, observe("10.0.0.9", identity=False, outcome=Outcome.AUTH_FAILED))
    assert inventory.endpoints().set_index("mac").loc[mac(50), "device"] == "D00002"


def test_randomised_addresses_are_told_apart_and_do_not_pile_up(scan, observe, mac, inventory) -> None:
    """A guest network: every telephone comes with a new address every day."""
    for day in range(5):
        guests = [(RANDOM.format(10 * day + n), "Gi0/8") for n in range(6)]
        scan(day, switch(observe, mac, stations=[*guests, (mac(50), "Gi0/5")]))
    frame = inventory.endpoints()
    assert dict(frame["mac_class"].value_counts()) == {"local": 6, "global": 1}
    assert frame.loc[frame["mac_class"] == "local", "vendor"].isna().all()
    assert len(inventory.devices()) == 1


def test_randomised_addresses_join_no_devices(scan, observe, mac, inventory) -> None:
    docker, random = "02:42:ac:11:00:02", RANDOM.format(1)
    pcs = [observe(f"10.0.0.{n}", protocol="ssh", macs=[mac(n), docker, random], kind="pc", name=f"pc-{n}") for n in range(2, 6)]
    scan(0, *pcs)
    assert len(inventory.devices()) == 4


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("00:50:56:9a:00:01", "virtual"),
        ("00:15:5d:00:00:01", "virtual"),
        ("08:00:27:00:00:01", "virtual"),
        ("52:54:00:ab:cd:ef", "virtual"),
        ("bc:24:11:00:00:01", "virtual"),
        ("00:16:3e:00:00:01", "virtual"),
        ("02:42:ac:11:00:02", "local"),
        ("da:a1:19:00:00:01", "local"),
        ("00:00:5e:00:01:0a", "vrrp"),
        ("00:00:0c:07:ac:01", "vrrp"),
        ("00:00:0c:9f:f0:01", "vrrp"),
        ("00:05:73:a0:00:01", "vrrp"),
        ("00:07:b4:00:01:01", "vrrp"),
        ("01:00:5e:00:00:fb", "multicast"),
        ("00:1c:73:00:00:01", "global"),
    ],
)
def test_hardware_addresses_by_class(address: str, what: str) -> None:
    assert mac_class(address) == what


def test_the_address_of_a_sleeper_does_not_make_another_card_its_own(scan, observe, mac, inventory) -> None:
    """A PC is known by the router's word only; it sleeps, and its address is given to a telephone that answers nobody."""
    pc = observe("10.0.0.9", kind="pc", name="pc-9")
    scan(0, switch(observe, mac, stations=(), arp=(ArpEntry("10.0.0.9", mac(50)),)), pc)
    scan(1, switch(observe, mac, stations=(), arp=(ArpEntry("10.0.0.9", PHONE),)))
    frame = inventory.endpoints().set_index("mac")
    assert pd.isna(frame.loc[PHONE, "device"])
    scan(2, switch(observe, mac, stations=(), arp=(ArpEntry("10.0.0.9", mac(50)),)), pc)
    assert dict(inventory.endpoints().set_index("mac")["device"]) == {mac(50): "D00002"}
