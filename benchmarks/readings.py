"""A year of weekly readings as a frame, and what is worn found in it: how long, and how much memory.

    python -m benchmarks.readings [--devices 2000] [--scans 52]

Every device tells twelve numbers in every scan. In the same run, for comparison: the same numbers as plain rows in SQLite, and
`pd.read_sql` of them. Seconds are by the clock; memory is the most that the process had resident, by `resource.getrusage`.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.condition import condition
from inventory import gauges, ledger
from inventory.database import open_database
from inventory.facts import Evidence, Identity, Observation, Outcome, Reading
from inventory.frames import Inventory

WEEK, BEGIN = 7 * 86_400, 1_800_000_000
METRICS = (
    *("cpu_load|", "memory_total|memory", "memory_used|memory", "storage_total|/", "storage_used|/", "storage_total|/var"),
    *("storage_used|/var", "temperature|board", "temperature|cpu", "pages|", "supply_level|Black", "disk_power_on|sda"),
)


def numbers(device: int, scan: int, chance: np.random.Generator) -> list[float]:
    full = (device % 40 + scan) * 1e9
    return [
        *(chance.uniform(2, 60), 8e9, chance.uniform(2e9, 7e9), 1e11, full, 5e11, 2 * full, chance.normal(42, 2)),
        *(chance.normal(55, 3), 90_000.0 + 400 * scan, 100.0 - scan, 20_000.0 + 168 * scan),
    ]


def fill(file: Path, rows: Path, devices: int, scans: int) -> None:
    engine = open_database(file)
    chance = np.random.default_rng(7)
    plain = sqlite3.connect(rows)
    plain.execute("CREATE TABLE readings (device INTEGER, metric TEXT, item TEXT, value REAL, at INTEGER)")
    places = [("A", f"10.{d // 65536}.{d // 256 % 256}.{d % 256}") for d in range(1, devices + 1)]
    for scan in range(scans):
        at = BEGIN + scan * WEEK
        opened = ledger.begin_scan(engine, at, places)
        told = [numbers(d, scan, chance) for d in range(devices)]
        if scan == 0:
            ledger.record(engine, opened, [_said(place, n, at, told[n]) for n, place in enumerate(places)])
        ledger.finish(engine, opened, at + 600)
        if scan:
            packed = gauges.pack({(d + 1, key): told[d][k] for d in range(devices) for k, key in enumerate(METRICS)})
            with engine.begin() as connection:
                connection.exec_driver_sql("DELETE FROM measured WHERE scan_id = ?", (opened.id,))
                connection.exec_driver_sql("INSERT INTO measured (scan_id, numbers) VALUES (?, ?)", (opened.id, packed))
        plain.executemany(
            "INSERT INTO readings VALUES (?, ?, ?, ?, ?)",
            [(d, *key.split("|"), told[d][k], at) for d in range(devices) for k, key in enumerate(METRICS)],
        )
    plain.commit()
    plain.close()
    engine.dispose()


def _said(place: tuple[str, str], n: int, at: int, told: list[float]) -> Observation:
    identity = Identity(kind=Evidence("server", "bench", 0.95), serial=Evidence(f"S{n:08d}", "bench", 0.95), uptime_s=90_000)
    health = tuple(Reading(*key.split("|"), told[k]) for k, key in enumerate(METRICS))
    return Observation(place[1], place[0], "snmp", at, Outcome.ANSWERED, identity=identity, health=health)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--devices", type=int, default=2_000)
    options.add_argument("--scans", type=int, default=52)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, rows = Path(folder) / "inventory.sqlite", Path(folder) / "rows.sqlite"
        fill(file, rows, given.devices, given.scans)
        inventory = Inventory(file)
        before = _resident()
        took, readings = _timed(inventory.readings)
        after = _resident()
        print(
            f"{len(readings):,} readings, {given.devices} devices x {given.scans} scans: {took:.1f} s, +{after - before:.0f} MiB"
        )
        some, pages = _timed(lambda: inventory.readings("pages"))
        print(f"  of one metric ({len(pages):,}): {some:.1f} s")
        peer, _ = _timed(lambda: pd.read_sql("SELECT * FROM readings", sqlite3.connect(rows)))
        print(f"  peer, pd.read_sql of plain rows: {peer:.1f} s; ours / peer {took / peer:.2f}")
        print(
            f"  on disk: {file.stat().st_size / 1e6:.0f} MB of the whole inventory, plain rows {rows.stat().st_size / 1e6:.0f} MB"
        )
        devices, health, interfaces = inventory.devices(), inventory.health(), inventory.interfaces()
        day = datetime.fromtimestamp(BEGIN + given.scans * WEEK, UTC).date()
        seen = devices.assign(state=pd.Series("present", index=devices.index, dtype="string"))  # the numbers came without answers
        policies = inventory.policies()
        took, found = _timed(lambda: condition(seen, health, readings, interfaces, as_of=day, policies=policies).findings)
        print(f"condition of them: {took:.1f} s, {len(found)} findings; the most memory {_resident():.0f} MiB")


def _timed(work: Callable[[], pd.DataFrame]) -> tuple[float, pd.DataFrame]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
