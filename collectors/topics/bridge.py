"""Which bridge port is which interface: dot1dBasePortTable (RFC 4188). Shared by neighbours and addresses."""

from __future__ import annotations

from collectors import mibs
from collectors.asking import Answers, Walk
from collectors.values import integer

PORTS = Walk((mibs.DOT1D_BASE_PORT_IF_INDEX,), limit=5_000, rows=mibs.DOT1D_BASE_NUM_PORTS)


def ports(answers: Answers) -> int:
    """How many ports the bridge says that it has; 0: no bridge."""
    return max(0, integer(answers.get(mibs.DOT1D_BASE_NUM_PORTS)) or 0)


def if_indexes(answers: Answers) -> dict[int, int]:
    """Bridge port -> ifIndex. An agent that was probed only has told its first port; that is no map, so it counts as none."""
    if not answers.asked(PORTS):
        return {}
    pairs = ((index, integer(value)) for index, value in answers.column(mibs.DOT1D_BASE_PORT_IF_INDEX).items() if len(index) == 1)
    return {index[0]: if_index for index, if_index in pairs if if_index is not None and if_index > 0}
