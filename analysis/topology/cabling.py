"""The frames `topology`, `attachments` and `unmanaged`, from told links and forwarding tables, or from the nearest ports alone.

Forwarding tables that were read whole (`forwarding`) show how switches are cabled that tell nothing; devices and stations that
are in no table, and everything where there are no tables, stay at the nearest port that the frame `endpoints` knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.tables import code, typed
from analysis.topology.air import Port, on_the_air, radios
from analysis.topology.columns import (
    ATTACHMENTS,
    BEHIND_NEIGHBOUR,
    BOTH_SIDES,
    BY_TABLE,
    ETHERNET,
    FORWARDING,
    JOINING,
    ONE_SIDE,
    ROUTING,
    TOPOLOGY,
    UNMANAGED,
)
from analysis.topology.crowds import crowds
from analysis.topology.entries import Entries, entries, hardware, owners
from analysis.topology.makers import roaming
from analysis.topology.nearest import nearest
from analysis.topology.openings import openings
from analysis.topology.places import Link, Place, Places, places
from analysis.topology.segments import Segments
from analysis.topology.told import aggregates, facts_of, members, together, told_cables
from analysis.topology.trees import Cable, build
from inventory.hardware_addresses import mac_class
from inventory.sentences import pack

#: Belief in a port by how it is known.
SURE = {"edge": 0.95, "between": 0.85, "only_place": 0.75, "behind_neighbour": 0.6, "aged": 0.6, "nearest": BY_TABLE}


#: A device is said to hang where it is this likely, else nothing is said.
ENOUGH = 0.6
#: Stations hang on an access point, or on a switch that cannot be read, when one of those that are known is there so likely.
LIKELY = 0.5


class Spot(NamedTuple):
    """A device by its id, its port, how that is known, and how likely it is beside other places that are possible."""

    device: str
    port: str | None
    how: str
    share: float = 1.0
    direct: float = 1.0  # of it, without a switch between that cannot be read


@dataclass(frozen=True)
class Cabling:
    """Frames with the columns TOPOLOGY, ATTACHMENTS, UNMANAGED."""

    links: pd.DataFrame
    attachments: pd.DataFrame
    unmanaged: pd.DataFrame

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """By the names of the frames."""
        return {"topology": self.links, "attachments": self.attachments, "unmanaged": self.unmanaged}


def discover(
    devices: pd.DataFrame,
    links: pd.DataFrame,
    endpoints: pd.DataFrame,
    interfaces: pd.DataFrame | None = None,
    forwarding: pd.DataFrame | None = None,
    arp: pd.DataFrame | None = None,
) -> Cabling:
    """Every cable that is told or implied, the port of every station, and what nobody can ask in between.

    `forwarding` (device, port, mac, vlan; whole tables) and `arp` (device, port, mac, address) may be None or empty; `interfaces`
    names the ports of far ends, aggregates, and ports that are left over.
    """
    facts = facts_of(devices)
    told = [cable for cable in told_cables(links) if cable["a"] in facts]
    for cable in told:
        cable["b"] = cable["b"] if cable["b"] in facts else ""
    learnt = forwarding if forwarding is not None else pd.DataFrame({"device": [], "port": [], "mac": []}, dtype="string")
    wholes = members(interfaces)
    if wholes and len(learnt):  # some tables name a port of an aggregate, others the aggregate
        ends = zip(learnt["device"], learnt["port"], strict=True)
        learnt = learnt.assign(port=[wholes.get(end, end[1]) for end in ends])
    owner_of = owners(devices, interfaces, endpoints, arp)
    port_of_mac = _port_of_mac(devices, interfaces)
    table = entries(devices, learnt, owner_of, port_of_mac)
    radio = roaming(endpoints)
    segments = Segments(table, arp, interfaces, port_of_mac)
    known = _places(devices, table, told, interfaces, learnt, port_of_mac, segments, radio)
    with_entries = frozenset((table.devices[device], port) for device, port in table.ports)
    cables = _Cables(facts, together(told, interfaces, with_entries), port_of_mac)
    placed = {table.macs[mac]: _name(table, place) for mac, place in known.stations.items()}
    placed = _remembered(placed, endpoints)
    cables.between_switches(table, known)
    cables.machines(placed, owner_of, endpoints, bridges={table.devices[n] for n in table.bridges})
    placed = {hardware(mac): spot for mac, spot in sorted(placed.items(), reverse=True)}
    placed |= _nearest(endpoints, facts, set(placed))
    by_port = typed(_attachment_rows(placed, facts), ATTACHMENTS)
    found = typed(cables.rows, TOPOLOGY)
    joined = {(table.devices[j.device], j.port): (len(j.children), len(j.between)) for j in known.junctions.values() if j.shared}
    for end in cables.explained:
        joined.pop(end, None)
    explained = {end for end, share in known.hosts.items() if share >= LIKELY}
    explained |= {(link.below.device, link.below.port) for link in known.links if link.below.port is not None}
    tables = {table.devices[device] for device in table.bridges}
    named = {(table.devices[device], port) for device, port in explained}
    unmanaged = crowds(facts, found, endpoints, by_port, owner_of, radio or (), joined, named, tables)
    attachments = by_port.assign(
        **_on_the_air(devices, table, interfaces, by_port, owner_of, cables.told_at, radio or frozenset())
    )
    return Cabling(found, attachments, typed(unmanaged, UNMANAGED))


def _on_the_air(
    devices: pd.DataFrame,
    table: Entries,
    interfaces: pd.DataFrame | None,
    attachments: pd.DataFrame,
    owner_of: Mapping[str, str],
    told_at: Mapping[tuple[str, str], str],
    radio: Collection[str],
) -> dict[str, pd.Series]:
    """Columns `point` and `radio` of the frame `attachments`."""
    points = radios(devices, interfaces, {table.devices[device] for device in table.bridges})
    rows = attachments[["mac", "device", "port"]].dropna()
    ports = {mac: Port(device, port) for mac, device, port in rows.itertuples(index=False)}
    kinds = {device: code(kind) for device, kind in devices[["device", "kind"]].itertuples(index=False)}
    no_socket = {mac for mac in ports if mac in radio or mac_class(mac) == "local"}
    behind = on_the_air(ports, owner_of, kinds, points, told_at, no_socket)
    point = attachments["mac"].map(behind).astype("string")
    return {"point": point, "radio": point.map(points).astype("string")}


def _places(
    devices: pd.DataFrame,
    table: Entries,
    told: Iterable[Mapping],
    interfaces: pd.DataFrame | None,
    forwarding: pd.DataFrame,
    port_of_mac: Mapping[tuple[str, str], str],
    segments: Segments,
    radio: frozenset[str] | None,
) -> Places:
    index = table.index
    joining = {device for device, kind in enumerate(table.kinds) if kind in JOINING or kind == "wireless"}
    lags = {(index[d], name) for d, names in aggregates(interfaces).items() if d in index for name in names}
    whole = {(index[device], port): name for (device, port), name in members(interfaces).items() if device in index}
    cables = []
    taken = set(table.ports) | set(whole)
    for c in told:
        a, b = (index[c["a"]], c["a_port"]), (index.get(c["b"], -1), c["b_port"])
        one, other = whole.get(a, a[1]), whole.get(b, b[1])
        taken |= {a, b, (a[0], one), (b[0], other)}
        if b[0] >= 0:
            cables.append(Cable(a[0], one, b[0], other))
    trees = build(table, cables, lags, joining)
    free = openings(table, interfaces, forwarding, port_of_mac, taken, radio)
    return places(trees, free, _elsewhere(devices, table, cables, taken, port_of_mac, segments))


def _elsewhere(
    devices: pd.DataFrame,
    table: Entries,
    cables: Iterable[Cable],
    taken: set[tuple[int, str]],
    port_of_mac: Mapping[tuple[str, str], str],
    segments: Segments,
) -> dict[int, list[int]]:
    """The address of each device that no table has and nobody tells of -> the devices with tables in its networks, else in its
    office. Of a router, the address of each port, where an ARP table tells its network."""
    bridges = set(table.bridges.tolist())
    offices = [code(office) for office in devices["office"]]
    there: dict[str, list[int]] = defaultdict(list)
    for device in sorted(bridges):
        there[offices[device]].append(device)
    seen = np.unique(table.mac)
    heard = {int(owner) for owner in table.owner[seen]}
    passed = heard | bridges | {end for cable in cables for end in (cable.a, cable.b)}
    present = devices["state"].fillna("present").eq("present").tolist()
    number = {mac: n for n, mac in enumerate(table.macs)}
    found = {}
    for device, mac in enumerate(devices["mac"]):
        if device in passed or not present[device] or number.get(mac) is None or table.kinds[device] in ROUTING:
            continue
        if table.owner[number[mac]] == device and there[offices[device]]:
            found[number[mac]] = sorted(segments.bridges(number[mac])) or there[offices[device]]
    met = set(seen.tolist())
    for mac in np.flatnonzero(table.owner >= 0).tolist():
        device = int(table.owner[mac])
        if table.kinds[device] not in ROUTING or not present[device] or mac in met or table.of_bridge[mac]:
            continue
        if (device, port_of_mac.get((table.devices[device], hardware(table.macs[mac])), "")) in taken:
            continue
        if near := sorted(segments.bridges(mac) - {device}):
            found[mac] = near
    return found


def _name(table: Entries, place: Place) -> Spot:
    return Spot(table.devices[place.device], *place[1:])


def _remembered(placed: Mapping[str, Spot], endpoints: pd.DataFrame) -> dict[str, Spot]:
    """Where an entry has aged, the port that an earlier scan saw on the same device."""
    seen = endpoints[["mac", "switch", "port"]].dropna().drop_duplicates("mac")
    before = {mac: (switch, port) for mac, switch, port in seen.itertuples(index=False)}
    return {
        mac: spot._replace(port=before[mac][1], how="nearest")
        if spot.port is None and before.get(mac, ("",))[0] == spot.device
        else spot
        for mac, spot in placed.items()
    }


def _port_of_mac(devices: pd.DataFrame, interfaces: pd.DataFrame | None) -> dict[tuple[str, str], str]:
    """(device, MAC) -> the only Ethernet port that has it. The chassis' address is no port's, where there are many."""
    if interfaces is None:
        return {}
    rows = interfaces[interfaces["type"].isin(ETHERNET)][["device", "mac", "name"]].dropna().drop_duplicates()
    rows = rows[~rows.duplicated(["device", "mac"], keep=False)]
    many = devices[devices["kind"].isin(FORWARDING)]
    chassis = set(many[["device", "mac"]].itertuples(index=False, name=None))
    return {(device, mac): name for device, mac, name in rows.itertuples(index=False) if (device, mac) not in chassis}


def _attachment_rows(placed: Mapping[str, Spot], facts: Mapping[str, dict]) -> Iterable[dict]:
    for mac, (device, port, how, share, _) in sorted(placed.items()):
        yield {
            "mac": mac,
            "device": device,
            "office": facts[device]["office"],
            "address": facts[device]["address"],
            "port": port,
            "confidence": round(SURE[how] * share, 2),
            "evidence": how,
            "why": _why_there(how),
        }


def _why_there(how: str) -> str:
    match how:
        case "edge":
            return pack("detail.cable_edge")
        case "between":
            return pack("detail.cable_between")
        case "only_place":
            return pack("detail.cable_only_place")
        case "behind_neighbour":
            return pack("detail.cable_behind_neighbour")
        case "aged":
            return pack("detail.cable_aged")
    return pack("detail.cable_nearest")


def _nearest(endpoints: pd.DataFrame, facts: Mapping[str, dict], without: set[str]) -> dict[str, Spot]:
    """The nearest ports that the frame `endpoints` knows, of addresses that are in no table."""
    seen = endpoints[endpoints["switch"].isin(facts) & endpoints["port"].notna() & ~endpoints["mac"].isin(without)]
    seen = seen.drop_duplicates("mac")
    return {mac: Spot(switch, port, "nearest") for mac, switch, port in seen[["mac", "switch", "port"]].itertuples(index=False)}


def _silent(table: Entries, device: int) -> bool:
    return table.kinds[device] in JOINING and device not in table.bridges


class _Cables:
    """Rows of TOPOLOGY as they are found: told ones first, which explain what the tables show."""

    def __init__(self, facts: Mapping[str, dict], told: Iterable[Mapping], port_of_mac: Mapping[tuple[str, str], str]) -> None:
        self.facts = facts
        self.port_of_mac = port_of_mac
        self.rows: list[dict] = []
        self.told_at: dict[tuple[str, str], str] = {}
        self.linked: dict[str, set[str]] = defaultdict(set)
        #: ports whose sharing a managed device explains
        self.explained: set[tuple[str, str]] = set()
        #: (device, port) -> the only switch there that has no table; "" = several
        self.silent_at: dict[tuple[str, str], str] = {}
        for cable in told:
            self._tell(cable)

    def _ends(self, a: str, a_port: str | None, b: str | None, b_port: str | None) -> dict:
        one, other = self.facts[a], self.facts.get(b or "", {})
        return {
            "a_device": a,
            "a_office": one["office"],
            "a_address": one["address"],
            "a_port": a_port,
            "b_device": b,
            "b_office": other.get("office"),
            "b_address": other.get("address"),
            "b_port": b_port,
        }

    def _tell(self, cable: Mapping) -> None:
        a, b = cable["a"], cable["b"]
        ends = self._ends(a, cable["a_port"] or None, b or None, cable["b_port"] or None)
        both = cable["both"]
        protocol = cable["protocol"].upper()
        self.rows.append(
            ends
            | {
                "b_address": ends["b_address"] or cable["b_address"] or None,
                "b_name": cable["b_name"] or None,
                "members": cable.get("members"),
                "origin": "told",
                "confidence": BOTH_SIDES if both else ONE_SIDE,
                "evidence": f"{cable['protocol']}_{'both' if both else 'one'}",
                "why": pack("detail.cable_told_both", protocol=protocol)
                if both
                else pack("detail.cable_told_one", protocol=protocol),
            }
        )
        if b:
            sides = cable.get("ends", [(a, cable["a_port"], b), (b, cable["b_port"], a)])
            for device, port, other in [*sides, (a, cable["a_port"], b), (b, cable["b_port"], a)]:
                if port:
                    self.told_at.setdefault((device, port), other)
            self._link(a, b)

    def _link(self, a: str, b: str) -> None:
        self.linked[a].add(b)
        self.linked[b].add(a)

    def _infer(self, ends: dict, confidence: float, evidence: str, why: str) -> None:
        self._link(ends["a_device"], ends["b_device"])
        self.rows.append(ends | {"origin": "inferred", "confidence": confidence, "evidence": evidence, "why": why})

    def between_switches(self, table: Entries, known: Places) -> None:
        """Links that tables imply between switches that have one, and through one that has none."""
        silent = {
            (table.devices[j.device], j.port): {
                table.devices[owner] for mac in j.between if (owner := int(table.owner[mac])) >= 0 and _silent(table, owner)
            }
            for j in known.junctions.values()
            if j.shared
        }
        for link in known.links:
            a, a_port, how, *_ = _name(table, link.above)
            b, b_port, *_ = _name(table, link.below)
            middle = silent.get((a, a_port or ""), set()) if link.shared else set()
            if len(middle) == 1:  # a switch that cannot be read is what joins them
                between = next(iter(middle))
                self.explained.add((a, a_port or ""))
                if between not in self.linked[a]:
                    self._facing(self._ends(a, a_port, between, None), link, "facing")
                if between not in self.linked[b]:
                    self._facing(self._ends(b, b_port, between, None), link, "facing")
            elif b not in self.linked[a]:
                self._facing(self._ends(a, a_port, b, b_port), link, "through_unmanaged" if link.shared else how)

    def _facing(self, ends: dict, link: Link, how: str) -> None:
        share = link.support / (link.support + 1) * link.support / (link.support + 3 * link.against + 1e-9)
        known_port = 1.0 if ends["a_port"] else 0.8
        count = round(link.support)
        if how == "through_unmanaged":
            why = pack("detail.cable_through_unmanaged", count=count)
        elif how == "only_place":
            why = pack("detail.cable_only_place")
        elif how == "aged":
            why = pack("detail.cable_aged")
        else:
            why = pack("detail.cable_facing", count=count)
        self._infer(ends, round(min(0.97, 0.6 + 0.4 * share) * known_port, 2), how, why)

    def machines(
        self,
        placed: Mapping[str, Spot],
        owner_of: Mapping[str, str],
        endpoints: pd.DataFrame,
        bridges: set[str],
    ) -> None:
        """Devices without a table of their own, where their addresses were learnt."""
        told_to = {
            d for d, peers in self.linked.items() if any(self.facts[peer]["kind"] in {"switch", *ROUTING} for peer in peers)
        }
        found: dict[tuple[str, str, str | None], Spot] = {}
        own_port: dict[tuple[str, str, str | None], str | None] = {}
        for name, spot in sorted(placed.items()):
            mac = hardware(name)
            device = owner_of.get(mac)
            if device is None or device not in self.facts or device == spot.device or spot.share < ENOUGH:
                continue
            if spot.port is None and spot.direct < ENOUGH:
                continue
            if device not in bridges or self._routes(device):
                found.setdefault((device, spot.device, spot.port), spot)
                own_port.setdefault((device, spot.device, spot.port), self.port_of_mac.get((device, mac)))
        seen = {owner_of.get(hardware(mac)) for mac in placed}
        # a switch that cannot be read, alone among its like at a port, is what the others there hang on
        for (device, switch, port), _ in sorted(found.items(), key=lambda item: tuple(map(code, item[0]))):
            if port is not None and device not in bridges and self.facts[device]["kind"] in JOINING:
                self.silent_at[switch, port] = "" if (switch, port) in self.silent_at else device
        for device, switch, port in nearest(dict(self.facts), endpoints):
            if device not in seen and device not in bridges:
                found[device, switch, port] = Spot(switch, port, "nearest")
        certain = {device for device, _, port in found if port is not None and not self._routes(device)}
        for (device, switch, port), spot in sorted(found.items(), key=lambda item: tuple(map(code, item[0]))):
            told = self.told_at.get((switch, port or ""))
            front = told or self.silent_at.get((switch, port or ""))
            if told == device or device in self.linked[switch] or (port is None and device in certain):
                continue
            if front == device:
                front = None
            if device in told_to and not self._routes(device):
                continue  # it told how it is cabled; this is where its frames pass by
            if front and self.facts[front]["kind"] in FORWARDING:
                if device not in self.linked[front]:
                    ends = self._ends(front, None, device, None)
                    self._infer(ends, BEHIND_NEIGHBOUR, "behind_neighbour", pack("detail.cable_behind_neighbour"))
                continue
            ends = self._ends(switch, port, device, own_port.get((device, switch, port)))
            self._infer(ends, round(SURE[spot.how] * spot.share, 2), "table", _why_there(spot.how))

    def _routes(self, device: str) -> bool:
        return self.facts[device]["kind"] in ROUTING
