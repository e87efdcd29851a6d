"""The date that a maker writes into serial numbers (`inventory.serial_dates`)."""

from __future__ import annotations

from datetime import date

from analysis.ageing.belief import Evidence, Piece
from inventory import serial_dates


def serial(vendor: str, kind: str, number: str, today: date) -> Evidence | None:
    """One piece, or one a decade where the layout leaves that open: each as likely as the prior makes it."""
    intervals = serial_dates.made(vendor, kind, number, today)
    if not intervals:
        return None
    pieces: list[Piece] = []
    for interval in intervals:
        if interval.shares:
            pieces += (Piece(interval.first + n, interval.first + n, share) for n, share in enumerate(interval.shares))
        else:  # a year or decade that has hardly begun has fewer months: by length, so that every month counts alike
            pieces.append(Piece(interval.first, interval.last, float(interval.last - interval.first + 1)))
    return Evidence("serial", tuple(pieces), intervals[0].reliability)
