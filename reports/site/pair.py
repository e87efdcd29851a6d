"""Two runs of a folder, compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports import executed
from reports.records import DONE, find_record
from reports.site.compare import compare
from reports.site.problems import SiteProblem
from reports.site.shown import Shown, shown

Record = Mapping[str, Any]


def compare_runs(out_dir: Path, before: str, after: str) -> tuple[Record, Record, dict[str, Any]]:
    """The records of two runs, and what differs (`reports.site.compare`).

    Raises `ReportProblem` for a run that there is not, and `SiteProblem` for two that cannot be compared.
    """
    old, new = (find_record(out_dir, run) for run in (before, after))
    if (old["report"], old.get("language")) != (new["report"], new.get("language")):
        raise SiteProblem("runs_differ", before=before, after=after)
    return old, new, compare(_shown(out_dir, old), _shown(out_dir, new))


def _shown(out_dir: Path, record: Record) -> Shown:
    try:
        if record["status"] != DONE:
            raise ValueError(record["status"])
        return shown(executed.read(out_dir / record["folder"] / record["files"]["notebook"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SiteProblem("run_not_shown", run=record["run"]) from None
