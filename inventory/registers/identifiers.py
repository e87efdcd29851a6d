"""Identifiers that a line and a thing may share: serial numbers, hardware addresses, names, codes, addresses. Pure.

Unlike other evidence these name few things, so only the pairs that share one are kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.folding import fold
from inventory.registers import likeness
from inventory.registers.likeness import Serial
from inventory.registers.records import Line
from inventory.registers.sides import Thing

#: A value on so many lines is a placeholder, a unit's number, or the serial number of a bundle: it contradicts nothing.
MANY_LINES = 4

#: How often each level is found where line and thing are one and both tell, best first; 0: it tells nothing either way.
EXPECTED: Mapping[str, Mapping[str, float]] = {
    "serial": {"equal": 0.72, "confused": 0.06, "piece": 0.05, "one_wrong": 0.04, "part": 0.03, "neighbour": 0.0, "other": 0.10},
    "mac": {"equal": 0.84, "near": 0.05, "other": 0.11},
    "host": {"equal": 0.72, "near": 0.06, "other": 0.22},
    "address": {"equal": 0.55, "other": 0.45},
    "code": {"equal": 0.25},
    "user": {"equal": 0.30},
    "text": {"equal": 0.10},
}
#: How often a line of another thing, or of none, meets some thing so: a slip of a row, a label on the wrong machine, chance.
BY_CHANCE: Mapping[str, Mapping[str, float]] = {
    "serial": {"equal": 0.003, "confused": 0.004, "piece": 0.01, "one_wrong": 0.01, "part": 0.01},
    "mac": {"equal": 0.003, "near": 0.01},
    "host": {"equal": 0.02, "near": 0.02},
    "address": {"equal": 0.15},
    "code": {"equal": 0.01},
    "user": {"equal": 0.25},
    "text": {"equal": 0.01},
}
_SERIAL_LEVELS = {
    Serial.EQUAL: "equal",
    Serial.CONFUSED: "confused",
    Serial.PIECE: "piece",
    Serial.ONE_WRONG: "one_wrong",
    Serial.PART: "part",
    Serial.NEIGHBOUR: "neighbour",
}
_MAC = re.compile(
    r"\b[0-9A-Fa-f]{2}([:-]?)(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}\b|\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b"
)
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_WORD = re.compile(r"[\w.-]{5,}")


@dataclass(frozen=True, slots=True)
class Shared:
    """One line and one thing that share an identifier."""

    line: int
    thing: int
    name: str  # a key of EXPECTED
    level: str
    value: str  # as the line has it


@dataclass(frozen=True)
class Identifiers:
    """All that is shared, and who tells what at all: where both tell and nothing is shared, that speaks against a pair."""

    shared: tuple[Shared, ...]
    line_tells: Mapping[str, frozenset[int]]  # name -> lines whose value can contradict
    thing_tells: Mapping[str, frozenset[int]]


def compare(lines: Sequence[Line], things: Sequence[Thing]) -> Identifiers:
    """Every identifier that a line and a thing share."""
    parts = (
        _serials(lines, things),
        _macs(lines, things),
        _hosts(lines, things),
        _addresses(lines, things),
        _codes(lines, things),
        _users(lines, things),
        _texts(lines, things),
    )
    best: dict[tuple[int, int, str], Shared] = {}
    for shared, _, _, name in parts:
        order = list(EXPECTED[name])
        for one in shared:
            key = (one.line, one.thing, name)
            if key not in best or order.index(one.level) < order.index(best[key].level):
                best[key] = one
    by_field = {(one.line, one.thing, one.name) for one in best.values() if one.name != "text"}
    kept = [
        one
        for one in best.values()
        if one.name != "text" or not any((one.line, one.thing, name) in by_field for name in ("serial", "mac", "host", "address"))
    ]
    return Identifiers(
        tuple(sorted(kept, key=lambda one: (one.line, one.thing, one.name))),
        {name: lines_telling for _, lines_telling, _, name in parts},
        {name: things_telling for _, _, things_telling, name in parts},
    )


Part = tuple[list[Shared], frozenset[int], frozenset[int], str]


def _serials(lines: Sequence[Line], things: Sequence[Thing]) -> Part:
    index = likeness.Serials({i: t.serials for i, t in enumerate(things)}, {i: t.parts for i, t in enumerate(things)})
    told = {i: plain for i, line in enumerate(lines) if (plain := _plain(map(likeness.bare_serial, line.serials)))}
    on_lines: dict[str, int] = defaultdict(int)
    for serials in told.values():
        for serial in serials:
            on_lines[serial] += 1
    shared = [
        Shared(i, thing, "serial", _SERIAL_LEVELS[level], serial)
        for i, serials in told.items()
        for serial in sorted(serials)
        for thing, level in index.like(serial).items()
    ]
    own = frozenset(i for i, serials in told.items() if any(on_lines[s] < MANY_LINES for s in serials))
    with_serial = frozenset(j for j, t in enumerate(things) if _plain(map(likeness.bare_serial, t.serials)))
    return shared, own, with_serial, "serial"


def _plain(values: Iterable[str | None]) -> set[str]:
    return {value for value in values if value}


def _macs(lines: Sequence[Line], things: Sequence[Thing]) -> Part:
    owners: dict[str, set[int]] = defaultdict(set)
    near: dict[str, set[str]] = defaultdict(set)
    telling = set()
    for j, thing in enumerate(things):
        for mac in thing.macs | ({thing.mac} if thing.mac else set()):
            owners[mac].add(j)
            telling.add(j)
            for short in _without_one_figure(mac):
                near[short].add(mac)
    shared = []
    for i, line in enumerate(lines):
        for mac in line.macs:
            shared += [Shared(i, j, "mac", "equal", mac) for j in owners.get(mac, ())]
            if mac not in owners:
                close = set().union(*(near.get(short, set()) for short in _without_one_figure(mac)))
                shared += [Shared(i, j, "mac", "near", mac) for other in close for j in owners[other]]
    on_lines: dict[str, int] = defaultdict(int)
    for line in lines:
        for mac in set(line.macs):
            on_lines[mac] += 1
    own = frozenset(i for i, line in enumerate(lines) if any(on_lines[mac] < MANY_LINES for mac in line.macs))
    return shared, own, frozenset(telling), "mac"


def _without_one_figure(mac: str) -> Iterator[str]:
    """Two addresses that differ in one figure share one of these."""
    return (mac[:i] + "?" + mac[i + 1 :] for i in range(len(mac)) if mac[i] != ":")


def _hosts(lines: Sequence[Line], things: Sequence[Thing]) -> Part:
    owners: dict[str, set[int]] = defaultdict(set)
    for j, thing in enumerate(things):
        if plain := likeness.host(thing.name):
            owners[plain].add(j)
    shared = []
    telling = set()
    shorter: dict[str, set[str]] = defaultdict(set)
    for name in owners:
        for cut in (name, *likeness.without_one(name)):
            shorter[cut].add(name)
    for i, line in enumerate(lines):
        plain = likeness.host(line.host_name)
        if plain is None:
            continue
        telling.add(i)
        shared += [Shared(i, j, "host", "equal", line.host_name or "") for j in owners.get(plain, ())]
        if plain not in owners and len(plain) >= 6:
            close = set().union(*(shorter.get(cut, set()) for cut in (plain, *likeness.without_one(plain))))
            # One wrong letter is a slip; one other figure is another machine.
            close = {name for name in close if [c for c in name if c.isdigit()] == [c for c in plain if c.isdigit()]}
            shared += [Shared(i, j, "host", "near", line.host_name or "") for name in close for j in owners[name]]
    return shared, frozenset(telling), frozenset().union(*owners.values()), "host"


def _addresses(lines: Sequence[Line], things: Sequence[Thing]) -> Part:
    owners: dict[str, set[int]] = defaultdict(set)
    for j, thing in enumerate(things):
        if thing.address:
            owners[thing.address].add(j)
    told = {i: line.address for i, line in enumerate(lines) if line.address}
    shared = [Shared(i, j, "address", "equal", address) for i, address in told.items() for j in owners.get(address, ())]
    return shared, frozenset(told), frozenset().union(*owners.values()), "address"


def _codes(lines: Sequence[Line], things: Sequence[Thing]) -> Part:
    """Asset codes that somebody wrote into a device: into its name, its place, its contact, its tag."""
    owners: dict[str, set[int]] = defaultdict(set)
    for j, thing in enumerate(things):
        for text in (thing.name, thing.location, thing.contact, thing.asset_tag):
            for joined in _joined(text):
                owners[joined].add(j)
    shared = []
    for i, line in enumerate(lines):
        code = likeness.bare(line.code or "")
        if len(code) >= 4 and any(c.isdigit() for c in code):
            shared += [Shared(i, j, "code", "equal", line.code or "") for j in owners.get(code, ())]
    return shared, frozenset(), frozenset(), "code"


def _joined(text: str | None) -> set[str]:
    """Up to five neighbouring words of a text as one."""
    words = fold(text or "").upper().split()
    return {"".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, min(a + 5, len(words)) + 1)}


def _users(lines: Sequence[Line], things: Sequence[Thing]) -> Part:
    owners: dict[str, set[int]] = defaultdict(set)
    for j, thing in enumerate(things):
        for word in likeness.tokens_of_host(thing.name or ""):
            owners[word].add(j)
        for text in (thing.contact, thing.location):
            for joined in _joined(text):
                owners[joined.lower()].add(j)
    shared = []
    for i, line in enumerate(lines):
        if line.user:
            found = set().union(*(owners.get(name, set()) for name in likeness.signatures(line.user)))
            shared += [Shared(i, j, "user", "equal", line.user) for j in found]
    return shared, frozenset(), frozenset(), "user"


def _texts(lines: Sequence[Line], things: Sequence[Thing]) -> Part:
    """Identifiers that stand in a column for something else: in the name, the note, the place."""
    owners: dict[str, set[int]] = defaultdict(set)
    addresses: dict[str, set[int]] = defaultdict(set)
    for j, thing in enumerate(things):
        for serial in thing.serials:
            if (plain := likeness.bare_serial(serial)) and len(plain) >= 6:
                owners[plain].add(j)
        if (name := likeness.host(thing.name)) and len(name) >= 6 and any(c.isdigit() for c in name):
            owners[name.upper()].add(j)
        for mac in thing.macs | ({thing.mac} if thing.mac else set()):
            owners[mac.replace(":", "").upper()].add(j)
        if thing.address:
            addresses[thing.address].add(j)
    shared = []
    for i, line in enumerate(lines):
        text = " ".join(filter(None, (line.name, line.model, line.code, line.place, line.note, *(said for _, said in line.more))))
        found = {(word, j) for word in _WORD.findall(text) for j in owners.get(likeness.bare(word), ())}
        found |= {(match[0], j) for match in _MAC.finditer(text) for j in owners.get(likeness.bare(match[0]), ())}
        found |= {(address, j) for address in _ADDRESS.findall(text) for j in addresses.get(address, ())}
        shared += [Shared(i, j, "text", "equal", word) for word, j in sorted(found)]
    return shared, frozenset(), frozenset(), "text"
