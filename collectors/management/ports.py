"""Which ports of management are asked: what a workspace's settings say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Protocol -> its usual ports (IANA).
USUAL: Mapping[str, tuple[int, ...]] = {"telnet": (23,), "http": (80,), "https": (443,)}


@dataclass(frozen=True, slots=True)
class Doors:
    """Ports to ask at every device. Without any, nothing is asked."""

    telnet: tuple[int, ...] = USUAL["telnet"]
    http: tuple[int, ...] = USUAL["http"]
    https: tuple[int, ...] = USUAL["https"]

    def listed(self) -> list[tuple[str, int]]:
        return [(protocol, port) for protocol in USUAL for port in getattr(self, protocol)]


NOWHERE = Doors((), (), ())
