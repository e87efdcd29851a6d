"""Which switches an address that no forwarding table has must hang behind: those that have learnt its neighbours.

An ARP table names, of each interface of a router, the addresses that answer on the network there; what answers there is one
broadcast domain, whichever offices it reaches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.topology.columns import ROUTING
from analysis.topology.entries import Entries


class Segments:
    """Networks by the device and the interface that tell of them."""

    def __init__(
        self,
        entries: Entries,
        arp: pd.DataFrame | None,
        interfaces: pd.DataFrame | None,
        port_of: Mapping[tuple[str, str], str],
    ) -> None:
        """`port_of`: (device, MAC) -> the only port with that address."""
        self._networks: dict[int, set[tuple[str, str]]] = defaultdict(set)
        self._bridges: dict[tuple[str, str], set[int]] = defaultdict(set)
        if arp is None or not len(arp) or "port" not in arp:
            return
        number = {mac: n for n, mac in enumerate(entries.macs)}
        told = arp[["device", "port", "mac"]].dropna().drop_duplicates()
        for device, port, mac in told.itertuples(index=False):
            if mac in number:
                self._networks[number[mac]].add((device, port))
        here = set(zip(told["device"], told["port"], strict=True))
        if interfaces is not None:
            for device, port, mac in interfaces[["device", "name", "mac"]].dropna().itertuples(index=False):
                if (device, port) in here and mac in number:
                    self._networks[number[mac]].add((device, port))
        # a router may have one address in several networks
        plain = np.array(
            [
                owner < 0 or entries.kinds[owner] not in ROUTING or (entries.devices[owner], mac) in port_of
                for mac, owner in zip(entries.macs, entries.owner.tolist(), strict=True)
            ],
            dtype=bool,
        )[entries.mac]
        for mac, device in zip(entries.mac[plain].tolist(), entries.port_device[entries.port[plain]].tolist(), strict=True):
            for network in self._networks.get(mac, ()):
                self._bridges[network].add(device)

    def bridges(self, mac: int) -> set[int]:
        """Devices with tables in the networks of an address; none where no ARP table has it."""
        found: set[int] = set()
        for network in self._networks.get(mac, ()):
            found |= self._bridges[network]
        return found
