"""What a report shows, as HTML: pure functions from payloads to markup. Every text is escaped here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from reports.first_page import FirstPage
from reports.tables import written
from reports.texts import Say

_STRONG = re.compile(r"\*\*(\S(?:.*?\S)??)\*\*")
_NUMERIC = frozenset({"int", "number", "years", "dong", "million", "percent", "year"})
#: How many letters an upright page holds beside each other in a printed table; a wider one is turned, and if need be small.
_ROOM, _TURNED, _SMALL = 105, 1.55, 1.13
_PADDING = 2.5
#: How far a text is folded beyond that where a page is too narrow.
_FOLDED = 0.25
#: A head is bold, and may stand in so many lines.
_BOLD, _HEAD_LINES = 1.08, 3
#: What texts may be folded to, by class.
_WIDTHS = {"kk-p": 28, "kk-t": 18, "kk-w": 12}
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


def opening(payload: Mapping[str, Any], say: Say, first: FirstPage) -> str:
    """The head of a report: title, question, and what a council asks for first."""
    rows = "".join(
        f"<div{_classes('kk-across' if across else '')}><dt>{escape(name)}</dt><dd>{html}</dd></div>"
        for place, (name, html) in enumerate(first_facts(first, say))
        for across in [place >= len(first.facts)]
    )
    subtitle = f'<p class="kk-subtitle">{inline(payload["subtitle"])}</p>' if payload["subtitle"] else ""
    return f'<header class="kk-opening"><h1>{escape(payload["title"])}</h1>{subtitle}<dl>{rows}</dl></header>'


def first_facts(first: FirstPage, say: Say) -> list[tuple[str, str]]:
    """(label, markup) of the first page's facts: the opening's, then what is not known and who made this."""
    rows = [(name, inline(text)) for name, text in first.facts]
    if first.unknown:
        listed = "".join(f"<li>{inline(item)}</li>" for item in first.unknown)
        more = f"<p>{escape(say('show.more_unknown', count=first.more))}</p>" if first.more else ""
        rows.append((say("show.unknown"), f"<ul>{listed}</ul>{more}"))
    return [*rows, (say("about.made"), escape(first.made))] if first.made else rows


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """(label, markup) as a list."""
    return '<dl class="kk-facts">' + "".join(f"<dt>{escape(name)}</dt><dd>{html}</dd>" for name, html in rows) + "</dl>"


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


def key_figures_on_paper(items: Iterable[Sequence[Any]]) -> str:
    """The same, as paragraphs: what is read aloud is "37 switches"."""
    cells = "".join(
        f'<p class="kk-key{" kk-action" if action else ""}"><strong>{escape(value)}</strong> {escape(label)}</p>'
        for value, label, action in items
    )
    return f'<div class="kk-keys">{cells}</div>'


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


def table(payload: Mapping[str, Any], say: Say) -> str:
    """An accessible table: heads with scope, numbers right-aligned, totals at the foot, what is cut off said."""
    rows, columns = _shown(payload)
    wide = sum(_letters(column, rows, say).least for column in columns) > _ROOM
    return _table(payload, rows, columns, say, "kk-wide" if wide else "")


def table_on_paper(payload: Mapping[str, Any], say: Say, room: int) -> tuple[str, bool]:
    """The same for paper, and whether it wants a page turned landscape: its columns have widths, which take up the whole line.

    `room` is how many letters a line holds on an upright page. A table that is too wide for a turned page is set small.
    """
    rows, columns = _shown(payload)
    letters = [_letters(column, rows, say) for column in columns]
    if any(column["total"] for column in columns):  # its label stands in the first column, or begins there
        label = _BOLD * max(map(_breadth, say("show.total").split())) + _PADDING
        letters[0] = letters[0]._replace(least=max(label, letters[0].least), most=max(label, letters[0].most))
    least = sum(column.least for column in letters)
    turned, tight = least > room, least > room * _TURNED
    widths = _shares(letters, room * (_TURNED if turned else 1) * (_SMALL if tight else 1))
    group = "<colgroup>" + "".join(f'<col style="width: {width:.2%}">' for width in widths) + "</colgroup>"
    classes = " ".join(name for name, on in (("kk-wide", turned), ("kk-tight", tight)) if on)
    return _table(payload, rows, columns, say, classes, group), turned


def _shown(payload: Mapping[str, Any]) -> tuple[list[list[Any]], list[dict[str, Any]]]:
    """The rows that a document shows, and its columns with their classes and their places in a row."""
    rows = payload["rows"] if payload["top"] is None else payload["rows"][: payload["top"]]
    columns = [column | {"class": _align(column, rows, place), "place": place} for place, column in enumerate(payload["columns"])]
    return rows, [column for column in columns if column["document"]]


def _table(
    payload: Mapping[str, Any], shown: list[list[Any]], columns: list[dict[str, Any]], say: Say, classes: str, group: str = ""
) -> str:
    rows = payload["rows"]
    head = "".join(_head(column) for column in columns)
    body = "".join(
        f"<tr{_classes('kk-accent' if accented else '')}>"
        + "".join(_cell(row, column, say, first=column is columns[0]) for column in columns)
        + "</tr>"
        for row, accented in zip(shown, payload["accents"] or [False] * len(rows), strict=False)
    )
    if not rows:
        body = f'<tr><td colspan="{len(columns)}" class="kk-empty">{escape(say("show.no_rows"))}</td></tr>'
    foot = _foot(columns, say) if rows else ""
    notes = [payload["note"]] if payload["note"] else []
    if len(shown) < len(rows):
        notes.append(say("show.more_rows", count=len(rows) - len(shown)))
        if foot:
            notes[-1] += " " + say("show.all_rows", all=len(rows))
    caption = f"<caption>{inline(payload['title'])}</caption>" if payload["title"] else ""
    after = "".join(note(text) for text in notes)
    # Who has only a keyboard must be able to scroll it, where a screen is too narrow.
    named = escape(payload["title"] or payload["sheet"], quote=True).replace("**", "")
    return (
        f'<div{_classes("kk-table", classes)}><div class="kk-scroll" tabindex="0" role="region" aria-label="{named}">'
        f"<table>{caption}{group}<thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody>{foot}</table></div>{after}</div>"
    )


class _Letters(NamedTuple):
    """How many letters a column takes beside others: at least, and at most (in one line); and whether it holds texts, which
    can be folded further."""

    least: float
    most: float
    folds: bool


def _letters(column: Mapping[str, Any], rows: Sequence[list[Any]], say: Say) -> _Letters:
    values = [row[column["place"]] for row in rows] + ([column["sum"]] if column["total"] else [])
    longest = max((_breadth(written(value, column, say)) for value in values), default=0.0)
    if "interval" in column:
        longest = max([longest, *(_breadth(text) for row in rows if (text := _interval(row, column, say)))])
    title = f"{column['title']} {column['unit']}"
    head = _BOLD * max(max(map(_breadth, title.split()), default=0), _breadth(title) / _HEAD_LINES)
    least = max(min(longest, _WIDTHS.get(column["class"], longest)), head) + _PADDING
    return _Letters(least, max(least, longest + _PADDING), column["class"] in _WIDTHS)


def _breadth(text: str) -> float:
    """How broad a text is, in letters of half an em: capitals are broader, and points narrower."""
    return sum(1.45 if letter.isupper() else 0.6 if letter in ".,:;'|()[]iljt -/" else 1.1 for letter in text)


def _shares(columns: Sequence[_Letters], room: float) -> list[float]:
    """What part of a line each column has: what it needs, and of the rest as much as it could use. Where there is too little,
    texts are folded further, as long as that helps."""
    least, wished = sum(column.least for column in columns), sum(column.most - column.least for column in columns)
    widths = [column.least for column in columns]
    if least < room and wished:
        part = min((room - least) / wished, 1)
        widths = [column.least + (column.most - column.least) * part for column in columns]
    elif least > room and (folding := sum(column.least for column in columns if column.folds)):
        part = max((room - least + folding) / folding, _FOLDED)
        widths = [column.least * part if column.folds else column.least for column in columns]
    return [width / sum(widths) for width in widths]


def sheet(payload: Mapping[str, Any]) -> str:
    """A page that stands alone: title, facts, numbers in large type, then blocks above, in two columns, and below."""
    return _sheet(payload, key_figures(payload["keys"]))


def sheet_on_paper(payload: Mapping[str, Any]) -> str:
    return _sheet(payload, key_figures_on_paper(payload["keys"]))


def _sheet(payload: Mapping[str, Any], keys: str) -> str:
    blocks: dict[str, list[str]] = {"top": [], "left": [], "right": [], "bottom": []}
    for block in payload["blocks"]:
        blocks[block["place"]].append(_block(block))
    title = f"<h2>{escape(payload['title'])}</h2>" if payload["title"] else ""
    facts = f'<p class="kk-note">{inline(payload["facts"])}</p>' if payload["facts"] else ""
    columns = "".join(f'<div class="kk-column">{"".join(blocks[side])}</div>' for side in ("left", "right"))
    own = " kk-own-page" if payload["own_page"] else ""
    return (
        f'<section class="kk-sheet{own}">{title}{facts}{keys}{"".join(blocks["top"])}'
        f'<div class="kk-columns">{columns}</div>{"".join(blocks["bottom"])}</section>'
    )


def _block(block: dict[str, Any]) -> str:
    """A block of a sheet."""
    if block["rows"]:
        marks = ["kk-n" if place in block["numbers"] else "" for place in range(len(block["heads"]))]
        head = "".join(
            f'<th scope="col"{_classes(mark)}>{escape(text)}</th>' for text, mark in zip(block["heads"], marks, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<th scope="row">{inline(cell)}</th>' if place == 0 else f"<td{_classes(marks[place])}>{inline(cell)}</td>"
                for place, cell in enumerate(row)
            )
            + "</tr>"
            for row in block["rows"]
        )
        held = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    elif block["lines"]:
        kind = "ol" if block["numbered"] else "ul"
        held = f"<{kind}>" + "".join(f"<li>{inline(line)}</li>" for line in block["lines"]) + f"</{kind}>"
    else:
        held = f"<p>{inline(block['empty'])}</p>"
    after = note(block["note"]) if block["note"] else ""
    first = " kk-first" if block["numbered"] else ""
    return f'<div class="kk-block{first}"><h3>{escape(block["title"])}</h3>{held}{after}</div>'


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


def _cell(row: list[Any], column: Mapping[str, Any], say: Say, *, first: bool) -> str:
    value = row[column["place"]]
    text = escape(written(value, column, say))
    if value is not None and (interval := _interval(row, column, say)):
        text += f' <span class="kk-interval">{interval}</span>'
    classes = _classes(column["class"], "kk-mark" if is_marked(value, column) else "", "kk-missing" if value is None else "")
    return f'<th scope="row"{classes}>{text}</th>' if first else f"<td{classes}>{text}</td>"


def _interval(row: list[Any], column: Mapping[str, Any], say: Say) -> str:
    """(10,2–11,2), or nothing where a bound is not known."""
    low, high = (row[bound] for bound in column["interval"]) if "interval" in column else (None, None)
    return "" if low is None or high is None else f"({written(low, column, say)}–{written(high, column, say)})"


def is_marked(value: Any, column: Mapping[str, Any]) -> bool:
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
