"""A program that scans a small network, always the same, and dies or runs out of room where it is told.

    python -m tests.inventory.scanner

A line of JSON on standard input is an order, a line of JSON on standard output its end. Scans run in processes of their own,
which are forked: so many of them cost little.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import alembic.command
import alembic.script
import psycopg  # noqa: F401 - what a child needs is loaded before it is forked
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

from inventory import ledger
from inventory.database import open_database, reading
from inventory.facts import ArpEntry, Counters, ForwardingEntry, Interface, Observation, Outcome, Reading
from inventory.problems import Problem
from inventory.schema import METADATA
from inventory.schema.identity import IDENTITY_LOG
from inventory.schema.scans import SCANS
from tests.inventory.conftest import DAY, START, mac, observe

DEVICES, PORTS, BATCH = 24, 6, 4


def network(day: int) -> list[Observation]:
    """Every device tells the day in its release and in the names of its ports; some are silent, stations move, counters count."""
    return [_switch(n, day) for n in range(1, DEVICES + 1) if (n + day) % 8]


def _switch(n: int, day: int) -> Observation:
    at = START + day * DAY + n
    ports = tuple(
        Interface(
            i, f"Gi0/{i}", alias=f"{day}", mac=mac(n * 100 + i), oper_up=bool((i + day + n) % 3), speed_bps=10**9,
            counters=Counters(day * 1000 * i, day * n),
        )
        for i in range(1, PORTS + 1)
    )  # fmt: skip
    stations = [mac(500_000 + n * 10 + i) for i in range(3)]
    return observe(
        f"10.0.0.{n}", office="AB"[n % 2], at=at, serial=f"CN{n:08d}", os_version=f"16.{day}", uptime_s=day * DAY + 5,
        interfaces=ports, health=(Reading("cpu_load", "", float(day * n)),), own=(), neighbours=(), components=(),
        arp=tuple(ArpEntry(f"10.0.1.{n}", m) for m in stations[:1]),
        forwarding=tuple(ForwardingEntry(m, f"Gi0/{(i + day) % PORTS + 1}") for i, m in enumerate(stations)),
    )  # fmt: skip


def scan(engine: Engine, day: int) -> None:
    """As `kiemke scan` does: open or resume, note who was silent, record in batches, finish."""
    at = START + day * DAY
    places = [("AB"[n % 2], f"10.0.0.{n}") for n in range(1, DEVICES + 1)]
    begun = ledger.begin_scan(engine, at, places)
    phase("record")
    answers = network(day)
    there = {(o.office, o.address) for o in answers}
    ledger.record_outcomes(
        engine, begun, [ledger.TargetOutcome(*place, "snmp", Outcome.SILENT) for place in places if place not in there]
    )
    todo = [o for o in answers if (o.office, o.address, o.protocol) not in begun.done]
    for start in range(0, len(todo), BATCH):
        ledger.record(engine, begun, todo[start : start + BATCH])
    phase("finish")
    ledger.finish(engine, begun, at + 600)


_phase = ""


def phase(name: str) -> None:
    global _phase  # noqa: PLW0603 - one scan a process
    _phase = name


def content(source: str) -> dict[str, list[Any]]:
    """Every row of every table, but for the process that opened a scan, and for numbers that PostgreSQL never gives again."""
    left_out = {SCANS.c.owner, IDENTITY_LOG.c.id}
    engine = open_database(source)
    with reading(engine) as connection:
        tables = {
            table.name: sorted(map(repr, connection.execute(sa.select(*(c for c in table.columns if c not in left_out))).all()))
            for table in METADATA.sorted_tables
        }
    engine.dispose()
    return tables


def child(order: dict[str, Any]) -> dict[str, Any]:
    """One scan or several in this process; kills it at a statement where that is asked."""
    began, statements = time.monotonic(), 0
    if "file_size" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_size"], resource.RLIM_INFINITY))

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1
        if statements == order.get("die_at"):
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        engine = open_database(order["source"], order.get("busy_timeout_s"))
        event.listen(engine, "before_cursor_execute", count)
        event.listen(engine, "commit", count)
        for day in order["days"]:
            scan(engine, day)
        engine.dispose()
    except Problem as problem:
        return {"problem": problem.key, "says": str(problem), "phase": _phase}
    return {"statements": statements, "seconds": time.monotonic() - began}


def forked(order: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.write(write, json.dumps(child(order)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    if "die_after_s" in order:
        time.sleep(order["die_after_s"])
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(read) as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    return {"killed": os.WIFSIGNALED(status), **(json.loads(told) if told else {})}


def obey(order: dict[str, Any]) -> dict[str, Any]:
    match order["do"]:
        case "scan":
            return forked(order)
        case "copy":
            for old in Path(order["to"]).parent.glob(Path(order["to"]).name + "*"):
                old.unlink()
            shutil.copy(order["from"], order["to"])
            return {"size": Path(order["to"]).stat().st_size}
        case "room":  # of the file system that this process has for itself
            subprocess.run(["mount", "-o", f"remount,size={order['bytes']}", order["folder"]], check=True)
            return {}
        case "content":
            return {"digest": hashlib.sha256(repr(content(order["source"])).encode()).hexdigest()}
    raise ValueError(order["do"])


class Scanner:
    """The program, and its orders. `before`: a command that starts it, e.g. with file systems of its own."""

    def __init__(self, before: Sequence[str] = ()) -> None:
        command = [*before, sys.executable, "-m", "tests.inventory.scanner"]
        root = Path(__file__).parents[2]
        self.process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, do: str, **values: Any) -> dict[str, Any]:
        self.begin(do, **values)
        return self.end()

    def begin(self, do: str, **values: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self.process.stdin.flush()

    def end(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the program ended"
        return json.loads(line)

    def busy(self) -> bool:
        """Whether the last order has not ended."""
        assert self.process.stdout
        return not select.select([self.process.stdout], [], [], 0)[0]

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


if __name__ == "__main__":
    assert alembic.command
    assert alembic.script
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)
