"""What people are told about reports, in English; the Vietnamese stands under `problem.<key>` in the texts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import ClassVar

from inventory.problems import Problem


class ReportProblem(Problem):
    """A wrong name, a wrong parameter, or a run that failed."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "parameter_choice": "Parameter {name} of report {report} takes one of {allowed}, not {value!r}; did you mean {nearest}?",
        "parameter_high": "Parameter {name} of report {report} must be at most {high}; it was given {value!r}.",
        "parameter_low": "Parameter {name} of report {report} must be at least {low}; it was given {value!r}.",
        "parameter_not_bool": "Parameter {name} of report {report} must be yes or no, not {value!r}.",
        "parameter_not_date": "Parameter {name} of report {report} must be a day such as 31/12/2026, not {value!r}.",
        "parameter_not_dong": "Parameter {name} of report {report} must be an amount in dong such as 500.000.000 or "
        "500 million, not {value!r}.",
        "parameter_not_float": "Parameter {name} of report {report} must be a number such as 8.5, not {value!r}.",
        "parameter_not_int": "Parameter {name} of report {report} must be a whole number such as 5, not {value!r}.",
        "parameter_not_list": "Parameter {name} of report {report} must be a list such as a; b; c, not {value!r}.",
        "parameter_not_str": "Parameter {name} of report {report} must be text (in quotes), not {value!r}.",
        "parameter_office": "Parameter {name} of report {report} must be an office's code or name; there is no {value!r}; did "
        "you mean {nearest} ({title})?",
        "parameter_office_none": "Parameter {name} of report {report}: no offices are known yet, so {value!r} is none; leave it "
        "empty, or scan first.",
        "parameter_office_twice": "Parameter {name} of report {report}: {value!r} is the name of several offices; write one of "
        "the codes {codes}.",
        "parameter_range": "Parameter {name} of report {report} must lie between {low} and {high}; it was given {value!r}.",
        "parameter_reserved": "Parameter {name} of report {report} is set by the run itself; use {instead}.",
        "parameter_unknown": "Report {report} has no parameter {name}; did you mean {nearest}? It has: {known}.",
        "pdf_pango": "This machine cannot write PDF, because the library Pango is missing; install it: sudo apt install "
        "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation, or choose the formats html, xlsx.",
        "report_dress": "A PDF has one of the dresses {allowed}, not {value!r}.",
        "report_format": "A report can be written as {allowed}, not as {value!r}.",
        "report_language": "A report can be written in {allowed}, not in {value!r}.",
        "report_unknown": "There is no report {name}; did you mean {nearest}? There are: {known}.",
        "reports_none": "There are no report notebooks in {folder}.",
        "run_broken": "Report {report} was broken off: {reason}.",
        "run_cancelled": "Report {report} was stopped on request before it ended.",
        "run_failed": "Report {report} stopped in cell {cell}: {reason} See {notebook}.",
        "run_killed": "Report {report} was killed or its machine stopped before it ended; run it again.",
        "run_kernel": "Report {report} stopped because its Jupyter kernel ended: {reason}. See {notebook}.",
        "run_not_started": "Report {report} was stopped: its Jupyter kernel had not started after {seconds} s; try again when "
        "the machine is less busy.",
        "run_timed_out": "Report {report} was stopped in cell {cell} after {seconds} s. See {notebook}.",
        "run_unknown": "There is no run {run} in {folder}; did you mean {nearest}?",
        "run_unrepeatable": "Run {run} cannot be repeated: its record does not hold its parameters.",
        "run_unwritten": "Report {report} ran, but {file} could not be written: {reason}.",
        "runs_none": "There are no runs in {folder} yet.",
    }


class Busy(ReportProblem):
    """The same thing is being run."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "run_busy": "Report {report} is being made with these parameters already; wait until it has ended.",
    }


class ToldProblem(Problem):
    """A problem of any room that a notebook stopped at, as its kernel told it."""

    def __init__(self, key: str, english: str, values: Mapping[str, object]) -> None:
        self.key = key
        self.values = dict(values)
        Exception.__init__(self, english)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name`."""
    return difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)[0]
