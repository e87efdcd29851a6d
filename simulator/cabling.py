"""What follows from the cables: who hears whom. Forwarding tables, address tables, neighbours and traffic are all derived here.

A node of the graph is a place and its segment: a router has a "lan" and a "wan" node that it does not bridge. Everything is
worked out per VLAN on the lines that the spanning tree has not blocked; those form a tree.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from simulator.catalogue import Catalogue, Model
from simulator.chance import between, share
from simulator.plan import PROVIDER, WAN, Cable, Device, Plan

Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Hop:
    """One cable, seen from one end."""

    cable: Cable
    port: str  # own port (ifName); "" on stations and unmanaged switches
    to: Node
    to_port: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """A hardware address that sends frames in a VLAN, and the IP address that it answers ARP with."""

    mac: int
    address: str


class Cabling:
    """The derived facts of one plan."""

    def __init__(self, plan: Plan, catalogue: Catalogue) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.models: dict[str, Model] = {d.id: catalogue[d.box.model] for d in plan.devices.values()}

    # --- the graph --------------------------------------------------------------------------------------------------------

    def node(self, place: str, port: str) -> Node:
        """The node behind a port."""
        model = self.models.get(place)
        if model is not None and port in model.port_by_name:
            return place, model.port_by_name[port].segment
        return place, "lan"

    def usable(self, cable: Cable) -> bool:
        """There is a link on it: both ends stand, run, and are not shut."""
        for place, port in cable.ends():
            device = self.plan.devices.get(place)
            if device is not None and (not device.alive or port in device.switched_off):
                return False
        return True

    @cached_property
    def linked(self) -> list[Cable]:
        """Every cable that is `usable`."""
        return [cable for cable in self.plan.cables.values() if self.usable(cable)]

    @cached_property
    def hops(self) -> Mapping[Node, list[Hop]]:
        """Every line with a link, by node; the blocked ones too."""
        found: dict[Node, list[Hop]] = defaultdict(list)
        for cable in self.linked:
            a, b = self.node(cable.a, cable.a_port), self.node(cable.b, cable.b_port)
            found[a].append(Hop(cable, cable.a_port, b, cable.b_port))
            found[b].append(Hop(cable, cable.b_port, a, cable.a_port))
        return found

    @cached_property
    def by_port(self) -> Mapping[tuple[str, str], Hop]:
        """The line in a device's port, where it has a link (a radio carries many and is not in here)."""
        return {
            (node[0], hop.port): hop for node, hops in self.hops.items() for hop in hops if hop.port and hop.cable.medium != "air"
        }

    @cached_property
    def plugged(self) -> Mapping[tuple[str, str], Node]:
        """What is at the other end of a device's port, with a link or without."""
        found: dict[tuple[str, str], Node] = {}
        for cable in self.plan.cables.values():
            found[cable.a, cable.a_port] = self.node(cable.b, cable.b_port)
            found[cable.b, cable.b_port] = self.node(cable.a, cable.a_port)
        return found

    def vlans(self, node: Node) -> frozenset[int] | None:
        """VLANs that pass the node; None where it does not look at tags."""
        place, segment = node
        device = self.plan.devices.get(place)
        if device is not None:
            return frozenset({WAN}) if segment == "wan" else device.vlans
        station = self.plan.stations.get(place)
        return frozenset({station.vlan}) if station else None

    def passes(self, node: Node, vlan: int) -> bool:
        carried = self.vlans(node)
        return carried is None or vlan in carried

    def forwards(self, node: Node) -> bool:
        """Frames go through it, from port to port."""
        place, segment = node
        if place in self.models:
            return segment == "lan" and self.models[place].bridges
        return place in self.plan.hubs or place == PROVIDER

    # --- addresses --------------------------------------------------------------------------------------------------------

    def speakers(self, node: Node, vlan: int) -> Iterator[Speaker]:
        """The hardware addresses at a node that are heard in a VLAN."""
        place, segment = node
        station = self.plan.stations.get(place)
        if station is not None and station.vlan == vlan:
            yield Speaker(station.mac, station.address)
        device = self.plan.devices.get(place)
        if device is None:
            return
        if segment == "wan":
            yield from (Speaker(self.wan_mac(device), a.split("/")[0]) for v, a in device.routed if v == vlan == WAN)
            return
        if device.vlan == vlan:
            yield Speaker(self.own_mac(device), device.address)
        yield from (Speaker(self.own_mac(device), a.split("/")[0]) for v, a in device.routed if v == vlan != WAN)

    def own_mac(self, device: Device) -> int:
        """The address of its management interface, or of the only port of a host."""
        model = self.models[device.id]
        if "svi" in model.fields:
            return device.box.mac
        port = next((p for p in model.ports if p.addressed), model.ports[0])
        return device.box.mac + port.number

    def wan_mac(self, device: Device) -> int:
        port = next(p for p in self.models[device.id].ports if p.segment == "wan")
        return device.box.mac + port.number

    def reach(self, start: Node, vlan: int) -> Iterator[Node]:
        """Every node that hears a frame which `start` sends in a VLAN, `start` first."""
        seen: set[Node] = {start}
        todo: list[Node] = [start]
        while todo:
            node = todo.pop()
            yield node
            if node != start and not self.forwards(node):
                continue
            for hop in self.hops.get(node, ()):
                if not hop.cable.blocked and hop.to not in seen and self.passes(hop.to, vlan):
                    seen.add(hop.to)
                    todo.append(hop.to)

    def forwarding(self, device: Device) -> list[tuple[int, str, int]]:
        """(MAC, port, VLAN) of everything that a bridge has learnt, by VLAN and MAC. A port is named by ifName."""
        home: Node = (device.id, "lan")
        rows: list[tuple[int, str, int]] = []
        bundled: set[str] = set()
        for hop in self.hops.get(home, ()):
            bundle = hop.cable.aggregate
            if hop.cable.blocked or not hop.port or bundle in bundled:
                continue
            if bundle:
                bundled.add(bundle)
            for vlan in sorted(device.vlans):
                if not self.passes(hop.to, vlan):
                    continue
                for node in self._behind(hop, home, vlan):
                    rows.extend((s.mac, bundle or hop.port, vlan) for s in self.speakers(node, vlan))
        return sorted((row for row in set(rows) if not self._aged(device, row[0])), key=lambda row: (row[2], row[0]))

    def _aged(self, device: Device, mac: int) -> bool:
        silence = self.plan.silence
        return silence.aged > 0 and share("aged", silence.seed, device.id, mac) < silence.aged

    def _behind(self, hop: Hop, home: Node, vlan: int) -> Iterator[Node]:
        """The nodes on the far side of one line."""
        seen: set[Node] = {home, hop.to}
        todo: list[Node] = [hop.to]
        while todo:
            node = todo.pop()
            yield node
            if not self.forwards(node):
                continue
            for further in self.hops.get(node, ()):
                if (
                    further.cable is not hop.cable
                    and not further.cable.blocked
                    and further.to not in seen
                    and self.passes(further.to, vlan)
                ):
                    seen.add(further.to)
                    todo.append(further.to)

    def heard(self, device: Device) -> list[tuple[str, int, int]]:
        """(address, MAC, VLAN) of the address table: routers have spoken with all, hosts with a few."""
        rows: list[tuple[str, int, int]] = []
        legs: list[tuple[Node, int, str]] = [((device.id, "lan"), device.vlan, device.address)]
        legs.extend(
            ((device.id, "wan" if vlan == WAN else "lan"), vlan, address.split("/")[0]) for vlan, address in device.routed
        )
        for start, vlan, own in legs:
            others = [
                s for node in self.reach(start, vlan) if node != start for s in self.speakers(node, vlan) if s.address != own
            ]
            if not self.routes(device):
                others = self._acquaintances(device, others)
            rows.extend((s.address, s.mac, vlan) for s in others)
        return sorted(set(rows))

    def routes(self, device: Device) -> bool:
        return self.models[device.id].kind in {"router", "firewall"} or bool(device.routed)

    def _acquaintances(self, device: Device, others: Iterable[Speaker]) -> list[Speaker]:
        gateway = self.plan.devices.get(device.gateway or "")
        doors = {gateway.address, *(a.split("/")[0] for _, a in gateway.routed)} if gateway else set()
        return [s for s in others if s.address in doors or between(0, 19, "acquainted", device.box.asset, s.mac) == 0]

    # --- discovery protocols ----------------------------------------------------------------------------------------------

    def announces(self, place: str, protocol: str) -> bool:
        """It sends frames of the protocol; an agent that keeps its table to itself still does."""
        device = self.plan.devices.get(place)
        if device is None or not device.alive or place in self.plan.mute:
            return False
        mibs = self.models[place].mibs
        return "cdp" in mibs if protocol == "cdp" else bool(mibs & {"lldp", "lldp_short", "lldp_local"})

    def shows(self, device: Device, protocol: str) -> bool:
        """Its SNMP agent has the table of what it heard."""
        if device.access.half == protocol or device.id in self.plan.mute:
            return False
        mibs = self.models[device.id].mibs
        return "cdp" in mibs if protocol == "cdp" else bool(mibs & {"lldp", "lldp_short"})

    def neighbours(self, device: Device, protocol: str) -> list[tuple[str, Device, str]]:
        """(own port, neighbour, its port): the far ends of its direct cables that announce themselves. Blocked lines count:
        these protocols run below the spanning tree. Unmanaged switches and the provider swallow the frames."""
        hops = [hop for segment in ("lan", "wan") for hop in self.hops.get((device.id, segment), ())]
        rows = [
            (hop.port, self.plan.devices[hop.to[0]], hop.to_port)
            for hop in hops
            if hop.cable.medium != "air" and hop.port and self.announces(hop.to[0], protocol)
        ]
        return sorted(rows, key=lambda row: self.models[device.id].port_by_name[row[0]].number)

    # --- traffic ------------------------------------------------------------------------------------------------------------

    @cached_property
    def rates(self) -> Mapping[str, tuple[float, float]]:
        """Cable -> octets a day (from a to b, from b to a). What an office's things fetch flows towards them from the centre."""
        fetched: dict[str, int] = {}
        for station in self.plan.stations.values():
            fetched[station.id] = between(40, 900, "fetch", station.mac) * 1_000_000
        for device in self.plan.devices.values():
            low, high = (300, 4000) if self.models[device.id].kind in {"server", "storage", "nvr", "pc"} else (5, 60)
            fetched[device.id] = between(low, high, "fetch", device.box.asset) * 1_000_000
        parents = self._tree()
        below: dict[str, float] = defaultdict(float)
        result: dict[str, tuple[float, float]] = {}
        for place, (cable, parent) in reversed(parents.items()):
            down = below[place] + fetched.get(place, 0)
            below[parent] += down
            up = down * 0.18
            result[cable.id] = (down, up) if cable.a == parent else (up, down)
        for cable in self.plan.cables.values():  # blocked lines carry bridge chatter only
            result.setdefault(cable.id, (2_500_000.0, 2_500_000.0))
        for bundle in self.bundles.values():  # the lines of an aggregate share
            shares = [result[cable.id] for cable in bundle]
            forth, back = sum(share[0] for share in shares) / len(bundle), sum(share[1] for share in shares) / len(bundle)
            result.update({cable.id: (forth, back) for cable in bundle})
        return result

    @cached_property
    def bundles(self) -> Mapping[tuple[str, str, str], list[Cable]]:
        """The lines of each aggregate that have a link, by its ends and name."""
        found: dict[tuple[str, str, str], list[Cable]] = defaultdict(list)
        for cable in self.linked:
            if cable.aggregate:
                found[cable.a, cable.b, cable.aggregate].append(cable)
        return found

    # --- the spanning tree --------------------------------------------------------------------------------------------------

    def root(self, device: Device) -> Device:
        """The root of the spanning tree that a switch is in: the core where there is one, else the oldest address of a switch."""
        seen: set[str] = {device.id}
        todo: list[str] = [device.id]
        while todo:
            for hop in self.hops.get((todo.pop(), "lan"), ()):
                if hop.to[0] not in seen and self.forwards(hop.to):
                    seen.add(hop.to[0])
                    todo.append(hop.to[0])
        switches = [
            self.plan.devices[place]
            for place in seen
            if place in self.models and self.models[place].kind == "switch" and self.plan.devices[place].spanning_tree
        ]
        return min(switches, key=lambda d: (not d.id.endswith("/core1"), d.box.mac))

    def _tree(self) -> dict[str, tuple[Cable, str]]:
        """Place -> (its line towards the centre, the place above), nearest to the centre first."""
        lines: dict[str, list[tuple[Cable, str]]] = defaultdict(list)
        for cable in self.linked:
            if not cable.blocked:
                lines[cable.a].append((cable, cable.b))
                lines[cable.b].append((cable, cable.a))
        parents: dict[str, tuple[Cable, str]] = {}
        order = [PROVIDER]
        seen = {PROVIDER}
        for place in order:
            for cable, other in lines[place]:
                if other not in seen:
                    seen.add(other)
                    parents[other] = (cable, place)
                    order.append(other)
        return parents


def advance(plan: Plan, catalogue: Catalogue, days: int) -> None:
    """Lets the ports count for so many days at the present rates."""
    if days <= 0:
        return
    cabling = Cabling(plan, catalogue)
    rates, devices, meters = cabling.rates, plan.devices, plan.meters
    for cable in cabling.linked:
        forth, back = rates[cable.id]
        spoilt = errors(cable, plan.date, days)
        for end, sent, received in (((cable.a, cable.a_port), forth, back), ((cable.b, cable.b_port), back, forth)):
            if end[0] in devices:
                had = meters.get(end, (0.0, 0.0, 0.0))
                meters[end] = (had[0] + received * days, had[1] + sent * days, had[2] + spoilt)


def errors(cable: Cable, date: dt.date, days: int) -> int:
    """Frames that a line spoils in so many days from a date on."""
    if cable.worse_since is None:
        return cable.errors_per_day * days
    age = (date - cable.worse_since).days
    return cable.errors_per_day * sum(max(0, age + day + 1) for day in range(days))


def reset_meters(plan: Plan, place: str) -> None:
    """The device starts anew: its counters do too."""
    for key in [key for key in plan.meters if key[0] == place]:
        del plan.meters[key]
