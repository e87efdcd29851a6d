"""What `simulator.serve` tells its processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.agent import Doors, SnmpFace, SshFace, WebFace

#: Where other management listens, above the SSH port (16022): 16023, 16080, 16444.
DOORS_ABOVE_SSH: Mapping[str, int] = {"telnet": 1, "http": 58, "https": 422}


@dataclass(frozen=True, slots=True)
class Listen:
    """The first order: where to listen, and how bad the network is."""

    port: int
    latency_s: float = 0.0  # before every answer, of every agent
    loss: float = 0.0  # share of requests that are lost, 0..1
    seed: int = 0  # of the loss
    command_log: Path | None = None  # JSON lines: what was typed at SSH servers


@dataclass(frozen=True, slots=True)
class Seat:
    """These agents, and no others, from now on: address -> face."""

    faces: Mapping[str, SnmpFace] | Mapping[str, SshFace] | Mapping[str, WebFace] | Mapping[str, Doors]
