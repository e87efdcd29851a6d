"""A comparison of two runs in lines of text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.site.compare import is_same, is_same_table, step
from reports.tables import written
from reports.texts import Say

ARROW = "→"


def lines(found: Mapping[str, Any], say: Say, most: int) -> Iterator[str]:
    """What `reports.site.compare.compare` found, in the reader's way; of each table at most `most` rows of each sort."""
    if found["figures"]:
        yield say("site.figures")
        for line in found["figures"]:
            yield f"  {line['label']}: {_step(line['before'], line['after'], line['difference'], say)}"
    different = [line for line in found["findings"] if line["before"] != line["after"]]
    if different:
        yield say("site.findings")
        for line in different:
            yield from (
                f"  {sign} {line[side].replace('**', '')}" for sign, side in (("-", "before"), ("+", "after")) if line[side]
            )
    for table in found["tables"]:
        if not is_same_table(table):
            yield from _table(table, say, most)
    if same := [table["sheet"] for table in found["tables"] if is_same_table(table)]:
        yield say("site.same_tables", tables="; ".join(same))
    if is_same(found):
        yield say("site.no_difference")


def _step(before: str | None, after: str | None, difference: str, say: Say) -> str:
    old, new = (say("format.missing") if text is None else text for text in (before, after))
    if old == new:
        return new
    return f"{old} {ARROW} {new}" + (f" ({difference})" if difference else "")


def _table(table: Mapping[str, Any], say: Say, most: int) -> Iterator[str]:
    if not (table["before"] and table["after"]):
        yield f"{table['sheet']}: {say('site.table_new' if table['after'] else 'site.table_gone')}"
        return
    counts = {name: len(table[name]) for name in ("new", "gone", "changed")}
    yield f"{table['sheet']}: {say('site.rows', same=table['same'], **counts)}"
    for name in ("columns_new", "columns_gone"):
        if table[name]:
            yield "  " + say(f"site.{name}", columns=", ".join(table[name]))
    columns = table["columns"]
    for row in table["changed"][:most]:
        steps = "; ".join(
            f"{columns[place]['title']} {_changed(row['before'][place], row['after'][place], columns[place], say)}"
            for place in row["cells"]
        )
        yield f"  ~ {_named(row['after'], table['named'] or [0], columns, say)}: {steps}"
    for sign, name in (("+", "new"), ("-", "gone")):
        yield from (f"  {sign} {_named(row, range(len(columns)), columns, say)}" for row in table[name][:most])
    if left := sum(max(0, count - most) for count in counts.values()):
        yield "  " + say("site.more_rows", count=left)


def _named(row: Sequence[Any], places: Sequence[int], columns: Sequence[Mapping[str, Any]], say: Say) -> str:
    return " · ".join(written(row[place], dict(columns[place]), say) for place in places if row[place] not in (None, ""))


def _changed(before: Any, after: Any, column: Mapping[str, Any], say: Say) -> str:
    old, new = (written(value, dict(column), say) for value in (before, after))
    return _step(old, new, difference(before, after, column, say), say)


def difference(before: Any, after: Any, column: Mapping[str, Any], say: Say) -> str:
    """What lies between two raw values of a column: "+4", "−1,5"; "" for what are no numbers."""
    apart = step(before, after, column)
    if apart is None:
        return ""
    text = say.number(abs(apart), column["decimals"])
    return ("+" if apart > 0 else "\u2212") + (say("site.points", amount=text) if column["format"] == "percent" else text)
