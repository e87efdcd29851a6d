"""Devices that are there and do not answer, and devices that answer and hang nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from analysis.connectivity.findings.given import Given, missing
from analysis.tables import code
from inventory.sentences import pack


def not_reachable(given: Given) -> Iterator[dict]:
    """`not_reachable`: devices that did not answer and that others have seen since they last did; and neighbours that are told,
    in no inventory, and have several stations behind them."""
    seen = _seen_at(given)
    for device, row in given.devices.items():
        last = row.get("last_confirmed")
        if row.get("state") != "silent" or not isinstance(last, pd.Timestamp) or device not in seen or seen[device] <= last:
            continue
        yield given.finding(
            "not_reachable",
            "medium" if given.forwards(device) else "low",
            (device, None),
            people=given.people(device),
            why=pack("detail.net_not_reachable", seen=f"{seen[device]:%d/%m/%Y}", last=f"{last:%d/%m/%Y}"),
            first=pack("detail.net_not_reachable_first"),
        )
    behind = dict(
        zip(zip(given.unmanaged["device"], given.unmanaged["port"], strict=True), given.unmanaged["stations"], strict=True)
    )
    for row in given.cables[given.cables["b_device"].isna() & (given.cables["origin"] == "told")].to_dict("records"):
        stations = behind.get((row["a_device"], row["a_port"]), 0)
        if missing(stations) or stations < 2:
            continue
        yield given.finding(
            "not_reachable",
            "medium",
            (row["a_device"], code(row["a_port"])),
            value=float(stations),
            unit="stations",
            limit=2.0,
            people=int(row["people"]) if row["bridge"] else None,
            why=pack("detail.net_neighbour_unknown", name=code(row["b_name"]), stations=int(stations), limit=2),
            first=pack("detail.net_neighbour_unknown_first"),
        )


def _seen_at(given: Given) -> dict[str, pd.Timestamp]:
    """device -> when others saw it last: in their tables, or as their neighbour."""
    device_of = {code(row.get("mac")): device for device, row in given.devices.items() if code(row.get("mac"))}
    times: list[pd.DataFrame] = [
        given.endpoints[["device", "last_seen"]].set_axis(["device", "at"], axis=1),
        *(
            pd.DataFrame({"device": frame["mac"].map(device_of), "at": frame["read_at"]})
            for frame in (given.forwarding, given.arp)
        ),
        given.links[["a_device", "last_confirmed"]].set_axis(["device", "at"], axis=1),
        given.links[["b_device", "last_confirmed"]].set_axis(["device", "at"], axis=1),
    ]
    newest: dict[str, pd.Timestamp] = {}
    for frame in times:
        rows = frame.dropna()
        if rows.empty:
            continue
        for device, at in rows.groupby("device")["at"].max().items():
            newest[str(device)] = max(at, newest.get(str(device), at))
    return newest


def cabled_nowhere(given: Given) -> Iterator[dict]:
    """`cabled_nowhere`: devices that answer, with no cable and at no port, though others of the office tell of cables or have
    tables."""
    cabled = {end[0] for line in given.lines for end in line.ends}
    cabled |= set(given.cables["a_device"].dropna())
    cabled |= set(given.endpoints[given.endpoints["port"].notna()]["device"].dropna())
    mac_of = dict(zip(given.attachments["mac"], given.attachments["device"], strict=True))
    telling: dict[str, set[str]] = defaultdict(set)
    for device in {
        *given.forwarding["device"].dropna(),
        *given.links["a_device"].dropna(),
        *given.attachments["device"].dropna(),
    }:
        telling[code(given.devices.get(device, {}).get("office"))].add(device)
    for device, row in given.devices.items():
        if row.get("state") != "present" or device in cabled or code(row.get("mac")) in mac_of:
            continue
        if not telling[code(row.get("office"))] - {device}:
            continue
        yield given.finding(
            "cabled_nowhere",
            "medium" if given.forwards(device) else "low",
            (device, None),
            people=given.people(device),
            why=pack("detail.net_cabled_nowhere"),
            first=pack("detail.net_cabled_nowhere_first"),
        )
