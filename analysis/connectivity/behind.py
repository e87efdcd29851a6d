"""The frames `behind` and `cables`: what each device, and each cable, cuts off when it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from analysis.connectivity.columns import BEHIND, CABLES
from analysis.connectivity.crowds import DEVICES, Crowd, is_machine
from analysis.connectivity.failing import Failures, failures
from analysis.connectivity.services import Service
from analysis.connectivity.ways_out import OUTSIDE
from analysis.connectivity.wiring import Wiring
from analysis.tables import code, typed
from analysis.topology import FORWARDING


@dataclass(frozen=True, slots=True)
class Loss:
    """What is cut off: devices besides the one that fails, machines by office, services that somebody loses (codes).

    `without_service`: by office, machines that are cut off or lose a service: as many as lose the one that most of them lose.
    """

    devices: int
    by_office: Mapping[str, int]
    services: tuple[str, ...]
    without_service: Mapping[str, int]

    def row(self, people: Crowd) -> dict[str, object]:
        """Columns that BEHIND and CABLES have in common."""
        return {
            "devices_behind": self.devices,
            "machines_behind": people.machines(self.by_office),
            "offices_cut": sum(1 for office in self.by_office if office),
            "people": people.people(self.by_office),
            "services": ",".join(self.services) or None,
            "service_people": people.people(self.without_service) - people.people(self.by_office),
        }


class Losses:
    """What fails with each node and each cable: people and machines that lose the outside, services that somebody loses."""

    def __init__(self, whole: nx.Graph, wires: Wiring, people: Crowd, services: tuple[Service, ...], devices: set[str]) -> None:
        def single(upper: str, lower: str) -> bool:
            return whole.edges[upper, lower]["origin"] not in ("line", "assumed") and wires.strength(upper, lower) == 1

        weights = people.weights(devices)
        self.people = people
        self.devices = devices
        self.outside: Failures = failures(whole, OUTSIDE, weights, single)
        at: dict[str, list[Service]] = {}
        for service in services:
            at.setdefault(service.host, []).append(service)
        self._seen_from: list[tuple[Failures, list[Service]]] = [
            (self.outside if host == OUTSIDE else failures(whole, host, weights, single), there) for host, there in at.items()
        ]

    def of_node(self, node: str) -> Loss:
        counts = self.outside.nodes[node]
        lost = [(found.nodes[node], there) for found, there in self._seen_from]
        return self._loss(counts[DEVICES] - (node in self.devices), counts, lost)

    def of_cable(self, a: str, b: str) -> Loss:
        """Also of a cable that cuts off nothing from the outside: the way to a service may be over it."""
        none: Counter[Hashable] = Counter()
        counts = self.outside.cables.get(self.sides(a, b), none)
        both = [(found.cables.get((a, b)) or found.cables.get((b, a), none), there) for found, there in self._seen_from]
        return self._loss(counts[DEVICES], counts, both)

    def _loss(self, devices: int, counts: Counter[Hashable], lost: list[tuple[Counter[Hashable], list[Service]]]) -> Loss:
        by_office = self.people.lost(counts)
        without = dict(by_office)
        for losers, there in lost:
            for office, machines in self.people.lost(losers).items():
                if machines > without.get(office, 0) and any(service.serves(office) for service in there):
                    without[office] = machines
        return Loss(devices, by_office, self._services(lost), without)

    def sides(self, a: str, b: str) -> tuple[str, str]:
        """The two ends, the one that the search from outside met first in front."""
        order = self.outside.order
        return (a, b) if order[a] < order[b] else (b, a)

    def _services(self, lost: list[tuple[Counter[Hashable], list[Service]]]) -> tuple[str, ...]:
        found = (
            service.code
            for counts, there in lost
            if counts
            for service in there
            if any(service.serves(office) for office in self.people.lost(counts))
        )
        return tuple(sorted(found))


def behind_frame(devices: pd.DataFrame, losses: Losses, uplink: Mapping[str, str], reachable: set[str]) -> pd.DataFrame:
    """Columns: `BEHIND`, one row a device, in the order of `devices`."""
    rows: list[dict] = []
    people = losses.people
    for row in devices[["device", "office", "kind", "address", "sys_name"]].to_dict("records"):
        device, office = row["device"], code(row["office"])
        loss = losses.of_node(device)
        several = people.machines(loss.by_office) > 1 and not is_machine(code(row["kind"]))
        rows.append(
            row
            | loss.row(people)
            | {
                "uplink": uplink.get(office) == device,
                "reachable": device in reachable,
                "share": None if office in people.unseen else people.share(office, loss.by_office.get(office, 0)),
                "single_point": loss.devices > 0 or several,
            }
        )
    return typed(rows, BEHIND)


def cables_frame(wires: Wiring, losses: Losses, network: nx.Graph) -> pd.DataFrame:
    """Columns: `CABLES`, numbered as `wires.cables`: the rows of `links`, then the cables to unmanaged switches."""
    rows = []
    for cable in wires.cables:
        loss = losses.of_cable(*cable.ends)
        above, below = losses.sides(*cable.ends)
        bridge = (above, below) in losses.outside.cables
        several = network.nodes[below]["kind"] in FORWARDING or losses.people.machines(loss.by_office) > 1
        small = cable.ends[1] if cable.ends[1].startswith("+") else None
        rows.append(
            {"b_name": small}
            | {name: cable.row[name] for name in _TOLD if name in cable.row}
            | loss.row(losses.people)
            | {"cables": cable.strands, "above": above, "below": below, "bridge": bridge, "single_point": bridge and several}
        )
    return typed(rows, CABLES)


_TOLD = tuple(column.name for column in CABLES[:8])
