"""Scans that are killed, repeated, or run at once: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from inventory import ledger, processes, ranges, sentences
from inventory.database import open_database, reading
from inventory.facts import Outcome
from inventory.frames import Inventory
from inventory.ledger import LedgerError, TargetOutcome
from inventory.schema import METADATA
from inventory.schema.scans import ASKED, FAILURES, STAGED

#: A child process that scans 120 devices; argv: database, moment to stop at (record or finish), seed of the moment.
CHILD = textwrap.dedent("""
    import sys, time
    sys.path.insert(0, {root!r})
    from inventory import kept, ledger
    from inventory.database import open_database
    from inventory.facts import *
    file, stop = sys.argv[1], sys.argv[2]
    engine = open_database(file)

    def observation(n):
        sure = lambda value: Evidence(value, "entity", 0.9)
        serial = sure(f"CN000{{n:05d}}")
        who = Identity(vendor=sure("HPE"), model=sure("2530"), serial=serial, kind=sure("switch"), sys_name=f"sw{{n}}")
        mac = f"00:1c:73:00:{{n:02x}}"
        ports = tuple(Interface(i, f"{{i}}", mac=f"{{mac}}:{{i:02x}}", counters=Counters(n, i)) for i in range(1, 9))
        return Observation(f"10.0.0.{{n}}", "A", "snmp", 1000 + n, Outcome.ANSWERED, identity=who, interfaces=ports)

    targets = [("A", f"10.0.0.{{n}}") for n in range(1, 255)]
    scan = ledger.begin_scan(engine, 1000, targets)
    print("begun", scan.id, len(scan.done), flush=True)
    todo = [n for n in range(1, 121) if ("A", f"10.0.0.{{n}}", "snmp") not in scan.done]
    for start in range(0, len(todo), 10):
        if stop == "record" and start == 60:
            real = ledger._delete_keys
            def slow(*arguments):
                real(*arguments)
                print("now", flush=True)
                time.sleep(30)
            ledger._delete_keys = slow
        ledger.record(engine, scan, [observation(n) for n in todo[start : start + 10]])
    if stop == "finish":
        real_insert, calls = kept.add, []
        def slow_insert(*arguments):
            real_insert(*arguments)
            calls.append(1)
            if len(calls) == int(sys.argv[3]):
                print("now", flush=True)
                time.sleep(30)
        kept.add = slow_insert
    ledger.finish(engine, scan, 2000)
    print("finished", flush=True)
