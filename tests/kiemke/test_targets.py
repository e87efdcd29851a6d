"""Which addresses a command asks."""

from datetime import date

import pytest

from inventory import offices
from kiemke.targets import TargetError, in_networks, of_offices, parse_networks

OFFICES = """
offices:
  - code: huyen
    name_vi: Huyện
    name_en: District
    networks:
      - network: 10.0.0.0/30
        exclude: [10.0.0.2]
        snmp: [doc]
  - code: xa-a
    name_vi: Xã A
    name_en: Commune A
    parent: huyen
    networks:
      - network: 10.0.1.0/30
        snmp: [doc, doc-cu]
        ssh: [quan-tri]
        snmp_port: 1161
  - code: xa-b
    name_vi: Xã B
    name_en: Commune B
    valid_to: 30/06/2025
    successor: xa-a
    networks:
      - network: 10.0.2.0/30
        snmp: [doc]
"""


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "offices.yaml"
    path.write_text(OFFICES, encoding="utf-8")
    return offices.load(path)


def asked(targets):
    return {(target.office, target.address) for target in targets}


def test_every_office_that_stands_is_asked_but_never_an_excluded_address(listed):
    assert asked(of_offices(listed, date(2025, 1, 1))) == {
        ("huyen", "10.0.0.1"),
        ("xa-a", "10.0.1.1"),
        ("xa-a", "10.0.1.2"),
        ("xa-b", "10.0.2.1"),
        ("xa-b", "10.0.2.2"),
    }
    assert not {office for office, _ in asked(of_offices(listed, date(2025, 7, 1)))} & {"xa-b"}


def test_an_office_brings_what_is_below_it(listed):
    offices_asked = {office for office, _ in asked(of_offices(listed, date(2025, 7, 1), ["huyen"]))}
    assert offices_asked == {"huyen", "xa-a"}


def test_an_office_that_is_not_listed_is_refused_with_the_nearest(listed):
    with pytest.raises(TargetError, match="xa-a"):
        of_offices(listed, date(2025, 7, 1), ["xa_a"])


def test_a_network_narrows_what_is_asked(listed):
    within = parse_networks(["10.0.1.2"])
    assert asked(of_offices(listed, date(2025, 7, 1), within=within)) == {("xa-a", "10.0.1.2")}


def test_a_sweep_asks_as_the_file_says_and_leaves_excluded_addresses_alone(listed):
    targets = {target.address: target for target in in_networks(listed, parse_networks(["10.0.0.0/23", "192.0.2.1"]))}
    assert "10.0.0.2" not in targets
    assert targets["10.0.1.1"].snmp == ("doc", "doc-cu")
    assert targets["10.0.1.1"].snmp_port == 1161
    assert targets["192.0.2.1"].snmp == ()


@pytest.mark.parametrize("given", ["10.0.0", "300.1.1.1/24", "10.0.0.0/40", "ủy ban", ""])
def test_what_is_no_network_is_refused(given):
    with pytest.raises(TargetError, match="not a network"):
        parse_networks([given])


def test_a_network_too_large_is_refused():
    with pytest.raises(TargetError, match="divide"):
        parse_networks(["10.0.0.0/8"])
