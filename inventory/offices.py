"""Offices as dated facts: who exists when, under whom, with how many people, and which networks are theirs.

Offices are merged and renamed (Viet Nam's communes on 1 July 2025), so nothing is keyed on "the current list": an office
has a first and a last day and may name its successor. The file that people fill in is read by `inventory.office_file`.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import ClassVar

from sqlalchemy.engine import Engine

from inventory import dated_lists, services
from inventory.database import writing
from inventory.problems import Problem
from inventory.schema.offices import OFFICES
from inventory.service_facts import Service

Date = datetime.date
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
TEMPLATE = Path(__file__).with_name("offices_template.yaml")


class OfficesError(Problem):
    """What is wrong in the offices file: the file, the line, and the fix. Every message has `file` and `line`."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "offices_not_found": "{file}: there is no such file; make it with “kiemke init”, or say where it is.",
        "offices_not_text": "{file}: this is not UTF-8 text; save it again as UTF-8 in your editor.",
        "offices_not_yaml": "{file}, line {line}: not well-formed YAML ({detail}); check the indentation and the colon here.",
        "offices_shape": "{file}, line {line}: “{where}” must be {wanted}; correct it as in the template.",
        "offices_unknown_key": "{file}, line {line}: “{field}” is not known here; did you mean “{nearest}”?",
        "offices_missing_key": "{file}, line {line}: {where} has no “{field}”; add the line “{field}: …”.",
        "offices_bad_value": "{file}, line {line}: “{value}” is not a valid “{field}”; write {wanted}.",
        "offices_duplicate_key": "{file}, line {line}: “{field}” is written twice in one block; keep one of them.",
        "offices_duplicate_code": "{file}, line {line}: office code “{code}” stands on line {first} already; change one of them.",
        "offices_unknown_office": "{file}, line {line}: “{field}: {value}” is no office in this file; did you mean “{nearest}”?",
        "offices_cycle": "{file}, line {line}: following “{field}” from office “{code}” leads back to itself; break the circle.",
        "offices_dates": "{file}, line {line}: office “{code}” ends ({valid_to}) before it begins ({valid_from}); correct it.",
        "offices_overlap": "{file}, line {line}: network {network} of office “{code}” overlaps {other} (line {first}); keep one.",
        "offices_exclusion": "{file}, line {line}: exclusion {value} is not inside {network}; correct it or take it out.",
        "offices_too_large": "{file}, line {line}: {network} has {count} addresses, more than {limit}; write the parts in use.",
        "offices_secret": "{file}, line {line}: “{field}” looks like a secret; write only the credential name here, and the "
        "secret in credentials.yaml, the keyring, or the environment.",
        "offices_duplicate_service": "{file}, line {line}: service code “{code}” stands on line {first} already; change one.",
        "offices_url_secret": "{file}, line {line}: the url of service “{code}” has a user, a password or a query; write only "
        "https://host/path.",
    }


@dataclass(frozen=True, slots=True)
class OfficeNetwork:
    """A network of an office and how it may be asked. `snmp` and `ssh` are NAMES of credentials, tried in this order."""

    office: str
    network: Network
    exclusions: tuple[Network, ...] = ()
    snmp: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    snmp_port: int = 161
    ssh_port: int = 22


