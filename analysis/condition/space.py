"""Memory and storage that end, and processors that never rest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.condition.given import Given, movement
from analysis.condition.trends import Series, slope
from inventory.sentences import pack


def share_over_time(given: Given, device: str, what: str, item: str) -> Series:
    """Used of total, in percent, wherever both were read."""
    used, total = given.series(device, f"{what}_used", item), given.series(device, f"{what}_total", item)
    whole = dict(zip(total.at.tolist(), total.values.tolist(), strict=True))
    known = [
        (at, 100 * value / whole[at]) for at, value in zip(used.at.tolist(), used.values.tolist(), strict=True) if whole.get(at)
    ]
    table = np.array([pair for pair in known if pair[1] <= 100], dtype=float).reshape(-1, 2)
    return Series(table[:, 0], table[:, 1])


def memory_tells(given: Given, device: str, item: str) -> bool:
    """Whether used memory is memory that programs need. Agents of Unix systems count what they merely keep for speed; asked over
    SSH (item `memory`) they tell it apart, and Windows and RouterOS do so everywhere."""
    system = " ".join(given.text(device, name) for name in ("sys_descr", "os_version", "vendor")).casefold()
    return item == "memory" or any(name in system for name in ("windows", "microsoft", "routeros", "mikrotik"))


def memory(given: Given) -> Iterator[dict]:
    """`memory_full`: nearly all of it is used in several readings in a row."""
    limits = given.limits["memory"]
    limit = 100 * limits["share"]
    for device, item, reading in given.items("memory_used"):
        series = share_over_time(given, device, "memory", item)
        if not memory_tells(given, device, item) or len(series) < limits["readings"]:
            continue
        if (series.values[-limits["readings"] :] < limit).any():
            continue
        yield given.finding(
            device,
            "memory_full",
            "medium",
            "memory",
            value=float(series.values[-1]),
            unit="percent",
            limit=limit,
            trend=movement(series, "percent"),
            why=pack("detail.worn_memory", percent=round(float(series.values[-1]), 1), limit=limit, readings=limits["readings"]),
            first=pack("detail.worn_memory_first"),
            read_at=reading.read_at,
            since=series.since(lambda values: values >= limit),
        )


def storage(given: Given) -> Iterator[dict]:
    """Of each volume `storage_full`, else `storage_filling`: full in so many days, as it went so far."""
    limits = given.limits["storage"]
    limit = 100 * limits["share"]
    for device, item, reading in given.items("storage_used"):
        total = given.newest(device, "storage_total", item)
        if reading.value is None or total is None or not total.value or total.value < limits["least_bytes"]:
            continue
        if reading.value >= total.value:  # an image that cannot be written to; or nonsense
            continue
        percent = 100 * reading.value / total.value
        days = days_to_full(given, device, item, total.value)
        if percent >= limit:
            series = share_over_time(given, device, "storage", item)
            yield given.finding(
                device,
                "storage_full",
                "high" if percent >= 100 * limits["high_share"] else "medium",
                "storage",
                item=item,
                value=percent,
                unit="percent",
                limit=limit,
                trend=pack("detail.worn_full_in", days=round(days)) if days is not None else movement(series, "percent"),
                why=pack(
                    "detail.worn_storage",
                    percent=round(percent, 1),
                    limit=limit,
                    free=round((total.value - reading.value) / 1e9, 1),
                ),
                first=pack("detail.worn_storage_first"),
                read_at=reading.read_at,
                since=series.since(lambda values: values >= limit),
            )
        elif days is not None and days <= given.limits["storage_filling"]["days"]:
            filling = given.limits["storage_filling"]
            yield given.finding(
                device,
                "storage_filling",
                "high" if days <= filling["high_days"] else "medium",
                "storage",
                item=item,
                value=days,
                unit="days",
                limit=filling["days"],
                trend=movement(share_over_time(given, device, "storage", item), "percent"),
                why=pack("detail.worn_filling", days=round(days), limit=filling["days"], percent=round(percent, 1)),
                first=pack("detail.worn_storage_first"),
                read_at=reading.read_at,
            )


def days_to_full(given: Given, device: str, item: str, total: float) -> float | None:
    """Days until a volume is full, None where it does not fill, or too few readings tell."""
    limits = given.limits["storage_filling"]
    series = given.series(device, "storage_used", item).last_days(limits["of_last_days"])
    sizes = given.series(device, "storage_total", item).last_days(limits["of_last_days"])
    if (
        len(series) < limits["readings"]
        or series.days < limits["over_days"]
        or (len(sizes) and np.ptp(sizes.values) > 0.01 * total)
    ):
        return None  # also where the volume was made larger or smaller in between
    trend = slope(series)
    if trend is None or trend.a_day <= 0 or trend.rising < limits["rising_share"]:
        return None
    return float((total - series.values[-1]) / trend.a_day)


def processors(given: Given) -> Iterator[dict]:
    """`cpu_busy`: a high load in every one of the last readings. One reading is a moment and says nothing."""
    limits = given.limits["processor"]
    for device, item, reading in given.items("cpu_load"):
        series = given.series(device, "cpu_load", item)
        recent = Series(series.at[-limits["readings"] :], series.values[-limits["readings"] :])
        if len(recent) < limits["readings"] or recent.days < limits["over_days"] or (recent.values < limits["percent"]).any():
            continue
        yield given.finding(
            device,
            "cpu_busy",
            "medium",
            "device",
            item=item,
            value=float(recent.values[-1]),
            unit="percent",
            limit=limits["percent"],
            trend=movement(series, "percent"),
            why=pack(
                "detail.worn_processor",
                percent=round(float(recent.values[-1]), 1),
                limit=limits["percent"],
                readings=limits["readings"],
                days=round(recent.days),
            ),
            first=pack("detail.worn_processor_first"),
            read_at=reading.read_at,
            since=series.since(lambda values: values >= limits["percent"]),
        )
