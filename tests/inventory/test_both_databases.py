"""One history, remembered by SQLite and by PostgreSQL: every frame is the same, to the type and the order of its rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.engine import Engine

from inventory import cablings, ledger, offices, services
from inventory.database import open_database
from inventory.deciding import Deciding
from inventory.facts import (
    STP_STATES,
    ArpEntry,
    Component,
    Counters,
    ForwardingEntry,
    Interface,
    Neighbour,
    Observation,
    Outcome,
    OwnAddress,
    Reading,
    Way,
)
from inventory.frames import FRAMES, Inventory
from inventory.registers.imports import import_register
from inventory.registers.records import Register
from inventory.repairs.records import Log, Repair
from inventory.repairs.remembering import remember
from inventory.service_facts import Probe, ServiceOutcome
from tests.inventory.conftest import DAY, START, mac, observe
from tests.inventory.registers.conftest import line

OFFICES = """
offices:
  - {code: tinh, name_vi: Tỉnh, name_en: Province}
  - {code: A, name_vi: Xã A, name_en: Commune A, parent: tinh, staff: 12, networks: [{network: 10.0.0.0/27, snmp: [public]}]}
  - {code: B, name_vi: Xã B, name_en: Commune B, parent: tinh, networks: [{network: 10.0.0.0/27, snmp: [public]}]}
services:
  - {code: van-ban, name_vi: Văn bản, name_en: Documents, url: "https://qlvb.thu.vn/", goal: documents, latency_ms: 900}
  - {code: thu, name_vi: Thư, name_en: Mail, url: "tls://thu.vn:993", goal: mail, offices: [A]}
