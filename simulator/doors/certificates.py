"""Certificates that devices make for themselves, with keys that follow from their addresses."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
import tempfile
import warnings
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from simulator.agent import HttpsDoor
from simulator.ssh.keys import legacy_rsa_key

_FROM, _UNTIL = dt.datetime(2012, 1, 1, tzinfo=dt.UTC), dt.datetime(2112, 1, 1, tzinfo=dt.UTC)


def context(address: str, door: HttpsDoor) -> ssl.SSLContext:
    """A device's side: the newest version that it knows is `door.version`."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # OpenSSL reads keys from files only
        Path(file.name).write_bytes(_pem(address, door))
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version = ssl.TLSVersion.TLSv1
            made.maximum_version = {"TLSv1": ssl.TLSVersion.TLSv1, "TLSv1.2": ssl.TLSVersion.TLSv1_2}.get(
                door.version, ssl.TLSVersion.TLSv1_3
            )
        made.load_cert_chain(file.name)
    return made


def _pem(address: str, door: HttpsDoor) -> bytes:
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    if door.short_key:
        short = serialization.load_pem_private_key(legacy_rsa_key(f"https/{address}").export_private_key("pkcs8-pem"), None)
        assert isinstance(short, rsa.RSAPrivateKey)
        key = short
    else:
        number = int.from_bytes(hashlib.sha512(f"https/{address}".encode()).digest(), "big")
        key = ec.derive_private_key(1 + number % (2**255), ec.SECP256R1())
    until = dt.datetime.combine(door.ended, dt.time(), dt.UTC) if door.ended else _UNTIL
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    serial = int.from_bytes(hashlib.sha256(address.encode()).digest()[:8], "big") | 1
    made = x509.CertificateBuilder(name, name, key.public_key(), serial, _FROM, until).sign(key, hashes.SHA256())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
