"""One SSH connection: reach, check the host key, only then log in. Each way of failing is told apart.

paramiko's transport is used directly. netmiko (4.8) folds a changed host key, no common algorithm, a refused and a silent port
into one exception, and logs in before its caller could look at the banner.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import paramiko
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    IncompatiblePeer,
    SSHException,
)

from collectors.credentials import Login
from collectors.ssh import host_keys
from collectors.ssh.algorithms import MODERN_ONLY, Negotiated, Transport, negotiated, preferred_first
from collectors.ssh.misfortune import Misfortune
from inventory.facts import Outcome

# Every misfortune is an outcome; without a handler paramiko would print each a second time, with a traceback.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of patience, by what is waited for."""

    connect: float = 10.0
    banner: float = 15.0  # some devices look up our name first, 10 s without a DNS server
    authenticate: float = 20.0
    prompt: float = 25.0  # from the shell's start to the first prompt
    answer: float = 60.0  # silence within one command; address tables of large switches take half a minute

    @classmethod
    def within(cls, longest: float) -> Limits:
        """The usual limits, none longer than `longest`."""
        usual = cls()
        return cls(**{limit.name: min(getattr(usual, limit.name), longest) for limit in fields(cls)})


class Deadline:
    """The time that a device has left."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._now = now
        self._end = now() + seconds

    def left(self, at_most: float) -> float:
        """Seconds left, at most `at_most`, never negative."""
        return max(0.0, min(at_most, self._end - self._now()))


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that is logged in."""

    transport: Transport
    banner: str  # "SSH-2.0-OpenSSH_9.2p1"
    negotiated: Negotiated
    place: str
    first_use: bool  # the host key was not known before


@contextlib.contextmanager
def connected(
    address: str,
    port: int,
    login: Login,
    known_hosts: Path,
    limits: Limits,
    deadline: Deadline,
    user_for_banner: Callable[[str], str],
    heard: Callable[[Transport], None],
) -> Iterator[Connection]:
    """A logged-in connection, closed on leaving. `user_for_banner` gives the user's name to log in with once the banner is known
    (MikroTik takes terminal options there); `heard` is given each transport that a server has spoken over, however it ended.
    Raises Misfortune.
    """
    try:
        transport, first_use = _greeted(address, port, known_hosts, limits, deadline, heard, legacy=False)
    except _NothingInCommon as problem:
        if not login.legacy:
            key = "ssh_no_common_try_legacy" if problem.age_could_explain_it else "ssh_no_common_algorithms"
            raise problem.misfortune(key, credential=login.name) from None
        try:
            transport, first_use = _greeted(address, port, known_hosts, limits, deadline, heard, legacy=True)
        except _NothingInCommon as again:
            raise again.misfortune("ssh_no_common_algorithms") from None
    place = host_keys.place_of(address, port)
    try:
        banner = transport.remote_version
        _log_in(transport, user_for_banner(banner), login, place, limits, deadline)
        yield Connection(transport, banner, negotiated(transport), place, first_use)
    finally:
        transport.close()


#: What paramiko names as having nothing in common; "version" is SSH 1.
ALGORITHMS = ("kex", "host key", "cipher", "mac", "compression", "version")


class _NothingInCommon(Exception):
    def __init__(self, place: str, words: str) -> None:
        self.place = place
        self.age_could_explain_it = "version" not in words  # SSH 1 is beyond any list of algorithms
        # paramiko's words end here; the texts have one for each of these (`algorithm`).
        self.reason = next((word.replace(" ", "_") for word in ALGORITHMS if word in words), "unknown")
        super().__init__(self.reason)

    def misfortune(self, key: str, **values: object) -> Misfortune:
        return Misfortune(Outcome.NO_COMMON_ALGORITHMS, key, place=self.place, reason=self.reason, **values)


def _greeted(
    address: str,
    port: int,
    known_hosts: Path,
    limits: Limits,
    deadline: Deadline,
    heard: Callable[[Transport], None],
    *,
    legacy: bool,
) -> tuple[Transport, bool]:
    """A transport after key exchange and the check of the host key; nothing of ours was sent yet."""
    place = host_keys.place_of(address, port)
    sock = _reach(address, port, place, deadline.left(limits.connect))
    transport = None
    try:
        transport = Transport(sock, disabled_algorithms=None if legacy else MODERN_ONLY)
        transport.set_log_channel("paramiko")
        transport.banner_timeout = deadline.left(limits.banner)
        transport.auth_timeout = deadline.left(limits.authenticate)
        options = transport.get_security_options()
        options.key_types = preferred_first(set(host_keys.known(known_hosts, address, port)), tuple(options.key_types))
        started = time.monotonic()
        try:
            transport.start_client(timeout=deadline.left(limits.banner + limits.connect))
        except IncompatiblePeer as problem:
            raise _NothingInCommon(place, str(problem)) from None
        except (SSHException, EOFError, OSError) as problem:
            raise _while_greeting(problem, place, transport, time.monotonic() - started) from None
        if not transport.is_active() or transport.host_key is None:  # start_client comes back from a time-out without a word
            raise Misfortune(Outcome.SILENT, "ssh_silent", place=place, seconds=round(time.monotonic() - started))
        key = transport.get_remote_server_key()
        try:
            trusted = host_keys.check(known_hosts, address, port, key)
        except host_keys.HostKeyChanged as changed:
            raise Misfortune(
                Outcome.HOST_KEY_CHANGED,
                "ssh_host_key_changed",
                place=place,
                fingerprint=changed.fingerprint,
                line=changed.line,
                file=changed.file,
            ) from None
    except BaseException:
        if transport is not None:
            transport.close()
        sock.close()
        raise
    finally:
        if transport is not None:
            heard(transport)
    return transport, not trusted


