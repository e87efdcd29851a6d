"""What if: any devices and cables taken away, who is cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from analysis.connectivity.columns import CUT_DEVICES, CUT_OFFICES
from analysis.connectivity.crowds import Crowd
from analysis.connectivity.services import Service
from analysis.connectivity.ways_out import OUTSIDE
from analysis.connectivity.wiring import Wiring
from analysis.tables import typed


@dataclass(frozen=True, slots=True)
class Model:
    """What questions about the network are asked of: the network with the outside, its cables, people and services."""

    whole: nx.Graph
    wires: Wiring
    people: Crowd
    services: tuple[Service, ...]
    uplink: Mapping[str, str]
    #: device -> office, kind, sys_name, address, state
    devices: Mapping[str, Mapping[Hashable, object]]

    def reached(self, start: str, devices: frozenset[str], cables: Mapping[int, set[int]]) -> set[str]:
        """Nodes with a path from `start` when devices and cables are gone."""
        if start in devices:
            return set()
        cut = {
            frozenset(self.wires.cables[number].ends)
            for number in cables
            if not self.wires.strength(*self.wires.cables[number].ends, cables)
        }
        seen, todo = {start}, [start]
        for node in todo:
            for near in self.whole.adj[node]:
                if near not in seen and near not in devices and frozenset((node, near)) not in cut:
                    seen.add(near)
                    todo.append(near)
        return seen


@dataclass(frozen=True, slots=True)
class Cut:
    """Frames CUT_OFFICES (offices with somebody or something cut off, or a service lost; the most people first) and CUT_DEVICES;
    the sums of people and machines."""

    offices: pd.DataFrame
    devices: pd.DataFrame
    people: int
    machines: int


def cut(model: Model, devices: Iterable[str] = (), cables: Iterable[int | tuple[str, str]] = ()) -> Cut:
    """Who is cut off when these are taken away. Raises `ValueError` for one that is not known."""
    gone = frozenset(devices)
    if unknown := sorted(gone - set(model.whole)):
        raise ValueError(f"no device {unknown[0]} is known")
    taken = model.wires.taken(cables)
    reached = model.reached(OUTSIDE, gone, taken)
    people = model.people
    machines: Counter[str] = Counter()
    lost_devices: Counter[str] = Counter()
    rows = []
    for node, office in people.office.items():
        if node in reached:
            continue
        machines[office] += people.at[node]
        if node in model.devices:
            lost_devices[office] += node not in gone
            rows.append(
                {str(name): value for name, value in model.devices[node].items()}
                | {
                    "device": node,
                    "removed": node in gone,
                    "machines": people.at[node] - (office in people.unseen and model.uplink.get(office) == node),
                }
            )
    lost_services = _services(model, gone, taken, reached)
    found = []
    for office in sorted({o for o, n in (machines + lost_devices).items() if n} | set(lost_services)):
        count = machines[office]
        before = [service.code for service in model.services if service.serves(office)]
        lost = lost_services.get(office, set())
        unseen = office in people.unseen
        found.append(
            {
                "office": office or None,
                "staff": people.staff.get(office),
                "machines": 0 if unseen else people.total[office],
                "machines_cut": 0 if unseen else count,
                "devices_cut": lost_devices[office],
                "people_cut": people.people_of(office, count),
                "share": people.share(office, count),
                "services_before": ",".join(before) or None,
                "services_after": ",".join(code for code in before if code not in lost) or None,
                "services_lost": ",".join(code for code in before if code in lost) or None,
            }
        )
    offices = typed(found, CUT_OFFICES).sort_values(["people_cut", "office"], ascending=[False, True], ignore_index=True)
    return Cut(offices, typed(rows, CUT_DEVICES), int(offices["people_cut"].sum()), int(offices["machines_cut"].sum()))


def _services(model: Model, gone: frozenset[str], taken: Mapping[int, set[int]], outside: set[str]) -> dict[str, set[str]]:
    """office -> services that somebody of it can no longer reach."""
    reached = {OUTSIDE: outside}
    found: dict[str, set[str]] = {}
    for service in model.services:
        if service.host not in reached:
            reached[service.host] = model.reached(service.host, gone, taken)
        there = reached[service.host]
        for node, office in model.people.office.items():
            if node not in there and model.people.at[node] and office and service.serves(office):
                found.setdefault(office, set()).add(service.code)
    return found
