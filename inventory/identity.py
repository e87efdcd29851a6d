"""Which answers come from one box, and which device that box is: by all the evidence, weighed (`inventory.weighing`).

What two boxes share while they answer *at the same time* with different hardware addresses is discounted (`inventory.shared`).
Everything here is pure and depends on no order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

from inventory.places import Place, place_key
from inventory.shared import Shared
from inventory.traits import Traits, values
from inventory.weighing import JOIN, Comparison, compare

Apart = frozenset[frozenset[int]]  # pairs of devices that people ruled not to be one

#: Two devices that the inventory held apart become one only on strong evidence besides place and name.
MERGE = 7.0


@dataclass(frozen=True)
class Box:
    """Answers of one scan that come from one box: positions in the scan's list, and why they belong together."""

    members: tuple[int, ...]
    traits: Traits
    joined: tuple[Comparison, ...] = ()
    clashes: tuple[str, ...] = ()  # contradictions inside the box, e.g. "serial"
    held: frozenset[int] = frozenset()  # of `recognise`


def excluded(a: Traits, b: Traits, comparison: Comparison) -> bool:
    """Two answers of one scan that cannot come from one box, whatever else they share."""
    agrees, denies = set(comparison.agrees), set(comparison.denies)
    if a.places & b.places:
        return comparison.score < JOIN
    if "macs" in denies:
        return "one_mac" not in agrees or not {"serial", "uuid"} & agrees
    return bool({"serial", "uuid"} & denies) and not {"base_mac", "mac", "macs"} & agrees


def _holders(boxes: Sequence[Traits]) -> dict[Hashable, list[int]]:
    """Value -> positions of the boxes that have it."""
    holders: dict[Hashable, list[int]] = {}
    for index, box in enumerate(boxes):
        for value in values(box):
            if (found := holders.get(value)) is None:
                holders[value] = [index]
            elif found[-1] != index:
                found.append(index)
    return holders


def _sharing(boxes: Sequence[Traits], limit: int = 64) -> list[tuple[int, int]]:
    """Pairs that have any value in common, each once."""
    pairs = {pair for found in _holders(boxes).values() if 1 < len(found) <= limit for pair in combinations(found, 2)}
    return sorted(pairs)


def _meeting(boxes: Sequence[Traits], known: Sequence[Traits], limit: int = 200) -> list[tuple[int, int]]:
    """Pairs of a box and a known device that have any value in common, the name too; each once."""
    holders = _holders(known)
    named: dict[str, list[int]] = defaultdict(list)
    for index, device in enumerate(known):
        if device.name:
            named[device.name].append(index)
    pairs: set[tuple[int, int]] = set()
    for position, box in enumerate(boxes):
        met = {index for value in values(box) if len(found := holders.get(value, ())) <= limit for index in found}
        if box.name and len(found := named.get(box.name, [])) <= limit:
            met.update(found)
        pairs.update((position, index) for index in met)
    return sorted(pairs)


def recognise(
    answers: Sequence[Traits], known: Mapping[int, Traits], seen_at: Mapping[int, int], apart: Apart, shared: Shared
) -> list[frozenset[int]]:
    """For each answer, which of the devices that people hold apart it can only be.

    Of each pair, the one that it is more like; of two that it is equally like, the one that was seen last (`seen_at`).
    """
    held: list[set[int]] = [set() for _ in answers]
    ruled = sorted({device for pair in apart for device in pair if device in known})
    if not ruled:
        return [frozenset() for _ in answers]
    scores: dict[tuple[int, int], tuple[float, int]] = {}
    for i, j in _meeting(answers, [known[device] for device in ruled]):
        score = compare(answers[i], known[ruled[j]], shared).score
        if score >= JOIN:
            scores[i, ruled[j]] = score, seen_at.get(ruled[j], 0)
    for (i, device), alike in scores.items():
        others = [next(iter(pair - {device})) for pair in apart if device in pair]
        if all(alike > scores.get((i, other), (0.0, 0)) for other in others):
            held[i].add(device)
    return [frozenset(devices) for devices in held]


def held_apart(a: Iterable[int], b: Collection[int], apart: Apart) -> bool:
    """Whether people ruled that one of these devices is not one of those."""
    return any(frozenset({x, y}) in apart for x in a for y in b)


