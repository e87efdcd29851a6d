"""A box stays one device while its addresses, parts, place and name change, and another box in its place is another device."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from inventory.facts import ArpEntry, Component, Observation, Outcome, OwnAddress

DISK = "S3Z9NB0K123456"


def at(inventory) -> dict[str, str]:
    """device -> address, of the devices that answered"""
    frame = inventory.devices()
    return dict(frame[frame["state"] == "present"].set_index("device")["address"])


def named(inventory) -> dict[str, str]:
    """name -> device, of the devices that answered"""
    frame = inventory.devices()
    return dict(frame[frame["state"] == "present"].set_index("sys_name")["device"])


def router(observe, mac, arp: dict[str, str]) -> Observation:
    entries = tuple(ArpEntry(address, hardware) for address, hardware in sorted(arp.items()))
    return observe("10.0.0.30", serial="RT0000001", macs=[mac(1)], kind="router", name="gw-1", arp=entries)


def with_(observation: Observation, **identity: object) -> Observation:
    """The observation with other values in its identity."""
    return dataclasses.replace(observation, identity=dataclasses.replace(observation.identity, **identity))


# -- addresses -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 7, 11])
def test_leases_that_go_round_among_many_pcs(scan, observe, mac, inventory, step: int) -> None:
    def pcs(shift: int) -> list[Observation]:
        return [
            observe(f"10.0.0.{1 + (n + shift) % 25}", protocol="ssh", macs=[mac(n)], kind="pc", name=f"pc-{n}", model="3050")
            for n in range(25)
        ]

    scan(0, *pcs(0))
    before = named(inventory)
    for day in (1, 2, 3):
        scan(day, *(pc for n, pc in enumerate(pcs(day * step)) if (n + day) % 3))  # a third of them is switched off
        after = named(inventory)
        assert after == {name: before[name] for name in after}
    assert len(inventory.devices()) == 25


def test_leases_that_go_round_among_devices_known_by_a_router_and_their_names(scan, observe, mac, inventory) -> None:
    """They tell no serial number and no hardware address: a router's ARP table, the name and the model must do."""

    def everything(day: int) -> list[Observation]:
        places = {n: f"10.0.0.{1 + (n + 5 * day) % 12}" for n in range(12)}
        arp = {place: mac(100 + n) for n, place in places.items()}
        boxes = [observe(place, kind="pc", name=f"pc-{n}", model="3050") for n, place in places.items()]
        return [router(observe, mac, arp), *(box for n, box in enumerate(boxes) if (n + day) % 4)]

    scan(0, *everything(0))
    scan(1, *everything(1))
    before = dict(inventory.devices().set_index("sys_name")["device"])
    assert len(before) == 13
    for day in (2, 3, 4, 7):
        scan(day, *everything(day))
        after = named(inventory)
        assert after == {name: before[name] for name in after}
    assert len(inventory.devices()) == 13


def test_unreadable_boxes_are_told_apart_by_a_routers_word(scan, observe, mac, inventory) -> None:
    def shut(address: str) -> Observation:
        return observe(address, identity=False, outcome=Outcome.AUTH_FAILED)

    scan(0, router(observe, mac, {"10.0.0.5": mac(50), "10.0.0.6": mac(60)}), shut("10.0.0.5"), shut("10.0.0.6"))
    assert at(inventory) == {"D00001": "10.0.0.5", "D00002": "10.0.0.6", "D00003": "10.0.0.30"}
    scan(1, router(observe, mac, {"10.0.0.6": mac(50), "10.0.0.5": mac(60)}), shut("10.0.0.5"), shut("10.0.0.6"))
    assert at(inventory) == {"D00001": "10.0.0.6", "D00002": "10.0.0.5", "D00003": "10.0.0.30"}


def test_pcs_with_names_alone_keep_their_names(scan, observe, inventory) -> None:
    one, two = (observe(f"10.0.0.{n}", kind="pc", name=f"pc-{n}", model="3050") for n in (1, 2))
    scan(0, one, two)
    scan(1, dataclasses.replace(one, address="10.0.0.2"), dataclasses.replace(two, address="10.0.0.1"))
    assert named(inventory) == {"pc-1": "D00001", "pc-2": "D00002"}
    scan(2, dataclasses.replace(one, address="10.0.0.9"))
    assert named(inventory) == {"pc-1": "D00001"}


