"""What an HTTPS server says of itself while encryption is agreed on: its best version of TLS, and its certificate.

Nothing is said over the connection afterwards. Everything back to TLS 1.0 is offered, with every cipher that this machine's
OpenSSL still has, so that the oldest device answers; a server chooses the newest version that it knows (RFC 5246, E.1), therefore
what it chose is the best it has. What only knows SSL 3.0 (RFC 7568) breaks off, and is told apart by OpenSSL's reason.
"""

from __future__ import annotations

import ssl
import warnings

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID

#: Reasons of OpenSSL where the other side knows nothing that is as new as TLS 1.0.
_TOO_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION", "VERSION_TOO_LOW"})
OLDER = "SSLv3"


def anything() -> ssl.SSLContext:
    """A client's side that takes whatever a device offers. It is for looking only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that is what is looked for
        context.minimum_version = ssl.TLSVersion.TLSv1
    return context


def refused(problem: ssl.SSLError) -> str | None:
    """The version that a failed handshake tells of: `OLDER`, or None."""
    return OLDER if problem.reason in _TOO_OLD else None


def told(der: bytes | None) -> dict[str, str]:
    """Of a certificate (RFC 5280) what `inventory.facts.Way` has; as much as can be read, {} where nothing can."""
    try:
        found = x509.load_der_x509_certificate(der or b"")
        facts = {"until": str(int(found.not_valid_after_utc.timestamp()))}
    except (ValueError, TypeError, OverflowError):
        return {}
    try:
        facts["self_signed"] = "yes" if _names(found.issuer) == _names(found.subject) else "no"
        if found.signature_hash_algorithm is not None:
            facts["hash"] = found.signature_hash_algorithm.name
        key = found.public_key()
        if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey):
            kind = "rsa" if isinstance(key, rsa.RSAPublicKey) else "dsa" if isinstance(key, dsa.DSAPublicKey) else "ec"
            facts |= {"key_type": kind, "key_bits": str(key.key_size)}
    except Exception:  # noqa: BLE001 - certificates of small devices break rules in ways that cryptography has a dozen exceptions for
        return facts
    return facts


def _names(name: x509.Name) -> list[tuple[str, object]]:
    return [(part.oid.dotted_string, part.value) for part in name if part.oid != NameOID.SERIAL_NUMBER]
