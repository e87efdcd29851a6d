"""How likely it is that a line's thing is seen at all, and that a thing is on the books, before they are compared. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inventory.hardware_addresses import is_of_guest
from inventory.registers import evidence, sorts
from inventory.registers.evidence import PRIVATE
from inventory.registers.records import Line, State
from inventory.registers.sides import Ground, Thing

Floats = NDArray[np.float64]

#: Of what the books say that it is not in use: how much is in use all the same, next to what is in use.
_STATES = {State.STORED: 0.15, State.BROKEN: 0.3, State.SCRAPPED: 0.04, State.MOVED: 0.7}
#: Half of what is on the books is still in use so many years after it was bought; how fast that falls; of what is new, and of
#: what nobody knows the age of.
_HALF_YEARS, _FALL_YEARS = 14.0, 2.5
_NEW, _AGE_UNKNOWN = 0.95, 0.8
#: What is known of no sort.
_UNKNOWN = 0.1
#: A model without a network port, or without management.
_AS_GOOD_AS_NEVER = 0.02
#: What answers in one place would be seen in another.
_KNOWN_TO_ANSWER = 0.92
_COMPUTERS = ("pc", "laptop")
#: Counts move the odds of being in use by no more than this (natural logarithm).
_FARTHEST = 2.0
#: Of an office whose networks were not asked, or that is not known: its things may have been seen in another.
_ELSEWHERE = 0.03
#: No chance is taken for surer than this.
_LEAST, _MOST = 1e-3, 0.97
#: Of what is seen: how much is on the books.
_ON_BOOKS = {"device": 0.87, "station": 0.75, PRIVATE: 0.03, "unknown": 0.3}


def seen(lines: Sequence[Line], answers_elsewhere: Sequence[bool], serving: Floats, ground: Ground) -> Floats:
    """For each line the probability that a unit of it is among the things that were seen. `serving`: of `in_service`."""
    shown = [shows(line, answers) * asked(line, ground) for line, answers in zip(lines, answers_elsewhere, strict=True)]
    return np.clip(np.array(shown, dtype=np.float64) * serving, _LEAST, _MOST)


def in_service(lines: Sequence[Line], things: Sequence[Thing], makers: Sequence[str | None], ground: Ground) -> Floats:
    """For each line the probability that a unit of it is still in use: by the books and its age, and by how many are seen.

    Nearly every computer in use shows, with an agent or without. So of an office with as many of them on the network as on its
    books hardly one is gone, however old: the odds of all that an office has are moved half-way to where as many should be seen
    as are. Half-way, because neither how many show nor of which kind a station is, is known well.
    """
    found = np.array([serves(line, ground) for line in lines], dtype=np.float64)
    there: dict[str, float] = defaultdict(float)
    for thing, maker, booked in zip(things, makers, on_books(things, makers), strict=True):
        kinds = evidence.kinds_of(thing, maker) or {}
        if thing.office is not None:
            there[thing.office] += float(booked) * sum(kinds.get(kind, 0.0) for kind in _COMPUTERS)
    members: dict[str, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        sort = sorts.sort_of(line)
        if sort is not None and sort.name in _COMPUTERS and line.office is not None and line.state is not State.MOVED:
            members[evidence.standing(line.office, ground)].append(i)
    for office, those in members.items():
        units = np.array([max(1, lines[i].quantity) * shows(lines[i], False) * asked(lines[i], ground) for i in those])
        odds = np.log(found[those]) - np.log1p(-found[those])
        found[those] = 1.0 / (1.0 + np.exp(-odds - _shift(odds, units, there[office]) / 2))
    return found


def _shift(odds: Floats, units: Floats, seen_units: float) -> float:
    """What is added to every log-odds so that so many units should be seen; not more than `_FARTHEST` either way."""
    low, high = -_FARTHEST, _FARTHEST
    for _ in range(30):
        middle = (low + high) / 2
        expected = float((units / (1.0 + np.exp(-odds - middle))).sum())
        low, high = (middle, high) if expected < seen_units else (low, middle)
    return (low + high) / 2


def on_books(things: Sequence[Thing], makers: Sequence[str | None]) -> Floats:
    """For each thing the probability that some line tells of it."""
    found = []
    for thing, maker in zip(things, makers, strict=True):
        kinds = evidence.kinds_of(thing, maker)
        if thing.device is not None:
            virtual = bool(thing.macs) and all(map(is_of_guest, thing.macs))
            found.append(_ON_BOOKS[PRIVATE if virtual else "device"])
        elif not kinds:
            found.append(_ON_BOOKS["unknown"])
        else:
            found.append(_ON_BOOKS[PRIVATE if kinds.get(PRIVATE, 0.0) > 0.5 else "station"])
    return np.array(found, dtype=np.float64)


def shows(line: Line, answers_elsewhere: bool) -> float:
    """How likely a scan sees such a thing, where it is in use in an office that was asked."""
    sort = sorts.sort_of(line)
    if answers_elsewhere:
        return max(_KNOWN_TO_ANSWER, sort.shows if sort is not None else 0.0)
    text = evidence.text_of(line)
    if sorts.has_no_port(text) or sorts.cannot_answer(line, text):
        return _AS_GOOD_AS_NEVER
    return sort.shows if sort is not None else _UNKNOWN


def asked(line: Line, ground: Ground) -> float:
    """How much of the networks was asked where the thing should be."""
    shares = [office.share for office in ground.offices.values() if not office.ended]
    usual = sum(shares) / len(shares) if shares else 1.0
    if line.office is None:
        return max(usual, _ELSEWHERE)
    office = ground.offices.get(evidence.standing(line.office, ground))
    here = office.share if office is not None else usual
    if line.state == State.MOVED:
        here = (here + usual) / 2
    return max(here, _ELSEWHERE)


def serves(line: Line, ground: Ground) -> float:
    """How likely the thing is still in use, by what the books say and by its age."""
    told = _STATES.get(line.state, 1.0) if line.state else 1.0
    bought, today = evidence.month(line.acquired or line.in_use), evidence.month(ground.today)
    if bought is None or today is None:
        return told * _AGE_UNKNOWN
    years = (today[0] - bought[0]) / 12
    return told * _NEW / (1.0 + float(np.exp((years - _HALF_YEARS) / _FALL_YEARS)))
