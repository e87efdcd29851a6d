"""What changed between the rows that are true and the rows that were just seen. Pure; knows no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = tuple[Any, str]  # (owner, key)
Values = tuple[object, ...]


@dataclass
class Delta:
    """Rows to close and rows to open; a row that changed is in both. Keys are (owner, key)."""

    opened: dict[Row, Values] = field(default_factory=dict)
    closed: list[Row] = field(default_factory=list)

    def add(self, current: Mapping[Any, Values], seen: Mapping[Any, Values], closable: Collection) -> None:
        """Compare what was seen with what is true; only `closable` rows may end by not being seen."""
        for key, values in seen.items():
            before = current.get(key)
            if before == values:
                continue
            if before is not None:
                self.closed.append(key)
            self.opened[key] = values
        self.closed.extend(key for key in closable if key in current and key not in seen)

    def of(self, owner: Any, current: Mapping[str, Values], seen: Mapping[str, Values], ended: Collection[str]) -> None:
        """`add` for the rows of one owner, by key alone."""
        for key, values in seen.items():
            before = current.get(key)
            if before is values or before == values:
                continue
            if before is not None:
                self.closed.append((owner, key))
            self.opened[owner, key] = values
        self.closed.extend((owner, key) for key in ended if key in current and key not in seen)


def fill(values: Values, before: Values | None) -> Values:
    """What is missing now keeps its value: for answers that were cut short."""
    if before is None:
        return values
    return tuple([old if new is None else new for new, old in zip(values, before, strict=True)])
