"""A small workspace, filled through the real ledger: two scans of one commune, in which something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inventory import ledger, offices
from inventory.database import open_database, workspace_database
from inventory.facts import (
    Addresses,
    ArpEntry,
    Evidence,
    ForwardingEntry,
    Identity,
    Interface,
    Neighbour,
    Observation,
    Outcome,
    OwnAddress,
)

OFFICES = """\
offices:
  - code: small
    name_vi: Xã Nhỏ
    name_en: Small commune
    staff: 12
    networks:
      - network: 10.9.0.0/24
        snmp: [reading]
  - code: silent
    name_vi: Xã Im Lặng
    name_en: Silent commune
    staff: 7
    networks:
      - network: 10.9.1.0/24
        snmp: [reading]
"""
FIRST = int(datetime(2026, 10, 1, 1, tzinfo=UTC).timestamp())
SECOND = int(datetime(2026, 11, 1, 1, tzinfo=UTC).timestamp())


def _said(value: str | None) -> Evidence | None:
    return None if value is None else Evidence(value, "test", 0.95)


def _device(
    number: int, kind: str | None, vendor: str | None, model: str | None, serial: str | None = None, **more: object
) -> Observation:
    mac = f"00:1b:54:00:00:{number:02x}"
    identity = Identity(
        vendor=_said(vendor),
        model=_said(model),
        serial=_said(serial),
        os_version=_said(more.get("os_version")),  # type: ignore[arg-type]
        kind=_said(kind),
        sys_name=f"{kind}-{number}",
        base_mac=mac,
        uptime_s=1000,
    )
    return Observation(
        address=f"10.9.0.{number}",
        office="small",
        protocol="snmp",
        observed_at=FIRST,
        outcome=Outcome.ANSWERED,
        identity=identity,
        components=(),
        interfaces=tuple(
            Interface(i, f"port{i}", type=6, mac=mac if i == 1 else None, speed_bps=10**9, admin_up=True, oper_up=i < 9)
            for i in range(1, 13)
        ),
        neighbours=more.get("neighbours", ()),  # type: ignore[arg-type]
        addresses=Addresses(own=(OwnAddress(f"10.9.0.{number}", 24, 1),), **more.get("tables", {})),  # type: ignore[arg-type]
        health=(),
    )


def _network() -> list[Observation]:
    stations = [f"d8:cb:8a:00:00:{i:02x}" for i in range(12)]
    known = {4: "port4", 5: "port5", 6: "port6"}
    forwarding = tuple(ForwardingEntry(mac, f"port{3 if i < 5 else 4 + i % 5}") for i, mac in enumerate(stations))
    forwarding += tuple(ForwardingEntry(f"00:1b:54:00:00:{number:02x}", port) for number, port in known.items())
    arp = tuple(ArpEntry(f"10.9.0.{100 + i}", mac) for i, mac in enumerate(stations))
    to_switch = Neighbour("lldp", "port2", remote_name="switch-2", remote_port="port1", remote_address="10.9.0.2")
    to_router = Neighbour("lldp", "port1", remote_name="router-1", remote_port="port2", remote_address="10.9.0.1")
    return [
        _device(1, "router", "Cisco", "CISCO2911/K9", "FGL1418D6G0", neighbours=(to_switch,), tables={"arp": arp}),
        _device(
            2, "switch", "Cisco", "WS-C2960-24TT-L", "FOC1229RL7B", neighbours=(to_router,), tables={"forwarding": forwarding}
        ),
        _device(4, "printer", "HP", "LaserJet P2055dn", "CNCKZ29103"),
        _device(5, "ups", "APC", "Smart-UPS 1500", "AS1540183414"),
        _device(6, "server", "Dell", "PowerEdge R430", "4ZXC1G2", os_version="Debian GNU/Linux 9 (stretch)"),
        _device(7, None, None, None),
        _device(8, "firewall", "Fortinet", "FortiGate-60F", "FGT60FTK20171750", os_version="v6.4.8,build1914"),
    ]


@pytest.fixture(scope="session")
def small_office() -> str:
    return "small"


@pytest.fixture(scope="session")
def small_workspace(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    (folder / "offices.yaml").write_text(OFFICES, encoding="utf-8")
    engine = open_database(workspace_database(folder))
    known = offices.load(folder / "offices.yaml")
    offices.write(engine, known, FIRST)
    devices = _network()
    targets = [("small", f"10.9.0.{i}") for i in range(1, 20)] + [("silent", f"10.9.1.{i}") for i in range(1, 5)]
    first = ledger.begin_scan(engine, FIRST, targets)
    ledger.record(engine, first, devices)
    ledger.finish(engine, first, FIRST + 60)
    # a month later: the UPS is silent, the printer has a new name
    later = [replace(device, observed_at=SECOND) for device in devices if device.address != "10.9.0.5"]
    renamed = replace(later[2].identity, sys_name="may-in-mot-cua")  # type: ignore[type-var]
    later[2] = replace(later[2], identity=renamed)
    second = ledger.begin_scan(engine, SECOND, targets)
    ledger.record(engine, second, later)
    ledger.record_outcomes(engine, second, [ledger.TargetOutcome("small", "10.9.0.5", "snmp", Outcome.SILENT)])
    ledger.finish(engine, second, SECOND + 60)
    engine.dispose()
    return folder
