"""Which thing on the network each line of the registers is. Pure.

The records that it compares are in `inventory.registers.sides`.
"""

from __future__ import annotations

from collections.abc import Iterable

from inventory.registers.records import Match
from inventory.registers.sides import Asset, Ground, OfficeGround, Ruling, Thing

__all__ = ["Asset", "Ground", "OfficeGround", "Ruling", "Thing", "match"]


def match(assets: Iterable[Asset], things: Iterable[Thing], ground: Ground, rulings: Iterable[Ruling] = ()) -> list[Match]:
    """One match a unit of every line, and one for each thing that no line tells of; the order of the input does not matter."""
    raise NotImplementedError
