"""From the answers of a scan and what is known, to what is true now. Pure: no database, no clock, no order.

Answers are joined into boxes and boxes recognised as devices (inventory.identity), the answers of each device are fused into
rows (inventory.fusing), and rows are compared with the rows that are true (inventory.intervals).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from inventory import conflicts, fusing, identity, learnt, neighbours, stations, traffic
from inventory.facts import Observation, Outcome, Topic
from inventory.hardware_addresses import tells_a_box
from inventory.intervals import Delta, Values
from inventory.names import device_name
from inventory.places import Place, place_key
from inventory.shared import NOTHING, Shared, find_shared, shared_by_devices
from inventory.traits import Traits, arp_table, traits_of, words_of
from inventory.weighing import Comparison

#: Outcomes that prove that something is at the address. A refused port does not: the machine that answers for it may be any.
THERE = frozenset(
    {
        Outcome.ANSWERED,
        Outcome.PARTIAL,
        Outcome.AUTH_FAILED,
        Outcome.UNSUPPORTED,
        Outcome.GARBLED,
        Outcome.LOOPED,
        Outcome.DROPPED,
        Outcome.HOST_KEY_CHANGED,
        Outcome.NO_COMMON_ALGORITHMS,
        Outcome.NO_CREDENTIAL,
    }
)

TableRows = dict[int, fusing.Rows]  # device -> key -> values


@dataclass
class Memory:
    """What is true before the scan, for the devices that could be met. Rows in the order of their tables' value columns."""

    traits: dict[int, Traits] = field(default_factory=dict)
    place: dict[int, Place] = field(default_factory=dict)  # where it was last confirmed
    seen_at: dict[int, int] = field(default_factory=dict)  # newest observation
    facts: dict[int, Values] = field(default_factory=dict)
    interfaces: TableRows = field(default_factory=dict)
    components: TableRows = field(default_factory=dict)
    neighbours: TableRows = field(default_factory=dict)
    addresses: TableRows = field(default_factory=dict)
    readings: TableRows = field(default_factory=dict)
    management: TableRows = field(default_factory=dict)
    conflicts: TableRows = field(default_factory=dict)
    stations: dict[stations.Station, Values] = field(default_factory=dict)
    counters: dict[str, traffic.Readings] = field(default_factory=dict)  # by office
    asked: set[Place] = field(default_factory=set)  # in this scan
    faces: dict[int, Traits] = field(default_factory=dict)  # of devices that people merged: how else a device may look
    roots: dict[int, int] = field(default_factory=dict)  # face -> the device that it was merged into
    apart: identity.Apart = frozenset()  # devices that people hold apart
    next_id: int = 1


@dataclass(frozen=True)
class Sighting:
    """A device that was asked in this scan."""

    device: int
    state: str  # present, silent
    office: str
    address: str
    seen_at: int | None = None
    topics: int = 0
    protocols: str = ""
    uptime_s: int | None = None
    score: float | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Logged:
    """One decision about identity, with what it rests on."""

    device: int
    event: str  # created joined merged refused late
    addresses: str
    score: float | None
    evidence: str


@dataclass
class Result:
    """What to write. `deltas` by table name; owners are device ids, or offices for stations."""

    sightings: list[Sighting] = field(default_factory=list)
    created: list[int] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    deltas: dict[str, Delta] = field(default_factory=lambda: defaultdict(Delta))
    log: list[Logged] = field(default_factory=list)
    counted: traffic.Counted = field(default_factory=traffic.Counted)
    numbers: dict[tuple[int, str], float] = field(default_factory=dict)  # of readings: (device, key) -> what was told
    learnt: list[learnt.Learnt] = field(default_factory=list)  # tables that take the place of those that are known
    confirmed: int = 0


