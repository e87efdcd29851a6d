"""What forwarding and ARP tables say, as few bytes: the newest table of each device, and no history of it. Pure.

Tables differ in every scan, and whoever infers how switches are connected needs one scan's tables whole. So a table is kept
packed, and the next one takes its place. It is in an order of its own, whatever the order in which it was told.

Only addresses of stations are kept: a switch learns where frames come from, and no card sends from a group's address.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import compress, pairwise
from typing import NamedTuple

import numpy as np

from inventory.facts import ArpEntry, ForwardingEntry, Observation, Topic
from inventory.fusing import Rows, complete
from inventory.hardware_addresses import is_station
from inventory.observations import storable

FORWARDING, ARP = "forwarding", "arp"

#: Entries, bytes of the names of ports. Then these names; the MACs, 6 bytes each; the port of each entry as the number of its
#: name from 1 on (0: none); then the VLANs plus 1 (0: none), or the IP addresses as text. Texts end in NUL.
_HEAD = struct.Struct("<II")
_NUMBER = np.dtype("<u4")
_LARGEST_VLAN = 2**32 - 2  # a filtering database's number may be larger than 4095 (VlanIndex, RFC 4363)


class Learnt(NamedTuple):
    """One table of one device, as a scan heard it."""

    device: int
    kind: str  # FORWARDING, ARP
    read_at: int  # seconds since the epoch: the newest of the answers that it is put together from
    entries: bytes


#: An entry of an ARP table: IP address, MAC, name of the interface.
Paired = tuple[str, str, str | None]


class Unpacked(NamedTuple):
    """The entries of several tables, one after the other. Texts end in NUL."""

    lengths: np.ndarray  # entries of each table
    macs: np.ndarray  # (n, 6) bytes
    ports: np.ndarray  # number in `names` from 0 on, -1: not known
    names: bytes
    rest: bytes  # VLANs (see `vlans`), or IP addresses


# -- what a scan heard -------------------------------------------------------------------------------------------------------


def told(devices: Mapping[int, Sequence[Observation]], interfaces: Mapping[int, Rows]) -> list[Learnt]:
    """The tables of every device that told one, its answers together; `interfaces`: rows that are true of each.

    A table that was told in part is the newest, too; an empty one only where the answer is complete.
    """
    forwarding: dict[int, list[ForwardingEntry]] = {}
    arp: dict[int, list[Paired]] = {}
    when: dict[str, dict[int, int]] = {FORWARDING: {}, ARP: {}}
    whole: dict[str, set[int]] = {FORWARDING: set(), ARP: set()}
    for device, members in devices.items():
        first: Observation | None = None
        for o in members:
            if o.addresses is None:
                continue
            learnt, pairs = o.addresses.forwarding, o.addresses.arp
            full = complete(o, Topic.ADDRESSES)
            if learnt is not None:
                if full:
                    whole[FORWARDING].add(device)
                first = first or o
                forwarding.setdefault(device, []).extend(learnt if o.protocol == first.protocol else _renamed(learnt, first))
                when[FORWARDING][device] = max(o.observed_at, when[FORWARDING].get(device, 0))
            if pairs is not None:
                if full:
                    whole[ARP].add(device)
                names = _names(pairs, o, interfaces.get(device, {}))
                arp.setdefault(device, []).extend([(e.address, e.mac, names.get(e.if_index)) for e in pairs])
                when[ARP][device] = max(o.observed_at, when[ARP].get(device, 0))
    packed = {FORWARDING: pack_forwarding(list(forwarding.values())), ARP: pack_arp(list(arp.values()))}
    return [
        Learnt(device, kind, read_at, entries)
        for kind, read in when.items()
        for (device, read_at), entries in zip(read.items(), packed[kind], strict=True)
        if entries or device in whole[kind]
    ]


def _names(pairs: Iterable[ArpEntry], o: Observation, known: Rows) -> dict[int | None, str]:
    """ifIndex -> name of the interfaces that entries name: as the same answer tells them, else as the same protocol did."""
    wanted = {e.if_index for e in pairs} - {None}
    names: dict[int | None, str] = {}
    for i in o.interfaces or ():
        if len(names) == len(wanted):
            break
        if i.index in wanted and i.name:
            names.setdefault(i.index, i.name)
    if len(names) < len(wanted):
        for row in known.values():
            if row[0] == o.protocol and row[1] in wanted and row[2]:
                names.setdefault(row[1], str(row[2]))
    return names


def _renamed(entries: Iterable[ForwardingEntry], first: Observation) -> list[ForwardingEntry]:
    """Another protocol may call a port by what the first one has as its description: one port has one name."""
    name = {i.description: i.name for i in first.interfaces or () if i.description and i.name}
    for i in first.interfaces or ():
        name.pop(i.name, None)
    return [replace(e, port=name[e.port]) if e.port in name else e for e in entries]


# -- packing -----------------------------------------------------------------------------------------------------------------


def pack_forwarding(tables: Sequence[Sequence[ForwardingEntry]]) -> list[bytes]:
    """Each table as bytes, sorted by port, MAC and VLAN. All at once: most switches have a few entries only.

    An entry without a VLAN (no number, or one that cannot be) is left out where the same is told with one.
    """
    entries = [e for table in tables for e in table]
    owners, macs, stations = _stations(tables, [e.mac for e in entries])
    names, ports = _texts(compress([e.port for e in entries], stations))
    vlan = _vlans(compress([e.vlan for e in entries], stations))
    kept = _sorted(owners, ports, macs, vlan)
    owners, ports, macs, vlan = owners[kept], ports[kept], macs[kept], vlan[kept]
    rest = vlan.astype(_NUMBER).tobytes()
    bounds = np.searchsorted(owners, np.arange(len(tables) + 1)).tolist()
    return _bodies(bounds, owners, macs, names, ports, [rest[4 * a : 4 * b] for a, b in pairwise(bounds)])


def pack_arp(tables: Sequence[Sequence[Paired]]) -> list[bytes]:
    """Each table as bytes, sorted by address as text, MAC and port; an entry without a port is left out where one has it."""
    entries = [e for table in tables for e in table]
    owners, macs, stations = _stations(tables, [mac for _, mac, _ in entries])
    names, ports = _texts(compress([port for _, _, port in entries], stations))
    texts, addresses = _texts(compress([address for address, _, _ in entries], stations))
    kept = _sorted(owners, addresses, macs, ports)
    owners, ports, macs = owners[kept], ports[kept], macs[kept]
    texts.insert(0, "")
    said = [texts[number] for number in addresses[kept].tolist()]
    bounds = np.searchsorted(owners, np.arange(len(tables) + 1)).tolist()
    rest = ["\0".join([*said[a:b], ""]).encode() for a, b in pairwise(bounds)]
    return _bodies(bounds, owners, macs, names, ports, rest)


def _bodies(
    bounds: Sequence[int], owners: np.ndarray, macs: np.ndarray, names: list[str], ports: np.ndarray, rest: Sequence[bytes]
) -> list[bytes]:
    keys, local = np.unique(owners << 32 | ports, return_inverse=True)
    keys, local = (keys, local) if len(keys) else (np.empty(0, np.int64), np.empty(0, np.int64))
    named = keys[keys & 0xFFFFFFFF != 0]
    # The numbers of a table's names begin after those of the tables before it, and after the 0 that each of these may have.
    begin = np.searchsorted(named, np.arange(len(bounds)) << 32).tolist()
    local = np.searchsorted(named, keys)[local] + 1 - np.asarray(begin, dtype=np.int64)[owners]
    numbers = np.where(ports == 0, 0, local).astype(_NUMBER).tobytes()
    hardware = np.ascontiguousarray(macs.astype(">u8")).view(np.uint8).reshape(-1, 8)[:, 2:].tobytes()
    name = [names[number - 1] for number in (named & 0xFFFFFFFF).tolist()]
    packed = []
    for position, more in enumerate(rest):
        a, b = bounds[position], bounds[position + 1]
        if a == b:
            packed.append(b"")
            continue
        mine = "\0".join([*name[begin[position] : begin[position + 1]], ""]).encode()
        packed.append(
            _deflate(b"".join((_HEAD.pack(b - a, len(mine)), mine, hardware[6 * a : 6 * b], numbers[4 * a : 4 * b], more)))
        )
    return packed


def _deflate(raw: bytes) -> bytes:
    # Small tables: the compressor's own memory would take longer to clear than the bytes to compress.
    small = len(raw) <= 2048
    compressor = zlib.compressobj(1 if small else 6, zlib.DEFLATED, -11 if small else -15, 3 if small else 8)
    return compressor.compress(raw) + compressor.flush()


def _stations(tables: Sequence[Sequence[object]], macs: Sequence[str]) -> tuple[np.ndarray, np.ndarray, list[bool]]:
    """Of the entries that are of stations, the table and the MAC, as a number that sorts as its text does; which these are."""
    stations = list(map(is_station, macs))
    digits = "".join(compress(macs, stations)).replace(":", "")
    numbers = np.zeros((len(digits) // 12, 8), dtype=np.uint8)
    numbers[:, 2:] = np.frombuffer(bytes.fromhex(digits), dtype=np.uint8).reshape(-1, 6)
    owners = np.repeat(np.arange(len(tables)), np.array([len(table) for table in tables], dtype=np.int64))
    return owners[np.array(stations, dtype=bool)], numbers.view(">u8").reshape(-1).astype(np.int64), stations


def _vlans(told: Iterable[int | None]) -> np.ndarray:
    return np.array([0 if v is None or not 0 <= v <= _LARGEST_VLAN else v + 1 for v in told], dtype=np.int64)


def _texts(told: Iterable[str | None]) -> tuple[list[str], np.ndarray]:
    """The texts in order, and which of these each one is, from 1 on; 0: empty."""
    told = list(told)
    given = {text for text in told if text}
    kept = {text: storable(text) for text in given if not text.isprintable()}
    texts = sorted({kept.get(text, text) for text in given} if kept else given)
    number: dict[str | None, int] = {text: place for place, text in enumerate(texts, 1)}
    number |= {text: number[as_kept] for text, as_kept in kept.items()}
    number[None] = number[""] = 0
    return texts, np.array([number[text] for text in told], dtype=np.int64)


def _sorted(*columns: np.ndarray) -> np.ndarray:
    """Rows in order, each once; one whose last value is not known only where no other row is equal but for that."""
    order = np.lexsort(columns[::-1])
    *same, last = (column[order] for column in columns)
    if len(order) < 2:
        return order
    again = np.logical_and.reduce([column[1:] == column[:-1] for column in same]) & ((last[1:] == last[:-1]) | (last[:-1] == 0))
    return order[np.append(~again, True)]


# -- unpacking ---------------------------------------------------------------------------------------------------------------


def unpack(tables: Iterable[bytes]) -> Unpacked:
    """The tables of `pack_forwarding` or `pack_arp`, without an object an entry."""
    lengths, named, macs, ports, names, rest = [], [], [], [], [], []
    for packed in tables:
        if not packed:
            lengths.append(0)
            named.append(0)
            continue
        raw = zlib.decompress(packed, -zlib.MAX_WBITS)
        entries, text = _HEAD.unpack_from(raw)
        first = _HEAD.size + text
        names.append(raw[_HEAD.size : first])
        macs.append(raw[first : first + 6 * entries])
        ports.append(raw[first + 6 * entries : first + 10 * entries])
        rest.append(raw[first + 10 * entries :])
        lengths.append(entries)
        named.append(names[-1].count(b"\0"))
    counts = np.array(lengths, dtype=np.int64)
    before = np.repeat(np.cumsum([0, *named])[:-1].astype(np.int64), counts)
    port = np.frombuffer(b"".join(ports), dtype=_NUMBER).astype(np.int64)
    hardware = np.frombuffer(b"".join(macs), dtype=np.uint8).reshape(-1, 6)
    return Unpacked(counts, hardware, np.where(port == 0, -1, port - 1 + before), b"".join(names), b"".join(rest))


def vlans(rest: bytes) -> np.ndarray:
    """`Unpacked.rest` of forwarding tables; -1: not known."""
    return np.frombuffer(rest, dtype=_NUMBER).astype(np.int64) - 1
