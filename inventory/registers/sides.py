"""The sides that are matched: assets on the books, things on the network, what was scanned, what people ruled. Frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.registers.records import Line


@dataclass(frozen=True, slots=True)
class Asset:
    """A line of a register that the inventory remembers."""

    id: int
    line: Line


@dataclass(frozen=True, slots=True)
class Thing:
    """A device, or a station without an agent (`device` is None then, and `mac` tells it). What is not known is None or empty."""

    device: int | None = None
    mac: str | None = None  # of a station: "aa:bb:cc:dd:ee:ff"
    office: str | None = None
    address: str | None = None
    kind: str | None = None  # one of inventory.facts.KINDS
    vendor: str | None = None
    model: str | None = None
    serials: frozenset[str] = frozenset()  # of the chassis, and of every member of a stack
    parts: frozenset[str] = frozenset()  # serials of modules, power supplies, disks, ...: a register may hold one by mistake
    macs: frozenset[str] = frozenset()  # chassis and ports
    boxes: int = 1  # how many things that are bought singly it is: members of a stack
    name: str | None = None  # sysName, host name
    location: str | None = None  # sysLocation
    contact: str | None = None  # sysContact
    asset_tag: str | None = None  # a register number that somebody wrote into the device
    os_version: str | None = None
    memory_gb: float | None = None  # as it tells, in units of 2**30 bytes
    processor: str | None = None  # as it tells it, by name or by family and model; other words around do not matter
    disk_gb: float | None = None  # all its disks or volumes together, in units of 10**9 bytes
    made: str | None = None  # ISO day, month or year of manufacture, told by the device or by its serial
    installed: str | None = None  # ISO day of the operating system's installation
    first_seen: str | None = None  # ISO day
    last_confirmed: str | None = None  # ISO day
    state: str = "present"  # as the frame `devices` has it: present, silent, not_asked, gone


@dataclass(frozen=True, slots=True)
class OfficeGround:
    """One office, and how much of its networks was asked."""

    parent: str | None = None
    successor: str | None = None  # the office that took over, of an office that has ended
    ended: bool = False
    asked: str | None = None  # ISO day when its networks were asked last; None: never
    share: float = 0.0  # of the addresses of its networks that have been asked, 0..1; 0 for an office without networks


@dataclass(frozen=True, slots=True)
class Ground:
    """What was scanned, by office code."""

    offices: Mapping[str, OfficeGround] = field(default_factory=dict)
    today: str | None = None  # ISO day of the newest scan


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decided of one unit of an asset. Of two that exclude each other the one with the higher number holds.

    `same` with a device or a MAC: it is this one. Not `same` with one: no unit of the asset is this one. Without both, and
    not `same`: it is none of the things that the network shows.
    """

    asset: int
    unit: int = 1
    device: int | None = None
    mac: str | None = None
    same: bool = True
    number: int = 0  # of the decision
