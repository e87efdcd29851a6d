"""Run a report: parameters checked, the notebook executed by papermill, documents written, and a true record kept.

A run has a folder of its own, `<out>/<name>-<yyyymmdd-hhmmss>[-<office>]-<language>/`, with the executed notebook, the
documents and `run.json` (`reports.records`). A run that fails keeps its partial notebook and says in one sentence why. No
document is ever half written: it is made beside its place and then moved there. One thing is run once at a time.
"""

from __future__ import annotations

import json
import re
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.problems import Problem
from reports import catalog, executed, kernel_process, letterhead, parameters, to_html, to_pdf, to_xlsx
from reports.catalog import Report
from reports.execution import Progress, execute, first_line
from reports.once import only_one
from reports.parameters import Offices
from reports.problems import Busy, ReportProblem
from reports.records import (
    DONE,
    FAILED,
    KILLED,
    RUNNING,
    TIMED_OUT,
    alive,
    moment,
    new_record,
    read_records,
    said,
    settle,
    write_json,
    write_record,
)
from reports.texts import LANGUAGES, VIET_NAM
from reports.whole_files import whole

if TYPE_CHECKING:
    from reports.kernel import ReportKernel

__all__ = [
    "BUSY",
    "DONE",
    "DRESSES",
    "FAILED",
    "FORMATS",
    "KILLED",
    "RUNNING",
    "TIMED_OUT",
    "Request",
    "RunResult",
    "check",
    "formats_here",
    "read_records",
    "run",
    "run_many",
    "settle",
]

FORMATS = ("html", "pdf", "xlsx")
#: How a PDF looks: plain, or as administrations write to a council.
DRESSES = to_pdf.DRESSES
#: Of a result alone: somebody else runs the same thing. There is no record of what was not begun.
BUSY = "busy"


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended. `files` by format (`notebook`, `html`, `pdf`, `xlsx`); `problem` says in both languages why it failed."""

    report: str
    status: str
    folder: Path
    files: Mapping[str, Path]
    seconds: float
    problem: Problem | None = None

    @property
    def done(self) -> bool:
        return self.status == DONE

    @property
    def run(self) -> str:
        """The run's id: `kiemke report repeat` and the records know it by this."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Request:
    """A report that is to be run, with the values that differ from its defaults. `formats`: None for all that this machine can
    write; `schedule`: the entry that asks for it."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = "vi"
    formats: Sequence[str] | None = None
    dress: str = "plain"
    schedule: str | None = None


def formats_here(wanted: Sequence[str] = FORMATS) -> tuple[str, ...]:
    """Those of some formats that this machine can write: without Pango there is no PDF (`reports.to_pdf.missing` says why)."""
    return tuple(kind for kind in wanted if kind != "pdf" or to_pdf.missing() is None)


def check(
    name: str,
    values: Mapping[str, Any],
    *,
    lang: str = "vi",
    formats: Sequence[str] | None = None,
    dress: str = "plain",
    folder: Path = catalog.FOLDER,
    offices: Offices | None = None,
) -> tuple[Report, dict[str, Any]]:
    """The report and all its parameters' values. Raises `ReportProblem` where one of them is wrong."""
    report = catalog.find(name, folder)
    checked = parameters.check(name, report.parameters, values, offices)
    if lang not in LANGUAGES:
        raise ReportProblem("report_language", allowed=", ".join(LANGUAGES), value=lang)
    for wanted in formats or ():
        if wanted not in FORMATS:
            raise ReportProblem("report_format", allowed=", ".join(FORMATS), value=wanted)
        if wanted == "pdf" and (problem := to_pdf.missing()):
            raise problem
    if dress not in DRESSES:
        raise ReportProblem("report_dress", allowed=", ".join(DRESSES), value=dress)
    return report, checked


def run(
    name: str,
    values: Mapping[str, Any],
    *,
    lang: str = "vi",
    formats: Sequence[str] | None = None,
    dress: str = "plain",
    out_dir: Path,
    workspace: Path,
    timeout_s: float = 600,
    clock: Callable[[], float] = time.time,
    ran_by: str | None = None,
    through: str = "command",
    schedule: str | None = None,
    repeats: str | None = None,
    database: Mapping[str, Any] | None = None,
    folder: Path = catalog.FOLDER,
    offices: Offices | None = None,
    on_progress: Progress | None = None,
    begun: ReportKernel | None = None,
) -> RunResult:
    """Run one report. `formats`: None for all that this machine can write. `timeout_s` is for the whole notebook; `clock` gives
    seconds since the epoch; `ran_by` who or what asked, `through` what (`records.THROUGH`), `schedule` by which entry of it;
    `repeats` is the run that this one repeats.

    `database` says which data there were: `{"scan": id, "finished_at": ISO time, "known_at": ISO time}` of the last scan and the
    newest that is known (`inventory.known.last_scan`), or None; the notebook reads what was known then. `offices`: the known
    offices (code -> names), against which `<office>` parameters are checked. `on_progress(done_cells, all_cells)` is called in
    the caller's thread. `begun`: a kernel for this notebook that is coming up already (`kernel_process`); it is ended. Raises
    `ReportProblem` for a wrong name, parameter or format, and `Busy` where the same thing is being run, before anything is
    written; a run that fails returns its result.
    """
    report, checked = check(name, values, lang=lang, formats=formats, dress=dress, folder=folder, offices=offices)
    with only_one(out_dir, name, checked, lang):
        started = clock()
        home = _run_folder(out_dir, name, started, str(checked.get("office", "")), lang)
        record = new_record(
            report,
            checked,
            lang=lang,
            formats=FORMATS if formats is None else formats,
            dress=dress,
            started=started,
            ran_by=ran_by,
            through=through,
            schedule=schedule,
            repeats=repeats,
            database=database,
        )
        with alive(home):
            write_record(home, record)
            values = checked | _reserved(report, workspace, lang)
            return _run(report, values, home, record, started, timeout_s, clock, on_progress, workspace, begun)


