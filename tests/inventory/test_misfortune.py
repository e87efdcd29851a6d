"""What befalls a database while scans run: processes that die, disks that are full, locks, servers that go away.

Nothing is lost, nothing is doubled, and a person is told in one sentence. Real processes, real file systems, both databases.
"""

from __future__ import annotations

import itertools
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from inventory import database, ledger
from inventory.database import DatabaseError, open_database, reading, writing
from inventory.frames import Inventory
from inventory.frames.equipment import devices, interfaces
from inventory.frames.reading import NOW, Reader
from inventory.schema.scans import STAGED
from tests.inventory import scanner as program
from tests.inventory.conftest import DAY, START
from tests.inventory.scanner import Scanner, content, network
from tests.postgresql import Cluster

MOMENTS = 20


@pytest.fixture(scope="module")
def scanner() -> Iterator[Scanner]:
    started = Scanner()
    yield started
    started.close()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, scanner: Scanner) -> Path:
    """An inventory with one finished scan, in one file."""
    file = tmp_path_factory.mktemp("known") / "inventory.sqlite"
    told = scanner.order("scan", source=str(file), days=[0])
    assert "statements" in told, told
    return file


def undisturbed(scanner: Scanner, known: Path) -> tuple[dict, dict]:
    """What a second scan leaves that nothing befell, and what it took."""
    file = known.with_name("undisturbed.sqlite")
    scanner.order("copy", **{"from": str(known), "to": str(file)})
    took = scanner.order("scan", source=str(file), days=[1])
    return content(str(file)), took


# -- processes that die ------------------------------------------------------------------------------------------------------


def test_kill_9_at_20_moments_and_resuming_leave_what_an_undisturbed_scan_leaves(scanner: Scanner, known: Path) -> None:
    expected, took = undisturbed(scanner, known)
    assert len(expected["ports"]) > len(network(1)) * program.PORTS
    chance = random.Random(20)
    file = known.with_name("killed.sqlite")
    half = MOMENTS // 2
    # Half of them between statements, spread over the whole scan; half of them wherever the process is at a time, as often as it
    # takes: a scan is over sooner at one time than at another.
    between = [{"die_at": round((i + chance.random()) * took["statements"] / half) or 1} for i in range(half)]
    anywhere = ({"die_after_s": chance.random() * took["seconds"]} for _ in range(10 * MOMENTS))
    killed = 0
    for moment in itertools.chain(between, anywhere):
        if killed == MOMENTS:
            break
        scanner.order("copy", **{"from": str(known), "to": str(file)})
        died = scanner.order("scan", source=str(file), days=[1], **moment)
        # Who dies after the last statement has lost nothing, and nothing is to be resumed: a further scan would be a new one.
        if died["killed"] and content(str(file)) != expected:
            killed += 1
            resumed = scanner.order("scan", source=str(file), days=[1])
            assert "statements" in resumed, (moment, resumed)
        assert content(str(file)) == expected, moment
    assert killed == MOMENTS


def test_kill_9_and_resuming_on_postgresql(scanner: Scanner, cluster: Cluster) -> None:
    base = cluster.database("known", template="empty")
    scanner.order("scan", source=base, days=[0])
    whole = cluster.database("undisturbed", template="known")
    took = scanner.order("scan", source=whole, days=[1])
    expected = content(whole)
    chance = random.Random(20)
    for i in range(6):
        url = cluster.database(f"killed{i}", template="known")
        # Not before the scan is opened: a number that was drawn is never drawn again there.
        moment = round(12 + (i + chance.random()) * (took["statements"] - 12) / 6)
        assert scanner.order("scan", source=url, days=[1], die_at=moment)["killed"]
        scanner.order("scan", source=url, days=[1])
        assert content(url) == expected, moment
        cluster.drop(f"killed{i}")


def test_a_reader_sees_one_moment_while_scans_are_written(scanner: Scanner, source: Path | str) -> None:
    scanner.order("scan", source=str(source), days=[0])
    scanner.begin("scan", source=str(source), days=list(range(8, 8 * 24, 8)))  # the same machines are silent in each
    seen: set[str] = set()
    while len(seen) < 4 and scanner.busy():
        with Reader(source, NOW, None) as reader:
            machines, first = devices(reader), interfaces(reader)
            time.sleep(0.05)  # a scan may be finished in between
            again = interfaces(reader)
        said = set(machines["os_version"].str.removeprefix("16.")) | set(first["alias"]) | set(again["alias"])
        assert len(said) == 1, "everything is of one scan"
        assert (len(machines), len(first), len(again)) == (21, 21 * program.PORTS, 21 * program.PORTS)
        seen |= said
    assert len(seen) > 1, "some of it was read before all was written"
    assert "statements" in scanner.end()


