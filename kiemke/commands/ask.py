"""`kiemke report ask`: a run that a form asks for. The order is JSON on standard input; what happens, JSON lines on output."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from inventory.problems import Problem
from kiemke.commands.options import WorkspaceOption
from kiemke.workspace import open_workspace
from reports.texts import LANGUAGES, texts


def ask(workspace: WorkspaceOption = None) -> None:
    from reports import catalog, kernel_process

    order = json.load(sys.stdin)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who asked may cancel: as Ctrl-C does
    try:
        opened = open_workspace(workspace)
        # it comes up while all else is loaded and looked up
        with kernel_process.begun(catalog.notebook(order["report"])) as begun:
            from reports import site
            from reports.run import run

            done = run(
                order["report"],
                order["values"],
                lang=order["language"],
                formats=order["formats"],
                dress=order["dress"],
                out_dir=opened.reports,
                workspace=opened.root,
                ran_by=order["ran_by"] or None,
                through="form",
                database=opened.last_scan(),
                offices=opened.office_names(),
                on_progress=lambda done, every: _tell({"cells": [done, every]}),
                begun=begun,
            )
        site.write(opened.reports)
    except Problem as problem:
        _tell({"refused": _in_both(problem)})
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        from reports import site
        from reports.records import read_records

        mine = [record for record in read_records(opened.reports) if record.get("process") == os.getpid()]
        for record in mine[:1]:
            _tell({"run": record["run"], "status": record["status"], "error": record.get("error")})
        site.write(opened.reports)
        raise
    _tell({"run": done.folder.name, "status": done.status, "error": _in_both(done.problem) if done.problem else None})


def _in_both(problem: Problem) -> dict[str, str]:
    return {language: texts(language).problem(problem) for language in LANGUAGES}


def _tell(what: Mapping[str, Any]) -> None:
    """One line. Nobody may listen any more: the run goes on to its end."""
    try:
        # by this name, for what writes PDFs is silenced while it loads
        print(json.dumps(what, ensure_ascii=False), file=sys.__stdout__, flush=True)
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
