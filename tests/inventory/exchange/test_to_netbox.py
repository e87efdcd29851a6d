"""The files for NetBox: what it would take, everything that it can hold, and a reason for what it cannot."""

from __future__ import annotations

import csv
import io

from hypothesis import HealthCheck, given, settings

from inventory.exchange import to_netbox
from inventory.sentences import unpack
from tests.inventory.exchange.made import frames, networks
from tests.inventory.exchange.netbox import NetBox


def taken(given_frames):
    """A NetBox that took the export's files, and the notes."""
    export = to_netbox.export(given_frames)
    netbox = NetBox()
    netbox.take({form.file: form.text() for form in export.forms})
    return netbox, [sentence for note in export.notes for sentence in unpack(note)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(networks())
def test_whatever_devices_say_netbox_takes_every_file_and_no_device_is_lost(network):
    netbox, _ = taken(network)
    assert len(netbox.held["devices"]) == len(network.devices)
    assert len(netbox.held["interfaces"]) == len(network.interfaces)
    for row, serial in zip(netbox.held["devices"], network.devices["serial"].fillna(""), strict=True):
        told = "".join(c if c.isprintable() else " " for c in serial).strip()
        assert told in (row["serial"] + row["comments"]) or not serial.isprintable()


def test_a_device_is_there_whole():
    network = frames(
        [
            {"device": "D00001", "sys_name": "SW-ket-toan", "kind": "switch", "vendor": "Cisco", "model": "WS-C2960-24TT-L"}
            | {"serial": "=FOC1010X104", "os_version": "15.0(2)SE11", "profile": "cisco-ios", "address": "10.0.0.1"}
        ],
        [
            {"device": "D00001", "if_index": 1, "name": "Vlan1", "type": 53, "mac": "00:1c:73:00:00:40", "admin_up": True},
            {"device": "D00001", "if_index": 10101, "name": "Gi0/1", "type": 6, "mac": "00:1c:73:00:00:01", "speed_bps": 10**9}
            | {"mtu": 1500, "admin_up": False, "alias": "tầng 2"},
        ],
        [{"address": "10.0.0.1", "office": "A", "device": "D00001", "prefix_length": 24, "if_index": 1, "origin": "answered"}],
        codes={"D00001": "TSCD-042"},
    )
    netbox, notes = taken(network)
    (device,) = netbox.held["devices"]
    comments = device.pop("comments")
    assert device == {
        "name": "SW-ket-toan",
        "role": "switch",
        "manufacturer": "Cisco",
        "device_type": "WS-C2960-24TT-L",
        "platform": "Cisco IOS",
        "serial": "=FOC1010X104",
        "asset_tag": "TSCD-042",
        "site": "Xã A",
        "status": "active",
        "description": "Kiểm Kê D00001",
    }
    assert "os_version: 15.0(2)SE11" in comments
    vlan, port = netbox.held["interfaces"]
    assert (vlan["type"], vlan["enabled"]) == ("virtual", "true")
    assert port == {
        "device": "SW-ket-toan",
        "name": "Gi0/1",
        "type": "other",
        "enabled": "false",
        "mtu": "1500",
        "speed": "1000000",
        "description": "tầng 2",
    }
    assert [row["interface"] for row in netbox.held["mac-addresses"]] == ["Vlan1", "Gi0/1"]
    (address,) = netbox.held["ip-addresses"]
    assert (address["address"], address["interface"], address["is_primary"]) == ("10.0.0.1/24", "Vlan1", "true")
    assert netbox.held["device-types"][0]["u_height"] == "1"
    assert notes == []


def test_two_devices_of_one_name_stay_two_and_can_be_told_apart():
    named = [{"device": f"D0000{n}", "sys_name": name} for n, name in enumerate(["switch", "SWITCH", None, "nas"], 1)]
    netbox, _ = taken(frames(named))
    assert [row["name"] for row in netbox.held["devices"]] == ["switch (D00001)", "SWITCH (D00002)", "D00003", "nas"]
    assert {row["device_type"] for row in netbox.held["devices"]} == {"Unknown"}


def test_offices_that_use_the_same_addresses_get_routing_tables_of_their_own():
    devices = [{"device": f"D0000{n}", "office": office} for n, office in enumerate("ABC", 1)]
    shared = [
        {"address": "192.168.1.1", "office": office, "device": f"D0000{n}", "origin": "answered"}
        for n, office in enumerate("AB", 1)
    ]
    own = [{"address": "10.9.9.9", "office": "C", "device": "D00003", "origin": "told", "prefix_length": 30}]
    netbox, _ = taken(frames(devices, addresses=shared + own))
    assert [row["name"] for row in netbox.held["vrfs"]] == ["A", "B"]
    assert [(row["address"], row["vrf"]) for row in netbox.held["ip-addresses"]] == [
        *(("192.168.1.1/32", "A"), ("192.168.1.1/32", "B"), ("10.9.9.9/30", "")),
    ]


def test_an_address_that_two_devices_claim_is_the_one_s_who_answered_there():
    devices = [{"device": "D00001"}, {"device": "D00002"}]
    claims = [
        {"address": "10.0.0.1", "office": "A", "device": "D00001", "origin": "told"},
        {"address": "10.0.0.1", "office": "A", "device": "D00002", "origin": "answered"},
        {"address": "127.0.0.1", "office": "A", "device": "D00001", "origin": "told"},
    ]
    netbox, notes = taken(frames(devices, addresses=claims))
    (address,) = netbox.held["ip-addresses"]
    assert "D00002" in address["description"]
    assert [(note.key, note.values) for note in notes] == [("detail.netbox_same_address", {"count": 1})]


def test_a_cable_joins_two_ports_that_see_nobody_else():
    devices = [{"device": f"D0000{n}", "sys_name": f"sw{n}"} for n in (1, 2, 3, 4)]
    ports = [{"device": f"D0000{n}", "if_index": i, "name": f"p{i}", "type": 6} for n in (1, 2, 3, 4) for i in (1, 2)]
    links = [
        {"a_device": "D00001", "a_port": "p1", "b_device": "D00002", "b_port": "p2", "protocol": "lldp"},
        {"a_device": "D00001", "a_port": "p2", "b_device": "D00003", "b_port": "p1", "protocol": "lldp"},
        {"a_device": "D00001", "a_port": "p2", "b_device": "D00004", "b_port": "p1", "protocol": "cdp"},  # behind one port two
        {"a_device": "D00003", "a_port": "p2", "b_device": None, "b_port": "x", "protocol": "cdp"},  # nobody knows that end
    ]
    netbox, notes = taken(frames(devices, ports, links=links))
    assert [
        (row["side_a_device"], row["side_a_name"], row["side_b_device"], row["side_b_name"]) for row in netbox.held["cables"]
    ] == [("sw1", "p1", "sw2", "p2")]
    assert [(note.key, note.values) for note in notes] == [
        ("detail.netbox_open_end", {"count": 1}),
        ("detail.netbox_shared_port", {"count": 2}),
    ]


def test_what_is_too_long_for_a_field_stands_whole_in_the_comments():
    serial = "S" * 60
    netbox, _ = taken(frames([{"device": "D00001", "serial": serial, "model": "M" * 120}]))
    (device,) = netbox.held["devices"]
    assert device["serial"] == ""
    assert serial in device["comments"]
    assert "M" * 120 in device["comments"]


def test_an_office_that_ended_is_a_retired_site():
    netbox, _ = taken(frames(offices=[{"office": "cu", "name_vi": "Xã cũ", "name_en": "Old", "valid_to": "2025-06-30"}]))
    assert netbox.held["sites"] == [{"name": "Xã cũ", "slug": "cu", "status": "retired", "facility": "cu", "description": "Old"}]


def test_an_empty_inventory_gives_every_file_with_its_head():
    export = to_netbox.export(frames(offices=()))
    for form in export.forms:
        assert next(csv.reader(io.StringIO(form.text()))) == list(form.columns)


def test_only_what_was_asked_and_did_not_answer_is_offline():
    states = ["present", "silent", "not_asked", "gone"]
    netbox, _ = taken(frames([{"device": f"D0000{n}", "state": state} for n, state in enumerate(states)]))
    assert [row["status"] for row in netbox.held["devices"]] == ["active", "offline", "active", "offline"]
