"""Stations on the air: behind an access point that tells no table, at the radio that it has.

A switch has learnt them at the port to which the access point is cabled, beside the access point itself. They are behind it when
it tells that it is the neighbour there. Where it does not tell, something may join it and others to the port: all are on the air
when it is the only known thing there that is not somebody's machine and most of them have a radio and no socket; else those that
have no socket are, and of two access points nobody knows on which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

import pandas as pd

from analysis.topology.columns import MACHINES

#: IANAifType of radios: ieee80211, radioMAC.
RADIOS = (71, 188)
#: So many of those at a port have no socket, where the others are on the air too: laptops look like machines with one.
MOST = 0.5


class Port(NamedTuple):
    device: str
    name: str


def radios(devices: pd.DataFrame, interfaces: pd.DataFrame | None, told: Collection[str]) -> dict[str, str | None]:
    """Access points that told no table (`told`: those that did) -> their only radio that is on; None where it is not one."""
    points = devices.loc[(devices["kind"] == "wireless") & ~devices["device"].isin(told), "device"].tolist()
    names: dict[str, list[str]] = defaultdict(list)
    if interfaces is not None:
        on = interfaces[interfaces["type"].isin(RADIOS) & interfaces["oper_up"].fillna(True).astype(bool)]
        for device, name in on[["device", "name"]].dropna().itertuples(index=False):
            names[device].append(name)
    return {point: names[point][0] if len(names[point]) == 1 else None for point in points}


def on_the_air(
    placed: Mapping[str, Port],
    owner_of: Mapping[str, str],
    kinds: Mapping[str, str],
    points: Collection[str],
    neighbours: Mapping[tuple[str, str], str],
    radio: Collection[str],
) -> dict[str, str]:
    """MAC of a station -> the access point that it is behind. `placed`: MAC -> the port at which it was learnt; `neighbours`:
    (device, port) -> the device that is told to be cabled there; `radio`: addresses of machines without a socket."""
    at: dict[Port, list[str]] = defaultdict(list)
    for mac, port in placed.items():
        at[port].append(mac)
    found: dict[str, str] = {}
    for port, macs in at.items():
        stations = [mac for mac in macs if kinds.get(owner_of.get(mac, ""), "") in MACHINES]
        near = neighbours.get(port)
        if near is not None:
            if near in points:
                found |= {mac: near for mac in macs if owner_of.get(mac) != near}
        else:
            others = {owner_of[mac] for mac in macs if mac in owner_of} - {owner_of.get(mac) for mac in stations}
            there = [device for device in others if device in points]
            if len(there) == 1:
                free = [mac for mac in stations if mac in radio]
                all_of_them = len(others) == 1 and MOST * len(stations) <= len(free)
                found |= dict.fromkeys(stations if all_of_them else free, there[0])
    return found
