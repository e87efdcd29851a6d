"""Devices that start anew again and again, though nobody switches them off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from analysis.condition.given import ALWAYS_ON, Given
from analysis.condition.trends import DAY_S
from analysis.tables import code
from inventory.sentences import pack
from inventory.traffic import restarted


@dataclass(frozen=True, slots=True)
class Start:
    """A restart between two readings: when the device started, as far as its own clock tells, and when that was read."""

    booted: float
    read: float


def starts(given: Given, device: str, days: float) -> list[Start]:
    """One for each interval between readings in which the device started anew; several starts in one are not told apart."""
    series = given.series(device, "uptime").last_days(days)
    told = list(zip(series.at.tolist(), series.values.tolist(), strict=True))
    return [
        Start(at - up, at)
        for (before_at, before), (at, up) in pairwise(told)
        if restarted(int(before), int(up), int(at - before_at))
    ]


def reboots(given: Given) -> Iterator[dict]:
    """`reboots`: several intervals with a restart of its own, not together with the others of its office."""
    limits = given.limits["reboots"]
    found = {d: starts(given, d, limits["days"]) for d in sorted(given.devices) if given.kind(d) in ALWAYS_ON}
    of_office: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for device, times in found.items():
        of_office[code(given.devices[device].get("office"))] += [(device, start.booted) for start in times]
    for device, times in found.items():
        others = of_office[code(given.devices[device].get("office"))]
        own = [start for start in times if _together(start, others, limits["together_s"]) < limits["together_devices"]]
        if len(own) < limits["restarts"]:
            continue
        series = given.series(device, "uptime").last_days(limits["days"])
        yield given.finding(
            device,
            "reboots",
            "medium" if len(own) < 2 * limits["restarts"] else "high",
            "device",
            value=float(len(own)),
            unit="restarts",
            limit=limits["restarts"],
            why=pack(
                "detail.worn_reboots",
                count=len(own),
                readings=len(series) - 1,
                days=round(float(series.at[-1] - series.at[0]) / DAY_S),
                limit=limits["restarts"],
            ),
            first=pack("detail.worn_reboots_first"),
            since=own[0].read,
        )


def _together(start: Start, others: list[tuple[str, float]], seconds: float) -> int:
    """How many devices of the office started at about that time, this one too."""
    return len({device for device, booted in others if abs(booted - start.booted) <= seconds})
