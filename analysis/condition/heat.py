"""Devices that are too hot, and fans and power supplies that have failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.condition.given import Given, Reading, movement
from inventory.sentences import pack

#: What a device calls a temperature that it finds too high.
_TOO_HIGH = {"warning": "medium", "critical": "high"}


#: Names of sensors inside a chip, which is made to be hotter than the board around it.
_CORE = re.compile(r"(?i)\b(cpu|core|die|soc|asic|npu?|cp|dp\d*|processor|package|hotspot|hot spot|jericho\d*|cavium)\b")


def is_disk(given: Given, device: str, item: str) -> bool:
    """Whether a temperature is a disk's: the device tells that disk's health or hours under the same name."""
    return any(given.newest(device, metric, item) is not None for metric in ("disk_health", "disk_power_on"))


def _class(item: str) -> str:
    return "core" if _CORE.search(item) else "equipment"


def too_hot(given: Given) -> Iterator[dict]:
    """`too_hot`: at or above the device's own threshold where it tells one, else at or above the limit of its class."""
    limits = given.limits["temperature"]
    for metric in ("temperature", "battery_temperature"):
        for device, item, reading in given.items(metric):
            if reading.value is None:
                continue
            own = given.newest(device, "temperature_limit", item) if metric == "temperature" else None
            part = "battery" if metric == "battery_temperature" else "disk" if is_disk(given, device, item) else "device"
            if own is not None and own.value is not None:
                limit, severity = own.value, "high"
            else:
                limit = limits[_class(item) if part == "device" else part]["limit"]
                severity = "high" if reading.value >= limit + limits["margin"] else "medium"
            if reading.value < limit:
                continue
            yield _hot(given, device, item, reading, metric, part, severity, limit, told=own is not None)
    for device, item, state in given.items("temperature_status"):
        number, own = given.newest(device, "temperature", item), given.newest(device, "temperature_limit", item)
        limit = own.value if own is not None and own.value is not None else limits[_class(item)]["limit"]
        by_number = number is not None and number.value is not None and number.value >= limit
        if state.text not in _TOO_HIGH or by_number:
            continue
        yield given.finding(
            device,
            "too_hot",
            _TOO_HIGH[state.text],
            "device",
            item=item,
            why=pack("detail.worn_hot_state", state=state.text),
            first=pack("detail.worn_hot_first"),
            read_at=state.read_at,
        )


def _hot(
    given: Given, device: str, item: str, reading: Reading, metric: str, part: str, severity: str, limit: float, *, told: bool
) -> dict:
    series = given.series(device, metric, item)
    if told:
        why = pack("detail.worn_hot_own", celsius=reading.value, limit=limit)
    else:
        why = pack("detail.worn_hot", celsius=reading.value, limit=limit)
    return given.finding(
        device,
        "too_hot",
        severity,
        part,
        item=item,
        value=reading.value,
        unit="celsius",
        limit=limit,
        trend=movement(series, "celsius"),
        why=why,
        first=pack("detail.worn_hot_battery_first") if part == "battery" else pack("detail.worn_hot_first"),
        read_at=reading.read_at,
        since=series.since(lambda values: values >= limit),
    )


def failed(given: Given) -> Iterator[dict]:
    """`fan_failed` and `supply_failed`: what the device itself says of them. One that is not there has not failed."""
    for device, item, state in given.items("fan_status"):
        if state.text in ("failed", "warning"):
            why = pack("detail.worn_fan", state=state.text)
            yield _part(given, device, "fan_failed", "fan", item, state, why, pack("detail.worn_fan_first"))
    for device, item, state in given.items("supply_status"):
        if state.text in ("failed", "warning"):
            why = pack("detail.worn_supply", state=state.text)
            yield _part(given, device, "supply_failed", "supply", item, state, why, pack("detail.worn_supply_first"))


def _part(given: Given, device: str, kind: str, part: str, item: str, state: Reading, why: str, first: str) -> dict:
    severity = "high" if state.text == "failed" else "medium"
    return given.finding(device, kind, severity, part, item=item, why=why, first=first, read_at=state.read_at)
