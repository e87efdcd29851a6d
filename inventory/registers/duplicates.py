"""Lines that stand in a register twice: one thing has one serial number and one code. Two lines without either are two things."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from inventory.folding import fold
from inventory.junk import MANY
from inventory.registers import values
from inventory.registers.files.cells import place, where
from inventory.registers.records import Line, Rejected
from inventory.sentences import pack

_DATES = ("acquired", "in_use")
_PRICES = ("unit_price_vnd", "price_vnd")
_OTHERS = ("place", "user", "quantity", "host_name")


def parted(lines: Sequence[Line], columns: Sequence[Mapping[str, int]]) -> tuple[list[Line], list[Rejected], list[str]]:
    """(lines, repeated lines, notes). `columns`: of each line, field -> column.

    A line repeats an earlier one when they share a serial number or a code and do not tell of two things: a copied code or serial
    number is a mistake in one cell, and dropping the row would lose an asset. Such lines stay, with a note. What many different
    lines carry (the code of a type) tells nothing.
    """
    common = _carried(lines)
    kept: list[Line] = []
    rejected: list[Rejected] = []
    notes: list[str] = []
    by_serial: dict[str, list[Line]] = defaultdict(list)
    by_code: dict[str, list[Line]] = defaultdict(list)
    by_mac: dict[str, list[Line]] = defaultdict(list)
    copied = _copied(lines)
    for number, (line, at) in enumerate(zip(lines, columns, strict=True)):
        if (original := copied.get(number)) is not None:
            here = place(line.row, at.get("name", 1))
            reason = pack("detail.register_copied", where=where(original.sheet, f"A{original.row}"))
            rejected.append(Rejected(line.file, line.sheet, here, reason, line.name))
            continue
        serials = [plain for serial in line.serials if (plain := _plain(serial)) not in common]
        code = _plain(line.code) if line.code and _plain(line.code) not in common and values.codes(line.code) < 2 else ""
        shared = [("serial", other) for serial in serials for other in by_serial[serial]]
        shared += [("mac", other) for mac in line.macs for other in by_mac[mac]]
        shared += [("code", other) for other in by_code[code] if code]
        first = next(((name, other) for name, other in shared if _one_thing(line, other, name)), None)
        if first is not None:
            name, other = first
            told = _told(line, name)
            reason = pack("detail.register_repeated", value=told, where=where(other.sheet, f"A{other.row}"))
            rejected.append(Rejected(line.file, line.sheet, place(line.row, at.get(name, 1)), reason, told))
            continue
        for name, other in shared[:1]:
            value = _told(line, name)
            here = where(line.sheet, place(line.row, at.get(name, 1)))
            notes.append(pack("detail.register_twice", value=value, where=here, row=other.row))
        kept.append(line)
        for serial in serials:
            by_serial[serial].append(line)
        if code:
            by_code[code].append(line)
        for mac in line.macs:
            by_mac[mac].append(line)
    notes += [pack("detail.register_shared", value=value, count=count) for value, count in sorted(common.items())]
    notes += _alike(kept)
    return kept, rejected, notes


def _copied(lines: Sequence[Line]) -> dict[int, Line]:
    """Lines of sheets that repeat other sheets, a summary of rooms or last year's list, each with the line that it repeats.

    A sheet is a copy when most of its lines, several and different ones, stand in sheets before it, word for word and of the same
    office.
    """
    before: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    found: dict[int, Line] = {}
    for _, numbers in groupby(range(len(lines)), key=lambda number: lines[number].sheet):
        of_sheet = list(numbers)
        left = {key: list(standing) for key, standing in before.items()}
        pairs = {number: left[key].pop(0) for number in of_sheet if left.get(key := _says(lines[number]))}
        different = {_says(lines[number]) for number in pairs}
        if len(different) >= _COPY_LINES and len(pairs) >= _COPY_SHARE * len(of_sheet):
            found |= pairs
        for number in of_sheet:
            before[_says(lines[number])].append(lines[number])
    return found


_COPY_LINES, _COPY_SHARE = 3, 0.8


def _says(line: Line) -> tuple[object, ...]:
    day = line.in_use or line.acquired
    return (fold(line.name), line.office, line.code, line.serials, line.macs, day, line.quantity, line.price_vnd)


def _alike(lines: Sequence[Line]) -> list[str]:
    """A note on the first of neighbouring lines without code or number that say the same: two things, or one written twice."""
    pairs = [
        other
        for one, other in pairwise(lines)
        if (one.sheet, one.row + 1) == (other.sheet, other.row)
        and not (one.code or one.serials or one.macs)
        and replace(one, row=other.row) == other
    ]
    if not pairs:
        return []
    return [pack("detail.register_alike", where=where(pairs[0].sheet, f"A{pairs[0].row}"), count=len(pairs))]


def _told(line: Line, name: str) -> str:
    return (line.code or "") if name == "code" else ", ".join(line.serials if name == "serial" else line.macs)


def _plain(value: str) -> str:
    return "".join(value.split()).upper()


def _one_thing(one: Line, other: Line, shared: str) -> bool:
    """Whether two lines that share a serial number or a code tell of one thing.

    A shared code: nothing that both tell may differ. A shared serial number: the code and the kind may not, and of name,
    dates and prices one may.
    """
    if one.kind is not None and other.kind is not None and one.kind != other.kind:
        return False
    serials = {_plain(s) for s in one.serials}, {_plain(s) for s in other.serials}
    if all(serials) and not serials[0] & serials[1]:
        return False
    if one.code and other.code and _plain(one.code) != _plain(other.code):
        return False
    names = fold(one.name) != fold(other.name)
    differences = [names, any(_differ(one, other, name) for name in _DATES), any(_differ(one, other, name) for name in _PRICES)]
    if shared in ("serial", "mac"):
        return sum(differences) < 2
    return not any(differences) and not any(_differ(one, other, name) for name in _OTHERS)


def _differ(one: Line, other: Line, name: str) -> bool:
    first, second = getattr(one, name), getattr(other, name)
    if first is None or second is None:
        return False
    if name in _DATES:
        return not (str(first).startswith(str(second)) or str(second).startswith(str(first)))
    return (fold(first) != fold(second)) if isinstance(first, str) else first != second


def _carried(lines: Sequence[Line]) -> dict[str, int]:
    """What many lines carry, and how many: serial numbers of lines that differ in what else they say, codes of any lines.

    A row is pasted twice, seldom oftener: what three lines carry is the code of a lot, or of a sort of things.
    """
    codes = Counter(_plain(line.code) for line in lines if line.code)
    carriers: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for line in lines:
        says = (fold(line.name), line.code, line.office, line.user, line.place, line.in_use, line.acquired, line.price_vnd)
        for serial in line.serials:
            carriers[_plain(serial)].add(says)
    found = {value: len(differing) for value, differing in carriers.items()} | codes
    return {value: count for value, count in found.items() if count >= MANY}
