"""The process that serves a network's other management ports; started by `simulator.serve`."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.child import obey
from simulator.doors.server import Servers
from simulator.orders import Listen, Seat


async def serve() -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # visitors who break off are no news
    all_servers: list[Servers] = []

    def follow(order: Listen | Seat) -> dict[str, Any]:
        if isinstance(order, Listen):
            all_servers.append(Servers(order.port))
            return {}
        seating = all_servers[0].seat(order.faces)  # type: ignore[arg-type]  # this process is given doors
        return {"agents": asyncio.run_coroutine_threadsafe(seating, loop).result()}

    obey(follow)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
