"""What a matching is given: devices and stations with all that identifies them, and which networks were asked, how completely."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import replace

import pytest

from inventory import ledger, offices
from inventory.deciding import Deciding
from inventory.facts import ArpEntry, Component, ForwardingEntry, Interface, Outcome, Reading
from inventory.frames.reading import LOCAL, NOW, Reader
from inventory.offices import Office, OfficeNetwork, Offices
from inventory.registers import loading
from inventory.registers.sides import Ruling
from tests.inventory.conftest import START


@pytest.fixture
def load(engine):
    def run(part, at=NOW):
        with Reader(engine, at, None) as reader:
            return part(reader)

    return run


def test_a_device_comes_with_every_serial_number_and_address_that_is_its_own(scan, observe, mac, load):
    components = (
        Component("1", "stack", serial=None),
        Component("2", "chassis", serial="FOC1111AAAA", parent="1"),
        Component("3", "chassis", serial="FOC2222BBBB", parent="1"),
        Component("4", "psu", serial="LIT1234PSU", parent="2"),
        Component("5", "module", serial="N/A", parent="2"),
    )
    ports = (
        Interface(1, "Gi1/0/1", mac=mac(1)),
        Interface(2, "Vlan1", mac="00:00:5e:00:01:0a"),  # that of a virtual router
        Interface(3, "Null0", mac="00:00:00:00:00:00"),
    )
    scan(0, observe(serial="FOC1111AAAA", name="SW-UBND", base_mac=mac(9), interfaces=ports, components=components))
    thing = load(loading.things)[0]
    assert (thing.device, thing.office, thing.address, thing.name, thing.kind) == (1, "A", "10.0.0.1", "SW-UBND", "switch")
    assert thing.serials == {"FOC1111AAAA", "FOC2222BBBB"}
    assert thing.parts == {"LIT1234PSU"}
    assert thing.macs == {mac(1), mac(9)}
    assert thing.boxes == 2
    assert thing.first_seen == datetime.datetime.fromtimestamp(START + 60, LOCAL).date().isoformat()


def test_a_computer_comes_with_its_memory_and_all_its_disks(scan, observe, load):
    told = (
        Reading("memory_total", "RAM", 8_332_235_776.0),
        Reading("storage_total", "C:", 120_000_000_000.0),
        Reading("storage_total", "D:", 380_000_000_000.0),
    )
    scan(0, observe(kind="pc", health=told))
    thing = load(loading.things)[0]
    assert (thing.memory_gb, thing.disk_gb) == (7.8, 500.0)


def test_a_computer_tells_its_processor_by_name_or_in_its_description(scan, observe, load):
    windows = "Hardware: Intel64 Family 6 Model 94 Stepping 3 AT/AT COMPATIBLE - Software: Windows Version 6.3"
    cpu = (Component("cpu", "cpu", "cpu", model="Intel(R) Core(TM) i3-4150 CPU @ 3.50GHz"),)
    by_snmp = observe("10.0.0.1", kind="pc", macs=[])
    described = replace(by_snmp, identity=replace(by_snmp.identity, sys_descr=windows))
    scan(
        0,
        described,
        observe("10.0.0.2", kind="pc", name="b", serial="S2", components=cpu),
        observe("10.0.0.3", serial="S3", name="c"),
    )
    assert [thing.processor for thing in load(loading.things)] == [windows, cpu[0].model, None]


def test_a_station_is_a_thing_unless_it_is_a_device_and_lends_that_its_address(scan, observe, mac, load):
    stations = (
        ForwardingEntry(mac(50), "Gi0/1"),
        ForwardingEntry(mac(51), "Gi0/2"),
        ForwardingEntry("00:00:5e:00:01:01", "Gi0/3"),
    )
    arp = (ArpEntry("10.0.0.9", mac(50)), ArpEntry("10.0.0.30", mac(51)))
    silent_about_its_ports = observe("10.0.0.9", serial="PRN1", kind="printer", base_mac=None)
    scan(0, observe(serial="SW1", base_mac=mac(1), forwarding=stations, arp=arp), silent_about_its_ports)
    things = load(loading.things)
    printer = next(thing for thing in things if thing.kind == "printer")
    assert printer.macs == {mac(50)}
    assert [(thing.mac, thing.address) for thing in things if thing.device is None] == [(mac(51), "10.0.0.30")]


def network(code, *cidrs, **more):
    networks = tuple(OfficeNetwork(code, ipaddress.ip_network(cidr)) for cidr in cidrs)
    return Office(code, code, code, networks=networks, **more)


def test_the_ground_says_what_share_of_an_offices_networks_was_really_asked(engine, load):
    ended = network("old", valid_to=datetime.date(2020, 1, 1), successor="A")
    known = [network("A", "10.0.0.0/24"), network("B", "10.1.0.0/24", "10.1.1.0/24"), network("C", "10.2.0.0/30"), ended]
    offices.write(engine, Offices({one.code: one for one in known}), START)
    targets = [("A", f"10.0.0.{n}") for n in range(1, 255)] + [("B", f"10.1.0.{n}") for n in range(1, 255)] + [("C", "10.2.0.1")]
    scan = ledger.begin_scan(engine, START, [*targets, ("unlisted", "10.9.9.9")])
    outcomes = [ledger.TargetOutcome(office, address, "snmp", Outcome.SILENT) for office, address in targets if office != "C"]
    outcomes.append(ledger.TargetOutcome("C", "10.2.0.1", "snmp", Outcome.NO_CREDENTIAL))
    outcomes.append(ledger.TargetOutcome("unlisted", "10.9.9.9", "snmp", Outcome.SILENT))
    ledger.record_outcomes(engine, scan, outcomes)
    ledger.finish(engine, scan, START + 60)
    found = load(loading.ground)
    day = datetime.datetime.fromtimestamp(START + 60, LOCAL).date().isoformat()
    assert found.today == day
    assert {code: (ground.asked, round(ground.share, 3)) for code, ground in found.offices.items()} == {
        "A": (day, 1.0),
        "B": (day, 0.5),
        "C": (None, 0.0),
        "old": (None, 0.0),
        "unlisted": (day, 1.0),
    }
    assert (found.offices["old"].ended, found.offices["old"].successor) == (True, "A")
    assert load(loading.ground, START).today is None


def test_rulings_are_those_that_hold_on_the_devices_that_theirs_are_now(scan, observe, keep, line, engine, load):
    scan(0, *(observe(f"10.0.0.{n}", serial=f"CN{n}") for n in range(1, 4)))
    keep(line(6, quantity=2), line(7, "Máy in"))
    deciding = Deciding(engine, "Hoa", "đã xem")
    deciding.match(1, 2, device=3)
    deciding.unmatch(2, device=1)
    taken_back = deciding.match(2, mac="d8:cb:8a:00:00:01")
    deciding.undo(taken_back.id)
    deciding.unmatch(1, 1)
    deciding.merge(3, 2)
    assert load(loading.rulings) == [
        Ruling(1, 2, device=2, same=True, number=1),
        Ruling(2, 1, device=1, same=False, number=2),
        Ruling(1, 1, same=False, number=5),
    ]
