"""SNMPv3 with the User-based Security Model: keys, discovery, authentication, privacy (RFC 3412, 3414, 3826, 7860).

State is a few bytes per device (`Engine`), never an engine of a library per device. Keys are made once for a password and kept;
what remains of a message is one HMAC and one AES pass. pysnmp is the oracle of the tests, and net-snmp's agent.

What is sent to an engine can only be opened by it; what comes back is taken only when its digest is right. Reports without a
digest, as RFC 3414 allows them, end in an outcome and never in a value.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import secrets
import time
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

try:
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:  # before cryptography 47
    from cryptography.hazmat.primitives.ciphers.modes import CFB

from collectors.credentials import SnmpUser
from collectors.pace import RoundTrip
from collectors.secret import Secret
from collectors.snmp import ber, messages
from collectors.snmp.client import Client, Endpoint
from inventory.facts import Outcome

#: Protocol -> hash, bytes of the digest that are sent (RFC 3414, 6 and 7; RFC 7860, 4).
_AUTH = {
    "MD5": ("md5", 12),
    "SHA-1": ("sha1", 12),
    "SHA-224": ("sha224", 16),
    "SHA-256": ("sha256", 24),
    "SHA-384": ("sha384", 32),
    "SHA-512": ("sha512", 48),
}
_KEY_BYTES = {"DES": 16, "AES-128": 16, "AES-192": 24, "AES-256": 32}

_AUTHENTICATED, _ENCRYPTED, _REPORTABLE = 1, 2, 4
_MAX_SIZE = 65507  # bytes that a UDP packet can carry to us
_TIME_WINDOW_S = 150  # RFC 3414, 2.2.3
_VERSION = b"\x02\x01\x03"
_USM = b"\x02\x01\x03"
_MOST_ENGINE_ID, _MOST = 32, 0x7FFFFFFF  # bytes; of boots and seconds

# usmStats (RFC 3414, 5): the counter that a report names
_STATS = ber.encode_oid((1, 3, 6, 1, 6, 3, 15, 1, 1))
_UNSUPPORTED_LEVEL, _NOT_IN_TIME, _UNKNOWN_USER, _UNKNOWN_ENGINE, _WRONG_DIGEST, _DECRYPTION_ERROR = range(1, 7)


@dataclass(slots=True)
class Engine:
    """An agent's authoritative engine, as far as we know it. Its clock is followed by ours (RFC 3414, 2.3)."""

    engine_id: bytes
    boots: int = 0
    seconds: int = 0
    read_at: float = field(default_factory=time.monotonic)
    authentic: bool = False  # boots and seconds came in an authenticated message

    @property
    def hex(self) -> str:
        return self.engine_id.hex()

    def now(self) -> int:
        return min(self.seconds + int(time.monotonic() - self.read_at), _MOST)

    def set(self, boots: int, seconds: int, *, authentic: bool) -> None:
        """Numbers out of range are brought into it: they are wrong in either case, and the agent will say so."""
        self.boots, self.seconds = min(max(boots, 0), _MOST), min(max(seconds, 0), _MOST)
        self.read_at, self.authentic = time.monotonic(), authentic


@dataclass(slots=True)
class _Envelope:
    """A v3 message, taken apart but not yet opened."""

    number: int
    flags: int
    engine_id: bytes
    boots: int
    seconds: int
    digest_at: int
    digest: bytes
    salt: bytes
    data_tag: int
    data_at: int  # the scoped PDU's contents, or the encrypted bytes
    data_end: int


def _envelope(data: bytes) -> _Envelope:
    """Raises Garbled."""
    end = len(data)
    _, at, _ = ber.header(data, 0, end)
    version, at = ber.integer(data, at, end)
    if version != 3:
        raise ber.Garbled("no v3 message")
    at, stop = ber.field(data, at, end, ber.SEQUENCE)
    number, at = ber.integer(data, at, stop)
    _, at = ber.integer(data, at, stop)
    flags_at, flags_end = ber.field(data, at, stop, ber.OCTET_STRING)
    flags = data[flags_at] if flags_end > flags_at else 0
    at, after = ber.field(data, stop, end, ber.OCTET_STRING)
    at, stop = ber.field(data, at, after, ber.SEQUENCE)
    id_at, id_end = ber.field(data, at, stop, ber.OCTET_STRING)
    boots, at = ber.integer(data, id_end, stop)
    seconds, at = ber.integer(data, at, stop)
    _, at = ber.field(data, at, stop, ber.OCTET_STRING)
    digest_at, digest_end = ber.field(data, at, stop, ber.OCTET_STRING)
    salt_at, salt_end = ber.field(data, digest_end, stop, ber.OCTET_STRING)
    tag, data_at, data_end = ber.header(data, after, end)
    return _Envelope(
        number,
        flags,
        data[id_at:id_end],
        boots,
        seconds,
        digest_at,
        data[digest_at:digest_end],
        data[salt_at:salt_end],
        tag,
        data_at,
        min(data_end, end),
    )


