"""Which things nobody could tell apart from what the books say and the wire shows.

Two units can change places when neither line holds anything that the wire could confirm for one thing alone, and each line fits
the other's thing as well as its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from simulator.registers.entries import Entry
from simulator.registers.goods import Goods
from simulator.registers.purchases import Unit
from simulator.registers.things import COMPUTERS, Thing

#: A thing is bought up to so many years after it was built.
SHELF_YEARS = 2


def pinned(entry: Entry, unit: Unit) -> bool:
    """The line tells something that only this thing shows."""
    thing = unit.thing
    if thing is None or not thing.seen_as:
        return False
    serial = unit.serial in entry.serials and "serial" in thing.told
    return (
        serial or "mac" in entry.tells or "address" in entry.tells or ("host_name" in entry.tells and "host_name" in thing.told)
    )


def fits(entry: Entry, thing: Thing, goods: Goods) -> bool:
    """Nothing that the wire shows of the thing speaks against the line."""
    good = entry.line.good
    if (entry.line.moved_to or entry.line.office) != thing.office:
        return False
    if thing.seen_as == "station":
        if good.kind != thing.kind and not {good.kind, thing.kind} <= COMPUTERS:
            return False
        known = entry.level != "kind" and good.cards
        return not known or goods.maker(thing.mac) in good.cards or (thing.good is good)
    if good.kind != thing.kind:
        return False
    if "room" in entry.tells and "room" in thing.told and entry.line.room != thing.room:
        return False
    if "model" in thing.told:
        wanted = {
            "model": (good.model, thing.good.model),
            "series": (good.series, thing.good.series),
            "brand": (good.brand, thing.good.brand),
        }
        if entry.level in wanted and wanted[entry.level][0] != wanted[entry.level][1]:
            return False
    elif thing.made[0] and entry.year is not None:
        looks = {u.thing.look for u in entry.line.units if u.thing is not None and u.thing.seen_as == "device"}
        if looks and thing.look not in looks and entry.level == "model":
            return False
        if not thing.made[0] <= entry.year <= thing.made[1] + SHELF_YEARS:
            return False
    dated = "date" in thing.told and "year" in entry.tells and entry.year is not None
    return not dated or thing.built.year <= (entry.year or 0) <= thing.built.year + SHELF_YEARS


def says(entry: Entry) -> tuple[object, ...]:
    """All that a line tells that could matter."""
    good = entry.line.good
    named = {"model": good.model or good.says[0], "series": good.series, "brand": good.brand, "kind": ""}[entry.level]
    room = entry.line.room if "room" in entry.tells else ""
    return (entry.line.office, good.kind, named, entry.year, room)


def interchangeable(entries: Sequence[Entry], unbooked: Sequence[Thing], goods: Goods) -> Mapping[tuple[int, int], list[str]]:
    """(place of the entry, place of the unit) -> ids of further things that would do as well."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    units = [
        (n, m, entry, unit) for n, entry in enumerate(entries) for m, unit in enumerate(entry.line.units) if entry.line.good.noun
    ]
    free = [(n, m, e, u) for n, m, e, u in units if not pinned(e, u)]
    seen = [(n, m, e, u, u.thing) for n, m, e, u in free if u.thing is not None and u.thing.seen_as]
    by_office: dict[str, list[tuple[int, int, Entry, Unit, Thing]]] = defaultdict(list)
    for row in seen:
        by_office[row[4].office].append(row)
    for n, m, entry, unit in free:
        office = entry.line.moved_to or entry.line.office
        own = unit.thing if unit.thing is not None and unit.thing.seen_as else None
        for _, _, other, _, thing in by_office[office]:
            if thing is own or not fits(entry, thing, goods):
                continue
            if other is entry:
                found[n, m].append(thing.id)
            elif own is not None and (own.office == thing.office):
                if fits(other, own, goods):
                    found[n, m].append(thing.id)
            elif says(entry) == says(other) or "model" not in thing.told:
                found[n, m].append(thing.id)
        found[n, m] += [t.id for t in unbooked if t.seen_as and t.office == office and fits(entry, t, goods)]
    return found
