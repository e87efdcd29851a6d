"""The page that opens a folder of reports: every run, its state, its documents, in both languages, offline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reports.records import read_records
from reports.texts import LANGUAGES, Say, texts
from reports.to_html import page
from reports.whole_files import whole

INDEX = "index.html"


def write(out_dir: Path) -> Path:
    """Write `index.html` into a folder of runs (`reports.run`), Vietnamese first, English on the same page. Returns its path."""
    path = out_dir / INDEX
    out_dir.mkdir(parents=True, exist_ok=True)
    with whole(path) as partial:
        partial.write_text(render(read_records(out_dir)), encoding="utf-8")
    return path


def render(records: list[dict[str, Any]]) -> str:
    """The page for records as `reports.records.read_records` gives them."""
    languages = [
        {"code": language, "say": texts(language), "runs": [_row(record, texts(language)) for record in records]}
        for language in LANGUAGES
    ]
    return page("index.html.j2", languages=languages)


def _row(record: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """One run as it is listed. Files are linked by where they are relative to the index."""
    data = record.get("data") or {}
    as_of = data.get("as_of", "")
    files = record.get("files") or {}
    return {
        "title": (record.get("titles") or {}).get(say.language) or record["report"],
        "started": say.moment(record["started_at"], short=True),
        "status": record["status"],
        "status_text": say(f"index.{record['status']}"),
        "office": data.get("office", "") if (record.get("parameters") or {}).get("office") else say("show.all_offices"),
        "as_of": (say.moment(as_of, short=True) if "T" in as_of else say.date(as_of, short=True)) if as_of else "",
        "language": say(f"index.in_{record.get('language', 'vi')}"),
        "files": [
            {"name": say(f"index.file_{kind}"), "href": quote(f"{record['folder']}/{name}")}
            for kind, name in sorted(files.items(), key=lambda item: _ORDER.index(item[0]) if item[0] in _ORDER else 9)
            if kind in _ORDER
        ],
        "error": (record.get("error") or {}).get(say.language, ""),
    }


_ORDER = ("html", "pdf", "xlsx", "notebook")
