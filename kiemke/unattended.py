"""Runs an entry of the schedule with nobody watching: a process of its own, a time-out, retries, a true record, mail on failure.

`run` is what a timer calls, `due` what stands in for timers, `after_a_failure` what systemd calls when a service failed. Whatever
happens, there is a record in the end (`reports.schedule.records`); what is not done is mailed, and mail that could not be sent is
tried again with every later call.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from inventory.problems import Problem
from kiemke.workspace import Workspace
from reports.problems import nearest
from reports.schedule import due as decided
from reports.schedule import reading
from reports.schedule.entries import FILE, REPORT, Entry, Schedule
from reports.schedule.problems import RunProblem, ScheduleProblem
from reports.schedule.records import BUSY, DONE, FAILED, KILLED, REFUSED, RUNNING, TIMED_OUT, Record, Records, bad, entry_lock
from reports.texts import texts

Clock = Callable[[], float]
#: Reports that are made side by side.
WORKERS = 2
#: What a report's own time-out gets to write its record, before its process is ended.
GRACE_S = 60
#: How long another call may look at a lock.
LOOK_S = 2.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How one try ended. `busy` is not tried again: somebody else is at it."""

    status: str
    problem: Problem | dict[str, str] | None = None
    runs: tuple[str, ...] = ()
    scan: str | None = None


class Stopped(BaseException):
    """Somebody asked this process to end: the service manager, or a person."""


# The schedule ---------------------------------------------------------------------------------------------------------


def schedule_of(opened: Workspace) -> Schedule:
    """The workspace's schedule. Raises `ScheduleProblem`; and `Problem` of the offices file where it cannot be read.

    Offices may be those of the file, which the next scan remembers, and those that are remembered.
    """
    offices: dict[str, Sequence[str]] = {}
    with suppress(Problem):  # an inventory that cannot be opened is for those to tell who need it
        offices |= opened.office_names()
    offices |= {office.code: (office.name_vi, office.name_en) for office in opened.offices()}
    around = reading.Surroundings(opened.settings.language, offices, opened.settings.mail is not None)
    return reading.read(opened.root / FILE, around)


def find(schedule: Schedule, name: str) -> Entry:
    """The entry of that name. Raises what is wrong with it, or `ScheduleProblem` with the nearest name."""
    if name in schedule.entries:
        return schedule.entries[name]
    if name in schedule.wrong:
        raise schedule.wrong[name]
    known = [*schedule.entries, *schedule.wrong]
    if not known:
        raise schedule.problems[0]
    raise ScheduleProblem("schedule_no_entry", file=FILE, name=name, nearest=nearest(name, known), known=", ".join(known))


# One entry ------------------------------------------------------------------------------------------------------------


def run(opened: Workspace, name: str, planned: datetime | None = None, *, clock: Clock = time.time) -> Record:
    """Run an entry now and tell whom it concerns; the record says how it ended. Raises `ScheduleProblem` for an unknown name."""
    records = Records(opened.root)
    settle(opened, records, clock)
    try:
        schedule = schedule_of(opened)
        entry = find(schedule, name)
    except Problem as problem:
        if problem.key == "schedule_no_entry":
            raise
        record = _refused(opened, records, name, problem, clock)
    else:
        record = _run(opened, records, schedule, entry, planned, clock)
    tell(opened, clock)
    return records.get(record["id"]) or record


def _run(opened: Workspace, records: Records, schedule: Schedule, entry: Entry, planned: datetime | None, clock: Clock) -> Record:
    now = _moment(clock)
    planned = planned or schedule.planned(entry, now)
    with records.lock(entry_lock(entry.name), wait_s=LOOK_S) as held:
        invocation = os.environ.get("INVOCATION_ID", "")
        record = records.begun(entry.name, entry.run, planned, now, invocation, BUSY if held is None else RUNNING)
        if held is None:
            return _finish(opened, records, record, Ended(BUSY, RunProblem("entry_busy", entry=entry.name)), (), clock)
        ended = Ended(KILLED, RunProblem("entry_killed", entry=entry.name, reason="SIGTERM"))
        try:
            with _stoppable():
                ended = _tries(opened, records, record, entry, planned or now, held)
        except Stopped as stopped:
            ended = Ended(KILLED, RunProblem("entry_killed", entry=entry.name, reason=str(stopped)))
        finally:
            finished = _finish(opened, records, record, ended, entry.mail, clock)
        records.prune(entry.name)
    return finished


