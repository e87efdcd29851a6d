"""Where something answers. Standard library only."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

Place = tuple[str, str]  # (office, address): branches reuse subnets, so an address alone is nothing


@lru_cache(maxsize=100_000)
def place_key(place: Place) -> tuple[str, int, int]:
    """Sorts by office, then by address as a number."""
    try:
        ip = ipaddress.ip_address(place[1])
    except ValueError:
        return place[0], 0, 0
    return place[0], ip.version, int(ip)
