"""Dates that a device tells, and the day when it was first seen."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.ageing.belief import MONTHS, Evidence, span
from analysis.ageing.sources.reliability import before, dated, trust
from inventory.serial_dates import month_number

#: Kinds whose "manufactured" is the day of the firmware (BIOS).
FIRMWARE_DATED = frozenset({"pc", "server", "storage"})


def day_of(value: object) -> date | None:
    """A cell of a frame as a day; None where it is missing."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return value.date() if isinstance(value, pd.Timestamp) else pd.Timestamp(value).date()  # type: ignore[arg-type]


def manufactured(kind: str, told: date | None, today: date) -> Evidence | None:
    """The maker's own record (`told`), or of computers the day of the firmware (`firmware`)."""
    if told is None or not _possible(told, today):
        return None
    month, now = month_number(told), month_number(today)
    if kind in FIRMWARE_DATED:
        # the pieces say by how much the firmware is older than the machine (negative) or younger (positive)
        return dated("firmware", before("firmware", month, month, now))
    return span("told", month, month, trust("told"))


def not_after(name: str, day: date | None, today: date) -> Evidence | None:
    """A device was made before this day: the installation of its system, the first scan that saw it."""
    if day is None or not _possible(day, today):
        return None
    return span(name, month_number(today) - MONTHS + 1, month_number(day), trust(name))


def _possible(day: date, today: date) -> bool:
    return day <= today and month_number(day) > month_number(today) - MONTHS
