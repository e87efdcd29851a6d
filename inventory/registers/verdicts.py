"""From how likely each pair is to what is said of each line and each thing: its bucket, how sure that is, and why. Pure.

- *matched* says "this thing, or one that nothing tells apart from it", and is said where that is likelier than not. Units of one
  line are alike: any of its things is right for any of its units. So are lines, and things, that are alike in all that both sides
  tell; which is which is arbitrary then, the reason says so, and `alike` says among how many.
- *not seen*: asked for, such a thing would be seen, and nothing is left that it could be.
- *not assessable*: not asked for, never seen on a network, or one of several that nothing tells apart. A station without an agent
  (a hardware address, no more) is matched by an identifier only: office and maker alone would be a guess.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from inventory.registers import chances, evidence, reasons, sorts
from inventory.registers.assignment import Edges
from inventory.registers.confidence import calibrated
from inventory.registers.records import Bucket, Line, Match, State
from inventory.registers.sides import Asset, Ground, Thing
from inventory.registers.weights import Table
from inventory.sentences import pack, together

#: Matched from here on, before calibration.
_LIKELY = 0.4
#: Surer than this, it is this very thing.
_THIS_ONE = 0.9
#: Weights that differ by less (a factor of 1.6) tell nothing apart.
_ALIKE = 0.5
#: A line has its thing among those of its own office, or somewhere, so likely that nobody should call it missing.
_HERE, _SOMEWHERE = 0.25, 0.5
#: Of such things, so many are seen that one which is not is missing.
_VISIBLE = 0.4
#: Said to be missing where that is as likely.
_MISSING = 0.4
_EVEN = 0.5
#: Less of a network, or of a sort, is as good as nothing.
_NOTHING = 0.05
#: What is less likely is not looked at.
_HOPELESS = 1e-4
#: A thing that could be a unit's with less is not named.
_NAMED, _MOST_NAMED = 0.03, 8
#: Identifiers that name a station.
_IDENTIFYING = frozenset({"serial", "mac", "host", "address", "text", "code"})
_OUT_OF_USE = frozenset({State.SCRAPPED, State.STORED, State.BROKEN})
GONE = "gone"


@dataclass(frozen=True)
class Claims:
    """`probability`: for each pair that one unit of its line is one place of its thing."""

    edges: Edges
    probability: NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A thing that a unit of a line could be."""

    thing: int
    probability: float  # that one unit of the line is it
    weight: float


@dataclass(frozen=True)
class Outcome:
    """All that was found out, before it is judged."""

    assets: tuple[Asset, ...]
    things: tuple[Thing, ...]
    ground: Ground
    table: Table
    claims: Claims
    unit_numbers: tuple[tuple[int, ...], ...]  # of each asset: units that nobody ruled on
    places: NDArray[np.int64]  # of each thing: how many are not ruled on
    supposed: frozenset[int]  # lines whose office no register tells

    @cached_property
    def serving(self) -> NDArray[np.float64]:
        """For each line how likely a unit of it is still in use."""
        return chances.in_service(self.table.lines, self.things, self.table.makers, self.ground)

    @cached_property
    def of_line(self) -> dict[int, list[Candidate]]:
        """line -> what one unit of it could be, likeliest first."""
        found: dict[int, list[Candidate]] = defaultdict(list)
        for i, j, probability, weight in self._rows():
            found[i].append(Candidate(j, probability * int(self.places[j]), weight))
        for those in found.values():
            those.sort(key=lambda one: (-one.probability, one.thing))
        return found

    @cached_property
    def of_thing(self) -> dict[int, list[tuple[int, float, float]]]:
        """thing -> (line, probability that some unit of it is this, weight)."""
        found: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
        for i, j, probability, weight in self._rows():
            found[j].append((i, probability * len(self.unit_numbers[i]), weight))
        return found

    def _rows(self) -> Iterator[tuple[int, int, float, float]]:
        edges, probability = self.claims.edges, self.claims.probability
        kept = probability >= _HOPELESS
        yield from zip(
            edges.rows[kept].tolist(),
            edges.columns[kept].tolist(),
            probability[kept].tolist(),
            edges.log_weights[kept].tolist(),
            strict=True,
        )

    @cached_property
    def counts(self) -> tuple[dict[tuple[str, str], float], Counter[tuple[str, str]]]:
        """(office, kind) -> stations without an agent; (office, sort) -> units on its books."""
        stations: dict[tuple[str, str], float] = defaultdict(float)
        for thing, maker in zip(self.things, self.table.makers, strict=True):
            if thing.device is None and thing.office is not None:
                for kind, share in (evidence.kinds_of(thing, maker) or {}).items():
                    stations[thing.office, kind] += share
        units: Counter[tuple[str, str]] = Counter()
        for asset in self.assets:
            sort = sorts.sort_of(asset.line)
            if sort is not None and asset.line.office is not None:
                units[evidence.standing(asset.line.office, self.ground), sort.name] += max(1, asset.line.quantity)
        return stations, units


