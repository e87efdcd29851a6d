"""How long runs are kept: by age and by number, as the settings say. The newest finished run of each thing always stays."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from reports.records import DONE, RUNNING, read_records


def prune(
    out_dir: Path, keep_days: int | None, keep_runs: int | None, now: datetime, *, dry_run: bool = False
) -> list[dict[str, Any]]:
    """Remove runs older than `keep_days`, and of each thing (report, parameters, language) all but the newest `keep_runs`.

    None: no such limit. Returns the records of what was removed, or would be with `dry_run`. What cannot be removed stays, and is
    not among them. `now` knows its time zone.
    """
    removed = []
    for record in too_many(read_records(out_dir), keep_days, keep_runs, now):
        home = out_dir / record["folder"]
        if home.is_symlink() or not home.is_dir():  # only what a run itself has made
            continue
        if dry_run:
            removed.append(record)
            continue
        with suppress(OSError):
            _remove(home)
            removed.append(record)
    return removed


def too_many(records: list[dict[str, Any]], keep_days: int | None, keep_runs: int | None, now: datetime) -> list[dict[str, Any]]:
    """Those of the records (newest first) that need not be kept. Runs that go on, and the newest finished of each thing, are."""
    kept: Counter[str] = Counter()
    finished: set[str] = set()
    found = []
    for record in records:
        if record["status"] == RUNNING:
            continue
        thing = _thing(record)
        newest = record["status"] == DONE and thing not in finished
        old = keep_days is not None and now - datetime.fromisoformat(record["started_at"]) > timedelta(days=keep_days)
        many = keep_runs is not None and kept[thing] >= keep_runs
        if newest or not (old or many):
            kept[thing] += 1
            finished |= {thing} if newest else set()
        else:
            found.append(record)
    return found


def _thing(record: Mapping[str, Any]) -> str:
    return json.dumps([record["report"], record.get("parameters"), record.get("language")], sort_keys=True)


def _remove(home: Path) -> None:
    """First out of sight, so that nobody finds half of it; links inside are taken away, never what they lead to."""
    away = home.with_name(f".removed-{home.name}")
    home.rename(away)
    shutil.rmtree(away)
