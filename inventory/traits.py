"""What tells one box from another, made comparable: of an answer, or of a device that the inventory holds. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from inventory import plausible
from inventory.facts import Observation
from inventory.hardware_addresses import is_shared_by_routers, is_station, tells_a_box
from inventory.junk import is_junk_serial, is_junk_uuid
from inventory.places import Place


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
    def words(self) -> tuple[str | None, str | None, str | None]:
        """What it is called."""
        return self.vendor, self.model, self.name

    @property
    def nameless(self) -> bool:
        """Nothing but an address: something that never let itself be read."""
        sets = (self.serials, self.members, self.disks, self.uuids, self.tags, self.engines, self.base_macs, self.macs)
        return not any((*sets, self.vendor, self.model, self.name))


_WORDS = ("vendor", "model", "name")
_SETS = tuple(f.name for f in fields(Traits) if f.name not in _WORDS)


def values(traits: Traits) -> Iterator[Hashable]:
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
    cards = {
        i.mac for i in plausible.interfaces(o.interfaces or ()) if i.mac and is_station(i.mac) and not is_shared_by_routers(i.mac)
    }
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
    vendor, model, name = words_of(told)
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
        name=name,
    )


def words_of(told: Mapping[str, str | None]) -> tuple[str | None, str | None, str | None]:
    """Vendor, model and name as compared, from what was told as `vendor`, `model` and `sys_name`."""
    model = _words(told.get("model"))
    return _maker(told.get("vendor")), model, usable_name(told.get("sys_name"), _words(told.get("vendor")), model)


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
