"""The runs as the site lists them: from records, which may be of any age or make, to plain rows. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.records import DONE, RUNNING, STATUSES, THROUGH
from reports.texts import LANGUAGES

#: Documents in the order in which they are offered; the notebook last, for who wants to look closer.
FILES = ("html", "pdf", "xlsx", "notebook")
_LONGEST_SENTENCE = 600

Row = dict[str, Any]


def row(record: Mapping[str, Any]) -> Row:
    """A run for the list. `record` is one of `reports.records.read_records`.

    | key | holds |
    |---|---|
    | `run` | its id, which is its folder's name |
    | `report`, `language`, `place` | together its series; `place` is the office's code, "" for all |
    | `titles` | of the report, by language |
    | `office` | the office's name; "" for all, or where the run did not come to know it |
    | `asked` | the same for runs of a series with the same parameters |
    | `as_of`, `started`, `finished` | ISO; "" where unknown |
    | `status`, `through`, `who`, `schedule` | |
    | `files` | names in its folder by kind (`FILES`) |
    | `error` | why it failed, by language |
    | `log` | the log's name, "" for none |
    | `finding`, `action` | its main finding, and whether something must be done; filled in from the document |
    """
    parameters = record.get("parameters") or {}
    data = record.get("data") or {}
    place = _text(parameters.get("office"))
    files = record["files"]
    titles, error = record.get("titles") or {}, record.get("error") or {}
    log = _text(record.get("log"))
    return {
        "run": record["run"],
        "report": record["report"],
        "language": record.get("language") if record.get("language") in LANGUAGES else "vi",
        "place": place,
        "titles": {language: _text(titles.get(language)) or record["report"] for language in LANGUAGES},
        "office": _text(data.get("office")) if place else "",
        "asked": hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:8],
        "as_of": day(data.get("as_of")),
        "started": record["started_at"],
        "finished": _text(record.get("finished_at")),
        "status": record["status"] if record["status"] in STATUSES else "failed",
        "through": record.get("through") if record.get("through") in THROUGH else "command",
        "who": _text(record.get("ran_by")),
        "schedule": _text(record.get("schedule")),
        "files": {kind: files[kind] for kind in FILES if kind in files},
        "error": {
            language: _without_paths(error[language], record["run"]) for language in LANGUAGES if _text(error.get(language))
        },
        "log": log if log and "/" not in log and "\\" not in log else "",
        "finding": "",
        "action": False,
    }


def name_offices(rows: Sequence[Row]) -> None:
    """Give runs that ended before they knew their office's name the name that the newest other run knows; else the code."""
    names: dict[str, str] = {}
    for run in rows:
        if run["office"]:
            names.setdefault(run["place"], run["office"])
    for run in rows:
        run["office"] = run["office"] or names.get(run["place"], run["place"])


def series(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a run is one of many of: a report for an office, in a language."""
    return (row["report"], row["place"], row["language"])


def newest(rows: Sequence[Row], language: str) -> list[Row]:
    """Of each report the finished run with the newest data: of all offices rather than one, and in `language`, if it can be had.

    `rows` are newest first; the reports are in the order in which they were last run.
    """
    found: dict[str, Row] = {}
    for run in rows:
        if run["status"] == DONE:
            known = found.setdefault(run["report"], run)
            if _worth(run, language) > _worth(known, language):
                found[run["report"]] = run
    return list(found.values())


def _worth(run: Mapping[str, Any], language: str) -> tuple[str, bool, bool, str]:
    return ((run["as_of"] or run["started"])[:10], not run["place"], run["language"] == language, run["started"])


def failed(rows: Sequence[Row]) -> list[Row]:
    """Runs that failed, of series that have not been finished since; of each series the newest."""
    seen: set[tuple[str, str, str]] = set()
    found = []
    for run in rows:
        if run["status"] == RUNNING or series(run) in seen:
            continue
        seen.add(series(run))
        if run["status"] != DONE:
            found.append(run)
    return found


def _without_paths(text: str, run: str) -> str:
    """A sentence that names a file of the run, without where on which machine that was: the site may be anywhere."""
    return _text(re.sub(rf"\S*[/\\](?={re.escape(run)}[/\\])", "", text))


def _text(value: Any) -> str:
    return value.strip()[:_LONGEST_SENTENCE] if isinstance(value, str) else ""


def day(value: Any) -> str:
    """An ISO day or moment; "" for what is none."""
    try:
        datetime.fromisoformat(_text(value))
    except ValueError:
        return ""
    return _text(value)
