"""Ways in to devices' management as records, from the frame `management`."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from analysis.tables import code, data_yaml


@dataclass(frozen=True, slots=True)
class Way:
    """A row of `management` that is open. What was not found out is "" or absent."""

    device: str
    office: str
    address: str
    protocol: str
    port: int
    version: str
    credential: str
    facts: Mapping[str, str] = field(default_factory=dict)
    since: pd.Timestamp | None = None
    read_at: pd.Timestamp | None = None

    def stale(self, device: Mapping[Hashable, Any]) -> bool:
        """Whether the device answered since, and this way was not heard of again: what it was is not held against it."""
        last = device.get("last_confirmed")
        return self.read_at is not None and last is not None and not pd.isna(last) and self.read_at < last

    def listed(self, fact: str) -> list[str]:
        """Names of algorithms, without what servers say among these of other things (RFC 8308, 2.1; OpenSSH's PROTOCOL, 1.10)."""
        return [
            name for name in self.facts.get(fact, "").split(",") if name and not name.startswith(("ext-info-", "kex-strict-"))
        ]

    def number(self, fact: str) -> int | None:
        text = self.facts.get(fact, "")
        return int(text) if text.isdecimal() else None

    def exposure(self, kind: str, why: str, first: str, severity: str = "") -> dict[str, object]:
        """A row of EXPOSURES; as grave as its kind is, where nothing else is said."""
        return {
            **{name: getattr(self, name) or None for name in ("device", "office", "protocol", "address", "port", "credential")},
            "kind": kind,
            "severity": severity or rules()["kinds"][kind]["severity"],
            "why": why,
            "first": first,
            "since": self.since,
            "read_at": self.read_at,
        }


@cache
def rules() -> dict[str, Any]:
    """`analysis/data/security.yaml`."""
    return data_yaml("security.yaml")


def ways(management: pd.DataFrame) -> Iterator[Way]:
    """Those that are open, in the frame's order. What cannot be read of a row's facts is as if it were not told."""
    for row in management[management["open"].fillna(False).astype(bool)].to_dict("records"):
        yield Way(
            device=code(row["device"]),
            office=code(row["office"]),
            address=code(row["address"]),
            protocol=code(row["protocol"]),
            port=int(row["port"]),
            version=code(row["version"]),
            credential=code(row["credential"]),
            facts=_facts(code(row["facts"])),
            since=None if pd.isna(row["first_seen"]) else row["first_seen"],
            read_at=None if pd.isna(row["last_confirmed"]) else row["last_confirmed"],
        )


def _facts(text: str) -> dict[str, str]:
    try:
        told = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}
