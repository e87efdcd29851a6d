"""Reading tables over SNMP: our session, net-snmp's snmpbulkwalk and pysnmp's hlapi, on the same agents in the same run.

    python -m benchmarks.snmp_walk [--agents 60] [--processes 2] [--farm FOLDER [--lan] [--loss]]

Without a farm the agents are the simulator's, which share this machine's processors. A farm is a folder with `simd` and
`farm.bin` (200 recorded devices at 127.1.0.1-200) and is never the bottleneck; `--lan` gives it 10 ms of round trip and 200 us
a variable binding, `--loss` 1 % loss.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pysnmp.hlapi.v3arch import asyncio as hlapi

from collectors.asking import Answers, Get, Oid, Walk
from collectors.credentials import SnmpUser
from collectors.pace import Pace, RoundTrip
from collectors.secret import Secret
from collectors.snmp import usm
from collectors.snmp.client import Client
from collectors.snmp.messages import CommunityMessages
from collectors.snmp.session import SnmpSession
from simulator.agent import COUNTER32, GAUGE32, INTEGER, OCTET_STRING, Agent, SnmpFace, Typed, V3User
from simulator.serve import Agents, serve

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
IF_TABLE: Oid = (1, 3, 6, 1, 2, 1, 2, 2)
#: Table -> columns that can be read (IF-MIB, ENTITY-MIB, IP-MIB, BRIDGE-MIB, Q-BRIDGE-MIB, LLDP-MIB).
TABLES: dict[Oid, range] = {
    IF_TABLE: range(1, 23),
    (1, 3, 6, 1, 2, 1, 31, 1, 1): range(1, 20),
    (1, 3, 6, 1, 2, 1, 47, 1, 1, 1): range(2, 18),
    (1, 3, 6, 1, 2, 1, 4, 22): range(1, 5),
    (1, 3, 6, 1, 2, 1, 17, 4, 3): range(1, 4),
    (1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2): range(1, 4),
    (1, 0, 8802, 1, 1, 2, 1, 4, 1): range(1, 13),
}
WALKS = tuple(Walk(tuple((*table, 1, column) for column in columns)) for table, columns in TABLES.items())
PACE = Pace(requests_per_second=math.inf, devices_at_once=200)
USER = SnmpUser("bench", "bench", "SHA-256", Secret("benchmark-auth"), "AES-128", Secret("benchmark-priv"))

Endpoint = tuple[str, int]


def simulated(number: int, ports: int = 48) -> Agent:
    tree: dict[Oid, Typed] = {SYS_NAME: (OCTET_STRING, b"bench-%d" % number)}
    for port in range(1, ports + 1):
        for column, value in {
            1: (INTEGER, port), 2: (OCTET_STRING, b"GigabitEthernet1/0/%d" % port), 3: (INTEGER, 6), 4: (INTEGER, 1500),
            5: (GAUGE32, 10**9), 6: (OCTET_STRING, bytes((0, 27, 33, 0, 0, port))), 7: (INTEGER, 1), 8: (INTEGER, 1 + port % 2),
            10: (COUNTER32, port * 10**7), 16: (COUNTER32, port * 10**7),
        }.items():  # fmt: skip
            tree[*IF_TABLE, 1, column, port] = value
        tree[1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1, port] = (OCTET_STRING, b"Gi1/0/%d" % port)
    for station in range(200):
        tree[1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2, 1, 0, 27, 33, 9, 0, station] = (INTEGER, 1 + station % ports)
    user = V3User("bench", "SHA-256", "benchmark-auth", "AES", "benchmark-priv")
    face = SnmpFace(
        {"public": "ro"}, frozenset({"2c", "3"}), (user,), b"\x80\0\x1f\x88\x04%04d" % number, dict(sorted(tree.items()))
    )
    return Agent(f"127.55.{number // 250}.{number % 250 + 1}", "B", f"bench-{number}", face)


@contextlib.contextmanager
def agents(options: argparse.Namespace) -> Iterator[list[Endpoint]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    if options.farm is None:
        network = [simulated(number) for number in range(options.agents)]
        with serve(Agents(network), snmp_port=port, ssh_port=port):
            yield [(agent.address, port) for agent in network]
        return
    command = [str(options.farm / "simd"), "-f", str(options.farm / "farm.bin"), "-p", str(port)]
    command += ["-d", "10", "-v", "200"] if options.lan else []
    command += ["-l", "1"] if options.loss else []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield [(f"127.1.0.{number}", port) for number in range(1, 201)]
    finally:
        process.terminate()
        process.wait()


# -- the three ------------------------------------------------------------------------------------------------------------


def ours(peers: Sequence[Endpoint], walks: Sequence[Walk] = WALKS) -> tuple[int, int]:
    """(cells, requests)"""

    async def one(client: Client, peer: Endpoint) -> tuple[int, int]:
        session = SnmpSession(client, peer, CommunityMessages("2c", "public"), PACE)
        answers = Answers()
        await session.fetch(walks, answers)
        return sum(map(len, answers.tables.values())), session.requests

    async def run() -> tuple[int, int]:
        async with Client(PACE) as client:
            results = await asyncio.gather(*(one(client, peer) for peer in peers))
        return sum(cells for cells, _ in results), sum(requests for _, requests in results)

    return asyncio.run(run())


def net_snmp(peers: Sequence[Endpoint], processes: int) -> int:
    """Cells, as lines of output."""

    def one(peer: Endpoint) -> int:
        lines = 0
        for table in TABLES:
            command = ["snmpbulkwalk", "-v2c", "-c", "public", "-Onq", "-Cc", "-t", "2", f"{peer[0]}:{peer[1]}"]
            done = subprocess.run([*command, "." + ".".join(map(str, table))], capture_output=True, check=False)
            lines += sum(line.startswith(b".") and b" No " not in line for line in done.stdout.splitlines())
        return lines

    with ThreadPoolExecutor(processes) as pool:
        return sum(pool.map(one, peers))


def pysnmp_walk(peer: Endpoint, table: Oid) -> int:
    async def run() -> int:
        engine = hlapi.SnmpEngine()
        target = await hlapi.UdpTransportTarget.create(peer)
        rows = 0
        async for _, _, _, bindings in hlapi.bulk_walk_cmd(
            engine, hlapi.CommunityData("public"), target, hlapi.ContextData(), 0, 25,
            hlapi.ObjectType(hlapi.ObjectIdentity(table)), lookupMib=False, lexicographicMode=False,
        ):  # fmt: skip
            rows += len(bindings)
        engine.close_dispatcher()
        return rows

    return asyncio.run(run())


def our_secure_gets(peer: Endpoint, count: int) -> None:
    async def run() -> None:
        async with Client(PACE) as client:
            engine = await usm.discover(client, peer, RoundTrip(1.0))
            assert isinstance(engine, usm.Engine)
            session = SnmpSession(client, peer, usm.UserMessages(USER, engine), PACE)
            for _ in range(count):
                answers = Answers()
                await session.fetch([Get((SYS_NAME,))], answers)
                assert answers.get(SYS_NAME)

    asyncio.run(run())


def pysnmp_secure_gets(peer: Endpoint, count: int) -> None:
    async def run() -> None:
        engine = hlapi.SnmpEngine()
        target = await hlapi.UdpTransportTarget.create(peer)
        user = hlapi.UsmUserData(
            "bench", "benchmark-auth", "benchmark-priv", hlapi.usmHMAC192SHA256AuthProtocol, hlapi.usmAesCfb128Protocol
        )
        for _ in range(count):
            wanted = hlapi.ObjectType(hlapi.ObjectIdentity(SYS_NAME))
            trouble, _, _, _ = await hlapi.get_cmd(engine, user, target, hlapi.ContextData(), wanted, lookupMib=False)
            assert not trouble, trouble
        engine.close_dispatcher()

    asyncio.run(run())


# -- measuring ------------------------------------------------------------------------------------------------------------


def measured(call: Callable[[], object]) -> tuple[object, float, float]:
    """(result, wall seconds, processor seconds of this process and its children)"""

    def processor() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in used)

    wall, cpu = time.perf_counter(), processor()
    result = call()
    return result, time.perf_counter() - wall, processor() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--agents", type=int, default=60)
    parser.add_argument("--processes", type=int, default=2, help="of snmpbulkwalk, side by side")
    parser.add_argument("--farm", type=Path, default=os.environ.get("KIEMKE_BENCH_FARM"))
    parser.add_argument("--lan", action="store_true")
    parser.add_argument("--loss", action="store_true")
    options = parser.parse_args()
    options.farm = Path(options.farm) if options.farm else None
    with agents(options) as peers:
        print(f"{len(TABLES)} tables of {len(peers)} agents")
        (cells, requests), wall, cpu = measured(lambda: ours(peers))  # type: ignore[misc]
        line = "{:<28}{:>9} cells {:>7.2f} s wall {:>7.2f} s CPU {:>7.2f} ms CPU a device"
        print(line.format("kiemke", cells, wall, cpu, 1000 * cpu / len(peers)), f"{requests / len(peers):6.1f} requests a device")
        if shutil.which("snmpbulkwalk"):
            theirs, their_wall, their_cpu = measured(lambda: net_snmp(peers, options.processes))
            name = f"snmpbulkwalk, {options.processes} processes"
            print(line.format(name, theirs, their_wall, their_cpu, 1000 * their_cpu / len(peers)))
            print(f"  kiemke is {their_wall / wall:.1f} x as fast in wall time, {their_cpu / cpu:.1f} x in processor time")
        else:
            print("snmpbulkwalk is not installed (apt install snmp)")

        few = peers[:3]
        columns = Walk(tuple((*IF_TABLE, 1, column) for column in TABLES[IF_TABLE]))
        (rows, _), wall, cpu = measured(lambda: ours(few, [columns]))  # type: ignore[misc]
        theirs, their_wall, their_cpu = measured(lambda: sum(pysnmp_walk(peer, IF_TABLE) for peer in few))
        print(f"ifTable of {len(few)}: kiemke {rows} cells, {rows / cpu:,.0f} a CPU second; ", end="")
        print(f"pysnmp hlapi {theirs} cells, {int(str(theirs)) / their_cpu:,.0f}; {their_cpu / cpu:.0f} x")
        if options.farm is None:
            _, _, cpu = measured(lambda: our_secure_gets(peers[0], 1000))
            _, _, their_cpu = measured(lambda: pysnmp_secure_gets(peers[0], 200))
            print(f"v3 authPriv GET: kiemke {cpu:.3f} ms CPU, pysnmp hlapi {5 * their_cpu:.3f} ms; {5 * their_cpu / cpu:.0f} x")


if __name__ == "__main__":
    main()
