"""How far sources are trusted and how their dates lie to that of manufacture: `analysis/data/ageing.yaml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from analysis.ageing.belief import Evidence, Piece
from analysis.tables import data_yaml

#: Months: distances of a day in these are cut into steps of 3, farther ones into steps of 12.
_NEAR, _NEAR_STEP, _FAR_STEP = 24, 3, 12


@cache
def parameters() -> dict[str, dict[str, Any]]:
    """By source: trust, and what else that source needs."""
    return data_yaml("ageing.yaml")


def trust(name: str) -> float:
    return float(parameters()[name]["trust"])


def before(name: str, first: int, last: int, now: int, share: float = 1.0) -> tuple[Piece, ...]:
    """Pieces of a thing made the usual months before (or after) a day between two months: the sum of both doubts, in steps.

    Nothing is made after `now`: what lies there is cut off.
    """
    found = []
    for least, most, part in _steps(name):
        piece_first, piece_last = first - most, min(last - least, now)
        if piece_first <= piece_last:
            found.append(Piece(piece_first, piece_last, share * part))
    return tuple(found)


@cache
def _steps(name: str) -> tuple[tuple[int, int, float], ...]:
    """The pieces of a source cut into short ones, the longer the farther they are: least months, most months, share."""
    found = []
    for piece in parameters()[name]["pieces"]:
        length, least = piece["to"] - piece["from"] + 1, piece["from"]
        while least <= piece["to"]:
            most = min(least + (_NEAR_STEP if least < _NEAR else _FAR_STEP) - 1, piece["to"])
            found.append((least, most, piece["share"] * (most - least + 1) / length))
            least = most + 1
    return tuple(found)


def dated(name: str, pieces: tuple[Piece, ...], certainty: float = 1.0) -> Evidence | None:
    """Evidence of pieces; None where none is left. `certainty`: that the date belongs to this device at all."""
    return Evidence(name, pieces, trust(name) * certainty) if pieces else None
