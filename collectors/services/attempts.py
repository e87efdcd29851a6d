"""One attempt at a service: name, connection, encryption, page, and where pages lead to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from collectors.services import certificates, handshakes, lines, web
from collectors.services.certificates import Certificate
from collectors.services.endings import Ended, by_network
from collectors.services.names import Place, Resolve
from inventory import service_addresses
from inventory.sentences import pack
from inventory.service_addresses import ServiceAddress
from inventory.service_facts import ServiceOutcome

MOST_REDIRECTS = 3


@dataclass(slots=True)
class Attempt:
    """What one attempt came to. Times are seconds, redirects together; None = not reached. Thresholds are judged later."""

    outcome: ServiceOutcome = ServiceOutcome.OK
    name_s: float | None = None
    connect_s: float | None = None
    tls_s: float | None = None
    first_byte_s: float | None = None
    status: int | None = None
    certificate: Certificate | None = None
    detail: str = ""

    @property
    def latency_s(self) -> float:
        return sum(filter(None, (self.name_s, self.connect_s, self.tls_s, self.first_byte_s)))


@dataclass(frozen=True, slots=True)
class Means:
    """What an attempt needs from outside."""

    resolve: Resolve
    trust: ssl.SSLContext


async def attempt(address: ServiceAddress, means: Means, within_s: float) -> Attempt:
    """Never fails, and never takes longer than `within_s`."""
    seen = _Seen(Attempt(), means)
    made = seen.made
    try:
        async with asyncio.timeout(within_s):
            await seen.follow(address)
    except Ended as end:
        made.outcome, made.detail = end.outcome, end.detail
    except TimeoutError:
        named = seen.stage == "name"
        made.outcome = ServiceOutcome.NO_NAME if named else ServiceOutcome.SILENT
        made.detail = (
            pack("detail.service_name_servers", host=seen.host) if named else pack("detail.service_silent", stage=seen.stage)
        )
    except OSError as problem:
        cut = by_network(problem)
        made.outcome, made.detail = cut.outcome, cut.detail
    return made


class _Seen:
    """Fills an attempt while it goes on, so that what was reached is known when it breaks off."""

    def __init__(self, made: Attempt, means: Means) -> None:
        self.made = made
        self.means = means
        self.stage = "name"
        self.host = ""
        self._began = 0.0

    async def follow(self, address: ServiceAddress) -> None:
        for _ in range(MOST_REDIRECTS + 1):
            location = await self.visit(address)
            if location is None:
                return
            address = _led(address, location)
        raise Ended(ServiceOutcome.HTTP_ERROR, pack("detail.service_circle", count=MOST_REDIRECTS))

    async def visit(self, address: ServiceAddress) -> str | None:
        """Where the page leads to; None where it is the last."""
        self.host = address.host
        self._enter("name")
        places = await self.means.resolve(address.host, address.port)
        self._passed("name_s")
        self._enter("connect")
        line = await lines.connect(places)
        self._passed("connect_s")
        if not address.encrypted and not address.speaks_http:
            line.close()
            return None
        reader, writer = await self._open(address, line, places)
        try:
            return await self._page(address, reader, writer) if address.speaks_http else None
        except ssl.SSLError as problem:  # TLS 1.3 tells only here that it wants a certificate of ours
            raise handshakes.failed(problem) from None
        finally:
            writer.transport.abort()  # a server that is slow to say good-bye is not waited for

    async def _open(
        self, address: ServiceAddress, line: socket.socket, places: list[Place]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not address.encrypted:
            return await _streams(line)
        self._enter("tls")
        try:
            reader, writer = await _handshake(address, line, self.means.trust)
        except ssl.SSLCertVerificationError as problem:
            self.made.certificate = await self._unverified(address, places)
            raise handshakes.not_verified(problem) from None
        except ssl.SSLError as problem:
            raise handshakes.failed(problem) from None
        except ConnectionError:
            raise handshakes.broken_off() from None
        self._passed("tls_s")
        self.made.certificate = certificates.read(_certificate(writer))
        return reader, writer

    async def _unverified(self, address: ServiceAddress, places: list[Place]) -> Certificate | None:
        """The certificate that did not verify, from a second connection over which nothing is said."""
        try:
            async with asyncio.timeout(3):  # that it is bad is known; a slow server must not make it silent
                _, writer = await _handshake(address, await lines.connect(places), handshakes.without_trust())
        except (OSError, Ended):
            return None
        try:
            return certificates.read(_certificate(writer))
        finally:
            writer.transport.abort()

    async def _page(self, address: ServiceAddress, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
        self._enter("http")
        writer.write(web.request(address))
        try:
            await writer.drain()
            answer = await web.read(reader, lambda: self._passed("first_byte_s"))
        except ConnectionError:
            raise Ended(ServiceOutcome.GARBLED, pack("detail.service_closed")) from None
        self.made.status = answer.status
        if answer.location is not None:
            return answer.location
        if answer.status in web.REDIRECTS:
            raise Ended(ServiceOutcome.GARBLED, pack("detail.service_nowhere", status=answer.status))
        if answer.status >= 400 and answer.status != web.ASKS_WHO:
            raise Ended(ServiceOutcome.HTTP_ERROR, pack("detail.service_status", status=answer.status))
        return None

    def _enter(self, stage: str) -> None:
        self.stage = stage
        self._began = asyncio.get_running_loop().time()

    def _passed(self, what: str) -> None:
        spent = asyncio.get_running_loop().time() - self._began
        setattr(self.made, what, (getattr(self.made, what) or 0.0) + spent)


async def _handshake(
    address: ServiceAddress, line: socket.socket, trust: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The name is sent (SNI, RFC 6066, 3), an address is not, and either is verified."""
    return await _streams(line, ssl=trust, server_hostname=address.host)


async def _streams(line: socket.socket, **encryption: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_connection(sock=line, limit=web.MOST_HEAD, **encryption)
    except BaseException:
        line.close()
        raise


def _certificate(writer: asyncio.StreamWriter) -> bytes | None:
    peer = writer.get_extra_info("ssl_object")
    return None if peer is None else peer.getpeercert(binary_form=True)


def _led(address: ServiceAddress, location: str) -> ServiceAddress:
    """Where a page leads: with the same scheme, or to https. Never repeats the location, which may hold a session's secret."""
    here = f"{address.scheme}://{address.authority}{address.path}"
    try:
        there = service_addresses.parse(urljoin(here, location))
    except ValueError:
        raise Ended(ServiceOutcome.GARBLED, pack("detail.service_unclear_redirect")) from None
    if there.scheme not in (address.scheme, "https"):
        raise Ended(ServiceOutcome.HTTP_ERROR, pack("detail.service_redirect", scheme=there.scheme))
    return there
