"""What the answers of one device, taken together, say of it: rows for every table. Pure.

A device may answer over SNMP at three addresses and over SSH at one. For lists (interfaces, neighbours) one protocol speaks
and the others only fill its gaps, because they name ports differently; for parts and readings each protocol speaks for its
own rows. Nothing ends by being absent unless the topic was answered in full by the protocol that spoke of it before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory import plausible
from inventory.facts import (
    CONFIDENCE_FLOOR,
    WAYS,
    Component,
    Evidence,
    Identity,
    Interface,
    Neighbour,
    Observation,
    Outcome,
    Reading,
    Topic,
)
from inventory.intervals import Values, fill
from inventory.schema.devices import FACT_FIELDS, PLAIN_FIELDS

TOPIC_BITS: Mapping[Topic, int] = {topic: 1 << position for position, topic in enumerate(Topic)}
#: Beside these: the protocols over which ways in were asked for.
WAY_BITS: Mapping[str, int] = {protocol: 1 << 16 + position for position, protocol in enumerate(WAYS)}
#: Who speaks first for lists.
_VOICES = {"snmp": 0, "replay": 1, "ssh": 2}

Rows = dict[str, Values]


@dataclass(frozen=True)
class Seen:
    """Rows of one table for one device, by key, and the keys that ended because a full answer lacks them."""

    rows: Rows
    ended: frozenset[str] = frozenset()


def complete(observation: Observation, topic: Topic) -> bool:
    """Whether a topic was answered in full, so that what is missing is really not there."""
    default = Outcome.ANSWERED if observation.outcome is Outcome.ANSWERED else Outcome.PARTIAL
    return observation.topics.get(topic, default) is Outcome.ANSWERED


def topics_heard(observations: Iterable[Observation]) -> int:
    """Bits of the topics that any of the answers covers in full."""
    bits = 0
    for o in observations:
        values: dict[Topic, object] = {
            Topic.IDENTITY: o.identity,
            Topic.COMPONENTS: o.components,
            Topic.INTERFACES: o.interfaces,
            Topic.NEIGHBOURS: o.neighbours,
            Topic.ADDRESSES: o.addresses,
            Topic.HEALTH: o.health,
        }
        for topic, value in values.items():
            if value is not None and complete(o, topic):
                bits |= TOPIC_BITS[topic]
        for way in o.ways:
            bits |= WAY_BITS[way.protocol]
    return bits


def by_voice(observations: Iterable[Observation], place_key: Any) -> list[Observation]:
    """In the order in which they are believed: SNMP before SSH, complete answers first, then by address."""
    return sorted(
        observations,
        key=lambda o: (
            _VOICES.get(o.protocol, 9),
            o.outcome is not Outcome.ANSWERED,
            -len(o.interfaces or ()),
            place_key((o.office, o.address)),
        ),
    )


# -- facts -----------------------------------------------------------------------------------------------------------------

_WIDTH = len(FACT_FIELDS)


def fuse_facts(observations: Sequence[Observation], before: Values | None) -> Values:
    """Values in the order of the `facts` table: fields, sources, confidences, protocols, plain fields.

    The most confident value wins. Nothing is overwritten by nothing, and a value that another protocol gave with more
    confidence stands as long as that protocol has not answered again.
    """
    answered = {o.protocol for o in observations if o.identity is not None}
    values: list[object] = []
    chosen: list[tuple[str | None, str | None, float | None, str | None]] = []
    for position, name in enumerate(FACT_FIELDS):
        found = [
            (e, o.protocol)
            for o in observations
            if o.identity is not None
            and isinstance(e := getattr(o.identity, name), Evidence)
            and e.value.strip()
            and e.confidence >= CONFIDENCE_FLOOR
            and (name != "vendor" or plausible.maker(e.value, e.confidence))
        ]
        best = max(found, key=lambda pair: (pair[0].confidence, -_VOICES.get(pair[1], 9), pair[0].value), default=None)
        old = None if before is None else before[position : 4 * _WIDTH : _WIDTH]
        if best is None or (
            old
            and old[0] is not None
            and old[3] not in answered
            and old[0] != best[0].value
            and _number(old[2]) > best[0].confidence
        ):
            chosen.append(old if old else (None, None, None, None))  # type: ignore[arg-type]
        else:
            chosen.append((best[0].value, best[0].source, best[0].confidence, best[1]))
    for part in range(4):
        values.extend(row[part] for row in chosen)
    for offset, name in enumerate(PLAIN_FIELDS):
        told = [
            getattr(o.identity, name) for o in observations if o.identity is not None and getattr(o.identity, name) is not None
        ]
        values.append(told[0] if told else before[4 * _WIDTH + offset] if before else None)
    return tuple(values)


def named(facts: Values) -> dict[str, str | None]:
    """The facts of `fuse_facts` by their names, without where they come from."""
    return dict(zip((*FACT_FIELDS, *PLAIN_FIELDS), (*facts[:_WIDTH], *facts[4 * _WIDTH :]), strict=True))  # type: ignore[arg-type]


def _number(value: object) -> float:
    return value if isinstance(value, float) else 0.0


def uptime(observations: Iterable[Observation]) -> int | None:
    return next((i.uptime_s for o in observations if isinstance(i := o.identity, Identity) and i.uptime_s is not None), None)


# -- lists that one protocol speaks for -------------------------------------------------------------------------------------


def interface_keys(interfaces: Iterable[Interface]) -> list[tuple[str, Interface]]:
    """Interfaces by name, which outlives renumbering; with the index where a name is given twice or not at all."""
    listed = plausible.interfaces(interfaces)
    names = Counter(i.name for i in listed)
    return [(i.name if i.name and names[i.name] == 1 else f"{i.name}#{i.index}", i) for i in listed]


def fuse_interfaces(observations: Sequence[Observation], before: Rows) -> Seen:
    """Rows in the order of the `interfaces` table."""
    lists = [o for o in observations if o.interfaces is not None]
    if not lists:
        return Seen({})
    speaker = lists[0]
    owner = _owner(before.values(), 0)
    if owner and _VOICES.get(speaker.protocol, 9) > _VOICES.get(owner, 9):
        return Seen(_unmoved(_fill_gaps({}, before, lists), before))
    full = complete(speaker, Topic.INTERFACES)
    rows: Rows = {}
    for key, i in interface_keys(speaker.interfaces or ()):
        values: Values = (
            speaker.protocol, i.index, i.name, i.description, i.alias, i.type, plausible.mac(i.mac), i.mtu,
            plausible.speed(i.speed_bps), i.admin_up, i.oper_up, i.pvid, i.duplex, i.aggregate, i.stp, i.changed_at,
        )  # fmt: skip
        rows[key] = values if full else fill(values, before.get(key))
    ended = frozenset(before) - frozenset(rows) if full else frozenset()
    return Seen(_unmoved(_fill_gaps(rows, {}, lists[1:]), before), ended)


def _unmoved(rows: Rows, before: Rows) -> Rows:
    """A port of which only the time of its last change is another is the same: `inventory.traffic` keeps that time by scan."""
    for key, row in rows.items():
        old = before.get(key)
        if old is not None and old[-1] is not None and old[-1] != row[-1] and old[:-1] == row[:-1]:
            rows[key] = old
    return rows


def _fill_gaps(rows: Rows, before: Rows, lists: Sequence[Observation]) -> Rows:
    """Lesser voices add what is missing in rows of the same name; over rows of an earlier scan they bring news of their state."""
    if not lists:
        return rows
    base = rows or before
    named: dict[str, str] = {}
    for key, row in base.items():
        for name in (row[2], row[3]):
            if isinstance(name, str) and name:
                named.setdefault(name, key)
    filled = dict(rows)
    for o in lists:
        for _, i in interface_keys(o.interfaces or ()):
            match = named.get(i.name) or named.get(i.description or "")
            if match is None:
                continue
            row = filled.get(match, base[match])
            mac, speed = plausible.mac(i.mac), plausible.speed(i.speed_bps)
            news: Values = (
                None, None, None, None, i.alias, i.type, mac, i.mtu, speed, i.admin_up, i.oper_up, i.pvid, i.duplex,
                i.aggregate, i.stp, i.changed_at,
            )  # fmt: skip
            filled[match] = fill(row, news) if rows else fill(news, row)
    return filled


def _owner(rows: Iterable[Values], position: int) -> str | None:
    voices = {str(row[position]) for row in rows}
    return min(voices, key=lambda v: _VOICES.get(v, 9)) if voices else None


def fuse_neighbours(observations: Sequence[Observation], before: Rows) -> Seen:
    """Rows in the order of the `neighbours` table, without the neighbour that they are resolved to (two empty values)."""
    lists = [o for o in observations if o.neighbours is not None]
    owner = _owner(before.values(), 0)
    if owner:
        lists = [o for o in lists if _VOICES.get(o.protocol, 9) <= _VOICES.get(owner, 9)]
    if not lists:
        return Seen({})
    speaker = next((o for o in lists if o.neighbours), lists[0])
    full = complete(speaker, Topic.NEIGHBOURS)
    rows: Rows = {}
    for n in speaker.neighbours or ():
        values: Values = (
            speaker.protocol, n.protocol, n.local_port, n.remote_name, n.remote_port, n.remote_port_description, n.remote_chassis,
            n.remote_address, n.remote_description, None, None,
        )  # fmt: skip
        key = neighbour_key(n)
        rows[key] = values if full else fill(values, before.get(key))
    ended = frozenset(before) - frozenset(rows) if full else frozenset()
    return Seen(rows, ended)


def neighbour_key(n: Neighbour) -> str:
    """A neighbour by our port and its own identity: what it sends besides (a new address) is a change of the row."""
    who = n.remote_chassis or n.remote_name or n.remote_address or ""
    return "|".join((n.protocol, n.local_port, who, n.remote_port or n.remote_port_description or ""))


# -- lists that every protocol speaks for itself ----------------------------------------------------------------------------


def fuse_components(observations: Sequence[Observation], before: Rows) -> Seen:
    """Rows in the order of the `components` table; a part with a serial that SNMP lists too is not listed again for SSH."""
    rows: Rows = {}
    full: set[str] = set()
    spoken: set[str] = set()
    serials: set[tuple[str, str]] = set()
    for o in observations:
        if o.components is None or o.protocol in spoken:
            continue
        spoken.add(o.protocol)
        before_us = [r for r in before.values() if r[0] not in spoken and _VOICES.get(str(r[0]), 9) < _VOICES.get(o.protocol, 9)]
        serials |= {(str(r[2]), str(r[7])) for r in before_us if r[7]}
        whole = complete(o, Topic.COMPONENTS)
        if whole:
            full.add(o.protocol)
        for key, c in _component_keys(o.protocol, o.components):
            if c.serial and (c.kind, c.serial) in serials:
                continue
            values: Values = (
                o.protocol, c.index, c.kind, c.name, c.description, c.vendor, c.model, c.serial, c.hardware_rev, c.firmware_rev,
                c.software_rev, c.parent, c.manufactured, c.size_bytes,
            )  # fmt: skip
            rows[key] = values if whole else fill(values, before.get(key))
        serials |= {(c.kind, c.serial) for c in o.components if c.serial}
    ended = frozenset(key for key, row in before.items() if row[0] in full and key not in rows)
    return Seen(rows, ended)


def _component_keys(protocol: str, components: Iterable[Component]) -> Iterable[tuple[str, Component]]:
    used: Counter[str] = Counter()
    for c in components:
        used[c.index] += 1
        yield f"{protocol}:{c.index}" + (f"#{used[c.index]}" if used[c.index] > 1 else ""), c


def fuse_readings(observations: Sequence[Observation], before: Rows) -> Seen:
    """Rows in the order of the `readings` table. One that only has another number than before is the same: see `numbers`."""
    rows: Rows = {}
    full: set[str] = set()
    for o in observations:
        if o.health is None:
            continue
        if complete(o, Topic.HEALTH):
            full.add(o.protocol)
        for r in o.health:
            rows.setdefault(_reading_key(r), (o.protocol, r.metric, r.item, None if r.value is None else float(r.value), r.text))
    for key, row in rows.items():
        old = before.get(key)
        if old is not None and None not in (row[3], old[3]):
            rows[key] = (*row[:3], old[3], row[4])
    ended = frozenset(key for key, row in before.items() if row[0] in full and key not in rows)
    return Seen(rows, ended)


def numbers(observations: Iterable[Observation]) -> dict[str, float]:
    """The numbers of readings, by the keys of their rows."""
    found: dict[str, float] = {}
    for o in observations:
        for r in o.health or ():
            if r.value is not None:
                found.setdefault(_reading_key(r), float(r.value))
    return found


def _reading_key(reading: Reading) -> str:
    return f"{reading.metric}|{reading.item}"


def fuse_addresses(observations: Sequence[Observation], before: Rows, asked: set[tuple[str, str]]) -> Seen:
    """Rows in the order of the `addresses` table: where it answered, and what it says it has itself."""
    rows: Rows = {}
    for o in observations:
        rows[f"answered|{o.office}|{o.address}"] = (o.office, o.address, "answered", None, None)
    tellers = [o for o in observations if o.addresses is not None and o.addresses.own is not None]
    whole = any(complete(o, Topic.ADDRESSES) for o in tellers)
    for o in tellers[:1]:
        for a in (o.addresses.own if o.addresses else None) or ():
            key = f"told|{o.office}|{a.address}"
            values: Values = (o.office, a.address, "told", a.prefix_length, a.if_index)
            rows[key] = values if whole else fill(values, before.get(key))
    ended = {
        key for key, row in before.items() if key not in rows and row[2] == "answered" and (str(row[0]), str(row[1])) in asked
    }
    if whole:
        ended |= {key for key, row in before.items() if key not in rows and row[2] == "told"}
    return Seen(rows, frozenset(ended))


def fuse_management(observations: Sequence[Observation], before: Rows, asked: set[tuple[str, str]]) -> Seen:
    """Rows in the order of the `management` table: ways in, and those that were asked for and are shut.

    What could not be found out this time of one that stays open is as it was. Rows end where the device was asked and answers no
    longer at all.
    """
    rows: Rows = {}
    for o in observations:
        for w in o.ways:
            key = f"{w.protocol}|{o.office}|{o.address}|{w.port}"
            facts = json.dumps(dict(sorted(w.facts.items())), separators=(",", ":")) if w.facts else None
            values: Values = (o.office, o.address, w.protocol, w.port, w.open, w.version, w.credential, facts)
            old = before.get(key)
            rows.setdefault(key, fill(values, old) if w.open and old is not None and old[4] else values)
    answering = {(o.office, o.address) for o in observations}
    left = (key for key, row in before.items() if (place := (str(row[0]), str(row[1]))) in asked and place not in answering)
    return Seen(rows, frozenset(left))
