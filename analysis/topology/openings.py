"""Ports with a link at which nothing was learnt and nobody told a neighbour, and how well an address suits each.

The two ends of a cable run at one speed (IEEE 802.3, clause 28: what both can do is negotiated), so that a card with 100 Mb/s
is not what is plugged into a port with 1 Gb/s. Something unmanaged between them may change it, and does so only where there are
two things or more. A port whose untagged VLAN is not one in which the address was heard suits less: it may carry others, tagged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.topology.columns import ETHERNET
from analysis.topology.entries import Entries, hardware

#: Weight of a port with another speed, or with another untagged VLAN, beside one that suits.
OTHER_SPEED, OTHER_VLAN = 0.02, 0.2


@dataclass(frozen=True)
class Openings:
    """Devices and addresses by their numbers."""

    free: Mapping[int, set[str]] = field(default_factory=dict)
    speed: Mapping[tuple[int, str], int] = field(default_factory=dict)  # of a port with a link
    vlan: Mapping[tuple[int, str], int] = field(default_factory=dict)  # untagged
    speeds: Mapping[int, frozenset[int]] = field(default_factory=dict)  # of the cards that an address may stand for
    vlans: Mapping[int, frozenset[int]] = field(default_factory=dict)  # in which an address was heard
    radio: frozenset[int] | None = None  # addresses of machines without a socket; None: not known

    def suits(self, mac: int, device: int, port: str) -> float:
        """Weight of a port, 1 where nothing speaks against it."""
        weight = 1.0
        mine, heard = self.speeds.get(mac), self.vlans.get(mac)
        if mine and self.speed.get((device, port), 0) not in (0, *mine):
            weight *= OTHER_SPEED
        if heard and self.vlan.get((device, port), 0) not in (0, *heard):
            weight *= OTHER_VLAN
        return weight

    def alike(self, device: int, port: str, other: tuple[int, str]) -> bool:
        """Both could be the ends of one cable."""
        one, two = self.speed.get((device, port)), self.speed.get(other)
        return not one or not two or one == two


def openings(
    entries: Entries,
    interfaces: pd.DataFrame | None,
    forwarding: pd.DataFrame,
    port_of: Mapping[tuple[str, str], str],
    taken: Collection[tuple[int, str]],
    radio: Collection[str] | None,
) -> Openings:
    """`port_of`: (device, MAC) -> the only port with that address; `taken`: ports at which something is known; `radio`: addresses
    of machines without a socket, None where nobody knows."""
    on_air = None if radio is None else frozenset(n for n, mac in enumerate(entries.macs) if mac in radio)
    if interfaces is None or not len(entries.bridges):
        return Openings(radio=on_air)
    index = entries.index
    bridges = set(entries.bridges.tolist())
    rows = interfaces[interfaces["oper_up"].fillna(False).astype(bool) & interfaces["type"].isin(ETHERNET)]
    rows = rows[rows["device"].isin(index)].dropna(subset=["device", "name"])
    free: dict[int, set[str]] = defaultdict(set)
    speed: dict[tuple[int, str], int] = {}
    vlan: dict[tuple[int, str], int] = {}
    cards: dict[int, set[int]] = defaultdict(set)
    untold: set[int] = set()
    for name, port, rate, pvid in zip(rows["device"], rows["name"], rows["speed_bps"], rows["pvid"], strict=True):
        device = index[name]
        if pd.notna(rate) and rate > 0:
            speed[device, port] = int(rate)
            cards[device].add(int(rate))
        else:
            untold.add(device)
        if pd.notna(pvid) and pvid > 0:
            vlan[device, port] = int(pvid)
        if device in bridges and (device, port) not in taken:
            free[device].add(port)
    speeds = {}
    for mac, owner in enumerate(entries.owner.tolist()):
        if owner < 0:
            continue
        name = port_of.get((entries.devices[owner], hardware(entries.macs[mac])))
        if name is not None and (owner, name) in speed:
            speeds[mac] = frozenset((speed[owner, name],))
        elif cards.get(owner) and owner not in untold:
            speeds[mac] = frozenset(cards[owner])
    return Openings(free, speed, vlan, speeds, _vlans(entries, forwarding) if vlan else {}, on_air)


def _vlans(entries: Entries, forwarding: pd.DataFrame) -> dict[int, frozenset[int]]:
    if "vlan" not in forwarding:
        return {}
    rows = forwarding[["mac", "vlan"]].dropna().drop_duplicates()
    number = {mac: n for n, mac in enumerate(entries.macs)}
    heard: dict[int, set[int]] = defaultdict(set)
    for mac, vlan in rows[rows["mac"].isin(number)].itertuples(index=False):
        heard[number[mac]].add(int(vlan))
    return {mac: frozenset(vlans) for mac, vlans in heard.items()}