def _scoped_pdu(data: bytes, at: int, end: int) -> ber.Pdu:
    """The PDU behind the context's engine id and name (RFC 3412, 6)."""
    _, at = ber.field(data, at, end, ber.OCTET_STRING)
    _, at = ber.field(data, at, end, ber.OCTET_STRING)
    return ber.pdu(data, at, end)


def _message(number: int, flags: int, security: bytes, scoped: bytes) -> bytes:
    head = ber.encode(
        ber.SEQUENCE,
        ber.encode_integer(number) + ber.encode_integer(_MAX_SIZE) + ber.encode(ber.OCTET_STRING, bytes((flags,))) + _USM,
    )
    return ber.encode(ber.SEQUENCE, _VERSION + head + ber.encode(ber.OCTET_STRING, security) + scoped)


def _security(engine_id: bytes, boots: int, seconds: int, user: bytes, digest: bytes, salt: bytes) -> bytes:
    return ber.encode(
        ber.SEQUENCE,
        ber.encode(ber.OCTET_STRING, engine_id)
        + ber.encode_integer(boots)
        + ber.encode_integer(seconds)
        + ber.encode(ber.OCTET_STRING, user)
        + ber.encode(ber.OCTET_STRING, digest)
        + ber.encode(ber.OCTET_STRING, salt),
    )


class Discovery:
    """Asks whoever is there for its engine id, without a credential (RFC 3414, 4); `engine` is set by the answer."""

    version = "3"

    def __init__(self) -> None:
        self.engine: Engine | None = None

    def seal(self, number: int) -> bytes:
        pdu = messages.get(()).numbered(number)
        scoped = ber.encode(ber.SEQUENCE, b"\x04\0\x04\0" + pdu)
        return _message(number, _REPORTABLE, _security(b"", 0, 0, b"", b"", b""), scoped)

    def open(self, data: bytes, number: int) -> ber.Pdu | None:
        envelope = _envelope(data)
        if envelope.number != number or envelope.data_tag != ber.SEQUENCE:
            return None
        if not 1 <= len(envelope.engine_id) <= _MOST_ENGINE_ID:
            raise ber.Garbled("engine id of a wrong length")
        pdu = _scoped_pdu(data, envelope.data_at, envelope.data_end)
        self.engine = Engine(envelope.engine_id)
        self.engine.set(envelope.boots, envelope.seconds, authentic=False)
        return pdu


