"""How likely it is that a line's thing is seen at all, and that a thing is on the books, before they are compared. Pure."""

from __future__ import annotations

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
#: Of an office whose networks were not asked, or that is not known: its things may have been seen in another.
_ELSEWHERE = 0.03
#: No chance is taken for surer than this.
_LEAST, _MOST = 1e-3, 0.97
#: Of what is seen: how much is on the books.
_ON_BOOKS = {"device": 0.87, "station": 0.75, PRIVATE: 0.03, "unknown": 0.3}


def seen(lines: Sequence[Line], answers_elsewhere: Sequence[bool], ground: Ground) -> Floats:
    """For each line the probability that a unit of it is among the things that were seen."""
    return np.array(
        [
            np.clip(shows(line, answers) * asked(line, ground) * serves(line, ground), _LEAST, _MOST)
            for line, answers in zip(lines, answers_elsewhere, strict=True)
        ]
    )


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
