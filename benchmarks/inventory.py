"""A year of weekly scans: how fast they are remembered, how much room they take, how fast a date is shown again.

    python -m benchmarks.inventory [--devices 2000] [--interfaces 30] [--scans 52] [--database sqlite,postgresql]

Every week 3 % of the interfaces, stations, releases and temperatures change; counters and CPU loads always do, as on a network,
and ports with computers have gone down and up again. One port in 33 has a bad cable and counts errors every week, one in twelve
discards in a week; frames are told beside errors. (Of the Ethernet ports of recorded switches one in eleven had errors since the
switch started, one in three discards.)
In the same run, for comparison: full snapshots of the same rows in plain SQLite, and `pd.read_sql` of the same rows of that day.
Seconds are by the clock, and of this process's processor time in brackets (the database server's is not in it).
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

if __name__ == "inventory":  # a benchmark was started as a file, and means the package of this name: step aside
    here = Path(__file__).resolve().parent
    sys.path[:] = [str(here.parent), *(path for path in sys.path if Path(path).resolve() != here)]
    del sys.modules["inventory"]
    import inventory  # noqa: F401

import pandas as pd

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
from inventory.frames.reading import Reader, standing

WEEK = 7 * 86_400
BEGIN = 1_800_000_000
CHANGING = 0.03
BAD_CABLES, CONGESTED = 1 / 33, 1 / 12


class Network:
    """Switches with a station on every third port, week by week. Seeded: each database is told the same."""

    def __init__(self, devices: int, ports: int) -> None:
        self.chance = random.Random(7)
        self.devices, self.ports = devices, ports
        self.up = [[self.chance.random() < 0.5 for _ in range(ports)] for _ in range(devices)]
        self.octets = [[self.chance.randrange(10**12) for _ in range(ports)] for _ in range(devices)]
        self.bad = [[self.chance.random() < BAD_CABLES for _ in range(ports)] for _ in range(devices)]
        self.errors = [[0] * ports for _ in range(devices)]
        self.discards = [[0] * ports for _ in range(devices)]
        self.changed = [[BEGIN - self.chance.randrange(WEEK) for _ in range(ports)] for _ in range(devices)]
        self.release = [70] * devices
        self.temperature = [40.0] * devices
        self.hosts = [[n * ports + i for i in range(1, ports + 1, 3)] for n in range(devices)]
        self.next_host = devices * ports + ports

    def targets(self) -> list[tuple[str, str]]:
        return [self.place(n) for n in range(self.devices)]

    def place(self, n: int) -> tuple[str, str]:
        return f"O{n // 100:02d}", f"10.{n // 250}.0.{n % 250 + 1}"

    def week(self, week: int) -> list[Observation]:
        return [self._switch(n, week) for n in range(self.devices)]

    def _changes(self) -> bool:
        return self.chance.random() < CHANGING

    def _switch(self, n: int, week: int) -> Observation:
        chance, up, octets, hosts, changed = self.chance, self.up[n], self.octets[n], self.hosts[n], self.changed[n]
        bad, errors, discards = self.bad[n], self.errors[n], self.discards[n]
        office, address = self.place(n)
        at = BEGIN + week * WEEK + n
        if week > 1:
            for i in range(self.ports):
                if self._changes():
                    up[i], changed[i] = not up[i], at - chance.randrange(WEEK)
                elif up[i] and i % 3 == 0:
                    changed[i] = at - chance.randrange(30_000)  # this morning
            for i in range(len(hosts)):
                if self._changes():  # another machine is plugged in
                    hosts[i], self.next_host = self.next_host, self.next_host + 1
            self.release[n] += self._changes()
            self.temperature[n] += self._changes()
        high, low = divmod(n, 256)
        interfaces = []
        for i in range(1, self.ports + 1):
            if up[i - 1]:  # a port without a link counts nothing
                octets[i - 1] += int(chance.lognormvariate(21, 2))
                errors[i - 1] += int(bad[i - 1] and chance.lognormvariate(4, 2))
                discards[i - 1] += int(chance.random() < CONGESTED and chance.lognormvariate(4, 2))
            interfaces.append(
                Interface(
                    i, f"Gi1/0/{i}", f"GigabitEthernet1/0/{i}", None, 6, f"00:1c:73:{high:02x}:{low:02x}:{i:02x}", 1500, 10**9,
                    True, up[i - 1], 1 + i % 4,
                    Counters(
                        octets[i - 1], octets[i - 1] // 7, errors[i - 1], 0, 0, discards[i - 1], 64,
                        octets[i - 1] // 640 if errors[i - 1] else None,
                    ),
                    "full" if up[i - 1] else None, None, "forwarding" if up[i - 1] else None,
                    changed[i - 1] + chance.randrange(-5, 6),  # clocks are not exact
                )
            )  # fmt: skip
        macs = [f"00:50:56:{host >> 16:02x}:{host >> 8 & 255:02x}:{host & 255:02x}" for host in hosts]
        return Observation(
            address, office, "snmp", at, Outcome.ANSWERED,
            identity=Identity(
                vendor=_sure("HPE"), model=_sure("5130-28G"), serial=_sure(f"CN{n:08d}"), kind=_sure("switch"),
                os_version=_sure(f"7.1.{self.release[n]:03d}"), sys_name=f"sw-{n}", sys_descr="HPE Comware Platform Software",
                sys_object_id=".1.3.6.1.4.1.25506.11.1.185", base_mac=f"00:1c:73:{high:02x}:{low:02x}:00",
                uptime_s=week * WEEK + 5,
            ),
            components=(), interfaces=tuple(interfaces), neighbours=(),
            addresses=Addresses(
                own=(OwnAddress(address, 24, 1),),
                arp=tuple(ArpEntry(f"10.{n // 250}.{10 + n % 100}.{k}", mac, 1) for k, mac in enumerate(macs)),
                forwarding=tuple(ForwardingEntry(mac, f"Gi1/0/{1 + 3 * k}", None, 1) for k, mac in enumerate(macs)),
            ),
            health=(Reading("cpu_load", "", float(chance.randrange(100))), Reading("temperature", "1", self.temperature[n])),
        )  # fmt: skip


def _sure(value: str) -> Evidence:
    return Evidence(value, "entity", 0.95)


class Took(NamedTuple):
    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s ({self.processor:.2f})"


def took(do: Callable[[], Any], times: int = 1) -> Took:
    """The fastest of several."""
    best = Took(float("inf"), float("inf"))
    for _ in range(times):
        wall, processor = time.perf_counter(), time.process_time()
        do()
        best = min(best, Took(time.perf_counter() - wall, time.process_time() - processor))
    return best


# -- a year ----------------------------------------------------------------------------------------------------------------


def year(
    source: Path | str, network: Network, scans: int, each: Callable[[list[Observation]], Took] | None
) -> dict[str, list[Took]]:
    """Remember all scans; seconds of every scan's record and finish, and of what `each` does with the same answers."""
    engine = open_database(source)
    seconds: dict[str, list[Took]] = {"record": [], "finish": [], "snapshot": []}
    for week in range(1, scans + 1):
        batch = network.week(week)
        if each:
            seconds["snapshot"].append(each(batch))
        scan = ledger.begin_scan(engine, BEGIN + week * WEEK, network.targets())

        def record(scan: ledger.Scan = scan, batch: list[Observation] = batch) -> None:
            for start in range(0, len(batch), 50):
                ledger.record(engine, scan, batch[start : start + 50])

        seconds["record"].append(took(record))
        seconds["finish"].append(took(lambda scan=scan, week=week: ledger.finish(engine, scan, BEGIN + week * WEEK + 3600)))
        print(f"  {week}: record {seconds['record'][-1]}, finish {seconds['finish'][-1]}", flush=True)
    engine.dispose()
    return seconds


