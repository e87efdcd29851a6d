"""Which answers come from one box, and which box that is: by all the evidence, weighed.

No single rule decides. Addresses are reused, factory names are all alike, engine ids are cloned with configurations, and
serials are placeholders; so every agreement adds, every contradiction takes away, and the sum decides. What two boxes share
while they answer *at the same time* with different hardware addresses is discounted. Everything here is pure and depends on
no order.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from inventory.facts import Observation
from inventory.hardware_addresses import tells_a_box
from inventory.junk import is_junk_serial

Place = tuple[str, str]  # (office, address): branches reuse subnets, so an address alone is nothing
Apart = frozenset[frozenset[int]]  # pairs of devices that people ruled not to be one

#: Points for what agrees. Two answers are one box from `JOIN` points on.
SAME_SERIAL = 10.0
SAME_BASE_MAC = 8.0
SAME_MEMBER = 4.0  # per module or stack member with the same serial, at most two
MOST_MACS = 7.0  # at least half of the smaller set of interface addresses
ONE_MAC = 3.0  # a docking station, a network card that was moved
SAME_ENGINE = 5.0  # cloned with configurations more often than serials are
ARP_AGREES = 7.0  # a router says that this hardware address has that address
SAME_PLACE = 3.0
SAME_PLACE_AND_TIME = 4.0  # SNMP and SSH of one scan
TOLD_PLACE = 3.5  # the one says of itself that it has the other's address
SAME_NAME_AND_MODEL = 2.0
SAME_NAME = 1.5
SAME_MODEL = 0.5
#: Points for what contradicts.
OTHER_SERIAL = -10.0
OTHER_MACS = -6.0
ARP_DENIES = -3.0
OTHER_VENDOR = -4.0
OTHER_MODEL = -2.0
OTHER_ENGINE = -2.0
OTHER_NAME = -0.5
JOIN = 3.0
#: Two devices that the inventory held apart become one only on strong evidence besides place and name.
MERGE = 7.0


def usable_serial(serial: str | None) -> str | None:
    """The serial as compared (case and blanks do not matter), None for placeholders."""
    if serial is None:
        return None
    text = " ".join(serial.split())
    if len(text) < 4 or is_junk_serial(text):
        return None
    return text.upper().replace(" ", "")


def _words(text: str | None) -> str | None:
    """As compared: case and punctuation do not matter."""
    plain = re.sub(r"[\W_]+", "", text.casefold()) if text else ""
    return plain or None


#: One maker under several names, as compared by `_words`.
_SAME_MAKER = {
    "hp": "hpe",
    "hewlettpackard": "hpe",
    "hewlettpackardenterprise": "hpe",
    "aruba": "hpe",
    "procurve": "hpe",
    "3com": "hpe",
}
#: Makers of what runs on a box. SNMP names them where nothing tells the box's own maker, so they contradict none.
_OF_SOFTWARE = frozenset({"microsoft", "vmware"})


def _maker(told: str | None) -> str | None:
    """The maker of a box, as compared."""
    plain = _words(told)
    return None if plain is None or plain in _OF_SOFTWARE else _SAME_MAKER.get(plain, plain)


@dataclass(frozen=True)
class Traits:
    """What tells one box from another, from one answer, several, or memory."""

    places: frozenset[Place] = frozenset()
    told: frozenset[Place] = frozenset()  # its own addresses, as it says itself
    serials: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()  # serials of chassis, stack members, modules, boards
    engines: frozenset[str] = frozenset()
    base_macs: frozenset[str] = frozenset()
    macs: frozenset[str] = frozenset()
    arp_macs: frozenset[str] = frozenset()  # what others say stands at its places
    vendor: str | None = None
    model: str | None = None
    name: str | None = None

    def __or__(self, other: Traits) -> Traits:
        return Traits(
            places=self.places | other.places,
            told=self.told | other.told,
            serials=self.serials | other.serials,
            members=self.members | other.members,
            engines=self.engines | other.engines,
            base_macs=self.base_macs | other.base_macs,
            macs=self.macs | other.macs,
            arp_macs=self.arp_macs | other.arp_macs,
            vendor=self.vendor or other.vendor,
            model=self.model or other.model,
            name=self.name or other.name,
        )

    @property
    def nameless(self) -> bool:
        """Nothing but an address: something that never let itself be read."""
        told = (self.serials, self.members, self.engines, self.base_macs, self.macs, self.vendor, self.model, self.name)
        return not any(told)


#: Two boxes with anything in common share one of these values.
_SHARED_VALUES: tuple[Callable[[Traits], frozenset], ...] = (
    lambda t: t.places | t.told,
    lambda t: t.serials,
    lambda t: t.members,
    lambda t: t.engines,
    lambda t: t.macs | t.base_macs | t.arp_macs,
)


def traits_of(observation: Observation, arp: Mapping[Place, str]) -> Traits:
    """The traits in an observation; `arp`: what the routers of the scan say about places."""
    o, who = observation, observation.identity
    place = (o.office, o.address)
    macs = {i.mac for i in o.interfaces or () if tells_a_box(i.mac)}
    base = who.base_mac if who and tells_a_box(who.base_mac) else None
    serial = usable_serial(who.serial.value) if who and who.serial else None
    members = {usable_serial(c.serial) for c in o.components or () if c.kind in ("chassis", "stack", "module", "board")} - {None}
    own = (o.addresses.own if o.addresses else None) or ()
    return Traits(
        places=frozenset({place}),
        told=frozenset((o.office, a.address) for a in own if _tellable(a.address)),
        serials=frozenset({serial} if serial else ()),
        members=frozenset(m for m in members if m),
        engines=frozenset({who.engine_id.lower()} if who and who.engine_id and len(who.engine_id) >= 10 else ()),
        base_macs=frozenset({base} if base else ()),
        macs=frozenset(m for m in macs if m),
        arp_macs=frozenset({arp[place]} if place in arp else ()),
        vendor=_maker(who.vendor.value) if who and who.vendor else None,
        model=_words(who.model.value) if who and who.model else None,
        name=_words(who.sys_name) if who else None,
    )


def known_traits(
    places: Iterable[Place],
    facts: Mapping[str, object],
    macs: Iterable[str | None],
    members: Iterable[str | None],
    engine: str | None,
) -> Traits:
    """The traits of a device that the inventory holds; `facts` as in the `facts` table."""

    def fact(name: str) -> str | None:
        value = facts.get(name)
        return value if isinstance(value, str) else None

    serial, base = usable_serial(fact("serial")), fact("base_mac")
    return Traits(
        places=frozenset(places),
        serials=frozenset({serial} if serial else ()),
        members=frozenset(m for m in map(usable_serial, members) if m),
        engines=frozenset({engine} if engine else ()),
        base_macs=frozenset({base} if base and tells_a_box(base) else ()),
        macs=frozenset(m for m in macs if m and tells_a_box(m)),
        vendor=_maker(fact("vendor")),
        model=_words(fact("model")),
        name=_words(fact("sys_name")),
    )


def _tellable(address: str) -> bool:
    """Every device has 127.0.0.1, fe80:: and 0.0.0.0: they place nobody."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return not (ip.is_link_local or ip.is_unspecified or address in ("127.0.0.1", "::1"))


