"""Where things hang when only the nearest port of each station is known: no forwarding tables, only the frame `endpoints`.

A device that tells nothing hangs at the switch port nearest to it (the port with the fewest stations behind it on which its
address was learned; Lowekamp, O'Hallaron and Gross, Topology Discovery for Large Ethernet Networks, SIGCOMM 2001, use the same
minimal knowledge). It cannot see: how switches that tell nothing are cabled to each other.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analysis.topology.columns import ROUTING


def nearest(facts: dict[str, dict], endpoints: pd.DataFrame) -> list[tuple[str, str, str]]:
    """(device, switch, port) at which the address of a known device was learned with the fewest others.

    One place a device; for routers and firewalls one an address, because each of their networks is cabled by itself.
    """
    placed = endpoints[endpoints["switch"].notna() & endpoints["port"].notna()]
    crowd = Counter(zip(placed["switch"], placed["port"], strict=True))
    found: dict[tuple[str, str], tuple[int, str, str]] = {}
    for device, mac, switch, port in placed[["device", "mac", "switch", "port"]].itertuples(index=False):
        if pd.isna(device) or device == switch or device not in facts or switch not in facts:
            continue
        key = (device, mac if facts[device]["kind"] in ROUTING else "")
        candidate = (crowd[(switch, port)], switch, port)
        if key not in found or candidate < found[key]:
            found[key] = candidate
    return sorted({(device, switch, port) for (device, _), (_, switch, port) in found.items()})
