"""The User-based Security Model of SNMPv3, seen from the agent (RFC 3414, RFC 3826, RFC 7860)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

try:  # where newer releases keep it
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:  # pragma: no cover - depends on the release that is installed
    from cryptography.hazmat.primitives.ciphers.modes import CFB

from simulator.agent import V3User

#: protocol -> (hash, octets of the digest that are sent): RFC 3414 sections 6 and 7, RFC 7860 section 4.
AUTHENTICATION = {
    "MD5": ("md5", 12),
    "SHA": ("sha1", 12),
    "SHA-224": ("sha224", 16),
    "SHA-256": ("sha256", 24),
    "SHA-384": ("sha384", 32),
    "SHA-512": ("sha512", 48),
}
#: protocol -> octets of the key: RFC 3826; the 256 bits with Blumenthal's key extension (draft-blumenthal-aes-usm-04, 3.1.2.1).
PRIVACY = {"AES": 16, "AES-128": 16, "AES-256": 32}


@lru_cache(maxsize=1024)
def password_to_key(hash_name: str, password: bytes) -> bytes:
    """The user's key, not yet of an engine: the password repeated over one mebioctet, hashed (RFC 3414, A.2)."""
    if not password:
        raise ValueError("an SNMPv3 password of no length")
    return hashlib.new(hash_name, (password * (1_048_576 // len(password) + 1))[:1_048_576]).digest()


@lru_cache(maxsize=8192)
def localized_key(hash_name: str, password: bytes, engine_id: bytes) -> bytes:
    """The key of a user at one engine (RFC 3414, section 2.6)."""
    key = password_to_key(hash_name, password)
    return hashlib.new(hash_name, key + engine_id + key).digest()


@dataclass(frozen=True, slots=True)
class Keys:
    """One user's keys at one engine. An empty `hash_name` means noAuth, an empty `privacy` noPriv."""

    name: bytes
    hash_name: str
    digest_octets: int
    authentication: bytes
    privacy: bytes

    @property
    def level(self) -> int:
        """0 noAuthNoPriv, 1 authNoPriv, 3 authPriv: the low bits of msgFlags."""
        return (1 if self.hash_name else 0) | (2 if self.privacy else 0)

    def digest(self, message: bytes) -> bytes:
        """The authentication parameters of a message whose own are zeros."""
        return hmac.new(self.authentication, message, self.hash_name).digest()[: self.digest_octets]

    def encrypt(self, scoped_pdu: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """(encrypted, privacy parameters)."""
        salt = secrets.token_bytes(8)
        encryptor = self._cipher(boots, time, salt).encryptor()
        return encryptor.update(scoped_pdu) + encryptor.finalize(), salt

    def decrypt(self, encrypted: bytes, boots: int, time: int, salt: bytes) -> bytes:
        decryptor = self._cipher(boots, time, salt).decryptor()
        return decryptor.update(encrypted) + decryptor.finalize()

    def _cipher(self, boots: int, time: int, salt: bytes) -> Cipher[CFB]:
        return Cipher(AES(self.privacy), CFB(boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt))


def keys(user: V3User, engine_id: bytes) -> Keys:
    """A user's keys at an engine. Raises ValueError for a protocol that is not known."""
    name = user.name.encode()
    if not user.auth_protocol:
        return Keys(name, "", 0, b"", b"")
    if user.auth_protocol not in AUTHENTICATION:
        raise ValueError(
            f"user {user.name}: unknown authentication protocol {user.auth_protocol}; known: {', '.join(AUTHENTICATION)}"
        )
    hash_name, octets = AUTHENTICATION[user.auth_protocol]
    authentication = localized_key(hash_name, user.auth_secret.encode(), engine_id)
    if not user.priv_protocol:
        return Keys(name, hash_name, octets, authentication, b"")
    if user.priv_protocol not in PRIVACY:
        raise ValueError(f"user {user.name}: unknown privacy protocol {user.priv_protocol}; known: {', '.join(PRIVACY)}")
    size = PRIVACY[user.priv_protocol]
    privacy = localized_key(hash_name, user.priv_secret.encode(), engine_id)
    while len(privacy) < size:
        privacy += hashlib.new(hash_name, privacy).digest()
    return Keys(name, hash_name, octets, authentication, privacy[:size])