def test_two_processes_that_scan_the_same_at_once_lose_and_double_nothing(scanner: Scanner, source: Path | str) -> None:
    open_database(source).dispose()
    other = Scanner()
    try:
        for one in (scanner, other):
            one.begin("scan", source=str(source), days=[0])
        told = [one.end() for one in (scanner, other)]
    finally:
        other.close()
    assert all("statements" in one for one in told), told
    inventory = Inventory(source)
    assert sorted(inventory.devices()["serial"]) == sorted(
        o.identity.serial.value for o in network(0) if o.identity and o.identity.serial
    )
    assert len(inventory.interfaces()) == len(network(0)) * program.PORTS
    scans = inventory.scans()
    assert set(scans["devices"]) == {len(network(0))}, "each scan saw all of them"
    assert scans["finished_at"].notna().all()
    assert content(str(source))["staged"] == []


def test_a_scan_that_runs_on_another_machine_is_not_taken_over_before_it_ends(postgresql_url: str) -> None:
    """Its process says nothing here, but its session with the server does."""
    script = (
        "import sys, time; from inventory import ledger, processes; from inventory.database import open_database\n"
        "processes.me = lambda: 'elsewhere:4711:1'\n"
        "engine = open_database(sys.argv[1])\n"
        "print(ledger.begin_scan(engine, 1000, [('A', '10.0.0.1')]).id, flush=True)\n"
        "time.sleep(60)"
    )
    root = Path(program.__file__).parents[2]
    other = subprocess.Popen([sys.executable, "-c", script, postgresql_url], cwd=root, stdout=subprocess.PIPE, text=True)
    assert other.stdout
    first = int(other.stdout.readline())
    engine = open_database(postgresql_url)
    try:
        mine = ledger.begin_scan(engine, 2000, [("A", "10.0.0.1")])
        assert (mine.id, mine.resumed) == (first + 1, False)
        assert ledger.begin_scan(engine, 2001, [("A", "10.0.0.1")]).id == mine.id, "one's own is resumed"
        ledger.finish(engine, mine, 3000)
    finally:
        other.kill()
        other.wait()
        other.stdout.close()
    deadline = time.monotonic() + 20  # the server has to notice
    while not (again := ledger.begin_scan(engine, 4000, [("A", "10.0.0.1")])).resumed and time.monotonic() < deadline:
        ledger.abandon(engine, again)
        time.sleep(0.1)
    assert again.id == first
    ledger.finish(engine, again, 5000)
    engine.dispose()


# -- disks that are full -----------------------------------------------------------------------------------------------------


def _own_file_system(folder: Path) -> list[str]:
    """A command that gives a program a small file system of its own at `folder`."""
    return [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        f'mount -t tmpfs -o size=1m none "{folder}" && exec "$@"',
        "sh",
    ]


def _has_file_systems(folder: Path) -> bool:
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*_own_file_system(folder), "true"], capture_output=True).returncode == 0
    )


@pytest.mark.parametrize("what", ["full", "quota"])
def test_a_full_disk_is_told_and_costs_nothing(tmp_path: Path, scanner: Scanner, known: Path, what: str) -> None:
    """The disk has a little more room in every round, until a scan fits: it is full at one moment of the scan after the other."""
    _, _ = undisturbed(scanner, known)
    expected = scanner.order("content", source=str(known.with_name("undisturbed.sqlite")))["digest"]
    folder = tmp_path / "small"
    folder.mkdir()
    if what == "full" and not _has_file_systems(tmp_path / "small"):
        pytest.skip("this system gives no file systems to programs; what follows a limit of a file's size is tested")
    there = Scanner(_own_file_system(folder)) if what == "full" else scanner
    file = folder / "inventory.sqlite"
    phases: dict[str, int] = {}
    try:
        for step in range(60):
            if what == "full":
                there.order("room", folder=str(folder), bytes=64 * 2**20)
            size = there.order("copy", **{"from": str(known), "to": str(file)})["size"]
            room = step * 12 * 1024
            limit = {"file_size": max(room, 1)} if what == "quota" else {}
            if what == "full":
                there.order("room", folder=str(folder), bytes=size + room)
            told = there.order("scan", source=str(file), days=[1], **limit)
            if "problem" not in told:
                break
            assert told["problem"] in ("database_full", "database_disk"), told
            assert "\n" not in told["says"]
            assert str(file) in told["says"]
            phases[told["phase"]] = phases.get(told["phase"], 0) + 1
            if what == "full":
                there.order("room", folder=str(folder), bytes=64 * 2**20)
            again = there.order("scan", source=str(file), days=[1])
            assert "statements" in again, again
            assert there.order("content", source=str(file))["digest"] == expected, told
        else:
            pytest.fail("a scan needs more room than it should")
    finally:
        if there is not scanner:
            there.close()
    assert {"record", "finish"} <= phases.keys(), phases


