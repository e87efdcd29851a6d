"""Requests per second of a simulated SNMP agent, as a ratio to net-snmp's snmpd with the same objects in the same run.

    python -m benchmarks.simulated_agents [--seconds 2] [--agents 400]

One client process keeps a window of requests outstanding. snmpd (Debian's `snmpd`) serves the same 10 columns of 60 rows from
static `override` lines, so both answer from memory; the simulated agents are asked in turn, 400 addresses on one socket.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from simulator.agent import Agent, Oid, SnmpFace, Typed, V3User
from simulator.serve import Agents, serve
from simulator.snmp import ber

COLUMNS: tuple[Oid, ...] = tuple((1, 3, 6, 1, 4, 1, 32473, 2, 2, 1, column) for column in range(1, 11))
ROWS = 60
WINDOW = 24
COMMUNITY = "public"


def objects() -> dict[Oid, Typed]:
    tree: dict[Oid, Typed] = {(1, 3, 6, 1, 2, 1, 1, 5, 0): (0x04, b"SW-LAPTHACH-01")}
    for number, column in enumerate(COLUMNS):
        for row in range(1, ROWS + 1):
            tree[(*column, row)] = (0x04, b"GigabitEthernet0/%d" % row) if number % 2 else (0x02, row * 1_000_000)
    return tree


def request(tag: int, second: int, third: int, names: list[Oid]) -> bytes:
    varbinds = b"".join(ber.varbind(ber.oid_content(name), ber.NULL) for name in names)
    pdu = ber.tlv(tag, ber.integer(4711) + ber.integer(second) + ber.integer(third) + ber.tlv(ber.SEQUENCE, varbinds))
    return ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.tlv(4, COMMUNITY.encode()) + pdu)


REQUESTS = {
    "GET of one scalar": request(0xA0, 0, 0, [(1, 3, 6, 1, 2, 1, 1, 5, 0)]),
    "GETBULK of 10 columns x 10 rows": request(0xA5, 0, 10, list(COLUMNS)),
}


def rate(peers: list[tuple[str, int]], data: bytes, seconds: float) -> tuple[float, float]:
    """(answers per second, octets of the last answer), with a window of requests outstanding."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.setblocking(False)
    outstanding = answers = asked = size = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        while outstanding < WINDOW:
            sock.sendto(data, peers[asked % len(peers)])
            asked += 1
            outstanding += 1
        if not select.select([sock], [], [], 0.5)[0]:
            outstanding = 0
            continue
        while outstanding:
            try:
                size = len(sock.recv(65535))
            except BlockingIOError:
                break
            answers += 1
            outstanding -= 1
    return answers / (time.perf_counter() - began), size


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def snmpd(folder: Path, port: int) -> subprocess.Popen[bytes]:
    lines = [f"rocommunity {COMMUNITY} 127.0.0.1", f"agentaddress udp:127.0.0.1:{port}"]
    for oid, (tag, value) in objects().items():
        dotted = "." + ".".join(map(str, oid))
        text = value.decode() if isinstance(value, bytes) else value
        lines.append(f"override {dotted} {'octet_str' if tag == 0x04 else 'integer'} {text}")
    (folder / "snmpd.conf").write_text("\n".join(lines) + "\n", encoding="ascii")
    program = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or sys.exit(
        "snmpd is not installed: apt install snmpd"
    )
    command = [program, "-f", "-C", "-c", str(folder / "snmpd.conf"), "-LE", "0", "-I", "-", "-p", str(folder / "pid")]
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--agents", type=int, default=400)
    parser.add_argument("--port", type=int, default=16190)
    options = parser.parse_args()
    tree = objects()
    user = V3User("kiemke", "SHA-256", "a-made-up-secret", "AES", "another-made-up-one")
    face = SnmpFace({COMMUNITY: "ro"}, frozenset({"1", "2c", "3"}), (user,), b"\x80\x00\x7e\xd9\x04bench", tree, max_message=8192)
    agents = [Agent(f"127.7.{n // 250}.{n % 250 + 1}", "", f"agent {n}", face) for n in range(options.agents)]
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with serve(Agents(agents), snmp_port=options.port, ssh_port=options.port + 1) as running:
            print(f"{options.agents} agents of {len(tree)} objects ready in {time.perf_counter() - began:.2f} s")
            peer = snmpd(Path(folder), options.port + 2)
            try:
                time.sleep(1.5)
                for name, data in REQUESTS.items():
                    ours: list[float] = []
                    theirs: list[float] = []
                    for _ in range(3):  # in turn, so that a busy machine is as busy for both
                        before = cpu_seconds(running.pids[0])
                        per_s, size = rate([(agent.address, options.port) for agent in agents], data, options.seconds)
                        ours.append(per_s)
                        cpu = (cpu_seconds(running.pids[0]) - before) / (ours[-1] * options.seconds)
                        per_s, snmpd_size = rate([("127.0.0.1", options.port + 2)], data, options.seconds)
                        theirs.append(per_s)
                    if size != snmpd_size:
                        sys.exit(f"{name}: answers of {size} and {snmpd_size} octets; the comparison is void")
                    results[name] = {
                        "agent_per_s": round(max(ours)),
                        "agent_cpu_us": round(cpu * 1e6, 1),
                        "snmpd_per_s": round(max(theirs)),
                        "ratio": round(max(ours) / max(1, *theirs), 2),
                    }
                    print(f"{name}: {json.dumps(results[name])}")
            finally:
                peer.terminate()
                peer.wait()


if __name__ == "__main__":
    main()
