"""Probes services, each several times, all of them beside each other."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from collectors.background import stream
from collectors.services import names
from collectors.services.attempts import Attempt, Means, attempt
from collectors.services.handshakes import trust_in
from collectors.services.judging import judge
from collectors.services.names import Resolve
from inventory import service_addresses
from inventory.service_facts import Probe, Service


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and how long at most. With these, a probe of any number of silent services takes 31 s for each 16 of them."""

    attempts: int = 3
    pause_s: float = 0.5  # between attempts, so that they do not all meet the same moment
    attempt_s: float = 10.0
    probe_s: float = 31.0  # all attempts at one service
    at_once: int = 16


def probe(
    services: Sequence[Service],
    *,
    clock: Callable[[], int],
    patience: Patience | None = None,
    resolve: Resolve = names.resolve,
    trust: ssl.SSLContext | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Probe]:
    """One `Probe` for each service, as they are done. `trust`: whom to trust; None = whom this machine trusts."""
    patience = patience or Patience()

    async def produce(emit: Callable[[Probe], None]) -> None:
        means = Means(resolve, trust or trust_in())
        gate = asyncio.Semaphore(patience.at_once)

        async def one(service: Service) -> None:
            async with gate:
                emit(judge(service, await _attempts(service, means, patience), clock()))

        async with asyncio.TaskGroup() as group:
            for service in services:
                group.create_task(one(service))

    for done, found in enumerate(stream(produce, "probe"), 1):
        if on_progress is not None:
            on_progress(done, len(services))
        yield found


async def _attempts(service: Service, means: Means, patience: Patience) -> list[Attempt]:
    address = service_addresses.parse(service.url)
    loop = asyncio.get_running_loop()
    ends = loop.time() + patience.probe_s
    made = [await attempt(address, means, min(patience.attempt_s, patience.probe_s))]
    while len(made) < patience.attempts and (left_s := ends - loop.time() - patience.pause_s) > 0:
        await asyncio.sleep(patience.pause_s)
        made.append(await attempt(address, means, min(patience.attempt_s, left_s)))
    return made
