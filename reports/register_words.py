"""What a purchase register says, in the reader's words: values, changes, sums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from inventory.names import asset_name
from inventory.registers.imports import Change, Difference
from inventory.registers.recognised import HELD, Column, Layout
from inventory.registers.records import State
from reports.texts import Say

_FIELD_OF: Mapping[str, str] = {held: field for field, held in HELD.items()}
#: Where a line stands is no change of what it says.
_PLACE = ("file", "sheet", "row")


def value(say: Say, told: object) -> str:
    """One value of a line."""
    if told in (None, "", ()):
        return say("format.missing")
    if isinstance(told, State):
        return say.word("asset_state", told)
    if isinstance(told, tuple):
        return ", ".join(": ".join(one) if isinstance(one, tuple) else str(one) for one in told)
    return say.any(told)


def samples(say: Say, column: Column) -> str:
    return " · ".join(value(say, told) for told in column.samples)


def layout(say: Say, file: str, shown: Layout) -> str:
    """Which tables of a file these are: so.xlsx, trang tính “TSCĐ”, tiêu đề ở dòng 4"""
    first, last = shown.heading_rows
    rows = f"{first}" if first == last else f"{first}–{last}"
    sheets = ", ".join(f"“{sheet}”" for sheet in shown.sheets if sheet)
    told = (
        say("register.table", file=file, sheets=sheets, rows=rows) if sheets else say("register.only_table", file=file, rows=rows)
    )
    return told if shown.scale == 1 else f"{told} {say('register.scale', scale=shown.scale)}"


def field(say: Say, name: str) -> str:
    """The name of a field of a line: of `records.FIELDS`, or as the record calls it."""
    return say.word("register_field", _FIELD_OF.get(name, name))


def change(say: Say, changed: Change) -> str:
    """tình trạng: đang dùng → hỏng; nơi đặt: P.101 → P.102"""
    names = [name for name in changed.fields if name not in _PLACE]
    # The code of an office follows from its words: one of them is enough.
    names = [name for name in names if name != "office" or "office_told" not in names]
    pairs = [(name, getattr(changed.before, name), getattr(changed.after, name)) for name in names]
    return "; ".join(f"{field(say, name)}: {value(say, old)} → {value(say, new)}" for name, old, new in pairs)


def counts(say: Say, found: Difference) -> dict[str, int]:
    """How many lines do what, by its words."""
    return {
        say("register.added"): len(found.added),
        say("register.returned"): len(found.returned),
        say("register.changed"): len(found.changed),
        say("register.ended"): len(found.ended),
        say("register.unchanged"): found.unchanged + len(found.shifted),
        say("register.rejected"): len(found.rejected),
    }


def changes(say: Say, found: Difference) -> list[tuple[str, str, str, int, str, str, str]]:
    """(what, asset, sheet, row, code, name, values): lines that would not stay as they are.

    Of books that were never imported nothing is listed: all their lines are added.
    """
    if found.last_import is None:
        return []
    rows = [
        *(("added", one.id, one.line, "") for one in found.added),
        *(("returned", one.id, one.line, "") for one in found.returned),
        *(("changed", one.asset, one.after, change(say, one)) for one in found.changed),
        *(("ended", one.id, one.line, "") for one in found.ended),
    ]
    words = {what: say(f"register.{what}") for what in ("added", "returned", "changed", "ended")}
    return [
        (words[what], asset_name(asset), line.sheet, line.row, line.code or "", line.name, values)
        for what, asset, line, values in rows
    ]


def day(at: int) -> datetime:
    """Seconds since the epoch, for a text that says a date."""
    return datetime.fromtimestamp(at, UTC)