""")


def child(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    script = tmp_path / "child.py"
    script.write_text(CHILD.format(root=str(Path(ledger.__file__).parents[1])), encoding="utf-8")
    return subprocess.Popen([sys.executable, str(script), *arguments], stdout=subprocess.PIPE, text=True)


def killed(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("now"):
            break
    else:
        pytest.fail("the child ended before it could be killed")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize(("stop", "call"), [("record", "0"), ("finish", "1"), ("finish", "2"), ("finish", "4")])
def test_kill_9_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path: Path, stop: str, call: str) -> None:
    file = tmp_path / "inventory.sqlite"
    killed(child(tmp_path, str(file), stop, call))
    engine = open_database(file)
    (left,) = ledger.unfinished(engine)
    assert (left.name, Inventory(engine).devices().empty) == ("S00001", True)
    out, _ = child(tmp_path, str(file), "", "0").communicate(timeout=60)
    first = out.splitlines()[0].split()
    assert first[:2] == ["begun", "1"], "the unfinished scan is resumed"
    assert int(first[2]) == (60 if stop == "record" else 120), "what was staged is not asked again"
    assert out.splitlines()[-1] == "finished"
    assert ledger.unfinished(engine) == []
    devices = Inventory(engine).devices()
    assert sorted(devices["serial"]) == [f"CN000{n:05d}" for n in range(1, 121)]
    assert len(Inventory(engine).interfaces()) == 120 * 8
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(STAGED)).scalar() == 0
        for table in METADATA.sorted_tables:
            if "valid_to" in table.c:
                owner, key = list(table.primary_key)[:2]
                doubled = sa.select(owner, key).where(table.c.valid_to.is_(None)).group_by(owner, key).having(sa.func.count() > 1)
                assert connection.execute(doubled).all() == []


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    file = tmp_path / "inventory.sqlite"
    open_database(file)
    both = [child(tmp_path, str(file), "", "0") for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in both]
    assert all(process.returncode == 0 and "finished" in out for process, out in zip(both, outputs, strict=True))
    assert {out.split()[1] for out in outputs} in ({"1", "2"}, {"1"})  # the second resumes only when the first was done first
    inventory = Inventory(file)
    assert len(inventory.devices()) == 120
    assert len(inventory.interfaces()) == 120 * 8


def test_a_scan_that_still_runs_elsewhere_is_not_resumed(engine, tmp_path: Path) -> None:
    targets = [("A", "10.0.0.1")]
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        first = ledger.begin_scan(engine, 1, targets)
        with ledger.writing(engine) as connection:
            connection.execute(sa.update(ledger.SCANS).values(owner=processes.owner(other.pid)))
        second = ledger.begin_scan(engine, 2, targets)
        assert (second.id, second.resumed) == (first.id + 1, False)
    finally:
        other.kill()
        other.wait()
    third = ledger.begin_scan(engine, 3, targets)
    assert third.resumed


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs a system that tells about processes in /proc")
def test_a_killed_process_is_gone_also_unburied_and_when_its_number_is_given_again() -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        owner = processes.owner(other.pid)
        assert processes.lives(owner)
        host, number, started = owner.split(":")
        assert not processes.lives(f"{host}:{number}:{int(started) - 1}")
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # dead, and still in the process table
        assert not processes.lives(owner)
    finally:
        other.kill()
        other.wait()
    assert not processes.lives(owner)
    assert not processes.lives(processes.me()), "one process may open its own scan again"


def test_repeating_a_batch_or_a_finish_changes_nothing(engine, observe, mac, inventory) -> None:
    scan = ledger.begin_scan(engine, 1000, [("A", "10.0.0.1")])
    one = observe(serial="CN12345678", macs=[mac(1)], at=1001)
    for _ in range(3):
        ledger.record(engine, scan, [one, one])
    assert ledger.begin_scan(engine, 1002, [("A", "10.0.0.1")]).done == {("A", "10.0.0.1", "snmp")}
    finished = ledger.finish(engine, scan, 2000)
    assert ledger.finish(engine, scan, 9000) == finished
    assert (finished.answered, finished.failed, finished.devices, finished.finished_at) == (1, 0, 1, 2000)
    assert len(inventory.devices()) == 1
    with pytest.raises(LedgerError, match="finished"):
        ledger.record(engine, scan, [one])


def test_other_targets_or_giving_up_begin_anew(engine) -> None:
    first = ledger.begin_scan(engine, 1, [("A", "10.0.0.1")])
    assert not ledger.begin_scan(engine, 2, [("A", "10.0.0.2")]).resumed
    fresh = ledger.begin_scan(engine, 3, [("A", "10.0.0.1")], resume=False)
    assert fresh.id != first.id
    assert {s.id: s.state for s in ledger.scans(engine)}[first.id] == "abandoned"
    assert ledger.begin_scan(engine, 4, [("A", "10.0.0.1")]).id == fresh.id
    ledger.abandon(engine, fresh)
    assert not ledger.begin_scan(engine, 5, [("A", "10.0.0.1")]).resumed


def test_thousands_of_silent_addresses_are_one_row(engine) -> None:
    targets = [("A", f"10.{n // 256}.{n % 256}.{host}") for n in range(20) for host in range(1, 255)]
    scan = ledger.begin_scan(engine, 1, targets)
    for start in range(0, len(targets), 1000):
        ledger.record_outcomes(engine, scan, [TargetOutcome(*t, "snmp", Outcome.SILENT) for t in targets[start : start + 1000]])
    ledger.record_outcomes(engine, scan, [TargetOutcome("A", "10.0.3.9", "snmp", Outcome.AUTH_FAILED, "wrong key", "doc")])
    done = ledger.finish(engine, scan, 2)
    assert (done.answered, done.failed, done.devices) == (0, 1, 1)
    with reading(engine) as connection:
        rows = {row.outcome: row.addresses for row in connection.execute(sa.select(ASKED)).all()}
        assert connection.execute(sa.select(sa.func.count()).select_from(FAILURES)).scalar() == 1
    assert rows["auth_failed"] == "10.0.3.9"
    assert len(rows["silent"]) < 900
    assert len(list(ranges.unpack(rows["silent"]))) == len(targets) - 1
    assert ledger.failures(engine, done) == [TargetOutcome("A", "10.0.3.9", "snmp", Outcome.AUTH_FAILED, "wrong key", "doc")]


def test_topics_that_did_not_come_are_named_in_the_reason(engine, observe) -> None:
    scan = ledger.begin_scan(engine, 1, [("A", "10.0.0.1")])
    topics = {
        "identity": Outcome.ANSWERED,
        "interfaces": Outcome.PARTIAL,
        "health": Outcome.UNSUPPORTED,
        "addresses": Outcome.LOOPED,
    }
    ledger.record(engine, scan, [observe(outcome=Outcome.PARTIAL, topics=topics)])
    (failure,) = ledger.failures(engine, ledger.finish(engine, scan, 2))
    assert sentences.unpack(failure.detail) == (
        ("detail.topic", {"topic": "addresses", "outcome": "looped"}),
        ("detail.topic", {"topic": "interfaces", "outcome": "partial"}),
    )


def test_a_scan_of_one_office_leaves_the_others_alone(scan, observe, mac, inventory) -> None:
    scan(0, observe("10.0.0.1", office="A", macs=[mac(1)]), observe("10.0.0.1", office="B", macs=[mac(2)]))
    scan(1, observe("10.0.0.1", office="A", macs=[mac(1)]), offices=("A",))
    scan(2, offices=("A",), asked=0)
    frame = inventory.devices()
    assert dict(zip(frame["office"], frame["state"], strict=True)) == {"A": "present", "B": "present"}
    scan(3, observe("10.0.0.9", office="B", macs=[mac(9)]), offices=("B",))
    assert list(inventory.devices()["state"]) == ["present", "silent", "present"]
    scan(4, offices=("B",), asked=5)  # 10.0.0.9 was not among the addresses
    assert list(inventory.devices()["state"]) == ["present", "silent", "not_asked"]
    assert inventory.changes().query("scan == 'S00005'").empty


def test_a_finish_in_the_past_does_not_run_history_backwards(engine, observe, mac, inventory) -> None:
    targets = [("A", "10.0.0.1")]
    late = ledger.begin_scan(engine, 1000, targets)
    ledger.record(engine, late, [observe(macs=[mac(1)], os_version="1.0", at=1001)])
    with ledger.writing(engine) as connection:
        connection.execute(sa.update(ledger.SCANS).values(owner="elsewhere:1", offices="A,late"))
    soon = ledger.begin_scan(engine, 5000, targets)
    ledger.record(engine, soon, [observe(macs=[mac(1)], os_version="2.0", at=5001)])
    ledger.finish(engine, soon, 6000)
    ledger.finish(engine, late, 1500)
    assert list(inventory.devices()["os_version"]) == ["2.0"]
    assert list(inventory.devices(as_of=6000)["os_version"]) == ["2.0"]
    with reading(engine) as connection:
        said = connection.execute(sa.text("SELECT event FROM identity_log WHERE scan_id = :id"), {"id": late.id}).scalars().all()
    assert said == ["late"]


def test_a_reader_sees_the_last_finished_scan_while_another_is_written(tmp_path: Path) -> None:
    file = tmp_path / "inventory.sqlite"
    child(tmp_path, str(file), "", "0").communicate(timeout=60)
    writer = child(tmp_path, str(file), "finish", "2")
    assert writer.stdout is not None
    for line in writer.stdout:
        if line.startswith("now"):
            break
    began = time.monotonic()
    assert len(Inventory(file).devices()) == 120
    assert time.monotonic() - began < 20
    writer.kill()
    writer.wait()
    writer.stdout.close()