def arp_table(observations: Iterable[Observation]) -> dict[Place, str]:
    """(office, address) -> the one MAC that the office's devices agree on; where they differ, nothing."""
    said: dict[Place, set[str]] = defaultdict(set)
    answering: dict[str, int] = defaultdict(int)
    for o in observations:
        for entry in (o.addresses.arp if o.addresses else None) or ():
            if tells_a_box(entry.mac):
                said[o.office, entry.address].add(entry.mac)
    agreed = {place: next(iter(macs)) for place, macs in said.items() if len(macs) == 1}
    for mac in agreed.values():
        answering[mac] += 1
    return {place: mac for place, mac in agreed.items() if answering[mac] <= 8}  # more: a proxy that answers for everybody


@dataclass(frozen=True)
class Comparison:
    """Why two are, or are not, one box."""

    score: float
    agrees: tuple[str, ...]
    denies: tuple[str, ...]

    @property
    def words(self) -> str:
        return ",".join([*self.agrees, *(f"!{what}" for what in self.denies)])


@dataclass(frozen=True)
class Shared:
    """Values that several boxes carry at once: no evidence for anything."""

    serials: frozenset[str] = frozenset()
    engines: frozenset[str] = frozenset()
    macs: frozenset[str] = frozenset()
    names: frozenset[tuple[str | None, str | None]] = frozenset()


