"""Which management ports answer at an address: one TCP connection each, closed at once; of HTTPS the handshake, too.

Nothing is sent to Telnet and HTTP, and no page is asked for. It is asked from where the scan stands: what a firewall shuts from
there is shut. A middlebox that accepts every connection for everybody makes all of these look open.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass, field

from collectors.management import encryption
from collectors.management.ports import Doors
from collectors.pace import Bucket
from inventory.facts import Way

_AT_ONCE = 128  # connections; a process has 1,024 descriptors by default
_HANDSHAKE_S = 8.0  # small processors need seconds for one with RSA


@dataclass(slots=True)
class Knocker:
    """Asks addresses, in the turns of `bucket`. A connection has twice `timeout_s`: a lost packet is sent again after one second
    (RFC 6298)."""

    doors: Doors
    bucket: Bucket
    timeout_s: float
    _context: ssl.SSLContext | None = field(default=None, init=False)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE), init=False)

    async def ask(self, address: str) -> tuple[Way, ...]:
        """A way for each door, open or shut; without those that this machine cannot ask. What a network does raises nothing."""
        asked = [self._ask(address, protocol, port) for protocol, port in self.doors.listed()]
        return tuple(way for way in await asyncio.gather(*asked) if way is not None)

    async def _ask(self, address: str, protocol: str, port: int) -> Way | None:
        async with self._gate:
            return await self._connect(address, protocol, port)

    async def _connect(self, address: str, protocol: str, port: int) -> Way | None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self.bucket.take(loop.time()))
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            line = socket.socket(family, socket.SOCK_STREAM)
        except OSError:  # no descriptor left
            return None
        line.setblocking(False)
        try:
            async with asyncio.timeout(2 * self.timeout_s):
                await loop.sock_connect(line, (address, port))
        except OSError:  # refused, silent, no way there: time-outs are OSErrors, too
            line.close()
            return Way(protocol, port, open=False)
        if protocol != "https":
            line.close()
            return Way(protocol, port)
        return await self._encrypted(line, port)

    async def _encrypted(self, line: socket.socket, port: int) -> Way:
        if self._context is None:
            self._context = encryption.anything()
        writer = None
        try:
            async with asyncio.timeout(_HANDSHAKE_S):
                _, writer = await asyncio.open_connection(sock=line, ssl=self._context, server_hostname="")
            peer = writer.get_extra_info("ssl_object")
            return Way("https", port, version=peer.version(), facts=encryption.told(peer.getpeercert(binary_form=True)))
        except ssl.SSLError as problem:
            return Way("https", port, version=encryption.refused(problem))
        except OSError:
            return Way("https", port)
        finally:
            if writer is not None:
                writer.transport.abort()
            line.close()
