"""One GET of HTTP/1.1 (RFC 9112), without cookies, and as much of the answer as it takes to see that it comes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from collectors.services.endings import Ended
from inventory.sentences import pack
from inventory.service_addresses import ServiceAddress
from inventory.service_facts import ServiceOutcome

AGENT = "KiemKe-probe/1 (availability check of the office network inventory; reads one page)"
MOST_HEAD = 65_536
MOST_BODY = 65_536  # an endless page is not read to its end
REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110, 15.4
#: Asks who we are (RFC 9110, 15.5.2): it works, for those who have an account.
ASKS_WHO = 401

_BEGINS = b"HTTP/"
_STATUS = re.compile(rb"HTTP/1\.\d (\d{3})(?: [^\r\n]*)?")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str | None = None  # where it leads, of a redirect


def request(address: ServiceAddress) -> bytes:
    lines = (
        f"GET {address.path} HTTP/1.1",
        f"Host: {address.authority}",
        f"User-Agent: {AGENT}",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii")


async def read(reader: asyncio.StreamReader, on_first_byte: Callable[[], None]) -> Answer:
    """The answer to a request that was sent. Raises `Ended` (garbled), OSError."""
    begins = b""
    while len(begins) < len(_BEGINS):  # what is something else is seen to be so at its first byte
        piece = await reader.read(len(_BEGINS) - len(begins))
        if not piece:
            raise Ended(ServiceOutcome.GARBLED, pack("detail.service_closed"))
        if not begins:
            on_first_byte()
        begins += piece
        if not _BEGINS.startswith(begins):
            raise Ended(ServiceOutcome.GARBLED, pack("detail.service_no_http"))
    left = MOST_HEAD
    while True:
        status, fields, left = await _head(reader, begins, left)
        if not 100 <= status < 200 or status == 101:
            break
        begins = b""  # informational; the answer follows (RFC 9110, 15.2)
    if status in REDIRECTS and b"location" in fields:
        return Answer(status, fields[b"location"].decode("utf-8", "replace"))
    if status not in (204, 304):
        await _body(reader, fields)
    return Answer(status)


async def _head(reader: asyncio.StreamReader, begins: bytes, left: int) -> tuple[int, dict[bytes, bytes], int]:
    """Status, fields by lower-case name, and how many more bytes a head may have."""
    first = begins + await _line(reader)
    found = _STATUS.fullmatch(first.rstrip(b"\r\n"))
    if found is None:
        raise Ended(ServiceOutcome.GARBLED, pack("detail.service_no_http"))
    fields: dict[bytes, bytes] = {}
    left -= len(first)
    while (line := await _line(reader)).strip():
        left -= len(line)
        if left < 0:
            raise Ended(ServiceOutcome.GARBLED, pack("detail.service_no_http"))
        name, _, value = line.partition(b":")
        fields.setdefault(name.strip().lower(), value.strip())
    return int(found[1]), fields, left


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        line = await reader.readline()
    except ValueError:  # longer than the reader's limit
        raise Ended(ServiceOutcome.GARBLED, pack("detail.service_no_http")) from None
    if not line.endswith(b"\n"):
        raise Ended(ServiceOutcome.GARBLED, pack("detail.service_cut"))
    return line


async def _body(reader: asyncio.StreamReader, fields: dict[bytes, bytes]) -> None:
    """Read to the end or `MOST_BODY`, whichever is first. Raises `Ended` where less comes than was promised."""
    chunked = b"chunked" in fields.get(b"transfer-encoding", b"").lower()
    told = fields.get(b"content-length", b"")
    promised = int(told) if told.isdigit() and len(told) < 16 and not chunked else None
    left, tail = min(MOST_BODY, MOST_BODY if promised is None else promised), b""
    while left > 0:
        piece = await reader.read(min(left, 16_384))
        if not piece:
            if promised is not None or chunked:
                raise Ended(ServiceOutcome.GARBLED, pack("detail.service_cut"))
            return
        left -= len(piece)
        tail = (tail + piece)[-7:]
        if chunked and (tail.endswith(b"\r\n0\r\n\r\n") or tail == b"0\r\n\r\n"):  # the last chunk (RFC 9112, 7.1)
            return