def compare(a: Traits, b: Traits, shared: Shared = Shared(), *, same_time: bool = False) -> Comparison:
    """Weigh everything that two sets of traits tell of each other."""
    agrees: list[tuple[str, float]] = []
    denies: list[tuple[str, float]] = []
    place = bool(a.places & b.places)
    if place:
        agrees.append(("address", SAME_PLACE_AND_TIME if same_time else SAME_PLACE))
    elif a.told & b.places or b.told & a.places:
        agrees.append(("own_address", TOLD_PLACE))
    a_serials, b_serials = a.serials - shared.serials, b.serials - shared.serials
    if a_serials & b_serials:
        agrees.append(("serial", SAME_SERIAL))
    elif a_serials and b_serials:
        denies.append(("serial", OTHER_SERIAL))
    if members := ((a.members & b.members) - a.serials - b.serials) - shared.serials:
        agrees.append(("members", SAME_MEMBER * min(2, len(members))))
    a_macs, b_macs = a.macs | a.base_macs, b.macs | b.base_macs
    common = (a_macs & b_macs) - shared.macs
    if (a.base_macs & b.base_macs) - shared.macs:
        agrees.append(("base_mac", SAME_BASE_MAC))
    elif common:
        most = 2 * len(common) >= min(len(a_macs), len(b_macs))
        agrees.append(("macs", MOST_MACS) if most else ("one_mac", ONE_MAC))
    elif a_macs and b_macs and not a_macs & b_macs:
        denies.append(("macs", OTHER_MACS))
    if not common:
        _compare_arp(a, b, a_macs, b_macs, shared, agrees, denies)
    if (a.engines & b.engines) - shared.engines:
        agrees.append(("engine_id", SAME_ENGINE))
    elif a.engines and b.engines and not a.engines & b.engines:
        denies.append(("engine_id", OTHER_ENGINE))
    if a.vendor and b.vendor and a.vendor != b.vendor and not (a.vendor in b.vendor or b.vendor in a.vendor):
        denies.append(("vendor", OTHER_VENDOR))
    same_model = bool(a.model and b.model and (a.model in b.model or b.model in a.model))
    if same_model:
        agrees.append(("model", SAME_MODEL))
    elif a.model and b.model:
        denies.append(("model", OTHER_MODEL))
    if a.name and b.name:
        if a.name != b.name:
            denies.append(("name", OTHER_NAME))
        elif (a.name, a.model) not in shared.names and (b.name, b.model) not in shared.names:
            agrees.append(("name", SAME_NAME_AND_MODEL if same_model else SAME_NAME))
    score = sum(points for _, points in agrees) + sum(points for _, points in denies)
    return Comparison(round(score, 2), tuple(what for what, _ in agrees), tuple(what for what, _ in denies))


def _compare_arp(
    a: Traits, b: Traits, a_macs: frozenset[str], b_macs: frozenset[str], shared: Shared, agrees: list, denies: list
) -> None:
    """ARP speaks for those that do not tell hardware addresses themselves."""
    for one, others in ((a.arp_macs, b_macs | b.arp_macs), (b.arp_macs, a_macs)):
        if (one & others) - shared.macs:
            agrees.append(("arp", ARP_AGREES))
            return
    silent, telling = (a, b_macs) if not a_macs else (b, a_macs)
    if silent.arp_macs and telling and not (a_macs and b_macs):
        denies.append(("arp", ARP_DENIES))


def excluded(a: Traits, b: Traits, comparison: Comparison) -> bool:
    """Two answers of one scan that cannot come from one box, whatever else they share."""
    if a.places & b.places:
        return comparison.score < JOIN
    return "macs" in comparison.denies or ("serial" in comparison.denies and not {"base_mac", "macs"} & set(comparison.agrees))


def find_shared(boxes: Sequence[Traits]) -> Shared:
    """Values carried at once by places that differ in their hardware addresses (or, for addresses, in their serials)."""
    carried: dict[str, dict[str, list[Traits]]] = {
        "serials": defaultdict(list),
        "engines": defaultdict(list),
        "macs": defaultdict(list),
    }
    names: dict[tuple[str | None, str | None], list[Traits]] = defaultdict(list)
    for box in boxes:
        for value in box.serials:
            carried["serials"][value].append(box)
        for value in box.engines:
            carried["engines"][value].append(box)
        for value in box.macs | box.base_macs:
            carried["macs"][value].append(box)
        if box.name:
            names[box.name, box.model].append(box)

    def differ(holders: list[Traits], *parts: str) -> bool:
        first = holders[:50]  # a placeholder that hundreds carry is found out by the first few
        return any(
            not (a.places & b.places)
            and any(getattr(a, p) and getattr(b, p) and not getattr(a, p) & getattr(b, p) for p in parts)
            for a, b in combinations(first, 2)
        )

    def found(values: Mapping[str, list[Traits]], *parts: str) -> frozenset[str]:
        return frozenset(v for v, holders in values.items() if len(holders) > 1 and differ(holders, *parts))

    return Shared(
        serials=found(carried["serials"], "macs", "base_macs"),
        engines=found(carried["engines"], "macs", "serials"),
        macs=found(carried["macs"], "serials"),
        names=frozenset(
            key for key, holders in names.items() if len(holders) > 1 and differ(holders, "macs", "serials", "places")
        ),
    )