def of_lines(outcome: Outcome, chosen: Sequence[tuple[int, int, int]]) -> Iterator[Match]:
    """A match for each unit that nobody ruled on. `chosen`: the likeliest assignment as (line, turn of its units, thing)."""
    thing_of = {(i, turn): j for i, turn, j in chosen}
    for i, asset in enumerate(outcome.assets):
        for turn, number in enumerate(outcome.unit_numbers[i]):
            j = thing_of.get((i, turn))
            found = None if j is None else _found(outcome, i, j, number)
            yield found or _not_found(outcome, i, asset, number)


# -- matched ---------------------------------------------------------------------------------------------------------------


def _found(outcome: Outcome, i: int, j: int, number: int) -> Match | None:
    """The match with a thing; None where it is too doubtful to be said."""
    thing = outcome.things[j]
    candidates = outcome.of_line[i]
    units = len(outcome.unit_numbers[i])
    own = next(one for one in candidates if one.thing == j)
    named = any(
        one.name in _IDENTIFYING and one.level not in ("part", "neighbour") for one in outcome.table.by_pair.get((i, j), ())
    )
    if thing.device is None and not named:
        return None
    alike = [one for one in candidates if abs(one.weight - own.weight) < _ALIKE and _same_sort(thing, outcome.things[one.thing])]
    this_one = min(1.0, own.probability * units)
    one_of_them = min(1.0, units * sum(one.probability for one in alike), _of_lines_alike(outcome, j, own.weight))
    if max(this_one, one_of_them) < _LIKELY:
        return None
    confidence = calibrated(max(this_one, one_of_them))
    count = sum(min(1.0, one.probability * units) >= _NAMED for one in alike)
    arbitrary = count > units and this_one < _THIS_ONE
    sentences = [*reasons.of_pair(outcome.table, i, j), *_supposed(outcome, i)]
    if arbitrary:
        sentences.append(pack("match.alike", count=count))
    elif outcome.assets[i].line.quantity > 1:
        sentences.append(pack("match.unit", unit=number, quantity=outcome.assets[i].line.quantity))
    if not sentences:  # told by the years of its model's sale or the like, for which there are no words
        sentences.append(pack("match.fits_best"))
    others = _others(outcome, candidates, units, without=j)
    asset = outcome.assets[i].id
    if thing.state == GONE:
        sentences.append(pack("match.gone", day=thing.last_confirmed or ""))
        return Match(Bucket.NOT_SEEN, confidence, together(sentences), asset, number, others=_devices(outcome, [j]))
    mac = thing.mac if thing.device is None else None
    told = together(sentences)
    return Match(
        Bucket.MATCHED, confidence, told, asset, number, thing.device, mac, others=others, alike=count if arbitrary else 1
    )


