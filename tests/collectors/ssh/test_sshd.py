"""Against Debian's own sshd: Linux is collected, host keys are held to, failures are told apart."""

from __future__ import annotations

import logging
import os
import platform
import re
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.credentials import Login
from collectors.secret import Secret
from collectors.ssh import collect
from collectors.ssh.host_keys import known
from inventory.facts import Outcome, Topic
from reports.texts import texts

from .conftest import CANARY, Daemon, free_port, task

SAY = texts("en")
Sshd = Callable[..., Daemon]


def test_linux_is_collected(start_sshd: Sshd, known_hosts: Path) -> None:
    sshd = start_sshd()
    said = collect(task(sshd.port), sshd.login, known_hosts, clock=lambda: 1_700_000_000)
    assert (said.outcome, said.detail) == (Outcome.ANSWERED, "")
    assert said.observed_at == 1_700_000_000
    assert said.identity is not None
    assert said.identity.sys_name == socket.gethostname()
    assert said.identity.os_version is not None
    assert said.identity.os_version.value == platform.freedesktop_os_release()["PRETTY_NAME"]
    assert said.identity.uptime_s is not None
    assert abs(said.identity.uptime_s - float(Path("/proc/uptime").read_text().split()[0])) < 60
    names = {i.name for i in said.interfaces or ()}
    assert names == {p.name for p in Path("/sys/class/net").iterdir() if p.is_dir()}
    loopback = next(i for i in said.interfaces or () if i.name == "lo")
    assert (loopback.mac, loopback.oper_up, loopback.index) == (None, True, 1)
    assert said.addresses is not None
    assert "127.0.0.1" in {own.address for own in said.addresses.own or ()}
    memory = next(r.value for r in said.health or () if r.metric == "memory_total")
    assert memory == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert {said.topics[t.value] for t in (Topic.IDENTITY, Topic.INTERFACES, Topic.HEALTH)} == {Outcome.ANSWERED}
    assert any(re.match(r"ssh: [a-z][\w@.-]+ ssh-ed25519 256 ", note) for note in said.notes)
    assert not any("weak" in note for note in said.notes)


def test_a_host_key_is_trusted_once_and_then_held_to(start_sshd: Sshd, known_hosts: Path) -> None:
    sshd = start_sshd()
    known_hosts.write_text("# kept\n192.0.2.1 ssh-ed25519 AAAA")  # without a newline at its end
    first = collect(task(sshd.port), sshd.login, known_hosts, clock=lambda: 0)
    assert "ssh: host key trusted on first use" in first.notes
    assert stat.S_IMODE(known_hosts.stat().st_mode) == 0o600
    assert known_hosts.read_text().startswith("# kept\n192.0.2.1 ssh-ed25519 AAAA\n[127.0.0.1]:")
    assert subprocess.run(["ssh-keygen", "-F", f"[127.0.0.1]:{sshd.port}", "-f", known_hosts], check=False).returncode == 0
    again = collect(task(sshd.port), sshd.login, known_hosts, clock=lambda: 0)
    assert again.outcome is Outcome.ANSWERED
    assert "ssh: host key trusted on first use" not in again.notes


