"""How alike two boxes are: every agreement adds, every contradiction takes away. Pure.

No single rule decides. Addresses are reused, factory names are all alike, engine ids are cloned with configurations, and
serials are placeholders.
"""

from __future__ import annotations

from dataclasses import dataclass

from inventory.shared import NOTHING, Shared
from inventory.traits import Traits

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


@dataclass(frozen=True)
class Comparison:
    """Why two are, or are not, one box."""

    score: float
    agrees: tuple[str, ...]
    denies: tuple[str, ...]

    @property
    def words(self) -> str:
        return ",".join([*self.agrees, *(f"!{what}" for what in self.denies)])


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


def compare(a: Traits, b: Traits, shared: Shared = NOTHING, *, same_time: bool = False) -> Comparison:
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
