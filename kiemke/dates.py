"""Dates as people type them."""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar

from inventory.problems import Problem


class DateError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {"date_unreadable": "'{given}' is not a date; write dd/mm/yyyy or yyyy-mm-dd."}


def parse(given: str) -> date | None:
    """dd/mm/yyyy or yyyy-mm-dd; "" is None. Raises `DateError`."""
    if not given.strip():
        return None
    local = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*", given)
    try:
        return date(int(local[3]), int(local[2]), int(local[1])) if local else date.fromisoformat(given.strip())
    except ValueError:
        raise DateError("date_unreadable", given=given) from None
