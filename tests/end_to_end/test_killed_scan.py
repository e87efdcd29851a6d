"""A scan that is killed leaves nothing half-written; the next one goes on where it stopped, and nothing is doubled."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import time

import pandas as pd
import pytest

from inventory.frames import Inventory
from kiemke import demo as demonstration
from simulator.district import load
from simulator.serve import serve
from tests.end_to_end.running import KIEMKE, free_port, kiemke

#: Enough offices for a scan that can be caught in the middle.
OFFICES = 6


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A district that answers slowly, and how to make workspaces on it."""
    district = load()
    ports = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)

    def workspace(name):
        return demonstration.prepare(tmp_path_factory.mktemp("killed") / name, district, *ports).root

    with serve(district.at(district.today), snmp_port=ports[0], ssh_port=ports[1], latency_s=0.1):
        codes = [office.code for office in district.offices if office.networks and office.valid_to is None][-OFFICES:]
        yield workspace, [part for code in codes for part in ("--office", code)]


def rows(workspace, table):
    with sqlite3.connect(f"file:{workspace / 'inventory.sqlite'}?mode=ro", uri=True) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


#: What the time of a scan shows in.
TIMES = {
    *("first_seen", "last_confirmed", "last_asked", "last_seen", "read_at", "at"),
    *("uptime_s", "counted_s", "started_at", "finished_at", "changed_at"),
}
FRAMES = (
    "devices",
    "interfaces",
    "links",
    "endpoints",
    "forwarding",
    "arp",
    "addresses",
    "components",
    "health",
    "changes",
    "scans",
)


def content(workspace):
    """What the inventory says, without times."""
    inventory = Inventory(workspace)
    frames = {name: getattr(inventory, name)() for name in FRAMES}
    return {name: frame.drop(columns=TIMES.intersection(frame.columns)) for name, frame in frames.items()}


def begin(workspace, offices):
    nothing = subprocess.DEVNULL
    return subprocess.Popen([KIEMKE, "scan", "-w", workspace, *offices], stdout=nothing, stderr=nothing, start_new_session=True)


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(process, happened):
    """Whether something happens before a scan ends."""
    deadline = time.monotonic() + 60
    while not happened():
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return True


def busy(workspace):
    """Whether somebody writes for longer than remembering a few answers takes: then the scan becomes history."""
    with contextlib.closing(sqlite3.connect(workspace / "inventory.sqlite", timeout=0, isolation_level=None)) as connection:
        until = time.monotonic() + 0.03
        while time.monotonic() < until:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                continue
            connection.execute("ROLLBACK")
            return False
    return True


def test_a_scan_that_is_killed_again_and_again_is_resumed_without_loss_or_double(served):
    workspace, offices = served
    undisturbed, killed = workspace("undisturbed"), workspace("killed")
    assert kiemke("scan", "-w", undisturbed, *offices).status in (0, 1)

    def more():
        return rows(killed, "staged") > kept

    kept = 0
    for _ in range(2):
        process = begin(killed, offices)
        assert wait_for(process, more), "the scan ended before it could be killed"
        kill(process)
        assert more(), "what was remembered stays"
        kept = rows(killed, "staged")
        assert rows(killed, "devices") == 0, "nothing is history before a scan has finished"

    process = begin(killed, offices)
    if wait_for(process, lambda: more() and busy(killed)):
        kill(process)  # in the transaction that makes it history
        if rows(killed, "staged"):
            assert rows(killed, "devices") == 0, "all of it is history, or nothing"
            again = kiemke("scan", "-w", killed, *offices)
            assert again.status in (0, 1), again.err
            assert "Resuming" in again.err, again.err

    expected = content(undisturbed)
    assert len(expected["devices"]) > 50
    for name, frame in content(killed).items():
        pd.testing.assert_frame_equal(frame, expected[name], obj=name)
    scans = Inventory(killed).scans()
    assert len(scans) == 1
    assert scans["finished_at"].notna().all()
    assert rows(killed, "staged") == 0
