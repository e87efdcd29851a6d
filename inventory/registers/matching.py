"""Which thing on the network each line of the registers is. Pure.

`sides` (the records) -> `evidence`, `identifiers` (what agrees) -> `weights` (what that is worth) -> `whose_books` (offices that
no register tells) -> `assignment` (one to one) -> `verdicts` (buckets, and reasons in words). What people ruled comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inventory.frames.surroundings import maker
from inventory.hardware_addresses import tells_a_box
from inventory.registers import chances, verdicts, weights
from inventory.registers.assignment import Edges, best, marginals
from inventory.registers.records import Match
from inventory.registers.rulings import Ruled, units_of
from inventory.registers.sides import Asset, Ground, OfficeGround, Ruling, Thing
from inventory.registers.verdicts import Claims, Outcome
from inventory.registers.whose_books import supposed_offices

#: Pairs that are less likely teach nothing.
_LEAST_LIKELY = 0.05

__all__ = ["Asset", "Ground", "OfficeGround", "Ruling", "Thing", "match"]


def match(assets: Iterable[Asset], things: Iterable[Thing], ground: Ground, rulings: Iterable[Ruling] = ()) -> list[Match]:
    """One match a unit of every line, and one for each thing that no line tells of; the order of the input does not matter.

    Sorted by asset and unit, then things on no books by device and MAC. A matched device or MAC occurs once, or as many times
    as the thing has boxes. Of a line of more than `rulings.MOST_UNITS` only so many units are told.
    """
    on_books = sorted({asset.id: asset for asset in sorted(assets, key=repr)}.values(), key=lambda asset: asset.id)
    there = sorted({(thing.device, thing.mac): thing for thing in sorted(things, key=repr)}.values(), key=_thing_order)
    ruled = Ruled(on_books, there, rulings)
    left = _left(on_books, there, ruled)
    table, supposed = _compared(on_books, there, ground, left)
    # A first look tells the habits of registers and network, a second one weighs by them; a third changes next to nothing.
    table = weights.table(table.lines, table.things, table.makers, ground, _likely(_claims(table, ground, left, ruled.never)))
    claims = _claims(table, ground, left, ruled.never)
    on_books = [Asset(asset.id, line) for asset, line in zip(on_books, table.lines, strict=True)]
    outcome = Outcome(tuple(on_books), tuple(there), ground, table, claims, left.unit_numbers, left.places, supposed)
    of_lines = sorted([*ruled.matches(), *verdicts.of_lines(outcome, best(claims.edges))], key=lambda m: (m.asset or 0, m.unit))
    return [*of_lines, *verdicts.of_things(outcome, of_lines)]


def _thing_order(thing: Thing) -> tuple[bool, int, str]:
    return thing.device is None, thing.device or 0, thing.mac or ""


def _maker(thing: Thing) -> str | None:
    """Who made the network card, as the OUI registry has it."""
    macs = sorted(thing.macs) if thing.mac is None else [thing.mac]
    return next((found for mac in macs if tells_a_box(mac) and (found := maker(mac))), None)


def _likely(claims: Claims) -> list[weights.Likely]:
    """Pairs that may well be one, to learn habits from."""
    kept = claims.probability >= _LEAST_LIKELY
    rows, columns, shares = claims.edges.rows[kept], claims.edges.columns[kept], claims.probability[kept]
    return list(zip(rows.tolist(), columns.tolist(), shares.tolist(), strict=True))


@dataclass(frozen=True)
class Left:
    """What is left to be matched when the rulings are kept: units of every line, places of every thing."""

    unit_numbers: tuple[tuple[int, ...], ...]
    places: NDArray[np.int64]

    @property
    def units(self) -> NDArray[np.int64]:
        return np.array([len(numbers) for numbers in self.unit_numbers], dtype=np.int64)


def _left(on_books: Sequence[Asset], there: Sequence[Thing], ruled: Ruled) -> Left:
    numbers = tuple(
        tuple(unit for unit in range(1, units_of(asset.line) + 1) if (asset.id, unit) not in ruled.settled) for asset in on_books
    )
    places = np.array([max(0, thing.boxes - ruled.taken[j]) for j, thing in enumerate(there)], dtype=np.int64)
    return Left(numbers, places)


def _compared(
    on_books: Sequence[Asset], there: Sequence[Thing], ground: Ground, left: Left
) -> tuple[weights.Table, frozenset[int]]:
    """Everything compared with everything, and the lines whose office is supposed, because their books do not tell it."""
    lines = [asset.line for asset in on_books]
    makers = [_maker(thing) for thing in there]
    table = weights.table(lines, there, makers, ground)
    if all(line.office is not None for line in lines):
        return table, frozenset()
    supposed = supposed_offices(lines, there, _pairs(table, ground, left))
    if not supposed:
        return table, frozenset()
    lines = [replace(line, office=supposed[i]) if i in supposed else line for i, line in enumerate(lines)]
    return weights.table(lines, there, makers, ground), frozenset(supposed)


def _pairs(table: weights.Table, ground: Ground, left: Left) -> weights.Pairs:
    """The pairs worth a look.

    That a line is seen at all, and a thing on the books at all, counts too: of a thing that hardly stays without a line, a line
    that fits is hardly another's.
    """
    serving = chances.in_service(table.lines, table.things, table.makers, ground)
    seen = chances.seen(table.lines, table.answers_elsewhere.tolist(), serving, ground)
    on_books = chances.on_books(table.things, table.makers)
    alone = np.log1p(-on_books) + np.log(max(float(left.places.sum()), 1.0))
    return weights.pairs(table, np.log(seen / (1.0 - seen)), alone)


def _claims(table: weights.Table, ground: Ground, left: Left, never: frozenset[tuple[int, int]]) -> Claims:
    """How likely each pair is that nobody ruled on."""
    pairs = _pairs(table, ground, left)
    known = zip(pairs.lines.tolist(), pairs.things.tolist(), strict=True)
    free = (left.units[pairs.lines] > 0) & (left.places[pairs.things] > 0) & np.array([pair not in never for pair in known], bool)
    edges = Edges(pairs.lines[free], pairs.things[free], pairs.weights[free], left.units, left.places)
    return Claims(edges, marginals(edges))
