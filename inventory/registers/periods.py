"""Dates of a register as intervals: a bare year is a day somewhere in that year."""

from __future__ import annotations

import calendar
import re

_TOLD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def first_day(told: str | None) -> str | None:
    """The earliest day that "2012", "2012-07" or "2012-07-15" can be, ISO; None for anything else."""
    match = _TOLD.fullmatch(told or "")
    return f"{match[1]}-{match[2] or '01'}-{match[3] or '01'}" if match else None


def last_day(told: str | None) -> str | None:
    """The latest such day.

    >>> last_day("2012"), last_day("2012-02")
    ('2012-12-31', '2012-02-29')
    """
    match = _TOLD.fullmatch(told or "")
    if not match or match[3]:
        return told if match else None
    month = int(match[2] or 12)
    return f"{match[1]}-{month:02d}-{calendar.monthrange(int(match[1]), month)[1]:02d}" if 1 <= month <= 12 else None
