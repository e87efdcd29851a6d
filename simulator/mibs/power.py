"""POWER-ETHERNET-MIB (RFC 3621): what a switch may feed to devices, and does."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.agent import Oid, Typed
from simulator.mibs.values import gauge, integer
from simulator.shown import Shown

MAIN = (1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1)


def rows(shown: Shown) -> Iterator[tuple[Oid, Typed]]:
    if shown.feeds is None:
        return
    budget, drawn = shown.feeds
    yield (*MAIN, 2, 1), gauge(budget)
    yield (*MAIN, 3, 1), integer(1)  # on
    yield (*MAIN, 4, 1), gauge(drawn)
    yield (*MAIN, 5, 1), integer(80)  # percent, from which it warns
