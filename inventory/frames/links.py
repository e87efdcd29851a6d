"""Links from what devices tell of their neighbours: each cable once, whichever side tells of it."""

# ruff: noqa: S608 - table and column names are constants of this package

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from inventory.frames.reading import NOW, Reader, device_names, records
from inventory.names import device_name

_COLUMNS = (
    "device_id, key, valid_from, valid_to, opened_scan, closed_scan, protocol, local_port, remote_name, remote_port, "
    "remote_port_description, remote_chassis, remote_address, neighbour_id, neighbour_port"
)
End = tuple[Any, str]  # a device id, or what an unknown neighbour calls itself; a port


class Told(NamedTuple):
    """One interval of one neighbour as one device tells it."""

    device: int
    port: str
    protocol: str
    neighbour: int | None
    remote_name: str | None
    remote_port: str | None  # the neighbour's own name of it where known, else as sent
    remote_address: str | None
    valid_from: int
    valid_to: int  # NOW = still
    opened: int
    closed: int | None
    ends: frozenset[End]

    @property
    def far(self) -> str:
        """The neighbour in words: who, and its port."""
        who = device_name(self.neighbour) if self.neighbour is not None else self.remote_name or ""
        return f"{who} {self.remote_port or ''}".strip()


def told(reader: Reader) -> list[Told]:
    """Everything that devices told of neighbours up to the moment, ended or not."""
    rows = reader.rows(f"SELECT {_COLUMNS} FROM neighbours WHERE valid_from <= :at ORDER BY device_id, key, valid_from")
    found = []
    for row in records(rows):
        port = row["neighbour_port"] or row["remote_port"] or row["remote_port_description"]
        name = row["remote_name"] or row["remote_chassis"]
        known = row["neighbour_id"]
        far: Any = known if known is not None else row["remote_chassis"] or row["remote_name"] or row["remote_address"]
        over = row["valid_to"] is not None and row["valid_to"] <= reader.at
        found.append(
            Told(
                device=row["device_id"],
                port=row["local_port"],
                protocol=row["protocol"],
                neighbour=known,
                remote_name=name,
                remote_port=port,
                remote_address=row["remote_address"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"] if over else NOW,
                opened=row["opened_scan"],
                closed=row["closed_scan"] if over else None,
                ends=frozenset({(row["device_id"], row["local_port"]), (far, port or "")}),
            )
        )
    return found


def links(reader: Reader) -> pd.DataFrame:
    """One row a cable and protocol pair of ends. a: the side that tells of it; where both do, the device that is older to us."""
    everything = told(reader)
    heard = {row["device_id"]: row["last_confirmed"] for row in records(reader.heard("neighbours"))}
    by_ends: dict[frozenset[End], list[Told]] = defaultdict(list)
    for one in everything:
        by_ends[one.ends].append(one)
    rows = []
    for ends, tellings in by_ends.items():
        standing = [t for t in tellings if t.valid_to == NOW and not _denied(t, tellings, heard)]
        if not standing:
            continue
        a = min(standing, key=lambda t: (t.device, t.protocol != "lldp"))
        rows.append(
            {
                "a_id": a.device,
                "a_port": a.port,
                "b_id": a.neighbour,
                "b_name": a.remote_name,
                "b_port": a.remote_port,
                "b_address": a.remote_address,
                "protocol": a.protocol,
                "both_sides": len({t.device for t in standing}) > 1,
                "first_seen": min(t.valid_from for t in by_ends[ends]),
                "last_confirmed": max(max(heard.get(t.device, 0), t.valid_from if t.opened > 0 else 0) for t in standing),
            }
        )
    columns = [
        "a_id",
        "a_port",
        "b_id",
        "b_name",
        "b_port",
        "b_address",
        "protocol",
        "both_sides",
        "first_seen",
        "last_confirmed",
    ]
    frame = pd.DataFrame(rows, columns=columns).astype({"a_id": "Int64", "b_id": "Int64"})
    places = reader.places().set_index("device_id")["office"]
    frame = frame[frame["a_id"].isin(places.index) | frame["b_id"].isin(places.index)].copy()
    frame["a_office"] = frame["a_id"].map(reader.all_places().set_index("device_id")["office"])
    frame["a_device"] = device_names(frame["a_id"])
    frame["b_device"] = device_names(frame["b_id"])
    return frame.sort_values(["a_id", "a_port", "b_id", "b_name", "b_port"], kind="stable")


def _denied(one: Told, tellings: Iterable[Told], heard: dict[int, int]) -> bool:
    """Told by a device that was not heard since, while the other side has been heard later and no longer tells it."""
    return any(t.device == one.neighbour and t.valid_to < NOW and t.valid_to > heard.get(one.device, 0) for t in tellings)