def test_a_factory_name_is_no_name(scan, observe, inventory) -> None:
    """The second printer of its kind, in another corridor, is not the first one that has moved."""
    for name, model in (("printer", "HL-L5100"), ("HL-L5100", "HL-L5100"), ("localhost.localdomain", "HL-L5100")):
        here = observe("10.0.0.4", vendor="Brother", model=model, kind="printer", name=name)
        scan(len(inventory.scans()), here)
        known = len(inventory.devices())
        scan(len(inventory.scans()), dataclasses.replace(here, address="10.0.0.14"))
        assert len(inventory.devices()) == known + (len(inventory.scans()) == 2)  # later it is the one that is known there


def test_a_name_with_and_without_its_domain_is_one(scan, observe, inventory) -> None:
    scan(0, observe("10.0.0.1", kind="pc", name="pc-1.lapthach.gov.vn", model="3050"))
    scan(1, observe("10.0.0.9", kind="pc", name="PC-1", model="3050"))
    assert len(inventory.devices()) == 1


def test_one_name_in_two_offices_is_two_devices(scan, observe, inventory) -> None:
    scan(0, observe("10.0.0.4", office="A", kind="printer", name="may-in-tang-1", model="HL-L5100"))
    scan(1, observe("10.0.0.9", office="B", kind="printer", name="may-in-tang-1", model="HL-L5100"))
    assert len(inventory.devices()) == 2


# -- protocols -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", ["cards", "one card of several", "address that it tells", "disk"])
def test_snmp_at_one_address_and_ssh_at_another(scan, observe, mac, inventory, evidence: str) -> None:
    """A login that may not read the serial number tells of the same box at another address, now and in the next scan."""
    disk = (Component("disk:sda", "disk", serial=DISK),)
    over_snmp, over_ssh = {
        "cards": ({"macs": [mac(1), mac(2)]}, {"macs": [mac(2), mac(1)]}),
        "one card of several": ({"macs": [mac(1), mac(2), mac(3)]}, {"macs": [mac(3)]}),
        "address that it tells": ({"own": (OwnAddress("10.0.0.2", 24, 2),)}, {}),
        "disk": ({"components": disk}, {"components": disk}),
    }[evidence]
    answers = [
        observe("10.0.0.1", serial="SGH123456X", name="srv", kind="server", **over_snmp),
        observe("10.0.0.2", protocol="ssh", name="srv.lapthach.gov.vn", kind="server", **over_ssh),
    ]
    for day in (0, 1):
        scan(day, *answers)
        frame = inventory.devices()
        assert list(frame["protocols"]) == ["snmp,ssh"]
        assert frame["conflict"].isna().all()
    assert list(inventory.addresses()["address"]) == ["10.0.0.1", "10.0.0.2"]


# -- what is shared over the inventory -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "alike",
    [
        {"serial": "SN55555A"},
        {"engine_id": "8000000001020304"},
        {"name": "may-in-tang-1"},
        {"uuid": "564d0a11-2233-4455-6677-8899aabbccdd"},
        {"asset_tag": "TS.2019"},
        {"disk": DISK},
    ],
    ids=lambda alike: next(iter(alike)),
)
def test_what_two_known_devices_share_does_not_make_a_third_one_of_them(scan, observe, mac, inventory, alike) -> None:
    """The third tells nothing but that, and is the only one that answers."""
    told = {"kind": "printer", "model": "HL-L5100", **{k: v for k, v in alike.items() if k in ("serial", "engine_id", "name")}}
    parts = (Component("disk:sda", "disk", serial=alike["disk"]),) if "disk" in alike else None
    firmware = {k: v for k, v in alike.items() if k in ("uuid", "asset_tag")}

    def box(n: int, cards: bool = True) -> Observation:
        return with_(observe(f"10.0.0.{n}", macs=[mac(n)] if cards else (), components=parts, **told), **firmware)

    scan(0, box(1), box(2))
    scan(1, box(9, cards=False))
    assert at(inventory) == {"D00003": "10.0.0.9"}


# -- stacks --------------------------------------------------------------------------------------------------------------------


def stack(observe, mac, master: str, members: str, **more) -> Observation:
    """A stack of members named by letters; each brings its ports, and the master's address is the stack's."""
    parts = tuple(Component(str(1000 + ord(m)), "stack", serial=f"FOC0000{m}{m}{m}1") for m in members)
    ports = [mac(256 * ord(m) + n) for m in members for n in range(1, 9)]
    told = {"serial": f"FOC0000{master * 3}1", "base_mac": mac(256 * ord(master)), "name": "stack-tang-2", "components": parts}
    return observe(macs=ports, **(told | more))