def reconcile(observations: Sequence[Observation], memory: Memory) -> Result:
    """Decide which devices answered and what changed. Silent and refused observations carry no device."""
    result = Result()
    there = sorted((o for o in observations if o.outcome in THERE), key=lambda o: (*place_key((o.office, o.address)), o.protocol))
    arp = arp_table(there)
    answers = [traits_of(o, arp) for o in there]
    known = {**_with_routers_word(memory), **memory.faces}
    boxes, shared = _settled(there, answers, known, memory)
    boxes, assignment = identity.together(boxes, identity.assign(boxes, known, shared, memory.apart), memory.roots)
    devices: dict[int, list[Observation]] = {}
    device_of_box: list[int] = []
    late: set[int] = set()
    next_id = memory.next_id
    for position, box in enumerate(boxes):
        device = assignment.device_of.get(position)
        why = assignment.why.get(position)
        members = [there[i] for i in box.members]
        where = ",".join(dict.fromkeys(f"{o.office}/{o.address}" for o in members))
        if device is None:
            device, next_id = next_id, next_id + 1
            result.created.append(device)
            result.log.append(Logged(device, "created", where, None, _own_evidence(box.traits)))
        if box.joined and not box.traits.places <= _places(known, device):
            score = min(c.score for c in box.joined)
            result.log.append(Logged(device, "joined", where, score, ";".join(sorted({c.words for c in box.joined}))))
        newest = max(o.observed_at for o in members)
        if newest < memory.seen_at.get(device, newest):
            late.add(device)
            result.log.append(Logged(device, "late", where, why.score if why else None, "late"))
        device_of_box.append(device)
        devices[device] = fusing.by_voice(members, place_key)
        result.sightings.append(_sighting(device, devices[device], memory, why))
    for device, (into, why) in sorted(assignment.merged.items()):
        result.merged[device] = into
        result.log.append(Logged(device, "merged", device_name(into), why.score, why.words))
    _unanswered(result, memory, devices)
    result.confirmed = len(devices)
    timely = {device: members for device, members in devices.items() if device not in late}
    now = _rows(result, timely, memory)
    _contradictions(result, memory, _of_boxes(boxes, device_of_box, timely, assignment, there, memory))
    _place_stations(result, timely, memory, now)
    _count(result, timely, memory, now)
    result.learnt = learnt.told(timely, now.interfaces)
    return result


def _settled(
    there: Sequence[Observation], answers: Sequence[Traits], known: Mapping[int, Traits], memory: Memory
) -> tuple[list[identity.Box], Shared]:
    """The boxes of a scan, and what says nothing of them.

    What two of its boxes carry that differ in something else says nothing either: the next scan, which knows them as devices,
    would find so. Boxes that rested on it are taken apart now, and not then: a network that stays as it is makes no history.
    """
    shared = least = find_shared(answers, list(memory.traits.values()))
    tried = NOTHING
    while True:
        held = identity.recognise(answers, known, memory.seen_at, memory.apart, shared)
        grouped = identity.group(answers, shared, held, memory.apart, memory.traits)
        boxes = [_in_kept_words(box, there, answers) for box in grouped]
        found = least | shared_by_devices([box.traits for box in boxes])
        if found == shared:
            return boxes, shared
        if found | tried == tried:  # neither of two ways of seeing it bears itself out: doubt all that either doubts
            found = least = tried | shared
        shared, tried = found, tried | shared


def _in_kept_words(box: identity.Box, there: Sequence[Observation], answers: Sequence[Traits]) -> identity.Box:
    """Where its answers name a box differently, it is called what will be kept of it: so it is recognised by it again."""
    told = (answers[i].words for i in box.members)
    if all(word in (None, kept) for words in told for word, kept in zip(words, box.traits.words, strict=True)):
        return box
    members = fusing.by_voice([there[i] for i in box.members], place_key)
    vendor, model, name = words_of(fusing.named(fusing.fuse_facts(members, None)))
    return replace(box, traits=replace(box.traits, vendor=vendor, model=model, name=name))


def _own_evidence(traits: Traits) -> str:
    """What a new device told of itself (`inventory.explanations`)."""
    named = {
        "serial": traits.serials,
        "uuid": traits.uuids,
        "engine_id": traits.engines,
        "base_mac": traits.base_macs,
        "macs": traits.macs,
        "arp": traits.arp_macs,
    }
    return ",".join(f"+{name}" for name, values in named.items() if values) or "+address"


def _places(known: Mapping[int, Traits], device: int) -> frozenset[Place]:
    return known[device].places if device in known else frozenset()


def _with_routers_word(memory: Memory) -> dict[int, Traits]:
    """The known devices with the hardware addresses that routers gave for them, where they do not tell them themselves."""
    at: dict[tuple[str, object], set[str]] = defaultdict(set)
    for (office, mac), values in memory.stations.items():
        if tells_a_box(mac):
            at[office, values[0]].add(mac)
    said: dict[int, set[str]] = defaultdict(set)
    for (office, mac), (address, device, *_) in memory.stations.items():
        if not isinstance(device, int) or device not in memory.traits or mac in memory.traits[device].every_mac:
            continue
        if tells_a_box(mac) and (address is None or len(at[office, address]) == 1):  # where routers differ, they say nothing
            said[device].add(mac)
    return {
        **memory.traits,
        **{device: replace(memory.traits[device], arp_macs=frozenset(macs)) for device, macs in said.items()},
    }