def _tries(opened: Workspace, records: Records, record: Record, entry: Entry, planned: datetime, held: int) -> Ended:
    """Try until it is done, or as often as the entry says."""
    while True:
        record["tries"] += 1
        record["log"] = str(records.log(record).relative_to(opened.root))
        records.write(record)
        ended = _try(opened, records, record, entry, planned, held)
        record["runs"] = [*record["runs"], *ended.runs]
        if ended.status in (DONE, REFUSED) or record["tries"] > entry.retries:
            return ended
        time.sleep(entry.retry_after_s)


def _try(opened: Workspace, records: Records, record: Record, entry: Entry, planned: datetime, held: int) -> Ended:
    """One try, in a process of its own: whatever becomes of that, this one stays to tell."""
    result, log = records.result(record), records.log(record)
    result.unlink(missing_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "kiemke", "schedule", "work", entry.name, "--planned", planned.isoformat()]
    command += ["--result", str(result), "--workspace", str(opened.root)]
    with log.open("ab") as output:
        # The lock goes along: where this process is killed, nobody begins anew while the child is still at it.
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=[held],
            cwd=opened.root,
        )
        try:
            child.wait(entry.timeout_s + (GRACE_S if entry.kind == REPORT else 0))
        except subprocess.TimeoutExpired:
            _end(child)
            return _told(result) or Ended(TIMED_OUT, RunProblem("entry_timed_out", entry=entry.name, seconds=entry.timeout_s))
        except BaseException:
            _end(child)
            raise
        finally:
            with suppress(ProcessLookupError, PermissionError):  # what the child left behind
                os.killpg(child.pid, signal.SIGKILL)
    if (ended := _told(result)) is not None:
        return ended
    if child.returncode < 0:
        reason = signal.Signals(-child.returncode).name
        return Ended(KILLED, RunProblem("entry_killed", entry=entry.name, reason=reason))
    return Ended(FAILED, RunProblem("entry_broken", entry=entry.name, reason=_last_line(log)))


