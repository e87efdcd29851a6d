"""Host keys that a device keeps for life: made from its seed, so that a simulator started again shows the same ones."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import asyncssh
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

#: The size that old switches made; OpenSSH still accepts it.
LEGACY_RSA_BITS = 1024
EXPONENT = 65537
SMALL_PRIMES = tuple(n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))


@lru_cache(maxsize=4096)
def ed25519_key(seed: str) -> asyncssh.SSHKey:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"ed25519/{seed}".encode()).digest())
    return _imported(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))


@lru_cache(maxsize=64)
def legacy_rsa_key(seed: str) -> asyncssh.SSHKey:
    """An RSA key of the old size. Slow (a tenth of a second), so only for the few that are old."""
    stream = _Stream(f"rsa/{seed}")
    p = q = 0
    while p == q:
        p, q = stream.prime(LEGACY_RSA_BITS // 2), stream.prime(LEGACY_RSA_BITS // 2)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), rsa.RSAPublicNumbers(EXPONENT, p * q)
    )
    return _imported(numbers.private_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))


def _imported(pem: bytes) -> asyncssh.SSHKey:
    return asyncssh.import_private_key(pem)


class _Stream:
    """Numbers that follow from a seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed.encode(), 0

    def number(self, bits: int) -> int:
        self._count += 1
        digest = hashlib.shake_256(self._seed + self._count.to_bytes(4, "big")).digest(bits // 8)
        return int.from_bytes(digest, "big")

    def prime(self, bits: int) -> int:
        """A prime of exactly so many bits whose two highest are set, and that suits the exponent."""
        while True:
            candidate = self.number(bits) | 3 << (bits - 2) | 1
            if candidate % EXPONENT != 1 and all(candidate % p for p in SMALL_PRIMES) and self._probably_prime(candidate):
                return candidate

    def _probably_prime(self, n: int) -> bool:
        """Miller and Rabin's test, 24 rounds."""
        odd, twos = n - 1, 0
        while odd % 2 == 0:
            odd, twos = odd // 2, twos + 1
        for _ in range(24):
            x = pow(2 + self.number(n.bit_length()) % (n - 4), odd, n)
            if x in (1, n - 1):
                continue
            for _ in range(twos - 1):
                x = x * x % n
                if x == n - 1:
                    break
            else:
                return False
        return True
