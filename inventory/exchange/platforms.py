"""Which system runs on a device, by the names of other programs (`platforms.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from inventory import yaml_files
from inventory.exchange.names import slug


@dataclass(frozen=True, slots=True)
class Platform:
    """`name` for people, `netmiko` its device_type, `network_os` and `connection` for Ansible; None where there is none."""

    name: str
    profiles: tuple[str, ...]
    netmiko: str | None = None
    network_os: str | None = None
    connection: str | None = None

    @property
    def key(self) -> str:
        return self.netmiko or slug(self.name, "_")


@cache
def by_profile() -> Mapping[str, Platform]:
    """Platforms by what the frame `devices` says in `profile`."""
    listed = yaml_files.read(Path(__file__).with_name("platforms.yaml"))
    platforms = [Platform(**entry | {"profiles": tuple(entry["profiles"])}) for entry in listed]
    return {profile: platform for platform in platforms for profile in platform.profiles}
