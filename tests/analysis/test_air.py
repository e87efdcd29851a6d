"""Stations behind access points that tell no table."""

from __future__ import annotations

import pytest

from analysis.topology.air import Port, on_the_air, radios

PORT = Port("SW", "1")
KINDS = {"SW": "switch", "AP": "wireless", "AP2": "wireless", "PRN": "printer", "PC": "pc"}
OWNERS = {"ap": "AP", "ap2": "AP2", "prn": "PRN", "pc": "PC"}
RADIO = {"phone1", "phone2"}


def found(*macs, told=None, points=("AP", "AP2")):
    neighbours = {PORT: told} if told else {}
    return on_the_air(dict.fromkeys(macs, PORT), OWNERS, KINDS, points, neighbours, RADIO)


def test_laptops_beside_telephones_are_on_the_air():
    assert found("ap", "phone1", "laptop", "pc", "phone2") == dict.fromkeys(("phone1", "laptop", "pc", "phone2"), "AP")


def test_machines_with_a_socket_alone_may_share_a_small_switch_with_it():
    assert found("ap", "a", "b", "c") == {}
    assert found("ap", "a", "b", "c", "phone1") == {"phone1": "AP"}


def test_a_printer_at_the_same_port_shows_a_small_switch():
    assert found("ap", "prn", "laptop", "phone1", "phone2") == {"phone1": "AP", "phone2": "AP"}


def test_of_two_access_points_nobody_knows_on_which():
    assert found("ap", "ap2", "phone1", "phone2") == {}


def test_behind_a_neighbour_that_tells_its_name_everything_is():
    assert found("ap", "a", "prn", told="AP") == {"a": "AP", "prn": "AP"}
    assert found("ap", "phone1", told="PRN") == {}, "something else is told to be there"


def test_an_access_point_that_tells_its_table_needs_no_guess():
    assert found("ap", "phone1", points=()) == {}


@pytest.mark.parametrize(
    ("interfaces", "radio"),
    [
        ([{"name": "eth0", "type": 6}, {"name": "wifi0", "type": 71}], "wifi0"),
        ([{"name": "wifi0", "type": 71}, {"name": "wifi1", "type": 71}], None),
        ([{"name": "wifi0", "type": 71}, {"name": "wifi1", "type": 71, "oper_up": False}], "wifi0"),
        ([], None),
    ],
)
def test_its_only_radio_that_is_on_is_named(make_frame, make_device, interfaces, radio):
    devices = make_frame("devices", [make_device(1, kind="wireless"), make_device(2), make_device(3, kind="wireless")])
    ports = make_frame("interfaces", [{"device": "D00001"} | row for row in interfaces])
    assert radios(devices, ports, {"D00003"}) == {"D00001": radio}
