"""Against the simulator's network devices: what is read, what is typed, and what goes wrong on the way."""

from __future__ import annotations

import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.credentials import Login
from collectors.ssh import collect
from collectors.ssh.platforms import platforms
from inventory.facts import Observation, Outcome
from reports.texts import texts
from simulator.agent import SshFace, SshFault

from .conftest import CANARY, Devices, task

SAY = texts("en")

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
    assert (ports["Gi1/0/1"].duplex, ports["Gi1/0/28"].duplex) == ("full", None)
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


def test_what_is_typed_is_on_the_list_and_nothing_else(devices: Devices, known_hosts: Path, login: Login) -> None:
    """The device's own log is the oracle: whatever the platform, only permitted commands arrive; nothing is configured."""
    consoles = {name: p for name, p in platforms().items() if p.reached_by == "console"}
    prompts = {"mikrotik_routeros": "[kiemke@R1] > ", "huawei_vrp": "<SW1>", "hp_comware": "<SW1>", "fortinet": "FGT-1 # "}
    addresses = {name: f"127.0.0.{n}" for n, name in enumerate(consoles, 1)}
    devices.seat(
        {
            addresses[name]: SshFace(
                name,
                {"kiemke": CANARY},
                name,
                "x",
                prompts.get(name, "sw1> " if name == "hp_procurve" else "sw1#"),
                {},
                motd="Welcome",
            )
            for name in consoles
        }
    )

    def ask(name: str) -> Observation:
        return collect(
            task(devices.port, addresses[name]), replace(login, platform=name), known_hosts, clock=lambda: 0, timeout_s=10
        )

    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(consoles, pool.map(ask, consoles), strict=True))
    for name, platform in consoles.items():
        said = answers[name]
        assert said.outcome is Outcome.UNSUPPORTED, (name, said.detail)  # it knew no command, and that is no empty device
        assert said.identity is None
        assert said.interfaces is None
        typed = [entry["command"] for entry in devices.entries() if entry["address"] == addresses[name]]
        assert typed == [*platform.session, *platform.commands], name
        assert all(platform.permitted(command) for command in typed)


