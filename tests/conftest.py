"""The main job, run once for all tests here: the demonstration twice, as a newcomer would, with a canary among its secrets."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import socket
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import postgresql
from tests.end_to_end.running import Run, free_port, kiemke_watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from inventory.frames import Inventory
    from simulator.district import District


#: Files of which a test needs the demonstration. It takes longest: where several processes share the tests, one of them has all
#: these, and has them first.
WITH_THE_DEMONSTRATION = (
    *(
        f"tests/end_to_end/test_{name}.py"
        for name in ("changes", "condition", "lab", "network", "paper", "reports", "secrets", "security", "truth")
    ),
    *("tests/docs/test_condition_page.py", "tests/docs/test_connectivity_page.py", "tests/docs/test_security_page.py"),
    *(f"tests/docs/test_{name}.py" for name in ("exchange_page", "plan_page", "readme", "risk_page")),
    "tests/kiemke/test_demo.py",
)
#: Files that take long by themselves, the longest first. They come next, so that none of them is left to one process when the
#: others have ended.
LONG = (
    *(f"tests/notebooks/test_{name}.py" for name in ("notebooks", "workspaces")),
    *(f"tests/end_to_end/test_{name}.py" for name in ("silent_network", "months")),
    *("tests/house/test_rules.py", "tests/inventory/test_decisions.py", "tests/analysis/test_failures.py"),
    *(f"tests/end_to_end/test_{name}.py" for name in ("registers", "forms", "register_desks")),
    *("tests/analysis/test_maps.py", "tests/inventory/test_misfortune.py", "tests/inventory/test_reconcile.py"),
    *("tests/inventory/test_identity_over_time.py", "tests/inventory/registers/test_matching_figures.py"),
    *("tests/simulator/test_registers.py", "tests/end_to_end/test_killed_scan.py", "tests/end_to_end/test_schedule.py"),
    *(f"tests/collectors/test_{name}.py" for name in ("other_models", "profiles", "recordings_on_the_wire")),
    *("tests/simulator/test_history.py", "tests/inventory/exchange/test_tables.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: _place(item.nodeid))


def pytest_collection_finish() -> None:
    """All that was collected is here to stay: whoever looks for garbage need not look through it each time, nor look as often as
    Python does, which takes up to a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _place(nodeid: str) -> int:
    """Where a file's tests come: 0 with the demonstration, then the long ones, then all others in their order."""
    if nodeid.startswith(WITH_THE_DEMONSTRATION):
        return 0
    return next((place for place, file in enumerate(LONG, 1) if nodeid.startswith(file)), len(LONG) + 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """A file of tests stays in one process: what its tests share is made once."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "the demonstration" if nodeid.startswith(WITH_THE_DEMONSTRATION) else str(super()._split_scope(nodeid))

    return Scheduling(config, log)  # type: ignore[arg-type]


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
        from inventory.frames import Inventory

        return Inventory(self.home)

    def changes(self) -> pd.DataFrame:
        """What the second scan saw."""
        scans = self.inventory.scans().sort_values("finished_at")
        changes = self.inventory.changes()
        return changes[changes["scan"] == scans["scan"].iloc[-1]]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    from kiemke.demo import STEP
    from simulator.district import load

    home = tmp_path_factory.mktemp("demo") / "demo"
    district = load()
    snmp_port, ssh_port = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    arguments = ("demo", "--out", home, "--lang", "vi", "--snmp-port", str(snmp_port), "--ssh-port", str(ssh_port))
    first = kiemke_watched(*arguments)
    assert first.status == 0, first.out + first.err
    second = kiemke_watched(*arguments)
    assert second.status == 0, second.out + second.err
    secrets = {
        str(value)
        for credential in district.credentials.values()
        for name, value in credential.items()
        if name.endswith("secret") or name == "password"
    } - {"public"}  # everybody's community is an ordinary word, and a credential's name
    return Demo(home, district, (district.today, district.today + STEP), snmp_port, ssh_port, first, second, frozenset(secrets))


@pytest.fixture
def copied(demo: Demo, tmp_path: Path) -> Path:
    """A copy of the demonstration's workspace that a test may change."""
    return Path(shutil.copytree(demo.home, tmp_path / "workspace"))


@pytest.fixture(scope="session")
def report_folder() -> Path:
    """Where tests leave what a person may want to look at: tables, screenshots."""
    folder = Path(__file__).parents[1] / "test-report"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgresql.Cluster]:
    """A real PostgreSQL server, with an empty inventory as the template of others: see `postgresql_url`."""
    if postgresql.programs() is None:
        pytest.skip("PostgreSQL is not installed: sudo apt install postgresql")
    from inventory.database import open_database

    with postgresql.cluster() as server:
        open_database(server.database("empty")).dispose()
        yield server


@pytest.fixture(scope="session")
def empty_inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an empty inventory, to be copied: making its tables takes twenty times as long."""
    from inventory.database import open_database

    file = tmp_path_factory.mktemp("empty") / "inventory.sqlite"
    open_database(file).dispose()
    return file


@pytest.fixture
def postgresql_url(cluster: postgresql.Cluster) -> Iterator[str]:
    """An inventory of its own on the server, without anything in it."""
    name = f"t{next(_NUMBERS)}"
    yield cluster.database(name, template="empty")
    cluster.drop(name)


_NUMBERS = itertools.count(1)
