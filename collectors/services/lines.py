"""A TCP connection to the first of several addresses that takes it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from collectors.services.endings import Ended, by_network
from collectors.services.names import Place
from inventory.sentences import pack
from inventory.service_facts import ServiceOutcome

#: The next address is tried beside one that is silent for so long (RFC 8305, 5).
STAGGER_S = 0.25


async def connect(places: Sequence[Place]) -> socket.socket:
    """A connected socket; the caller closes it. Raises `Ended` (refused, silent)."""
    waiting = list(places)
    trying: set[asyncio.Task[socket.socket]] = set()
    problems: list[BaseException] = []
    try:
        while waiting or trying:
            if waiting:
                trying.add(asyncio.create_task(_one(waiting.pop(0))))
            done, trying = await asyncio.wait(trying, timeout=STAGGER_S if waiting else None, return_when=asyncio.FIRST_COMPLETED)
            lines = [task.result() for task in done if task.exception() is None]
            problems += [problem for task in done if (problem := task.exception()) is not None]
            for spare in lines[1:]:
                spare.close()
            if lines:
                return lines[0]
    finally:
        await _drop(trying)
    for problem in problems:
        if isinstance(problem, ConnectionRefusedError):
            port = int(places[0][1][1])
            raise Ended(ServiceOutcome.REFUSED, pack("detail.service_refused", port=port))
    for problem in problems:
        if isinstance(problem, OSError):
            raise by_network(problem)
        raise problem
    raise Ended(ServiceOutcome.NO_NAME, pack("detail.service_no_name", host=""))


async def _one(place: Place) -> socket.socket:
    family, address = place
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, address)
    except BaseException:
        line.close()
        raise
    return line


async def _drop(trying: set[asyncio.Task[socket.socket]]) -> None:
    """Give up what is still being tried, also what connects in this moment."""
    for task in trying:
        task.cancel()
    for result in await asyncio.gather(*trying, return_exceptions=True):
        if isinstance(result, socket.socket):
            result.close()