@pytest.mark.parametrize("before", ["ABC", "AB"])
@pytest.mark.parametrize("lost", "AB")
def test_a_stack_that_loses_a_member_and_gets_it_back(scan, observe, mac, inventory, before: str, lost: str) -> None:
    left = before.replace(lost, "")
    scan(0, stack(observe, mac, before[0], before))
    scan(1, stack(observe, mac, left[0], left))
    frame = inventory.devices()
    assert list(frame["device"]) == ["D00001"]
    assert list(frame["serial"]) == [f"FOC0000{left[0] * 3}1"]
    if lost == before[0]:
        assert frame["conflict"][0] == f"changed serial FOC0000{before[0] * 3}1 FOC0000{left[0] * 3}1"
    else:
        assert frame["conflict"].isna().all()
    scan(2, stack(observe, mac, left[0], before))  # it is back, and no longer master
    scan(3, stack(observe, mac, before[0], before))
    frame = inventory.devices()
    assert list(frame["device"]) == ["D00001"]
    assert frame["conflict"].isna().all()
    gone = inventory.changes().query("subject == 'component'")
    assert set(zip(gone["scan"], gone["change"], strict=True)) == {("S00002", "gone"), ("S00003", "appeared")}


def test_a_stack_that_tells_no_cards_and_loses_its_master(scan, observe, mac, inventory) -> None:
    scan(0, dataclasses.replace(stack(observe, mac, "A", "AB", base_mac=None), interfaces=None))
    scan(1, dataclasses.replace(stack(observe, mac, "B", "B", base_mac=None), interfaces=None))
    assert list(inventory.devices()["device"]) == ["D00001"]


def test_a_switch_that_leaves_a_stack_is_another_device(scan, observe, mac, inventory) -> None:
    scan(0, stack(observe, mac, "A", "AB"))
    scan(1, stack(observe, mac, "A", "A"), stack(observe, mac, "B", "B", address="10.0.0.8", name="sw-moi"))
    assert dict(inventory.devices().set_index("device")["serial"]) == {"D00001": "FOC0000AAA1", "D00002": "FOC0000BBB1"}


# -- parts ---------------------------------------------------------------------------------------------------------------------


def pc(observe, address: str = "10.0.0.7", *, disk: str | None = DISK, name: str | None = "pc-7", **more) -> Observation:
    parts = () if disk is None else (Component("disk:sda", "disk", serial=disk),)
    told = {"protocol": "ssh", "kind": "pc", "vendor": "Dell", "model": "OptiPlex 3050", "components": parts}
    return observe(address, name=name, **(told | more))


def test_a_new_mainboard_under_the_same_disk_and_name(scan, observe, mac, inventory) -> None:
    """No login may read the serial number; the card is on the board, so the address server gave another address too."""
    scan(0, pc(observe, macs=[mac(7)]))
    scan(1, pc(observe, "10.0.0.19", macs=[mac(70)]))
    frame = inventory.devices()
    assert list(frame["device"]) == ["D00001"]
    assert list(frame["conflict"]) == [f"changed macs {mac(7)} {mac(70)}"]


def test_a_new_mainboard_with_another_serial_number_and_the_same_card(scan, observe, mac, inventory) -> None:
    scan(0, pc(observe, serial="7ABC123", macs=[mac(7)], disk=None))
    scan(1, pc(observe, serial="9XYZ789", macs=[mac(7)], disk=None))
    frame = inventory.devices()
    assert list(frame["device"]) == ["D00001"]
    assert list(frame["conflict"]) == ["changed serial 7ABC123 9XYZ789"]
    scan(2, pc(observe, serial="9XYZ789", macs=[mac(7)], disk=None))
    assert list(inventory.devices()["conflict"]) == ["changed serial 7ABC123 9XYZ789"]


def test_the_firmwares_identifier_keeps_a_machine_with_a_new_card_and_name(scan, observe, mac, inventory) -> None:
    told = {"uuid": "4c4c4544-0034-3410-8036-b7c04f4d3232"}
    scan(0, with_(pc(observe, macs=[mac(7)], disk=None), **told))
    swapped = {"uuid": "44454c4c-3400-1034-8036-b7c04f4d3232"}  # as a system tells it that reads the octets the other way
    scan(1, with_(pc(observe, macs=[mac(70)], disk=None, name="pc-7b"), **swapped))
    frame = inventory.devices()
    assert list(frame["device"]) == ["D00001"]
    assert "changed macs" in frame["conflict"][0]