"""
#: What devices really say, and what no database should choke on.
TEXTS = (
    "Tầng 2 – phòng Đăng ký",
    "a\x00b",
    "\ud83d nửa chữ",
    "𝔘 ngoài BMP",
    "tab\tvà\nxuống dòng",
    "",
    " ",
    "'; DROP TABLE devices; --",
)
#: Ports whose order depends on who sorts: bytes, or Vietnamese.
PORTS = ("Gi1/0/1", "gi1/0/2", "Đ1", "E1", "ă", "a", "Á", "Z", "10", "9", "_", "-")


#: Frames that this history need not fill.
MAY_BE_EMPTY = ("conflicts", "matches", "rejected")

LINES = (
    line(6, code="TS.001", serials=("CN00000001",), macs=(mac(1001),), user="Đặng Văn Ân", office="A"),
    line(7, "Máy in laser", place="Phòng Một cửa", quantity=3, price_vnd=9_000_000, office="B"),
)
REPAIRS = Log(
    "sổ sửa chữa.xlsx",
    (
        Repair("sổ sửa chữa.xlsx", "Năm 2025", 4, "2025-03-14", serials=("CN00000001",), part="fan", hours_down=2.5),
        Repair("sổ sửa chữa.xlsx", "", 5, "2025", device_told="Máy in; hỏng'", office="B", cost_vnd=2**40, note="Đã thay"),
    ),
)


def switch(n: int, day: int, office: str) -> Observation:
    at = START + day * DAY + n
    ports = tuple(
        Interface(
            i, name, TEXTS[i % len(TEXTS)], TEXTS[(i + n) % len(TEXTS)], 6, mac(n * 1000 + i) if i % 5 else None, 1500,
            None if i == 3 else 2**40 + i, True if i % 2 else None, (i + day) % 3 > 0, i if i % 4 else None,
            Counters(2**62 + day * 1000 * i, 2**40 + day, day if i % 2 else None, 0, 0, None, 64, 2**33 + day, None),
            ("full", "half", None)[(i + n) % 3], PORTS[-1] if i == 2 else None, (*STP_STATES, None)[(i + day) % 7],
            at - (day + i) * 5_000 if i % 4 else None,
        )
        for i, name in enumerate(PORTS, 1)
    )  # fmt: skip
    stations = tuple(mac(900_000 + n * 10 + i) for i in range(4))
    return observe(
        f"10.0.0.{n}",
        office=office,
        at=at,
        serial=f"CN{n % 3:08d}",
        name=f"Đơn-vị-{n}" if n % 2 else None,
        os_version=f"16.{day}",
        uptime_s=day * DAY + 5,
        interfaces=ports if day != 2 else ports[: -n % 12],
        components=(
            Component("1", "psu", TEXTS[n % 8], TEXTS[(n + 1) % 8], serial=f"PSU{n}{day % 2}"),
            Component("2", "disk", size_bytes=2**41),
        ),
        neighbours=(
            Neighbour("lldp", "a", 6, f"đơn-vị-{n + 2}", "Z"),
            Neighbour("cdp", "Z", 8, TEXTS[3], TEXTS[0], remote_address="10.0.0.3"),
        ),
        own=(OwnAddress(f"10.0.0.{n}", 27, 1), OwnAddress("fe80::1", None, None)),
        arp=tuple(ArpEntry(f"10.0.9.{i + day % 2}", m) for i, m in enumerate(stations)),
        forwarding=tuple(ForwardingEntry(m, PORTS[i + day % 3], None, 10 + i) for i, m in enumerate(stations[: 4 - day % 2])),
        health=(Reading("cpu_load", "", 0.1 * day), Reading("printer_status", TEXTS[n % 8], None, TEXTS[(n + 2) % 8])),
        ways=(
            Way("snmp", 161, version="2c", credential=TEXTS[n % 8], facts={"alike": TEXTS[(n + 3) % 8]}),
            Way("telnet", 23, open=(n + day) % 2 == 0),
        ),
    )  # fmt: skip


def history(engine: Engine, folder: Path) -> None:
    """Five scans of two offices: changes, cut answers, silence, shared serials, two protocols."""
    file = folder / "offices.yaml"
    file.write_text(OFFICES, encoding="utf-8")
    offices.write(engine, offices.load(file), START - 100)
    for day in range(5):
        at = START + day * DAY
        places = [(office, f"10.0.0.{n}") for office in "AB" for n in range(1, 12)]
        scan = ledger.begin_scan(engine, at, places)
        ledger.record_outcomes(engine, scan, [ledger.TargetOutcome(*place, "snmp", Outcome.SILENT) for place in places])
        ledger.record_outcomes(
            engine, scan, [ledger.TargetOutcome("B", "10.0.0.11", "ssh", Outcome.AUTH_FAILED, "không vào được", "ssh")]
        )
        for office in "AB":
            batch = [switch(n + 5 * (office == "B"), day, office) for n in range(1, 6) if (n + day) % 4]
            batch.append(
                observe(
                    "10.0.0.1",
                    office=office,
                    at=at + 60,
                    protocol="ssh",
                    serial="CN00000001",
                    macs=[mac(1001)],
                    outcome=Outcome.PARTIAL,
                )
            )
            ledger.record(engine, scan, batch)
        ledger.finish(engine, scan, at + 600)
        url = "https://qlvb.thu.vn/"
        answers = Probe("van-ban", url, at, ServiceOutcome.OK, 3, day % 2, 1, 20, 30, 40, 91, 200, at + 9 * DAY, "Cơ quan 𝔘")
        services.record(engine, "AB"[day % 2], [answers])
        cablings.keep(engine, scan.id, {"topology": {"why": [f"ngày {day} 𝔘"]}})
        if day == 2:
            import_register(engine, Register("sổ tài sản.xlsx", LINES), "A", "d1", at + 700)
            remember(engine, REPAIRS, offices.load(file), at + 750)
            Deciding(engine, "Nguyễn Văn A", "đã xem tận nơi", at + 800).merge(2, 1)
        if day == 3:
            Deciding(engine, "Nguyễn Văn A", "xem lại", at + 800).split(2)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, cluster) -> tuple[Inventory, Inventory]:
    folder = tmp_path_factory.mktemp("both")
    sources = folder / "inventory.sqlite", cluster.database("both", template="empty")
    for source in sources:
        engine = open_database(source)
        history(engine, folder)
        engine.dispose()
    return Inventory(sources[0]), Inventory(sources[1])


@pytest.mark.parametrize("frame", FRAMES)
def test_every_frame_is_the_same_as_of_any_date_and_of_any_office(both, frame: str) -> None:
    for as_of in (None, START + 2 * DAY + 1000, START - 50):
        for office in (None, "B"):
            sqlite, postgresql = (inventory.load(frame, as_of=as_of, office=office) for inventory in both)
            pd.testing.assert_frame_equal(postgresql, sqlite, obj=f"{frame} as of {as_of} of {office}")
            assert as_of is not None or office is not None or len(sqlite) > 0 or frame in MAY_BE_EMPTY


def test_what_was_found_out_about_the_cabling_is_the_same(both) -> None:
    for as_of in (None, START + 2 * DAY + 1000):
        sqlite, postgresql = (inventory.cabling(as_of=as_of) for inventory in both)
        assert sqlite == postgresql
        assert sqlite is not None


def test_hostile_texts_are_kept_as_far_as_a_database_can(both) -> None:
    for inventory in both:
        said = set(inventory.interfaces()["alias"].dropna())
        assert {"Tầng 2 – phòng Đăng ký", "𝔘 ngoài BMP", "tab\tvà\nxuống dòng", "'; DROP TABLE devices; --"} <= said
        assert {"a�b", "� nửa chữ"} <= said, "what is no text is seen to be missing"
