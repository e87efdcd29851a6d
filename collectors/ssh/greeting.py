"""What an SSH server says of itself before anybody logs in (RFC 4253, 4.2 and 7.1), as a way in."""

from __future__ import annotations

import re

from collectors.credentials import Login
from collectors.management.known import is_shipped
from collectors.ssh.algorithms import Transport
from inventory.facts import Outcome, Way

_VERSION = re.compile(r"SSH-(\d{1,3}\.\d{1,3})-")


class Greeting:
    """Listens to the transports of one server, of which the last one that tells something counts."""

    def __init__(self) -> None:
        self._version: str | None = None
        self._facts: dict[str, str] = {}

    def heard(self, transport: Transport) -> None:
        if found := _VERSION.match(transport.remote_version):
            self._version = found[1]
        self._facts |= transport.offered
        key = transport.host_key
        if key is not None:
            self._facts |= {"key_type": key.get_name(), "key_bits": str(key.get_bits())}

    def ways(self, port: int, login: Login, outcome: Outcome, *, inside: bool) -> tuple[Way, ...]:
        """None where no server spoke. `inside`: the login was accepted."""
        if self._version is None:
            return ()
        facts = dict(self._facts)
        if outcome is Outcome.HOST_KEY_CHANGED:
            facts["key_changed"] = "yes"
        if inside and is_shipped(login):
            facts["default"] = "yes"
        return (Way("ssh", port, version=self._version, credential=login.name if inside else None, facts=facts),)
