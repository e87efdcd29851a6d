"""The document on paper: a PDF for A4, from the same parts as the HTML page, with the tags of PDF/UA-1 (ISO 14289-1).

It has one of two dresses: `plain`, and `administrative`, as Decree 30/2020/NĐ-CP wants the documents of an administration to
look. Nothing is fetched from anywhere. WeasyPrint sets the pages; it needs Pango on the machine, without which there is no PDF.
"""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from reports import drawings, markup, to_html
from reports.executed import Executed
from reports.letterhead import Letterhead
from reports.problems import ReportProblem

DRESSES = ("plain", "administrative")
PLAIN, ADMINISTRATIVE = DRESSES
#: How many letters of a table's text a line of an upright page holds: 8.5 pt on 170 mm, 10.5 pt of a narrow face on 163 mm.
_ROOM = {PLAIN: 100, ADMINISTRATIVE: 94}
#: A line to fill in by hand; and one beside which the date has its place.
_BLANK, _SHORT_BLANK = "…" * 12, "…" * 7
_FONT = re.compile(r"kiemke-font:(DejaVu[A-Za-z-]+\.ttf)")
#: Something of all that reports hold.
_SPECIMEN = """<!DOCTYPE html><html lang="vi"><head><title>Ă</title><style>{styles}</style></head><body><main>
<h1>Ế</h1><p>ữ <strong>ợ</strong> <em>ậ</em> <code>1</code></p><ul><li>đ</li></ul>
<table class="kk-table"><caption>ỗ</caption><thead><tr><th>ă</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>
<figure class="kk-figure"><img alt="Ư" src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9'
height='9'%3E%3Cpath d='M0 0L9 9'/%3E%3C/svg%3E"></figure></main></body></html>"""
#: Pango is not asked from two threads at once: reports that run side by side write their PDFs one after the other. Nor is it
#: loaded by two, for each would put its own output in the other's place.
_ONE_AT_A_TIME = threading.Lock()


@cache
def missing() -> ReportProblem | None:
    """Why this machine cannot write a PDF, or None where it can."""
    try:
        with _ONE_AT_A_TIME, redirect_stdout(io.StringIO()):  # it would print at length
            import weasyprint  # noqa: F401
    except (ImportError, OSError):  # WeasyPrint is there as a rule, and its Pango is not
        return ReportProblem("pdf_pango")
    return None


def write(executed: Executed, path: Path, dress: str = PLAIN, letterhead: Letterhead | None = None) -> None:
    """Write the report's PDF to `path`; `letterhead` is for the administrative dress.

    Raises `ReportProblem` where Pango is missing, and `OSError` when the file cannot be written.
    """
    if problem := missing():
        raise problem
    from weasyprint import HTML

    page = _page(executed, dress, letterhead or Letterhead())
    with _ONE_AT_A_TIME, _rarely_collected():
        HTML(string=drawings.in_page(page), url_fetcher=_own_files()).write_pdf(
            path,
            pdf_variant="pdf/ua-1",
            # The same report has the same identifier, and so the same bytes.
            pdf_identifier=hashlib.sha256(page.encode("utf-8")).digest()[:16],
        )


@contextmanager
def getting_ready() -> Iterator[Callable[[], None]]:
    """From when what it gives is called, beside what is done inside, a page that nobody sees is set: what the first PDF of a
    process waits for is loaded with it."""
    thread = threading.Thread(target=_set_specimen)

    def begin() -> None:
        if thread.ident is None:
            thread.start()

    try:
        yield begin
    finally:
        if thread.ident is not None:
            thread.join()


@cache
def _set_specimen() -> None:
    if missing():
        return
    from weasyprint import HTML

    page = _SPECIMEN.format(styles=to_html.styles("paper.css"))
    with suppress(Exception), _ONE_AT_A_TIME:  # whoever writes a real one is told what is wrong
        HTML(string=page, url_fetcher=_own_files()).write_pdf(io.BytesIO(), pdf_variant="pdf/ua-1")


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Every box of every page lives until the end: looking for garbage among them takes an eighth of the time, and finds none."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _page(executed: Executed, dress: str, letterhead: Letterhead) -> str:
    say, shown = executed.say, to_html.contents(executed)
    subtitle, facts = executed.opening["subtitle"], markup.first_facts(shown["first"], say)
    if dress == ADMINISTRATIVE and subtitle:  # there is no place for a question in the head of an administrative document
        facts = [(say("administrative.question"), markup.inline(subtitle)), *facts]
    shown |= {
        "subtitle": subtitle,
        "run": executed.run,
        "facts": markup.facts(facts),
        "about_facts": markup.facts((label, escape(text)) for label, text in shown["about"]),
        "parts": list(_parts(executed, _ROOM[dress])),
    }
    if dress == PLAIN:
        return to_html.page("paper.html.j2", "paper.css", **shown)
    shown |= {
        "letterhead": letterhead,
        "blank": _BLANK,
        "short_blank": _SHORT_BLANK,
        "number": say(
            "administrative.number", number=letterhead.number or "\u00a0" * 8, sign=letterhead.sign or say("administrative.sign")
        ),
        "subject": say("administrative.subject", title=_within(executed.opening["title"])),
    }
    return to_html.page("administrative.html.j2", "paper.css", "administrative.css", **shown)


def _parts(executed: Executed, room: int) -> Iterator[str]:
    """The parts as paper has them; the head of the page has said what the opening says. A table that wants a turned page
    takes the heading and the texts above it along."""
    held: list[str] = []
    single = any(not sheet["own_page"] for sheet in executed.all("sheet"))
    for part in executed.parts:
        if part.what == "heading":
            yield from held
            held = []
        match part.what:
            case "opening":
                continue
            case "table" if not part.payload.get("document", True):
                continue
            case "unknown" if single:  # the first page, which is the only one, has told all of it
                continue
            case "sheet":
                html = markup.sheet_on_paper(part.payload)
            case "heading" | "prose" | "note" | "finding":
                held.append(part.html)
                continue
            case "table":
                html, turned = markup.table_on_paper(part.payload, executed.say, room)
                if turned:
                    yield f'<div class="kk-turned">{"".join(held)}{html}</div>'
                    held = []
                    continue
            case "key_figures":
                html = markup.key_figures_on_paper(part.payload["items"])
            case "interactive":  # nobody can move about on paper
                html = markup.note(f"{part.payload['title']}: {part.payload['alt']}")
            case _:
                html = part.html
        yield from held
        held = []
        yield html
    yield from held


def _within(title: str) -> str:
    """A title as it stands within a sentence: names and abbreviations keep their capitals."""
    first, rest = title[:1], title[1:]
    return first.lower() + rest if rest[:1].islower() or rest[:1] == " " else title


def _own_files() -> Any:
    """Who fetches for a page: what it carries itself, and matplotlib's own faces. All else is refused."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if font := _FONT.fullmatch(url):
                return URLFetcherResponse(url, (_faces() / font[1]).read_bytes(), {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    return OwnFiles(allowed_protocols={"data"}, allow_redirects=False)


@cache
def _faces() -> Path:
    """matplotlib's folder of fonts, found without loading it."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        raise OSError("matplotlib is not there")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
