"""HTTPS servers that answer every question with one page."""

from __future__ import annotations

import asyncio
import contextlib
import html
import http
from collections.abc import Mapping

from simulator.agent import WebFace
from simulator.child import CannotServe
from simulator.web.certificates import context

#: Longest head of a request that is waited for, octets.
_LONGEST = 16_384
_PATIENCE_S = 10.0


class Servers:
    """All HTTPS servers of a network."""

    def __init__(self, port: int, latency_s: float = 0.0) -> None:
        self._port, self._latency_s = port, latency_s
        self._hosts: dict[str, tuple[WebFace, asyncio.Server]] = {}

    async def seat(self, faces: Mapping[str, WebFace]) -> int:
        """Serves these and no others. Raises CannotServe when the port is taken."""
        for address, (face, server) in list(self._hosts.items()):
            if faces.get(address) != face:
                server.close()
                del self._hosts[address]
        for address, face in faces.items():
            if address not in self._hosts:
                self._hosts[address] = face, await self._listen(address, face)
        return len(self._hosts)

    async def _listen(self, address: str, face: WebFace) -> asyncio.Server:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
                async with asyncio.timeout(_PATIENCE_S):
                    await reader.readuntil(b"\r\n\r\n")
                    await asyncio.sleep(face.latency_s + self._latency_s)
                    writer.write(_page(face))
                    await writer.drain()
            writer.close()

        try:
            return await asyncio.start_server(answer, address, self._port, ssl=context(address), limit=_LONGEST)
        except OSError as error:
            raise CannotServe("port_taken", protocol="TCP", port=self._port, reason=error.strerror or error) from None


def _page(face: WebFace) -> bytes:
    title = html.escape(face.title)
    body = f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1></html>'.encode()
    phrase = http.HTTPStatus(face.status).phrase
    head = f"HTTP/1.1 {face.status} {phrase}\r\nContent-Type: text/html; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
