"""Run a report: parameters checked, the notebook executed by papermill, documents written, and a true record kept.

A run has a folder of its own, `<out>/<name>-<yyyymmdd-hhmmss>[-<office>]-<language>/`, with the executed notebook, the
documents and `run.json`. A run that fails keeps its partial notebook and says in one sentence why. No document is ever
half written: it is made beside its place and then moved there.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from inventory.problems import Problem
from reports import catalog, executed, parameters, to_html, to_xlsx
from reports.catalog import Report
from reports.problems import ReportProblem, ToldProblem
from reports.texts import LANGUAGES, VIET_NAM, texts
from reports.whole_files import whole

RECORD = "run.json"
FORMATS = ("html", "xlsx")
DONE, FAILED, TIMED_OUT, RUNNING = "done", "failed", "timed_out", "running"
#: Packages whose versions can change a report's numbers or looks.
_PACKAGES = ("kiemke", "pandas", "scipy", "networkx", "matplotlib", "papermill")


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended. `files` by format (`notebook`, `html`, `xlsx`); `problem` says in both languages why it failed."""

    report: str
    status: str
    folder: Path
    files: Mapping[str, Path]
    seconds: float
    problem: Problem | None = None

    @property
    def done(self) -> bool:
        return self.status == DONE


@dataclass(frozen=True, slots=True)
class Request:
    """A report that is to be run, with the values that differ from its defaults."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = "vi"


def run(
    name: str,
    values: Mapping[str, Any],
    *,
    lang: str = "vi",
    formats: Sequence[str] = FORMATS,
    out_dir: Path,
    workspace: Path,
    timeout_s: int = 600,
    clock: Callable[[], float] = time.time,
    ran_by: str | None = None,
    database: Mapping[str, Any] | None = None,
    folder: Path = catalog.FOLDER,
) -> RunResult:
    """Run one report. `timeout_s` is for the whole notebook; `clock` gives seconds since the epoch; `ran_by` who or what asked.

    `database` says which data there were: `{"scan": id, "finished_at": ISO time}` of the last scan, or None.
    Raises `ReportProblem` for a wrong name, parameter or format before anything is written; a run that fails returns its result.
    """
    report = catalog.find(name, folder)
    checked = parameters.check(name, report.parameters, values)
    if lang not in LANGUAGES:
        raise ReportProblem("report_language", allowed=", ".join(LANGUAGES), value=lang)
    for wanted in formats:
        if wanted not in FORMATS:
            raise ReportProblem("report_format", allowed=", ".join(FORMATS), value=wanted)
    started = clock()
    home = _run_folder(out_dir, name, started, str(checked.get("office", "")), lang)
    record = _record(report, checked, lang, started, ran_by, database)
    write_record(home, record)
    notebook = home / f"{name}.ipynb"
    try:
        status, problem = _execute(report, checked | _reserved(report, workspace, lang), notebook, timeout_s)
        files = {"notebook": notebook} if notebook.exists() else {}
        if status == DONE:
            files, status, problem = _documents(report, notebook, record, formats, home, lang)
    except BaseException as error:  # Ctrl-C, or a bug of ours: the record must not say "running" for ever
        reason = _first_line(f"{type(error).__name__}: {error}")
        broken = ReportProblem("run_broken", report=name, reason=reason)
        write_record(home, record | {"status": FAILED, "finished_at": _moment(clock()), "error": _said(broken)})
        raise
    finished = clock()
    seconds = round(finished - started, 2)
    record |= {
        "status": status,
        "finished_at": _moment(finished),
        "seconds": seconds,
        "files": {kind: path.name for kind, path in files.items()},
        "error": _said(problem) if problem else None,
    }
    if "notebook" in files:
        opening = executed.read(notebook).opening
        record["data"] = {"as_of": opening["as_of"], "office": opening["office"], "title": opening["title"]}
    write_record(home, record)
    return RunResult(name, status, home, files, seconds, problem)


def run_many(
    requests: Sequence[Request], *, workers: int = 2, on_done: Callable[[RunResult], None] | None = None, **options: Any
) -> list[RunResult]:
    """Run several reports side by side; `options` are those of `run`. Results in the order of the requests.

    All names and parameters are checked first, so that a mistake in the last stops nothing half-way: raises `ReportProblem`.
    """
    folder = options.get("folder", catalog.FOLDER)
    for request in requests:
        parameters.check(request.name, catalog.find(request.name, folder).parameters, request.values)

    def one(request: Request) -> RunResult:
        result = run(request.name, request.values, lang=request.language, **options)
        if on_done:
            on_done(result)
        return result

    # Kernels are processes of their own: threads only wait for them.
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(one, requests))


# The notebook ---------------------------------------------------------------------------------------------------------


def _reserved(report: Report, workspace: Path, lang: str) -> dict[str, str]:
    values = {"workspace": str(workspace.resolve()), "language": lang}
    return {parameter.name: values[parameter.name] for parameter in report.parameters if parameter.reserved}


def _execute(report: Report, values: Mapping[str, Any], output: Path, timeout_s: int) -> tuple[str, Problem | None]:
    """Execute the notebook into `output`. The status comes from the exception: a notebook that timed out says `None` itself."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    from reports.kernel import OwnInterpreter

    logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it would say is in the result
    log = output.with_suffix(".log")
    deadline = time.monotonic() + timeout_s
    reached = [0]

    def remaining(cell: Mapping[str, Any]) -> float:
        reached[0] += 1 if cell["cell_type"] == "code" else 0
        return max(deadline - time.monotonic(), 0.1)

    told = {"report": report.name, "notebook": output}
    try:
        papermill.execute_notebook(
            str(report.notebook),
            str(output),
            parameters=dict(values),
            kernel_name="python3",
            language="python",
            cwd=str(report.notebook.parent),
            progress_bar=False,
            start_timeout=timeout_s,
            # Encrypted where the kernel can: ipykernel 7.4 warns of plain TCP otherwise.
            config=Config({"OwnInterpreter": {"transport_encryption": "auto", "log_file": str(log)}}),
            kernel_manager_class=OwnInterpreter,
            timeout_func=remaining,
            shutdown_kernel="immediate",  # nothing of a kernel outlives its run, so that it need not be asked politely
        )
    except PapermillExecutionError as error:
        return FAILED, ReportProblem("run_failed", cell=error.exec_count, reason=_reason(error, output), **told)
    except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
        # A kernel that did not even start in time raises a plain RuntimeError.
        if isinstance(error, CellTimeoutError) or time.monotonic() >= deadline:
            return TIMED_OUT, ReportProblem("run_timed_out", seconds=timeout_s, cell=reached[0], **told)
        return FAILED, ReportProblem("run_kernel", reason=_first_line(str(error)), **told)
    finally:
        if log.exists() and not log.stat().st_size:
            log.unlink()
    return DONE, None


