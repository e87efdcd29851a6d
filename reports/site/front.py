"""The site's page, as it is without scripts: the newest of each report, what failed, and the last runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reports.markup import inline
from reports.site import listing
from reports.texts import LANGUAGES, Say, texts
from reports.to_html import page

#: Runs that the page itself lists; with scripts all are.
LISTED = 40


def front(rows: Sequence[listing.Row], stamp: str) -> str:
    """`index.html` for rows as `reports.site.listing` gives them, newest first. `stamp` tells changed scripts from kept ones."""
    languages = []
    for language in LANGUAGES:
        say = texts(language)
        languages.append(
            {
                "code": language,
                "say": say,
                "newest": [_told(row, say) for row in listing.newest(rows, language)],
                "failed": [_told(row, say) for row in listing.failed(rows)],
                "runs": [_told(row, say) for row in rows[:LISTED]],
                "all": len(rows),
            }
        )
    return page("site.html.j2", languages=languages, stamp=stamp)


def _told(row: Mapping[str, Any], say: Say) -> dict[str, Any]:
    as_of = row["as_of"]
    return {
        "title": row["titles"][say.language],
        "office": row["office"] or say("site.all_places"),
        "as_of": (say.moment(as_of, short=True) if "T" in as_of else say.date(as_of, short=True)) if as_of else "",
        "started": say.moment(row["started"], short=True),
        "language": row["language"],
        "written_in": say(f"index.in_{row['language']}"),
        "status": row["status"],
        "status_text": say(f"index.{row['status']}"),
        "finding": inline(row["finding"]),
        "action": row["action"],
        "error": row["error"].get(say.language, ""),
        "log": _link(row, row["log"]) if row["log"] else "",
        "files": [{"name": say(f"index.file_{kind}"), "href": _link(row, name)} for kind, name in row["files"].items()],
    }


def _link(row: Mapping[str, Any], name: str) -> str:
    return quote(f"{row['run']}/{name}", errors="replace")  # a name that is no text leads nowhere, and harms nothing
