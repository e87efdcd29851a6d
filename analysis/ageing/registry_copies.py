"""Since when each block of hardware addresses is registered, from dated copies of the registry: makes `data/mac_blocks.csv`.

    python -m analysis.ageing.registry_copies FOLDER > analysis/data/mac_blocks.csv

FOLDER holds copies of the IEEE's list of MA-L assignments (24 bits), each named by its day: `2014-03-19.txt`, as the IEEE
publishes it (oui.txt) or as Wireshark writes it (manuf). Software that names makers of network cards ships such a copy with every
release: unpack releases of several years and name each copy by the day in its head, else by its file's date in the archive.

A block cannot have been in a device made before it was registered, and it was not registered yet on the day of the last copy
before the first that lists it. Blocks of the oldest copy say nothing and are left out. Blocks that the IEEE cuts into smaller
ones (28 and 36 bits) stand with the day of the whole block, which is earlier: still a true bound.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

_LISTED = re.compile(r"^\s*([0-9A-F]{2})[-:]([0-9A-F]{2})[-:]([0-9A-F]{2})(?:\s+\(hex\)|\t)", re.MULTILINE)

_HEAD = """\
# Blocks of hardware addresses (first 24 bits) that dated copies of the IEEE's registry of MA-L assignments list for the first
# time: registered after `not_before`, the day of the last copy without them, and not later than `listed`, that of the first copy
# with them. Blocks that the oldest copy of {oldest} lists already say nothing and are not here; nor is what was registered after
# {newest}. Source: the registry's copies that releases of netaddr (2012-2024), OuiLookup (2020, 2021), Debian's ieee-data (2022)
# and pymanuf (from 2025) carry, each dated by its head or its file's date. Status: verified.
# Made by `python -m analysis.ageing.registry_copies`.
"""


def blocks(text: str) -> frozenset[str]:
    """The blocks that a copy lists, six capital hexadecimal digits each. Entries of 28 and 36 bits are passed over."""
    return frozenset("".join(found.groups()) for found in _LISTED.finditer(text))


def first_listed(copies: Mapping[date, frozenset[str]]) -> Iterator[tuple[date, date, list[str]]]:
    """For each copy but the oldest: day of the copy before, its own day, what no copy before it lists."""
    days = sorted(copies)
    known = set(copies[days[0]]) if days else set()
    for before, day in pairwise(days):
        if new := sorted(copies[day] - known):
            yield before, day, new
        known |= copies[day]


def table(copies: Mapping[date, frozenset[str]]) -> Iterable[str]:
    """The lines of the data file."""
    yield _HEAD.format(oldest=min(copies), newest=max(copies)).rstrip("\n")
    yield "not_before,listed,blocks"
    for before, day, new in first_listed(copies):
        yield f"{before},{day},{' '.join(new)}"


if __name__ == "__main__":
    read = {
        date.fromisoformat(path.stem): blocks(path.read_text(encoding="utf-8", errors="replace"))
        for path in Path(sys.argv[1]).glob("*.txt")
    }
    print("\n".join(table(read)))
