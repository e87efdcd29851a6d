"""Sentences that a person must read, as data: a key and its values, so that they exist in Vietnamese and English.

The English template stands in the class that raises it; the Vietnamese one under `problem.<key>` in the reports' texts.
"""

from __future__ import annotations

from typing import ClassVar


class Problem(Exception):
    """What is wrong, where, and how to mend it. `str()` is the English sentence."""

    TEMPLATES: ClassVar[dict[str, str]] = {}

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(self.TEMPLATES[key].format(**values))
