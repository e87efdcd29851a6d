"""DataFrames in Lab as tables that are searched, sorted and leafed through, in the reader's language, offline.

`load_ipython_extension` is what a kernel of `kiemke lab` calls at its start (`desk.lab_startup`); no notebook has a line for it.
A table carries its rows as JSON and a small script of its own, so that it works again when a saved notebook is opened, and in a
page that was exported. Where scripts may not run (a notebook from somebody else), its first rows are there as plain HTML.

The library that is usual for this (itables) puts 0.7 MB of scripts into each notebook, once, and shows nothing at all where that
one cell was cleared, has scrolled out of sight, or is not trusted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.texts import LANGUAGES, Say, is_missing, texts

if TYPE_CHECKING:
    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell

#: Cells of a frame that are sent to the page: about 1 MB. 2,000 devices with all their columns are fewer.
MOST_CELLS = 100_000
#: Rows on a page of the table, and rows that are there without the script.
PAGE = 15
#: A longer text is cut on the page: a frame's cell is not a document.
LONGEST = 400
_LONG = 40
_FOLDER = Path(__file__).parent


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Show DataFrames as such tables in this kernel. pandas itself is not loaded for it."""

    def shown(frame: pd.DataFrame) -> str:
        language = os.environ.get("KIEMKE_LANG", "")
        return table(frame, texts(language if language in LANGUAGES else "vi"))

    assert shell.display_formatter
    formatter = shell.display_formatter.formatters["text/html"]
    for module in ("pandas", "pandas.core.frame"):  # what pandas 3 and pandas 2 call the class' home
        formatter.for_type_by_name(module, "DataFrame", shown)


