"""Which files of a run are given out to who reads reports: what its record names, of these kinds, in its own folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.records import RECORD

#: Media types by kind. A run's notebook and its log are for IT staff.
GIVEN = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def files(folder: Path, record: Mapping[str, Any]) -> dict[str, Path]:
    """By kind, the files of a run whose record `reports.records.read_records` gave; none that lead out of its folder.

    A record may be older than this program, or be no record of ours: what is not as it should be is left out.
    """
    home = folder.resolve() / str(record.get("folder"))
    named = record.get("files")
    if not isinstance(named, Mapping) or home.parent != folder.resolve():
        return {}
    found = {kind: (home / str(named[kind])).resolve() for kind in GIVEN if kind in named}
    return {kind: path for kind, path in found.items() if path.parent == home and path.is_file()}


def given(folder: Path, run: str, name: str) -> str | None:
    """The kind of a run's file of that name; None where it is not given out."""
    try:
        record = json.loads((folder / run / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, Mapping):
        return None
    found = files(folder, dict(record) | {"folder": run})
    return next((kind for kind, path in found.items() if path.name == name), None)
