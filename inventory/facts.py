"""What a device said: frozen records that collectors write and the inventory remembers.

The seam between asking and remembering. Standard library only. An `Observation` is about *an address answering at a
time*; only `inventory.reconcile` says *device*. A topic that was not asked, or failed, is `None` in the observation and
has its `Outcome` in `topics`; a topic that was answered and empty is `()`. So absence never overwrites a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How asking ended. Misfortune on the network is a value, not an exception."""

    ANSWERED = "answered"  # complete
    PARTIAL = "partial"  # some rows came, then it stopped: what came is kept, nothing is closed by what is missing
    SILENT = "silent"  # nothing came back in time
    REFUSED = "refused"  # the port or the agent said no
    AUTH_FAILED = "auth_failed"  # it is there, and does not accept our credential
    UNSUPPORTED = "unsupported"  # it answered that it does not know this topic
    GARBLED = "garbled"  # bytes that no reader of the protocol accepts
    LOOPED = "looped"  # a walk that does not move forward; rows up to the loop are kept
    DROPPED = "dropped"  # the connection went away in the middle
    HOST_KEY_CHANGED = "host_key_changed"  # SSH: not the machine that was trusted; no password was sent
    NO_COMMON_ALGORITHMS = "no_common_algorithms"  # SSH: too old, or too new, for us
    NO_CREDENTIAL = "no_credential"  # the credential's name is known, its secret is not on this machine
    NOT_ASKED = "not_asked"  # excluded, or the scan ended first


class Topic(StrEnum):
    IDENTITY = "identity"
    COMPONENTS = "components"
    INTERFACES = "interfaces"
    NEIGHBOURS = "neighbours"
    ADDRESSES = "addresses"
    HEALTH = "health"


