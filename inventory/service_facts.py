"""What a shared service of the administration is, and how a probe of it ended: frozen records. Standard library only.

The seam between asking and remembering, as `inventory.facts` is for devices: the offices file makes `Service`, collectors make
`Probe`, the inventory keeps both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: What a service counts for: work through the document software, official mail, anything else.
GOALS = ("documents", "mail", "other")
#: Warned of this many days before a certificate ends. Certificates of 90 days are renewed about 30 days before (Let's Encrypt),
#: so that more would warn of what renews itself.
CERTIFICATE_DAYS = 14


class ServiceOutcome(StrEnum):
    """How asking a service ended. Misfortune is a value, not an exception."""

    OK = "ok"
    SLOW = "slow"  # it answers, later than its threshold
    NO_NAME = "no_name"  # the name has no address, or no name server answers
    REFUSED = "refused"  # nothing listens on the port
    SILENT = "silent"  # nothing came back in time, or the network has no way there
    TLS_FAILED = "tls_failed"  # no encryption in common, or a certificate that does not verify
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_SOON = "certificate_soon"  # it answers, and its certificate ends within its threshold
    HTTP_ERROR = "http_error"  # it answers that it cannot, or leads in a circle
    GARBLED = "garbled"  # bytes that are not the protocol, or an answer that breaks off


#: People can work with the service.
REACHED = frozenset({ServiceOutcome.OK, ServiceOutcome.SLOW, ServiceOutcome.CERTIFICATE_SOON})


@dataclass(frozen=True, slots=True)
class Service:
    """A shared service, as `offices.yaml` names it. The url holds no secret: the reader refuses one."""

    code: str
    name_vi: str
    name_en: str
    url: str  # http://, https://, tcp://host:port, tls://host:port
    goal: str = "other"  # one of GOALS
    latency_ms: int | None = None  # slower is SLOW; None = never
    certificate_days: int = CERTIFICATE_DAYS  # ends earlier: CERTIFICATE_SOON
    offices: tuple[str, ...] = ()  # codes of the offices that work with it; empty = all


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe of a service: several attempts, their medians. Times are milliseconds, redirects together; None = not reached.

    `name_ms`: resolving the name. `connect_ms`: TCP. `tls_ms`: the handshake. `first_byte_ms`: from the request to the first
    byte of the answer. `latency_ms`: all of it. `detail` says why, packed by `inventory.sentences`.
    """

    service: str
    url: str
    at: int  # seconds since the epoch
    outcome: ServiceOutcome
    attempts: int
    lost: int  # attempts that nothing answered
    name_ms: int | None = None
    connect_ms: int | None = None
    tls_ms: int | None = None
    first_byte_ms: int | None = None
    latency_ms: int | None = None
    status: int | None = None  # HTTP
    certificate_until: int | None = None  # seconds since the epoch
    issuer: str | None = None
    detail: str = ""