# -- locks and servers -------------------------------------------------------------------------------------------------------


def test_a_database_that_another_process_holds_is_told_and_costs_nothing(scanner: Scanner, source: Path | str) -> None:
    scanner.order("scan", source=str(source), days=[0])
    before = content(str(source))
    holder = open_database(source)
    with writing(holder):  # another process, for SQLite and for PostgreSQL
        told = scanner.order("scan", source=str(source), days=[1], busy_timeout_s=0.3)
        assert told["problem"] == "database_locked"
        assert "0.3 s" in told["says"]
        assert len(Inventory(source).devices()) == 21, "who reads does not wait"
    assert content(str(source)) == before
    engine = open_database(source, busy_timeout_s=0.3)
    scan = ledger.begin_scan(engine, START + DAY, [("A", "10.0.0.2")])
    with writing(holder):
        for write in (
            lambda: ledger.record(engine, scan, network(1)[:3]),
            lambda: ledger.finish(engine, scan, START + DAY + 600),
        ):
            with pytest.raises(DatabaseError) as caught:
                write()
            assert caught.value.key == "database_locked"
    ledger.record(engine, scan, network(1)[:3])
    assert ledger.finish(engine, scan, START + DAY + 600).devices == 3
    holder.dispose()
    engine.dispose()


def test_the_command_says_so_and_ends_with_2(tmp_path: Path) -> None:
    from kiemke import workspace

    home = workspace.create(tmp_path / "kho").root
    (home / "offices.yaml").write_text(
        "offices:\n  - {code: A, name_vi: A, name_en: A, networks: [{network: 127.0.0.1/32, snmp: [public]}]}\n", encoding="utf-8"
    )
    impatient = "import inventory.database as d; d.BUSY_TIMEOUT_S = 0.3; from kiemke.__main__ import main; main()"
    with sqlite3.connect(home / "inventory.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        command = [sys.executable, "-c", impatient, "scan", "-w", str(home)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "tiến trình khác" in done.stderr


def test_a_server_that_goes_away_is_told_and_the_scan_goes_on_afterwards(cluster: Cluster, postgresql_url: str) -> None:
    engine = open_database(postgresql_url)
    scan = ledger.begin_scan(engine, START, [("A", "10.0.0.2")])
    ledger.record(engine, scan, network(0)[:5])

    name = engine.url.database
    leave = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"

    there = []

    def goes_away(*_: object) -> None:
        if there:
            cluster.execute(there.pop())

    sa.event.listen(engine, "before_cursor_execute", goes_away)
    for write in (lambda: ledger.record(engine, scan, network(0)[5:8]), lambda: ledger.finish(engine, scan, START + 600)):
        with writing(engine):  # there is a connection
            pass
        there.append(leave)
        with pytest.raises(DatabaseError) as caught:
            write()
        assert caught.value.key == "database_unreachable"
        assert "\n" not in str(caught.value)
    ledger.record(engine, scan, network(0)[5:8])  # by a new connection
    assert ledger.finish(engine, scan, START + 600).devices == 8
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(STAGED)).scalar() == 0
    engine.dispose()


def test_patience_can_be_set(tmp_path: Path) -> None:
    assert database.BUSY_TIMEOUT_S == 60
    engine = open_database(tmp_path / "a.sqlite", busy_timeout_s=0.2)
    began = time.monotonic()
    with writing(engine), pytest.raises(DatabaseError, match=r"0\.2 s"), writing(engine):
        pass
    assert time.monotonic() - began < 20
