"""The address of a service: https://host/path, http://…, tcp://host:port, tls://host:port (RFC 3986). Standard library only."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

PORTS = {"http": 80, "https": 443}
#: Encrypted from the first byte.
ENCRYPTED = frozenset({"https", "tls"})
SCHEMES = ("https", "http", "tcp", "tls")
EXAMPLE = "https://host/path, http://host/path, tcp://host:25, tls://host:993"

#: A label of a host's name (RFC 1123, 2.1); underscores are none there, and common on office networks.
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
#: What may stand in a path as it is (RFC 3986, 3.3); % because it may be written that way already.
_IN_PATH = "/%:@!$&'()*+,;=~-._?"


class NoAddress(ValueError):
    """What is wrong with it: `wanted` is an example, or the range of ports."""

    def __init__(self, wanted: str = EXAMPLE) -> None:
        self.wanted = wanted
        super().__init__(wanted)


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    scheme: str
    host: str  # as it goes over the wire: ASCII, an IPv6 address without brackets
    port: int
    path: str = "/"  # with the query, quoted

    @property
    def encrypted(self) -> bool:
        return self.scheme in ENCRYPTED

    @property
    def speaks_http(self) -> bool:
        return self.scheme in PORTS

    @property
    def authority(self) -> str:
        """host, or host:port where the port is not the usual one: the Host field (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if PORTS.get(self.scheme) == self.port else f"{host}:{self.port}"


def holds_more(url: str) -> bool:
    """Whether a url names a user, a password, a query or a fragment, where secrets are."""
    return any(mark in url for mark in "@?#")


def parse(url: str) -> ServiceAddress:
    """A url, taken apart. Raises `NoAddress`; a user or password in it is left out."""
    if re.search(r"[\s\x00-\x1f\x7f\\]", url):
        raise NoAddress
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # brackets
        raise NoAddress from None
    scheme = parts.scheme.lower()
    if scheme not in SCHEMES or not host:
        raise NoAddress
    try:
        port = parts.port if parts.port is not None else PORTS.get(scheme)
    except ValueError:
        raise NoAddress("1–65535") from None
    if port == 0:
        raise NoAddress("1–65535")
    if port is None or (scheme not in PORTS and (parts.path.strip("/") or parts.query)):
        raise NoAddress
    path = quote(parts.path or "/", safe=_IN_PATH) + (f"?{quote(parts.query, safe=_IN_PATH)}" if parts.query else "")
    return ServiceAddress(scheme, _host(host), port, path if scheme in PORTS else "/")


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        name = text.rstrip(".").encode("idna").decode("ascii")  # Vietnamese names are registered under .vn
    except UnicodeError:
        raise NoAddress from None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdecimal():
        raise NoAddress
    return name
