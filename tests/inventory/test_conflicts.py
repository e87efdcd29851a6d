"""Contradictions make conflicts that people see and decide: never a silent merge, and never twice the same line."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from inventory import identity_story
from inventory.database import reading
from inventory.explanations import explain
from inventory.facts import Component, Observation, Outcome
from reports.texts import texts

CARDS = range(1, 5)


def conflicts(inventory) -> dict[str, str]:
    frame = inventory.devices()
    return dict(frame.set_index("device")["conflict"].dropna())


def logged(engine, event: str) -> list[tuple[int, str, str]]:
    with reading(engine) as connection:
        statement = "SELECT device_id, addresses, evidence FROM identity_log WHERE event = :event ORDER BY id"
        return [tuple(row) for row in connection.execute(sa.text(statement), {"event": event})]


def one(observe, mac) -> Observation:
    return observe("10.0.0.1", serial="CN11AAA111", macs=[mac(n) for n in CARDS], name="sw-1")


def other(observe, mac) -> Observation:
    """Elsewhere, with the cards of the first and a serial number of its own."""
    return observe("10.0.0.9", serial="CN22BBB222", macs=[mac(n) for n in CARDS], name="sw-9", model="2530-48G")


def test_a_refused_merge_is_a_conflict_of_both_and_logged_once(scan, observe, mac, inventory, engine) -> None:
    scan(0, one(observe, mac))
    scan(1, other(observe, mac))
    words = "macs,!serial,!model,!name"
    both = {"D00001": f"resembles {words} D00002", "D00002": f"resembles {words} D00001"}
    assert conflicts(inventory) == both
    assert logged(engine, "refused") == [(2, "D00001", words)]
    assert texts("vi").told(explain(words)) == "Cùng địa chỉ MAC trên các cổng. Khác số sê-ri. Khác kiểu máy. Khác tên."
    for device in (1, 2):
        assert [(s.device, s.where) for s in identity_story.tell(engine, device) if s.event == "refused"] == [(2, "D00001")]
    for day in (2, 3):
        scan(day, other(observe, mac))
        assert conflicts(inventory) == both
    scan(4, one(observe, mac))  # each answers again, alone
    assert conflicts(inventory) == both
    assert len(logged(engine, "refused")) == 1


def test_an_office_without_conflicts_has_none_while_another_has(scan, observe, mac, inventory) -> None:
    scan(0, one(observe, mac), observe("10.0.8.1", office="B", serial="CN33CCC333", macs=[mac(90)], name="sw-b"))
    scan(1, other(observe, mac))
    assert len(inventory.load("conflicts", office="A")) == 2
    assert inventory.load("conflicts", office="B").empty
    assert inventory.devices(office="B")["conflict"].isna().tolist() == [True]


def test_a_resemblance_ends_when_the_evidence_does(scan, observe, mac, inventory) -> None:
    scan(0, one(observe, mac))
    scan(1, other(observe, mac))
    scan(2, dataclasses.replace(other(observe, mac), interfaces=None))  # the table was not answered: nothing is known to differ
    assert len(conflicts(inventory)) == 2
    scan(3, observe("10.0.0.9", serial="CN22BBB222", macs=[mac(n + 50) for n in CARDS], name="sw-9", model="2530-48G"))
    assert {text.split(" ")[0] for text in conflicts(inventory).values()} <= {"changed"}


def test_one_serial_on_two_devices_that_never_answer_together(scan, observe, mac, inventory) -> None:
    """Neither the place nor the name nor a disk speaks for a new mainboard: another box has the same number on its label."""
    scan(0, observe("10.0.0.1", serial="SN55555A", macs=[mac(1)], name="sw-1"))
    scan(1, observe("10.0.0.9", serial="SN55555A", macs=[mac(9)], name="sw-9"))
    both = {"D00001": "same_serial SN55555A D00002", "D00002": "same_serial SN55555A D00001"}
    assert conflicts(inventory) == both
    for day, address, card in ((2, "10.0.0.1", 1), (3, "10.0.0.9", 9), (4, "10.0.0.1", 1)):
        scan(day, observe(address, serial="SN55555A", macs=[mac(card)], name=f"sw-{card}"))
        assert conflicts(inventory) == both
    assert len(inventory.devices()) == 2


def test_what_three_devices_have_is_a_placeholder_and_no_conflict(scan, observe, mac, inventory, engine) -> None:
    boxes = [observe(f"10.0.0.{n}", serial="SN55555A", macs=[mac(n)], name=f"sw-{n}") for n in range(1, 5)]
    scan(0, *boxes)
    assert conflicts(inventory) == {}
    moved = [dataclasses.replace(box, address=f"10.0.0.{n + 10}") for n, box in enumerate(boxes)]
    scan(1, moved[2])  # over the inventory it is known for a placeholder, although one alone answers
    assert conflicts(inventory) == {}
    assert len(inventory.devices()) == 4
    scan(2, observe("10.0.0.20", serial="SN55555A", macs=[mac(20)], name="sw-20"))
    assert len(inventory.devices()) == 5
    assert logged(engine, "refused") == []


def test_a_part_in_another_device_is_no_conflict(scan, observe, mac, inventory) -> None:
    """A module was moved from one switch to another."""
    module = (Component("9", "module", serial="MOD0000123"),)
    scan(0, observe("10.0.0.1", serial="CN11AAA111", macs=[mac(1)], components=module))
    scan(1, observe("10.0.0.2", serial="CN22BBB222", macs=[mac(2)], components=module))
    assert len(inventory.devices()) == 2
    assert conflicts(inventory) == {}


def test_disagreeing_protocols_disagree_until_both_agree(scan, observe, mac, inventory) -> None:
    snmp = observe(serial="CN11AAA111", macs=[mac(1), mac(2)], name="sw-1")
    ssh = observe(protocol="ssh", serial="CN99ZZZ999", macs=[mac(1), mac(2)], name="sw-1")
    wanted = {"D00001": "protocols_differ serial CN11AAA111,CN99ZZZ999"}
    scan(0, snmp, ssh)
    assert conflicts(inventory) == wanted
    scan(1, snmp)  # the other was silent: it may still say the same
    assert conflicts(inventory) == wanted
    scan(2, snmp, dataclasses.replace(ssh, identity=snmp.identity))
    assert conflicts(inventory) == {}


def test_a_changed_host_key_stands_until_the_machine_is_trusted(scan, observe, mac, inventory) -> None:
    snmp = observe(serial="CN11AAA111", macs=[mac(1)], name="srv")
    strange = observe(protocol="ssh", identity=False, outcome=Outcome.HOST_KEY_CHANGED)
    scan(0, snmp, strange)
    assert conflicts(inventory) == {"D00001": "host_key_changed 10.0.0.1"}
    scan(1, snmp)
    assert conflicts(inventory) == {"D00001": "host_key_changed 10.0.0.1"}
    scan(2, snmp, observe(protocol="ssh", serial="CN11AAA111", macs=[mac(1)], name="srv"))
    assert conflicts(inventory) == {}


def test_several_changes_are_one_conflict_from_the_first_to_the_last(scan, observe, mac, inventory) -> None:
    for day, card in enumerate((1, 2, 3)):
        scan(day, observe(serial="SGH123456X", macs=[mac(card)], name="srv", kind="server"))
    assert conflicts(inventory) == {"D00001": f"changed macs {mac(1)} {mac(3)}"}


def test_a_box_that_answers_at_known_places_is_not_logged_again(scan, observe, mac, engine) -> None:
    boxes = [observe(f"10.0.0.{n}", serial="RT0000123", macs=[mac(1), mac(2)]) for n in (1, 2, 3)]
    for day in range(3):
        scan(day, *boxes)
    assert [row[0] for row in logged(engine, "joined")] == [1]
    scan(3, *boxes, observe("10.0.0.4", serial="RT0000123", macs=[mac(1), mac(2)]))
    assert len(logged(engine, "joined")) == 2