def snapshots(file: Path) -> Callable[[list[Observation]], Took]:
    """Everything of every scan, as rows in plain SQLite."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE interfaces (scan, device, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q)")
    connection.execute("CREATE TABLE stations (scan, device, mac, address, port)")

    def store(batch: list[Observation]) -> Took:
        ports = [
            (
                o.observed_at // WEEK, o.address, i.index, i.name, i.description, i.alias, i.type, i.mac, i.mtu, i.speed_bps,
                i.admin_up, i.oper_up, i.pvid, c.in_octets, c.out_octets, c.in_errors, c.out_errors, c.in_discards,
                c.out_discards,
            )
            for o in batch
            for i in o.interfaces or ()
            if (c := i.counters)
        ]  # fmt: skip
        stations = [
            (o.observed_at // WEEK, o.address, arp.mac, arp.address, entry.port)
            for o in batch
            if o.addresses
            for arp, entry in zip(o.addresses.arp or (), o.addresses.forwarding or (), strict=True)
        ]

        def write() -> None:
            with connection:
                connection.executemany("INSERT INTO interfaces VALUES (?" + ", ?" * 18 + ")", ports)
                connection.executemany("INSERT INTO stations VALUES (?, ?, ?, ?, ?)", stations)

        return took(write)

    return store


# -- room and reading ------------------------------------------------------------------------------------------------------


def room(file: Path) -> list[tuple[str, float]]:
    """Megabytes by table and index, largest first."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return connection.execute(
            "SELECT name, SUM(pgsize) / 1e6 AS mb FROM dbstat GROUP BY name ORDER BY mb DESC LIMIT 14"
        ).fetchall()


