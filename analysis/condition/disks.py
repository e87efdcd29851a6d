"""Disks that are failing, worn, or old: the disk is replaced, and the device goes on."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.condition.given import Given, Reading, movement
from inventory.sentences import pack

#: Counts of SMART, the gravest first: what can no longer be read, then what was given up, then what took too long.
COUNTS = ("disk_pending", "disk_unreadable", "disk_uncorrectable", "disk_reallocated", "disk_timeouts")
_LOST = frozenset(COUNTS[:2])
_HOURS_A_YEAR = 8766


def disks(given: Given) -> Iterator[dict]:
    """Of each disk one finding of `disk_failing` (by its own verdict, else by the gravest count), else of `disk_worn`, else of
    `disk_old`."""
    named = {
        (device, item)
        for metric in ("disk_health", "disk_wear", "disk_power_on", *COUNTS)
        for device, item, _ in given.items(metric)
    }
    for device, disk in sorted(named):
        found = _failing(given, device, disk) or _worn(given, device, disk) or _old(given, device, disk)
        if found is not None:
            yield found


def _failing(given: Given, device: str, disk: str) -> dict | None:
    limit = given.limits["disk"]["errors"]
    health = given.newest(device, "disk_health", disk)
    told = {
        metric: reading for metric in COUNTS if (reading := given.newest(device, metric, disk)) and (reading.value or 0) > limit
    }
    if health is not None and health.text in ("failing", "failed"):
        return given.finding(
            device,
            "disk_failing",
            "high",
            "disk",
            item=disk,
            why=pack("detail.worn_disk_failing", state=health.text),
            first=pack("detail.worn_disk_first"),
            read_at=health.read_at,
        )
    if not told:
        return None
    metric = next(name for name in COUNTS if name in told)
    reading = told[metric]
    series = given.series(device, metric, disk)
    rising = len(series) > 1 and series.values[-1] > series.values[0]
    cable = metric == "disk_timeouts"
    severity = "high" if metric in _LOST or (rising and not cable) else "low" if cable else "medium"
    return given.finding(
        device,
        "disk_failing",
        severity,
        "disk",
        item=disk,
        value=reading.value,
        unit="count",
        limit=limit,
        trend=movement(series, "count"),
        why=pack("detail.worn_disk_count", what=metric, count=reading.value, limit=limit),
        first=pack("detail.worn_disk_cable_first") if cable else pack("detail.worn_disk_first"),
        read_at=reading.read_at,
        since=series.since(lambda values: values > limit),
    )


def _worn(given: Given, device: str, disk: str) -> dict | None:
    limits = given.limits["disk_wear"]
    reading = given.newest(device, "disk_wear", disk)
    if reading is None or reading.value is None or reading.value < limits["percent"]:
        return None
    series = given.series(device, "disk_wear", disk)
    return given.finding(
        device,
        "disk_worn",
        "high" if reading.value >= limits["high_percent"] else "medium",
        "disk",
        item=disk,
        value=reading.value,
        unit="percent",
        limit=limits["percent"],
        trend=movement(series, "percent"),
        why=pack("detail.worn_disk_wear", percent=reading.value, limit=limits["percent"]),
        first=pack("detail.worn_disk_first"),
        read_at=reading.read_at,
        since=series.since(lambda values: values >= limits["percent"]),
    )


def _old(given: Given, device: str, disk: str) -> dict | None:
    life = given.policies.part_lives.get("disk")
    reading: Reading | None = given.newest(device, "disk_power_on", disk)
    if life is None or reading is None or reading.value is None or reading.value < life.years * _HOURS_A_YEAR:
        return None
    limit = life.years * _HOURS_A_YEAR
    return given.finding(
        device,
        "disk_old",
        "low",
        "disk",
        item=disk,
        value=reading.value,
        unit="hours",
        limit=limit,
        why=pack(
            "detail.worn_disk_hours",
            hours=reading.value,
            years=round(reading.value / _HOURS_A_YEAR, 1),
            limit=limit,
            limit_years=life.years,
        ),
        first=pack("detail.worn_disk_hours_first"),
        read_at=reading.read_at,
    )
