"""Against the simulator's network devices: what is read, what is typed, and what goes wrong on the way."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from collectors.credentials import Login
from collectors.secret import Secret
from collectors.ssh import collect
from inventory.facts import Outcome
from simulator.agent import SshFace, SshFault

from .conftest import CANARY, Devices, task

IOS_VERSION = """\
Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E8, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2022 by Cisco Systems, Inc.

ROM: Bootstrap program is C2960X boot loader

SW-UBND uptime is 1 year, 5 weeks, 2 days, 3 hours, 10 minutes
System returned to ROM by power-on

cisco WS-C2960X-24TS-L (APM86XXX) processor (revision A0) with 524288K bytes of memory.
Processor board ID FOC1932X0K1
Last reset from power-on
28 Gigabit Ethernet interfaces

Base ethernet MAC Address       : 70:81:05:AA:BB:00
Model number                    : WS-C2960X-24TS-L
System serial number            : FOC1932X0K1
Configuration register is 0xF
"""
IOS_STATUS = "Port      Name               Status       Vlan       Duplex  Speed Type\n" + "".join(
    f"Gi1/0/{n:<4}{'Phong Noi vu' if n == 1 else '':<19}{'connected' if n < 5 else 'notconnect':<13}"
    f"{10:<11}{'a-full' if n < 5 else 'auto':<7} {'a-1000' if n < 5 else 'auto':<6} 10/100/1000BaseTX\n"
    for n in range(1, 29)
)
IOS_MAC = (
    "          Mac Address Table\n-------------------------------------------\n\nVlan    Mac Address       Type        Ports\n"
    "----    -----------       --------    -----\n All    0100.0ccc.cccc    STATIC      CPU\n"
    + "".join(f"  10    00e0.4c00.{n:04x}    DYNAMIC     Gi1/0/{n % 4 + 1}\n" for n in range(60))
    + "Total Mac Addresses for this criterion: 61\n"
)
IOS = {"show version": IOS_VERSION, "show interfaces status": IOS_STATUS, "show mac address-table": IOS_MAC}


def ios(fault: SshFault | None = None, **commands: str) -> SshFace:
    said = {**IOS, **{key.replace("_", " "): value for key, value in commands.items()}}
    return SshFace(
        "cisco_ios",
        {"kiemke": CANARY},
        "sw1",
        "Cisco-1.25",
        "SW-UBND#",
        said,
        None,
        fault or SshFault(),
        "Chi nguoi duoc phep #\n",
    )


def test_a_switch_is_read(devices: Devices, known_hosts: Path, login: Login, caplog: pytest.LogCaptureFixture) -> None:
    devices.seat({"127.0.0.1": ios()})
    with caplog.at_level(logging.DEBUG):
        said = collect(task(devices.port), login, known_hosts, clock=lambda: 5)
    assert (said.outcome, said.detail) == (Outcome.ANSWERED, "")
    who = said.identity
    assert who is not None
    assert [e.value if e else None for e in (who.vendor, who.model, who.serial, who.os_version)] == [
        "Cisco",
        "WS-C2960X-24TS-L",
        "FOC1932X0K1",
        "15.2(7)E8",
    ]
    assert (who.sys_name, who.base_mac) == ("SW-UBND", "70:81:05:aa:bb:00")
    assert who.uptime_s == 31_536_000 + 5 * 604_800 + 2 * 86_400 + 3 * 3_600 + 600
    ports = {i.name: i for i in said.interfaces or ()}
    assert len(ports) == 28
    assert (ports["Gi1/0/1"].alias, ports["Gi1/0/1"].oper_up, ports["Gi1/0/1"].speed_bps) == ("Phong Noi vu", True, 10**9)
    assert (ports["Gi1/0/28"].oper_up, ports["Gi1/0/28"].admin_up, ports["Gi1/0/28"].speed_bps) == (False, True, None)
    assert said.addresses is not None
    stations = said.addresses.forwarding or ()
    assert len(stations) == 60
    assert {s.port for s in stations} == {f"Gi1/0/{n}" for n in range(1, 5)}
    assert said.addresses.arp is None  # "show ip arp" was not understood: not the same as an empty table
    assert said.topics["neighbours"] is Outcome.UNSUPPORTED
    assert said.neighbours is None
    assert CANARY not in caplog.text
    assert CANARY not in repr(said)
