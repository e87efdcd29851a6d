"""What a run's document shows, for the site: to be searched, and to be compared with another run. Pure.

A *shown* is plain JSON, the same for `reports.site.compare` and for the page's scripts:

| key | holds |
|---|---|
| `language` | of the document |
| `title`, `office`, `as_of` | as its opening says |
| `figures` | key figures: [value as written, what it counts] |
| `findings` | sentences, **strong** words marked; the first is the main one |
| `action` | whether the main finding asks for something to be done |
| `headings` | of sections |
| `tables` | each with `sheet`, `title`, `columns` (`name`, `title`, `unit`, `format`, `decimals`) and `rows` of raw values |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.executed import Executed

Shown = Mapping[str, Any]
_COLUMN = ("name", "title", "unit", "format", "decimals")


def shown(executed: Executed) -> dict[str, Any]:
    """What the executed notebook shows. Raises `KeyError`, `TypeError` or `ValueError` for payloads that are none of ours."""
    opening = executed.opening
    findings = executed.all("finding")
    return {
        "language": executed.language,
        **{name: str(opening[name]) for name in ("title", "office", "as_of")},
        "figures": [[str(item[0]), str(item[1])] for figures in executed.all("key_figures") for item in figures["items"]],
        "findings": [str(finding["text"]) for finding in findings],
        "action": bool(findings and findings[0]["action"]),
        "headings": [str(heading["text"]) for heading in executed.all("heading")],
        "tables": [_table(table) for table in executed.all("table")],
    }


def _table(payload: Mapping[str, Any]) -> dict[str, Any]:
    columns = [{name: column[name] for name in _COLUMN} for column in payload["columns"]]
    rows = [list(row) for row in payload["rows"]]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(payload["sheet"])
    return {"sheet": str(payload["sheet"]), "title": str(payload["title"]), "columns": columns, "rows": rows}


def texts_of(run: Shown) -> Iterator[str]:
    """All that can be searched: the words of a document, and of its tables those that are no numbers or dates."""
    yield from (run["title"], run["office"], *run["findings"], *run["headings"])
    yield from (label for _, label in run["figures"])
    for table in run["tables"]:
        yield from (table["sheet"], table["title"])
        for place, column in enumerate(table["columns"]):
            yield column["title"]
            if column["format"] == "text":
                yield from {row[place] for row in table["rows"] if isinstance(row[place], str)}
