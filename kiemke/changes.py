"""What changed between two scans, a line each for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis import words
from reports.texts import Say, is_missing

if TYPE_CHECKING:
    import pandas as pd


def lines(changes: pd.DataFrame, devices: pd.DataFrame, offices: pd.DataFrame, say: Say) -> Iterator[str]:
    """`Thái Hòa commune · port SW1 (127.20.13.130) Fa0/14 · changed has a signal: no → yes`, in the frame's order."""
    shown = words.changes(words.with_devices(words.with_offices(changes, offices, say), devices), say, offices, devices)
    for row in shown.itertuples():
        address = None if is_missing(row.address) else f"({row.address})"
        named = (say.word("subject", row.subject), row.sys_name, address, row.item)
        thing = " ".join(str(part) for part in named if not is_missing(part))
        change = say.word("change", row.change)
        field = f" {row.field_words!s}" if row.field_words and row.change == "changed" else ""
        values = [str(value) for value in (row.before_words, row.after_words) if value]
        yield f"{row.office_name!s} · {thing} · {change}{field}" + (f": {' → '.join(values)}" if values else "")
