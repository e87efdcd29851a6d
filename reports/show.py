"""What a report's notebook calls to show something.

    say = show.speak(language)
    show.opening(say("ageing.title"), office=..., as_of=..., coverage=[(label, text), ...])
    show.finding(say("ageing.finding", count=37))
    show.table(frame, [Column("device", say("ageing.device")), Column("age", say("ageing.age"), "years")], sheet="...")
    show.figure(figures.ages(frame, say), caption=..., alt=...)
    show.method(say("ageing.method"))

Each call displays HTML for the reader in Lab and, beside it, a JSON payload (`application/vnd.kiemke.<what>+json`) from which
the document and the spreadsheet are made: the executed notebook alone holds the whole report. Texts may hold **strong**
words; paragraphs stand apart by an empty line, list lines begin with "- ". All of it is escaped: what a device says is text.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.problems import Problem
from reports import data_read, markup
from reports.first_page import of_opening
from reports.sheets import Block
from reports.tables import Chart, Column, clean_text, table_payload
from reports.texts import Say, as_datetime, texts

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.figure import Figure

__all__ = [
    "Chart",
    "Column",
    "chart",
    "figure",
    "finding",
    "heading",
    "image_of",
    "interactive",
    "key_figures",
    "method",
    "note",
    "opening",
    "prose",
    "sheet",
    "speak",
    "table",
    "unknown",
]

MIME = "application/vnd.kiemke.{}+json"
#: A drawing with more strokes than this is sent as pixels: a document must stay small enough to mail.
_LARGEST_DRAWING = 400_000
#: White around a figure, inches.
_MARGIN = 0.1
_STYLES = Path(__file__).parent / "styles"
_speaking: list[Say] = []


def speak(language: str) -> Say:
    """Choose the language of what follows; returns who says it. A notebook's first call."""
    _speaking[:] = [texts(language)]
    _emit("language", {"language": language}, f"<style>{(_STYLES / 'parts.css').read_text(encoding='utf-8')}</style>")
    _tell_problems()
    data_read.begin()
    return _speaking[0]


def _tell_problems() -> None:
    """Let the kernel say a `Problem` (an unknown office, an empty inventory) in the reader's language, above its traceback."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return

    def tell(shell: Any, kind: type[Problem], problem: Problem, trace: Any, tb_offset: int | None = None) -> None:
        values = {name: value if isinstance(value, int | float | str) else str(value) for name, value in problem.values.items()}
        payload = {"key": problem.key, "values": values, "english": str(problem)}
        _emit("problem", payload, markup.finding(_say().problem(problem), action=True))
        shell.showtraceback((kind, problem, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Problem,), tell)


def _say() -> Say:
    if not _speaking:
        raise RuntimeError("call show.speak(language) before showing anything")
    return _speaking[0]


def _emit(what: str, payload: dict[str, Any], html: str) -> None:
    from IPython.display import display

    display({"text/html": html, "text/plain": "", MIME.format(what): payload}, raw=True)


def opening(
    title: str,
    *,
    as_of: date | datetime | str,
    office: str = "",
    subtitle: str = "",
    coverage: str | Sequence[tuple[str, str]] = (),
) -> None:
    """The head: title, question, office (empty: all), the data's day, and what share of offices and devices was seen.

    `coverage` is one sentence or (label, sentence) pairs. Who ran it, and when, the run itself adds.
    """
    say = _say()
    moment = as_datetime(as_of)
    whole_day = moment.time() == datetime.min.time()
    payload = {
        "title": clean_text(title),
        "subtitle": clean_text(subtitle),
        "office": clean_text(office) or say("show.all_offices"),
        "as_of": moment.date().isoformat() if whole_day else moment.replace(tzinfo=None).isoformat(timespec="minutes"),
        "coverage": [[say("show.coverage"), coverage]] if isinstance(coverage, str) else [list(pair) for pair in coverage],
    }
    _emit("opening", payload, markup.opening(payload, say, of_opening(payload, say)))


def heading(text: str, level: int = 2) -> None:
    """A heading of a section (2) or a part of it (3)."""
    _emit("heading", {"text": text, "level": level}, markup.heading(text, level))


def prose(text: str) -> None:
    """Paragraphs and lists."""
    _emit("prose", {"text": clean_text(text)}, markup.prose(text))


def note(text: str) -> None:
    """Small print: source, doubts."""
    _emit("note", {"text": text}, markup.note(text))


def finding(text: str, *, action: bool = False) -> None:
    """One sentence that a reader should take home; `action`: something must be done about it. Also on the spreadsheet's cover."""
    _emit("finding", {"text": text, "action": bool(action)}, markup.finding(text, action=action))


def key_figures(*items: tuple[str, str] | tuple[str, str, bool]) -> None:
    """Numbers in large type: (value as written by `say`, what it counts[, needs action])."""
    full = [[item[0], item[1], bool(item[2]) if len(item) > 2 else False] for item in items]
    _emit("key_figures", {"items": full}, markup.key_figures(full))


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    sheet: str,
    title: str = "",
    note: str = "",
    accent: str | None = None,
    top: int | None = None,
    chart: Chart | None = None,
    document: bool = True,
) -> None:
    """A table in the document and a sheet of the spreadsheet; in the latter alone without `document`.

    `sheet` names the sheet (31 characters are shown); `accent` names a boolean column whose rows need action; `top` shows
    only the first rows in the document (the spreadsheet has all, and the total counts all); `chart` is drawn in the spreadsheet.
    """
    payload = table_payload(frame, columns, _say(), sheet=sheet, title=title, note=note, accent=accent, top=top, chart=chart)
    payload["document"] = document
    _emit("table", payload, markup.table(payload, _say()) if document else "")


