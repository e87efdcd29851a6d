"""The cables of the network, one by one: which two nodes each joins, and how many there are between two nodes.

Cables that the spanning tree holds back are there all the same: it lets them through when another fails. Cables that tables imply
between the same two devices count as one: they may be one, or carry another network.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.tables import code
from analysis.topology.members import read

Edge = tuple[str, str]


def edge(a: str, b: str) -> Edge:
    return (a, b) if a <= b else (b, a)


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable, or an aggregate of several. `row`: its columns in CABLES as far as they are told; `members`: pairs of ports."""

    ends: Edge
    row: Mapping[Hashable, object]
    told: bool
    members: tuple[Edge, ...] = ()

    @property
    def name(self) -> str:
        """`device port` of an end that is its own: what hangs on an unmanaged switch does not end at the port in front of it."""
        end = "a" if self.ends[0] == self.row["a_device"] else "b"
        return f"{self.row.get(f'{end}_device')} {code(self.row.get(f'{end}_port'))}".strip()

    @property
    def strands(self) -> int:
        return max(len(self.members), 1)


@dataclass(frozen=True, slots=True)
class Wiring:
    """All cables, in the order of `links`, then those to unmanaged switches."""

    cables: tuple[Cable, ...]
    #: two nodes -> the cables between them
    between: Mapping[Edge, tuple[int, ...]]
    #: (device, port) -> the cable there, and which of its members
    at: Mapping[tuple[str, str], tuple[int, int | None]]

    def strength(self, a: str, b: str, removed: Mapping[int, set[int]] | None = None) -> int:
        """How many cables are between two nodes, without those `removed`: cable -> members."""
        gone = removed or {}
        told, implied = 0, True
        numbers = self.between.get(edge(a, b), ())
        for number in numbers:
            cable = self.cables[number]
            lost = len(gone.get(number, ()))
            if cable.told:
                told += cable.strands - lost
            elif lost:
                implied = False
        return told + (implied and any(not self.cables[number].told for number in numbers))

    def taken(self, cables: Iterable[int | tuple[str, str]]) -> dict[int, set[int]]:
        """Cables by number (row of CABLES) or by (device, port) as cable -> members. Raises `ValueError` for an unknown one.

        The port of a member takes that member, the port of the aggregate takes all.
        """
        found: dict[int, set[int]] = defaultdict(set)
        for asked in cables:
            if isinstance(asked, tuple):
                if asked not in self.at:
                    raise ValueError(f"no cable is known at port {asked[1]} of {asked[0]}")
                number, member = self.at[asked]
            elif 0 <= asked < len(self.cables):
                number, member = asked, None
            else:
                raise ValueError(f"there is no cable {asked}: they are numbered 0 to {len(self.cables) - 1}")
            found[number] |= set(range(self.cables[number].strands)) if member is None else {member}
        return dict(found)


def wiring(links: pd.DataFrame, unmanaged: pd.DataFrame) -> Wiring:
    """The cables behind the edges of `topology.graph`, whose names of nodes these are."""
    cables: list[Cable] = []
    small: dict[tuple[str, str], str] = {}
    for row in unmanaged.to_dict("records"):
        small[row["device"], row["port"]] = f"+{row['device']}:{row['port']}"
    for row in links.to_dict("records"):
        device, port = row["a_device"], code(row["a_port"])
        far = code(row["b_device"]) or "?" + (code(row["b_name"]) or code(row["b_address"]) or f"{device}:{port}")
        near = small.get((device, row["a_port"]), device)
        cables.append(Cable((near, far), row, row["origin"] == "told", read(code(row["members"]))))
    for row in unmanaged.to_dict("records"):
        ends: dict[Hashable, object] = {
            "a_device": row["device"],
            "a_office": row["office"],
            "a_port": row["port"],
            "origin": "inferred",
        }
        cables.append(Cable((row["device"], small[row["device"], row["port"]]), ends, False))
    between: dict[Edge, list[int]] = defaultdict(list)
    at: dict[tuple[str, str], tuple[int, int | None]] = {}
    for number, cable in enumerate(cables):
        between[edge(*cable.ends)].append(number)
        for side, end in enumerate("ab"):
            device, port = code(cable.row.get(f"{end}_device")), code(cable.row.get(f"{end}_port"))
            for member, ports in enumerate(cable.members):
                if device and ports[side]:
                    at.setdefault((device, ports[side]), (number, member))
            # what hangs on an unmanaged switch is not at the port in front of it; a member's port is not the aggregate's
            if device and port and (end == "b" or cable.ends[0] == device):
                at.setdefault((device, port), (number, None))
    return Wiring(tuple(cables), {pair: tuple(numbers) for pair, numbers in between.items()}, at)