#: Bare rows, without what the frame joins to them.
COLUMNS = (
    "device_id, if_index, name, description, alias, type, mac, mtu, speed_bps, admin_up, oper_up, pvid, duplex, aggregate, stp"
)


def reading(source: Path | str, at: int) -> None:
    engine = open_database(source)
    engine.dispose()
    sql = f"SELECT {COLUMNS} FROM interfaces t WHERE {standing('t')}".replace(":at", str(at))  # noqa: S608 - names of ours

    def bare() -> None:
        with Reader(source, at, None) as reader:
            reader.rows(sql)

    def peer() -> None:
        with engine.connect() as connection:
            pd.read_sql(sql, connection)
        engine.dispose()

    rows = len(load(source, "interfaces", as_of=at))
    frame, bare_s, peer_s = (took(do, 7) for do in (lambda: load(source, "interfaces", as_of=at), bare, peer))
    print(f"  interfaces as of week {(at - BEGIN) // WEEK}: {rows} rows; frame {frame}, bare rows {bare_s}, pd.read_sql {peer_s}")
    print(f"  ratio to pd.read_sql: frame {frame.wall / peer_s.wall:.2f}, bare rows {bare_s.wall / peer_s.wall:.2f}")
    for name in ("devices", "endpoints", "forwarding", "arp", "changes"):
        began = took(lambda name=name: load(source, name, as_of=at))
        print(f"  frame {name}: {began}")


@contextmanager
def sources(wanted: list[str], folder: Path) -> Iterator[dict[str, Path | str]]:
    from tests import postgresql

    found: dict[str, Path | str] = {"sqlite": folder / "inventory.sqlite"} if "sqlite" in wanted else {}
    if "postgresql" not in wanted:
        yield found
    elif postgresql.programs() is None:
        print("PostgreSQL is not installed: not measured")
        yield found
    else:
        with postgresql.cluster(durable=True) as cluster:
            yield found | {"postgresql": cluster.database("kiemke")}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--interfaces", type=int, default=30)
    parser.add_argument("--scans", type=int, default=52)
    parser.add_argument("--database", default="sqlite,postgresql")
    parser.add_argument("--keep", type=Path, help="keep the SQLite file here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, sources(arguments.database.split(","), Path(temporary)) as found:
        for name, source in found.items():
            print(f"{name}: {arguments.scans} weekly scans of {arguments.devices} devices x {arguments.interfaces} interfaces")
            network = Network(arguments.devices, arguments.interfaces)
            plain = Path(temporary) / "snapshots.sqlite"
            seconds = year(source, network, arguments.scans, snapshots(plain) if name == "sqlite" else None)
            for what in ("record", "finish", "snapshot"):
                if rest := seconds[what][1:]:
                    median, worst = (Took(*map(of, zip(*rest, strict=True))) for of in (statistics.median, max))
                    print(f"  {what}: first {seconds[what][0]}, then median {median}, worst {worst}")
            if isinstance(source, Path):
                parts, of_snapshots = room(source), sum(mb for _, mb in room(plain))
                size = source.stat().st_size / 1e6
                print(f"  room: {size:.1f} MB; full snapshots {of_snapshots:.1f} MB, {of_snapshots / size:.1f} times as much")
                print("  " + ", ".join(f"{table} {mb:.1f}" for table, mb in parts[:14]))
            reading(source, BEGIN + arguments.scans // 2 * WEEK + 7200)
            reading(source, BEGIN + arguments.scans * WEEK + 7200)
            if isinstance(source, Path) and arguments.keep:
                arguments.keep.write_bytes(source.read_bytes())


if __name__ == "__main__":
    main()
