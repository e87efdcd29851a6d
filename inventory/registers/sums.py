"""Whether the totals of a table add up, and its prices agree. What does not is noted; nothing is changed by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from inventory.registers.columns import PRICES, Columns
from inventory.registers.contents import doubtful_scale
from inventory.registers.files.cells import letters, place, where
from inventory.registers.records import Line
from inventory.sentences import pack

#: Fields of which totals are told.
SUMMED = ("quantity", "price", "residual_value")
_SAME = 0.005  # amounts that differ by less are the same: thousands that were rounded


class Sum(NamedTuple):
    """A row of totals, or a group: sums begin and end there, also where none is told."""

    row: int
    before: int  # lines of the table that stand above
    told: Mapping[str, tuple[int, int]]  # field -> column, amount


def of_totals(sums: Sequence[Sum], lines: Sequence[Line], sheet: str, refused: Collection[str]) -> list[str]:
    """Notes on totals that are the sum of no run of lines that begins or ends at them. Fields in `refused` cannot be summed."""
    notes = []
    bounds = sorted({0, len(lines), *(one.before for one in sums)})
    for name in (name for name in SUMMED if name not in refused):
        up_to = [0, *accumulate(_amount(line, name) for line in lines)]
        at_bounds = [(bound, up_to[bound]) for bound in bounds]
        for one in sums:
            if name not in one.told or not lines:
                continue
            column, told = one.told[name]
            here = up_to[one.before]
            found = {here - total if bound < one.before else total - here for bound, total in at_bounds if bound != one.before}
            found.add(up_to[-1])
            same = _SAME * max(told, 1) if name != "quantity" else 0
            if not any(abs(total - told) <= same for total in found):
                nearest = min(found, key=lambda total: (abs(total - told), total))
                notes.append(pack("detail.register_total", where=where(sheet, place(one.row, column)), told=told, found=nearest))
    return notes


def of_prices(lines: Sequence[Line], sheet: str, columns: Columns, file: str) -> list[str]:
    """Notes on prices that contradict each other, and prices that cannot be dong."""
    notes = []
    wrong = [line for line in lines if _contradicts_itself(line)]
    if wrong:
        cell = where(sheet, place(wrong[0].row, columns.at["price"]))
        notes.append(pack("detail.register_prices", where=cell, count=len(wrong)))
    for name in PRICES[:2]:
        told = [price for line in lines if (price := getattr(line, f"{name}_vnd")) is not None]
        if doubtful_scale(told):
            heading = columns.table.headings.get(letters(columns.at[name]), name)
            notes.append(pack("detail.register_scale", sheet=sheet or file, heading=heading))
    return notes


def _contradicts_itself(line: Line) -> bool:
    if not line.price_vnd or not line.unit_price_vnd:
        return False
    return abs(line.unit_price_vnd * line.quantity - line.price_vnd) > _SAME * line.price_vnd


def _amount(line: Line, name: str) -> int:
    if name == "quantity":
        return line.quantity
    if name == "price" and line.price_vnd is None and line.unit_price_vnd is not None:
        return line.unit_price_vnd * line.quantity
    return getattr(line, f"{name}_vnd") or 0
