"""Why a line is taken for a thing, or for none, in words (`inventory.sentences`): what agrees, then what contradicts. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from inventory import processors
from inventory.registers import equipped, evidence, sorts
from inventory.registers.evidence import KIN, OTHER_OFFICE, SAME_OFFICE
from inventory.registers.identifiers import Shared
from inventory.registers.likeness import Model
from inventory.registers.records import Line, State
from inventory.registers.sides import Thing
from inventory.registers.weights import OTHER_BRAND, SAME_BRAND, Table
from inventory.sentences import pack

#: Identifiers, those that say most first.
_ORDER = ("serial", "mac", "code", "host", "address", "text", "user")


def of_pair(told: Table, i: int, j: int) -> Iterator[str]:
    """Packed sentences on what agrees between line `i` and thing `j`, and on what contradicts."""
    line, thing = told.lines[i], told.things[j]
    shared = sorted(told.by_pair.get((i, j), ()), key=lambda one: _ORDER.index(one.name))
    for one in shared:
        yield _shared(one)
    yield from _what(told, thing, i, j)
    yield from _office(line, thing, _level(told, "office", i, j))
    yield from _made(told, line, thing, i, j)
    if (room := _level(told, "room", i, j)) == 1:
        yield pack("match.room", place=line.place or "")
    if (memory := _level(told, "memory", i, j)) == 1:
        yield pack("match.memory", gb=round(thing.memory_gb or 0))
    if (processor := _level(told, "processor", i, j)) == 1:
        yield pack("match.processor", generation=_generation(thing))
    yield from _others(told, line, shared, i, j)
    if memory > 1:
        yield pack("match.other_memory", gb=round(thing.memory_gb or 0))
    if processor > 1:
        yield pack("match.other_processor", generation=_generation(thing))
    if _level(told, "sold", i, j) > 2:
        first, last = processors.sold(equipped.of_thing(thing) or frozenset()) or (0, 0)
        yield pack("match.processor_years", generation=_generation(thing), first=first, last=last)
    if room == 2:
        yield pack("match.other_room", place=line.place or "", location=thing.location or "")
    if _level(told, "first_seen", i, j) == 2:
        yield pack("match.bought_later", day=thing.first_seen or "")
    if line.state == State.SCRAPPED:
        yield pack("match.seen_although_scrapped")
    elif line.state == State.STORED:
        yield pack("match.seen_although_stored")
    elif line.state == State.BROKEN:
        yield pack("match.seen_although_broken")
    if thing.state == "silent" and thing.last_confirmed:
        yield pack("match.silent", day=thing.last_confirmed)


def _shared(one: Shared) -> str:
    match one.name, one.level:
        case "serial", "equal":
            return pack("match.serial", value=one.value)
        case "serial", "confused":
            return pack("match.serial_confused", value=one.value)
        case "serial", "piece":
            return pack("match.serial_piece", value=one.value)
        case "serial", "one_wrong":
            return pack("match.serial_one_wrong", value=one.value)
        case "serial", "neighbour":
            return pack("match.serial_neighbour", value=one.value)
        case "serial", _:
            return pack("match.serial_part", value=one.value)
        case "mac", "equal":
            return pack("match.mac", value=one.value)
        case "mac", _:
            return pack("match.mac_near", value=one.value)
        case "host", "equal":
            return pack("match.host", value=one.value)
        case "host", _:
            return pack("match.host_near", value=one.value)
        case "address", _:
            return pack("match.address", value=one.value)
        case "code", _:
            return pack("match.code", value=one.value)
        case "user", _:
            return pack("match.user", value=one.value)
    return pack("match.text", value=one.value)


def _generation(thing: Thing) -> str:
    return " / ".join(sorted(generation.name.title() for generation in equipped.of_thing(thing) or ()))


def _level(told: Table, name: str, i: int, j: int) -> int:
    return next(f.level(i, j) for f in told.fields if f.name == name)


def _what(told: Table, thing: Thing, i: int, j: int) -> Iterator[str]:
    place = told.what.line_codes[i], told.what.thing_codes[j]
    model = Model(told.what.models[place])
    name = thing.model or ""
    if model == Model.FULL:
        yield pack("match.model_full", model=name)
    elif model == Model.NUMBER:
        yield pack("match.model_number", model=name)
    elif model == Model.SERIES:
        yield pack("match.model_series", model=name)
    elif model == Model.SIBLING:
        yield pack("match.model_sibling", model=name)
    elif model == Model.OTHER:
        yield pack("match.model_other", model=name)
    elif thing.kind and told.what.kinds[place] > 0:
        yield pack("match.kind", kind=thing.kind)
    if told.what.kinds[place] < -1 and thing.kind:
        yield pack("match.other_kind", kind=thing.kind)
    if model in (Model.SILENT, Model.OTHER):
        yield from _brand(int(told.what.brands[place]), thing, told.makers[j])


def _brand(level: int, thing: Thing, maker: str | None) -> Iterator[str]:
    tells_itself = thing.vendor is not None and thing.device is not None
    vendor = (thing.vendor if tells_itself else maker) or ""
    if level == SAME_BRAND:
        yield pack("match.brand", vendor=vendor) if tells_itself else pack("match.card", vendor=vendor)
    elif level == OTHER_BRAND:
        yield pack("match.other_brand", vendor=vendor) if tells_itself else pack("match.other_card", vendor=vendor)


def _office(line: Line, thing: Thing, level: int) -> Iterator[str]:
    if not level:
        return
    level = (level - 1) % 3 + 1
    if level == SAME_OFFICE:
        if line.office == thing.office:
            yield pack("match.office")
        else:
            yield pack("match.heir", old=line.office or "", office=thing.office or "")
    elif level == KIN:
        yield pack("match.kin", office=thing.office or "")
    elif level == OTHER_OFFICE:
        moved = line.state == State.MOVED
        yield pack("match.moved", office=thing.office or "") if moved else pack("match.other_office", office=thing.office or "")


def _made(told: Table, line: Line, thing: Thing, i: int, j: int) -> Iterator[str]:
    bought, made = evidence.month(line.acquired or line.in_use), evidence.made_when(thing, told.ground)
    if bought is None or made is None:
        return
    weight = next(
        float(weights[f.line_codes[i], f.thing_codes[j]])
        for f, weights in zip(told.fields, told.field_weights, strict=True)
        if f.name == "made"
    )
    made_year, bought_year = min((one[0] // 12 for one in made[0]), key=lambda y: abs(bought[0] // 12 - y)), bought[0] // 12
    if weight > 0:
        yield pack("match.made", made_year=made_year, bought_year=bought_year)
    else:
        yield pack("match.other_made", made_year=made_year, bought_year=bought_year)


def _others(told: Table, line: Line, shared: list[Shared], i: int, j: int) -> Iterator[str]:
    """Identifiers that both tell and do not share."""

    def differs(name: str) -> bool:
        both = i in told.shared.line_tells[name] and j in told.shared.thing_tells[name]
        return both and not any(one.name == name for one in shared)

    if differs("serial"):
        yield pack("match.other_serial", value=", ".join(line.serials))
    if differs("mac"):
        yield pack("match.other_mac", value=", ".join(line.macs))
    if differs("host"):
        yield pack("match.other_host", value=line.host_name or "")
    if differs("address"):
        yield pack("match.other_address", value=line.address or "")


def sort_name(line: Line) -> str:
    """The word of a line's sort, for a sentence."""
    sort = sorts.sort_of(line)
    return sort.name if sort is not None else "unknown"
