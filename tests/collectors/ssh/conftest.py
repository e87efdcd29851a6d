"""Real SSH servers on loopback: Debian's sshd, and the simulator's devices."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from collectors.credentials import Login
from collectors.secret import Secret
from collectors.tasks import Target, Task
from simulator.agent import SshFace
from simulator.ssh.server import CommandLog, Servers

CANARY = "c4nary-pass-4471"


def task(port: int, address: str = "127.0.0.1", **more: Any) -> Task:
    return Task("scan", Target(address, "D00", ssh_port=port, ssh=("login",)), "ssh", "login", **more)


@pytest.fixture
def login() -> Login:
    return Login("login", "kiemke", Secret(CANARY))


@pytest.fixture
def known_hosts(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Daemon:
    """A running sshd, with a key that opens it."""

    port: int
    user: str
    key: Path
    log: Path

    @property
    def login(self) -> Login:
        return Login("login", self.user, None, self.key)


@pytest.fixture
def start_sshd(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """Starts Debian's sshd as the current user with a host key of its own; extra lines go to its configuration."""
    binary = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if binary is None or shutil.which("ssh-keygen") is None:
        pytest.skip("no sshd on this machine (apt install openssh-server)")
    made_privsep = False
    if os.geteuid() == 0 and not os.path.isdir("/run/sshd"):
        os.mkdir("/run/sshd", 0o755)  # sshd insists on it when it runs as root; a service would make it
        made_privsep = True
    running: list[subprocess.Popen[bytes]] = []

    def start(*lines: str, port: int | None = None, key_type: str = "ed25519") -> Daemon:
        folder = tmp_path / f"sshd{len(running)}"
        folder.mkdir()
        for name in ("host", "user"):
            kind = key_type if name == "host" else "ed25519"
            subprocess.run(["ssh-keygen", "-q", "-N", "", "-t", kind, "-f", folder / name], check=True)
        port = port or free_port()
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
        config = folder / "sshd_config"
        config.write_text(
            "\n".join(
                [
                    f"ListenAddress 127.0.0.1:{port}",
                    f"HostKey {folder / 'host'}",
                    f"AuthorizedKeysFile {folder / 'user.pub'}",
                    f"PidFile {folder / 'pid'}",
                    *("StrictModes no", "UsePAM no", "PermitRootLogin yes", "LogLevel DEBUG1", *lines),
                ]
            )
        )
        log = folder / "log"
        running.append(subprocess.Popen([binary, "-D", "-e", "-f", config], stderr=log.open("wb")))
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return Daemon(port, user, folder / "user", log)
            time.sleep(0.02)
        pytest.skip(f"sshd does not start here: {log.read_text(errors='replace')[-300:]}")

    yield start
    for process in running:
        process.terminate()
        process.wait(10)
    if made_privsep:
        os.rmdir("/run/sshd")


class Devices:
    """The simulator's SSH devices in a thread; `commands()` is what was typed at them."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "commands.jsonl"
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers = Servers(self.port, CommandLog(self.log), folder)

    def seat(self, faces: dict[str, SshFace]) -> None:
        self._do(self._servers.seat(faces))

    def _do(self, coroutine: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        return future.result(20)

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def commands(self) -> list[str]:
        return [entry["command"] for entry in self.entries()]

    def close(self) -> None:
        self._do(self._servers.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[Devices]:
    running = Devices(tmp_path)
    yield running
    running.close()