def table(frame: pd.DataFrame, say: Say) -> str:
    """A frame as HTML. The index is left out where it only counts the rows."""
    import pandas as pd

    if frame.empty and not len(frame.columns):
        return f'<p class="kk-df-note">{escape(say("frame_table.none"))}</p>'
    if frame.columns.nlevels > 1:  # a head of several rows is not for this table
        return str(frame.to_html(max_rows=60))
    wanted = frame.head(max(PAGE, MOST_CELLS // max(1, len(frame.columns))))
    named = wanted if isinstance(wanted.index, pd.RangeIndex) else _with_index(wanted)
    columns = [named.iloc[:, place] for place in range(named.shape[1])]
    names = [str(name) for name in named.columns]
    meanings = meant(tuple(names), say.language)
    written = [_written(column, name, say) for column, name in zip(columns, names, strict=True)]
    classes = [_class(column, texts) for column, (texts, _) in zip(columns, written, strict=True)]
    rows = [list(row) for row in zip(*(texts for texts, _ in written), strict=True)]
    head = "".join(_head(name, meanings.get(name, "")) for name in names)
    first = "".join(
        "<tr>" + "".join(f'<td class="{of}">{escape(text)}</td>' for text, of in zip(row, classes, strict=True)) + "</tr>"
        for row in rows[:PAGE]
    )
    notes = []
    if len(rows) > PAGE:
        notes.append(f'<p class="kk-df-note kk-df-first">{escape(say("frame_table.first", count=PAGE, all=len(rows)))}</p>')
    if len(frame) > len(rows):
        notes.append(f'<p class="kk-df-note">{escape(say("frame_table.cut", count=len(rows), all=len(frame)))}</p>')
    data = {"rows": rows, "keys": [keys for _, keys in written], "classes": classes, "words": _words(say), "page": PAGE}
    return (
        f"<style>{_file('frame_table.css')}</style>"
        f'<div class="kk-df"><div class="kk-df-scroll"><table class="dataframe kk-df-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{first}</tbody></table></div>{''.join(notes)}"
        f'<script type="application/json">{_within_script(data)}</script><script>{_file("frame_table.js")}</script></div>'
    )


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The index as columns beside the others, also where a column has the same name."""
    import pandas as pd

    levels = [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
    named = pd.DataFrame(dict(enumerate(levels)), index=frame.index)
    named.columns = pd.Index([str(level.name) if level.name is not None else "" for level in levels])
    return pd.concat([named, frame.set_axis(frame.columns.map(str), axis=1)], axis=1)


def _written(column: pd.Series, name: str, say: Say) -> tuple[list[str], list[float | None] | None]:
    """A column's texts in the reader's way, and what it is sorted by where that is not its text."""
    import pandas as pd

    values = column.tolist()
    if pd.api.types.is_bool_dtype(column):
        return ["" if is_missing(value) else say.any(bool(value)) for value in values], None
    if pd.api.types.is_datetime64_any_dtype(column):
        days = getattr(column.dt, "tz", None) is None and bool((column.dropna() == column.dropna().dt.normalize()).all())
        write = say.date if days else say.moment
        return (
            ["" if is_missing(value) else write(value, short=True) for value in values],
            [None if is_missing(value) else value.timestamp() for value in values],
        )
    if pd.api.types.is_numeric_dtype(column):
        whole = pd.api.types.is_integer_dtype(column)
        return (
            ["" if is_missing(value) else _number(value, whole, name.endswith("_vnd"), say) for value in values],
            [None if is_missing(value) else float(value) for value in values],
        )
    return ["" if is_missing(value) else _text(value, say) for value in _flat(values)], None


def _flat(values: list[Any]) -> list[Any]:
    """A list in a cell is missing or not as a whole."""
    return [", ".join(map(str, value)) if isinstance(value, list | tuple | set) else value for value in values]


def _number(value: Any, whole: bool, money: bool, say: Say) -> str:
    """Money is grouped; other whole numbers may be ids and stand as they are."""
    if money:
        return say.number(round(value))
    return str(int(value)) if whole else say.number(value, 2 if abs(value) < 1_000 else 0)


def _text(value: Any, say: Say) -> str:
    text = value if isinstance(value, str) else say.date(value) if isinstance(value, datetime) else str(value)
    told = say.told(text) if text.startswith(("{", "[")) else text
    return told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"


def _head(name: str, meaning: str) -> str:
    title = f' title="{escape(meaning, quote=True)}"' if meaning else ""
    return f'<th scope="col"{title}>{escape(name)}</th>'


def _class(column: pd.Series, texts: list[str]) -> str:
    """How a column is set: numbers to the right, long texts in several lines, all else in one."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return "kk-df-n"
    return "kk-df-l" if any(len(text) > _LONG for text in texts) else ""


def _words(say: Say) -> dict[str, str]:
    """What the script says. Numbers are put in by it."""
    there = {name: "{" + name + "}" for name in ("first", "last", "count", "all")}
    return {
        "language": say.language,
        "comma": "." if say.language == "vi" else ",",
        "search": say("frame_table.search"),
        "back": say("frame_table.back"),
        "on": say("frame_table.on"),
        "none": say("frame_table.not_found"),
        "all": say("frame_table.rows", **there),
        "found": say("frame_table.found", **there),
    }


def _within_script(data: object) -> str:
    """JSON that ends no script element, whatever a device calls itself."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _documented(language: str) -> dict[str, Mapping[str, str]]:
    """frame -> column -> meaning with its unit, of the inventory's frames and those of the analyses."""
    from analysis import frames as made
    from inventory.frames import columns as kept

    documented: dict[str, Mapping[str, str]] = {}
    for room in (kept, made):
        vi = room.vietnamese() if language == "vi" else None
        units = kept.vietnamese()["units"] | (vi or {}).get("units", {}) if vi else {}
        for name, columns in room.FRAMES.items():
            meanings = {}
            for column in columns:
                meaning = vi["frames"][name][column.name] if vi else column.meaning
                unit = units.get(column.unit, column.unit)
                meanings[column.name] = f"{meaning} ({unit})" if unit else meaning
            documented[name] = meanings
    return documented


def meant(names: tuple[str, ...], language: str) -> dict[str, str]:
    """What the columns of a frame with these names mean: as in the documented frame with the most of them, and fewest others."""
    documented = _documented(language)
    there = set(names)
    nearest = max(documented, key=lambda frame: (len(there & documented[frame].keys()), -len(documented[frame])))
    return {name: meaning for name, meaning in documented[nearest].items() if name in there}