def _run(
    report: Report,
    values: Mapping[str, Any],
    home: Path,
    record: dict[str, Any],
    started: float,
    timeout_s: float,
    clock: Callable[[], float],
    on_progress: Progress | None,
    workspace: Path,
    begun: ReportKernel | None,
) -> RunResult:
    notebook = home / f"{report.name}.ipynb"
    log = notebook.with_suffix(".log")
    known_at = str((record["database"] or {}).get("known_at") or "")
    try:
        with kernel_process.begun(report.notebook) if begun is None else nullcontext(begun) as own:
            own.known(known_at)
            try:
                with to_pdf.getting_ready() as get_ready:

                    def progressed(done: int, every: int) -> None:
                        if "pdf" in record["formats"]:
                            get_ready()  # not earlier: nobody waits for it before the last cell, and all do for the first
                        if on_progress:
                            on_progress(done, every)

                    status, problem = execute(report, values, notebook, timeout_s, progressed, kernel=own)
            finally:
                own.end(log)
        record["formats"] = list(formats_here(record["formats"]))
        files = {"notebook": notebook} if notebook.exists() else {}
        record |= _found(notebook) if files else {}
        if status == DONE:
            files, status, problem = _documents(report, notebook, record, home, workspace)
    except BaseException as error:  # Ctrl-C, or a bug of ours: the record must not say "running" for ever
        if isinstance(error, KeyboardInterrupt):
            broken = ReportProblem("run_cancelled", report=report.name)
        else:
            broken = ReportProblem("run_broken", report=report.name, reason=first_line(f"{type(error).__name__}: {error}"))
        write_record(home, record | {"status": FAILED, "finished_at": moment(clock()), "error": said(broken)})
        raise
    finished = clock()
    seconds = round(finished - started, 2)
    record |= {
        "status": status,
        "finished_at": moment(finished),
        "seconds": seconds,
        "files": {kind: path.name for kind, path in files.items()},
        "log": log.name if log.exists() else None,
        "error": said(problem) if problem else None,
    }
    write_record(home, record)
    return RunResult(report.name, status, home, files, seconds, problem)


def run_many(
    requests: Sequence[Request], *, workers: int = 2, on_done: Callable[[RunResult], None] | None = None, **options: Any
) -> list[RunResult]:
    """Run several reports side by side; `options` are those of `run`. Results in the order of the requests.

    All names and parameters are checked first, so that a mistake in the last stops nothing half-way: raises `ReportProblem`.
    What somebody else is running already has a result with the status `BUSY`.
    """
    known = {name: options[name] for name in ("folder", "offices") if name in options}
    for request in requests:
        check(
            request.name,
            request.values,
            lang=request.language,
            formats=request.formats,
            dress=request.dress,
            **known,
        )

    def one(request: Request) -> RunResult:
        try:
            result = run(
                request.name,
                request.values,
                lang=request.language,
                formats=request.formats,
                dress=request.dress,
                schedule=request.schedule,
                **options,
            )
        except Busy as busy:
            result = RunResult(request.name, BUSY, options["out_dir"], {}, 0.0, busy)
        if on_done:
            on_done(result)
        return result

    # Kernels are processes of their own: threads only wait for them.
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(one, requests))


def _reserved(report: Report, workspace: Path, lang: str) -> dict[str, str]:
    values = {"workspace": str(workspace.resolve()), "language": lang}
    return {parameter.name: values[parameter.name] for parameter in report.parameters if parameter.reserved}


def _found(notebook: Path) -> dict[str, Any]:
    """What the executed notebook says of its data."""
    shown = executed.read(notebook)
    told = {name: shown.opening[name] for name in ("as_of", "office", "title")}
    return {"data": told | {"frames": {}, "sha256": None} | dict(shown.data)}


# Documents ------------------------------------------------------------------------------------------------------------


def _documents(
    report: Report, notebook: Path, record: Mapping[str, Any], home: Path, workspace: Path
) -> tuple[dict[str, Path], str, Problem | None]:
    """Write the run's facts into the notebook, then the documents from the notebook alone."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"].setdefault("kiemke", {})["run"] = dict(record)
    write_json(notebook, content, indent=1)
    shown = executed.extract(content)
    files = {"notebook": notebook}
    writers: Mapping[str, Callable[[Path], None]] = {
        "html": lambda path: to_html.write(shown, path),
        "pdf": lambda path: to_pdf.write(shown, path, record["dress"], letterhead.read(workspace)),
        "xlsx": lambda path: to_xlsx.write(shown, path),
    }
    problems: list[Problem] = []
    for kind in record["formats"]:
        path = home / f"{report.name}-{record['language']}.{kind}"
        try:
            with whole(path) as partial:
                writers[kind](partial)
        except Exception as error:  # noqa: BLE001 - the other documents are of use without this one
            if not isinstance(error, OSError | Problem):
                with notebook.with_suffix(".log").open("a", encoding="utf-8") as log:
                    traceback.print_exception(error, file=log)
            problems.append(ReportProblem("run_unwritten", report=report.name, file=path, reason=_reason(error)))
        else:
            files[kind] = path
    return files, FAILED if problems else DONE, problems[0] if problems else None


def _reason(error: Exception) -> str | Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return first_line(f"{type(error).__name__}: {error}")


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
