"""What a device tells, as far as it can be so. An observation holds what was said, the inventory what can be true."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.facts import Interface
from inventory.hardware_addresses import EMPTY

#: No port is faster (bit/s); agents that put bits where ifHighSpeed wants Mbit/s tell a million times too much.
FASTEST = 10_000_000_000_000
_MEGA = 1_000_000
_UNKNOWN = 2**32 - 1  # a Gauge32 at its end
#: Makers of systems that run on everybody's machines. Over SNMP they stand for a machine that does not tell its own maker.
_OF_SYSTEMS = frozenset({"Microsoft"})
_SURE = 0.8  # from here on they built it: a login reads the machine's own board


def interfaces(told: Iterable[Interface]) -> list[Interface]:
    """Each interface once: of two rows with one index and one name, the later."""
    return list({(i.index, i.name): i for i in told}.values())


def mac(told: str | None) -> str | None:
    """A port's hardware address; None for the zeros of a port that has none."""
    return None if told == EMPTY else told


def speed(told: int | None) -> int | None:
    """Bits a second; None where what was told means nothing.

    >>> speed(100_000_000 * 1_000_000)  # 100 Mbit/s, told in bits
    100000000
    """
    if told is None or told < 0:
        return None
    if told <= FASTEST:
        return told
    bits = told // _MEGA
    return bits if bits < _UNKNOWN and bits <= FASTEST else None


def maker(told: str, confidence: float) -> str | None:
    """Who built a machine; None where only the maker of its system is told."""
    return None if told in _OF_SYSTEMS and confidence < _SURE else told