def _same_sort(one: Thing, other: Thing) -> bool:
    """Whether both answer, or both are stations only: what answers tells more of itself."""
    return (one.device is None) == (other.device is None)


def _of_lines_alike(outcome: Outcome, j: int, weight: float) -> float:
    """How likely a thing is some line's of those that it fits equally well."""
    return sum(probability for _, probability, other in outcome.of_thing[j] if abs(other - weight) < _ALIKE)


def _others(outcome: Outcome, candidates: Sequence[Candidate], units: int, without: int | None = None) -> tuple[int, ...]:
    likely = [one.thing for one in candidates if one.thing != without and min(1.0, one.probability * units) >= _NAMED]
    return _devices(outcome, likely)[:_MOST_NAMED]


def _devices(outcome: Outcome, things: Sequence[int]) -> tuple[int, ...]:
    return tuple(device for j in things if (device := outcome.things[j].device) is not None)


# -- not matched -----------------------------------------------------------------------------------------------------------


def _not_found(outcome: Outcome, i: int, asset: Asset, number: int) -> Match:
    line = asset.line
    candidates = outcome.of_line.get(i, [])
    units = len(outcome.unit_numbers[i])
    somewhere = min(1.0, sum(one.probability for one in candidates))
    others = _others(outcome, candidates, units)
    asked, shows = chances.asked(line, outcome.ground), chances.shows(line, bool(outcome.table.answers_elsewhere[i]))

    def say(bucket: Bucket, confidence: float, *sentences: str) -> Match:
        return Match(bucket, float(confidence), together([*sentences, *_supposed(outcome, i)]), asset.id, number, others=others)

    if shows <= _NOTHING:
        return say(Bucket.NOT_ASSESSABLE, 1.0 - somewhere, _invisible(line))
    if asked <= _NOTHING:
        return say(Bucket.NOT_ASSESSABLE, 1.0 - somewhere, *_not_asked(line, outcome.ground))
    if _here(outcome, line, candidates) >= _HERE or somewhere >= _SOMEWHERE:
        return say(Bucket.NOT_ASSESSABLE, somewhere, _one_of(outcome, candidates), *_counts(outcome, line))
    if line.state in _OUT_OF_USE:
        return say(Bucket.NOT_SEEN, 1.0 - somewhere, _out_of_use(line.state), *_asked_when(line, outcome.ground))
    absent = (1.0 - somewhere) * _absent(shows * asked, float(outcome.serving[i]))
    if shows * asked < _VISIBLE or absent < _MISSING:
        sentence = _partly(line, outcome.ground) if shows >= _VISIBLE else pack("match.seldom_seen", sort=reasons.sort_name(line))
        return say(Bucket.NOT_ASSESSABLE, max(1.0 - somewhere - absent, _EVEN), sentence)
    sentences = [pack("match.unseen", sort=reasons.sort_name(line)), *_asked_when(line, outcome.ground), *_counts(outcome, line)]
    return say(Bucket.NOT_SEEN, absent, *sentences)


def _here(outcome: Outcome, line: Line, candidates: Sequence[Candidate]) -> float:
    """How likely a unit is among the things of its own office; of any, where the office is not told."""
    office = evidence.standing(line.office, outcome.ground) if line.office else None
    return sum(one.probability for one in candidates if office is None or outcome.things[one.thing].office == office)


def _supposed(outcome: Outcome, i: int) -> Iterator[str]:
    if i in outcome.supposed:
        yield pack("match.supposed_office", office=outcome.assets[i].line.office or "")


def _invisible(line: Line) -> str:
    text = evidence.text_of(line)
    if sorts.has_no_port(text):
        return pack("match.no_port")
    sort = reasons.sort_name(line)
    return pack("match.no_management", sort=sort) if sorts.cannot_answer(line, text) else pack("match.never_seen", sort=sort)