def test_an_identifier_that_boards_leave_the_factory_with_is_none(scan, observe, mac, inventory) -> None:
    told = {"uuid": "03000200-0400-0500-0006-000700080009"}
    scan(0, *(with_(pc(observe, f"10.0.0.{n}", disk=None, name=f"pc-{n}", macs=[mac(n)]), **told) for n in (1, 2)))
    frame = inventory.devices()
    assert len(frame) == 2
    assert frame["conflict"].isna().all()


def test_an_asset_code_in_the_firmware_is_evidence(scan, observe, inventory) -> None:
    told = {"asset_tag": "TS.0412/2019"}
    scan(0, with_(pc(observe, disk=None), **told))
    scan(1, with_(pc(observe, "10.0.0.19", disk=None, name="pc-moi"), **told))
    assert list(inventory.devices()["device"]) == ["D00001"]
    assert list(inventory.devices()["asset_tag"]) == ["TS.0412/2019"]
    scan(2, with_(pc(observe, disk=None, name="pc-khac"), asset_tag="TS.0999/2023"))
    assert len(inventory.devices()) == 2


def test_a_disk_in_another_machine_does_not_make_it_the_same_one(scan, observe, mac, inventory) -> None:
    scan(0, pc(observe, serial="7ABC123", macs=[mac(7)]))
    scan(1, pc(observe, serial="9XYZ789", macs=[mac(70)]))
    frame = inventory.devices()
    assert dict(frame.set_index("device")["serial"]) == {"D00001": "7ABC123", "D00002": "9XYZ789"}
    words = "disks,model,name,!serial,!macs"
    assert sorted(frame["conflict"]) == [f"resembles address,{words} D00001", f"resembles address,{words} D00002"]


# -- places --------------------------------------------------------------------------------------------------------------------


def test_a_replacement_that_only_a_router_tells_apart(scan, observe, mac, inventory) -> None:
    """The same model under the same name at the same address: the card is another, so the device is."""
    box = observe("10.0.0.5", kind="printer", model="HL-L5100", name="may-in-1")
    scan(0, router(observe, mac, {"10.0.0.5": mac(50)}), box)
    scan(1, router(observe, mac, {"10.0.0.5": mac(51)}), box)
    assert dict(inventory.devices().set_index("device")["state"]) == {
        "D00001": "silent", "D00002": "present", "D00003": "present"
    }  # fmt: skip


def test_a_replacement_by_its_cards_alone_and_by_its_serial_alone(scan, observe, mac, inventory) -> None:
    scan(0, observe("10.0.0.1", macs=[mac(1)], name="sw-1"), observe("10.0.0.2", serial="CN11AAA111", name="sw-2"))
    scan(1, observe("10.0.0.1", macs=[mac(9)], name="sw-1"), observe("10.0.0.2", serial="CN22BBB222", name="sw-2"))
    assert dict(inventory.devices().set_index("device")["state"]) == {
        "D00001": "silent", "D00002": "silent", "D00003": "present", "D00004": "present"
    }  # fmt: skip
    assert inventory.devices()["conflict"].isna().all()  # nothing speaks for their being one but the place and the name


def test_a_virtual_router_moves_between_two_routers_and_joins_them_not(scan, observe, mac, inventory) -> None:
    shared = ["00:00:5e:00:01:07", "00:00:0c:07:ac:07", "00:00:0c:9f:f0:07", "00:07:b4:00:07:01", "00:05:73:a0:00:07"]

    def routers(active: int) -> list[Observation]:
        ours = [
            observe(f"10.0.0.{n}", serial=f"RT000000{n}", kind="router", macs=[mac(n), *shared], name=f"gw-{n}") for n in (2, 3)
        ]
        return [*ours, dataclasses.replace(ours[active], address="10.0.0.1")]

    for day, active in enumerate((0, 1, 1, 0)):
        scan(day, *routers(active))
        frame = inventory.devices()
        assert dict(frame.set_index("device")["serial"]) == {f"D0000{n - 1}": f"RT000000{n}" for n in (2, 3)} or dict(
            frame.set_index("device")["serial"]
        ) == {"D00001": "RT0000002", "D00002": "RT0000003"}
        assert frame["conflict"].isna().all()
        told = inventory.addresses().query("address == '10.0.0.1' and origin == 'answered'")
        assert list(told["device"]) == [f"D0000{active + 1}"]


