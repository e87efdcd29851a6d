"""What cannot be so of a port is not remembered, and what was meant is."""

import dataclasses

import pytest

from inventory.facts import Evidence, Identity, Interface
from inventory.plausible import mac, speed


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (10**9, 10**9),
        (0, 0),
        (400 * 10**9, 400 * 10**9),
        (10**8 * 10**6, 10**8),  # ifHighSpeed in bits
        (10**9 * 10**6, 10**9),
        ((2**32 - 1) * 10**6, None),  # a gauge at its end
        (2**64 * 10**6, None),
        (-1, None),
        (None, None),
    ],
)
def test_speed(told, meant):
    assert speed(told) == meant


def test_a_port_without_an_address_has_none():
    assert mac("00:00:00:00:00:00") is None
    assert mac("00:1b:21:0a:0b:01") == "00:1b:21:0a:0b:01"


def test_the_inventory_shows_what_can_be_so(scan, observe, inventory):
    ports = (
        Interface(1, "Gi1", mac="00:00:00:00:00:00", speed_bps=10**15),
        Interface(2, "Gi2", mac="00:1b:21:0a:0b:01", speed_bps=10**9),
    )
    scan(0, observe(interfaces=ports))
    shown = inventory.interfaces()
    assert shown["mac"].isna().tolist() == [True, False]
    assert shown["speed_bps"].tolist() == [10**9, 10**9]


def test_the_maker_of_a_system_did_not_build_the_machine(scan, observe, inventory):
    def windows(confidence):
        return Identity(vendor=Evidence("Microsoft", "profile:windows descr", confidence, "Windows"), sys_name=f"pc-{confidence}")

    told = observe("10.0.0.1", identity=False)
    scan(0, *(dataclasses.replace(told, address=f"10.0.0.{n}", identity=windows(c)) for n, c in enumerate((0.6, 0.9), 1)))
    assert inventory.devices()["vendor"].isna().tolist() == [True, False]
