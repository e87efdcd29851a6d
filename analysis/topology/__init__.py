"""What is cabled to what: links that devices tell, links that forwarding tables imply, and what nobody can ask in between.

`discover` makes the frames `topology`, `attachments` and `unmanaged` at once.
`columns` their columns, `told` LLDP and CDP, `entries` the tables as integers, `trees` who faces whom, `places` what hangs where,
`openings` ports that are left over, `segments` networks by ARP, `nearest` what is left to say without forwarding tables, `crowds`
unmanaged switches and their rivals, `makers` what an address tells of its machine, `network` the graph, `part` an
office's part of it all.
"""

from analysis.topology.cabling import Cabling, discover
from analysis.topology.columns import (
    ATTACHMENTS,
    BEHIND_NEIGHBOUR,
    BOTH_SIDES,
    BY_TABLE,
    ETHERNET,
    FORWARDING,
    MACHINES,
    ONE_SIDE,
    ROUTING,
    TOPOLOGY,
    UNMANAGED,
)
from analysis.topology.network import graph, stations
from analysis.topology.part import part

__all__ = [
    "ATTACHMENTS",
    "BEHIND_NEIGHBOUR",
    "BOTH_SIDES",
    "BY_TABLE",
    "ETHERNET",
    "FORWARDING",
    "MACHINES",
    "ONE_SIDE",
    "ROUTING",
    "TOPOLOGY",
    "UNMANAGED",
    "Cabling",
    "discover",
    "graph",
    "part",
    "stations",
]