def _reason(error: Any, output: Path) -> str | Problem:
    """The problem that the kernel told, in either language; else the exception's own words and its class."""
    if told := executed.read(output).all("problem"):
        return ToldProblem(told[-1]["key"], told[-1]["english"], told[-1]["values"])
    words = f"{error.ename}: {_first_line(error.evalue)}".rstrip(": ")
    return words if words.endswith((".", "!", "?")) else words + "."


def _first_line(text: str) -> str:
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip()]
    return lines[0][:300] if lines else ""


# Documents ------------------------------------------------------------------------------------------------------------


def _documents(
    report: Report, notebook: Path, record: Mapping[str, Any], formats: Sequence[str], home: Path, lang: str
) -> tuple[dict[str, Path], str, Problem | None]:
    """Write the run's facts into the notebook, then the documents from the notebook alone."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"].setdefault("kiemke", {})["run"] = dict(record)
    _write_json(notebook, content, indent=1)
    shown = executed.extract(content)
    files = {"notebook": notebook}
    for kind in formats:
        path = home / f"{report.name}-{lang}.{kind}"
        try:
            with whole(path) as partial:
                if kind == "html":
                    partial.write_text(to_html.document(shown), encoding="utf-8")
                else:
                    to_xlsx.write(shown, partial)
        except OSError as error:
            return (
                files,
                FAILED,
                ReportProblem("run_unwritten", report=report.name, file=path, reason=error.strerror or str(error)),
            )
        files[kind] = path
    return files, DONE, None


def _write_json(path: Path, content: Mapping[str, Any], indent: int) -> None:
    with whole(path) as partial:
        partial.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


# The record -----------------------------------------------------------------------------------------------------------


def write_record(home: Path, record: Mapping[str, Any]) -> None:
    """Write a run's record."""
    _write_json(home / RECORD, record, indent=2)


def read_records(out_dir: Path) -> list[dict[str, Any]]:
    """The records of all runs under `out_dir`, newest first, each with `folder` (its name). Unreadable ones are left out."""
    records = []
    for path in out_dir.glob(f"*/{RECORD}"):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            record["started_at"], record["report"], record["status"]  # a record has these
        except (OSError, ValueError, KeyError, TypeError):
            continue
        records.append(record | {"folder": path.parent.name})
    return sorted(records, key=lambda record: (record["started_at"], record["folder"]), reverse=True)


def _record(
    report: Report, checked: Mapping[str, Any], lang: str, started: float, ran_by: str | None, database: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "version": 1,
        "report": report.name,
        "titles": {language: report.title(language) for language in ("vi", "en")},
        "language": lang,
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
        "started_at": _moment(started),
        "ran_by": _account() if ran_by is None else ran_by,
        "database": dict(database) if database else None,
        "versions": versions(),
        "notebook_sha256": hashlib.sha256(report.notebook.read_bytes()).hexdigest(),
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


def _said(problem: Problem) -> dict[str, str]:
    return {"key": problem.key, "vi": texts("vi").problem(problem), "en": texts("en").problem(problem)}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, VIET_NAM).isoformat(timespec="seconds")


def _run_folder(out_dir: Path, name: str, started: float, office: str, lang: str) -> Path:
    """A new folder for a run; a number is added where two start in one second."""
    stamp = datetime.fromtimestamp(started, VIET_NAM).strftime("%Y%m%d-%H%M%S")
    slug = re.sub(r"[^\w-]+", "-", office).strip("-")
    base = "-".join(piece for piece in (name, stamp, slug, lang) if piece)
    out_dir.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        home = out_dir / (base if number == 1 else f"{base}-{number}")
        try:
            home.mkdir()
        except FileExistsError:
            continue
        return home
    raise FileExistsError(base)
