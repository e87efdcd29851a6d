"""Of which office a register is that does not say so: the one that has what is on it. Pure.

For each office: how much likelier the lines of one sheet (else of one file) are if the things on them stand there than if they
stand anywhere. Few lines that are told by a serial number, or many that are told by their models, are enough; where no office is
far ahead, nothing is supposed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import numpy as np

from inventory.registers.records import Line
from inventory.registers.sides import Thing
from inventory.registers.weights import Pairs

#: The best office must be this far ahead of the next (natural logarithm of the likelihood ratio).
_AHEAD = 7.0
#: No line alone says more: one thing that moved must not take a whole register with it.
_MOST_OF_A_LINE = 4.0
#: How often things are where their books are.
_AT_HOME = 0.9
#: Where so many lines of a file do tell their office, and agree, the others are of it too.
_AGREED, _LEAST_LINES = 0.9, 3


def supposed_offices(lines: Sequence[Line], things: Sequence[Thing], pairs: Pairs) -> dict[int, str]:
    """For lines that do not tell their office: the office that their sheet or their file is supposed to be of, where that is
    clear. `pairs`: weighed without the office."""
    silent = [i for i, line in enumerate(lines) if line.office is None]
    if not silent:
        return {}
    gains = _gains(silent, things, pairs)
    found: dict[int, str] = {}
    for book in (_sheet, _file):
        told = _told(lines, book)
        for key, members in _grouped((i for i in silent if i not in found), lambda i: book(lines[i])).items():  # noqa: B023
            office = told.get(key) or _far_ahead(gains[i] for i in members if i in gains)
            if office is not None:
                found |= dict.fromkeys(members, office)
    return found


def _sheet(line: Line) -> Hashable:
    return line.file, line.sheet


def _file(line: Line) -> Hashable:
    return line.file


def _grouped(indices: Iterable[int], key: Callable[[int], Hashable]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for i in indices:
        groups[key(i)].append(i)
    return groups


def _told(lines: Sequence[Line], book: Callable[[Line], Hashable]) -> dict[Hashable, str]:
    """The office of which nearly all lines of a book are that tell one."""
    counts: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for line in lines:
        if line.office is not None:
            counts[book(line)][line.office] += 1
    agreed = {}
    for key, offices in counts.items():
        (office, most), *_ = sorted(offices.items(), key=lambda one: (-one[1], one[0]))
        if most >= max(_LEAST_LINES, _AGREED * offices.total()):
            agreed[key] = office
    return agreed


def _gains(silent: Sequence[int], things: Sequence[Thing], pairs: Pairs) -> dict[int, dict[str, float]]:
    """line -> office -> logarithm of how much likelier the line is if its thing stands there than if it stands anywhere."""
    sizes = Counter(thing.office for thing in things if thing.office is not None)
    total = sizes.total()
    wanted = set(silent)
    here: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for i, j, weight in zip(pairs.lines.tolist(), pairs.things.tolist(), pairs.weights.tolist(), strict=True):
        office = things[j].office
        if i in wanted and office is not None:
            here[i][office] += float(np.exp(min(weight, 20.0)))
    gains: dict[int, dict[str, float]] = {}
    for i, by_office in here.items():
        anywhere = 1.0 + sum(by_office.values())
        gains[i] = {
            office: float(
                np.clip(
                    np.log((1.0 + _AT_HOME * total / sizes[office] * by_office.get(office, 0.0)) / anywhere),
                    -2.0,
                    _MOST_OF_A_LINE,
                )
            )
            for office in sizes
        }
    return gains


def _far_ahead(gains: Iterable[Mapping[str, float]]) -> str | None:
    total: Counter[str] = Counter()
    for one in gains:
        for office, gain in one.items():
            total[office] += gain  # type: ignore[assignment]
    ranked = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    if not ranked or ranked[0][1] <= 0:
        return None
    ahead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
    return ranked[0][0] if ahead >= _AHEAD else None
