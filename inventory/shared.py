"""Values that several boxes carry, which are evidence for nothing: by frequency, in a scan and over the whole inventory. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations

from inventory.junk import MANY
from inventory.traits import Traits


@dataclass(frozen=True)
class Shared:
    """Values that several boxes carry: no evidence for anything."""

    serials: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()  # serials of members and disks
    uuids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    engines: frozenset[str] = frozenset()
    macs: frozenset[str] = frozenset()
    names: frozenset[tuple[str | None, str | None]] = frozenset()

    def __or__(self, other: Shared) -> Shared:
        return Shared(**{f.name: getattr(self, f.name) | getattr(other, f.name) for f in fields(Shared)})


NOTHING = Shared()


def find_shared(answers: Sequence[Traits], known: Sequence[Traits] = ()) -> Shared:
    """Values that say nothing: carried at once by places that differ, or by devices that the inventory holds apart.

    `answers`: of one scan; `known`: one a device.
    """
    return _shared_at_once(answers) | shared_by_devices(known)


def _carriers(boxes: Iterable[Traits], values_of: Callable[[Traits], Iterable[str]]) -> dict[str, list[Traits]]:
    """Value -> the boxes that carry it, where several do."""
    first: dict[str, Traits] = {}
    several: dict[str, list[Traits]] = {}
    for box in boxes:
        for value in values_of(box):
            if (other := first.setdefault(value, box)) is not box:
                several.setdefault(value, [other]).append(box)
    return several


_SHAREABLE: Mapping[str, Callable[[Traits], Iterable[str]]] = {
    "serials": lambda t: t.serials,
    "parts": lambda t: t.members | t.disks,
    "uuids": lambda t: t.uuids,
    "tags": lambda t: t.tags,
    "engines": lambda t: t.engines,
    "macs": lambda t: t.every_mac,
}


def _shared_at_once(answers: Sequence[Traits]) -> Shared:
    """Two places that answer with quite different hardware addresses are two boxes (or, for addresses, with other serials)."""

    def differ(holders: list[Traits], *parts: str) -> bool:
        first = holders[:50]  # a placeholder that hundreds carry is found out by the first few
        return any(
            not (a.places & b.places)
            and any(getattr(a, p) and getattr(b, p) and not getattr(a, p) & getattr(b, p) for p in parts)
            for a, b in combinations(first, 2)
        )

    parts = {
        "serials": ("macs", "base_macs", "cards"),
        "parts": ("macs", "base_macs", "cards"),
        "uuids": ("macs", "base_macs", "cards"),
        "tags": ("macs", "base_macs", "cards", "serials", "uuids"),
        "engines": ("macs", "cards", "serials", "uuids"),
        "macs": ("serials", "uuids"),
    }
    found = {
        kind: frozenset(
            value
            for value, holders in _carriers(answers, values_of).items()
            if differ(holders, *parts[kind]) or (kind == "macs" and _on_many(holders))
        )
        for kind, values_of in _SHAREABLE.items()
    }
    names: dict[tuple[str | None, str | None], list[Traits]] = defaultdict(list)
    for box in answers:
        if box.name:
            names[box.name, box.model].append(box)
    return Shared(
        **found,
        names=frozenset(
            key for key, holders in names.items() if len(holders) > 1 and differ(holders, "macs", "serials", "places")
        ),
    )


def _on_many(holders: list[Traits]) -> bool:
    """Whether an address stands on cards of so many boxes that it is nobody's: each has addresses that the others lack."""
    distinct: list[frozenset[str]] = []
    for macs in {t.every_mac: None for t in holders[:50]}:
        if all(macs - other and other - macs for other in distinct):
            distinct.append(macs)
    return len(distinct) >= MANY


def shared_by_devices(known: Sequence[Traits]) -> Shared:
    """What two devices have that differ in something else, or any `MANY` of them; and names that two bear."""

    def differ(a: Traits, b: Traits, value: str) -> bool:
        for x, y in ((a.serials, b.serials), (a.uuids, b.uuids), (a.every_mac, b.every_mac)):
            one, other = x - {value}, y - {value}
            if one and other and not one & other:
                return True
        return bool(a.name and b.name and a.name != b.name)

    found = {
        kind: frozenset(
            value
            for value, holders in _carriers(known, values_of).items()
            if len(holders) >= MANY or differ(holders[0], holders[1], value)
        )
        for kind, values_of in _SHAREABLE.items()
    }
    names = Counter((t.name, t.model) for t in known if t.name)
    return Shared(**found, names=frozenset(key for key, count in names.items() if count > 1))