def group(
    answers: Sequence[Traits],
    shared: Shared,
    held: Sequence[frozenset[int]] = (),
    apart: Apart = frozenset(),
    known: Mapping[int, Traits] = MappingProxyType({}),
) -> list[Box]:
    """Join the answers of a scan into boxes: strongest pairs first, never over a contradiction with anyone in the box.

    Pairs at places of one known device come before others: an answer that could be of either of two boxes stays with its own.
    `held`: of `recognise`, an entry an answer.
    """
    at: dict[Place, set[int]] = defaultdict(set)
    for device, traits in known.items():
        for place in traits.places:
            at[place].add(device)
    homes = [set[int]().union(*(at.get(place, ()) for place in answer.places)) for answer in answers]
    compared = {(i, j): compare(answers[i], answers[j], shared, same_time=True) for i, j in _sharing(answers)}
    ranked = sorted(
        (not homes[i] & homes[j], -c.score, sorted([_place(answers[i]), _place(answers[j])]), i, j)
        for (i, j), c in compared.items()
        if c.score >= JOIN
    )
    box_of = list(range(len(answers)))
    members: dict[int, list[int]] = {i: [i] for i in range(len(answers))}
    why: dict[int, list[Comparison]] = defaultdict(list)

    def against(i: int, j: int) -> bool:
        if apart and held_apart(held[i], held[j], apart):
            return True
        pair = (min(i, j), max(i, j))
        comparison = compared.get(pair) or compare(answers[i], answers[j], shared, same_time=True)
        return excluded(answers[i], answers[j], comparison)

    for *_, i, j in ranked:
        a, b = box_of[i], box_of[j]
        if a == b or any(against(x, y) for x in members[a] for y in members[b]):
            continue
        members[a] += members.pop(b)
        why[a] += [*why.pop(b, []), compared[i, j]]
        for x in members[a]:
            box_of[x] = a
    boxes = []
    for root, inside in members.items():
        inside.sort()
        traits = answers[inside[0]]
        for x in inside[1:]:
            traits |= answers[x]
        clashes = tuple(sorted({what for c in why[root] for what in c.denies if what in ("serial", "uuid", "macs")}))
        recognised = frozenset().union(*(held[x] for x in inside)) if held else frozenset()
        boxes.append(Box(tuple(inside), traits, tuple(why[root]), clashes, recognised))
    return sorted(boxes, key=lambda box: min(_place(answers[x]) for x in box.members))


def _place(traits: Traits) -> tuple[str, int, int]:
    return min(place_key(place) for place in traits.places)


@dataclass(frozen=True)
class Assignment:
    """Which known device each box is, and which known devices turned out to be the same."""

    device_of: Mapping[int, int]  # position of the box -> device id; a box that is missing is a new device
    why: Mapping[int, Comparison]
    merged: Mapping[int, tuple[int, Comparison]] = field(default_factory=dict)  # device id -> (into device id, why)


def assign(boxes: Sequence[Box], known: Mapping[int, Traits], shared: Shared, apart: Apart = frozenset()) -> Assignment:
    """Give each box at most one known device and each device at most one box, best evidence first."""
    ids = sorted(known)
    ranked = []
    for i, j in _meeting([box.traits for box in boxes], [known[device] for device in ids]):
        if apart and held_apart(boxes[i].held, (ids[j],), apart):
            continue
        comparison = compare(boxes[i].traits, known[ids[j]], shared)
        if comparison.score >= JOIN:
            ranked.append((-comparison.score, ids[j], i, comparison))
    ranked.sort(key=lambda row: row[:3])
    device_of: dict[int, int] = {}
    why: dict[int, Comparison] = {}
    taken: set[int] = set()
    for _, device, box, comparison in ranked:
        if box not in device_of and device not in taken:
            device_of[box], why[box] = device, comparison
            taken.add(device)
    merged: dict[int, tuple[int, Comparison]] = {}
    for _, device, box, comparison in ranked:
        if device in taken or device in merged:
            continue
        survivor = device_of[box]
        if frozenset({device, survivor}) in apart:
            continue
        if known[device].nameless and boxes[box].traits.places & known[survivor].places:
            merged[device] = (survivor, comparison)  # all that was known of it is an address, which is another's second one
            continue
        if not {"serial", "uuid", "disks", "base_mac", "mac", "macs", "arp", "members"} & set(comparison.agrees):
            continue
        between = compare(known[device], known[survivor], shared)
        if comparison.score >= MERGE and not comparison.denies and not {"serial", "uuid", "macs", "vendor"} & set(between.denies):
            merged[device] = (survivor, comparison)
    return Assignment(device_of, why, merged)


def together(boxes: Sequence[Box], found: Assignment, roots: Mapping[int, int]) -> tuple[list[Box], Assignment]:
    """What people ruled to be one device is one box: `roots` is device -> the device that it was merged into."""
    if not roots:
        return list(boxes), found
    first: dict[int, int] = {}  # device -> position of its box
    joined: list[Box] = []
    why: dict[int, Comparison] = {}
    device_of: dict[int, int] = {}
    for position, box in enumerate(boxes):
        device = found.device_of.get(position)
        root = None if device is None else roots.get(device, device)
        if root is None or root not in first:
            joined.append(box)
            if root is not None:
                first[root] = len(joined) - 1
                device_of[len(joined) - 1], why[len(joined) - 1] = root, found.why[position]
            continue
        at = first[root]
        one = joined[at]
        clashes = tuple(sorted({*one.clashes, *box.clashes}))
        members = tuple(sorted((*one.members, *box.members)))
        joined[at] = Box(members, one.traits | box.traits, (*one.joined, *box.joined), clashes, one.held | box.held)
    merged = {
        device: (roots.get(into, into), comparison)
        for device, (into, comparison) in found.merged.items()
        if device not in roots and device not in roots.values()
    }
    return joined, Assignment(device_of, why, merged)
