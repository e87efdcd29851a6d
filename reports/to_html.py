"""The document: one HTML file that stands alone. No code, no script, no request to anywhere, in print as on a screen.

nbconvert's `basic` template would leave only its shell after code, prompts, streams, anchors and CDN links are taken out,
so the shell is ours: `styles/document.html.j2`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from reports import markup
from reports.about import about
from reports.executed import Executed
from reports.first_page import first_page

_STYLES = Path(__file__).parent / "styles"


@lru_cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_STYLES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, *more_styles: str, **values: Any) -> str:
    """A page from a template of `styles/`; everything but what `reports.markup` wrote is escaped."""
    return _environment().get_template(template).render(styles=styles(*more_styles), **values)


def styles(*more: str) -> str:
    """The styles of every page, and more of them."""
    return "".join((_STYLES / name).read_text(encoding="utf-8") for name in ("parts.css", "page.css", *more))


def write(executed: Executed, path: Path) -> None:
    """Write the report's page to `path`. Raises `OSError` when it cannot be written."""
    path.write_text(document(executed), encoding="utf-8")


def document(executed: Executed) -> str:
    """The report as one HTML page."""
    return page("document.html.j2", "browser.css", **contents(executed))


def contents(executed: Executed) -> dict[str, Any]:
    """What a page shows of a report. The opening is written anew, for now it is known who ran it and what is not known."""
    say = executed.say
    first = first_page(executed)
    return {
        "language": executed.language,
        "title": executed.opening["title"],
        "first": first,
        "parts": [markup.opening(part.payload, say, first) if part.what == "opening" else part.html for part in executed.parts],
        "about": about(executed.run, say),
        "sheets": _sheets(executed),
        "say": say,
    }


def _sheets(executed: Executed) -> str:
    """The page's classes where it is made of sheets, one an office, or of one alone."""
    sheets = executed.all("sheet")
    if not sheets:
        return ""
    return "kk-sheets" if all(sheet["own_page"] for sheet in sheets) else "kk-sheets kk-one-sheet"