def _contradictions(result: Result, memory: Memory, told: Mapping[int, tuple[Traits, fusing.Rows]]) -> None:
    """Conflicts of all devices as they stand now, and a line in the log for each new pair that was not taken for one.

    `told`: what each device that answered told now, and the conflicts that it has by itself.
    """
    rows: TableRows = {
        device: {key: values for key, values in before.items() if values[0] not in conflicts.WITH_ANOTHER}
        for device, before in memory.conflicts.items()
    }
    devices = dict(memory.traits)
    for device, (traits, alone) in told.items():
        rows[device] = dict(alone)
        devices[device] = traits.over(devices[device]) if device in devices else traits
    standing = {device: traits for device, traits in devices.items() if device not in result.merged}
    for (device, other), (found, comparison) in sorted(conflicts.between(standing, memory.apart).items()):
        rows.setdefault(device, {}).update(found)
        if device < other and not memory.conflicts.get(device, {}).keys() & found.keys():
            result.log.append(Logged(other, "refused", device_name(device), comparison.score, comparison.words))
    for device, now in sorted(rows.items()):
        if device not in result.merged:
            before = memory.conflicts.get(device, {})
            _compare(result, "conflicts", device, before, fusing.Seen(now, frozenset(before) - frozenset(now)))


def _of_boxes(
    boxes: Sequence[identity.Box],
    device_of_box: Sequence[int],
    timely: Collection[int],
    assignment: identity.Assignment,
    answers: Sequence[Observation],
    memory: Memory,
) -> dict[int, tuple[Traits, fusing.Rows]]:
    """device -> what its box told, and the conflicts that it has by itself."""
    found = {}
    for position, (box, device) in enumerate(zip(boxes, device_of_box, strict=True)):
        if device in timely:
            before = memory.conflicts.get(device, {})
            alone = conflicts.of_box(box, assignment.why.get(position), answers, memory.traits.get(device), before)
            found[device] = box.traits, alone
    return found


def _sighting(device: int, members: Sequence[Observation], memory: Memory, why: Comparison | None) -> Sighting:
    """The address it is known by stays as long as it answers there; else the first of those that answered best."""
    places = [(o.office, o.address) for o in members]
    office, address = memory.place[device] if memory.place.get(device) in places else _best_place(members)
    read = [o for o in members if o.identity is not None]
    return Sighting(
        device=device,
        state="present",
        office=office,
        address=address,
        seen_at=max(o.observed_at for o in members),
        topics=fusing.topics_heard(members),
        protocols=",".join(sorted({o.protocol for o in read or members})),
        uptime_s=fusing.uptime(members),
        score=why.score if why else None,
        evidence=why.words if why else "",
    )


def _best_place(members: Sequence[Observation]) -> Place:
    best = min(members, key=lambda o: (o.identity is None, o.outcome is not Outcome.ANSWERED, *place_key((o.office, o.address))))
    return best.office, best.address


def _unanswered(result: Result, memory: Memory, devices: Mapping[int, Sequence[Observation]]) -> None:
    """Known devices that were asked where they were last and did not answer anywhere: silent. Nothing of theirs is touched."""
    for device, place in sorted(memory.place.items()):
        if device not in devices and device not in result.merged and place in memory.asked:
            result.sightings.append(Sighting(device, "silent", *place))


@dataclass
class Now:
    """What is true after the scan, as far as neighbours and stations need it."""

    facts: dict[int, Values]
    interfaces: dict[int, fusing.Rows]
    neighbours: dict[int, fusing.Rows]
    places: dict[Place, int]
    macs: dict[str, int]


