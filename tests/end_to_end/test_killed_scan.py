"""A scan that is killed leaves nothing half-written; the next one goes on where it stopped, and nothing is doubled."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import time

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

    with serve(district.at(district.today), snmp_port=ports[0], ssh_port=ports[1], latency_s=0.03):
        codes = [office.code for office in district.offices if office.networks and office.valid_to is None][-OFFICES:]
        yield workspace, [part for code in codes for part in ("--office", code)]


def rows(workspace, table):
    with sqlite3.connect(f"file:{workspace / 'inventory.sqlite'}?mode=ro", uri=True) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def content(workspace):
    """What the inventory says, without ids and times."""
    inventory = Inventory(workspace)
    devices = inventory.devices()
    names = devices.set_index("device")["address"]
    interfaces = inventory.interfaces()
    return (
        sorted(
            devices[["address", "office", "vendor", "model", "serial", "os_version"]]
            .fillna("")
            .itertuples(index=False, name=None)
        ),
        sorted(zip(interfaces["device"].map(names), interfaces["if_index"], interfaces["name"], strict=True)),
        sorted(inventory.endpoints()["mac"]),
        len(inventory.links()),
        len(inventory.components()),
    )


def test_a_killed_scan_is_resumed_without_loss_or_double(served):
    workspace, offices = served
    undisturbed, killed = workspace("undisturbed"), workspace("killed")
    assert kiemke("scan", "-w", undisturbed, *offices).status in (0, 1)

    process = subprocess.Popen(
        [KIEMKE, "scan", "-w", killed, *offices], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while rows(killed, "staged") < 10:
        assert process.poll() is None, "the scan ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    staged = rows(killed, "staged")
    assert rows(killed, "devices") == 0, "nothing is history before a scan has finished"

    again = kiemke("scan", "-w", killed, *offices)
    assert again.status in (0, 1), again.err
    assert "Resuming" in again.err, again.err
    assert staged >= 10
    assert content(killed) == content(undisturbed)
    scans = Inventory(killed).scans()
    assert len(scans) == 1
    assert scans["finished_at"].notna().all()
