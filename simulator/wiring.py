"""Patching: who is plugged in where. Adds cables to a plan and knows which ports are free."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.catalogue import Catalogue, Port
from simulator.chance import number, share
from simulator.plan import Cable, Hub, Plan


class Patching:
    """Works on one plan; the free ports are read off its cables, so that it can be made anew at any date."""

    def __init__(self, plan: Plan, catalogue: Catalogue) -> None:
        self.plan = plan
        self.catalogue = catalogue

    def used(self, node: str) -> set[str]:
        cables = self.plan.cables.values()
        return {c.a_port for c in cables if c.a == node} | {c.b_port for c in cables if c.b == node}

    def _ports(self, node: str) -> list[Port]:
        device = self.plan.devices[node]
        used = self.used(node)
        off = device.switched_off
        return [
            p for p in self.catalogue[device.box.model].ports if p.segment == "lan" and p.short not in used and p.short not in off
        ]

    def uplink(self, node: str) -> str:
        """The port that an installer takes towards the centre: an uplink port, else the last one."""
        free = self._ports(node)
        uplinks = [p for p in free if p.uplink]
        return (uplinks or free[::-1])[0].short

    def free_port(self, node: str) -> str:
        """The lowest free port that is not an uplink port, else the first free one; those of a firewall's LAN first."""
        free = sorted(self._ports(node), key=lambda port: not port.addressed)
        return ([p for p in free if not p.uplink] or free)[0].short

    def room(self, node: str) -> int:
        """Free ports, two kept for the installer."""
        if node in self.plan.hubs:
            return self.plan.hubs[node].ports - len(self.cables_of(node))
        return len([p for p in self._ports(node) if not p.uplink]) - 2

    def connect(
        self, a: str, a_port: str, b: str, b_port: str, *, medium: str = "copper", blocked: bool = False, **more: Any
    ) -> Cable:
        cable = Cable(f"C{self.plan.next_item:05d}", a, a_port, b, b_port, medium, blocked, **more)
        self.plan.next_item += 1
        self.plan.cables[cable.id] = cable
        return cable

    def switches(self, office: str) -> list[str]:
        """Managed switches of an office where something may be plugged in; the gateway where there is none."""
        busy = ("/wansw1", "/core1", "/core2")
        found = [
            d.id for d in self.plan.devices.values()
            if d.office == office and d.alive and self.catalogue[d.box.model].kind == "switch" and not d.id.endswith(busy)
        ]  # fmt: skip
        if not found:
            found = [d.id for d in self.plan.devices.values() if d.office == office and d.id.endswith("/gw1")]
        return found

    def hang_hub(self, hub: Hub, chained: bool) -> None:
        """An unmanaged switch goes on a managed port, on the gateway, or (people do) on another unmanaged switch."""
        others = [h for h in self.plan.hubs.values() if h.office == hub.office and h.id != hub.id]
        roomy = [h for h in others if self.room(h.id) > 4] or others
        places = [s for s in self.switches(hub.office) if self.room(s) > -1]
        if (chained or not places) and roomy:
            self.connect(hub.id, "", max(roomy, key=lambda h: (self.room(h.id), h.id)).id, "")
        else:
            best = max(places, key=lambda s: (self.room(s), s))
            self.connect(hub.id, "", best, self.free_port(best))

    def plug(self, node: str, office: str, *, prefer_switch: float, seed: int) -> Cable:
        """A single-homed thing goes on a managed port or an unmanaged switch of its office."""
        port = self._own_port(node)
        switches = [s for s in self.switches(office) if self.room(s) > 0]
        hubs = [h.id for h in self.plan.hubs.values() if h.office == office and self.room(h.id) > 0]
        wants_switch = share(seed, "plug", node) < prefer_switch
        choice = switches if (wants_switch and switches) or not hubs else hubs
        if not choice:  # every port is taken: someone buys a cheap switch
            hub = Hub(f"{office}/hub{sum(h.office == office for h in self.plan.hubs.values()) + 1}", office, 16)
            self.plan.hubs[hub.id] = hub
            self.hang_hub(hub, chained=False)
            choice = [hub.id]
        place = choice[number(seed, "where", node) % len(choice)]
        return self.connect(node, port, place, "" if place in self.plan.hubs else self.free_port(place))

    def on_air(self, node: str, office: str, seed: int) -> bool:
        """Associates a station with one of the office's access points; False when there is none."""
        points = [
            d
            for d in self.plan.devices.values()
            if d.office == office and d.alive and self.catalogue[d.box.model].kind == "wireless"
        ]
        if not points:
            return False
        point = points[number(seed, "air", node) % len(points)]
        self.connect(node, "", point.id, self.catalogue[point.box.model].fields["radio"]["short"], medium="air")
        return True

    def _own_port(self, node: str) -> str:
        if node not in self.plan.devices:
            return ""
        return self.catalogue[self.plan.devices[node].box.model].ports[0].short

    def replug(self, cable_id: str, end: str, place: str, port: str) -> None:
        """The other end of `end`'s cable goes into another port."""
        cable = self.plan.cables[cable_id]
        if cable.a == end:
            self.plan.cables[cable_id] = replace(cable, b=place, b_port=port)
        else:
            self.plan.cables[cable_id] = replace(cable, a=place, a_port=port)

    def cables_of(self, node: str) -> list[Cable]:
        return [c for c in self.plan.cables.values() if c.a == node or c.b == node]

    def unplug(self, node: str) -> None:
        for cable in self.cables_of(node):
            del self.plan.cables[cable.id]
