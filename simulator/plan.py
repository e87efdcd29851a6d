"""The district's plan at one date: boxes in places, stations, unmanaged switches, and the cables between them.

A *box* is a thing that was bought; a *device* is a place in the network (a role) that a box fills. Records are frozen:
history replaces them, so that a plan of another date is a shallow copy.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from simulator.agent import Doors, SnmpFault, SshFault

#: The provider's network: neither ours nor visible, everything of the wide area hangs on it.
PROVIDER = "provider"
#: VLAN of the lines between the offices.
WAN = 100


@dataclass(frozen=True, slots=True)
class Office:
    """One organisational unit. `network` is the first of `networks`; an ended office has none."""

    code: str
    name_vi: str
    name_en: str
    parent: str | None
    staff: int
    networks: tuple[str, ...]
    exclusions: tuple[str, ...] = ()
    credentials_snmp: tuple[str, ...] = ()
    credentials_ssh: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    successor: str | None = None
    vlan: int = 1


@dataclass(frozen=True, slots=True)
class Box:
    """A physical device, from the factory to the scrap yard."""

    asset: str  # stable id, "A00042"
    family: str
    model: str
    serial: str
    mac: int  # first of its block of addresses
    built: dt.date
    installed: dt.date
    junk_serial: str | None = None  # what it says instead of its serial


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask it, over what, and how it misbehaves."""

    versions: frozenset[str] = frozenset()  # SNMP: "1", "2c", "3"; empty: no agent
    community: str | None = None  # name of a credential; "?" is a community that nobody has written down
    user: str | None = None  # name of a v3 credential
    login: str | None = None  # name of an SSH credential; None: no SSH server
    snmp_fault: SnmpFault = SnmpFault()
    ssh_fault: SshFault = SshFault()
    half: str | None = None  # a MIB that this agent leaves out: "ifx", "lldp", "entity", "arp", "bridge"

    @property
    def speaks_snmp(self) -> bool:
        return bool(self.versions) and not (self.snmp_fault.refuse or self.snmp_fault.silent)

    @property
    def speaks_ssh(self) -> bool:
        return self.login is not None and not self.ssh_fault.refuse


@dataclass(frozen=True, slots=True)
class Device:
    """A place in the network and the box that fills it."""

    id: str  # "xuan-hoa/sw1"
    office: str
    address: str
    name: str
    box: Box
    version: str
    booted: dt.date
    access: Access
    location: bytes = b""
    vlan: int = 1  # of its management address
    vlans: frozenset[int] = frozenset({1})  # that it forwards
    routed: tuple[tuple[int, str], ...] = ()  # further addresses: VLAN and "address/length"; a WAN port's VLAN is WAN
    prefix: int = 24  # of its management address
    gateway: str | None = None  # device that routes for it
    answers_at: tuple[str, ...] = ()  # further addresses of its own at which its agents answer too
    alive: bool = True
    aliases: tuple[tuple[str, bytes], ...] = ()  # port -> ifAlias, in whatever code it was typed
    switched_off: frozenset[str] = frozenset()  # ports that the administrator shut
    psu_serial: str = ""  # of a replaceable power supply
    spanning_tree: bool = True  # where its model has one
    pvids: tuple[tuple[str, int], ...] = ()  # port -> untagged VLAN that somebody set by mistake
    feeds_percent: int = 0  # > 0: of the power that it may feed to devices; else what these draw
    ails: frozenset[str] = frozenset()  # what is wrong with the box itself: `simulator.troubles.AILMENTS`
    doors: Doors = field(default_factory=Doors)  # what else listens


@dataclass(frozen=True, slots=True)
class Service:
    """A shared service of the administration: a page at a server of the district."""

    code: str
    name_vi: str
    name_en: str
    goal: str  # documents | mail | other
    server: str  # its place
    status: int = 200  # of HTTP
    takes_s: float = 0.0  # before every answer
    latency_ms: int | None = None  # the threshold that its owner named


@dataclass(frozen=True, slots=True)
class Station:
    """Something that has an address and no agent: a PC, a telephone, a camera. Only switches and routers know of it."""

    id: str
    office: str
    mac: int
    address: str
    vlan: int
    what: str


@dataclass(frozen=True, slots=True)
class Hub:
    """An unmanaged switch: no address, no agent, and it swallows LLDP and CDP frames."""

    id: str
    office: str
    ports: int


@dataclass(frozen=True, slots=True)
class Cable:
    """One line between two places. Ports of devices are named by ifName, those of stations and hubs are blank."""

    id: str
    a: str
    a_port: str
    b: str
    b_port: str
    medium: str = "copper"  # copper | fibre | air | provider
    blocked: bool = False  # held back by the spanning tree
    errors_per_day: int = 0  # a bad cable
    aggregate: str = ""  # ifName, at both ends, of the aggregate that it is part of
    most_mbps: int = 0  # > 0: a damaged pair, the ends agree on no more
    half: str = ""  # the end that works half duplex, while the other is set to full
    worse_since: dt.date | None = None  # from then on it gives `errors_per_day` more every day
    flaps: bool = False  # a loose plug: it goes down and up again every day

    def ends(self) -> tuple[tuple[str, str], tuple[str, str]]:
        return (self.a, self.a_port), (self.b, self.b_port)


@dataclass(frozen=True, slots=True)
class Silence:
    """What switches do not tell, on top of their faults."""

    mute: float = 0.0  # share of the switches that speak neither LLDP nor CDP, 0..1
    aged: float = 0.0  # share of the forwarding entries that have aged, 0..1
    seed: int = 0


#: Everything is told.
TALKATIVE = Silence()


@dataclass(slots=True)
class Plan:
    """Everything at the morning of `date`. `meters` are what the ports have counted since their device booted."""

    date: dt.date
    devices: dict[str, Device] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    hubs: dict[str, Hub] = field(default_factory=dict)
    cables: dict[str, Cable] = field(default_factory=dict)
    meters: dict[tuple[str, str], tuple[float, float, float]] = field(default_factory=dict)  # octets in, out, errors in
    next_asset: int = 1
    next_item: int = 1
    mute: frozenset[str] = frozenset()  # places that speak no discovery protocol
    silence: Silence = TALKATIVE

    def copy(self) -> Plan:
        return Plan(
            self.date,
            dict(self.devices),
            dict(self.stations),
            dict(self.hubs),
            dict(self.cables),
            dict(self.meters),
            self.next_asset,
            self.next_item,
            self.mute,
            self.silence,
        )


def mac_bytes(mac: int) -> bytes:
    return mac.to_bytes(6, "big")


def mac_text(mac: int) -> str:
    return mac_bytes(mac).hex(":")
