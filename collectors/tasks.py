"""Who is asked, and with which credential's name: plain, picklable records that may cross to another machine.

The seam for runners: `run(tasks) -> iterator of Observation`; local and remote runners implement it. Secrets are never
in here, credentials are resolved by name where the connection is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from inventory.facts import Outcome


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may answer, with the names of the credentials that its network's owner listed for it, in order."""

    address: str
    office: str
    snmp_port: int = 161
    ssh_port: int = 22
    snmp: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """One protocol of one target, as the sweep found it.

    `outcome`: ANSWERED; AUTH_FAILED, REFUSED, GARBLED, NO_CREDENTIAL (there is something, we cannot read it); or SILENT, which is
    told too, so that "gone" is not "not asked". `detail` says why, packed by `inventory.sentences`.
    """

    target: Target
    protocol: str  # snmp | ssh
    outcome: Outcome
    credential: str | None = None
    version: str | None = None  # "1" | "2c" | "3"; the SSH banner for ssh
    sys_object_id: str | None = None
    sys_descr: str | None = None
    sys_name: str | None = None
    round_trip_s: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Collect everything from one address over one protocol.

    `others` are the names that come after `credential`, for SSH: a login that is not accepted is followed by the next, each once.
    """

    scan: str
    target: Target
    protocol: str  # snmp | ssh
    credential: str
    version: str | None = None
    sys_object_id: str | None = None  # chooses the SSH driver
    sys_descr: str | None = None
    others: tuple[str, ...] = ()
