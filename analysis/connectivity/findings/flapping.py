"""Cables between network devices that go up and down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from analysis.connectivity.findings.given import End, Given, Ports, missing, number
from inventory.sentences import pack

#: A port that changed within so many seconds of its device's start changed because of it.
_START_S = 600


def flapping(given: Given) -> Iterator[dict]:
    """`flapping`: ports at cables between network devices whose link changed in several scans (frame `changes`), and since the
    last one (`changed_at`, though the link is what it was). A device that starts anew takes all of its ports down: that scan does
    not count."""
    limits = given.limits["flapping"]
    seen = changed(given.changes, given.ports, limits["days"])
    ends = {end: line for line in given.between_network_devices for pair in (*line.pairs, line.ends) for end in pair}
    done: set[End] = set()
    for end in sorted(ends):
        count = len(seen.get(end, ())) + _since(given, end)
        far = given.far(end)
        if count < limits["scans"] or end in done:
            continue
        done |= {end} | ({far} if far else set())
        yield given.finding(
            "flapping",
            "medium",
            end,
            other=far,
            value=float(count),
            unit="scans",
            limit=limits["scans"],
            people=ends[end].people,
            why=pack("detail.net_flapping", count=count, days=limits["days"], limit=limits["scans"]),
            first=pack("detail.net_flapping_first"),
        )


def changed(changes: pd.DataFrame, ports: Ports, days: float) -> dict[End, set[str]]:
    """(device, port) -> scans of so many days that saw its link changed, but for those that saw most links of a device change."""
    rows = changes
    rows = rows[(rows["subject"] == "interface") & (rows["change"] == "changed") & (rows["field"] == "oper_up")]
    rows = rows[rows["at"] >= changes["at"].max() - pd.Timedelta(days=days)] if len(rows) else rows
    found: dict[End, set[str]] = defaultdict(set)
    at_once: dict[tuple[str, str], set[str]] = defaultdict(set)
    told = rows[["scan", "device", "item"]].dropna()
    for scan, device, item in told.itertuples(index=False):
        at_once[scan, device].add(item)
    for (scan, device), items in at_once.items():
        if len(items) < max(2, _used(ports, device) / 2):
            for item in items:
                found[device, item].add(scan)
    return found


def _used(ports: Ports, device: str) -> int:
    return sum(1 for row in ports.of_device(device) if number(row["oper_up"]))


def _since(given: Given, end: End) -> bool:
    """The link changed since the earlier reading, which no scan saw, and not because the device started."""
    now, before = given.ports.at(end), given.earlier.at(end)
    changed, changed_before = now.get("changed_at"), before.get("changed_at")
    if missing(changed) or missing(changed_before) or changed == changed_before:
        return False
    if given.ports.number(end, "oper_up") != given.earlier.number(end, "oper_up"):
        return False  # the scan saw that
    device = given.devices.get(end[0], {})
    up, read = number(device.get("uptime_s")), device.get("last_confirmed")
    if up is None or not isinstance(read, pd.Timestamp) or not isinstance(changed, pd.Timestamp):
        return False
    return bool(changed > read - pd.Timedelta(seconds=up) + pd.Timedelta(seconds=_START_S))
