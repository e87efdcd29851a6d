"""The simulator's processes: how they start, move to another day, and end."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from simulator.agent import Agent, LazyTree, SshFace, WebFace
from simulator.serve import WEB_ABOVE_SSH, Agents, CannotServe, serve, serve_recordings
from simulator.web import certificates
from tests.simulator.small import face as snmp_face

SNMP_PORT, SSH_PORT = 16180, 16080


def ssh_face(platform: str, prompt: str) -> SshFace:
    return SshFace(platform, {"admin": "right"}, "seed", "Test-1.0", prompt)


def with_simulator() -> dict[str, str]:
    """The environment of a program that imports the simulator."""
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def test_a_taken_port_is_said_in_one_sentence() -> None:
    agents = Agents([Agent("127.9.20.1", "", "one", snmp_face(), ssh_face("huawei", "<SW1>"))])
    with serve(agents, snmp_port=SNMP_PORT, ssh_port=SSH_PORT) as running:
        with pytest.raises(CannotServe, match=rf"^Cannot listen on UDP port {SNMP_PORT}: .*choose another port\.$"):
            serve(agents, snmp_port=SNMP_PORT, ssh_port=SSH_PORT + 1)
        with pytest.raises(CannotServe, match=rf"^Cannot listen on TCP port {SSH_PORT}: .*choose another port\.$") as taken:
            serve(agents, snmp_port=SNMP_PORT + 1, ssh_port=SSH_PORT)
        assert running.alive
    assert taken.value.key == "port_taken"
    assert taken.value.values["port"] == SSH_PORT


def test_what_is_not_loopback_is_not_simulated() -> None:
    with pytest.raises(CannotServe, match=r"10\.1\.1\.1"):
        serve(Agents([Agent("10.1.1.1", "", "elsewhere", snmp_face())]), snmp_port=SNMP_PORT + 1, ssh_port=SSH_PORT + 1)
    twice = Agent("127.9.20.1", "", "one", snmp_face())
    with pytest.raises(CannotServe, match=r"127\.9\.20\.1"):
        serve(Agents([twice, twice]), snmp_port=SNMP_PORT + 1, ssh_port=SSH_PORT + 1)


def snmp_answers(address: str, port: int) -> bool:
    request = bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010105000500")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        sock.sendto(request, (address, port))
        try:
            return bool(sock.recv(2000))
        except TimeoutError:
            return False


def test_another_day_of_the_network_takes_the_places() -> None:
    port = SSH_PORT + 2
    first = Agents(
        [Agent("127.9.23.1", "", "stays", snmp_face(), ssh_face("huawei", "<SW1>")), Agent("127.9.23.2", "", "goes", snmp_face())]
    )
    second = Agents([replace(first.agents[0], ssh=ssh_face("cisco_ios", "SW1#")), Agent("127.9.23.3", "", "comes", snmp_face())])
    with serve(first, snmp_port=SNMP_PORT + 2, ssh_port=port) as network:
        assert [snmp_answers(f"127.9.23.{n}", SNMP_PORT + 2) for n in (1, 2, 3)] == [True, True, False]
        network.move_to(second)
        assert [snmp_answers(f"127.9.23.{n}", SNMP_PORT + 2) for n in (1, 2, 3)] == [True, False, True]
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect("127.9.23.1", port, "admin", "right", allow_agent=False, look_for_keys=False)
        assert client.invoke_shell().recv(100) == b"SW1#"
        client.close()
        pids = network.pids
        assert network.alive
    assert not any(_exists(pid) for pid in pids)


def test_shared_services_are_pages_that_the_authority_certifies() -> None:
    port = SSH_PORT + 7
    works, broken = WebFace("Quản lý <văn bản>"), WebFace("Một cửa", status=503, latency_s=0.05)
    network = Agents([Agent("127.9.25.1", "", "works", web=works), Agent("127.9.25.2", "", "broken", web=broken)])

    def asked(address: str, authority: str) -> tuple[int, str]:
        trust = ssl.create_default_context(cadata=authority) if authority else ssl.create_default_context()
        connection = http.client.HTTPSConnection(address, port + WEB_ABOVE_SSH, context=trust, timeout=5)
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    with serve(network, snmp_port=SNMP_PORT + 7, ssh_port=port) as running:
        status, page = asked("127.9.25.1", certificates.authority())
        assert status == 200
        assert "Quản lý &lt;văn bản&gt;" in page
        assert asked("127.9.25.2", certificates.authority())[0] == 503
        with pytest.raises(ssl.SSLCertVerificationError):
            asked("127.9.25.1", "")
        running.move_to(Agents([replace(network.agents[1], web=works)]))
        assert asked("127.9.25.2", certificates.authority())[0] == 200
        with pytest.raises(OSError, match="refused"):
            asked("127.9.25.1", certificates.authority())


def test_recordings_are_served_an_address_each(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.snmprec").write_text(f"1.3.6.1.2.1.1.1.0|4|recording {name}\n", encoding="ascii")
    with serve_recordings(tmp_path, snmp_port=SNMP_PORT + 4, ssh_port=SSH_PORT + 4) as running:
        assert {address: path.name for address, path in running.recordings.items()} == {
            "127.1.0.1": "a.snmprec",
            "127.1.0.2": "b.snmprec",
        }
        assert [snmp_answers(f"127.1.0.{n}", SNMP_PORT + 4) for n in (1, 2, 3)] == [True, True, False]
    with serve_recordings({"127.1.2.3": tmp_path / "a.snmprec"}, snmp_port=SNMP_PORT + 4, ssh_port=SSH_PORT + 4):
        assert snmp_answers("127.1.2.3", SNMP_PORT + 4)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotServe, match=r"no \.snmprec file"):
        serve_recordings(tmp_path / "empty")


def test_a_tree_that_cannot_travel_is_sent_as_its_rows() -> None:
    lazy = LazyTree(lambda: {(1, 3, 6, 1, 2, 1, 1, 1, 0): (0x04, b"made late")})
    agents = Agents([Agent("127.9.25.1", "", "lazy", snmp_face(objects=lazy))])
    with serve(agents, snmp_port=SNMP_PORT + 5, ssh_port=SSH_PORT + 5):
        assert snmp_answers("127.9.25.1", SNMP_PORT + 5)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_served_network_ends_in_order_when_it_is_told_to(tmp_path: Path, stop: signal.Signals) -> None:
    program = tmp_path / "waits.py"
    program.write_text(
        "from simulator.agent import Agent, SshFace\nfrom simulator.serve import Agents, run_until_stopped, serve\n"
        f"running = serve(Agents([]), snmp_port={SNMP_PORT + 6}, ssh_port={SSH_PORT + 6})\n"
        "print(*running.pids, flush=True)\nrun_until_stopped(running)\nprint('in order', flush=True)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, env=with_simulator())
    assert process.stdout
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert all(map(_exists, pids))
    time.sleep(0.3)  # until it waits
    process.send_signal(stop)
    assert process.communicate(timeout=10)[0] == b"in order\n"
    assert process.returncode == 0
    assert not any(map(_exists, pids))


def test_the_simulator_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    program = tmp_path / "starts.py"
    program.write_text(
        "import sys\nfrom simulator.agent import Agent, SshFace, LinuxFacts\nfrom simulator.serve import Agents, serve\n"
        "face = SshFace('linux', {}, 's', 'b', '$ ', linux=LinuxFacts({}, {}))\n"
        f"running = serve(Agents([Agent('127.9.24.1', '', 'a', ssh=face)]), snmp_port={SNMP_PORT + 3}, ssh_port={SSH_PORT + 3})\n"
        "print(*running.pids, flush=True)\nsys.stdin.read()\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=with_simulator())
    assert process.stdout
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2
    assert all(map(_exists, pids))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 5
    while any(map(_exists, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_exists, pids))


def _exists(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