# -- docking stations ----------------------------------------------------------------------------------------------------------

DOCK = 1000


@pytest.mark.parametrize("serials", [True, False])
def test_a_docking_station_is_no_pc(scan, observe, mac, inventory, serials: bool) -> None:
    """One hardware address with several laptops, one after the other, and the address server's lease goes with it."""

    def laptop(n: int) -> Observation:
        told = {"serial": f"5CG00000{n}X"} if serials else {}
        return pc(observe, "10.0.0.9", macs=[mac(DOCK), mac(n)], disk=None, name=f"laptop-{n}", **told)

    for day, n in enumerate((1, 2, 3, 1, 3, 2)):
        scan(day, laptop(n))
    assert named(inventory) == {"laptop-2": "D00002"}
    assert list(inventory.devices()["sys_name"]) == ["laptop-1", "laptop-2", "laptop-3"]
    assert inventory.devices()["conflict"].isna().all()


def test_laptops_with_no_card_but_the_docking_stations(scan, observe, mac, inventory) -> None:
    for day, n in enumerate((1, 2, 3, 1, 2)):
        scan(day, pc(observe, "10.0.0.9", serial=f"5CG00000{n}X", macs=[mac(DOCK)], disk=None, name=f"laptop-{n}"))
    frame = inventory.devices()
    assert list(frame["sys_name"]) == ["laptop-1", "laptop-2", "laptop-3"]
    assert frame["conflict"].isna().all()


def test_two_laptops_at_once_under_one_address_are_two(scan, observe, mac, inventory) -> None:
    """A docking station serves one at a time; adapters with a copied address serve two, and join them not."""
    both = [pc(observe, f"10.0.0.{n}", macs=[mac(DOCK), mac(n)], disk=None, name=f"laptop-{n}") for n in (1, 2)]
    scan(0, *both)
    scan(1, *reversed(both))
    assert named(inventory) == {"laptop-1": "D00001", "laptop-2": "D00002"}


# -- virtual machines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["00:50:56:00:00", "52:54:00:00:00", "02:00:00:00:00"])
def test_clones_of_a_virtual_machine_are_several_devices(scan, observe, inventory, prefix: str) -> None:
    """Everything is the same but the cards, which some hypervisors make up."""

    def clones(*numbers: int) -> list[Observation]:
        told = {"serial": "VMware-56 4d 0a", "engine_id": "8000000001020304", "vendor": "VMware", "model": "VMware7,1"}
        return [
            with_(
                observe(f"10.0.0.{n}", macs=[f"{prefix}:{n:02x}"], kind="server", name="mau-debian", **told),
                uuid="564d0a11-2233-4455-6677-8899aabbccdd",
            )
            for n in numbers
        ]

    scan(0, *clones(1, 2))
    frame = inventory.devices()
    assert list(frame["address"]) == ["10.0.0.1", "10.0.0.2"]
    kinds = {part.split(" ")[0] for conflict in frame["conflict"] for part in conflict.split("; ")}
    assert kinds == {"same_serial", "same_uuid"}
    scan(1, *reversed(clones(1, 2)))
    assert at(inventory) == {"D00001": "10.0.0.1", "D00002": "10.0.0.2"}
    scan(2, *clones(2, 3))  # the first is switched off, a third has come
    assert at(inventory) == {"D00002": "10.0.0.2", "D00003": "10.0.0.3"}
    assert inventory.devices()["conflict"].isna().all()  # what three devices have is nobody's


def test_a_port_forwarded_to_another_virtual_machine(scan, observe, inventory) -> None:
    """SNMP is answered by one, SSH by another; both have made up cards only."""
    one = observe(macs=["02:00:00:00:00:01"], kind="server", vendor=None, model=None, name="cong")
    two = observe(protocol="ssh", macs=["02:00:00:00:00:02"], kind="server", vendor=None, model=None, name="web")
    scan(0, one, two)
    assert len(inventory.devices()) == 2


def test_one_virtual_machine_stays_one(scan, observe, inventory) -> None:
    def machine(address: str, **told) -> Observation:
        return observe(address, protocol="ssh", macs=["52:54:00:ab:cd:ef"], kind="server", vendor="QEMU", model="pc", **told)

    scan(0, machine("10.0.0.5", name="web"))
    scan(1, machine("10.0.0.6", name="web-moi"))
    assert list(inventory.devices()["device"]) == ["D00001"]
    assert list(itertools.chain(inventory.devices()["conflict"].dropna())) == []
