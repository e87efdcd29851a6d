"""Host keys: trusted on first use, refused when they change, before any password is sent.

The file is OpenSSH's known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): one line a key, `[address]:port type base64`, the port
left out when it is 22. It is private (0600), written whole and renamed into place, and locked between threads and processes, so
that thirty collectors that meet thirty new devices at once lose none of them.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko

try:
    import fcntl
except ImportError:  # Windows: threads are still kept apart; two processes there must not share one file
    fcntl = None  # type: ignore[assignment]

_threads = threading.Lock()


class HostKeyChanged(Exception):
    """The device shows another key than the one that was trusted: another machine, a reinstalled one, or somebody in between."""

    def __init__(self, place: str, file: Path, line: int, fingerprint: str) -> None:
        self.place, self.file, self.line, self.fingerprint = place, file, line, fingerprint
        super().__init__(f"the host key of {place} is not the one in {file}, line {line}")


def place_of(address: str, port: int) -> str:
    """As OpenSSH writes a host in known_hosts."""
    return address if port == 22 else f"[{address}]:{port}"


def fingerprint(key: paramiko.PKey) -> str:
    """As `ssh-keygen -l` prints it: SHA256, base64 without padding."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def known(file: Path, address: str, port: int) -> dict[str, tuple[bytes, int]]:
    """Trusted keys of one device: type -> (key blob, line number from 1). Lines that nobody can read are passed over."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    place = place_of(address, port)
    found: dict[str, tuple[bytes, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if len(words) < 3 or line.startswith(("#", "@")) or place not in words[0].split(","):
            continue
        with contextlib.suppress(binascii.Error, ValueError):
            found.setdefault(words[1], (base64.b64decode(words[2], validate=True), number))
    return found


def check(file: Path, address: str, port: int, key: paramiko.PKey) -> bool:
    """True when the key was already trusted, False when it is trusted from now on.

    Raises HostKeyChanged when this device is known by another key, of this type or of another: a stranger could otherwise get in
    by offering a type that was not seen before.
    """
    with _locked(file):
        trusted = known(file, address, port)
        blob = key.asbytes()
        if any(blob == kept for kept, _ in trusted.values()):
            return True
        if trusted:
            _, line = trusted.get(key.get_name()) or next(iter(trusted.values()))
            raise HostKeyChanged(place_of(address, port), file, line, fingerprint(key))
        _append(file, f"{place_of(address, port)} {key.get_name()} {base64.b64encode(blob).decode()}\n")
        return False


def _append(file: Path, line: str) -> None:
    try:
        before = file.read_bytes()
    except FileNotFoundError:
        before = b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    descriptor, name = tempfile.mkstemp(prefix=".known_hosts", dir=file.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(before + line.encode())
            new.flush()
            os.fsync(new.fileno())
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with _threads:
        # A lock file beside it, because the file itself is replaced.
        descriptor = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
