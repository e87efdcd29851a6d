"""Blocks of a page that stands alone (`reports.show.sheet`): a list, a numbered list, or a small table, said already. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reports.tables import clean_text

Place = Literal["top", "left", "right", "bottom"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `title`, where it stands (`place`), and what it holds: `lines`, counted where `numbered`, or `heads` and `rows`
    of a small table whose columns `numbers` are right-aligned. `empty` is said where there is nothing to hold."""

    title: str
    place: Place
    lines: Sequence[str] = ()
    numbered: bool = False
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    numbers: frozenset[int] = field(default_factory=frozenset)
    note: str = ""
    empty: str = ""

    def payload(self) -> dict[str, Any]:
        return {
            "title": clean_text(self.title),
            "place": self.place,
            "lines": [clean_text(line) for line in self.lines],
            "numbered": self.numbered,
            "heads": [clean_text(head) for head in self.heads],
            "rows": [[clean_text(cell) for cell in row] for row in self.rows],
            "numbers": sorted(self.numbers),
            "note": clean_text(self.note),
            "empty": clean_text(self.empty),
        }
