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
_COLUMN = ("name", "title", "unit", "format")


def shown(executed: Executed) -> dict[str, Any]:
    """What the executed notebook shows. Raises `KeyError`, `TypeError` or `ValueError` for payloads that are none of ours."""
    opening = executed.opening
    findings, sheets = executed.all("finding"), executed.all("sheet")
    figures = [item for payload in executed.all("key_figures") for item in payload["items"]]
    if len(sheets) == 1:  # of several, the table that sums them up holds the same numbers
        figures += sheets[0]["keys"]
    return {
        "language": executed.language,
        **{name: str(opening[name]) for name in ("title", "office", "as_of")},
        "figures": [[str(value), str(label)] for value, label, *_ in figures],
        "findings": [str(finding["text"]) for finding in findings],
        "action": bool(findings and findings[0]["action"]),
        "headings": [str(heading["text"]) for heading in executed.all("heading")],
        "tables": [
            *(_table(table) for table in executed.all("table")),
            *(_block(block, sheet["title"] if len(sheets) > 1 else "") for sheet in sheets for block in sheet["blocks"]),
        ],
    }


def _table(payload: Mapping[str, Any]) -> dict[str, Any]:
    columns = [
        {name: str(column[name]) for name in _COLUMN} | {"decimals": int(column["decimals"])} for column in payload["columns"]
    ]
    rows = [list(row) for row in payload["rows"]]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(payload["sheet"])
    return {"sheet": str(payload["sheet"]), "title": str(payload["title"]), "columns": columns, "rows": rows}


def _block(payload: Mapping[str, Any], of: str) -> dict[str, Any]:
    """A block of a sheet as a table: as it is written, for it holds no raw values."""
    title = " · ".join(str(part) for part in (of, payload["title"]) if part)
    heads, rows = (
        (payload["heads"], payload["rows"]) if payload["heads"] else ([payload["title"]], [[x] for x in payload["lines"]])
    )
    columns = [
        {"name": str(place), "title": str(head), "unit": "", "format": "text", "decimals": 0} for place, head in enumerate(heads)
    ]
    written = [[str(value) for value in row] for row in rows if len(row) == len(columns)]
    return {"sheet": title, "title": title, "columns": columns, "rows": written}


def main_finding(run: Shown) -> str:
    """What a run found, in one sentence: its main finding, or its first key figures where it has none."""
    if run["findings"]:
        return str(run["findings"][0])
    return "; ".join(f"**{value}** {label}" for value, label in run["figures"][:3])


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
