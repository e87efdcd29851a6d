"""The addresses of a host. The system resolves, with its own files, servers and order (RFC 6724)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from collectors.services.endings import Ended
from inventory.sentences import pack
from inventory.service_facts import ServiceOutcome

#: An address family and what `socket.connect` takes.
Place = tuple[int, Any]
Resolve = Callable[[str, int], Awaitable[list[Place]]]

_MOST = 6
#: The name is not there; any other failure is the resolver's.
_NO_SUCH = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


async def resolve(host: str, port: int) -> list[Place]:
    """Addresses of a host, in the system's order. Raises `Ended` (no_name).

    The system's call cannot be broken off. It has a thread of its own that nothing waits for: a pool's would hold up the end
    of the program for as long as name servers are silent.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Place]] = loop.create_future()

    def tell(how: Callable[[Any], None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if found.done() else how(what))

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as problem:
            tell(found.set_exception, problem)
        else:
            tell(found.set_result, list(dict.fromkeys((int(family), place) for family, _, _, _, place in rows)))

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        places = await found
    except socket.gaierror as problem:
        if problem.errno in _NO_SUCH:
            raise Ended(ServiceOutcome.NO_NAME, pack("detail.service_no_name", host=host)) from None
        raise Ended(ServiceOutcome.NO_NAME, pack("detail.service_name_servers", host=host)) from None
    except (OSError, UnicodeError):
        raise Ended(ServiceOutcome.NO_NAME, pack("detail.service_name_servers", host=host)) from None
    return places[:_MOST]
