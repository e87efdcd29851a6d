"""What a server's certificate says of itself (RFC 5280). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Certificate:
    until: int  # the last second, since the epoch
    issuer: str | None = None


def read(der: bytes | None) -> Certificate | None:
    """Its end and who issued it; None where there is none, or what is sent is none."""
    if not der:
        return None
    try:
        certificate = x509.load_der_x509_certificate(der)
        until = int(certificate.not_valid_after_utc.timestamp())
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        issuer = _name(certificate.issuer)
    except (ValueError, TypeError):
        issuer = None
    return Certificate(until, issuer)


def _name(name: x509.Name) -> str | None:
    """Organisation and common name, each where it is there: “Ban Cơ yếu Chính phủ, CA phục vụ các cơ quan Nhà nước”."""
    found = [
        str(part.value) for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME) for part in name.get_attributes_for_oid(kind)
    ]
    text = ", ".join(dict.fromkeys(filter(None, found)))
    return "".join(c if c.isprintable() else "�" for c in text)[:_LONGEST] or None
