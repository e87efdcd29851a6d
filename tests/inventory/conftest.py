"""A small network to scan: observations made as collectors would make them, and a scan in one call."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from inventory import ledger
from inventory.database import open_database
from inventory.facts import Addresses, Evidence, Identity, Interface, Observation, Outcome
from inventory.frames import Inventory

DAY = 86_400
START = 1_780_000_000


def sure(value: str | None, confidence: float = 0.95) -> Evidence | None:
    return None if value is None else Evidence(value, "entity", confidence, value)


def observe(
    address: str = "10.0.0.1",
    *,
    office: str = "A",
    at: int = START,
    protocol: str = "snmp",
    outcome: Outcome = Outcome.ANSWERED,
    serial: str | None = None,
    vendor: str | None = "HPE",
    model: str | None = "2530-24G",
    os_version: str | None = "16.11",
    kind: str | None = "switch",
    name: str | None = None,
    macs: Iterable[str] = (),
    base_mac: str | None = None,
    engine_id: str | None = None,
    uptime_s: int | None = None,
    interfaces: tuple[Interface, ...] | None = None,
    identity: bool = True,
    own: Any = None,
    arp: Any = None,
    forwarding: Any = None,
    **more: Any,
) -> Observation:
    """An answer; `macs` make one interface each."""
    who = Identity(
        vendor=sure(vendor),
        model=sure(model),
        serial=sure(serial),
        os_version=sure(os_version),
        kind=sure(kind),
        sys_name=name,
        base_mac=base_mac,
        engine_id=engine_id,
        uptime_s=uptime_s,
    )
    macs = list(macs)
    if interfaces is None and macs:
        interfaces = tuple(Interface(i, f"Gi0/{i}", mac=mac, oper_up=True, speed_bps=10**9) for i, mac in enumerate(macs, 1))
    addresses = None if own is None and arp is None and forwarding is None else Addresses(own, arp, forwarding)
    return Observation(
        address,
        office,
        protocol,
        at,
        outcome,
        identity=who if identity else None,
        interfaces=interfaces,
        addresses=addresses,
        **more,
    )


def mac(number: int) -> str:
    """A globally administered address of a box that the tests number."""
    return f"00:1c:73:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


@pytest.fixture(name="observe")
def _observe() -> Callable[..., Observation]:
    return observe


@pytest.fixture(name="mac")
def _mac() -> Callable[[int], str]:
    return mac


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where an inventory of its own is: each test that asks for it runs on both databases."""
    return str(request.getfixturevalue("postgresql_url")) if request.param == "postgresql" else tmp_path / "inventory.sqlite"


@pytest.fixture
def engine(source: Path | str, empty_inventory: Path) -> Iterator[Engine]:
    if isinstance(source, Path):
        shutil.copy(empty_inventory, source)
    opened = open_database(source)
    yield opened
    opened.dispose()


@pytest.fixture
def inventory(engine: Engine) -> Inventory:
    return Inventory(engine)


@pytest.fixture
def scan(engine: Engine) -> Callable[..., ledger.Scan]:
    """scan(day, *observations): a finished scan of 10.0.0.0/27 in offices A and B, on that day; who says nothing was silent."""

    def run(day: int, *observations: Observation, offices: tuple[str, ...] = ("A", "B"), asked: int = 30) -> ledger.Scan:
        at = START + day * DAY
        targets = [(office, f"10.0.0.{n}") for office in offices for n in range(1, asked + 1)]
        opened = ledger.begin_scan(engine, at, targets)
        silent = [ledger.TargetOutcome(office, address, "snmp", Outcome.SILENT) for office, address in targets]
        ledger.record_outcomes(engine, opened, silent)
        import dataclasses

        ledger.record(engine, opened, [dataclasses.replace(o, observed_at=at + 5) for o in observations])
        return ledger.finish(engine, opened, at + 60)

    return run
