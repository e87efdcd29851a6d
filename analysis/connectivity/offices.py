"""The frame `offices`: what each office has, what of it is seen, and where it breaks."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analysis.connectivity.columns import OFFICES
from analysis.tables import typed
from analysis.topology import ETHERNET, stations

SLOW_BPS = 100_000_000


def _count(frame: pd.DataFrame, column: str = "office") -> Counter:
    return Counter(frame[column].dropna())


def offices_frame(
    devices: pd.DataFrame,
    offices: pd.DataFrame,
    interfaces: pd.DataFrame,
    endpoints: pd.DataFrame,
    cables: pd.DataFrame,
    small: pd.DataFrame,
    behind: pd.DataFrame,
    single: pd.DataFrame,
    attachments: pd.DataFrame,
) -> pd.DataFrame:
    """Columns: `OFFICES`, in the order of `offices`. `cables`: TOPOLOGY, `small`: UNMANAGED, `single`: CABLES, `attachments`:
    ATTACHMENTS."""
    switches = devices[devices["kind"] == "switch"]
    ports = interfaces[interfaces["device"].isin(switches["device"]) & interfaces["type"].isin(ETHERNET)]
    up = ports[ports["oper_up"].fillna(False).astype(bool)]
    machines = stations(endpoints, devices)
    placed = machines[machines["mac"].isin(attachments["mac"][attachments["port"].notna()])]
    speed = {
        (d, n): int(s)
        for d, n, s in zip(interfaces["device"], interfaces["name"], interfaces["speed_bps"], strict=True)
        if pd.notna(s)
    }
    kinds = devices.set_index("device")["kind"].to_dict()
    network_kinds = {"switch", "router", "firewall"}
    slow = Counter(
        row["a_office"]
        for row in cables[cables["origin"] == "told"].to_dict("records")
        if kinds.get(row["a_device"]) in network_kinds
        and kinds.get(row["b_device"]) in network_kinds
        and 0 < speed.get((row["a_device"], row["a_port"]), 0) <= SLOW_BPS
    )
    counters = {
        "devices": _count(devices[devices["state"].fillna("") != "gone"]),
        "answering": _count(devices[devices["state"] == "present"]),
        "silent": _count(devices[devices["state"] == "silent"]),
        "switches": _count(switches),
        "ports": _count(ports),
        "ports_used": _count(up),
        "unmanaged": _count(small),
        "machines": _count(machines),
        "placed": _count(placed),
        "unplaced": _count(behind[~behind["reachable"].astype(bool)]),
        "single_points": _count(behind[behind["single_point"].astype(bool)]),
        "single_cables": _count(single[single["single_point"].astype(bool)], "a_office"),
        "links_told": _count(cables[cables["origin"] == "told"], "a_office"),
        "links_inferred": _count(cables[cables["origin"] == "inferred"], "a_office"),
        "slow_links": slow,
    }
    at_one = behind[~behind["uplink"].astype(bool)].groupby("office")["people"].max().to_dict()
    root: dict[str, str] = dict(behind[behind["uplink"].astype(bool)][["office", "device"]].itertuples(index=False))
    rows = []
    for office, staff in offices[["office", "staff"]].itertuples(index=False):
        row = {name: counts[office] for name, counts in counters.items()}
        rows.append(
            row
            | {
                "office": office,
                "staff": staff,
                "ports_free": row["ports"] - row["ports_used"],
                "uplink": root.get(office),
                "visible": row["placed"] / row["machines"] if row["machines"] else None,
                "people_at_one": at_one.get(office),
            }
        )
    return typed(rows, OFFICES)
