"""TLS with verification by the system's store (RFC 8446; names: RFC 6125), and why it fails."""

from __future__ import annotations

import ssl

from collectors.services.endings import Ended
from inventory.sentences import pack
from inventory.service_facts import ServiceOutcome

#: X509_V_ERR_… of OpenSSL -> a word of the section `certificate`.
_NOT_VERIFIED = {
    7: "unknown_issuer",  # another key under the name of one that is trusted
    9: "not_yet",
    10: "expired",
    18: "self_signed",
    19: "unknown_issuer",
    20: "unknown_issuer",
    21: "unknown_issuer",
    23: "revoked",
    62: "wrong_name",
    64: "wrong_name",
    66: "weak",
    67: "weak",
    68: "weak",
}
#: Reasons of OpenSSL for bytes that are no TLS.
_NO_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG", "UNEXPECTED_MESSAGE"}
    | {"HTTP_REQUEST", "BAD_RECORD_TYPE", "ENCRYPTED_LENGTH_TOO_LONG"}
)
#: Reasons of OpenSSL -> a word of the section `tls`.
_FAILED = {
    "UNSUPPORTED_PROTOCOL": "old",
    "TLSV1_ALERT_PROTOCOL_VERSION": "old",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "old",
    "DH_KEY_TOO_SMALL": "old",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "nothing_common",
    "NO_SHARED_CIPHER": "nothing_common",
    "TLSV1_UNRECOGNIZED_NAME": "name",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "asks_certificate",
}


def trust_in(authorities: str = "") -> ssl.SSLContext:
    """Whom this machine trusts, and these authorities (PEM). Raises ssl.SSLError where the text holds none."""
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(cadata=authorities)
    # From 3.13 on Python refuses certificates that browsers take (RFC 5280 to the letter); the answer is to be the same with all.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def without_trust() -> ssl.SSLContext:
    """To read a certificate that did not verify. Nothing is ever said over such a connection."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def not_verified(problem: ssl.SSLCertVerificationError) -> Ended:
    why = _NOT_VERIFIED.get(problem.verify_code, "other")
    outcome = ServiceOutcome.CERTIFICATE_EXPIRED if why == "expired" else ServiceOutcome.TLS_FAILED
    return Ended(outcome, pack("detail.service_certificate", why=why, number=problem.verify_code))


def failed(problem: ssl.SSLError) -> Ended:
    reason = problem.reason or type(problem).__name__
    if reason in _NO_TLS:
        return Ended(ServiceOutcome.GARBLED, pack("detail.service_no_tls"))
    return Ended(ServiceOutcome.TLS_FAILED, pack("detail.service_tls", why=_FAILED.get(reason, "other"), reason=reason))


def broken_off() -> Ended:
    return Ended(ServiceOutcome.TLS_FAILED, pack("detail.service_tls", why="closed", reason="EOF"))
