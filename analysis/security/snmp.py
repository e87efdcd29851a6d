"""What is open over SNMP: communities that everybody knows or many offices share, and what travels in the clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.security.ways import Way, rules
from inventory.sentences import pack


def exposures(ways: Sequence[Way]) -> Iterator[dict]:
    """Rows of EXPOSURES, of the ways in of all offices: what is shared is not seen from one office."""
    found = [way for way in ways if way.protocol == "snmp"]
    spread: dict[str, list[Way]] = {}
    for way in found:
        spread.setdefault(way.facts.get("alike", ""), []).append(way)
    for way in found:
        if way.version == "3":
            yield from _user(way)
            continue
        yield way.exposure(
            "snmp_v1_v2c", pack("detail.exposed_snmp_v1_v2c", version=way.version), pack("detail.exposed_snmp_v1_v2c_first")
        )
        if way.facts.get("default") == "yes":
            yield way.exposure(
                "default_community",
                pack("detail.exposed_default_community", credential=way.credential),
                pack("detail.exposed_default_community_first"),
            )
            continue
        alike = spread[way.facts["alike"]] if way.facts.get("alike") else []
        offices = len({other.office for other in alike})
        if offices >= rules()["kinds"]["shared_community"]["offices"]:
            devices = len({other.device for other in alike})
            yield way.exposure(
                "shared_community",
                pack("detail.exposed_shared_community", credential=way.facts["alike"], offices=offices, devices=devices),
                pack("detail.exposed_shared_community_first"),
            )


def _user(way: Way) -> Iterator[dict]:
    auth, priv = way.facts.get("auth"), way.facts.get("priv")
    if priv == "none":
        yield way.exposure(
            "snmp_v3_unencrypted",
            pack("detail.exposed_snmp_v3_unencrypted", credential=way.credential),
            pack("detail.exposed_snmp_v3_unencrypted_first"),
        )
    weak = rules()["kinds"]["snmp_v3_weak"]
    names = [name for name, listed in ((auth, weak["auth"]), (priv, weak["priv"])) if name in listed]
    if names:
        yield way.exposure(
            "snmp_v3_weak",
            pack("detail.exposed_snmp_v3_weak", credential=way.credential, names=", ".join(map(str, names))),
            pack("detail.exposed_snmp_v3_weak_first"),
        )
