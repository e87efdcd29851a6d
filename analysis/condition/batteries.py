"""Batteries of UPSs that are weak or old, and UPSs that carry too much: a battery is replaced before its UPS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from analysis.condition.given import Given, movement
from analysis.condition.trends import DAY_S, Series
from inventory.sentences import pack


def batteries(given: Given, day: date) -> Iterator[dict]:
    """`battery_weak`, `battery_old`, `ups_overloaded`."""
    for device in sorted(given.devices):
        if not given.tells(device, "battery_status", "battery_replace", "battery_replaced_on", "battery_runtime", "output_load"):
            continue
        for found in (_weak(given, device), _old(given, device, day), _overloaded(given, device)):
            if found is not None:
                yield found


def _weak(given: Given, device: str) -> dict | None:
    """By what the UPS says itself, else by the minutes that it would last, else by how these have fallen."""
    replace, status = given.newest(device, "battery_replace"), given.newest(device, "battery_status")
    on_battery, runtime = given.newest(device, "on_battery"), given.newest(device, "battery_runtime")
    discharging = on_battery is not None and bool(on_battery.value)  # then it is low because the mains are away
    trend = movement(given.series(device, "battery_runtime"), "minutes")
    said = None
    if replace is not None and replace.text == "yes":
        said, reading = pack("detail.worn_battery_replace"), replace
    elif status is not None and status.text in ("low", "depleted") and not discharging:
        said, reading = pack("detail.worn_battery_status", state=status.text), status
    if said is not None:
        return given.finding(
            device,
            "battery_weak",
            "high",
            "battery",
            trend=trend,
            why=said,
            first=pack("detail.worn_battery_first"),
            read_at=reading.read_at,
        )
    if runtime is None or runtime.value is None or discharging:
        return None
    least, fall = given.limits["battery_runtime"]["minutes"], given.limits["battery_fall"]
    if runtime.value < least:
        limit, why = least, pack("detail.worn_runtime", minutes=runtime.value, limit=least)
    else:
        best = _best_before(given, device, fall)
        if best is None or runtime.value >= fall["share"] * best:
            return None
        limit = fall["share"] * best
        why = pack(
            "detail.worn_runtime_fell", minutes=runtime.value, best=best, limit=round(limit, 1), points=fall["load_points"]
        )
    return given.finding(
        device,
        "battery_weak",
        "medium",
        "battery",
        value=runtime.value,
        unit="minutes",
        limit=limit,
        trend=trend,
        why=why,
        first=pack("detail.worn_battery_test_first"),
        read_at=runtime.read_at,
    )


def _best_before(given: Given, device: str, fall: dict) -> float | None:
    """The longest runtime of before, at about the load of today, since the battery is in; None where nothing compares."""
    runtime, load = given.series(device, "battery_runtime"), given.series(device, "output_load")
    now = given.newest(device, "output_load")
    if len(runtime) < 2 or now is None or now.value is None:
        return None
    loads = dict(zip(load.at.tolist(), load.values.tolist(), strict=True))
    before = [
        minutes
        for at, minutes in zip(runtime.at.tolist(), runtime.values.tolist(), strict=True)
        if at <= runtime.at[-1] - fall["days"] * DAY_S and abs(loads.get(at, np.inf) - now.value) <= fall["load_points"]
    ]
    return max(before, default=None)


def _old(given: Given, device: str, day: date) -> dict | None:
    rule, told = given.limits["battery_age"], given.newest(device, "battery_replaced_on")
    life = given.policies.part_lives.get("ups_battery")
    try:
        placed = date.fromisoformat(told.text) if told is not None else None
    except ValueError:
        placed = None
    if life is None or placed is None or told is None or not date(1995, 1, 1) <= placed <= day:
        return None
    warmth: Series = given.series(device, "battery_temperature")
    newest = given.newest(device, "battery_temperature")
    celsius = float(np.median(warmth.values)) if len(warmth) else newest.value if newest else None
    years, limit = (day - placed).days / 365.25, life.at(None if celsius is None else min(celsius, rule["most_celsius"]))
    if years <= limit:
        return None
    old, most, in_since = round(years, 1), round(limit, 1), placed.isoformat()
    if celsius is None or limit == life.years:
        why = pack("detail.worn_battery_old", years=old, limit=most, placed=in_since)
    else:
        why = pack(
            "detail.worn_battery_old_warm",
            years=old,
            limit=most,
            placed=in_since,
            celsius=round(celsius, 1),
            full=life.years,
            best=life.rated_c or 0.0,
        )
    return given.finding(
        device,
        "battery_old",
        "high" if years > rule["grave"] * limit else "medium",
        "battery",
        value=years,
        unit="years",
        limit=limit,
        why=why,
        first=pack("detail.worn_battery_first"),
        read_at=told.read_at,
    )


def _overloaded(given: Given, device: str) -> dict | None:
    limits, load = given.limits["ups_load"], given.newest(device, "output_load")
    if load is None or load.value is None or load.value <= limits["percent"]:
        return None
    series = given.series(device, "output_load")
    return given.finding(
        device,
        "ups_overloaded",
        "high" if load.value >= limits["high_percent"] else "medium",
        "device",
        value=load.value,
        unit="percent",
        limit=limits["percent"],
        trend=movement(series, "percent"),
        why=pack("detail.worn_ups_load", percent=load.value, limit=limits["percent"]),
        first=pack("detail.worn_ups_load_first"),
        read_at=load.read_at,
        since=series.since(lambda values: values > limits["percent"]),
    )
