"""Which answers come from one box, and which box that is: by all the evidence, weighed.

No single rule decides. Addresses are reused, factory names are all alike, engine ids are cloned with configurations, and
serials are placeholders; so every agreement adds, every contradiction takes away, and the sum decides. What two boxes share
while they answer *at the same time* with different hardware addresses is discounted. Everything here is pure and depends on
no order.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import combinations

from inventory.facts import Observation
from inventory.hardware_addresses import is_shared_by_routers, is_station, tells_a_box
from inventory.junk import MANY, is_junk_serial, is_junk_uuid

Place = tuple[str, str]  # (office, address): branches reuse subnets, so an address alone is nothing
Apart = frozenset[frozenset[int]]  # pairs of devices that people ruled not to be one

#: Points for what agrees. Two answers are one box from `JOIN` points on.
SAME_SERIAL = 10.0
SAME_DISKS = 9.0  # a disk and a new mainboard around it are still somebody's machine
SAME_UUID = 8.0  # cloned with virtual machines
SAME_BASE_MAC = 8.0
MOST_MACS = 7.0  # at least half of the smaller set of interface addresses
SAME_MEMBER = 4.0  # per module or stack member with the same serial, at most two
ONE_MAC = 3.0  # a docking station, a network card that was moved
SAME_ENGINE = 5.0  # cloned with configurations more often than serials are
SAME_TAG = 3.0
ARP_AGREES = 7.0  # a router says that this hardware address has that address
SAME_PLACE = 3.0
SAME_PLACE_AND_TIME = 4.0  # SNMP and SSH of one scan
TOLD_PLACE = 3.5  # the one says of itself that it has the other's address
SAME_NAME_AND_MODEL = 3.0  # in one office,
NAME_ELSEWHERE = 2.0  # in two: makers give factory names to all of a model
SAME_NAME = 1.5
SAME_MODEL = 0.5
#: Points for what contradicts.
OTHER_SERIAL = -9.0
OTHER_MACS = -8.0
OTHER_CARDS = -4.0  # one in common, and others on both sides
OTHER_UUID = -4.0
ARP_DENIES_HERE = -6.0  # another card has the very address
ARP_DENIES = -3.0
OTHER_VENDOR = -4.0
OTHER_MODEL = -2.0
OTHER_ENGINE = -2.0
OTHER_TAG = -1.0
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


def usable_uuid(uuid: str | None) -> str | None:
    """A machine identifier as compared; firmware and systems disagree on the order of octets in its first three fields."""
    if uuid is None or is_junk_uuid(uuid):
        return None
    plain = uuid.replace("-", "").lower()
    if len(plain) != 32:
        return None
    swapped = "".join(plain[i : i + 2] for i in (6, 4, 2, 0, 10, 8, 14, 12)) + plain[16:]
    return min(plain, swapped)


#: Domains that say nothing of who runs them.
_NO_DOMAIN = frozenset({"local", "lan", "localdomain", "home", "internal"})
#: Names that systems and makers give to all that they make, as compared by `_words`.
_FACTORY_NAMES = frozenset(
    (
        *(
            "localhost",
            "unknown",
            "default",
            "none",
            "system",
            "admin",
            "host",
            "device",
            "server",
            "pc",
            "desktop",
            "ubuntu",
            "debian",
        ),
        *(
            "switch",
            "router",
            "gateway",
            "firewall",
            "printer",
            "ap",
            "nas",
            "ups",
            "camera",
            "openwrt",
            "mikrotik",
            "raspberrypi",
        ),
    )
)


def usable_name(name: str | None, vendor: str | None, model: str | None) -> str | None:
    """A system's name as compared, without its domain; None for what every device of a maker or a system is called.

    `vendor`, `model`: as compared by `_words`.
    """
    host, _, domain = (name or "").partition(".")
    text = _words(host if "." in domain or domain.casefold() in _NO_DOMAIN else name)
    factory = text is None or text in _FACTORY_NAMES or text in {vendor, model, f"{vendor}{model}"}
    return None if factory else text


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
    units: frozenset[str] = frozenset()  # serials of the chassis and of the members of a stack: any may speak for all
    members: frozenset[str] = frozenset()  # serials of chassis, stack members, modules, boards
    disks: frozenset[str] = frozenset()
    uuids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()  # asset codes of the owner
    engines: frozenset[str] = frozenset()
    base_macs: frozenset[str] = frozenset()
    macs: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()  # all hardware addresses, made up ones too: they tell boxes apart while these answer
    arp_macs: frozenset[str] = frozenset()  # what others say stands at its places
    vendor: str | None = None
    model: str | None = None
    name: str | None = None

    def __or__(self, other: Traits) -> Traits:
        """What both tell together."""
        sets = {name: getattr(self, name) | getattr(other, name) for name in _SETS}
        return Traits(**sets, **{name: getattr(self, name) or getattr(other, name) for name in _WORDS})

    def over(self, before: Traits) -> Traits:
        """What is true after this was told: what was not told now is as it was before."""
        return Traits(**{name: getattr(self, name) or getattr(before, name) for name in (*_SETS, *_WORDS)})

    @property
    def every_mac(self) -> frozenset[str]:
        return self.macs | self.base_macs if self.base_macs else self.macs

    @property
    def nameless(self) -> bool:
        """Nothing but an address: something that never let itself be read."""
        sets = (self.serials, self.members, self.disks, self.uuids, self.tags, self.engines, self.base_macs, self.macs)
        return not any((*sets, self.vendor, self.model, self.name))


_WORDS = ("vendor", "model", "name")
_SETS = tuple(f.name for f in fields(Traits) if f.name not in _WORDS)


def _values(traits: Traits) -> Iterator[Hashable]:
    """What two boxes must share, any of it, to be compared at all."""
    yield from traits.places
    yield from traits.told
    yield from traits.serials | traits.members
    yield from traits.macs | traits.base_macs | traits.arp_macs
    for few in (traits.disks, traits.uuids, traits.tags, traits.engines):
        yield from few


def traits_of(observation: Observation, arp: Mapping[Place, str]) -> Traits:
    """The traits in an observation; `arp`: what the routers of the scan say about places."""
    o, who = observation, observation.identity
    place = (o.office, o.address)
    cards = {i.mac for i in o.interfaces or () if i.mac and is_station(i.mac) and not is_shared_by_routers(i.mac)}
    own = (o.addresses.own if o.addresses else None) or ()
    told = {
        "serial": who.serial.value if who and who.serial else None,
        "vendor": who.vendor.value if who and who.vendor else None,
        "model": who.model.value if who and who.model else None,
        **({name: getattr(who, name) for name in ("sys_name", "base_mac", "uuid", "asset_tag")} if who else {}),
    }
    return replace(
        _traits(told, cards, ((c.kind, c.serial) for c in o.components or ())),
        places=frozenset({place}),
        told=frozenset((o.office, a.address) for a in own if _tellable(a.address)),
        engines=frozenset({who.engine_id.lower()} if who and who.engine_id and len(who.engine_id) >= 10 else ()),
        cards=frozenset(cards),
        arp_macs=frozenset({arp[place]} if place in arp else ()),
    )


def known_traits(
    places: Iterable[Place],
    facts: Mapping[str, object],
    macs: Iterable[str | None],
    parts: Iterable[tuple[object, object]],
    engine: str | None,
) -> Traits:
    """The traits of a device that the inventory holds; `facts` as in the `facts` table, `parts`: (kind, serial) of components."""
    told = {name: value if isinstance(value, str) else None for name, value in facts.items()}
    return replace(
        _traits(told, (m for m in macs if m), parts),
        places=frozenset(places),
        engines=frozenset({engine} if engine else ()),
    )


def _traits(told: Mapping[str, str | None], macs: Iterable[str], parts: Iterable[tuple[object, object]]) -> Traits:
    serial, uuid, base = usable_serial(told.get("serial")), usable_uuid(told.get("uuid")), told.get("base_mac")
    tag = usable_serial(told.get("asset_tag"))
    units, members, disks = set(), set(), set()
    for kind, said in parts:
        if not isinstance(said, str) or kind not in _PARTS or (part := usable_serial(said)) is None:
            continue
        if kind == "disk":
            disks.add(part)
        else:
            members.add(part)
            if kind in _UNITS:
                units.add(part)
    vendor, model = _maker(told.get("vendor")), _words(told.get("model"))
    return Traits(
        serials=frozenset({serial} if serial else ()),
        units=frozenset(units),
        members=frozenset(members),
        disks=frozenset(disks),
        uuids=frozenset({uuid} if uuid else ()),
        tags=frozenset({tag} if tag else ()),
        base_macs=frozenset({base} if base and tells_a_box(base) else ()),
        macs=frozenset(m for m in macs if tells_a_box(m)),
        vendor=vendor,
        model=model,
        name=usable_name(told.get("sys_name"), _words(told.get("vendor")), model),
    )


_UNITS = ("chassis", "stack")
_PARTS = (*_UNITS, "module", "board", "disk")


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


class _Weighing:
    """Collects what agrees and what contradicts."""

    def __init__(self) -> None:
        self.agrees: list[tuple[str, float]] = []
        self.denies: list[tuple[str, float]] = []

    def agree(self, what: str, points: float) -> None:
        self.agrees.append((what, points))

    def deny(self, what: str, points: float) -> None:
        self.denies.append((what, points))

    def either(self, what: str, a: frozenset[str], b: frozenset[str], shared: frozenset[str], same: float, other: float) -> None:
        """Something that a box has one of: the same agrees, another contradicts, and what others have too says nothing."""
        if a and b:
            if (a & b) - shared:
                self.agree(what, same)
            elif not a & b:
                self.deny(what, other)

    def result(self) -> Comparison:
        score = sum(points for _, points in self.agrees) + sum(points for _, points in self.denies)
        return Comparison(round(score, 2), tuple(what for what, _ in self.agrees), tuple(what for what, _ in self.denies))


def compare(a: Traits, b: Traits, shared: Shared = Shared(), *, same_time: bool = False) -> Comparison:
    """Weigh everything that two sets of traits tell of each other."""
    found = _Weighing()
    if a.places & b.places:
        found.agree("address", SAME_PLACE_AND_TIME if same_time else SAME_PLACE)
    elif a.told & b.places or b.told & a.places:
        found.agree("own_address", TOLD_PLACE)
    _compare_serials(a, b, shared, found)
    found.either("uuid", a.uuids, b.uuids, shared.uuids, SAME_UUID, OTHER_UUID)
    _compare_cards(a, b, shared, found, same_time)
    if a.disks and b.disks and 2 * len((a.disks & b.disks) - shared.parts) >= min(len(a.disks), len(b.disks)):
        found.agree("disks", SAME_DISKS)
    found.either("engine_id", a.engines, b.engines, shared.engines, SAME_ENGINE, OTHER_ENGINE)
    found.either("asset_tag", a.tags, b.tags, shared.tags, SAME_TAG, OTHER_TAG)
    if a.vendor and b.vendor and a.vendor != b.vendor and not (a.vendor in b.vendor or b.vendor in a.vendor):
        found.deny("vendor", OTHER_VENDOR)
    same_model = bool(a.model and b.model and (a.model in b.model or b.model in a.model))
    if same_model:
        found.agree("model", SAME_MODEL)
    elif a.model and b.model:
        found.deny("model", OTHER_MODEL)
    if a.name and b.name:
        if a.name != b.name:
            found.deny("name", OTHER_NAME)
        elif (a.name, a.model) not in shared.names and (b.name, b.model) not in shared.names:
            here = {office for office, _ in a.places} & {office for office, _ in b.places}
            found.agree("name", (SAME_NAME_AND_MODEL if here else NAME_ELSEWHERE) if same_model else SAME_NAME)
    return found.result()


def _compare_serials(a: Traits, b: Traits, shared: Shared, found: _Weighing) -> None:
    a_serials, b_serials = a.serials - shared.serials, b.serials - shared.serials
    both = a_serials & b_serials
    if both:
        found.agree("serial", SAME_SERIAL)
    elif a_serials and b_serials:
        # In a stack another member may speak for all by now: worth a look, and no contradiction.
        found.deny("serial", 0.0 if a_serials & b.units or b_serials & a.units else OTHER_SERIAL)
    if members := ((a.members | a_serials) & (b.members | b_serials)) - both - shared.parts - shared.serials:
        found.agree("members", SAME_MEMBER * min(2, len(members)))


def _compare_cards(a: Traits, b: Traits, shared: Shared, found: _Weighing, same_time: bool) -> None:
    a_macs, b_macs = a.every_mac - shared.macs, b.every_mac - shared.macs
    common = a_macs & b_macs
    if (a.base_macs & b.base_macs) - shared.macs:
        found.agree("base_mac", SAME_BASE_MAC)
    elif common:
        if len(common) == 1 and a_macs - b_macs and b_macs - a_macs:
            found.agree("one_mac", ONE_MAC)
            found.deny("macs", OTHER_CARDS)
        elif 2 * len(common) >= min(len(a_macs), len(b_macs)):
            found.agree("mac" if len(common) == 1 else "macs", MOST_MACS)
        else:
            found.agree("one_mac", ONE_MAC)
    elif (a_macs and b_macs) or (same_time and a.cards and b.cards and not a.cards & b.cards):
        found.deny("macs", OTHER_MACS)
    if not common:
        _compare_arp(a, b, a_macs, b_macs, shared, found)


def _compare_arp(a: Traits, b: Traits, a_macs: frozenset[str], b_macs: frozenset[str], shared: Shared, found: _Weighing) -> None:
    """ARP speaks for those that do not tell hardware addresses themselves."""
    for one, others in ((a.arp_macs, b_macs | b.arp_macs), (b.arp_macs, a_macs)):
        if (one & others) - shared.macs:
            found.agree("arp", ARP_AGREES)
            return
    if (a_macs and b_macs) or not ((a_macs or a.arp_macs) and (b_macs or b.arp_macs)):
        return
    if not (a_macs | a.arp_macs) & (b_macs | b.arp_macs):
        found.deny("arp", ARP_DENIES_HERE if a.places & b.places else ARP_DENIES)


def excluded(a: Traits, b: Traits, comparison: Comparison) -> bool:
    """Two answers of one scan that cannot come from one box, whatever else they share."""
    agrees, denies = set(comparison.agrees), set(comparison.denies)
    if a.places & b.places:
        return comparison.score < JOIN
    if "macs" in denies:
        return "one_mac" not in agrees or not {"serial", "uuid"} & agrees
    return bool({"serial", "uuid"} & denies) and not {"base_mac", "mac", "macs"} & agrees


def find_shared(answers: Sequence[Traits], known: Sequence[Traits] = ()) -> Shared:
    """Values that say nothing: carried at once by places that differ, or by devices that the inventory holds apart.

    `answers`: of one scan; `known`: one a device.
    """
    return _shared_at_once(answers) | _shared_in_memory(known)


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


def _shared_in_memory(known: Sequence[Traits]) -> Shared:
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


@dataclass(frozen=True)
class Box:
    """Answers of one scan that come from one box: positions in the scan's list, and why they belong together."""

    members: tuple[int, ...]
    traits: Traits
    joined: tuple[Comparison, ...] = ()
    clashes: tuple[str, ...] = ()  # contradictions inside the box, e.g. "serial"
    held: frozenset[int] = frozenset()  # of `recognise`


def _holders(boxes: Sequence[Traits]) -> dict[Hashable, list[int]]:
    """Value -> positions of the boxes that have it."""
    holders: dict[Hashable, list[int]] = {}
    for index, box in enumerate(boxes):
        for value in _values(box):
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
        met = {index for value in _values(box) if len(found := holders.get(value, ())) <= limit for index in found}
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
        clashes = tuple(sorted({what for c in why[root] for what in c.denies if what in ("serial", "uuid", "macs")}))
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