#: Kinds of device, as the inventory names them.
KINDS = (
    *("switch", "router", "firewall", "wireless", "access", "olt", "transport", "loadbalancer", "console"),
    *("printer", "scanner", "ups", "pdu", "power", "cooling", "sensor", "timing"),
    *("server", "storage", "pc", "management", "camera", "nvr", "phone", "voip", "appliance"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value and why it is believed.

    `value` is normalised, `raw` is what the device said. `source` names the place: an OID under its profile
    (`profile:hp-procurve .1.3.6.1.4.1.11.2.36.1.1.2.9.0`), a table (`entity.serial`), a command (`ssh:show version`).
    `confidence` is 0..1; below `CONFIDENCE_FLOOR` a collector leaves the field blank.
    """

    value: str
    source: str
    confidence: float
    raw: str = ""


CONFIDENCE_FLOOR = 0.5


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered. Blank (None) beats wrong."""

    vendor: Evidence | None = None  # brand, e.g. "HPE"
    model: Evidence | None = None
    serial: Evidence | None = None  # of the chassis only
    os_version: Evidence | None = None
    kind: Evidence | None = None  # one of KINDS
    manufactured: Evidence | None = None  # ISO date or month, where a device tells it (H3C manuinfo, BIOS date)
    installed: Evidence | None = None  # ISO date of the operating system's installation
    sys_name: str | None = None
    sys_descr: str | None = None
    sys_object_id: str | None = None  # dotted, leading dot
    sys_location: str | None = None
    sys_contact: str | None = None
    engine_id: str | None = None  # SNMPv3 engine id, lower-case hex
    base_mac: str | None = None  # bridge or chassis address, "aa:bb:cc:dd:ee:ff"
    uptime_s: int | None = None
    profile: str | None = None  # the profile that matched
    uuid: str | None = None  # of the firmware (SMBIOS, DSP0134), lower case with dashes
    asset_tag: str | None = None  # asset code that the owner stored in the device


@dataclass(frozen=True, slots=True)
class Component:
    """A part inside a device: a stack member, module, power supply, fan, disk, memory module, battery, supply."""

    index: str  # the device's own index, unique within the device and source
    kind: str  # chassis stack module psu fan sensor port container cpu memory disk battery board other
    name: str = ""
    description: str = ""
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    hardware_rev: str | None = None
    firmware_rev: str | None = None
    software_rev: str | None = None
    parent: str | None = None  # index of the containing component
    manufactured: str | None = None  # ISO date
    size_bytes: int | None = None  # disks and memory


@dataclass(frozen=True, slots=True)
class Counters:
    """IF-MIB counters at the observation's time, 64 bit where the agent has them (RFC 2863). Used as deltas only."""

    in_octets: int | None = None
    out_octets: int | None = None
    in_errors: int | None = None
    out_errors: int | None = None
    in_discards: int | None = None
    out_discards: int | None = None
    width: int = 64  # of the counters of octets and frames, for wrap detection
    in_frames: int | None = None  # to one station, to groups and to all, as far as these are told
    out_frames: int | None = None


DUPLEXES = ("full", "half")
#: States of a port in the spanning tree (RFC 4188, dot1dStpPortState).
STP_STATES = ("disabled", "blocking", "listening", "learning", "forwarding", "broken")


@dataclass(frozen=True, slots=True)
class Interface:
    index: int  # ifIndex
    name: str  # ifName, else ifDescr
    description: str | None = None  # ifDescr
    alias: str | None = None  # ifAlias
    type: int | None = None  # IANAifType
    mac: str | None = None  # "aa:bb:cc:dd:ee:ff", as told: all zero too (`inventory.plausible`)
    mtu: int | None = None
    speed_bps: int | None = None  # as told, impossible ones too
    admin_up: bool | None = None  # says that it is up; None: does not say
    oper_up: bool | None = None
    pvid: int | None = None  # untagged VLAN of a bridge port
    counters: Counters | None = None
    duplex: str | None = None  # one of DUPLEXES
    aggregate: str | None = None  # name of the interface that is made of this one and others (IEEE 802.1AX)
    stp: str | None = None  # one of STP_STATES
    changed_at: int | None = None  # seconds since the epoch, UTC: when it last went up or down, by the device's clock


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One row of a discovery protocol's table, as this device tells it."""

    protocol: str  # lldp | cdp, and from makers' own tables fdp | edp | sonmp | mndp
    local_port: str  # ifName of the local port, resolved by the rules of the topic
    local_index: int | None = None  # ifIndex, when known
    remote_name: str | None = None
    remote_port: str | None = None
    remote_port_description: str | None = None
    remote_chassis: str | None = None  # a MAC "aa:bb:.." or the text that it sent
    remote_address: str | None = None
    remote_description: str | None = None  # sysDescr / CDP platform
    remote_vendor_model: str | None = None


@dataclass(frozen=True, slots=True)
class OwnAddress:
    address: str
    prefix_length: int | None
    if_index: int | None


@dataclass(frozen=True, slots=True)
class ArpEntry:
    """An IP-to-MAC mapping that this device has seen (ipNetToMedia, RFC 4293)."""

    address: str
    mac: str
    if_index: int | None = None


@dataclass(frozen=True, slots=True)
class ForwardingEntry:
    """A learned station behind a bridge port (Q-BRIDGE or BRIDGE-MIB)."""

    mac: str
    port: str  # ifName of the port
    if_index: int | None = None
    vlan: int | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """`own` addresses, the `arp` cache, the `forwarding` table. A part that the device does not have, or that failed, is None."""

    own: tuple[OwnAddress, ...] | None = None
    arp: tuple[ArpEntry, ...] | None = None
    forwarding: tuple[ForwardingEntry, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One health reading. `metric` is from the table in `METRICS`, `item` tells several of a kind apart (a toner's name)."""

    metric: str
    item: str
    value: float | None
    text: str | None = None  # for states: "low", "replace", "onBattery"


#: metric -> unit
METRICS: Mapping[str, str] = {
    "pages": "count",  # prtMarkerLifeCount
    "supply_level": "percent",  # toner, drum, waste box; item names the supply
    "supply_type": "state",  # toner waste drum fuser transfer developer cleaner (RFC 3805), where the printer tells it
    "printer_status": "state",
    "battery_charge": "percent",
    "battery_runtime": "minutes",
    "battery_temperature": "celsius",
    "battery_status": "state",  # unknown normal low depleted (UPS-MIB, RFC 1628)
    "battery_replace": "state",  # yes / no, where the device tells it
    "battery_replaced_on": "date",  # text, ISO
    "on_battery": "seconds",
    "output_load": "percent",
    "input_voltage": "volt",
    "cpu_load": "percent",
    "memory_total": "bytes",
    "memory_used": "bytes",
    "storage_total": "bytes",  # item is the mount point or volume
    "storage_used": "bytes",
    "disk_health": "state",  # ok / failing / failed; item is the disk
    "disk_power_on": "hours",
    "disk_reallocated": "count",  # raw values of SMART: 5
    "disk_uncorrectable": "count",  # 187; of a flash disk its media errors
    "disk_timeouts": "count",  # 188
    "disk_pending": "count",  # 197
    "disk_unreadable": "count",  # 198
    "disk_wear": "percent",  # of the writes that a flash disk is made for; more than 100 is told
    "processes": "count",
    "temperature": "celsius",
    "temperature_limit": "celsius",  # the device's own threshold for the temperature of the same item
    "temperature_status": "state",  # ok warning critical, as the device finds it
    "fan_status": "state",  # ok warning failed; one that is not there is not told
    "supply_status": "state",  # of power supplies, likewise
    "poe_budget_w": "watt",  # what a group of ports may feed to devices; item is the group
    "poe_used_w": "watt",
    "stp_protocol": "state",  # ieee8021d, decLb100, other; off: it could, and none runs
    "stp_root": "address",  # text: hardware address of the spanning tree's root
    "stp_topology_changes": "count",  # since the device started
}


#: Protocols over which a device may be managed; the last three are asked for by a TCP connection.
WAYS = ("snmp", "ssh", "telnet", "http", "https")


@dataclass(frozen=True, slots=True)
class Way:
    """One way in to the management of what is at an address, as it was found. Says nothing of any secret.

    `facts` by protocol, as text; what was not found out is absent. Lists are separated by commas, in the order told.
    snmp:  of a community `default` yes (makers ship it, and everybody knows it) and `alike` (the first name, in order, of the
           credentials of the scan that have the same one); of a v3 user `auth` and `priv` (the protocols, or none)
    ssh:   what the server offers (RFC 4253, 7.1): `kex`, `host_keys`, `ciphers`, `macs`; of the host key that it showed
           `key_type` and `key_bits`; `key_changed` yes (not the one that was trusted); `default` yes (makers ship the login that
           was accepted)
    https: of the certificate `until` (its last second, since the epoch), `self_signed` yes or no, `key_type`, `key_bits`, `hash`
    """

    protocol: str  # one of WAYS
    port: int
    open: bool = True  # False: asked, and nothing answers there
    version: str | None = None  # snmp: 1, 2c, 3; ssh: as in its banner, 2.0, 1.99, 1.5; https: TLSv1.2
    credential: str | None = None  # the NAME that opened it
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one address said over one protocol at one time."""

    address: str
    office: str  # code of the office whose network the address is in: addresses are unique per office only
    protocol: str  # snmp | ssh | replay
    observed_at: int  # seconds since the epoch, UTC
    outcome: Outcome
    detail: str = ""  # why, for a person: packed by `inventory.sentences`, free of secrets
    credential: str | None = None  # the NAME that was used
    round_trip_s: float | None = None
    identity: Identity | None = None
    components: tuple[Component, ...] | None = None
    interfaces: tuple[Interface, ...] | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    addresses: Addresses | None = None
    health: tuple[Reading, ...] | None = None
    topics: Mapping[str, Outcome] = field(default_factory=dict)  # by Topic value
    notes: tuple[str, ...] = ()  # weak SSH algorithms, unverified profile, ...
    ways: tuple[Way, ...] = ()  # ways in that were asked for at this address
