"""What the parsers of this room give back, and the small normalisers that they share. Pure and total: any text goes in."""

from __future__ import annotations

import datetime
import ipaddress
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors import values
from inventory.facts import Addresses, Component, Evidence, Identity, Interface, Neighbour, Outcome, Reading


@dataclass(frozen=True, slots=True)
class Facts:
    """The parts of an Observation that one SSH session can fill; None where a topic was not answered."""

    identity: Identity | None = None
    components: tuple[Component, ...] | None = None
    interfaces: tuple[Interface, ...] | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    addresses: Addresses | None = None
    health: tuple[Reading, ...] | None = None
    topics: Mapping[str, Outcome] = field(default_factory=dict)  # by Topic value
    notes: tuple[str, ...] = ()


def evidence(value: str | None, source: str, confidence: float, raw: str | None = None) -> Evidence | None:
    """Evidence of a value on one line, or None when there is no value."""
    said = values.line(value.encode("utf-8", "replace")) if value else None
    return Evidence(said, source, confidence, said if raw is None else raw) if said else None


def mac(said: str | None) -> str | None:
    """A MAC address in any of its spellings (0011.2233.4455, 001122-334455, 00-11-..) as "aa:bb:cc:dd:ee:ff"; zeros are None."""
    digits = re.sub(r"[:\-. ]", "", said or "").lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        return values.mac((said or "").encode("latin-1", "replace"))
    return values.mac_text(bytes.fromhex(digits))


def ip(said: str | None) -> str | None:
    """An address without zone and prefix length; unspecified ones are None."""
    try:
        found = ipaddress.ip_address((said or "").strip().split("/")[0].split("%")[0])
    except ValueError:
        return None
    return None if found.is_unspecified else str(found)


def number(said: str | None) -> int | None:
    match = re.search(r"\d{1,18}", said or "")
    return int(match[0]) if match else None


_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def seconds(said: str | None) -> int | None:
    """A spoken duration in seconds: "5 weeks, 2 days, 3 hours", "1w2d03:04:05", "31 days,1:02:03". A year is 365 days."""
    text = (said or "").lower()
    total, any_part = 0, False
    clock = re.search(r"(?:(\d{1,6}),\s*)?(\d{1,6}):(\d{1,2})(?::(\d{1,2}))?", text)  # "70,03:16:47" has days before the comma
    if clock:
        total, any_part = int(clock[2]) * 3600 + int(clock[3]) * 60 + int(clock[4] or 0), True
        total += 86_400 * int(clock[1] or 0)
        text = text[: clock.start()] + text[clock.end() :]
    for amount, unit in re.findall(r"(\d{1,9})\s*(y|w|d|h|m(?!o)|s)[a-z]*", text):
        total, any_part = total + int(amount) * _UNITS[unit], True
    return total if any_part else None


def date(said: str | None) -> str | None:
    """An ISO date from "2019-07-23", "2019/7/23", "23 Jul 2019" or DMI's "07/23/2019"; implausible ones are None."""
    text = (said or "").strip()
    for pattern, order in ((r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", "ymd"), (r"(\d{1,2})/(\d{1,2})/(\d{4})", "mdy")):
        match = re.search(rf"(?<!\d){pattern}(?!\d)", text)
        if match:
            parts = dict(zip(order, map(int, match.groups()), strict=True))
            try:
                found = datetime.date(parts["y"], parts["m"], parts["d"])
            except ValueError:
                return None
            # Before 1990 nothing had these fields; boards without a clock battery say 1970 or 1980.
            return found.isoformat() if 1990 <= found.year <= 2100 else None
    return None


_SCALE = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def bits_per_second(said: str | None) -> int | None:
    """A port's speed: "a-1000", "1000", "10G", "1G(a)", "100 Mb/s", "1000FDx", "10000 Mbps"; "auto" and "--" are None.

    A bare number is in Mbit/s, as consoles print it.
    """
    match = re.search(r"(\d+(?:\.\d+)?)\s*([kmgt]?)", (said or "").lower())
    if not match:
        return None
    amount = float(match[1]) * _SCALE[match[2] or "m"]
    return int(amount) if 0 < amount <= 10**13 else None


def port_number(name: str) -> int:
    """A stand-in for ifIndex, which consoles do not show: from the name, the same at each scan, negative, never a real one."""
    return -(zlib.crc32(name.encode("utf-8", "replace")) & 0x7FFFFFFF) - 1
