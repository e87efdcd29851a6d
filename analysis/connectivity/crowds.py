"""Where people sit: machines at each node of the network, and how many officials a number of them stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from analysis.topology import MACHINES, stations

#: Key of a count of devices, beside the codes of offices.
DEVICES = ("devices",)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Machines by node and in all, by office; officials by office.

    Machines whose port nobody knows hang on their office's way out, as far as is known. An office without machines is taken for
    one that hangs on its way out: it is in `unseen`, and its one machine is not counted as such.
    """

    at: dict[str, int]
    office: dict[str, str]
    total: Counter[str]
    unseen: frozenset[str]
    staff: dict[str, int]

    def weights(self, devices: set[str]) -> dict[str, dict[Hashable, int]]:
        """node -> counts by office, and of devices under `DEVICES`."""
        found: dict[str, dict[Hashable, int]] = {}
        for node, office in self.office.items():
            own: dict[Hashable, int] = {office: self.at[node]} if self.at[node] else {}
            if node in devices:
                own[DEVICES] = 1
            found[node] = own
        return found

    def lost(self, counts: Mapping[Hashable, int]) -> dict[str, int]:
        """office -> machines, of those of which any are counted."""
        return {str(office): n for office, n in counts.items() if n and office != DEVICES}

    def machines(self, lost: Mapping[str, int]) -> int:
        return sum(n for office, n in lost.items() if office not in self.unseen)

    def share(self, office: str, machines: int) -> float | None:
        return min(machines / self.total[office], 1.0) if self.total[office] else None

    def people_of(self, office: str, machines: int) -> int:
        """Officials of an office whom so many of its machines stand for, halves up."""
        return int(self.staff.get(office, 0) * (self.share(office, machines) or 0.0) + 0.5)

    def people(self, lost: Mapping[str, int]) -> int:
        return sum(self.people_of(office, n) for office, n in lost.items())


def crowd(
    devices: pd.DataFrame, offices: pd.DataFrame, endpoints: pd.DataFrame, network: nx.Graph, uplink: Mapping[str, str]
) -> Crowd:
    """Everybody, where they are."""
    at: dict[str, int] = {}
    office_of: dict[str, str] = {}
    total: Counter[str] = Counter()
    for node, data in network.nodes(data=True):
        at[node] = data["stations"]
        office_of[node] = data["office"]
        total[data["office"]] += data["stations"]
    machines = stations(endpoints, devices)
    loose = machines[~machines["switch"].isin(network.nodes) & ~machines["device"].isin(network.nodes)]
    for office, count in Counter(loose["office"].dropna()).items():
        total[office] += count
        if office in uplink:
            at[uplink[office]] += count
    unseen = {office for office in uplink if not total[office]}
    for office in unseen:
        at[uplink[office]] += 1
        total[office] = 1
    staff = {o: int(s) for o, s in zip(offices["office"], offices["staff"], strict=True) if pd.notna(s)}
    return Crowd(at, office_of, total, frozenset(unseen), staff)


def is_machine(kind: str) -> bool:
    """Somebody's own machine: nobody else hangs on it."""
    return kind in MACHINES
