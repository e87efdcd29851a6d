"""What a report shows, as HTML: pure functions from payloads to markup. Every text is escaped here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from reports.tables import written
from reports.texts import Say

_STRONG = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*")
_NUMERIC = frozenset({"int", "number", "years", "dong", "million", "percent", "year"})
#: A table with more columns is printed on a page turned landscape.
_PORTRAIT_COLUMNS = 9
_LONGEST_CODE = 18
_SENTENCE, _PARAGRAPH = 36, 80
# Short words and numbers that must not be torn from what follows them, or precedes them, at a line's end.
_GLUE = re.compile(r"(?<=\d) (?=(?:%|năm|triệu|tỷ|đồng|years?|million|billion|dong)\b)")


def inline(text: str) -> str:
    """Escaped text in which **this** is strong, and numbers stay with their units."""
    return _GLUE.sub("\u00a0", _STRONG.sub(r"<strong>\1</strong>", escape(text)))


def prose(text: str) -> str:
    """Paragraphs (apart by an empty line) and lists (lines that begin with "- ")."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        items: list[str] = []
        lines: list[str] = []
        for line in block.splitlines():
            if line.lstrip().startswith("- "):
                items.append(line.lstrip()[2:])
            elif items:
                items[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
        if lines:
            parts.append(f"<p>{inline(' '.join(lines))}</p>")
        if items:
            parts.append("<ul>" + "".join(f"<li>{inline(item)}</li>" for item in items) + "</ul>")
    return "\n".join(parts)


def opening(payload: dict[str, Any], say: Say) -> str:
    """The head of a report: title, question, and the facts that a council asks for first."""
    facts = [
        (say("show.office"), payload["office"]),
        (say("show.as_of"), say.moment(payload["as_of"]) if "T" in payload["as_of"] else say.date(payload["as_of"])),
        *payload["coverage"],
    ]
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{inline(value)}</dd></div>" for name, value in facts)
    subtitle = f'<p class="kk-subtitle">{inline(payload["subtitle"])}</p>' if payload["subtitle"] else ""
    return f'<header class="kk-opening"><h1>{escape(payload["title"])}</h1>{subtitle}<dl>{rows}</dl></header>'


def heading(text: str, level: int) -> str:
    return f"<h{level}>{escape(text)}</h{level}>"


def finding(text: str, *, action: bool) -> str:
    return f'<p class="kk-finding{" kk-action" if action else ""}">{inline(text)}</p>'


def key_figures(items: Iterable[Sequence[Any]]) -> str:
    """Numbers in large type, each with what it counts: (value as written, label, needs action)."""
    cells = "".join(
        f'<div class="kk-key{" kk-action" if action else ""}"><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>'
        for value, label, action in items
    )
    return f'<dl class="kk-keys">{cells}</dl>'


def method(title: str, text: str) -> str:
    return f'<section class="kk-method"><h2>{escape(title)}</h2>{prose(text)}</section>'


def unknown(title: str, items: Iterable[str]) -> str:
    listed = "".join(f"<li>{inline(item)}</li>" for item in items)
    return f'<section class="kk-unknown"><h2>{escape(title)}</h2><ul>{listed}</ul></section>'


def note(text: str) -> str:
    return f'<p class="kk-note">{inline(text)}</p>'


def figure(image: str, caption: str, alt: str) -> str:
    """A picture as a data URI, so that the document stands alone; `alt` says what it shows to who cannot see it."""
    return (
        f'<figure class="kk-figure"><img src="{image}" alt="{escape(alt, quote=True)}">'
        f"<figcaption>{inline(caption)}</figcaption></figure>"
    )


def frame(page: str, title: str, alt: str, height: int) -> str:
    """A page within the page, with scripts of its own that reach nothing around it. `height` in pixels."""
    held = page.replace("&", "&amp;").replace("'", "&#39;")
    return (
        f'<iframe class="kk-frame" title="{escape(title, quote=True)}" aria-label="{escape(alt, quote=True)}" '
        f'sandbox="allow-scripts" style="width: 100%; height: {height}px; border: 0" srcdoc=\'{held}\'></iframe>'
    )


def table(payload: dict[str, Any], say: Say) -> str:
    """An accessible table: heads with scope, numbers right-aligned, totals at the foot, what is cut off said."""
    rows = payload["rows"]
    shown = rows if payload["top"] is None else rows[: payload["top"]]
    columns = [column | {"class": _align(column, shown, place)} for place, column in enumerate(payload["columns"])]
    places = [place for place, column in enumerate(columns) if column["document"]]
    head = "".join(_head(columns[place]) for place in places)
    body = "".join(
        f"<tr{_classes('kk-accent' if accented else '')}>"
        + "".join(_cell(row, place, columns, say, first=place == places[0]) for place in places)
        + "</tr>"
        for row, accented in zip(shown, payload["accents"] or [False] * len(rows), strict=False)
    )
    if not rows:
        body = f'<tr><td colspan="{len(places)}" class="kk-empty">{escape(say("show.no_rows"))}</td></tr>'
    foot = _foot([columns[place] for place in places], say) if rows else ""
    notes = [payload["note"]] if payload["note"] else []
    if len(shown) < len(rows):
        notes.append(say("show.more_rows", count=len(rows) - len(shown)))
        if foot and any(columns[place]["total"] for place in places):
            notes[-1] += " " + say("show.all_rows", all=len(rows))
    caption = f"<caption>{inline(payload['title'])}</caption>" if payload["title"] else ""
    after = "".join(note(text) for text in notes)
    wide = "kk-wide" if len(places) > _PORTRAIT_COLUMNS else ""
    return (
        f'<div{_classes("kk-table", wide)}><div class="kk-scroll"><table>{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody>{foot}</table></div>{after}</div>"
    )


def _align(column: dict[str, Any], rows: list[list[Any]], place: int) -> str:
    """How a column is set: numbers, dates and short words without a space (ids, addresses) in one piece; sentences wide."""
    if column["format"] in _NUMERIC:
        return "kk-n"
    if column["format"] in ("date", "moment"):
        return "kk-d"
    texts = [row[place] for row in rows if isinstance(row[place], str)]
    if all(len(text) <= _LONGEST_CODE and " " not in text for text in texts):
        return "kk-c"
    longest = max(map(len, texts))
    return "kk-p" if longest > _PARAGRAPH else "kk-t" if longest > _SENTENCE else "kk-w"


def _classes(*names: str) -> str:
    kept = " ".join(name for name in names if name)
    return f' class="{kept}"' if kept else ""


def _head(column: dict[str, Any]) -> str:
    unit = f' <span class="kk-unit">({escape(column["unit"])})</span>' if column["unit"] else ""
    title = f' title="{escape(column["help"], quote=True)}"' if column["help"] else ""
    return f'<th scope="col"{_classes(column["class"])}{title}>{escape(column["title"])}{unit}</th>'


def _cell(row: list[Any], place: int, columns: list[dict[str, Any]], say: Say, *, first: bool) -> str:
    column, value = columns[place], row[place]
    text = escape(written(value, column, say))
    if "interval" in column and value is not None:
        low, high = (row[bound] for bound in column["interval"])
        if low is not None and high is not None:
            bounds = "–".join(written(bound, column, say) for bound in (low, high))
            text += f' <span class="kk-interval">({bounds})</span>'
    classes = _classes(column["class"], "kk-mark" if is_marked(value, column) else "", "kk-missing" if value is None else "")
    return f'<th scope="row"{classes}>{text}</th>' if first else f"<td{classes}>{text}</td>"


def is_marked(value: Any, column: dict[str, Any]) -> bool:
    """Whether a value lies where its column says that something must be done."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    above = column["mark_from"] is not None and value >= column["mark_from"]
    return above or (column["mark_to"] is not None and value <= column["mark_to"])


def _foot(columns: list[dict[str, Any]], say: Say) -> str:
    if not any(column["total"] for column in columns):
        return ""
    first = next(place for place, column in enumerate(columns) if column["total"])
    # The label reaches to the first sum, so that a narrow first column need not hold it.
    span = f' colspan="{first}"' if first > 1 else ""
    cells = [f'<th scope="row"{span}>{escape(say("show.total"))}</th>'] if first else []
    for column in columns[first:]:
        text = escape(written(column["sum"], column, say)) if column["total"] else ""
        cells.append(f"<td{_classes(column['class'])}>{text}</td>")
    return f"<tfoot><tr>{''.join(cells)}</tr></tfoot>"