def test_one_login_one_session(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({"127.0.0.1": ios()})
    collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert devices.commands().count("show version") == 1


def test_long_tables_are_paged_through(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({"127.0.0.1": ios(SshFault(paging=True))})
    said = collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.ANSWERED
    assert len(said.interfaces or ()) == 28
    assert said.addresses is not None
    assert len(said.addresses.forwarding or ()) == 60


def test_a_question_at_login_is_answered_no(devices: Devices, known_hosts: Path, login: Login) -> None:
    motd = "Warning: The password needs to be changed. Change now? [Y/N]:"
    version = (
        "VRP (R) software, Version 5.170 (S5720 V200R019C10SPC500)\nHUAWEI S5720-28P-LI-AC Routing Switch uptime is 3 days\n"
    )
    face = SshFace("huawei", {"kiemke": CANARY}, "h", "HUAWEI-1.5", "<SW-H>", {"display version": version}, motd=motd)
    devices.seat({"127.0.0.1": face})
    said = collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert said.identity is not None
    assert said.identity.model is not None
    assert said.identity.model.value == "S5720-28P-LI-AC"
    assert devices.commands()[0] == "N"


@pytest.mark.parametrize(
    ("fault", "outcome", "seconds"),
    [
        (SshFault(refuse=True), Outcome.REFUSED, 1),
        (SshFault(wrong_password=True), Outcome.AUTH_FAILED, 5),
        (SshFault(hang=True), Outcome.SILENT, 4),
        (SshFault(legacy_crypto=True), Outcome.NO_COMMON_ALGORITHMS, 3),
        (SshFault(slow_banner_s=30), Outcome.SILENT, 4),
        (SshFault(slow_banner_s=0.7), Outcome.ANSWERED, 10),
    ],
)
def test_faults_are_told_apart_in_time(
    devices: Devices, known_hosts: Path, login: Login, fault: SshFault, outcome: Outcome, seconds: float
) -> None:
    devices.seat({"127.0.0.1": ios(fault)})
    started = time.monotonic()
    said = collect(task(devices.port), login, known_hosts, clock=lambda: 0, timeout_s=2, deadline_s=8)
    assert said.outcome is outcome, said.detail
    assert time.monotonic() - started < seconds + 3
    assert CANARY not in repr(said)


def test_what_came_before_a_drop_is_kept(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({"127.0.0.1": ios(SshFault(drop_after=4))})  # two of the session, "show version", "show inventory"
    said = collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.PARTIAL
    assert said.identity is not None
    assert said.identity.serial is not None
    assert said.interfaces is None  # not told, so not empty
    assert "interfaces" not in said.topics


def test_old_crypto_is_read_when_allowed_and_noted(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({"127.0.0.1": ios(SshFault(legacy_crypto=True))})
    said = collect(task(devices.port), replace(login, legacy=True), known_hosts, clock=lambda: 0)
    assert (said.outcome, said.detail) == (Outcome.ANSWERED, "")
    assert "ssh-weak: kex diffie-hellman-group14-sha1" in said.notes
    (way,) = said.ways
    assert (way.version, way.credential, way.facts["ciphers"]) == ("2.0", login.name, "aes128-cbc,3des-cbc")
    assert (way.facts["host_keys"], way.facts["key_type"], way.facts["key_bits"]) == ("ssh-rsa", "ssh-rsa", "1024")


def test_what_a_server_offers_is_known_without_a_login(devices: Devices, known_hosts: Path, login: Login) -> None:
    """Too old for us, and a login that is not accepted: the key exchange told it before."""
    devices.seat({"127.0.0.1": ios(SshFault(legacy_crypto=True))})
    old = collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert old.outcome is Outcome.NO_COMMON_ALGORITHMS
    assert "diffie-hellman-group1-sha1" in old.ways[0].facts["kex"]
    devices.seat({"127.0.0.1": ios(SshFault(wrong_password=True))})
    locked = collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert locked.outcome is Outcome.AUTH_FAILED
    assert (locked.ways[0].credential, locked.ways[0].facts["key_type"]) == (None, "ssh-ed25519")


def test_a_server_of_version_1_is_known_by_its_banner(known_hosts: Path, login: Login) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"SSH-1.5-Cisco-1.25\n")
                line.recv(256)

        threading.Thread(target=greet, daemon=True).start()
        said = collect(task(server.getsockname()[1]), login, known_hosts, clock=lambda: 0, timeout_s=5, deadline_s=8)
    assert said.ways[0].version == "1.5"


def test_a_device_that_changed_its_key_gets_no_password(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({"127.0.0.1": ios()})
    assert collect(task(devices.port), login, known_hosts, clock=lambda: 0).outcome is Outcome.ANSWERED
    devices.seat({"127.0.0.1": ios(SshFault(changed_key=True))})
    typed = len(devices.commands())
    said = collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.HOST_KEY_CHANGED
    assert said.ways[0].facts["key_changed"] == "yes"
    assert "no password was sent" in SAY.told(said.detail)
    assert len(devices.commands()) == typed


def test_the_platform_is_named_or_known_before_anything_is_typed(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({"127.0.0.1": replace(ios(), banner="none-of-ours")})
    said = collect(task(devices.port), login, known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.UNSUPPORTED
    assert "none-of-ours" in SAY.told(said.detail)
    assert devices.commands() == []
    by_oid = collect(task(devices.port, sys_object_id=".1.3.6.1.4.1.9.1.1208"), login, known_hosts, clock=lambda: 0)
    named = collect(task(devices.port), replace(login, platform="cisco_ios"), known_hosts, clock=lambda: 0)
    assert by_oid.outcome is named.outcome is Outcome.ANSWERED


def test_the_wrong_platform_does_not_look_like_success(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({"127.0.0.1": replace(ios(), banner="sshd")})  # a banner that tells nothing: the login's platform is believed
    said = collect(task(devices.port), replace(login, platform="huawei_vrp"), known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.UNSUPPORTED
    assert said.identity is None


def test_thirty_at_once(devices: Devices, known_hosts: Path, login: Login) -> None:
    devices.seat({f"127.0.1.{n}": replace(ios(), host_key_seed=f"sw{n}") for n in range(1, 31)})
    with ThreadPoolExecutor(30) as pool:
        tasks = [task(devices.port, f"127.0.1.{n}") for n in range(1, 31)]
        said = list(pool.map(lambda t: collect(t, login, known_hosts, clock=lambda: 0), tasks))
    assert {o.outcome for o in said} == {Outcome.ANSWERED}
    assert len(known_hosts.read_text().splitlines()) == 30
