"""Who answers among 4,094 addresses: our sweep beside onesixtyone and nmap (where they are installed) and net-snmp's snmpget.

    python -m benchmarks.sweep [--farm FOLDER [--loss]] [--rate PACKETS_PER_SECOND]

Without a farm a small child process listens on all of 127.1.0.0/20 and answers 200 addresses. A farm is a folder with `simd` and
`farm.bin`: 200 recorded devices at 127.1.0.1-200, the others silent. snmpget asks one in sixteen and is scaled up.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collectors.credentials import Vault
from collectors.pace import Pace
from collectors.sweep import sweep
from collectors.tasks import Target
from inventory.facts import Outcome

ADDRESSES = [f"127.1.{number // 256}.{number % 256}" for number in range(1, 4095)]
#: Answers a GET from 127.1.0.1-200 by echoing it as a response, from the address that was asked; the others are silent.
RESPONDER = """
import select, socket, sys
port = int(sys.argv[1])
waiting = select.epoll()
lines = {}
for number in range(1, 4095):
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind((f"127.1.{number // 256}.{number % 256}", port))
    lines[line.fileno()] = (line, number <= 200)
    waiting.register(line.fileno(), select.EPOLLIN)
print("ready", flush=True)
while True:
    for descriptor, _ in waiting.poll():
        line, answers = lines[descriptor]
        data, source = line.recvfrom(2048)
        if answers:
            line.sendto(data.replace(b"public\\xa0", b"public\\xa2", 1), source)
"""


@contextlib.contextmanager
def agents(options: argparse.Namespace) -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    if options.farm:
        command = [str(options.farm / "simd"), "-f", str(options.farm / "farm.bin"), "-p", str(port)]
        command += ["-l", "1"] if options.loss else []
    else:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        command = [sys.executable, "-c", RESPONDER, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if options.farm:
            time.sleep(1)
        else:
            assert process.stdout is not None
            process.stdout.readline()
        yield port
    finally:
        process.kill()
        process.communicate()


def ours(port: int, rate: float) -> int:
    credentials = Vault("/nonexistent", {"KIEMKE_CREDENTIAL_READ_SECRET": "public"})
    targets = [Target(address, "B", port, 22, ("read",)) for address in ADDRESSES]
    pace = Pace(sweep_packets_per_second=rate, timeout_s=1.0)
    return sum(answer.outcome is Outcome.ANSWERED for answer in sweep(targets, credentials, pace=pace))


def onesixtyone(port: int) -> int:
    done = subprocess.run(
        ["onesixtyone", "-p", str(port), "-w", "1", "-i", "/dev/stdin", "public"],
        input="\n".join(ADDRESSES).encode(), capture_output=True, check=False,
    )  # fmt: skip
    return sum(b"[public]" in line for line in done.stdout.splitlines())


def nmap(port: int) -> int:
    command = ["nmap", "-sU", "-n", "-Pn", "-T4", "--min-rate", "2000", "-p", str(port), "-oG", "-", "-iL", "/dev/stdin"]
    done = subprocess.run(command, input="\n".join(ADDRESSES).encode(), capture_output=True, check=False)
    return sum(b"/open/" in line for line in done.stdout.splitlines())


def snmpget(port: int) -> int:
    def one(address: str) -> bool:
        command = ["snmpget", "-v2c", "-c", "public", "-r", "1", "-t", "1", f"{address}:{port}", ".1.3.6.1.2.1.1.2.0"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    with ThreadPoolExecutor(64) as pool:
        return sum(pool.map(one, ADDRESSES[::16]))


def measured(call: Callable[[], int]) -> tuple[int, float]:
    started = time.perf_counter()
    return call(), time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--farm", type=Path, default=os.environ.get("KIEMKE_BENCH_FARM"))
    parser.add_argument("--loss", action="store_true")
    parser.add_argument("--rate", type=float, default=math.inf)
    options = parser.parse_args()
    options.farm = Path(options.farm) if options.farm else None
    with agents(options) as port:
        cpu = time.process_time()
        found, wall = measured(lambda: ours(port, options.rate))
        print(f"kiemke sweep, two passes: {found} found in {wall:.2f} s, {time.process_time() - cpu:.2f} s CPU")
        peers: list[tuple[str, Callable[[int], int], int]] = [
            ("onesixtyone", onesixtyone, 1), ("nmap", nmap, 1), ("snmpget", snmpget, 16),
        ]  # fmt: skip
        for name, peer, part in peers:
            if shutil.which(name) is None:
                print(f"{name} is not installed")
                continue
            theirs, their_wall = measured(lambda peer=peer: peer(port))  # type: ignore[misc]
            scaled = f" for a {part}th of the addresses" if part > 1 else ""
            print(f"{name}: {theirs} found in {their_wall:.2f} s{scaled}; kiemke is {part * their_wall / wall:.1f} x as fast")


if __name__ == "__main__":
    main()
