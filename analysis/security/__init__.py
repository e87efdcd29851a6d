"""What is open in the network for whoever should not be in it: findings with gravity and what to do first; and what is not known.

`ways` the ways in that were found; `snmp`, `ssh`, `doors`, `systems` the findings; `unjudged` what could not be judged. What
counts, how grave it is and by which source is in `analysis/data/security.yaml`. Only what was asked is judged: devices are asked
with the credentials that their office lists, and a port that was not asked is neither open nor shut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

import pandas as pd

from analysis.security import doors, snmp, ssh, systems
from analysis.security.columns import EXPOSURES, UNJUDGED
from analysis.security.unjudged import unjudged
from analysis.security.ways import Way, rules, ways
from analysis.tables import code, typed

__all__ = ["EXPOSURES", "SEVERITIES", "UNJUDGED", "Security", "rules", "security"]

SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Security:
    """`exposures`: EXPOSURES, the gravest first. `unjudged`: UNJUDGED, by device. `ways`: how many ways in were judged."""

    exposures: pd.DataFrame
    unjudged: pd.DataFrame
    ways: int


def security(devices: pd.DataFrame, management: pd.DataFrame, lifecycle: pd.DataFrame, as_of: date) -> Security:
    """Of frames of the whole inventory, as of a day. Devices that are gone have no openings."""
    present = {row["device"]: row for row in devices[devices["state"].ne("gone").fillna(True)].to_dict("records")}
    known = [way for way in ways(management) if way.device in present]
    found = [way for way in known if not way.stale(present[way.device])]
    rows = chain(
        snmp.exposures(found), ssh.exposures(found), doors.exposures(found, as_of), systems.exposures(lifecycle, present, as_of)
    )
    once: dict[tuple[object, object], dict] = {}
    for row in sorted(rows, key=_order):
        once.setdefault((row["device"], row["kind"]), row)  # a device that answers at several addresses
    by_device: dict[str, list[Way]] = {}
    for way in known:
        by_device.setdefault(way.device, []).append(way)
    missing = unjudged(present, management, by_device, lifecycle)
    return Security(typed(once.values(), EXPOSURES), typed(missing, UNJUDGED), len(found))


def _order(row: Mapping[str, object]) -> tuple:
    gravest = SEVERITIES.index(str(row["severity"])), list(_KINDS).index(str(row["kind"]))
    return *gravest, [code(row.get(name)) for name in ("office", "device", "address")]


_KINDS = dict.fromkeys((*rules()["kinds"], *(rule["kind"] for rule in rules()["ssh"].values())))
