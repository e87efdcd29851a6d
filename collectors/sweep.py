"""Who answers at these addresses, over SNMP and SSH, and with which of the listed credentials. Stores nothing.

Credentials are tried sparingly: only those listed for an address, each at most twice (once, and once more for loss), and never
over SSH, where the banner tells enough.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from collectors import banners
from collectors.background import stream
from collectors.credentials import UnknownCredential, Vault
from collectors.pace import Bucket, Pace
from collectors.snmp import knocking
from collectors.snmp.client import Client
from collectors.tasks import Answering, Target

#: Called with how much is done and how much there is.
Progress = Callable[[int, int], None]


def sweep(
    targets: Sequence[Target], credentials: Vault, *, pace: Pace, on_progress: Progress | None = None
) -> Iterator[Answering]:
    """One `Answering` for each target and protocol that has credentials listed, as they are found; silent ones come last.

    Packets are sent at `pace.sweep_packets_per_second`. Raises CredentialProblem where what is written about a credential is
    wrong; one that is missing on this machine is passed over (NO_CREDENTIAL where something answers all the same).
    """
    by_snmp = [target for target in targets if target.snmp]
    by_ssh = [target for target in targets if target.ssh]
    total = knocking.waves(by_snmp) * len(by_snmp) + len(by_ssh)

    async def produce(emit: Callable[[Answering | int], None]) -> None:
        bucket = Bucket(pace.sweep_packets_per_second)
        async with Client(pace, bucket) as client, asyncio.TaskGroup() as group:
            if by_snmp:
                group.create_task(knocking.knock_all(by_snmp, credentials, client, pace, emit, emit))
            if by_ssh:
                group.create_task(banners.knock_all(by_ssh, _login_names(credentials), pace, bucket, emit))

    done = 0
    for item in stream(produce, "sweep"):
        if isinstance(item, Answering):
            done += item.protocol == "ssh"
        else:
            done += item
        if on_progress is not None:
            on_progress(min(done, total), total)
        if isinstance(item, Answering):
            yield item
    if on_progress is not None:
        on_progress(total, total)


def _login_names(credentials: Vault) -> Callable[[Target], str | None]:
    known: dict[str, bool] = {}

    def usable(name: str) -> bool:
        if name not in known:
            try:
                credentials.login(name)
            except UnknownCredential:
                known[name] = False
            else:
                known[name] = True
        return known[name]

    return lambda target: next((name for name in target.ssh if usable(name)), None)
