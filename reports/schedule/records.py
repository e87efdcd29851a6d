"""What became of every scheduled run: one file each under `schedule/` of the workspace, and the locks that keep runs apart.

A record is written when a run begins and again when it ends:

| key | |
|---|---|
| `id` | `20261201T000500-monthly-state`: when it began (UTC) and the entry; the file's name |
| `entry`, `run` | the entry's name; `scan`, `probe` or `report NAME`. Both "" where schedule.yaml itself cannot be used |
| `planned_at`, `started_at`, `finished_at` | ISO times; `planned_at` is the calendar's time that the run is for |
| `seconds`, `tries` | how long, and how often it was tried |
| `status` | running, done, failed, timed_out, killed, busy (was at work already), refused (wrong schedule or parameters) |
| `sentence` | {vi, en}: why, where there is something to say; else null |
| `runs` | folders of the report's runs (`reports.run`) |
| `scan` | id of the scan |
| `log` | what was printed, from the workspace's folder |
| `invocation` | systemd's id of the call, where systemd called |
| `mail` | the mails about it: {kind, to, status: unsent, sent, partly, given_up; tries, at, reason: {vi, en}} |

Whoever holds an entry's lock (flock(2)) is at work on it, or is its child. A record that says running while nobody holds the lock
tells of a process that was killed. A lock ends with the process that holds it, whatever ends that.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reports.whole_files import whole

FOLDER = "schedule"
RUNNING, DONE, FAILED, TIMED_OUT, KILLED = "running", "done", "failed", "timed_out", "killed"
BUSY, REFUSED = "busy", "refused"
STATUSES = (RUNNING, DONE, FAILED, TIMED_OUT, KILLED, BUSY, REFUSED)
#: What a person is told of.
BAD = (FAILED, TIMED_OUT, KILLED, REFUSED)
#: Records that are kept of one entry.
KEPT = 200

Record = dict[str, Any]


class Records:
    """The records in a workspace."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.folder = workspace / FOLDER

    def all(self) -> list[Record]:
        """Newest first; what is unreadable is left out."""
        found = []
        for path in (self.folder / "records").glob("*.json"):
            record = _read(path)
            if record is not None and record.get("id") == path.stem:
                found.append(record)
        return sorted(found, key=lambda record: (record["started_at"], record["id"]), reverse=True)

    def of(self, entry: str) -> list[Record]:
        return [record for record in self.all() if record["entry"] == entry]

    def get(self, record_id: str) -> Record | None:
        return _read(self.folder / "records" / f"{record_id}.json")

    def write(self, record: Record) -> None:
        path = self.folder / "records" / f"{record['id']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as partial:
            partial.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def begun(
        self, entry: str, run: str, planned: datetime | None, started: datetime, invocation: str, status: str = RUNNING
    ) -> Record:
        """A new record, written. Who says running holds the entry's lock."""
        stamp, name = f"{started.astimezone(UTC):%Y%m%dT%H%M%S}", entry or "schedule"
        record_id, number = f"{stamp}-{name}", 1
        while (self.folder / "records" / f"{record_id}.json").exists():
            number += 1
            record_id = f"{stamp}-{name}.{number}"
        record: Record = {
            "version": 1,
            "id": record_id,
            "entry": entry,
            "run": run,
            "planned_at": planned.isoformat() if planned else None,
            "started_at": started.isoformat(),
            "finished_at": None,
            "seconds": None,
            "tries": 0,
            "status": status,
            "sentence": None,
            "runs": [],
            "scan": None,
            "log": None,
            "process": os.getpid(),
            "invocation": invocation,
            "mail": [],
        }
        self.write(record)
        return record

    def log(self, record: Record) -> Path:
        return self.folder / "logs" / f"{record['id']}.log"

    def result(self, record: Record) -> Path:
        """Where a run's own process says how it ended."""
        return self.folder / "records" / f"{record['id']}.result"

    def prune(self, entry: str) -> None:
        """Old records of an entry go, with their logs; those with a mail that is still to be sent stay."""
        for record in self.of(entry)[KEPT:]:
            if not any(letter["status"] == "unsent" for letter in record["mail"]):
                for path in (self.folder / "records" / f"{record['id']}.json", self.log(record), self.result(record)):
                    with suppress(OSError):
                        path.unlink(missing_ok=True)

    def known_since(self, entry: str, when: str, now: datetime) -> datetime:
        """Since when an entry with this calendar is known here, written down the first time: what came before was not missed."""
        path = self.folder / "known.json"
        content = _read_json(path)
        known = content if isinstance(content, dict) else {}
        told = known.get(entry)
        if isinstance(told, dict) and told.get("when") == when:
            with suppress(KeyError, TypeError, ValueError):
                return datetime.fromisoformat(told["since"])
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as partial:
            known[entry] = {"when": when, "since": now.isoformat()}
            partial.write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return now

    @contextmanager
    def lock(self, name: str, *, wait_s: float = 0.0) -> Iterator[int | None]:
        """The open file that holds the lock of that name, or None where another process goes on holding it."""
        path = self.folder / "locks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            yield descriptor if _locked(descriptor, wait_s) else None
        finally:
            os.close(descriptor)

    def at_work(self, entry: str) -> bool:
        """Whether a process holds the entry's lock."""
        try:
            descriptor = os.open(self.folder / "locks" / entry_lock(entry), os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False


def _locked(descriptor: int, wait_s: float) -> bool:
    """Whether the lock could be had within some seconds."""
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        else:
            return True


def entry_lock(entry: str) -> str:
    return f"entry-{entry or 'schedule'}"


def bad(record: Mapping[str, Any]) -> bool:
    return record["status"] in BAD


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _read(path: Path) -> Record | None:
    """A record, if the file holds one."""
    content = _read_json(path)
    if not isinstance(content, dict):
        return None
    texts = ("id", "entry", "run", "started_at", "status")
    if not all(isinstance(content.get(key), str) for key in texts) or not isinstance(content.get("mail"), list):
        return None
    try:
        datetime.fromisoformat(content["started_at"])
        if content.get("planned_at"):
            datetime.fromisoformat(content["planned_at"])
    except (TypeError, ValueError):
        return None
    if content["status"] not in STATUSES:
        return None
    sentence, runs, tries = (content.get(key) for key in ("sentence", "runs", "tries"))
    whole = isinstance(sentence, dict) and all(isinstance(sentence.get(language), str) for language in ("vi", "en"))
    return content | {
        "sentence": sentence if whole else None,
        "runs": [run for run in runs if isinstance(run, str)] if isinstance(runs, list) else [],
        "tries": tries if isinstance(tries, int) else 0,
        "mail": [letter for letter in content["mail"] if _is_letter(letter)],
    }


def _is_letter(letter: Any) -> bool:
    return (
        isinstance(letter, dict)
        and isinstance(letter.get("to"), list)
        and isinstance(letter.get("tries"), int)
        and all(isinstance(letter.get(key), str) for key in ("kind", "status"))
        and all(isinstance(letter.get(key), kind | None) for key, kind in (("at", str), ("reason", dict)))
    )
