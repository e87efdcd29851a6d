"""What hangs on what, for the order of buying: the box nearest to a device through which every way out of it leads."""

from __future__ import annotations

import networkx as nx

from analysis.connectivity.removal import Model
from analysis.connectivity.ways_out import OUTSIDE
from analysis.topology import FORWARDING


def upstream(network: Model) -> dict[str, str]:
    """Switches, routers and the like -> the one that they hang on (its immediate dominator from the outside). What has two ways
    out hangs on nothing but where both meet."""
    if OUTSIDE not in network.whole:
        return {}
    found = nx.immediate_dominators(network.whole.to_directed(), OUTSIDE)
    kinds = nx.get_node_attributes(network.whole, "kind")
    return {
        below: above
        for below, above in sorted(found.items())
        if above is not None and above != OUTSIDE and kinds.get(below) in FORWARDING and kinds.get(above) in FORWARDING
    }
