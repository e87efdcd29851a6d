"""Which answers are one box, and which box: the cases that other inventories got wrong."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa

from inventory.database import reading
from inventory.facts import Addresses, ArpEntry, Component, Evidence, Observation, Outcome, OwnAddress
from inventory.hardware_addresses import tells_a_box
from inventory.traits import usable_serial


def names(inventory) -> dict[str, tuple[str, str]]:
    """device -> (office, address)"""
    frame = inventory.devices()
    return {row.device: (row.office, row.address) for row in frame.itertuples()}


def test_five_addresses_of_one_router_are_one_device(scan, observe, mac, inventory) -> None:
    macs = [mac(n) for n in range(1, 6)]
    scan(0, *(observe(f"10.0.0.{n}", serial="FOC1234X0AB", macs=macs, kind="router") for n in (9, 3, 5, 7, 4)))
    assert names(inventory) == {"D00001": ("A", "10.0.0.3")}
    assert list(inventory.addresses()["address"]) == [f"10.0.0.{n}" for n in (3, 4, 5, 7, 9)]
    scan(1, *(observe(f"10.0.0.{n}", serial="FOC1234X0AB", macs=macs, kind="router") for n in (5, 9)))
    assert list(names(inventory)) == ["D00001"]


def test_the_same_subnet_in_two_offices_is_two_networks(scan, observe, inventory) -> None:
    scan(0, observe("10.0.0.1", office="A", name="gw"), observe("10.0.0.1", office="B", name="gw"))
    assert names(inventory) == {"D00001": ("A", "10.0.0.1"), "D00002": ("B", "10.0.0.1")}
    scan(1, observe("10.0.0.1", office="B", name="gw"), observe("10.0.0.1", office="A", name="gw"))
    assert names(inventory) == {"D00001": ("A", "10.0.0.1"), "D00002": ("B", "10.0.0.1")}


def test_addresses_that_change_hands_do_not_merge_their_holders(scan, observe, mac, inventory) -> None:
    first = observe("10.0.0.1", protocol="ssh", macs=[mac(1)], kind="pc", name="pc-1", serial=None)
    second = observe("10.0.0.2", protocol="ssh", macs=[mac(2)], kind="pc", name="pc-2", serial=None)
    scan(0, first, second)
    scan(1, dataclasses.replace(first, address="10.0.0.2"), dataclasses.replace(second, address="10.0.0.1"))
    assert names(inventory) == {"D00001": ("A", "10.0.0.2"), "D00002": ("A", "10.0.0.1")}
    scan(2, dataclasses.replace(first, address="10.0.0.3"))
    third = observe("10.0.0.2", protocol="ssh", macs=[mac(3)], kind="pc", name="pc-3")
    scan(3, third)
    assert names(inventory) == {"D00001": ("A", "10.0.0.3"), "D00002": ("A", "10.0.0.1"), "D00003": ("A", "10.0.0.2")}


def test_a_replacement_at_the_same_address_and_name_is_another_device(scan, observe, mac, inventory) -> None:
    scan(0, observe(serial="CN11AAA111", macs=[mac(1), mac(2)], name="sw-1"))
    scan(1, observe(serial="CN22BBB222", macs=[mac(11), mac(12)], name="sw-1"))
    frame = inventory.devices().set_index("device")
    assert dict(frame["serial"]) == {"D00001": "CN11AAA111", "D00002": "CN22BBB222"}
    assert dict(frame["state"]) == {"D00001": "silent", "D00002": "present"}


def test_without_serial_and_hardware_address_another_model_is_another_device(scan, observe, inventory) -> None:
    scan(0, observe(vendor="Ricoh", model="MP 2014", name="printer"))
    scan(1, observe(vendor="Brother", model="HL-L5100", name="printer"))
    scan(2, observe(vendor="Brother", model="HL-L5100", name="in-phong-1"))  # renamed only
    assert list(inventory.devices()["vendor"]) == ["Ricoh", "Brother"]


def test_a_mainboard_swap_keeps_the_device_and_says_so(scan, observe, mac, inventory) -> None:
    scan(0, observe(serial="SGH123456X", macs=[mac(1)], name="srv", kind="server"))
    scan(1, observe(serial="SGH123456X", macs=[mac(9)], name="srv", kind="server"))
    frame = inventory.devices()
    assert list(frame["device"]) == ["D00001"]
    assert frame["conflict"][0] == f"changed macs {mac(1)} {mac(9)}"
    scan(2, observe(serial="SGH123456X", macs=[mac(9)], name="srv", kind="server"))
    assert inventory.devices()["conflict"][0] == f"changed macs {mac(1)} {mac(9)}"  # until somebody decides
    scan(3, observe(serial="SGH123456X", macs=[mac(1)], name="srv", kind="server"))
    assert inventory.devices()["conflict"].isna().all()  # or until it is as it was


def test_a_stack_that_loses_its_master_keeps_its_identity(scan, observe, mac, inventory) -> None:
    def stack(serial: str, members: list[str]) -> Observation:
        parts = tuple(Component(str(n), "stack", serial=s) for n, s in enumerate(members))
        return observe(serial=serial, macs=[mac(n) for n in range(1, 9)], base_mac=mac(1), name="stack", components=parts)

    scan(0, stack("FOC0000AAA1", ["FOC0000AAA1", "FOC0000BBB2", "FOC0000CCC3"]))
    scan(1, stack("FOC0000BBB2", ["FOC0000BBB2", "FOC0000CCC3"]))
    frame = inventory.devices()
    assert list(frame["serial"]) == ["FOC0000BBB2"]
    assert "serial" in frame["conflict"][0]


def test_a_box_that_moves_to_another_office_keeps_its_id(scan, observe, mac, inventory) -> None:
    scan(0, observe("10.0.0.4", office="A", serial="VNB3K12345", macs=[mac(4)], kind="printer"))
    scan(1, observe("10.0.0.8", office="B", serial="VNB3K12345", macs=[mac(4)], kind="printer"))
    assert names(inventory) == {"D00001": ("B", "10.0.0.8")}
    told = inventory.changes().query("scan == 'S00002'")
    assert sorted(zip(told["change"], told["before"], told["after"], strict=True)) == [
        ("moved", "A", "B"),
        ("readdressed", "10.0.0.4", "10.0.0.8"),
    ]


def test_two_boxes_with_one_serial_are_two_devices_and_a_conflict(scan, observe, mac, inventory) -> None:
    scan(0, observe("10.0.0.1", serial="SN55555A", macs=[mac(1)]), observe("10.0.0.2", serial="SN55555A", macs=[mac(2)]))
    frame = inventory.devices()
    assert list(frame["conflict"]) == ["same_serial SN55555A D00002", "same_serial SN55555A D00001"]
    scan(1, observe("10.0.0.2", serial="SN55555A", macs=[mac(2)]), observe("10.0.0.1", serial="SN55555A", macs=[mac(1)]))
    assert names(inventory) == {"D00001": ("A", "10.0.0.1"), "D00002": ("A", "10.0.0.2")}


def test_cloned_engine_ids_shared_names_and_router_macs_join_nobody(scan, observe, mac, inventory) -> None:
    vrrp, docker = "00:00:5e:00:01:07", "02:42:ac:11:00:02"
    boxes = [
        observe(f"10.0.0.{n}", engine_id="8000000001020304", name="switch", macs=[mac(n), vrrp, docker], serial=None)
        for n in range(1, 6)
    ]
    scan(0, *boxes)
    assert len(inventory.devices()) == 5
    scan(1, *reversed(boxes))
    assert len(inventory.devices()) == 5
    bare = [observe(f"10.0.0.{n}", name="HP ProCurve", serial="To be filled by O.E.M.") for n in range(11, 16)]
    scan(2, *boxes, *bare)
    assert len(inventory.devices()) == 10


def test_snmp_here_and_ssh_there_are_one_device(scan, observe, mac, inventory) -> None:
    over_snmp = observe("10.0.0.1", serial="ABC0000123", macs=[mac(1), mac(2)], name="srv", own=(OwnAddress("10.0.0.2", 24, 2),))
    over_ssh = observe("10.0.0.2", protocol="ssh", serial="ABC0000123", name="srv", kind="server", os_version="Debian 12")
    scan(0, over_snmp, over_ssh)
    frame = inventory.devices()
    assert list(frame["protocols"]) == ["snmp,ssh"]


def test_contradicting_protocols_at_one_address_stay_apart(scan, observe, mac, inventory) -> None:
    """A port forwarding: SNMP is answered by the router, SSH by a server behind it."""
    scan(
        0, observe(serial="ROUTER0001", macs=[mac(1)]), observe(protocol="ssh", serial="SERVER0002", macs=[mac(2)], vendor="Dell")
    )
    assert sorted(inventory.devices()["serial"]) == ["ROUTER0001", "SERVER0002"]


def test_what_cannot_be_read_is_still_there_and_later_becomes_itself(scan, observe, mac, inventory) -> None:
    shut = observe(identity=False, outcome=Outcome.AUTH_FAILED, vendor=None)
    scan(0, shut)
    assert names(inventory) == {"D00001": ("A", "10.0.0.1")}
    scan(1, observe(serial="CN11AAA111", macs=[mac(1)]))
    scan(2, shut)
    frame = inventory.devices()
    assert (list(frame["serial"]), list(frame["state"])) == (["CN11AAA111"], ["present"])


def test_a_router_tells_whose_unreadable_address_it_is(scan, observe, mac, inventory) -> None:
    def router(holder: str) -> Observation:
        arp = (ArpEntry("10.0.0.5", holder),)
        return dataclasses.replace(
            observe("10.0.0.1", serial="RT00001", macs=[mac(1)], kind="router"), addresses=Addresses(arp=arp)
        )

    box = observe("10.0.0.5", serial="CN11AAA111", macs=[mac(50)])
    shut = observe("10.0.0.5", identity=False, outcome=Outcome.AUTH_FAILED)
    scan(0, router(mac(50)), box)
    scan(1, router(mac(50)), shut)
    assert len(inventory.devices()) == 2
    scan(2, router(mac(77)), shut)  # another card answers there now
    assert len(inventory.devices()) == 3


def test_a_refused_port_is_no_device(scan, observe, inventory) -> None:
    scan(0, observe(identity=False, outcome=Outcome.REFUSED), observe("10.0.0.2", identity=False, outcome=Outcome.SILENT))
    assert inventory.devices().empty


def test_two_known_devices_that_prove_to_be_one_are_merged_and_logged(scan, observe, mac, inventory, engine) -> None:
    scan(
        0,
        observe("10.0.0.1", serial="RT0000123", macs=[mac(1)]),
        observe("10.0.0.2", identity=False, outcome=Outcome.AUTH_FAILED),
    )
    assert len(inventory.devices()) == 2
    both = [mac(1), mac(2)]
    scan(1, *(observe(f"10.0.0.{n}", serial="RT0000123", macs=both) for n in (1, 2)))
    scan(2, *(observe(f"10.0.0.{n}", serial="RT0000123", macs=both) for n in (1, 2)))
    assert list(inventory.devices()["device"]) == ["D00001"]
    assert len(inventory.devices(as_of=int(inventory.scans()["finished_at"][0].timestamp()))) == 2  # as it was then
    assert inventory.changes().query("scan != 'S00001' and subject == 'device'").empty
    with reading(engine) as connection:
        log = connection.execute(sa.text("SELECT device_id, addresses FROM identity_log WHERE event = 'merged'")).all()
    assert [tuple(row) for row in log] == [(2, "D00001")]


@pytest.mark.parametrize(
    "junk", ["To Be Filled By O.E.M.", "Default string", "0", "00000000", "N/A", "123456789", "xxxxxxx", "None", "----"]
)
def test_placeholders_are_no_serials(junk: str) -> None:
    assert usable_serial(junk) is None


def test_real_serials_and_addresses_are_kept() -> None:
    assert usable_serial(" foc 1234X0ab ") == "FOC1234X0AB"
    assert usable_serial("NONE-01A") == "NONE-01A"
    assert tells_a_box("00:1c:73:00:00:01")
    for odd in (
        "02:42:ac:11:00:02",
        "00:00:5e:00:01:07",
        "01:00:5e:00:00:01",
        "00:00:00:00:00:00",
        "",
        "junk",
        "zz:zz:zz:zz:zz:zz",
        None,
    ):
        assert not tells_a_box(odd)


def test_confidence_decides_between_protocols(scan, observe, mac, inventory) -> None:
    low = Evidence("2530-24G J9776A", "sysDescr", 0.6)
    snmp = observe(macs=[mac(1)])
    snmp = dataclasses.replace(snmp, identity=dataclasses.replace(snmp.identity, model=low))
    ssh = observe(protocol="ssh", macs=[mac(1)], model="2530-24G")
    scan(0, snmp, ssh)
    assert list(inventory.devices()["model"]) == ["2530-24G"]
    scan(1, snmp)  # SSH did not answer: its better value stands
    assert list(inventory.devices()["model"]) == ["2530-24G"]
    assert inventory.changes().query("change == 'changed'").empty


def test_the_systems_maker_does_not_contradict_the_machines(scan, observe, inventory):
    """Windows names Microsoft over SNMP; a login tells who built the machine."""
    told = {"name": "pc-mot-cua", "model": None, "kind": "pc"}
    scan(0, observe(vendor="Microsoft", **told), observe(protocol="ssh", vendor="Dell", **told))
    assert inventory.devices()["conflict"].isna().tolist() == [True]
