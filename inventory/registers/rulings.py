"""What people ruled, as far as it holds together: the newest ruling of a unit, and of a thing, wins. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from inventory.registers.records import Bucket, Line, Match
from inventory.registers.sides import Asset, Ruling, Thing
from inventory.sentences import pack

Key = tuple[int | None, str | None]
#: A quantity above is a price in the wrong column, or chairs.
MOST_UNITS = 5000


def units_of(line: Line) -> int:
    """How many units of a line are told apart."""
    return min(max(1, line.quantity), MOST_UNITS)


class Ruled:
    """Rulings on the assets and things that there are. Those on units that are no longer on the books are passed over."""

    def __init__(self, assets: Sequence[Asset], things: Sequence[Thing], rulings: Iterable[Ruling]) -> None:
        self.taken: Counter[int] = Counter()  # place of the thing in the list -> how many of its boxes
        self.settled: dict[tuple[int, int], Match] = {}  # (asset id, unit)
        self._row = {asset.id: i for i, asset in enumerate(assets)}
        self._things = things
        self._by_device = {thing.device: j for j, thing in enumerate(things) if thing.device is not None}
        self._by_mac = {mac: j for j, thing in enumerate(things) for mac in sorted(thing.macs)}
        self._by_mac |= {thing.mac: j for j, thing in enumerate(things) if thing.mac is not None}
        never: set[tuple[int, int]] = set()
        absent: set[Key] = set()
        for ruling in sorted(rulings, key=lambda r: (-r.number, repr(r))):
            row = self._row.get(ruling.asset)
            if row is None:
                continue
            thing = self._find(ruling)
            named = ruling.device is not None or ruling.mac is not None
            unit = (ruling.asset, ruling.unit)
            free = unit not in self.settled and 1 <= ruling.unit <= units_of(assets[row].line)
            if named and not ruling.same:
                if thing is not None and not any(m.asset == ruling.asset and self._is(m, thing) for m in self.settled.values()):
                    never.add((row, thing))
            elif not free:
                continue
            elif not named:
                if not ruling.same:
                    self.settled[unit] = _nowhere(ruling)
            elif thing is not None:
                if (row, thing) not in never and self.taken[thing] < things[thing].boxes:
                    self.settled[unit] = self._match(ruling, thing)
                    self.taken[thing] += 1
            elif (ruling.device, ruling.mac) not in absent:
                absent.add((ruling.device, ruling.mac))
                self.settled[unit] = _ruled(ruling, ruling.device, ruling.mac, pack("match.ruled_unknown"))
        self.never = frozenset(never)

    def matches(self) -> list[Match]:
        """Of the units that people settled."""
        return [self.settled[key] for key in sorted(self.settled)]

    def _find(self, ruling: Ruling) -> int | None:
        if ruling.device is not None:
            return self._by_device.get(ruling.device)
        return None if ruling.mac is None else self._by_mac.get(ruling.mac)

    def _is(self, match: Match, thing: int) -> bool:
        there = self._things[thing]
        return match.bucket == Bucket.MATCHED and (match.device, match.mac) == (there.device, None if there.device else there.mac)

    def _match(self, ruling: Ruling, thing: int) -> Match:
        there = self._things[thing]
        return _ruled(ruling, there.device, there.mac if there.device is None else None, pack("match.ruled"))


def _ruled(ruling: Ruling, device: int | None, mac: str | None, reason: str) -> Match:
    return Match(Bucket.MATCHED, 1.0, reason, ruling.asset, ruling.unit, device, mac, decided=True)


def _nowhere(ruling: Ruling) -> Match:
    return Match(Bucket.NOT_SEEN, 1.0, pack("match.ruled_nowhere"), ruling.asset, ruling.unit, decided=True)