def sheet(title: str, *, facts: str, keys: Sequence[tuple[str, str, bool]], blocks: Sequence[Block], own_page: bool) -> None:
    """A page that stands alone: its title, one line of facts, numbers in large type, and blocks in two columns.

    `own_page`: on paper it begins a new page; else it follows on what is above, and the opening is its head.
    """
    payload = {
        "title": clean_text(title),
        "facts": clean_text(facts),
        "keys": [list(key) for key in keys],
        "blocks": [block.payload() for block in blocks],
        "own_page": own_page,
    }
    _emit("sheet", payload, markup.sheet(payload))


def chart(
    kind: str,
    *,
    category: str,
    values: Sequence[str],
    title: str,
    value_title: str = "",
    rows: int | None = None,
    colours: Sequence[str] = (),
) -> Chart:
    """A spreadsheet's own chart over a table's columns, for `table(chart=...)`. `kind`: see `reports.tables.CHARTS`."""
    return Chart(kind, category, tuple(values), title, value_title, rows, tuple(colours))


def figure(fig: Figure, *, caption: str, alt: str) -> None:
    """A figure with its caption (source, doubts) and, in `alt`, what it shows in words. Closes the figure."""
    _emit("figure", {"caption": caption, "alt": alt}, markup.figure(image_of(fig), caption, alt))


def image_of(fig: Figure) -> str:
    """A figure as a data URI, for a page of one piece. Closes the figure."""
    import matplotlib.pyplot as plt

    image = _drawing(fig) if _least_size(fig) <= _LARGEST_DRAWING else None
    if image is None or len(image) > _LARGEST_DRAWING:
        uri = "data:image/png;base64," + _encoded(_pixels(fig))
    else:
        uri = "data:image/svg+xml;base64," + _encoded(image)
    plt.close(fig)  # or Lab shows it a second time at the end of the cell
    return uri


def interactive(picture: LayoutDOM, *, title: str, alt: str, height: int = 720) -> None:
    """A picture to move about in (`analysis.figures.explorer`), in a frame of its own: it loads nothing, works in Lab and in an
    exported page, and nothing in it reaches the notebook. `alt` says in words what it shows."""
    from analysis.figures.explorer import explorer_page

    frame = markup.frame(explorer_page(picture, title), title, alt, height)
    _emit("interactive", {"title": title, "alt": alt}, frame)


def _least_size(fig: Figure) -> int:
    """Bytes that a figure takes at least as a drawing: its letters, the outline of every letter that occurs, its marks. A map
    of many offices is thus known to be too large before it is drawn."""
    import numpy as np
    from matplotlib.collections import PathCollection

    texts = [*fig.texts, *(text for axes in fig.axes for text in axes.texts)]
    outlines = {(letter, text.get_fontweight()) for text in texts for letter in text.get_text()}
    spots = (each for axes in fig.axes for each in axes.collections if isinstance(each, PathCollection))
    marks = sum(len(np.asarray(each.get_offsets())) for each in spots)
    return 80 * sum(len(text.get_text()) for text in texts) + 500 * len(outlines) + 400 * marks


def _drawing(fig: Figure) -> bytes:
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    # Fixed ids and no date: the same data draws the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "kiemke", "svg.fonttype": "path"}):
        return _saved(FigureCanvasSVG(fig), "svg", metadata={"Date": None, "Creator": None})


def _pixels(fig: Figure) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    fig.dpi = 160
    return _saved(FigureCanvasAgg(fig), "png")


def _saved(canvas: FigureCanvasBase, kind: str, **options: Any) -> bytes:
    """What `bbox_inches="tight"` saves, which would draw the whole figure once more to lay it out and to measure it."""
    fig, dpi, engine = canvas.figure, canvas.figure.dpi, canvas.figure.get_layout_engine()
    fig.dpi = canvas.fixed_dpi or dpi
    if engine is not None:
        engine.execute(fig)
    drawn = fig.get_tightbbox().padded(_MARGIN)
    fig.dpi = dpi
    fig.set_layout_engine(None)
    file = io.BytesIO()
    fig.savefig(file, format=kind, dpi=dpi, bbox_inches=drawn, **options)
    fig.set_layout_engine(engine)
    return file.getvalue()


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def method(text: str, title: str = "") -> None:
    """How the numbers were made: at most a page."""
    title = title or _say()("show.method")
    _emit("method", {"title": title, "text": text}, markup.method(title, text))


def unknown(items: Iterable[str], title: str = "") -> None:
    """What is not known, and what it could change. Nothing is shown when there is nothing to say."""
    listed = list(items)
    title = title or _say()("show.unknown")
    if listed:
        _emit("unknown", {"title": title, "items": listed}, markup.unknown(title, listed))