def _rows(result: Result, devices: Mapping[int, Sequence[Observation]], memory: Memory) -> Now:
    """Fuse and compare every table that a device speaks for itself."""
    now = Now(dict(memory.facts), dict(memory.interfaces), dict(memory.neighbours), {}, {})
    told: dict[int, fusing.Seen] = {}
    for device, members in devices.items():
        fused = fusing.fuse_facts(members, memory.facts.get(device))
        known = {} if device not in memory.facts else {(device, ""): memory.facts[device]}
        result.deltas["facts"].add(known, {(device, ""): fused}, ())
        now.facts[device] = fused
        ports = fusing.fuse_interfaces(members, memory.interfaces.get(device, {}))
        now.interfaces[device] = _after(memory.interfaces.get(device, {}), ports)
        told[device] = fusing.fuse_neighbours(members, memory.neighbours.get(device, {}))
        for table, seen in (
            ("interfaces", ports),
            ("components", fusing.fuse_components(members, memory.components.get(device, {}))),
            ("readings", fusing.fuse_readings(members, memory.readings.get(device, {}))),
            ("addresses", fusing.fuse_addresses(members, memory.addresses.get(device, {}), memory.asked)),
            ("management", fusing.fuse_management(members, memory.management.get(device, {}), memory.asked)),
        ):
            _compare(result, table, device, getattr(memory, table).get(device, {}), seen)
    gone = set(result.merged)
    # Where a device was last, unless it was asked there and answers elsewhere now: the address may be another's.
    now.places = {
        place: device
        for device, place in memory.place.items()
        if device not in gone and not (device in devices and place in memory.asked)
    }
    now.places |= {(o.office, o.address): device for device, members in devices.items() for o in members}
    now.macs = neighbours.devices_by_mac(now.facts, now.interfaces, gone)
    index = neighbours.Index(now.facts, now.interfaces, now.places, now.macs, gone)
    for device, seen in told.items():
        office = min(devices[device], key=lambda o: place_key((o.office, o.address))).office
        resolved = {key: index.resolve(device, office, values) for key, values in seen.rows.items()}
        before = memory.neighbours.get(device, {})
        _compare(result, "neighbours", device, before, fusing.Seen(resolved, seen.ended))
        now.neighbours[device] = _after(before, fusing.Seen(resolved, seen.ended))
    return now


def _after(before: fusing.Rows, seen: fusing.Seen) -> fusing.Rows:
    after = {**before, **seen.rows}
    for key in seen.ended:
        if key not in seen.rows:
            after.pop(key, None)
    return after


def _compare(result: Result, table: str, device: int, before: fusing.Rows, seen: fusing.Seen) -> None:
    result.deltas[table].of(device, before, seen.rows, seen.ended)


def _place_stations(result: Result, devices: Mapping[int, Sequence[Observation]], memory: Memory, now: Now) -> None:
    tellers = []
    for device, members in devices.items():
        for o in members:
            if o.addresses is not None:
                whole = fusing.complete(o, Topic.ADDRESSES)
                tellers.append(stations.Teller(device, o.office, o.addresses.forwarding, o.addresses.arp, whole))
        heard = tuple(neighbours.heard(now.neighbours.get(device, {}).values(), now.macs))
        if (speaker := next((o for o in members if o.neighbours is not None), None)) is not None:
            tellers.append(_listener(device, speaker, heard))
        elif heard:
            remembered = frozenset(one.mac for one in heard)
            tellers.append(stations.Teller(device, members[0].office, None, None, whole=False, remembered=remembered))
    switching = {t.device for t in tellers if t.forwarding}
    uplinks = neighbours.uplinks(now.neighbours, now.facts, switching)
    answering = {(o.office, o.address) for members in devices.values() for o in members}
    heirs = {
        old: now.places[place]
        for old, place in memory.place.items()
        if place in answering and old not in devices and now.places.get(place) in devices
    }
    placed = stations.place(tellers, memory.stations, uplinks, now.macs, now.places, answering, heirs)
    result.deltas["stations"].add(memory.stations, placed.rows, placed.ended)


def _listener(device: int, o: Observation, heard: tuple[stations.Heard, ...]) -> stations.Teller:
    """What a device hears from neighbours that name a hardware address."""
    no_table = o.addresses is not None and o.addresses.forwarding is None
    return stations.Teller(
        device,
        o.office,
        None,
        None,
        whole=False,
        heard=heard,
        listening=no_table and fusing.complete(o, Topic.NEIGHBOURS) and fusing.complete(o, Topic.ADDRESSES),
    )


def _count(result: Result, devices: Mapping[int, Sequence[Observation]], memory: Memory, now: Now) -> None:
    """Counters against the last reading of each device, changes of ports against their rows, and the numbers of readings."""
    told = {}
    for device, members in devices.items():
        counting = (o for o in members if o.interfaces and any(i.counters or i.changed_at for i in o.interfaces))
        o = next(counting, None)
        if o is not None:
            told[device] = o
        result.numbers |= {(device, key): number for key, number in fusing.numbers(members).items()}
    since = {device: {row[1]: row[-1] for row in now.interfaces[device].values()} for device in told}
    result.counted = traffic.count(told, memory.counters, since)  # type: ignore[arg-type]