def _out_of_use(state: State | None) -> str:
    if state == State.SCRAPPED:
        return pack("match.unseen_scrapped")
    return pack("match.unseen_stored") if state == State.STORED else pack("match.unseen_broken")


def _absent(visible: float, serves: float) -> float:
    """How likely a thing is not there that was not seen, by Bayes: what is there is seen as often as `visible`."""
    return (1.0 - serves) / max((1.0 - serves) + serves * (1.0 - visible), 1e-9)


def _not_asked(line: Line, ground: Ground) -> Iterator[str]:
    office = ground.offices.get(evidence.standing(line.office, ground)) if line.office else None
    if line.office is None:
        yield pack("match.no_office")
    elif office is None or office.asked is None:
        yield pack("match.never_asked", office=line.office)
    else:
        yield _partly(line, ground)


def _partly(line: Line, ground: Ground) -> str:
    return pack("match.partly_asked", office=line.office or "", share=round(chances.asked(line, ground), 2))


def _asked_when(line: Line, ground: Ground) -> Iterator[str]:
    office = ground.offices.get(evidence.standing(line.office, ground)) if line.office else None
    if office is not None and office.asked:
        yield pack("match.asked_when", day=office.asked)


def _one_of(outcome: Outcome, candidates: Sequence[Candidate]) -> str:
    """How many things a line could be; the likeliest that make up nine tenths."""
    total, count, stations = 0.0, 0, 0
    whole = sum(one.probability for one in candidates)
    for one in candidates:
        count += 1
        stations += outcome.things[one.thing].device is None
        total += one.probability
        if total >= 0.9 * whole:
            break
    return pack("match.one_of", count=count, stations=stations)


def _counts(outcome: Outcome, line: Line) -> Iterator[str]:
    """How many stations of the office are not named by any line, and how many units of the sort its books have."""
    sort = sorts.sort_of(line)
    if sort is None or line.office is None:
        return
    stations, units = outcome.counts
    office = evidence.standing(line.office, outcome.ground)
    seen = round(sum(count * sort.kinds.get(kind, 0.0) for (where, kind), count in stations.items() if where == office))
    if seen:
        yield pack("match.stations", sort=sort.name, stations=seen, units=units[office, sort.name])


# -- things on no books ----------------------------------------------------------------------------------------------------


def of_things(outcome: Outcome, matches: Sequence[Match]) -> Iterator[Match]:
    """A match for each thing that no line tells of, and for each of which that is not sure. `matches`: what is said of lines."""
    told = Counter((m.device, m.mac) for m in matches if m.bucket == Bucket.MATCHED)
    gone = {m.others[0] for m in matches if m.bucket == Bucket.NOT_SEEN and len(m.others) == 1}
    for j, thing in enumerate(outcome.things):
        mac = thing.mac if thing.device is None else None
        if told[thing.device, mac] or (thing.state == GONE and thing.device in gone):
            continue
        lines = outcome.of_thing.get(j, [])
        somewhere = min(1.0, sum(probability for _, probability, _ in lines))
        if somewhere >= _HERE:
            count = sum(probability >= _NAMED for _, probability, _ in lines)
            yield Match(Bucket.NOT_ASSESSABLE, somewhere, pack("match.one_of_lines", count=count), None, 1, thing.device, mac)
        else:
            yield Match(Bucket.NOT_ON_BOOKS, 1.0 - somewhere, _no_line(outcome, j), None, 1, thing.device, mac)


def _no_line(outcome: Outcome, j: int) -> str:
    thing = outcome.things[j]
    sentences = [pack("match.no_line")]
    kinds = evidence.kinds_of(thing, outcome.table.makers[j]) or {}
    if kinds.get(evidence.PRIVATE, 0.0) > 0.5:
        sentences.append(pack("match.private"))
    elif thing.device is None:
        sentences.append(pack("match.station_only"))
    elif thing.state == GONE:
        sentences.append(pack("match.gone", day=thing.last_confirmed or ""))
    return together(sentences)