@dataclass(frozen=True, slots=True)
class Office:
    code: str
    name_vi: str
    name_en: str
    parent: str | None = None
    staff: int | None = None
    valid_from: Date | None = None  # first day; None = always
    valid_to: Date | None = None  # last day; None = still stands
    successor: str | None = None  # the office that took over after valid_to
    networks: tuple[OfficeNetwork, ...] = ()

    def stands(self, on: Date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Offices:
    """All offices of a workspace, in the order of the file."""

    by_code: Mapping[str, Office]
    services: tuple[Service, ...] = ()  # shared by them, in the order of the file

    def __iter__(self) -> Iterator[Office]:
        return iter(self.by_code.values())

    def __len__(self) -> int:
        return len(self.by_code)

    def __getitem__(self, code: str) -> Office:
        return self.by_code[code]

    def at(self, on: Date) -> Offices:
        """The offices that stand on a day."""
        return Offices({code: office for code, office in self.by_code.items() if office.stands(on)}, self.services)

    def root(self, on: Date) -> str | None:
        """Code of the uppermost office on a day: the first in the file that has no office above."""
        standing = self.at(on)
        return next((office.code for office in standing if office.parent not in standing.by_code), None)

    def descendants(self, code: str) -> tuple[str, ...]:
        """Codes of all offices below `code`, without itself, nearest first."""
        return below(code, {office.code: office.parent for office in self})

    def predecessors(self, code: str) -> tuple[str, ...]:
        """Codes of all offices that were merged into `code`, at any remove, without itself."""
        return below(code, {office.code: office.successor for office in self})

    def scope(self, code: str) -> tuple[str, ...]:
        """What “office = code” means in any filter: itself, everything below, and everything merged into any of these."""
        return scope(code, {o.code: o.parent for o in self}, {o.code: o.successor for o in self})

    def targets_spec(self, on: Date | None = None) -> tuple[OfficeNetwork, ...]:
        """The networks to ask: of the offices that stand on a day, or of all."""
        return tuple(network for office in self if on is None or office.stands(on) for network in office.networks)

    def office_of(self, address: str) -> str | None:
        """Code of the office whose network holds the address (the narrowest network wins; excluded addresses count)."""
        ip = ipaddress.ip_address(address)
        holding = [n for n in self.targets_spec() if n.network.version == ip.version and ip in n.network]
        return max(holding, key=lambda n: n.network.prefixlen).office if holding else None


def below(code: str, upward: Mapping[str, str | None]) -> tuple[str, ...]:
    """Codes from which following `upward` arrives at `code`; breadth first; safe on circles."""
    found: list[str] = []
    frontier = [code]
    while frontier:
        frontier = [c for c, up in upward.items() if up in frontier and c != code and c not in found]
        found.extend(frontier)
    return tuple(found)


def scope(code: str, parents: Mapping[str, str | None], successors: Mapping[str, str | None]) -> tuple[str, ...]:
    """`code`, all below it, and all merged into any of these, until nothing is added."""
    found = [code]
    for member in found:  # grows while it is read
        found.extend(c for upward in (parents, successors) for c in below(member, upward) if c not in found)
    return tuple(dict.fromkeys(found))


def addresses(network: Network, exclusions: Sequence[Network] = ()) -> Iterator[str]:
    """Every host address of a network in order, without the excluded ones (and without network and broadcast address)."""
    for host in network.hosts():
        if not any(host in excluded for excluded in exclusions if excluded.version == network.version):
            yield str(host)


def load(path: Path | str) -> Offices:
    """Read an offices file. Raises OfficesError: one sentence with the file, the line and the fix."""
    from inventory.office_file import read  # here, because the reader needs the records above

    return read(Path(path))


def write(engine: Engine, offices: Offices, at: int | None = None) -> None:
    """Keep offices and services as they are known from `at` (seconds since the epoch; now) on; earlier states stay."""
    at = int(time()) if at is None else at
    rows = {
        office.code: {
            "position": position,
            "name_vi": office.name_vi,
            "name_en": office.name_en,
            "parent": office.parent,
            "staff": office.staff,
            "valid_from": office.valid_from.isoformat() if office.valid_from else None,
            "valid_to": office.valid_to.isoformat() if office.valid_to else None,
            "successor": office.successor,
            "networks": ",".join(str(n.network) for n in office.networks),
        }
        for position, office in enumerate(offices)
    }
    with writing(engine) as connection:
        dated_lists.keep(connection, OFFICES, rows, at)
        services.write(connection, offices.services, at)
