"""What all consoles have in common: the record, and how makes write addresses and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.plan import mac_bytes


@dataclass(frozen=True, slots=True)
class Look:
    """A console: banner, prompt, and the output of each command; for Linux, files and the outputs of programs."""

    platform: str
    banner: str
    prompt: str
    commands: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()


def readable(text: bytes) -> str:
    """What a terminal shows of a label that was typed in an old code."""
    return text.decode("utf-8", "replace")


def dotted(mac: int) -> str:
    """Cisco: 001b.5400.1a80"""
    text = mac_bytes(mac).hex()
    return f"{text[:4]}.{text[4:8]}.{text[8:]}"


def dashed(mac: int) -> str:
    """Huawei and H3C: 001b-5400-1a80"""
    return dotted(mac).replace(".", "-")


def halved(mac: int) -> str:
    """ProCurve: 001b54-001a80"""
    text = mac_bytes(mac).hex()
    return f"{text[:6]}-{text[6:]}"


def capitals(mac: int) -> str:
    """MikroTik: 00:1B:54:00:1A:80"""
    return mac_bytes(mac).hex(":").upper()


def plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def spelled(seconds: int) -> str:
    """1 year, 3 weeks, 2 days, 4 hours, 5 minutes: as IOS writes uptimes, without what is zero at the front."""
    rest = seconds // 60
    parts: list[str] = []
    for word, size in (("year", 525600), ("week", 10080), ("day", 1440), ("hour", 60), ("minute", 1)):
        number, rest = divmod(rest, size)
        if number or parts or word == "minute":
            parts.append(plural(number, word))
    return ", ".join(parts)
