"""What the process of a scheduled run does: the scan, the probe or the report, and a file that says how it ended."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.problems import Problem
from kiemke.unattended import Ended, find, schedule_of, sentences
from kiemke.workspace import Workspace
from reports.problems import Busy
from reports.schedule.entries import PROBE, REPORT, SCAN, Entry
from reports.schedule.problems import RunProblem
from reports.schedule.records import BUSY, DONE, FAILED, REFUSED
from reports.whole_files import whole

if TYPE_CHECKING:
    from datetime import date


def work(opened: Workspace, name: str, planned: datetime, result: Path) -> Ended:
    """Do what the entry says, and write to `result` how that ended."""
    schedule = schedule_of(opened)
    entry = find(schedule, name)
    doing = {SCAN: _scan, PROBE: _probe, REPORT: _report}[entry.kind]
    try:
        ended = doing(opened, entry, schedule.day(planned))
    except Problem as problem:
        ended = Ended(FAILED, problem)
    said = {"status": ended.status, "sentence": sentences(ended.problem), "runs": ended.runs, "scan": ended.scan}
    with whole(result) as partial:
        partial.write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")
    return ended


def _clock() -> int:
    return int(time.time())


def _scan(opened: Workspace, entry: Entry, _: date) -> Ended:
    """As `kiemke scan`. Addresses that give a failure are told, and are no failure of the scan: somewhere one always does."""
    from kiemke.commands import probe
    from kiemke.commands import scan as command
    from kiemke.targets import of_offices

    offices = opened.offices()
    targets = of_offices(offices, datetime.now().astimezone().date(), entry.offices)
    if not targets:
        return Ended(REFUSED, RunProblem("scan_nothing"))
    scanned = command.run(opened, offices, targets, _clock)
    probe.beside_scan(opened, offices, entry.offices, _clock)
    command.show_failures(scanned)
    failed = len(scanned.failures)
    told = RunProblem("scan_incomplete", scan=scanned.scan.name, failed=failed, asked=scanned.asked) if failed else None
    return Ended(DONE, told, scan=scanned.scan.name)


def _probe(opened: Workspace, _: Entry, day: date) -> Ended:
    """As `kiemke probe`. A service that does not answer is what a probe finds out: no failure of it either."""
    from inventory.service_facts import REACHED
    from kiemke import probing
    from kiemke.commands import probe as command

    offices = opened.offices()
    if not offices.services:
        return Ended(REFUSED, RunProblem("probe_nothing"))
    where = probing.vantage(offices, day, None)
    found = probing.probe(opened, offices, offices.services, where, clock=_clock)
    command.show(found, offices.services, where, offices)
    reached = sum(made.outcome in REACHED for made in found)
    return Ended(DONE, RunProblem("probe_failing", reached=reached, count=len(found)) if reached < len(found) else None)


def _report(opened: Workspace, entry: Entry, day: date) -> Ended:
    """The report in each of its languages; the first that fails says why, the others are made all the same."""
    from reports import retention, site
    from reports.records import settle as settled
    from reports.run import run

    until = time.monotonic() + entry.timeout_s
    status, runs = DONE, list[str]()
    problem: Problem | None = None
    for language in entry.languages:
        try:
            made = run(
                entry.report,
                entry.values(day),
                lang=language,
                formats=entry.formats or None,
                dress=entry.dress,
                out_dir=opened.reports,
                workspace=opened.root,
                timeout_s=max(1, int(until - time.monotonic())),
                through="schedule",
                schedule=entry.name,
                database=opened.last_scan(),
                offices=opened.office_names(),
            )
        except Busy as busy:  # a person makes the same one
            if status == DONE:
                status, problem = BUSY, busy
            continue
        runs.append(made.run)
        if not made.done and status == DONE:
            status, problem = made.status, made.problem
    settled(opened.reports)
    retention.prune(opened.reports, opened.settings.keep_days, opened.settings.keep_runs, datetime.now(UTC))
    site.write(opened.reports)
    return Ended(status, problem, runs=tuple(runs))