def _end(child: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C would, then by force: a scan that is interrupted goes on another time where it stopped."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGINT)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _told(result: Path) -> Ended | None:
    """What the child wrote of its end."""
    try:
        content = json.loads(result.read_text(encoding="utf-8"))
        return Ended(content["status"], content["sentence"], tuple(content["runs"]), content["scan"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _stoppable() -> Iterator[None]:
    """Inside, being asked to end (SIGTERM, Ctrl-C, a closed terminal) is an exception, so that the record is written."""

    def stop(number: int, _: object) -> None:
        raise Stopped(signal.Signals(number).name)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _finish(
    opened: Workspace, records: Records, record: Record, ended: Ended, documents_to: Sequence[str], clock: Clock
) -> Record:
    """The record's end, and which mails are to be sent about it, written at once."""
    finished = _moment(clock)
    record |= {
        "status": ended.status,
        "sentence": sentences(ended.problem),
        "scan": ended.scan,
        "runs": list(dict.fromkeys([*record["runs"], *ended.runs])),
        "finished_at": finished.isoformat(),
        "seconds": round((finished - datetime.fromisoformat(record["started_at"])).total_seconds(), 1),
    }
    mail = opened.settings.mail
    record["mail"] = decided.letters(record, records.of(record["entry"]), mail.to if mail else (), documents_to if mail else ())
    records.write(record)
    records.result(record).unlink(missing_ok=True)
    return record


def _refused(opened: Workspace, records: Records, name: str, problem: Problem, clock: Clock) -> Record:
    """That something could not even be begun; written once a day, however often it is asked for."""
    now, said = _moment(clock), sentences(problem)
    for record in records.of(name)[:1]:
        if record["status"] == REFUSED and record["sentence"] == said and record["started_at"][:10] == now.isoformat()[:10]:
            return record
    record = records.begun(name, "", None, now, os.environ.get("INVOCATION_ID", ""), REFUSED)
    return _finish(opened, records, record, Ended(REFUSED, problem), (), clock)


# What others left behind ----------------------------------------------------------------------------------------------


def settle(opened: Workspace, records: Records, clock: Clock = time.time) -> None:
    """Write down how runs ended whose process is gone: as their own process said, else that they were killed."""
    for record in records.all():
        if record["status"] != RUNNING:
            continue
        with records.lock(entry_lock(record["entry"])) as held:
            if held is None:
                continue
            fresh = records.get(record["id"])
            if fresh is None or fresh["status"] != RUNNING:  # it ended just now
                continue
            gone = Ended(KILLED, RunProblem("entry_gone", entry=record["entry"]))
            _finish(opened, records, fresh, _told(records.result(fresh)) or gone, _documents_to(opened, fresh), clock)


def _documents_to(opened: Workspace, record: Record) -> tuple[str, ...]:
    try:
        return schedule_of(opened).entries[record["entry"]].mail
    except (Problem, KeyError):
        return ()


def after_a_failure(opened: Workspace, name: str, unit: dict[str, str], *, clock: Clock = time.time) -> None:
    """systemd says that the service of an entry failed: see that there is a record of it, and that it is told.

    `unit` holds the variables MONITOR_* that systemd passes on (systemd.exec(5); systemd 251 and newer).
    """
    records = Records(opened.root)
    settle(opened, records, clock)
    invocation = unit.get("MONITOR_INVOCATION_ID", "")
    told = records.of(name)
    known = any(r["invocation"] == invocation for r in told) if invocation else bool(told) and bad(told[0])
    if not known:
        reason = " ".join(unit[key] for key in ("MONITOR_SERVICE_RESULT", "MONITOR_EXIT_STATUS") if unit.get(key)) or "–"
        where = f"journalctl -u {unit.get('MONITOR_UNIT', 'kiemke*')}"
        record = records.begun(name, "", None, _moment(clock), invocation, FAILED)
        _finish(
            opened, records, record, Ended(FAILED, RunProblem("entry_untold", entry=name, reason=reason, where=where)), (), clock
        )
    tell(opened, clock)


def tell(opened: Workspace, clock: Clock = time.time) -> bool:
    """Send the mails that are still to be sent; whether all of them are. Never raises."""
    from kiemke import telling

    return telling.send_all(opened, clock)


# Where there are no timers --------------------------------------------------------------------------------------------


def due(opened: Workspace, *, clock: Clock = time.time, on_done: Callable[[Record], None] | None = None) -> list[Record] | None:
    """Run what was missed, each entry once; None where another call is at it.

    Scans and probes one after another, then reports, two at a time. A mistake in one entry does not keep the others; it is told.
    """
    records = Records(opened.root)
    with records.lock("due") as held:
        if held is None:
            return None
        settle(opened, records, clock)
        try:
            schedule = schedule_of(opened)
        except Problem as problem:
            record = _refused(opened, records, "", problem, clock)
            tell(opened, clock)
            return [records.get(record["id"]) or record]
        now = _moment(clock)
        known = {name: records.known_since(name, str(entry.calendar), now) for name, entry in schedule.entries.items()}
        missed = [
            one
            for one in decided.missed(schedule, records.all(), now, lambda entry: known[entry.name])
            if not records.at_work(one.entry.name)
        ]
        done = [_refused(opened, records, name, problem, clock) for name, problem in schedule.wrong.items()]

        def one(missed_one: decided.Due) -> Record:
            record = _in_a_process(opened, records, missed_one)
            if on_done:
                on_done(record)
            return record

        first = [one for one in missed if one.entry.kind != REPORT]
        done += [one(wanted) for wanted in first]
        with ThreadPoolExecutor(WORKERS) as pool:
            done += pool.map(one, [wanted for wanted in missed if wanted.entry.kind == REPORT])
        tell(opened, clock)
        return [records.get(record["id"]) or record for record in done]


def _in_a_process(opened: Workspace, records: Records, wanted: decided.Due) -> Record:
    """Run an entry as a timer would; its newest record."""
    before = {record["id"] for record in records.of(wanted.entry.name)}
    command = [sys.executable, "-m", "kiemke", "schedule", "run", wanted.entry.name, "--planned", wanted.planned.isoformat()]
    subprocess.run(
        [*command, "--workspace", str(opened.root)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    settle(opened, records)
    made = [record for record in records.of(wanted.entry.name) if record["id"] not in before]
    if made:
        return made[0]
    problem = RunProblem("entry_untold", entry=wanted.entry.name, reason="–", where=str(records.folder))
    record = records.begun(wanted.entry.name, wanted.entry.run, wanted.planned, datetime.now(UTC), "", FAILED)
    return _finish(opened, records, record, Ended(FAILED, problem), (), time.time)


# Words ----------------------------------------------------------------------------------------------------------------


def _moment(clock: Clock) -> datetime:
    return datetime.fromtimestamp(int(clock()), UTC)


def sentences(problem: Problem | dict[str, str] | None) -> dict[str, str] | None:
    if problem is None or isinstance(problem, dict):
        return problem
    return {language: texts(language).problem(problem) for language in ("vi", "en")}


def _last_line(log: Path) -> str:
    """The last line that a process printed, on one line and short."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "–")
    return "".join(char if char.isprintable() else " " for char in last)[:300]
