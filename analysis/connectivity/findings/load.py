"""Uplinks that carry, or would have to carry, more than they can."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.connectivity.findings.given import End, Given, Line
from analysis.tables import code
from analysis.topology import ETHERNET
from inventory.sentences import pack


def load_of(given: Given, end: End, speed: float) -> float | None:
    """Mean share of `speed` that a port carried between two readings, the busier direction; of a half-duplex port both."""
    port = given.ports
    seconds = port.number(end, "counted_s")
    if not seconds or seconds < given.limits["load"]["seconds"] or not speed:
        return None
    octets = [count for name in ("in_octets", "out_octets") if (count := port.number(end, name)) is not None]
    if not octets:
        return None
    return 8 * (sum(octets) if port.text(end, "duplex") == "half" else max(octets)) / seconds / speed


def line_load(given: Given, line: Line) -> float | None:
    """Of a line the busiest of its ends; of an aggregate what its cables carry together, where all of one end tell."""
    speed = given.speed(line)
    if not speed:
        return None
    loads = [load_of(given, end, speed) for end in line.ends]
    if line.members:
        for side in (0, 1):
            each = [load_of(given, pair[side], speed) for pair in line.pairs]
            loads.append(None if None in each else sum(load for load in each if load is not None))
    return max((load for load in loads if load is not None), default=None)


def oversubscribed(given: Given) -> Iterator[dict]:
    """`oversubscribed_uplink` of switches: by the load that was measured, else by what hangs below."""
    limits = given.limits["load"]
    ratio = given.limits["oversubscribed"]["ratio"]
    up: dict[str, list[Line]] = {}
    for line in given.between_network_devices:
        below, above = (line.b, line.a) if line.above == line.a[0] else (line.a, line.b)
        up.setdefault(below[0], []).append(line)
        load = line_load(given, line)
        if load is not None and load >= limits["share"]:
            yield given.finding(
                "oversubscribed_uplink",
                "high" if load >= limits["high_share"] else "medium",
                below,
                other=above,
                value=load,
                unit="share",
                limit=limits["share"],
                people=line.people,
                why=pack("detail.net_load", load=load, limit=limits["share"], mbit=(given.speed(line) or 0) / 1e6),
                first=pack("detail.net_load_first"),
            )
    for device, lines in up.items():
        speeds = [given.speed(line) for line in lines]
        if given.kind(device) != "switch" or None in speeds:
            continue
        total = sum(speed for speed in speeds if speed)
        own = {end for line in lines for pair in (*line.pairs, line.ends) for end in pair if end[0] == device}
        below_bps = sum(
            given.ports.number((device, name), "speed_bps") or 0.0
            for row in given.ports.of_device(device)
            if row["type"] in ETHERNET
            and (name := code(row["name"]))
            and (device, name) not in own
            and given.ports.number((device, name), "oper_up") == 1.0
        )
        if total and below_bps / total > ratio:
            line = lines[0]
            below, above = (line.b, line.a) if line.above == line.a[0] else (line.a, line.b)
            yield given.finding(
                "oversubscribed_uplink",
                "low",
                below,
                other=above,
                value=below_bps / total,
                unit="ratio",
                limit=ratio,
                people=line.people,
                why=pack(
                    "detail.net_ratio", below=below_bps / 1e6, uplink=total / 1e6, ratio=round(below_bps / total, 1), limit=ratio
                ),
                first=pack("detail.net_ratio_first"),
            )
