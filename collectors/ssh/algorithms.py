"""Which algorithms we accept, and which of the negotiated ones are weak.

Sources: RFC 9142 (key exchange: SHA-1 and group1 SHOULD NOT / MUST NOT), RFC 8332 (ssh-rsa signs with SHA-1), RFC 8758 (RC4),
NIST SP 800-131A (3DES, SHA-1), and the attacks on CBC in SSH (CVE-2008-5161). HMAC-SHA-1 itself is not broken and stays accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import paramiko

_WEAK_KEX = ("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1")
_WEAK_CIPHERS = ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc", "blowfish-cbc", "arcfour", "arcfour128", "arcfour256")
_WEAK_MACS = ("hmac-md5", "hmac-md5-96", "hmac-sha1-96")
_WEAK_KEYS = ("ssh-rsa", "ssh-dss")
_SHORTEST_RSA = 2048

#: What paramiko is told not to offer, unless a login says `legacy: yes`.
MODERN_ONLY: dict[str, tuple[str, ...]] = {
    "kex": _WEAK_KEX,
    "ciphers": _WEAK_CIPHERS,
    "macs": _WEAK_MACS,
    "keys": _WEAK_KEYS,
    "pubkeys": _WEAK_KEYS,
}


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What a connection settled on."""

    kex: str
    host_key: str
    host_key_bits: int
    cipher: str
    mac: str

    def weak(self) -> tuple[str, ...]:
        """Names of the weak ones, in a form that notes carry: `ssh-weak: kex diffie-hellman-group1-sha1`."""
        found = []
        if self.kex in _WEAK_KEX:
            found.append(f"kex {self.kex}")
        if self.host_key in _WEAK_KEYS:
            found.append(f"host key {self.host_key}")
        if "rsa" in self.host_key and self.host_key_bits < _SHORTEST_RSA:
            found.append(f"host key {self.host_key_bits} bits")
        if self.cipher in _WEAK_CIPHERS:
            found.append(f"cipher {self.cipher}")
        if self.mac in _WEAK_MACS:
            found.append(f"mac {self.mac}")
        return tuple(f"ssh-weak: {name}" for name in found)

    def __str__(self) -> str:
        return f"ssh: {self.kex} {self.host_key} {self.host_key_bits} {self.cipher} {self.mac}"


#: Facts of a way in, and what paramiko calls the lists of a server's KEXINIT (RFC 4253, 7.1).
_OFFERS = {
    "kex": "kex_algo_list",
    "host_keys": "server_key_algo_list",
    "ciphers": "server_encrypt_algo_list",
    "macs": "server_mac_algo_list",
}


class Transport(paramiko.Transport):
    """paramiko's, which forgets the key exchange that it used, and tells only its log what came in place of a banner."""

    kex_name = "?"
    spoke_otherwise = False  # lines came that are no SSH banner
    offered: Mapping[str, str] = MappingProxyType({})  # what the server offers, as `inventory.facts.Way` has it

    def _log(self, level: int, msg: object, *args: object) -> None:
        if str(msg).startswith("Banner: "):
            self.spoke_otherwise = True
        super()._log(level, msg, *args)  # type: ignore[misc]

    def _really_parse_kex_init(self, m: paramiko.Message, ignore_first_byte: bool = False) -> dict[str, list[str]]:
        lists: dict[str, list[str]] = super()._really_parse_kex_init(m, ignore_first_byte)  # type: ignore[misc]
        if not ignore_first_byte:  # else it is our own offer that is read again
            self.offered = {fact: ",".join(filter(None, lists[name])) for fact, name in _OFFERS.items()}
        return lists

    def _negotiate_keys(self, m: paramiko.Message) -> None:
        super()._negotiate_keys(m)  # type: ignore[misc]
        engine = type(self.kex_engine)
        self.kex_name = next((name for name, made in vars(paramiko.Transport)["_kex_info"].items() if made is engine), "?")


def negotiated(transport: Transport) -> Negotiated:
    """Of a transport after its key exchange. paramiko keeps these as attributes and documents no accessor."""
    return Negotiated(
        kex=transport.kex_name,
        host_key=getattr(transport, "host_key_type", "?"),
        host_key_bits=transport.get_remote_server_key().get_bits(),
        cipher=getattr(transport, "remote_cipher", "?"),
        mac=getattr(transport, "remote_mac", "?"),
    )


def preferred_first(known_types: set[str], offered: tuple[str, ...]) -> list[str]:
    """Host key types with those first that this device is known by: one that gains a newer key is not another device.

    A key of type ssh-rsa serves all RSA signature algorithms (RFC 8332, 3).
    """
    wanted = set(known_types)
    if "ssh-rsa" in wanted:
        wanted |= {"rsa-sha2-512", "rsa-sha2-256"}
    return [name for name in offered if name in wanted] + [name for name in offered if name not in wanted]
