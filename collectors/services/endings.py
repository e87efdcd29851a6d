"""How an attempt can end before it is done. Never leaves `attempts`, where it becomes a value."""

from __future__ import annotations

import errno

from inventory.sentences import pack
from inventory.service_facts import ServiceOutcome


class Ended(Exception):
    """`outcome`, and `detail` packed by `inventory.sentences`."""

    def __init__(self, outcome: ServiceOutcome, detail: str) -> None:
        self.outcome = outcome
        self.detail = detail
        super().__init__(outcome.value)


def by_network(problem: OSError) -> Ended:
    """The network has no way there, or cut the connection: the error's name, which needs no translation."""
    code = errno.errorcode.get(problem.errno or 0, type(problem).__name__)
    return Ended(ServiceOutcome.SILENT, pack("detail.network", code=code))
