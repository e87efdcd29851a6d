"""The record of a run, `run.json` in its folder: who or what asked, what for, of which data, and how it ended.

While a run goes on, its process holds a lock on the file `.running` beside the record. The operating system lets go of it when
the process dies, however it dies: a record that says "running" and whose lock is free is of a run that was killed.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from inventory.problems import Problem
from reports.catalog import Report
from reports.problems import ReportProblem, nearest
from reports.texts import VIET_NAM, texts
from reports.whole_files import whole

RECORD = "run.json"
RUNNING, DONE, FAILED, TIMED_OUT, KILLED = "running", "done", "failed", "timed_out", "killed"
STATUSES = (RUNNING, DONE, FAILED, TIMED_OUT, KILLED)
#: What asks for a report: a person's command, the planner's page, the schedule, the demonstration.
THROUGH = ("command", "form", "schedule", "demo")
_ALIVE = ".running"
#: Packages whose versions can change a report's numbers or looks.
_PACKAGES = ("kiemke", "pandas", "scipy", "networkx", "matplotlib", "papermill", "weasyprint")


# Reading --------------------------------------------------------------------------------------------------------------


def read_records(out_dir: Path) -> list[dict[str, Any]]:
    """The records of all runs under `out_dir`, newest first, each with `run` and `folder` (both the name of its folder).

    A run whose process is gone says `killed`, also where nobody has written that down yet. What is no record is left out.
    """
    found = [_told(path.parent, record) for path in out_dir.glob(f"*/{RECORD}") if (record := _read(path)) is not None]
    return sorted(found, key=lambda record: (record["started_at"], record["folder"]), reverse=True)


def unreadable(out_dir: Path) -> list[str]:
    """Names of the folders under `out_dir` whose record is no record: half written by hand, or of something else."""
    return sorted(path.parent.name for path in out_dir.glob(f"*/{RECORD}") if _read(path) is None)


def find_record(out_dir: Path, run: str) -> dict[str, Any]:
    """The record of a run, by the name of its folder. Raises `ReportProblem` with the nearest name."""
    records = {record["run"]: record for record in read_records(out_dir)}
    if run in records:
        return records[run]
    if not records:
        raise ReportProblem("runs_none", folder=out_dir)
    raise ReportProblem("run_unknown", run=run, nearest=nearest(run, records), folder=out_dir)


def settle(out_dir: Path) -> list[dict[str, Any]]:
    """Write down that runs were killed whose process is gone; returns their records, newest first."""
    settled = []
    for record in read_records(out_dir):
        home = out_dir / record["folder"]
        if record["status"] != KILLED or (_read(home / RECORD) or {}).get("status") != RUNNING:
            continue
        with suppress(OSError):  # of another user, or on a full disk: it is told as killed all the same
            write_record(home, {key: value for key, value in record.items() if key not in ("run", "folder")})
            (home / _ALIVE).unlink(missing_ok=True)
            settled.append(record)
    return settled


def _read(path: Path) -> dict[str, Any] | None:
    """The record at `path`, with what is malformed in it left out; None for what is no record."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sound = {"report": str, "started_at": str, "status": str}
        if not isinstance(content, dict) or any(not isinstance(content.get(name), kind) for name, kind in sound.items()):
            return None
        started = datetime.fromisoformat(content["started_at"])
    except (OSError, ValueError, RecursionError):
        return None
    if started.tzinfo is None or content["status"] not in STATUSES:
        return None
    for name in ("titles", "parameters", "files", "data", "error", "database", "versions"):
        if not isinstance(content.get(name, {}), dict | None):
            del content[name]
    # Whoever reads this opens or links these files: they are in the run's own folder.
    files = content.get("files") or {}
    content["files"] = {kind: name for kind, name in files.items() if isinstance(name, str) and Path(name).name == name}
    return content


def _told(home: Path, record: dict[str, Any]) -> dict[str, Any]:
    if record["status"] == RUNNING and not _alive(home, record):
        record = _read(home / RECORD) or record  # it may have ended just now
        if record["status"] == RUNNING:
            record |= {"status": KILLED, "finished_at": _last_sign(home), "error": said(_killed(record))}
    return record | {"run": home.name, "folder": home.name}


def _killed(record: Mapping[str, Any]) -> Problem:
    return ReportProblem("run_killed", report=record["report"])


def _alive(home: Path, record: Mapping[str, Any]) -> bool:
    if record.get("host", socket.gethostname()) != socket.gethostname():
        return True  # a lock of another machine cannot be seen from here
    try:
        file = os.open(home / _ALIVE, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _last_sign(home: Path) -> str | None:
    """When anything of a run was last written."""
    times = [path.stat().st_mtime for path in home.iterdir() if path.is_file()]
    return moment(max(times)) if times else None


# Writing --------------------------------------------------------------------------------------------------------------


@contextmanager
def alive(home: Path) -> Iterator[None]:
    """Inside, the run in `home` counts as going on."""
    file = os.open(home / _ALIVE, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        (home / _ALIVE).unlink(missing_ok=True)
        os.close(file)


def write_record(home: Path, record: Mapping[str, Any]) -> None:
    """Write a run's record."""
    write_json(home / RECORD, record, indent=2)


def write_json(path: Path, content: Mapping[str, Any], indent: int) -> None:
    with whole(path) as partial:
        partial.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def new_record(
    report: Report,
    checked: Mapping[str, Any],
    *,
    lang: str,
    formats: Sequence[str],
    dress: str,
    started: float,
    ran_by: str | None,
    through: str,
    schedule: str | None,
    repeats: str | None,
    database: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The record of a run that begins. `checked`: all parameters but the reserved ones."""
    return {
        "version": 2,
        "report": report.name,
        "titles": {language: report.title(language) for language in ("vi", "en")},
        "language": lang,
        "formats": list(formats),
        "dress": dress,
        "parameters": dict(checked),
        "settings": [
            {
                "name": parameter.name,
                "help": {language: parameter.help(language) for language in ("vi", "en")},
                "hint": parameter.hint,
                "value": checked[parameter.name],
            }
            for parameter in report.settable
        ],
        "status": RUNNING,
        "process": os.getpid(),
        "host": socket.gethostname(),
        "started_at": moment(started),
        "ran_by": _account() if ran_by is None else ran_by,
        "through": through,
        "schedule": schedule,
        "repeats": repeats,
        "database": dict(database) if database else None,
        "versions": versions(),
        "notebook_sha256": hashlib.sha256(report.notebook.read_bytes()).hexdigest(),
        "log": None,
    }


@lru_cache
def versions() -> dict[str, str]:
    """Versions of the packages that make the numbers."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def said(problem: Problem) -> dict[str, str]:
    """A problem as a record keeps it: its key, and its sentence in both languages."""
    return {"key": problem.key, "vi": texts("vi").problem(problem), "en": texts("en").problem(problem)}


def moment(seconds: float) -> str:
    """Seconds since the epoch as ISO text in Viet Nam's time."""
    return datetime.fromtimestamp(seconds, VIET_NAM).isoformat(timespec="seconds")
