"""Workspaces of every size that a notebook must stand, filled through the real ledger.

    python -m tests.notebooks.workspaces FOLDER [OFFICES]

makes a district of so many offices, 25 devices each (80 unless told otherwise: 2,000 devices), scanned twice a month apart.
An office is what a commune has: a router, a core switch, switches behind it that tell of each other, and behind these access
points, printers, UPSs, servers and computers of several years; what is not read hangs on the switches' ports as stations.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from inventory import ledger, offices
from inventory.facts import (
    Addresses,
    ArpEntry,
    Counters,
    Evidence,
    ForwardingEntry,
    Identity,
    Interface,
    Neighbour,
    Observation,
    Outcome,
    OwnAddress,
    Reading,
)
from kiemke import workspace

FIRST = int(datetime(2026, 9, 1, 1, tzinfo=UTC).timestamp())
SECOND = int(datetime(2026, 10, 1, 1, tzinfo=UTC).timestamp())

#: kind, vendor, model, release, ports; what the access switches carry, again and again.
ENDS = (
    ("wireless", "Ubiquiti", "UAP-AC-Pro", "6.2.49", 2),
    ("printer", "HP", "LaserJet P2055dn", None, 1),
    ("pc", "Dell", "OptiPlex 3020", "Windows 7 Professional", 1),
    ("ups", "APC", "Smart-UPS 1500", None, 1),
    ("server", "Dell", "PowerEdge R430", "Debian GNU/Linux 9 (stretch)", 2),
    ("pc", "HP", "ProDesk 400 G4", "Windows 10 Pro", 1),
    ("printer", "Canon", "LBP2900", None, 1),
    ("camera", "Hikvision", "DS-2CD2021G1-I", "V5.5.82", 1),
    ("pc", None, None, None, 1),
)
SWITCHES = (
    ("Cisco", "WS-C2960-24TT-L", "12.2(55)SE12"),
    ("HPE", "2530-24G", "YA.16.10.0003"),
    ("TP-Link", "T2600G-28TS", "3.0.5"),
)
UNREAD = 3  #: stations of which nothing is read, on each access switch


def empty(folder: Path) -> Path:
    """As `kiemke init` leaves it: nothing filled in, nothing scanned."""
    return workspace.create(folder).root


def unscanned(folder: Path) -> Path:
    """Two offices are filled in, and nothing was scanned yet."""
    return workspace.create(folder, {"offices.yaml": _offices_file(2)}).root


def one_device(folder: Path) -> Path:
    """One office, in which one scan found one device that hardly tells anything."""
    return _scanned(folder, 1, 1, scans=1)


def one_office(folder: Path) -> Path:
    """One office with 25 devices, scanned twice."""
    return _scanned(folder, 1, 25)


def district(folder: Path, offices_there: int = 80) -> Path:
    """So many offices of 25 devices."""
    return _scanned(folder, offices_there, 25)


#: name: how it is made
ALL = {
    "empty": empty,
    "unscanned": unscanned,
    "one-device": one_device,
    "one-office": one_office,
    "district": district,
}


def _code(office: int) -> str:
    return "huyen" if office == 0 else f"xa-{office:02d}"


def _network(office: int) -> str:
    return f"10.{40 + office // 250}.{office % 250}"


def _offices_file(count: int) -> str:
    rows: list[dict[str, Any]] = [
        {
            "code": _code(n),
            "name_vi": f"Xã Số {n}" if n else "Văn phòng huyện",
            "name_en": f"Commune {n}" if n else "District office",
            "staff": 18 + n % 7 if n else 60,
            "networks": [{"network": f"{_network(n)}.0/24", "snmp": ["reading"]}],
        }
        | ({"parent": _code(0)} if n else {})
        for n in range(count)
    ]
    return yaml.safe_dump({"offices": rows}, allow_unicode=True, sort_keys=False)


def _scanned(folder: Path, count: int, each: int, scans: int = 2) -> Path:
    opened = workspace.create(folder, {"offices.yaml": _offices_file(count)})
    engine = opened.engine()
    offices.write(engine, opened.offices(), FIRST)
    dice = random.Random(count)
    found = [device for office in range(count) for device in _office(office, count, each, dice)]
    for at in (FIRST, SECOND)[:scans]:
        places = [(device.office, device.address) for device in found]
        scan = ledger.begin_scan(engine, at, places)
        here = [replace(device, observed_at=at + 5) for device in found]
        if at == SECOND:
            here = _a_month_later(here)
            there = {(device.office, device.address) for device in here}
            silent = [ledger.TargetOutcome(*place, "snmp", Outcome.SILENT) for place in places if place not in there]
            ledger.record_outcomes(engine, scan, silent)
        for start in range(0, len(here), 50):
            ledger.record(engine, scan, here[start : start + 50])
        ledger.finish(engine, scan, at + 1800)
    engine.dispose()
    return opened.root


def _a_month_later(found: Sequence[Observation]) -> list[Observation]:
    """Every 23rd device is silent, every 17th has a new name; ports have counted."""
    later = []
    for n, device in enumerate(found):
        assert device.identity
        if n % 23 == 22:
            continue
        name = f"{device.identity.sys_name}-moi" if n % 17 == 16 else device.identity.sys_name
        ports = tuple(replace(port, counters=Counters(9 * 10**9, 10**9, 40 * (n % 5), 0)) for port in device.interfaces or ())
        identity = replace(device.identity, sys_name=name, uptime_s=30 * 86_400)
        later.append(replace(device, identity=identity, interfaces=ports))
    return later


def _mac(office: int, number: int, port: int = 0) -> str:
    return f"00:1b:54:{office:02x}:{number:02x}:{port:02x}"


def _said(value: str | None) -> Evidence | None:
    return None if value is None else Evidence(value, "entity.serial", 0.95)


def _office(office: int, count: int, each: int, dice: random.Random) -> list[Observation]:
    """One office's devices: number 1 is the router, 2 the core switch, then access switches, then what hangs on them."""
    access = list(range(3, 3 + max(1, each // 5)))
    tells: dict[int, list[Neighbour]] = {}
    learnt: dict[int, list[ForwardingEntry]] = {}

    def cable(a: int, a_port: int, b: int, b_port: int) -> None:
        for one, port, other, other_port in ((a, a_port, b, b_port), (b, b_port, a, a_port)):
            told = Neighbour(
                "lldp", f"port{port}", port, _name(office, other), f"port{other_port}", remote_address=_at(office, other)
            )
            tells.setdefault(one, []).append(told)

    cable(1, 2, 2, 1)
    for place, switch in enumerate(access):
        cable(2, 2 + place, switch, 1)
    devices = [_device(office, 1, "router", "Cisco", "CISCO2911/K9", "15.2(4)M6", 3, dice)]
    devices += [_device(office, 2, "switch", "Cisco", "WS-C3750G-24TS", "12.2(55)SE", 24, dice)]
    devices += [_device(office, n, "switch", *SWITCHES[(n + office) % len(SWITCHES)], 24, dice) for n in access]
    arp = []
    for number in range(3 + len(access), each + 1):
        kind, vendor, model, release, ports = ENDS[(number + office) % len(ENDS)]
        devices.append(_device(office, number, kind, vendor, model, release, ports, dice))
        switch, port = access[number % len(access)], 2 + number // len(access)
        learnt.setdefault(switch, []).append(ForwardingEntry(_mac(office, number, 1), f"port{port}", port))
        arp.append(ArpEntry(_at(office, number), _mac(office, number, 1), 2))
    for switch in access:
        for n in range(UNREAD):
            station = f"d8:cb:8a:{office:02x}:{switch:02x}:{n:02x}"
            learnt.setdefault(switch, []).append(ForwardingEntry(station, f"port{20 + n // 2}", 20 + n // 2))
            arp.append(ArpEntry(_at(office, 100 + 10 * switch + n), station, 2))
    if office:
        upper = Neighbour("lldp", "port1", 1, _name(0, 1), "port3", remote_address=_at(0, 1))
        tells.setdefault(1, []).append(upper)
    return [
        replace(
            device,
            neighbours=tuple(tells.get(number, ())),
            addresses=Addresses(
                own=(OwnAddress(device.address, 24, 1),),
                arp=tuple(arp) if number == 1 else None,
                forwarding=tuple(learnt.get(number, ())) if number in access else None,
            ),
        )
        for number, device in enumerate(devices[:each], 1)
    ]


def _at(office: int, number: int) -> str:
    return f"{_network(office)}.{number}"


def _name(office: int, number: int) -> str:
    return f"{_code(office)}-{number}"


def _serial(vendor: str | None, dice: random.Random) -> str | None:
    """As the vendor writes it: the year and week are in it."""
    year, week, rest = dice.randint(8, 24), dice.randint(1, 52), f"{dice.randrange(36**4):05d}"[-4:]
    match vendor:
        case "Cisco":
            return f"FOC{year + 4:02d}{week:02d}{rest}"
        case "APC":
            return f"AS{year:02d}{week:02d}{dice.randrange(10**6):06d}"
        case "Fortinet" | "Dell" | "HP" | "HPE":
            return f"CN{dice.randrange(10**8):08d}"
        case _:
            return None


def _device(
    office: int,
    number: int,
    kind: str,
    vendor: str | None,
    model: str | None,
    release: str | None,
    ports: int,
    dice: random.Random,
) -> Observation:
    identity = Identity(
        vendor=_said(vendor),
        model=_said(model),
        serial=_said(_serial(vendor, dice)),
        os_version=_said(release),
        kind=_said(kind if vendor else None),
        sys_name=_name(office, number),
        base_mac=_mac(office, number),
        uptime_s=dice.randrange(10**7),
    )
    up_to = dice.randrange
    health: dict[str, tuple[Reading, ...]] = {
        "printer": (Reading("pages", "", float(up_to(200_000))), Reading("supply_level", "black", float(up_to(100)))),
        "ups": (Reading("battery_charge", "", 100.0), Reading("battery_replace", "", None, ("yes", "no", "no")[up_to(3)])),
        "server": (Reading("storage_total", "/", 1e12), Reading("storage_used", "/", float(up_to(10**12)))),
        "switch": (Reading("cpu_load", "", float(up_to(60))), Reading("temperature", "1", float(30 + up_to(40)))),
    }
    return Observation(
        address=_at(office, number),
        office=_code(office),
        protocol="snmp",
        observed_at=FIRST,
        outcome=Outcome.ANSWERED,
        credential="reading",
        identity=identity,
        components=(),
        interfaces=tuple(
            Interface(
                i, f"port{i}", type=6, mac=_mac(office, number, i), speed_bps=10**8 if dice.random() < 0.3 else 10**9,
                admin_up=True, oper_up=i < 8 or i > 19, counters=Counters(10**9, 10**8, 0, 0), duplex="full",
            )
            for i in range(1, ports + 1)
        ),
        health=health.get(kind, ()),
    )  # fmt: skip


if __name__ == "__main__":
    print(district(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 80))