def _reach(address: str, port: int, place: str, timeout: float) -> socket.socket:
    if timeout <= 0:
        raise Misfortune(Outcome.SILENT, "ssh_silent", place=place, seconds=0)
    try:
        return socket.create_connection((address, port), timeout)
    except ConnectionRefusedError:
        raise Misfortune(Outcome.REFUSED, "ssh_refused", place=place) from None
    except TimeoutError:
        raise Misfortune(Outcome.SILENT, "ssh_silent", place=place, seconds=round(timeout)) from None
    except OSError as problem:  # no route, network unreachable, reset while connecting
        reason = errno.errorcode.get(problem.errno or 0, type(problem).__name__)  # a code, not words of the machine's language
        raise Misfortune(Outcome.SILENT, "ssh_unreachable", place=place, reason=reason) from None


def _while_greeting(problem: Exception, place: str, transport: Transport, seconds: float) -> Misfortune:
    """What an exception of the greeting means: paramiko has one class for most, and keeps the cause as its context."""
    cause = problem.__context__ if isinstance(problem.__context__, Exception) else problem
    words = str(problem)
    waited = seconds >= transport.banner_timeout * 0.9
    if waited or (isinstance(cause, TimeoutError) and "banner" not in words) or "imeout" in words:
        return Misfortune(Outcome.SILENT, "ssh_silent", place=place, seconds=round(seconds))
    if transport.spoke_otherwise and "banner" in words:
        return Misfortune(Outcome.GARBLED, "ssh_not_ssh", place=place)
    if isinstance(cause, EOFError | ConnectionError) or "Negotiation failed" in words:
        return Misfortune(Outcome.DROPPED, "ssh_dropped", place=place)
    if "banner" in words or "protocol version" in words:
        return Misfortune(Outcome.GARBLED, "ssh_not_ssh", place=place)
    return Misfortune(Outcome.GARBLED, "ssh_protocol", place=place, reason=_plain(words))


def _plain(words: str) -> str:
    """What a peer made an exception say, fit for one line."""
    return "".join(c if c.isprintable() else "?" for c in words)[:120]


def _log_in(transport: Transport, user: str, login: Login, place: str, limits: Limits, deadline: Deadline) -> None:
    """One attempt, never more: devices lock accounts."""
    transport.auth_timeout = deadline.left(limits.authenticate)
    failed = Misfortune(Outcome.AUTH_FAILED, "ssh_auth_failed", place=place, credential=login.name)
    started = time.monotonic()
    try:
        if login.key_file is not None:
            transport.auth_publickey(user, _private_key(login))
        elif login.password is not None:
            transport.auth_password(user, login.password.reveal(), fallback=True)
        else:
            transport.auth_none(user)
        if not transport.is_authenticated():  # a second factor is wanted
            raise failed
    except BadAuthenticationType:
        raise failed from None
    except AuthenticationException as problem:
        if "timeout" in str(problem).lower():
            seconds = round(time.monotonic() - started)
            raise Misfortune(Outcome.SILENT, "ssh_silent", place=place, seconds=seconds) from None
        if "transport shut down" in str(problem):
            raise Misfortune(Outcome.DROPPED, "ssh_dropped", place=place) from None
        raise failed from None
    except (SSHException, EOFError, OSError):
        raise Misfortune(Outcome.DROPPED, "ssh_dropped", place=place) from None


def _private_key(login: Login) -> paramiko.PKey:
    assert login.key_file is not None
    passphrase = login.key_passphrase.reveal().encode() if login.key_passphrase is not None else None
    try:
        return paramiko.PKey.from_path(login.key_file, passphrase)  # type: ignore[arg-type]  # bytes, whatever the stubs say
    except Exception as problem:  # noqa: BLE001 - paramiko and cryptography raise a dozen kinds for an unusable key file
        reason = type(problem).__name__  # not its words: they may hold parts of the key
        raise Misfortune(Outcome.NO_CREDENTIAL, "ssh_key_unusable", credential=login.name, reason=reason) from None
