"""The main job, run once for all tests here: the demonstration twice, as a newcomer would, with a canary among its secrets."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from inventory.frames import Inventory
from kiemke.demo import STEP
from simulator.district import District, load

KIEMKE = Path(sys.executable).parent / "kiemke"


def free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Run:
    """One `kiemke` that ended: what it printed, and the command lines of the processes that it started."""

    status: int
    out: str
    err: str
    command_lines: set[str] = field(default_factory=set)


def kiemke(*arguments: str | Path, cwd: Path | None = None, **environ: str) -> Run:
    """Run the command as a process of its own, and watch the command lines of everything that runs beneath it."""
    process = subprocess.Popen(
        [KIEMKE, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"KIEMKE_LANG": "en"} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen: set[str] = set()
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.2):
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    out, err = process.communicate(timeout=240)
    stop.set()
    watcher.join()
    return Run(process.returncode, out, err, seen)


@dataclass
class Demo:
    """The demonstration's workspace after two runs. `first` and `second` are what the runs printed."""

    home: Path
    district: District
    days: tuple[date, date]
    snmp_port: int
    ssh_port: int
    first: Run
    second: Run
    secrets: frozenset[str]

    @property
    def inventory(self) -> Inventory:
        return Inventory(self.home)

    def changes(self) -> pd.DataFrame:
        """What the second scan saw."""
        scans = self.inventory.scans().sort_values("finished_at")
        changes = self.inventory.changes()
        return changes[changes["scan"] == scans["scan"].iloc[-1]]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo") / "demo"
    district = load()
    snmp_port, ssh_port = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    arguments = ("demo", "--out", home, "--snmp-port", str(snmp_port), "--ssh-port", str(ssh_port))
    first = kiemke(*arguments)
    assert first.status == 0, first.out + first.err
    second = kiemke(*arguments)
    assert second.status == 0, second.out + second.err
    secrets = {
        str(value)
        for credential in district.credentials.values()
        for name, value in credential.items()
        if name.endswith("secret") or name == "password"
    }
    return Demo(home, district, (district.today, district.today + STEP), snmp_port, ssh_port, first, second, frozenset(secrets))


@pytest.fixture
def copied(demo: Demo, tmp_path: Path) -> Path:
    """A copy of the demonstration's workspace that a test may change."""
    return Path(shutil.copytree(demo.home, tmp_path / "workspace"))


@pytest.fixture(scope="session")
def report_folder() -> Path:
    """Where tests leave what a person may want to look at: tables, screenshots."""
    folder = Path(__file__).parents[2] / "test-report"
    folder.mkdir(exist_ok=True)
    return folder
