"""Listeners at devices' addresses: each says its protocol's first words, and no more."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from functools import partial

from simulator.agent import Doors
from simulator.child import CannotServe
from simulator.doors.certificates import context
from simulator.orders import DOORS_ABOVE_SSH

_PATIENCE_S = 10.0
#: WILL ECHO, WILL SUPPRESS-GO-AHEAD (RFC 854, 857, 858), and a login as switches show it.
_TELNET = b"\xff\xfb\x01\xff\xfb\x03\r\nUser Access Verification\r\n\r\nUsername: "
_PAGE = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Management</title>"


class Servers:
    """All of these listeners of a network; `base` is the port of SSH."""

    def __init__(self, base: int) -> None:
        self._ports = {protocol: base + above for protocol, above in DOORS_ABOVE_SSH.items()}
        self._hosts: dict[str, tuple[Doors, list[asyncio.Server]]] = {}

    async def seat(self, faces: Mapping[str, Doors]) -> int:
        """Serves these and no others. Raises CannotServe when a port is taken."""
        for address, (face, servers) in list(self._hosts.items()):
            if faces.get(address) != face:
                for server in servers:
                    server.close()
                del self._hosts[address]
        for address, face in faces.items():
            if address not in self._hosts:
                self._hosts[address] = face, await self._listen(address, face)
        return len(self._hosts)

    async def _listen(self, address: str, face: Doors) -> list[asyncio.Server]:
        plain = [protocol for protocol, open_ in (("telnet", face.telnet), ("http", face.http)) if open_]
        servers = [await self._server(address, protocol) for protocol in plain]
        if face.https is not None:
            servers.append(await self._server(address, "https", context(address, face.https)))
        return servers

    async def _server(self, address: str, protocol: str, encryption: ssl.SSLContext | None = None) -> asyncio.Server:
        port = self._ports[protocol]
        try:
            return await asyncio.start_server(partial(_answer, protocol), address, port, ssl=encryption)
        except OSError as error:
            raise CannotServe("port_taken", protocol="TCP", port=port, reason=f"{error.strerror}, at {address}") from None


async def _answer(protocol: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            if protocol == "telnet":
                writer.write(_TELNET)
                await writer.drain()
                await reader.read(1024)
            else:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(_PAGE)
                await writer.drain()
    writer.close()
