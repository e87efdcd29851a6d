"""Requests that reading a device costs, by kind, as datagrams counted on loopback; against net-snmp's snmpbulkwalk -Cr10.

    python -m benchmarks.round_trips [RECORDINGS] [--walk 8] [--loss 0.02]

RECORDINGS is a folder of `.snmprec` files, which the simulator serves over UDP; without it the simulated district is read, but
for the agents that misbehave. Sendings are all datagrams, with those that were sent again; requests leave these out.

A typical switch is a device of kind switch with 8 to 52 Ethernet ports and at most 64 interfaces in all, read whole: the fixed
switches of offices, without chassis, and without those that list hundreds of VLANs or tunnels as interfaces.

The peer's requests are what `snmpbulkwalk -Cr10 COLUMN` needs for the same columns, one request for ten rows and one that shows
the end, and a GET for each of our GETs. With `--walk N` and net-snmp installed, N typical switches are really walked, and its
datagrams counted (`-d` prints each), to show that the sum is right.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import shutil
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from collectors import profiles
from collectors.asking import Answers, Oid, Walk
from collectors.interview import interview
from collectors.pace import Pace
from collectors.snmp.client import Client, Endpoint
from collectors.snmp.messages import CommunityMessages
from collectors.snmp.session import SnmpSession
from collectors.tasks import Target
from inventory.facts import Observation, Outcome
from simulator.agent import SnmpFault
from simulator.district import load
from simulator.serve import Agents, Running, serve, serve_recordings

ETHERNET = frozenset({6, 62, 69, 117})  # IANAifType: the older numbers for fast and gigabit Ethernet with it
LARGEST = 300_000  # octets of a recording; beyond are chassis with tens of thousands of rows
AT_ONCE = 8
PEER_ROWS = 10


class Counting(Client):
    """Counts what is sent, by address."""

    def __init__(self, pace: Pace) -> None:
        super().__init__(pace)
        self.sendings: dict[str, int] = defaultdict(int)

    async def _send(self, packet: bytes, endpoint: Endpoint) -> bool:
        self.sendings[endpoint[0]] += 1
        return await super()._send(packet, endpoint)


def typical_switch(seen: Observation) -> bool:
    """A fixed switch, read whole: 8 to 52 Ethernet ports, no hundreds of VLANs or tunnels among the interfaces."""
    kind = seen.identity.kind if seen.identity else None
    ports = seen.interfaces or ()
    ethernet = sum(port.type in ETHERNET for port in ports)
    return bool(kind and kind.value == "switch" and seen.outcome is Outcome.ANSWERED and 8 <= ethernet <= 52 and len(ports) <= 64)


@dataclass(frozen=True)
class Read:
    """One device that was read: what it cost, and what the peer would have sent for the same."""

    name: str
    address: str
    community: str
    seen: Observation
    requests: int
    sendings: int
    gets: int
    peer: int
    columns: tuple[Oid, ...]

    @property
    def kind(self) -> str:
        who = self.seen.identity
        return who.kind.value if who and who.kind else "unknown"

    @property
    def tells_nothing_else(self) -> bool:
        seen = self.seen
        return not any((seen.interfaces, seen.components, seen.neighbours, seen.health, seen.addresses))


async def read(client: Counting, name: str, endpoint: Endpoint, community: str, pace: Pace, known: profiles.Profiles) -> Read:
    """An interview as a scan holds it."""
    session = SnmpSession(client, endpoint, CommunityMessages("2c", community), pace)
    conversation = interview(Target(endpoint[0], ""), int(time.time()), known)
    answers = Answers()
    columns: dict[Oid, None] = {}
    gets = 0
    try:
        requests = next(conversation)
        while True:
            await session.fetch(requests, answers)
            for request in requests:
                gets += not isinstance(request, Walk)
                if isinstance(request, Walk) and request.limit > 1:
                    columns |= dict.fromkeys(request.columns)
            requests = conversation.send(answers)
    except StopIteration as end:
        seen: Observation = end.value
    peer = gets + sum(len(answers.column(column)) // PEER_ROWS + 1 for column in columns)
    sendings = client.sendings[endpoint[0]]
    return Read(name, endpoint[0], community, seen, session.requests, sendings, gets, peer, tuple(columns))


async def read_all(devices: Sequence[tuple[str, Endpoint, str]]) -> list[Read]:
    known = profiles.load()
    pace = Pace(requests_per_second=math.inf)
    turn = asyncio.Semaphore(AT_ONCE)
    async with Counting(pace) as client:

        async def one(name: str, endpoint: Endpoint, community: str) -> Read:
            async with turn:
                return await read(client, name, endpoint, community, pace, known)

        return await asyncio.gather(*(one(*device) for device in devices))


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def recordings(folder: Path, port: int, loss: float) -> tuple[AbstractContextManager[Running], list[tuple[str, Endpoint, str]]]:
    usable = [path for path in sorted(folder.rglob("*.snmprec")) if path.stat().st_size < LARGEST]
    if not usable:
        sys.exit(f"{folder}: no recordings (*.snmprec)")
    serving = serve_recordings(usable, snmp_port=port, ssh_port=port + 1, loss=loss)
    return serving, [(path.stem, (address, port), "public") for address, path in serving.recordings.items()]


def district(port: int, loss: float) -> tuple[AbstractContextManager[Running], list[tuple[str, Endpoint, str]]]:
    plan = load()
    network = plan.at(plan.today)
    readable = {device.address for device in network.running if network.snmp_readable(device)}
    sound = SnmpFault()
    agents = [
        agent
        for agent in network.agents
        if agent.address in readable
        and agent.snmp
        and "2c" in agent.snmp.versions
        and agent.snmp.communities
        and agent.snmp.fault == sound
    ]
    devices = [(one.name, (one.address, port), next(iter(one.snmp.communities))) for one in agents if one.snmp]
    return serve(Agents(agents), snmp_port=port, ssh_port=port + 1, loss=loss), devices


def ninetieth(numbers: Iterable[int]) -> int:
    ordered = sorted(numbers)
    return ordered[math.ceil(len(ordered) * 0.9) - 1]


def line(name: str, group: Sequence[Read]) -> str:
    asked, sent, peer = [one.requests for one in group], [one.sendings for one in group], [one.peer for one in group]
    return (
        f"{name:34} {len(group):5}  {median(asked):7.0f} {ninetieth(asked):4} {max(asked):5}  "
        f"{median(sent):7.0f} {ninetieth(sent):4}  {median(peer):7.0f} {ninetieth(peer):5}"
    )


def walked(one: Read, port: int) -> int:
    """Datagrams that snmpbulkwalk sends for the columns of a device."""
    command = ["snmpbulkwalk", "-v2c", "-c", one.community, "-Cr10", "-d", "-On", "-m", "", f"{one.address}:{port}"]
    sent = 0
    for column in one.columns:
        told = subprocess.run([*command, "." + ".".join(map(str, column))], capture_output=True, check=False)
        sent += (told.stdout + told.stderr).count(b"Sending ")
    return sent


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recordings", type=Path, nargs="?")
    parser.add_argument("--walk", type=int, default=0, metavar="N", help="walk N typical switches with snmpbulkwalk too")
    parser.add_argument("--loss", type=float, default=0.0, help="share of requests that get no answer, 0 to 1")
    options = parser.parse_args()
    port = free_port()
    serving, devices = recordings(options.recordings, port, options.loss) if options.recordings else district(port, options.loss)
    with serving:
        began = time.process_time()
        every = asyncio.run(read_all(devices))
        cpu = time.process_time() - began
        kinds: dict[str, list[Read]] = defaultdict(list)
        for one in every:
            kinds[one.kind].append(one)
        print(f"{'':34} {'':5}  {'requests':^18}  {'sendings':^12}  {'bulkwalk -Cr10':^13}")
        print(f"{'':34} {'n':>5}  {'median':>7} {'90 %':>4} {'most':>5}  {'median':>7} {'90 %':>4}  {'median':>7} {'90 %':>5}")
        for kind, group in sorted(kinds.items(), key=lambda pair: -len(pair[1])):
            print(line(kind, group))
        print(line("all", every))
        typical = [one for one in every if typical_switch(one.seen)]
        for name, group in (
            ("typical switches", typical),
            ("the system group and nothing else", [one for one in every if one.tells_nothing_else]),
        ):
            if group:
                print(line(name, group))
        print(f"{cpu:.1f} s of processor time here, {sum(one.requests for one in every)} requests")
        if options.walk:
            if not shutil.which("snmpbulkwalk"):
                sys.exit("snmpbulkwalk is not installed: apt install snmp")
            for one in typical[:: max(1, len(typical) // options.walk)][: options.walk]:
                theirs = walked(one, port) + one.gets
                print(f"{one.name:34} ours {one.requests:4}  snmpbulkwalk {theirs:5}  computed {one.peer:5}")


if __name__ == "__main__":
    main()
