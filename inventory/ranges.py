"""Sets of addresses as short text: a scan asks thousands of addresses, and most of them are silent.

`10.1.0.1-10.1.0.254,10.1.1.7` is one row in the database instead of 255.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache

Span = tuple[int, int, int]  # IP version, first, last


def pack(addresses: Iterable[str]) -> str:
    """Distinct addresses as sorted ranges; raises ValueError for what is no address."""
    numbers = sorted({(ip.version, int(ip)) for ip in map(ipaddress.ip_address, addresses)})
    spans: list[Span] = []
    for version, number in numbers:
        if spans and spans[-1][0] == version and spans[-1][2] == number - 1:
            spans[-1] = (version, spans[-1][1], number)
        else:
            spans.append((version, number, number))
    return ",".join(_text(v, first) if first == last else f"{_text(v, first)}-{_text(v, last)}" for v, first, last in spans)


def unpack(text: str) -> Iterator[str]:
    """The addresses again, sorted."""
    for version, first, last in _spans(text):
        for number in range(first, last + 1):
            yield _text(version, number)


def holds(text: str, address: str) -> bool:
    """Whether an address is in packed ranges."""
    ip = ipaddress.ip_address(address)
    return any(version == ip.version and first <= int(ip) <= last for version, first, last in _spans(text))


@lru_cache(maxsize=4096)  # week after week the same addresses are asked
def _spans(text: str) -> tuple[Span, ...]:
    spans = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        low = ipaddress.ip_address(first)
        spans.append((low.version, int(low), int(ipaddress.ip_address(last or first))))
    return tuple(spans)


def spans(text: str) -> list[Span]:
    """The ranges as numbers, sorted, without unpacking them."""
    found = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last or first)
        found.append((low.version, int(low), int(high)))
    return sorted(found)


def joined(many: Iterable[Span]) -> list[Span]:
    """Ranges without overlaps: each address is in one of them."""
    found: list[Span] = []
    for version, first, last in sorted(many):
        if found and found[-1][0] == version and first <= found[-1][2] + 1:
            found[-1] = (version, found[-1][1], max(found[-1][2], last))
        else:
            found.append((version, first, last))
    return found


def common(one: Iterable[Span], other: Iterable[Span]) -> int:
    """How many addresses two lists of ranges have in common; neither may overlap itself (`joined`)."""
    other = list(other)
    return sum(max(0, min(last, b[2]) - max(first, b[1]) + 1) for version, first, last in one for b in other if b[0] == version)


def _text(version: int, number: int) -> str:
    return str(ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number))
