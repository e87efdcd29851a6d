"""The cables of an aggregate in one text: `port=port; port=port`. Ports may have spaces in their names."""

from __future__ import annotations

from collections.abc import Iterable

_BETWEEN = "; "
Pair = tuple[str, str]


def written(pairs: Iterable[Pair]) -> str:
    """Pairs of ports as the column `members` has them, in order."""
    return _BETWEEN.join(f"{a}={b}" for a, b in sorted(pairs))


def read(members: str) -> tuple[Pair, ...]:
    """The pairs again; none of an empty text."""
    halves = (pair.partition("=") for pair in members.split(_BETWEEN) if pair)
    return tuple((a, b) for a, _, b in halves)


def turned(members: str) -> str:
    """The same cables from their other ends."""
    return written((b, a) for a, b in read(members))
