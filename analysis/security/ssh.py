"""What is weak in SSH servers: the protocol's first version, algorithms that are broken or too short, keys that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.security.ways import Way, rules
from inventory.sentences import pack

_FIRST = {
    "ssh_weak_kex": pack("detail.exposed_ssh_weak_kex_first"),
    "ssh_weak_host_key": pack("detail.exposed_ssh_weak_host_key_first"),
    "ssh_weak_cipher": pack("detail.exposed_ssh_weak_cipher_first"),
    "ssh_weak_mac": pack("detail.exposed_ssh_weak_mac_first"),
}


def exposures(ways: Sequence[Way]) -> Iterator[dict]:
    """Rows of EXPOSURES."""
    for way in ways:
        if way.protocol != "ssh":
            continue
        if way.facts.get("key_changed") == "yes":
            yield way.exposure(
                "host_key_changed",
                pack("detail.exposed_host_key_changed", address=way.address, port=way.port),
                pack("detail.exposed_host_key_changed_first"),
            )
        if way.facts.get("default") == "yes":
            yield way.exposure(
                "default_login",
                pack("detail.exposed_default_login", credential=way.credential),
                pack("detail.exposed_default_login_first"),
            )
        if way.version.startswith("1."):  # 1.99 speaks both (RFC 4253, 5.1)
            yield way.exposure("ssh_v1", pack("detail.exposed_ssh_v1", version=way.version), pack("detail.exposed_ssh_v1_first"))
        for fact, rule in rules()["ssh"].items():
            row = _offered(way, fact, rule)
            if row is not None:
                yield row


def _offered(way: Way, fact: str, rule: Mapping[str, Any]) -> dict | None:
    """The weak ones of a list that the server offers: grave where there is nothing better in it."""
    listed = way.listed(fact)
    weak = [name for name in listed if name in rule["weak"]]
    bits = way.number("key_bits")
    short = fact == "host_keys" and bits is not None and "rsa" in way.facts.get("key_type", "") and bits < rule["rsa_bits"]
    if not weak and not short:
        return None
    kind, only = rule["kind"], len(weak) == len(listed)
    if short:
        why = pack("detail.exposed_ssh_short_key", bits=bits, least=rule["rsa_bits"])
    elif only:
        why = pack("detail.exposed_ssh_weak_only", what=fact, names=", ".join(weak))
    else:
        why = pack("detail.exposed_ssh_weak_too", what=fact, names=", ".join(weak))
    return way.exposure(kind, why, _FIRST[kind], "medium" if only or short else "low")
