"""Where stations hang: from the forwarding and ARP tables of all devices of a scan, and from what stations tell switches. Pure.

A station is seen on every switch between it and the router. The nearest port is the one with the fewest stations behind it;
ports that lead to another switch or router come last. A switch that did not answer keeps its stations: that they now show
only on the trunk towards it is no move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from inventory.facts import ArpEntry, ForwardingEntry
from inventory.hardware_addresses import is_shared_by_routers, is_station, tells_a_box
from inventory.intervals import Values, fill
from inventory.places import place_key

Station = tuple[str, str]  # (office, MAC)
Port = tuple[int, str]  # (device, port name)


@dataclass(frozen=True)
class Heard:
    """A neighbour by its hardware address: a telephone, an access point, a PC that speaks LLDP."""

    mac: str
    port: str  # where the teller hears it
    address: str | None = None
    name: str | None = None
    description: str | None = None
    device: int | None = None  # that it turned out to be


@dataclass(frozen=True)
class Teller:
    """The tables in one answer; None where it has none, or where they were not answered in full and must not close anything."""

    device: int
    office: str
    forwarding: tuple[ForwardingEntry, ...] | None
    arp: tuple[ArpEntry, ...] | None
    whole: bool  # answered in full
    heard: tuple[Heard, ...] = ()
    listening: bool = False  # it told its neighbours in full, and that it has no forwarding table
    remembered: frozenset[str] = frozenset()  # neighbours that it told of before, and was not heard of in this scan


@dataclass(frozen=True)
class Placed:
    rows: dict[Station, Values]  # values in the order of the `stations` table
    ended: frozenset[Station]


def place(
    tellers: Sequence[Teller],
    current: Mapping[Station, Values],
    uplinks: Collection[Port],
    device_of_mac: Mapping[str, int],
    device_of_place: Mapping[tuple[str, str], int],
    answering: Collection[tuple[str, str]],
    heirs: Mapping[int, int],
) -> Placed:
    """Every station that was seen, with its nearest port and its address; and the stations that are gone.

    `device_of_place`: where devices were confirmed last; `answering`: the places that answered in this scan;
    `heirs`: devices that are silent -> who answers in their place now, and speaks for what hung there if it is a switch too.
    """
    behind: dict[Port, set[str]] = defaultdict(set)
    seen_on: dict[Station, dict[Port, int | None]] = defaultdict(dict)
    told: dict[Station, dict[str, tuple[int, str]]] = defaultdict(dict)  # address -> who tells of it, and of which office
    switches = {t.device for t in tellers if t.forwarding is not None and t.whole}
    routers = {t.device for t in tellers if t.arp is not None and t.whole}
    listening = {t.device for t in tellers if t.listening}
    remembered = {(t.device, mac) for t in tellers for mac in t.remembered}
    heard: dict[Station, Heard] = {}
    switches |= {old for old, new in heirs.items() if new in switches}
    routers |= {old for old, new in heirs.items() if new in routers}
    last = {_one(*station): (station, current[station]) for station in sorted(current, reverse=True)}
    office_of = {t.device: t.office for t in sorted(tellers, key=lambda t: t.office)}
    for teller in tellers:
        for entry in teller.forwarding or ():
            if is_station(entry.mac):
                port = (teller.device, entry.port)
                behind[port].add(entry.mac)
                ports = seen_on[_one(teller.office, entry.mac)]
                lowest = ports.get(port)
                ports[port] = entry.vlan if lowest is None or (entry.vlan is not None and entry.vlan < lowest) else lowest
        for said in teller.heard:
            port, one = (teller.device, said.port), _one(teller.office, said.mac)
            if said.device is not None and one not in last:
                continue  # a device of ours that never was anything else
            behind[port].add(said.mac)
            seen_on[one].setdefault(port, None)
            heard[one] = min(said, heard.get(one, said), key=_fullest)
        for pair in teller.arp or ():
            if is_station(pair.mac):
                tellers_of = told[_one(teller.office, pair.mac)]
                one_of = (teller.device, teller.office)
                tellers_of[pair.address] = min(one_of, tellers_of.get(pair.address, one_of))
    missing = {values[2] for values in current.values()} - {None} - switches
    through = _through(behind, current) if missing else {}
    holder = {(told_in, address): one[1] for one, found in told.items() for address, (_, told_in) in found.items()}
    has_one = set(device_of_mac.values()) | {
        row[1] for (_, mac), row in current.items() if row[1] is not None and tells_a_box(mac)
    }
    rows: dict[Station, Values] = {}
    for one in sorted({*seen_on, *told}):
        mac = one[1]
        known, before = last.get(one, (None, None))
        switch, port_name, vlan = _nearest(seen_on.get(one), behind, uplinks, before, switches, through)
        address, teller_id, told_in = _address(told.get(one), before)
        itself = heard.get(one)
        if address is None and itself is not None:
            address = itself.address
        where = switch if switch is not None else teller_id
        office = office_of[where] if where in office_of else known[0] if known else ""
        device = device_of_mac.get(mac, itself.device if itself else None)
        if device is None and address:
            # An address is one of the network whose router tells of it: a station seen over a trunk brings no address along.
            at = (told_in or office, str(address))
            there = device_of_place.get(at)
            # The address of a device that sleeps may have been given to another, whose hardware address it then is.
            same = at in answering or there not in has_one
            device = there if same or (before and before[:2] == (address, there)) else None
        words = before[6:] if before else (None, None)  # what it told once stays with it: the card is the same
        if itself is not None:
            words = fill((itself.name, itself.description), words)
        rows[office, mac] = (address, device, switch, port_name, vlan, teller_id, *words)

    def missed(station: Station, before: Values) -> bool:
        """Whether all who could tell of a station were heard, and none did."""
        switch, vlan, teller = before[2], before[4], before[5]
        looked = switch is None or switch in switches or (switch in listening and vlan is None)
        return looked and (switch, station[1]) not in remembered and (teller is None or teller in routers)

    placed = {_one(*station) for station in rows}
    ended = set()
    for station, before in current.items():
        if station in rows:
            continue
        if _one(*station) in placed:
            ended.add(station)  # it is in another office now
        elif missed(station, before):
            ended.add(station)
        elif before[0] is not None and holder.get((station[0], str(before[0])), station[1]) != station[1]:
            rows[station] = (None, *before[1:5], None, *before[6:])  # its address is another's now
    return Placed(rows, frozenset(ended))


def _one(office: str, mac: str) -> Station:
    """A station is one thing wherever it is seen (switched networks cross offices); addresses of virtual routers are not."""
    return (office, mac) if is_shared_by_routers(mac) else ("", mac)


def _fullest(heard: Heard) -> tuple[bool, bool, bool, str, str]:
    """Sorts first who tells most of itself; where several hear it, always the same one."""
    return heard.name is None, heard.description is None, heard.address is None, heard.name or "", repr(heard)


def _through(behind: Mapping[Port, set[str]], current: Mapping[Station, Values]) -> dict[Port, dict[object, set[object]]]:
    """port -> {switch: its ports whose stations show through this port}: with two or more, the port leads to that switch."""
    last: dict[str, list[Values]] = defaultdict(list)
    for (_, mac), values in current.items():
        if values[2] is not None:
            last[mac].append(values)
    through: dict[Port, dict[object, set[object]]] = {}
    for port, macs in behind.items():
        found: dict[object, set[object]] = defaultdict(set)
        for mac in macs:
            for values in last.get(mac, ()):
                found[values[2]].add(values[3])
        through[port] = found
    return through


def _nearest(
    ports: Mapping[Port, int | None] | None,
    behind: Mapping[Port, set[str]],
    uplinks: Collection[Port],
    before: Values | None,
    switches: Collection[int],
    through: Mapping[Port, Mapping[object, set[object]]],
) -> tuple[object, object, object]:
    old = (before[2], before[3], before[4]) if before else (None, None, None)
    if not ports:
        return old
    if len(ports) == 1:
        (best,) = ports
    else:
        best = min(ports, key=lambda p: (p in uplinks, len(behind[p]), p != old[:2], p))
    if old[0] is not None and old[0] not in switches and best[0] != old[0]:
        leads_there = len(through.get(best, {}).get(old[0], ())) > 1
        if best in uplinks or leads_there:
            return old
    return best[0], best[1], ports[best]


def _address(told: Mapping[str, tuple[int, str]] | None, before: Values | None) -> tuple[object, object, str | None]:
    """A station's address, the device that tells of it, and the office in which it does: None where it is remembered."""
    if not told:
        return (before[0], before[5], None) if before else (None, None, None)
    if before and before[0] in told:
        address = before[0]
    elif len(told) == 1:
        (address,) = told
    else:
        address = min(told, key=lambda a: place_key(("", a)))
    return address, *told[str(address)]