@dataclass(frozen=True)
class Box:
    """Answers of one scan that come from one box: positions in the scan's list, and why they belong together."""

    members: tuple[int, ...]
    traits: Traits
    joined: tuple[Comparison, ...] = ()
    clashes: tuple[str, ...] = ()  # contradictions inside the box, e.g. "serial"
    held: frozenset[int] = frozenset()  # of `recognise`


def _sharing(boxes: Sequence[Traits], limit: int = 64) -> Iterator[tuple[int, int]]:
    """Pairs that have any value in common, each once."""
    pairs: set[tuple[int, int]] = set()
    for values_of in _SHARED_VALUES:
        holders: dict[object, list[int]] = defaultdict(list)
        for index, box in enumerate(boxes):
            for value in values_of(box):
                holders[value].append(index)
        pairs.update(pair for found in holders.values() if 1 < len(found) <= limit for pair in combinations(found, 2))
    yield from sorted(pairs)


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
    for i, j in _sharing([*answers, *(known[d] for d in ruled)], limit=200):
        if i < len(answers) <= j:
            device = ruled[j - len(answers)]
            score = compare(answers[i], known[device], shared).score
            if score >= JOIN:
                scores[i, device] = score, seen_at.get(device, 0)
    for (i, device), alike in scores.items():
        others = [next(iter(pair - {device})) for pair in apart if device in pair]
        if all(alike > scores.get((i, other), (0.0, 0)) for other in others):
            held[i].add(device)
    return [frozenset(devices) for devices in held]


def held_apart(a: Iterable[int], b: Collection[int], apart: Apart) -> bool:
    """Whether people ruled that one of these devices is not one of those."""
    return any(frozenset({x, y}) in apart for x in a for y in b)


def group(
    answers: Sequence[Traits], shared: Shared, held: Sequence[frozenset[int]] = (), apart: Apart = frozenset()
) -> list[Box]:
    """Join the answers of a scan into boxes: strongest pairs first, never over a contradiction with anyone in the box.

    `held`: of `recognise`, an entry an answer.
    """
    compared = {(i, j): compare(answers[i], answers[j], shared, same_time=True) for i, j in _sharing(answers)}
    ranked = sorted(
        (-c.score, sorted([_place(answers[i]), _place(answers[j])]), i, j) for (i, j), c in compared.items() if c.score >= JOIN
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

    for _, _, i, j in ranked:
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
        clashes = tuple(sorted({what for c in why[root] for what in c.denies if what in ("serial", "macs")}))
        recognised = frozenset().union(*(held[x] for x in inside)) if held else frozenset()
        boxes.append(Box(tuple(inside), traits, tuple(why[root]), clashes, recognised))
    return sorted(boxes, key=lambda box: min(_place(answers[x]) for x in box.members))


def _place(traits: Traits) -> tuple[str, int, int]:
    return min(place_key(place) for place in traits.places)


@lru_cache(maxsize=100_000)
def place_key(place: Place) -> tuple[str, int, int]:
    """Sorts by office, then by address as a number."""
    try:
        ip = ipaddress.ip_address(place[1])
    except ValueError:
        return place[0], 0, 0
    return place[0], ip.version, int(ip)


@dataclass(frozen=True)
class Assignment:
    """Which known device each box is, and which known devices turned out to be the same."""

    device_of: Mapping[int, int]  # position of the box -> device id; a box that is missing is a new device
    why: Mapping[int, Comparison]
    merged: Mapping[int, tuple[int, Comparison]] = field(default_factory=dict)  # device id -> (into device id, why)


def assign(boxes: Sequence[Box], known: Mapping[int, Traits], shared: Shared, apart: Apart = frozenset()) -> Assignment:
    """Give each box at most one known device and each device at most one box, best evidence first."""
    ids = sorted(known)
    everything = [*(box.traits for box in boxes), *(known[i] for i in ids)]
    count = len(boxes)
    ranked = []
    for i, j in _sharing(everything, limit=200):
        if i < count <= j:
            if apart and held_apart(boxes[i].held, (ids[j - count],), apart):
                continue
            comparison = compare(boxes[i].traits, known[ids[j - count]], shared)
            if comparison.score >= JOIN:
                ranked.append((-comparison.score, ids[j - count], i, comparison))
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
        if not {"serial", "base_mac", "macs", "arp", "members"} & set(comparison.agrees):
            continue
        between = compare(known[device], known[survivor], shared)
        if comparison.score >= MERGE and not comparison.denies and not {"serial", "macs", "vendor"} & set(between.denies):
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
