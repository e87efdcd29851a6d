"""Which addresses to ask: the offices file, narrowed by what the command line says."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from collectors.tasks import Target
from inventory.problems import Problem

if TYPE_CHECKING:
    from inventory.offices import Network, Offices

#: A /16 asked by mistake would keep a scan busy for hours; whoever means it divides it.
LARGEST_NETWORK = 65_536


class TargetError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "network_unreadable": "'{given}' is not a network; write it like 10.20.1.0/24.",
        "network_too_large": "{given} has {count} addresses, more than {limit}; divide it.",
        "office_not_listed": "offices.yaml lists no office {code}; did you mean {nearest}?",
        "service_not_listed": "offices.yaml lists no service {code}; did you mean {nearest}?",
    }


def parse_networks(given: Sequence[str]) -> tuple[Network, ...]:
    """CIDRs or single addresses as typed. Raises `TargetError`."""
    networks = []
    for text in given:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise TargetError("network_unreadable", given=text) from None
        if network.num_addresses > LARGEST_NETWORK:
            raise TargetError("network_too_large", given=text, count=network.num_addresses, limit=LARGEST_NETWORK)
        networks.append(network)
    return tuple(networks)


def of_offices(offices: Offices, day: date, codes: Sequence[str] = (), within: Sequence[Network] = ()) -> list[Target]:
    """Every address of the offices that stand on `day`, or of `codes` and what is below them, inside `within` when given.

    An address in two networks is asked once, as the first says. Raises `TargetError` for a code that is not listed.
    """
    from inventory.offices import addresses

    wanted: set[str] = set()
    for code in codes:
        if code not in offices.by_code:
            nearest = (difflib.get_close_matches(code, offices.by_code, 1, 0) or ["?"])[0]
            raise TargetError("office_not_listed", code=code, nearest=nearest)
        wanted |= {code, *offices.descendants(code)}
    found: dict[tuple[str, str], Target] = {}
    for spec in offices.targets_spec(day):
        if wanted and spec.office not in wanted:
            continue
        for address in addresses(spec.network, spec.exclusions):
            if within and not any(ipaddress.ip_address(address) in network for network in within):
                continue
            target = Target(address, spec.office, spec.snmp_port, spec.ssh_port, spec.snmp, spec.ssh)
            found.setdefault((spec.office, address), target)
    return list(found.values())


def in_networks(offices: Offices, networks: Sequence[Network], snmp: tuple[str, ...] = ()) -> list[Target]:
    """Every address of `networks`, asked as the offices file says for it; `snmp` names credentials to try instead.

    Addresses that the file excludes stay excluded.
    """
    from inventory.offices import addresses

    specs = sorted(offices.targets_spec(), key=lambda spec: -spec.network.prefixlen)
    found: dict[str, Target] = {}
    for network in networks:
        for address in addresses(network):
            ip = ipaddress.ip_address(address)
            spec = next((s for s in specs if s.network.version == ip.version and ip in s.network), None)
            if spec is None:
                found.setdefault(address, Target(address, "", snmp=snmp))
            elif not any(ip in excluded for excluded in spec.exclusions if excluded.version == ip.version):
                target = Target(address, spec.office, spec.snmp_port, spec.ssh_port, snmp or spec.snmp, spec.ssh)
                found.setdefault(address, target)
    return list(found.values())
