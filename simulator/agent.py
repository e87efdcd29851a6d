"""What answers at an address: the seam between the district's plan and the agents that serve it on the wire.

Plain, frozen, picklable records of the standard library. The model (`simulator.district`) makes them; `simulator.snmp`
and `simulator.ssh` speak them. Secrets in here are the made-up ones of a made-up district.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Oid = tuple[int, ...]

#: ASN.1 tags of the values in a tree (RFC 2578, RFC 3416).
INTEGER, OCTET_STRING, OBJECT_IDENTIFIER = 0x02, 0x04, 0x06
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46

#: (tag, value): int for INTEGER, Counter32/64, Gauge32 and TimeTicks; bytes for OCTET STRING, Opaque and IpAddress (4 bytes);
#: a tuple of int for OBJECT IDENTIFIER.
Typed = tuple[int, int | bytes | Oid]


class LazyTree(Mapping[Oid, Typed]):
    """An agent's objects, instance OID -> (tag, value), by ascending OID; made at first use, made again after unpickling."""

    __slots__ = ("_make", "_rows")

    def __init__(self, make: Callable[[], Mapping[Oid, Typed]]) -> None:
        self._make = make
        self._rows: dict[Oid, Typed] | None = None

    def _made(self) -> dict[Oid, Typed]:
        if self._rows is None:
            self._rows = dict(sorted(self._make().items()))
        return self._rows

    def __getitem__(self, oid: Oid) -> Typed:
        return self._made()[oid]

    def __iter__(self) -> Iterator[Oid]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._made())

    def __reduce__(self) -> tuple[type[LazyTree], tuple[Callable[[], Mapping[Oid, Typed]]]]:
        return LazyTree, (self._make,)


@dataclass(frozen=True, slots=True)
class SnmpFault:
    """How an SNMP agent misbehaves; the defaults behave well."""

    latency_s: float = 0.0  # before every answer, on top of what the whole network is given
    loss: float = 0.0  # share of requests that get no answer, 0..1
    refuse: bool = False  # nothing listens: the host answers "port unreachable"
    silent: bool = False  # the port is open and nothing ever answers
    no_bulk: bool = False  # GETBULK gets no answer at all
    truncate_bulk: int = 0  # > 0: a GETBULK answer carries at most so many varbinds
    too_big_above: int = 0  # > 0: tooBig for an answer of more varbinds than this
    duplicate_rows: bool = False  # in a walk each row of ifTable and ipNetToMediaTable (1.3.6.1.2.1.2.2, .4.22) comes twice
    never_ending: Oid | None = None  # a walk that reaches the end of this subtree starts it again
    garbled: Oid | None = None  # every object under this one is answered with an INTEGER that has no content
    answers_twice: bool = False  # every answer is sent twice


@dataclass(frozen=True, slots=True)
class V3User:
    """An SNMPv3 user, authPriv (RFC 3414, RFC 7860, RFC 3826)."""

    name: str
    auth_protocol: str  # "SHA" | "SHA-256"
    auth_secret: str
    priv_protocol: str  # "AES" (128 bit)
    priv_secret: str


@dataclass(frozen=True, slots=True)
class SnmpFace:
    """One SNMP agent: who may read, and what there is to read."""

    communities: Mapping[str, str]  # community -> "ro"; any other community gets no answer
    versions: frozenset[str]  # of "1", "2c", "3"; a v1 agent skips Counter64 objects in walks (RFC 3584)
    users: tuple[V3User, ...]
    engine_id: bytes  # SNMPv3 engine id; b"" when the agent has no v3
    tree: Mapping[Oid, Typed]  # ascending
    fault: SnmpFault = SnmpFault()
    engine_boots: int = 1
    max_message: int = 1472  # octets of the longest answer: what an Ethernet frame carries without fragments
    uptime_s: int = 0  # at the simulated date; sysUpTime in the tree is the same in hundredths


@dataclass(frozen=True, slots=True)
class SshFault:
    """How an SSH server misbehaves; the defaults behave well."""

    slow_banner_s: float = 0.0  # before the version banner
    drop_after: int = 0  # > 0: the connection is cut after so many commands
    hang: bool = False  # accepts the login, then says nothing
    refuse: bool = False  # nothing listens
    wrong_password: bool = False  # no login is ever accepted
    paging: bool = False  # long outputs stop at the platform's own "--More--", whatever it is told
    legacy_crypto: bool = False  # group1/group14-sha1 and ssh-rsa only
    changed_key: bool = False  # shows another host key than `host_key_seed` alone would give


@dataclass(frozen=True, slots=True)
class LinuxFacts:
    """What a read-only script can find on a Linux machine."""

    files: Mapping[str, str]  # absolute path -> content
    commands: Mapping[str, str]  # command line -> standard output
    denied: frozenset[str] = frozenset()  # paths that exist and cannot be read without root
    modified: Mapping[str, int] = field(default_factory=dict)  # path -> time of last change, epoch seconds; 0 for the others


@dataclass(frozen=True, slots=True)
class SshFace:
    """One SSH server. `commands` for network devices, `linux` for machines with a shell."""

    platform: str  # cisco_ios, huawei, hp_comware, hp_procurve, mikrotik_routeros, fortinet, linux
    users: Mapping[str, str]  # user -> password
    host_key_seed: str
    banner: str  # software part of the version banner: "SSH-2.0-<banner>"
    prompt: str  # as the device shows it, "SW1#", "<SW1>", "[admin@R1] > "
    commands: Mapping[str, str] = field(default_factory=dict)  # full command -> output without echo and prompt
    linux: LinuxFacts | None = None
    fault: SshFault = SshFault()
    motd: str = ""  # shown after the login


@dataclass(frozen=True, slots=True)
class WebFace:
    """One HTTPS server: a shared service of the administration."""

    title: str
    status: int = 200  # of HTTP, to every question
    latency_s: float = 0.0  # before every answer


@dataclass(frozen=True, slots=True)
class HttpsDoor:
    """Encryption of a device's own management pages, with a certificate that it signed itself."""

    version: str = "TLSv1.3"  # the newest that it knows: TLSv1, TLSv1.2, TLSv1.3
    ended: dt.date | None = None  # last day of its certificate; None: it lasts
    short_key: bool = False  # RSA with 1024 bits


@dataclass(frozen=True, slots=True)
class Doors:
    """What listens for its management beside SNMP and SSH."""

    telnet: bool = False
    http: bool = False
    https: HttpsDoor | None = None

    def __bool__(self) -> bool:
        return self.telnet or self.http or self.https is not None


@dataclass(frozen=True, slots=True)
class Agent:
    """One address that answers."""

    address: str
    office: str
    name: str
    snmp: SnmpFace | None = None
    ssh: SshFace | None = None
    web: WebFace | None = None
    doors: Doors = field(default_factory=Doors)
