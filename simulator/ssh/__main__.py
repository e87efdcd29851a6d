"""The process that serves a network's SSH servers; started by `simulator.serve`."""

from __future__ import annotations

import asyncio
import logging
import resource
import shutil
import tempfile
from pathlib import Path
from typing import Any

from simulator.child import obey
from simulator.orders import Listen, Seat
from simulator.ssh.server import CommandLog, Servers


async def serve() -> None:
    loop = asyncio.get_running_loop()
    all_servers: list[Servers] = []
    folder = Path(tempfile.mkdtemp(prefix="kiemke-simulator-"))
    folder.chmod(0o755)  # scripts run as nobody where we are root

    def follow(order: Listen | Seat) -> dict[str, Any]:
        if isinstance(order, Listen):
            all_servers.append(Servers(order.port, CommandLog(order.command_log), folder, order.latency_s))
            return {}
        seating = all_servers[0].seat(order.faces)  # type: ignore[arg-type]  # the SSH process is given SSH faces
        return {"agents": asyncio.run_coroutine_threadsafe(seating, loop).result()}

    obey(follow, at_end=lambda: shutil.rmtree(folder, ignore_errors=True))
    await asyncio.Event().wait()


def main() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)  # visitors who leave are no news
    asyncio.run(serve())


if __name__ == "__main__":
    main()