class UserMessages:
    """Wraps PDUs in messages of one user at one engine, and opens the answers. Holds keys, so that it prints nothing."""

    version = "3"

    def __init__(self, user: SnmpUser, engine: Engine) -> None:
        self.engine = engine
        self._user = user
        self._cisco_keys = False
        self._salts = itertools.count(secrets.randbits(62))
        self._level = (_AUTHENTICATED if user.auth_protocol else 0) | (_ENCRYPTED if user.priv_protocol else 0)
        self._make_keys()

    def __repr__(self) -> str:
        return f"UserMessages({self._user.name!r}, engine {self.engine.hex})"

    def _make_keys(self) -> None:
        user, engine_id = self._user, self.engine.engine_id
        self._hash, self._digest_size = _AUTH[user.auth_protocol] if user.auth_protocol else ("", 0)
        self._auth_key = self._priv_key = b""
        if user.auth_protocol and user.auth_secret is not None:
            self._auth_key = localised_key(self._hash, user.auth_secret, engine_id)
        if user.priv_protocol and user.priv_secret is not None:
            size = _KEY_BYTES[user.priv_protocol]
            key = localised_key(self._hash, user.priv_secret, engine_id)
            extend = _extend_as_cisco if self._cisco_keys else _extend
            self._priv_key = (key if len(key) >= size else extend(key, self._hash, engine_id, size))[:size]

    # -- sending ------------------------------------------------------------------------------------------------------

    def seal(self, pdu: messages.Draft, number: int) -> bytes:
        engine = self.engine
        # Before its clock is known, a request in nobody's time window fetches it (RFC 3414, 4).
        boots, seconds = engine.boots, engine.now()
        context = ber.encode(ber.OCTET_STRING, engine.engine_id) + b"\x04\0"
        scoped = ber.encode(ber.SEQUENCE, context + pdu.numbered(number))
        salt = b""
        if self._level & _ENCRYPTED:
            salt, encrypted = self._encrypt(scoped, boots, seconds)
            scoped = ber.encode(ber.OCTET_STRING, encrypted)
        blank = b"\0" * self._digest_size
        security = _security(engine.engine_id, boots, seconds, self._user.user.encode(), blank, salt)
        message = _message(number, self._level | _REPORTABLE, security, scoped)
        if not self._level & _AUTHENTICATED:
            return message
        # The digest's place is counted from the end: behind it come only the salt and the scoped PDU.
        at = len(message) - len(scoped) - len(salt) - 2 - self._digest_size
        return message[:at] + self._digest(message) + message[at + self._digest_size :]

    def _digest(self, message: bytes) -> bytes:
        return hmac.digest(self._auth_key, message, self._hash)[: self._digest_size]

    def _encrypt(self, scoped: bytes, boots: int, seconds: int) -> tuple[bytes, bytes]:
        if self._user.priv_protocol == "DES":
            # RFC 3414, 8.1.1.1: the salt is the boots and a counter
            salt = (boots & 0xFFFFFFFF).to_bytes(4, "big") + (next(self._salts) & 0xFFFFFFFF).to_bytes(4, "big")
            scoped += b"\0" * (-len(scoped) % 8)
        else:
            salt = (next(self._salts) & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big")
        encryptor = self._cipher(salt, boots, seconds).encryptor()
        return salt, encryptor.update(scoped) + encryptor.finalize()

    def _cipher(self, salt: bytes, boots: int, seconds: int) -> Cipher[CFB | modes.CBC]:
        if self._user.priv_protocol == "DES":
            key, before = self._priv_key[:8], self._priv_key[8:16]
            return Cipher(TripleDES(key * 3), modes.CBC(bytes(a ^ b for a, b in zip(before, salt, strict=True))))
        vector = boots.to_bytes(4, "big") + seconds.to_bytes(4, "big") + salt  # RFC 3826, 3.1.2.1
        return Cipher(algorithms.AES(self._priv_key), CFB(vector))

    # -- receiving ----------------------------------------------------------------------------------------------------

    def open(self, data: bytes, number: int) -> ber.Pdu | None:
        envelope = _envelope(data)
        if envelope.number != number:
            return None
        if envelope.flags & _AUTHENTICATED and self._level & _AUTHENTICATED:
            return self._open_authenticated(data, envelope)
        if envelope.data_tag != ber.SEQUENCE:
            return None
        pdu = _scoped_pdu(data, envelope.data_at, envelope.data_end)
        if pdu.kind == ber.REPORT:
            self._heed(pdu, envelope)
            return pdu
        if self._level or envelope.engine_id != self.engine.engine_id:
            return None  # anybody could have said this
        return pdu if pdu.kind == ber.RESPONSE and pdu.request_id == number else None

    def _open_authenticated(self, data: bytes, envelope: _Envelope) -> ber.Pdu | None:
        engine = self.engine
        if envelope.engine_id != engine.engine_id or len(envelope.digest) != self._digest_size:
            return None
        at = envelope.digest_at
        blanked = data[:at] + b"\0" * self._digest_size + data[at + self._digest_size :]
        if not hmac.compare_digest(self._digest(blanked), envelope.digest):
            return None
        known = engine.authentic
        if known and (envelope.boots, envelope.seconds) < (engine.boots, engine.now() - _TIME_WINDOW_S):
            return None  # an old message, played again
        if not known or (envelope.boots, envelope.seconds) > (engine.boots, engine.seconds):
            engine.set(envelope.boots, envelope.seconds, authentic=True)
        scoped, at, end = data, envelope.data_at, envelope.data_end
        if envelope.flags & _ENCRYPTED:
            if not self._level & _ENCRYPTED or envelope.data_tag != ber.OCTET_STRING or len(envelope.salt) != 8:
                return None
            scoped = self._decrypt(data[at:end], envelope)
            at, end = ber.field(scoped, 0, len(scoped), ber.SEQUENCE)
        pdu = _scoped_pdu(scoped, at, end)
        if pdu.kind == ber.REPORT:
            return pdu
        if pdu.kind != ber.RESPONSE or pdu.request_id != envelope.number or (envelope.flags ^ self._level) & _ENCRYPTED:
            return None
        return pdu

    def _decrypt(self, encrypted: bytes, envelope: _Envelope) -> bytes:
        if not 0 <= envelope.boots <= _MOST or not 0 <= envelope.seconds <= _MOST:
            raise ber.Garbled("engine time out of range")
        if self._user.priv_protocol == "DES" and len(encrypted) % 8:
            raise ber.Garbled("encrypted bytes are no whole blocks")
        decryptor = self._cipher(envelope.salt, envelope.boots, envelope.seconds).decryptor()
        return decryptor.update(encrypted) + decryptor.finalize()

    # -- reports ------------------------------------------------------------------------------------------------------

    def _heed(self, report: ber.Pdu, envelope: _Envelope) -> None:
        """Learn from a report without a digest, where there is nothing better: a clock, or a new engine id."""
        reason = _reason(report)
        if reason == _NOT_IN_TIME and not self.engine.authentic and envelope.engine_id == self.engine.engine_id:
            self.engine.set(envelope.boots, envelope.seconds, authentic=False)
        elif reason == _UNKNOWN_ENGINE and 1 <= len(envelope.engine_id) <= _MOST_ENGINE_ID:
            if envelope.engine_id != self.engine.engine_id:
                self.engine.engine_id = envelope.engine_id
                self._make_keys()
            self.engine.set(envelope.boots, envelope.seconds, authentic=False)

    def reported(self, report: ber.Pdu) -> Outcome | None:
        reason = _reason(report)
        if reason in (_NOT_IN_TIME, _UNKNOWN_ENGINE):
            return None
        if reason == _DECRYPTION_ERROR and not self._cisco_keys and self._stretched():
            self._cisco_keys = True  # two ways to stretch a key are in use, and devices do not tell which is theirs
            self._make_keys()
            return None
        return Outcome.AUTH_FAILED if reason else Outcome.UNSUPPORTED

    def _stretched(self) -> bool:
        """Whether the privacy key is longer than the hash that makes it."""
        return bool(self._user.priv_protocol) and _KEY_BYTES[self._user.priv_protocol or ""] > len(self._auth_key)


def _reason(report: ber.Pdu) -> int:
    """Which of usmStats a report names, from 1; 0 for another counter."""
    for name, _ in report.varbinds:
        if name.startswith(_STATS) and len(name) > len(_STATS):
            return name[len(_STATS)]
    return 0


@lru_cache(maxsize=256)
def _key_of_password(hash_name: str, password: Secret) -> bytes:
    """The hash of a megabyte of the repeated password (RFC 3414, A.2): a millisecond, so that it is kept."""
    text = password.reveal().encode()
    return _hash_of_megabyte(hash_name, text)


def _hash_of_megabyte(hash_name: str, text: bytes) -> bytes:
    return hashlib.new(hash_name, (text * (0x100000 // len(text) + 1))[:0x100000]).digest()


def localised_key(hash_name: str, password: Secret, engine_id: bytes) -> bytes:
    """A password's key for one engine (RFC 3414, 2.6)."""
    key = _key_of_password(hash_name, password)
    return hashlib.new(hash_name, key + engine_id + key).digest()


def _extend(key: bytes, hash_name: str, _engine_id: bytes, size: int) -> bytes:
    """draft-blumenthal-aes-usm-04, 3.1.2.1."""
    while len(key) < size:
        key += hashlib.new(hash_name, key).digest()
    return key


def _extend_as_cisco(key: bytes, hash_name: str, engine_id: bytes, size: int) -> bytes:
    """draft-reeder-snmpv3-usm-3desede-00, 2.1: the key is taken as a password once more."""
    while len(key) < size:
        master = _hash_of_megabyte(hash_name, key)
        key += hashlib.new(hash_name, master + engine_id + master).digest()
    return key


async def discover(client: Client, endpoint: Endpoint, trip: RoundTrip) -> Engine | Outcome:
    """The engine at an address, in one round trip without a credential."""
    discovery = Discovery()
    result = await client.ask(endpoint, discovery.seal, discovery.open, trip)
    if isinstance(result, Outcome):
        return result
    return discovery.engine or Outcome.GARBLED
