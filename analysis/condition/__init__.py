"""How worn each device and its parts are: findings with value, limit, trend and what to do first; and what was not measured.

`given` what is judged; `trends` readings over time; `plausible` numbers that are none; `ports`, `reboots`, `heat`, `disks`,
`batteries`, `printing`, `space` the findings; `unmeasured` what is missing. Limits, with their sources, are in
`analysis/data/condition.yaml`. What was not measured is not found, and nothing that needs two readings rests on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

import pandas as pd

from analysis.condition import batteries, disks, heat, ports, printing, reboots, space
from analysis.condition.columns import CONDITION, UNMEASURED
from analysis.condition.given import Given
from analysis.condition.unmeasured import unmeasured
from analysis.connectivity.findings.given import Ports, whole
from analysis.tables import code, typed
from analysis.topology import TOPOLOGY
from inventory.lifecycle.policies import Policies

__all__ = ["CONDITION", "SEVERITIES", "TRENDS", "UNMEASURED", "Condition", "condition"]

SEVERITIES = ("high", "medium", "low")
#: The metrics of `readings` that trends are made from.
TRENDS = (
    *("uptime", "pages", "supply_level", "cpu_load", "memory_total", "memory_used", "storage_total", "storage_used"),
    *("temperature", "battery_temperature", "battery_runtime", "output_load", "disk_wear", *disks.COUNTS),
)


@dataclass(frozen=True)
class Condition:
    """`findings`: CONDITION, the gravest first. `unmeasured`: UNMEASURED, by device."""

    findings: pd.DataFrame
    unmeasured: pd.DataFrame


def condition(
    devices: pd.DataFrame,
    health: pd.DataFrame,
    readings: pd.DataFrame,
    interfaces: pd.DataFrame,
    *,
    as_of: date,
    policies: Policies,
    earlier: pd.DataFrame | None = None,
    changes: pd.DataFrame | None = None,
    topology: pd.DataFrame | None = None,
    components: pd.DataFrame | None = None,
) -> Condition:
    """Of frames of the inventory, as of a day. `readings`: of the metrics in TRENDS; `earlier`: interfaces as of the scan before;
    `policies`: how long batteries and disks serve. Devices that are gone have no condition."""
    present = devices[devices["state"].ne("gone").fillna(True)]
    given = Given(
        {row["device"]: row for row in present.to_dict("records")},
        health,
        readings,
        Ports(interfaces),
        Ports(whole(earlier, "interfaces")),
        whole(changes, "changes"),
        typed([], TOPOLOGY) if topology is None else topology,
        whole(components, "components"),
        policies,
    )
    rows = chain(
        ports.port_errors(given),
        ports.flapping(given),
        reboots.reboots(given),
        heat.too_hot(given),
        heat.failed(given),
        disks.disks(given),
        batteries.batteries(given, as_of),
        printing.pages(given),
        printing.supplies(given),
        space.memory(given),
        space.storage(given),
        space.processors(given),
    )
    return Condition(typed(sorted(rows, key=_order), CONDITION), typed(unmeasured(given), UNMEASURED))


def _order(row: Mapping[str, object]) -> tuple:
    return SEVERITIES.index(str(row["severity"])), [code(row.get(name)) for name in ("kind", "office", "device", "item")]
