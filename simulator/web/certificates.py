"""The made-up administration's certification authority, and what it certifies.

The authority's key follows from a seed, so that a workspace that trusts it goes on trusting the simulator of another day. It
lasts for a century: encryption is checked against this machine's clock, not against the simulated day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import ssl
import tempfile
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_FROM, _UNTIL = dt.datetime(2018, 1, 1, tzinfo=dt.UTC), dt.datetime(2118, 1, 1, tzinfo=dt.UTC)
_CURVE = ec.SECP256R1()
_NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "UBND huyện Lập Thạch (mô phỏng)"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Chứng thực mô phỏng"),
    ]
)


def _key(seed: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(hashlib.sha512(f"web/{seed}".encode()).digest(), "big")
    return ec.derive_private_key(1 + number % (2**255), _CURVE)


def _certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey, *more: tuple[x509.ExtensionType, bool]) -> x509.Certificate:
    serial = int.from_bytes(hashlib.sha256(name.public_bytes()).digest()[:8], "big") | 1
    builder = x509.CertificateBuilder(_NAME, name, key.public_key(), serial, _FROM, _UNTIL)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical)
    return builder.sign(_key("authority"), hashes.SHA256())


@cache
def authority() -> str:
    """The authority's certificate as PEM: whom a machine must trust."""
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = _certificate(
        _NAME,
        _key("authority"),
        (x509.BasicConstraints(True, None), True),
        (usage, True),
        (x509.SubjectKeyIdentifier.from_public_key(_key("authority").public_key()), False),
    )
    return made.public_bytes(Encoding.PEM).decode()


def context(address: str) -> ssl.SSLContext:
    """A server's side, with a certificate for an IP address."""
    key = _key(address)
    made = _certificate(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)]),
        key,
        (x509.BasicConstraints(False, None), True),
        (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(_key("authority").public_key()), False),
    )
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # OpenSSL reads keys from files only
        Path(file.name).write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
        )
        found.load_cert_chain(file.name)
    return found
