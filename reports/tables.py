"""Tables of a report: which columns of a frame are shown, how they are written, and what they sum to. Pure.

A table becomes one JSON payload that holds raw values, totals and formats. The document (`reports.markup`) and the
spreadsheet (`reports.to_xlsx`) are both made from it, so their numbers agree by construction.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

from reports.formulas import Arithmetic, SumOf
from reports.texts import Say, as_datetime, is_missing

Format = Literal["text", "int", "number", "years", "dong", "million", "percent", "date", "moment", "year", "flag"]
NUMERIC = frozenset({"int", "number", "years", "dong", "million", "percent"})
SUMMABLE = frozenset({"int", "number", "years", "dong", "million"})
FORMATS = frozenset({"text", "date", "moment", "year", "flag"}) | NUMERIC
DEFAULT_DECIMALS = {"number": 1, "years": 1, "million": 1, "percent": 0}
CHARTS = ("bar", "column", "line", "stacked_bar", "stacked_column")
LONGEST_TEXT = 4000
# Not allowed in XML, or able to turn the reading order around: devices send both.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report's table.

    `name` is the frame's column, `title` the head that people read, `format` one of `FORMATS`: `dong` is written in full,
    `million` shows dong in millions (the frame holds dong in both), `percent` takes a share 0..1, `year` a calendar year.
    `unit` stands in the head; None takes the format's own (năm, đồng, triệu đồng), "" none.
    `low` and `high` name columns that bound the value: the document shows `10,7 (10,2–11,2)`, the spreadsheet three columns.
    `words` is a section of the texts that says the values of a closed set ("kind", "state").
    `mark_from` / `mark_to` mark values at least / at most that large as needing action.
    `total` sums the column. `width` is in characters of the spreadsheet. `help` explains the column; else
    the text `column_help.<name>` does, where there is one.
    `document=False` keeps the column for the spreadsheet.
    `formula` says how the spreadsheet works the column out; the frame holds the same values.
    """

    name: str
    title: str
    format: Format = "text"
    unit: str | None = None
    decimals: int | None = None
    total: bool = False
    low: str | None = None
    high: str | None = None
    words: str | None = None
    mark_from: float | None = None
    mark_to: float | None = None
    width: float | None = None
    help: str = ""
    document: bool = True
    formula: SumOf | Arithmetic | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ValueError(f"column {self.name!r}: format {self.format!r} is not one of {', '.join(sorted(FORMATS))}")
        if self.total and self.format not in SUMMABLE:
            raise ValueError(f"column {self.name!r}: {self.format} does not add up")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"column {self.name!r}: an interval has both low and high")
        if self.formula is not None and self.format not in SUMMABLE:
            raise ValueError(f"column {self.name!r}: a formula gives a number, not {self.format}")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that the spreadsheet draws over a table's columns: `kind` one of `CHARTS`; columns by the frame's names."""

    kind: str
    category: str
    values: tuple[str, ...]
    title: str
    value_title: str = ""
    rows: int | None = None  # the first rows only
    colours: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.kind not in CHARTS:
            raise ValueError(f"chart {self.title!r}: {self.kind!r} is not one of {', '.join(CHARTS)}")


def clean_text(value: object) -> str:
    """Text that a device or a person sent, without what breaks documents: controls, reading-order marks, endless length."""
    text = _UNPRINTABLE.sub("", str(value)).strip()
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _raw(value: Any, column: Column, say: Say) -> Any:
    """A frame's value as JSON: number, text, ISO date, bool or None."""
    if column.words is not None:
        return say.word(column.words, value)
    if is_missing(value):
        return None
    match column.format:
        case "text":
            return say.any(value) if isinstance(value, date | bool) else clean_text(value)
        case "flag":
            return bool(value)
        case "date":
            return as_datetime(value).date().isoformat()
        case "moment":
            return as_datetime(value).replace(tzinfo=None).isoformat(timespec="minutes")
        case "year":
            return value.year if isinstance(value, date) else int(value)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"column {column.name!r} is {column.format}, but holds {value!r}")
    if isinstance(value, Integral):
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None


def unit_of(column: Column, say: Say) -> str:
    """What stands in the head after the title."""
    if column.unit is not None:
        return column.unit
    return say(f"show.unit_{column.format}") if column.format in ("years", "dong", "million") else ""


def table_payload(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    say: Say,
    *,
    sheet: str,
    title: str = "",
    note: str = "",
    accent: str | None = None,
    top: int | None = None,
    chart: Chart | None = None,
) -> dict[str, Any]:
    """The table as JSON: `columns`, `rows` of raw values, `totals` by column, `accents` by row, `chart`.

    Raises `KeyError` with the frame's columns when one that is asked for is not there.
    """
    shown: list[dict[str, Any]] = []
    series: list[list[Any]] = []

    def add(column: Column, **more: Any) -> int:
        if column.name not in frame.columns:
            raise KeyError(f"the table {sheet!r} asks for {column.name!r}; the frame has {', '.join(map(str, frame.columns))}")
        values = [_raw(value, column, say) for value in frame[column.name].tolist()]
        spec = asdict(column) | {
            "help": column.help or (say(f"column_help.{column.name}") if say.has(f"column_help.{column.name}") else ""),
            "unit": unit_of(column, say),
            "decimals": DEFAULT_DECIMALS.get(column.format, 0) if column.decimals is None else column.decimals,
            "sum": _sum(values) if column.total else None,
        }
        shown.append(spec | more)
        series.append(values)
        return len(shown) - 1

    for column in columns:
        position = add(column)
        if column.low is not None and column.high is not None:
            low, high = (
                Column(name, say(f"show.{which}", title=column.title), column.format, column.unit, column.decimals)
                for which, name in (("low", column.low), ("high", column.high))
            )
            shown[position]["interval"] = [add(low, document=False), add(high, document=False)]
    for name in (chart.category, *chart.values) if chart else ():
        if name not in {column["name"] for column in shown}:
            raise KeyError(f"the chart {chart.title!r} asks for {name!r}, which the table {sheet!r} does not show")  # type: ignore[union-attr]
    accents = [not is_missing(value) and bool(value) for value in frame[accent].tolist()] if accent else []
    return {
        "sheet": sheet,
        "title": title,
        "note": note,
        "columns": shown,
        "rows": [list(row) for row in zip(*series, strict=True)] if len(frame) else [],
        "accents": accents,
        "top": top,
        "chart": asdict(chart) if chart else None,
    }


def _sum(values: list[Any]) -> int | float:
    known = [value for value in values if value is not None]
    return sum(known) if all(isinstance(value, int) for value in known) else math.fsum(known)


def written(value: Any, column: Mapping[str, Any], say: Say) -> str:
    """A raw value of a payload as people read it, without its unit (which stands in the head)."""
    if value is None:
        return say("format.missing")
    decimals = column["decimals"]
    match column["format"]:
        case "int" | "number" | "years" | "dong":
            return say.number(value, decimals)
        case "million":
            return say.millions(value, decimals)
        case "percent":
            return say.percent(value, decimals)
        case "date":
            return say.date(value, short=True)
        case "moment":
            return say.moment(datetime.fromisoformat(value), short=True)
        case "flag":
            return say("format.yes" if value else "format.no")
    return str(value)
