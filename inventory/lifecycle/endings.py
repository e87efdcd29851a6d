"""An end that is told as a day, or only as having come or not, and what follows from it on another day: supported, past, unknown.

No end that is told is *unknown*, never "supported".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from inventory.lifecycle.tables import Row

SUPPORTED, PAST, UNKNOWN = "supported", "past", "unknown"

#: "No end is announced" is believed for this long after somebody looked; then it is to be looked at again.
FRESH = timedelta(days=365)

_WORDS = {"true": True, "ended": True, "false": False, "open": False}


@dataclass(frozen=True, slots=True)
class Ending:
    """`day`: the last day. Without one, `ended`: it has ended (True), no end is announced (False), nothing is told (None)."""

    day: date | None = None
    ended: bool | None = None

    def status(self, on: date, checked_on: date | None) -> str:
        """On a day, from what was told on `checked_on` (None: nobody knows when)."""
        if self.day is not None:
            return PAST if self.day < on else SUPPORTED
        if self.ended:
            return PAST if checked_on is None or checked_on <= on else UNKNOWN
        if self.ended is False and checked_on is not None and on <= checked_on + FRESH:
            return SUPPORTED
        return UNKNOWN

    def written(self) -> str:
        """As it stands in a table."""
        if self.day is not None:
            return self.day.isoformat()
        return "" if self.ended is None else "ended" if self.ended else "open"


#: Nothing is told.
UNTOLD = Ending()


def ending(row: Row, column: str) -> Ending:
    """A day, "ended" (or true), "open" (or false), or a blank. Raises `LifecycleError`."""
    said = row.text(column).casefold()
    if said in _WORDS:
        return Ending(ended=_WORDS[said])
    return Ending(row.day(column))
