"""How fast a scan is remembered, as a ratio against plain `sqlite3.executemany` of one row an interface in the same run.

python benchmarks/ledger.py [--devices 2000] [--interfaces 30] [--scans 4]
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from pathlib import Path

from inventory import ledger
from inventory.database import open_database
from inventory.facts import (
    Addresses,
    ArpEntry,
    Counters,
    Evidence,
    ForwardingEntry,
    Identity,
    Interface,
    Observation,
    Outcome,
    OwnAddress,
    Reading,
)
from inventory.frames import load

WEEK = 7 * 86_400


def observation(number: int, ports: int, scan: int, chance: random.Random) -> Observation:
    """A switch with a station on every second port; 3 % of rows change from scan to scan."""
    at = 1_800_000_000 + scan * WEEK + number
    office, address = f"O{number // 100:02d}", f"10.{number // 250}.0.{number % 250 + 1}"

    def sure(value: str) -> Evidence:
        return Evidence(value, "entity", 0.95)

    high, low = divmod(number, 256)
    interfaces = tuple(
        Interface(
            i, f"Gi1/0/{i}", f"GigabitEthernet1/0/{i}", None, 6, f"00:1c:73:{high:02x}:{low:02x}:{i:02x}", 1500, 10**9,
            True, chance.random() > 0.03, 1,
            Counters(scan * 10**9 + chance.randrange(10**8), scan * 10**8 + chance.randrange(10**7), scan * (i % 3), 0, 0, 0),
        )
        for i in range(1, ports + 1)
    )  # fmt: skip
    stations = [f"00:50:56:{high:02x}:{low:02x}:{i:02x}" for i in range(1, ports + 1, 3)]
    return Observation(
        address, office, "snmp", at, Outcome.ANSWERED,
        identity=Identity(
            vendor=sure("HPE"), model=sure("5130-28G"), serial=sure(f"CN{number:08d}"), os_version=sure("7.1.070"),
            kind=sure("switch"), sys_name=f"sw-{number}", sys_descr="HPE Comware Platform Software", uptime_s=scan * WEEK + 5,
        ),
        components=(), interfaces=interfaces, neighbours=(),
        addresses=Addresses(
            own=(OwnAddress(address, 24, 1),),
            arp=tuple(ArpEntry(f"10.{number // 250}.{10 + number % 100}.{n}", mac, 1) for n, mac in enumerate(stations)),
            forwarding=tuple(ForwardingEntry(mac, f"Gi1/0/{1 + 3 * n}", None, 1) for n, mac in enumerate(stations)),
        ),
        health=(Reading("cpu_load", "", float(chance.randrange(100))), Reading("temperature", "1", 40.0)),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--interfaces", type=int, default=30)
    parser.add_argument("--scans", type=int, default=4)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "inventory.sqlite"
        engine = open_database(file)
        targets = [(f"O{n // 100:02d}", f"10.{n // 250}.0.{n % 250 + 1}") for n in range(arguments.devices)]
        for number in range(1, arguments.scans + 1):
            batch = [observation(n, arguments.interfaces, number, chance) for n in range(arguments.devices)]
            plain = plain_seconds(Path(folder) / f"plain{number}.sqlite", batch)
            began = time.perf_counter()
            scan = ledger.begin_scan(engine, 1_800_000_000 + number * WEEK, targets)
            for start in range(0, len(batch), 50):
                ledger.record(engine, scan, batch[start : start + 50])
            recorded = time.perf_counter()
            if arguments.profile and number == arguments.scans:
                import cProfile

                with cProfile.Profile() as profile:
                    ledger.finish(engine, scan, 1_800_000_000 + number * WEEK + 3600)
                profile.create_stats()
                import pstats

                pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            else:
                ledger.finish(engine, scan, 1_800_000_000 + number * WEEK + 3600)
            finished = time.perf_counter()
            with sqlite3.connect(file) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            size = file.stat().st_size / 1e6
            print(
                f"scan {number}: record {recorded - began:.2f} s, finish {finished - recorded:.2f} s, executemany {plain:.2f} s, "
                f"ratio of finish {(finished - recorded) / plain:.1f}, {size:.1f} MB"
            )
        for frame in ("devices", "interfaces", "endpoints", "changes"):
            began = time.perf_counter()
            rows = load(file, frame, as_of=1_800_000_000 + 2 * WEEK + 7200)
            print(f"frame {frame}: {len(rows)} rows in {time.perf_counter() - began:.3f} s")


def plain_seconds(file: Path, batch: list[Observation]) -> float:
    rows = [
        (o.office, o.address, i.index, i.name, i.description, i.mac, i.mtu, i.speed_bps, i.admin_up, i.oper_up, i.pvid)
        for o in batch
        for i in o.interfaces or ()
    ]
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE i (a, b, c INTEGER, d, e, f, g INTEGER, h INTEGER, i INTEGER, j INTEGER, k INTEGER)")
    began = time.perf_counter()
    with connection:
        connection.executemany("INSERT INTO i VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    seconds = time.perf_counter() - began
    connection.close()
    file.unlink()
    return seconds


if __name__ == "__main__":
    main()
