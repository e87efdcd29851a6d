"""Run a report again as it was run, on the data as they were known then, and tell whether the numbers are the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports import executed, records
from reports.executed import Executed
from reports.problems import ReportProblem
from reports.run import FORMATS, RunResult, run

#: What holds a report's numbers. Words about them follow from these.
_COMPARED = ("opening", "key_figures", "finding", "table")
#: Frames of which an inventory keeps the newest alone: as of an earlier day they are less than they were.
WITHOUT_HISTORY = frozenset({"arp", "forwarding", "lifecycle_files", "policies"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs of a report. `parts`: (what, title) of each that is not the same; `frames`: those that were
    read otherwise, None where one of the runs noted none; `versions`: package -> (then, now)."""

    parts: tuple[tuple[str, str], ...]
    frames: tuple[str, ...] | None
    notebook: bool
    versions: Mapping[str, tuple[str, str]]

    @property
    def same(self) -> bool:
        return not self.parts

    @property
    def without_history(self) -> tuple[str, ...]:
        """The frames that differ because their past is not kept."""
        return tuple(name for name in self.frames or () if name in WITHOUT_HISTORY)


def repeat(out_dir: Path, run_id: str, *, workspace: Path, **options: Any) -> tuple[RunResult, Comparison | None]:
    """Run again what `run_id` was, with its parameters, language, formats and dress; `options` are those of `reports.run.run`.

    The comparison is None where one of the two has no whole notebook. Raises `ReportProblem` for a run that is not there, or
    that cannot be repeated.
    """
    first = records.find_record(out_dir, run_id)
    values, formats = first.get("parameters"), first.get("formats")
    if not isinstance(values, Mapping):
        raise ReportProblem("run_unrepeatable", run=run_id)
    result = run(
        first["report"],
        values,
        lang=str(first.get("language", "vi")),
        formats=[kind for kind in formats if kind in FORMATS] if isinstance(formats, list) else FORMATS,
        dress=str(first.get("dress", "plain")),
        out_dir=out_dir,
        workspace=workspace,
        repeats=run_id,
        database=_as_known(first),
        **options,
    )
    notebook = first["files"].get("notebook")
    if not result.done or first["status"] != records.DONE or not notebook:
        return result, None
    second = records.find_record(out_dir, result.run)
    try:
        before = executed.read(out_dir / first["folder"] / notebook)
    except (OSError, ValueError, KeyError, AttributeError):
        return result, None
    found = compare((first, before), (second, executed.read(result.files["notebook"])))
    repeated = {"same": found.same, "differs": [" ".join(part).strip() for part in found.parts]}
    stored = {name: value for name, value in second.items() if name not in ("run", "folder")}
    records.write_record(result.folder, stored | {"repeated": repeated})
    return result, found


def _as_known(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The database as the run knew it. Runs of earlier versions kept the last scan alone."""
    database = record.get("database")
    if not database:
        return None
    return {"known_at": database.get("finished_at")} | dict(database)


def compare(first: tuple[Mapping[str, Any], Executed], second: tuple[Mapping[str, Any], Executed]) -> Comparison:
    """What differs between two runs, each told as its record and what its notebook shows."""
    (then, before), (now, after) = first, second
    return Comparison(
        parts=_parts(before, after),
        frames=_frames(then, now),
        notebook=then.get("notebook_sha256") != now.get("notebook_sha256"),
        versions=_versions(then.get("versions") or {}, now.get("versions") or {}),
    )


def _frames(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Those that both have read, and not alike: what one found out and the other read, as the cabling, is no other data."""
    old, new = ((record.get("data") or {}).get("frames") or {} for record in (then, now))
    return tuple(name for name in _different(old, new) if name in old and name in new) if old and new else None


def _versions(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {name: (str(then.get(name, "")), str(now.get(name, ""))) for name in _different(then, now)}


def _different(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name)))


def _parts(before: Executed, after: Executed) -> tuple[tuple[str, str], ...]:
    found = []
    for what in _COMPARED:
        olds, news = before.all(what), after.all(what)
        for number in range(max(len(olds), len(news))):
            old, new = (of[number] if number < len(of) else {} for of in (olds, news))
            if not alike(old, new):
                title = new.get("sheet") or old.get("sheet") or "" if what == "table" else ""
                if (what, title) not in found:
                    found.append((what, title))
    return tuple(found)


def alike(one: Any, other: Any) -> bool:
    """Whether two payloads are the same, but for the last digits of what was computed in another order."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or (one != one and other != other)
    return bool(one == other)
