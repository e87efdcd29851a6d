"""What findings are made from: the inventory's frames, with columns that it lacks as NA, and the cables with their ports."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.connectivity.wiring import Edge, Wiring
from analysis.tables import DTYPES, array, code, data_yaml
from analysis.topology import FORWARDING
from inventory.frames.columns import FRAMES

End = tuple[str, str]  # device, port

_PORT = (
    *("device", "office", "if_index", "name", "alias", "type", "speed_bps", "oper_up", "pvid", "duplex", "aggregate", "stp"),
    *("changed_at", "in_octets", "out_octets", "in_errors", "in_frames", "out_frames", "counted_s"),
)


def whole(frame: pd.DataFrame | None, name: str) -> pd.DataFrame:
    """A frame of the inventory with all of its columns: those that are missing are NA."""
    found = pd.DataFrame() if frame is None else frame
    lacking = {
        column.name: array([pd.NA] * len(found), DTYPES.get(column.dtype, column.dtype))
        for column in FRAMES[name]
        if column.name not in found
    }
    if not lacking:
        return found.copy(deep=False)
    # All at once: set one by one, each column costs as much as the frame itself.
    return pd.concat([found, pd.DataFrame(lacking, index=found.index, copy=False)], axis=1)


def number(value: object) -> float | None:
    """A cell as a number; None where it is missing."""
    return None if missing(value) else float(value)  # type: ignore[arg-type]


def missing(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Line:
    """A cable or an aggregate between two devices of the inventory. `number`: its row of CABLES. `people`: whom it cuts off, None
    where there is another way. `direct`: no unmanaged switch is known between the ends."""

    number: int
    a: End
    b: End
    members: tuple[Edge, ...]
    told: bool
    direct: bool
    people: int | None
    above: str

    @property
    def ends(self) -> tuple[End, End]:
        return self.a, self.b

    @property
    def pairs(self) -> tuple[tuple[End, End], ...]:
        """Both ends of each physical cable."""
        (a, _), (b, _) = self.a, self.b
        return tuple(((a, one), (b, other)) for one, other in self.members) or ((self.a, self.b),)


Port = Mapping[Hashable, object]  # a row of `interfaces`, NA where not told


class Ports:
    """The ports of devices, as rows of `interfaces`."""

    def __init__(self, interfaces: pd.DataFrame) -> None:
        self.frame = whole(interfaces, "interfaces")[list(_PORT)]

    @cached_property
    def _columns(self) -> dict[str, list]:
        return {name: self.frame[name].tolist() for name in _PORT}

    @cached_property
    def _rows_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row, device in enumerate(self._columns["device"]):
            if not missing(device):
                found.setdefault(device, []).append(row)
        return found

    @cached_property
    def _at(self) -> dict[End, int]:
        named = enumerate(zip(self._columns["device"], self._columns["name"], strict=True))
        return {(device, name): row for row, (device, name) in named if not missing(name) and not missing(device)}

    @cached_property
    def _read(self) -> dict[End, Port]:
        return {}

    def _row(self, number: int) -> Port:
        return {name: values[number] for name, values in self._columns.items()}

    def of_device(self, device: str) -> list[Port]:
        return [self._row(number) for number in self._rows_of.get(device, ())]

    def at(self, end: End) -> Port:
        """The port at an end; empty where it is not known."""
        if end not in self._read:
            row = self._at.get(end)
            self._read[end] = {} if row is None else self._row(row)
        return self._read[end]

    def number(self, end: End, column: str) -> float | None:
        return number(self.at(end).get(column))

    def text(self, end: End, column: str) -> str:
        return code(self.at(end).get(column))

    def is_down(self, end: End) -> bool:
        return self.number(end, "oper_up") == 0.0


@dataclass(frozen=True)
class Given:
    """Frames of the inventory (all columns, missing ones NA), and what connectivity has made of them."""

    devices: Mapping[str, Mapping[Hashable, object]]
    offices: pd.DataFrame
    ports: Ports
    links: pd.DataFrame
    endpoints: pd.DataFrame
    forwarding: pd.DataFrame
    arp: pd.DataFrame
    health: pd.DataFrame
    services: pd.DataFrame
    changes: pd.DataFrame
    earlier: Ports
    lines: tuple[Line, ...]
    behind: Mapping[str, Mapping[Hashable, object]]
    attachments: pd.DataFrame
    unmanaged: pd.DataFrame
    cables: pd.DataFrame
    uplink: Mapping[str, str]
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: data_yaml("connectivity.yaml"))

    def kind(self, device: str) -> str:
        return code(self.devices.get(device, {}).get("kind"))

    def forwards(self, device: str) -> bool:
        return self.kind(device) in FORWARDING

    def name(self, device: str) -> str:
        """What people call it: its own name, else its address."""
        row = self.devices.get(device, {})
        return code(row.get("sys_name")) or code(row.get("address")) or device

    def people(self, device: str) -> int | None:
        """Whom a device cuts off."""
        count = number(self.behind.get(device, {}).get("people"))
        return None if count is None else int(count)

    @cached_property
    def between_network_devices(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if self.forwards(line.a[0]) and self.forwards(line.b[0]))

    @cached_property
    def line_at(self) -> dict[End, Line]:
        """(device, port) -> the line there, by aggregates and by members."""
        found: dict[End, Line] = {}
        for line in self.lines:
            for one, other in (*line.pairs, line.ends):
                found.setdefault(one, line)
                found.setdefault(other, line)
        return found

    def far(self, end: End) -> End | None:
        """The end of the cable at the other side."""
        line = self.line_at.get(end)
        if line is None:
            return None
        for one, other in (*line.pairs, line.ends):
            if end in (one, other):
                return other if end == one else one
        return None

    def speed(self, line: Line) -> float | None:
        """Bit/s of a line, the slower end where both tell; of an aggregate the sum of its cables. None where it is not known."""
        known = [self._slower(*pair) for pair in line.pairs]
        total = sum(speed for speed in known if speed is not None)
        return total if None not in known else self._slower(*line.ends)

    def _slower(self, one: End, other: End) -> float | None:
        return min((speed for end in (one, other) if (speed := self.ports.number(end, "speed_bps"))), default=None)

    def finding(
        self,
        kind: str,
        severity: str,
        end: tuple[str, str | None],
        *,
        why: str,
        first: str,
        other: tuple[str, str | None] | None = None,
        value: float | None = None,
        unit: str | None = None,
        limit: float | None = None,
        people: int | None = None,
    ) -> dict[str, object]:
        """A row of FINDINGS."""
        about = self.devices.get(end[0], {})
        return {
            "kind": kind,
            "severity": severity,
            "office": about.get("office"),
            "device": end[0],
            "address": about.get("address"),
            "port": end[1] or None,
            "other_device": other[0] if other else None,
            "other_port": (other[1] or None) if other else None,
            "value": value,
            "unit": unit,
            "limit": limit,
            "people": people,
            "why": why,
            "first": first,
        }


def lines_of(cables: pd.DataFrame, links: pd.DataFrame, wires: Wiring) -> Iterator[Line]:
    """The cables between devices of the inventory. `cables`: CABLES, `links`: TOPOLOGY, whose rows are the first of it."""
    evidence = links["evidence"].tolist()
    for row in cables[cables["b_device"].notna() & cables["a_device"].notna()].reset_index().to_dict("records"):
        n = int(row["index"])
        yield Line(
            n,
            (row["a_device"], code(row["a_port"])),
            (row["b_device"], code(row["b_port"])),
            wires.cables[n].members,
            row["origin"] == "told",
            n < len(evidence) and evidence[n] not in ("through_unmanaged", "behind_neighbour"),
            int(row["people"]) if row["bridge"] else None,
            row["above"],
        )
