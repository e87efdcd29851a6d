"""What a device shows to someone who logs in, one module a platform; made from the same knowledge as its MIBs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.shown import Shown


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


def console(shown: Shown) -> Look:
    """The console of one device."""
    return Look(shown.model.platform or "", "OpenSSH_7.4", f"{shown.device.name}#")