@pytest.mark.parametrize("key_type", ["ed25519", "ecdsa"])
def test_a_changed_key_is_refused_before_any_password_is_sent(start_sshd: Sshd, known_hosts: Path, key_type: str) -> None:
    before = start_sshd()
    collect(task(before.port), before.login, known_hosts, clock=lambda: 0)
    impostor = start_sshd(key_type=key_type)
    text = known_hosts.read_text().replace(f":{before.port} ", f":{impostor.port} ")
    known_hosts.write_text(text)
    login = Login("login", impostor.user, Secret(CANARY))
    said = collect(task(impostor.port), login, known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.HOST_KEY_CHANGED
    assert f"line 1 of {known_hosts}" in SAY.told(said.detail)
    assert "SHA256:" in SAY.told(said.detail)
    assert known_hosts.read_text() == text
    assert "userauth-request" not in impostor.log.read_text()  # not even the user's name was told


def test_a_device_that_gains_a_second_key_is_still_itself(start_sshd: Sshd, known_hosts: Path, tmp_path: Path) -> None:
    rsa = start_sshd(key_type="rsa")
    assert collect(task(rsa.port), rsa.login, known_hosts, clock=lambda: 0).outcome is Outcome.ANSWERED
    both = start_sshd(f"HostKey {rsa.key.parent / 'host'}", key_type="ed25519")
    known_hosts.write_text(known_hosts.read_text().replace(f":{rsa.port} ", f":{both.port} "))
    said = collect(task(both.port), both.login, known_hosts, clock=lambda: 0)
    assert (said.outcome, said.detail) == (Outcome.ANSWERED, "")


def test_a_wrong_password_and_a_wrong_key_are_auth_failures(start_sshd: Sshd, known_hosts: Path) -> None:
    sshd, other = start_sshd(), start_sshd()
    for wrong in (Login("login", sshd.user, Secret(CANARY)), replace(sshd.login, key_file=other.key)):
        said = collect(task(sshd.port), wrong, known_hosts, clock=lambda: 0)
        assert said.outcome is Outcome.AUTH_FAILED
        assert "“login”" in SAY.told(said.detail)
        assert CANARY not in repr(said)
    assert sshd.log.read_text().count("Failed password") <= 1  # one attempt: devices lock accounts


def test_a_private_key_that_cannot_be_read(start_sshd: Sshd, known_hosts: Path, tmp_path: Path) -> None:
    sshd = start_sshd()
    broken = tmp_path / "broken"
    broken.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")
    said = collect(task(sshd.port), replace(sshd.login, key_file=broken), known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.NO_CREDENTIAL
    assert "“login”" in SAY.told(said.detail)


def test_a_key_with_a_passphrase(start_sshd: Sshd, known_hosts: Path) -> None:
    sshd = start_sshd()
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", CANARY, "-f", sshd.key], check=True, stdout=subprocess.DEVNULL)
    assert collect(task(sshd.port), sshd.login, known_hosts, clock=lambda: 0).outcome is Outcome.NO_CREDENTIAL
    open_it = replace(sshd.login, key_passphrase=Secret(CANARY))
    assert collect(task(sshd.port), open_it, known_hosts, clock=lambda: 0).outcome is Outcome.ANSWERED


def test_old_algorithms_are_refused_until_the_login_allows_them(start_sshd: Sshd, known_hosts: Path) -> None:
    sshd = start_sshd(
        "KexAlgorithms diffie-hellman-group14-sha1", "Ciphers aes128-cbc", "HostKeyAlgorithms ssh-rsa", key_type="rsa"
    )
    said = collect(task(sshd.port), sshd.login, known_hosts, clock=lambda: 0)
    assert said.outcome is Outcome.NO_COMMON_ALGORITHMS
    assert "legacy: yes" in SAY.told(said.detail)
    assert "(key exchange)" in SAY.told(said.detail)
    assert "userauth-request" not in sshd.log.read_text()
    said = collect(task(sshd.port), replace(sshd.login, legacy=True), known_hosts, clock=lambda: 0)
    assert (said.outcome, said.detail) == (Outcome.ANSWERED, "")
    weak = {note for note in said.notes if note.startswith("ssh-weak: ")}
    assert weak == {
        "ssh-weak: kex diffie-hellman-group14-sha1",
        "ssh-weak: host key ssh-rsa",
        "ssh-weak: cipher aes128-cbc",
    }


def test_a_closed_port_is_refused(known_hosts: Path, login: Login) -> None:
    assert collect(task(free_port()), login, known_hosts, clock=lambda: 0).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("sends", "outcome"),
    [
        (b"", Outcome.DROPPED),
        (b"HTTP/1.0 400 Bad Request\r\n\r\n", Outcome.GARBLED),
        (b"\xff\xfb\x01\xff\xfb\x03login: \r\n" * 200, Outcome.GARBLED),
        (b"SSH-1.5-Cisco-1.25\n", Outcome.NO_COMMON_ALGORITHMS),
        (b"SSH-2.0-x\r\n", Outcome.DROPPED),
        (b"SSH-2.0-x\r\n" + bytes(range(256)) * 8, Outcome.GARBLED),
        (None, Outcome.SILENT),
    ],
)
def test_what_is_no_ssh_server_is_told_apart(known_hosts: Path, login: Login, sends: bytes | None, outcome: Outcome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve() -> None:
            visitor, _ = server.accept()
            held.append(visitor)
            if sends is not None:
                visitor.sendall(sends)
                visitor.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        said = collect(task(server.getsockname()[1]), login, known_hosts, clock=lambda: 0, timeout_s=1.0, deadline_s=5.0)
        thread.join(5)
        for visitor in held:
            visitor.close()
    assert said.outcome is outcome, said.detail
    assert "\n" not in said.detail


def test_many_threads_and_processes_lose_no_key(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    program = """
import sys, threading, paramiko
from pathlib import Path
from collectors.ssh.host_keys import check
key = paramiko.ECDSAKey.generate()
def learn(n):
    for k in range(5):
        check(Path(sys.argv[1]), f"192.0.2.{sys.argv[2]}", 1000 + n * 5 + k, key)
threads = [threading.Thread(target=learn, args=(n,)) for n in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
"""
    running = [subprocess.Popen([sys.executable, "-c", program, str(file), str(n)]) for n in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(file.read_text().splitlines()) == 60
    assert all(known(file, f"192.0.2.{n}", port) for n in range(3) for port in range(1000, 1020))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["known_hosts", "known_hosts.lock"]


def test_no_password_in_any_log(start_sshd: Sshd, known_hosts: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative, paramiko's, netmiko's and our own logs do not hold the canary."""
    sshd = start_sshd()
    with caplog.at_level(logging.DEBUG):
        for login in (Login("login", sshd.user, Secret(CANARY)), replace(sshd.login, key_passphrase=Secret(CANARY))):
            said = collect(task(sshd.port), login, known_hosts, clock=lambda: 0)
            assert CANARY not in repr(said)
    assert len(caplog.records) > 10
    assert CANARY not in caplog.text
    assert CANARY not in repr([vars(record) for record in caplog.records])
