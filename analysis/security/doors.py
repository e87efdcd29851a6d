"""Management that listens without encryption, or with an old one: Telnet, HTTP, HTTPS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from analysis.security.ways import Way, rules
from inventory.sentences import pack


def exposures(ways: Sequence[Way], as_of: date) -> Iterator[dict]:
    """Rows of EXPOSURES as of a day."""
    encrypted = {way.device for way in ways if way.protocol in ("https", "ssh")}
    for way in ways:
        alone = way.device not in encrypted
        if way.protocol == "telnet":
            first = pack("detail.exposed_telnet_open_alone_first") if alone else pack("detail.exposed_telnet_open_first")
            yield way.exposure("telnet_open", pack("detail.exposed_telnet_open", port=way.port), first)
        elif way.protocol == "http":
            first = pack("detail.exposed_http_open_alone_first") if alone else pack("detail.exposed_http_open_first")
            yield way.exposure("http_open", pack("detail.exposed_http_open", port=way.port), first)
        elif way.protocol == "https":
            yield from _encryption(way, as_of)


def _encryption(way: Way, as_of: date) -> Iterator[dict]:
    if way.version in rules()["kinds"]["tls_old"]["versions"]:
        yield way.exposure("tls_old", pack("detail.exposed_tls_old", version=way.version), pack("detail.exposed_tls_old_first"))
    until = way.number("until")
    if until is not None and (ended := _day(until)) is not None and ended < as_of:
        yield way.exposure(
            "certificate_expired",
            pack("detail.exposed_certificate_expired", end=ended.isoformat()),
            pack("detail.exposed_certificate_expired_first"),
        )
    weak = rules()["kinds"]["certificate_weak"]
    bits = way.number("key_bits")
    if way.facts.get("hash") in weak["hashes"] or (way.facts.get("key_type") == "rsa" and bits and bits < weak["rsa_bits"]):
        yield way.exposure(
            "certificate_weak",
            pack("detail.exposed_certificate_weak", hash=way.facts.get("hash", "?").upper(), bits=bits or 0),
            pack("detail.exposed_certificate_weak_first"),
        )
    if way.facts.get("self_signed") == "yes":
        yield way.exposure(
            "certificate_self_signed",
            pack("detail.exposed_certificate_self_signed"),
            pack("detail.exposed_certificate_self_signed_first"),
        )


def _day(seconds: int) -> date | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, ValueError, OSError):
        return None
