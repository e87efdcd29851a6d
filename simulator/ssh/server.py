"""The SSH servers of a network: one listener per address, with the faults of bad servers and a log of what was typed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import asyncssh

from simulator.agent import SshFace
from simulator.child import CannotServe
from simulator.ssh.keys import ed25519_key, legacy_rsa_key
from simulator.ssh.linux import Machine
from simulator.ssh.shell import Dropped, Shell

#: What a switch of 2008 offers, and nothing else.
LEGACY = {
    "kex_algs": ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
    "encryption_algs": ["aes128-cbc", "3des-cbc"],
    "mac_algs": ["hmac-sha1"],
}
#: What network devices of the last ten years offer: good algorithms, and some of the old ones beside them.
USUAL = {
    "kex_algs": [
        *("ecdh-sha2-nistp256", "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256"),
        "diffie-hellman-group14-sha1",
    ],
    "encryption_algs": ["aes256-ctr", "aes128-ctr", "aes128-cbc"],
    "mac_algs": ["hmac-sha2-256", "hmac-sha1"],
}
#: What OpenSSH offers since 2021.
MODERN = {
    "kex_algs": [
        "curve25519-sha256",
        "ecdh-sha2-nistp256",
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group16-sha512",
    ],
    "encryption_algs": ["chacha20-poly1305@openssh.com", "aes128-ctr", "aes256-ctr", "aes256-gcm@openssh.com"],
    "mac_algs": ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"],
}
#: Standard input that an exec request may send.
MOST_INPUT = 1 << 20


class CommandLog:
    """JSON lines {"time", "address", "user", "command"}: the oracle for "the collectors only read"."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    def write(self, address: str, user: str, command: str, script: str | None = None) -> None:
        """`script` is what came on standard input of an exec request."""
        if self._file is None:
            return
        entry = {"time": round(time.time(), 3), "address": address, "user": user, "command": command}
        if script is not None:
            entry["script"] = script
        print(json.dumps(entry, ensure_ascii=False), file=self._file, flush=True)


def account(face: SshFace, user: str) -> str:
    """The account that a user name means: MikroTik takes terminal settings after a plus sign ("admin+ct511w4098h")."""
    return user.partition("+")[0] if face.platform.startswith("mikrotik") else user


class _Door(asyncssh.SSHServer):
    """Who may log in."""

    def __init__(self, face: SshFace) -> None:
        self._face = face

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - everybody needs a password
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return not self._face.fault.wrong_password and self._face.users.get(account(self._face, username)) == password


class _Screen:
    """asyncssh's side of a terminal."""

    def __init__(self, process: asyncssh.SSHServerProcess[str]) -> None:
        self._process = process

    async def read(self) -> str:
        while True:
            try:
                return await self._process.stdin.read(4096)
            except asyncssh.TerminalSizeChanged:
                continue

    def write(self, text: str) -> None:
        self._process.stdout.write(text.replace("\n", "\r\n"))


class Host:
    """One address: its listener, and the sessions at it."""

    def __init__(self, address: str, face: SshFace, log: CommandLog, latency_s: float, folder: Path) -> None:
        self.address, self.face = address, face
        self._log, self._latency_s, self._folder = log, latency_s, folder
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._visits: set[asyncio.Task[None]] = set()
        self._machines: dict[str, Machine] = {}
        self._options: asyncssh.SSHServerConnectionOptions | None = None

    def listen(self, port: int) -> None:
        """Raises CannotServe when the port is taken."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((self.address, port))
            sock.listen(16)
        except OSError as error:
            sock.close()
            taken = f"{error.strerror}, at {self.address}"
            raise CannotServe("port_taken", protocol="TCP", port=port, reason=taken) from error
        sock.setblocking(False)
        self._socket = sock
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    def close(self) -> None:
        """No more visitors, and those who are here are cut off."""
        for task in (self._accepting, *self._visits):
            if task:
                task.cancel()
        if self._socket:
            self._socket.close()
        for machine in self._machines.values():
            machine.remove()
        self._machines.clear()

    async def _accept(self) -> None:
        assert self._socket
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._socket)
            except OSError:  # out of descriptors, or the visitor has gone
                await asyncio.sleep(0.1)
                continue
            visit = loop.create_task(self._visit(connection))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)

    async def _visit(self, connection: socket.socket) -> None:
        """One connection from its banner to its end."""
        server: asyncssh.SSHServerConnection | None = None
        try:
            if self.face.fault.slow_banner_s:
                await asyncio.sleep(self.face.fault.slow_banner_s)
            options = await self._prepared()
            server = await asyncssh.run_server(connection, options=options)
            await server.wait_closed()
        except (asyncssh.Error, OSError):
            connection.close()
        finally:
            if server:
                server.abort()

    async def _prepared(self) -> asyncssh.SSHServerConnectionOptions:
        """The connection options, made at the first visit: most of a start's time would go here."""
        if self._options is None:
            face = self.face
            seed = face.host_key_seed + ("/changed" if face.fault.changed_key else "")
            legacy = face.fault.legacy_crypto
            (key,) = asyncssh.load_keypairs([legacy_rsa_key(seed) if legacy else ed25519_key(seed)])
            if legacy:  # the key could sign with SHA-2; an old server cannot
                key.host_key_algorithms = (b"ssh-rsa",)
            options: dict[str, Any] = dict(LEGACY if legacy else MODERN if face.platform == "linux" else USUAL)
            self._options = asyncssh.SSHServerConnectionOptions(
                server_host_keys=[key],
                server_factory=lambda: _Door(face),
                process_factory=self._session,
                server_version=face.banner or "OpenSSH_9.2",
                line_editor=False,
                encoding="utf-8",
                errors="surrogateescape",
                login_timeout=60,
                allow_scp=False,
                gss_host=None,
                agent_forwarding=False,
                **options,
            )
        return self._options

    async def _session(self, process: asyncssh.SSHServerProcess[str]) -> None:
        user = account(self.face, process.get_extra_info("username"))
        try:
            if self.face.fault.hang:
                while await _Screen(process).read():
                    pass
                return
            if self._latency_s:
                await asyncio.sleep(self._latency_s)
            if self.face.linux is not None:
                await self._linux(process, user)
            elif process.command is not None:
                await self._one_command(process, user)
            else:
                await Shell(self.face, _Screen(process), lambda line: self._log.write(self.address, user, line)).run()
                process.exit(0)
        except Dropped:
            await process.stdout.drain()
            process.get_extra_info("connection").abort()
        except (asyncssh.BreakReceived, asyncssh.Error, OSError):
            process.exit(1)

    async def _one_command(self, process: asyncssh.SSHServerProcess[str], user: str) -> None:
        """An exec request at a network device: the output alone."""
        self._log.write(self.address, user, process.command or "")
        output = self.face.commands.get(" ".join((process.command or "").split()))
        process.stdout.write(output if output is not None else "% Unknown command\n")
        process.exit(0 if output is not None else 1)

    async def _linux(self, process: asyncssh.SSHServerProcess[str], user: str) -> None:
        assert self.face.linux is not None
        machine = self._machines.setdefault(user, Machine(self.face.linux, user, self._folder))
        if process.command is None:
            await self._linux_shell(process, user, machine)
            return
        script = await process.stdin.read(MOST_INPUT) if _reads_stdin(process.command) else ""
        self._log.write(self.address, user, process.command, script or None)
        ran = await machine.run(process.command, script.encode("utf-8", "surrogateescape"))
        output = ran.stdout
        if self.face.fault.drop_after:
            process.stdout.write(output[: len(output) // 2].decode("utf-8", "surrogateescape"))
            raise Dropped
        process.stdout.write(output.decode("utf-8", "surrogateescape"))
        process.stderr.write(ran.stderr.decode("utf-8", "surrogateescape"))
        process.exit(ran.status)

    async def _linux_shell(self, process: asyncssh.SSHServerProcess[str], user: str, machine: Machine) -> None:
        """A login shell, line by line: each line runs on its own."""
        screen, typed = _Screen(process), ""
        screen.write(self.face.motd + self.face.prompt)
        while text := await screen.read():
            process.stdout.write(text.replace("\r", "\r\n"))
            typed += text.replace("\r\n", "\n").replace("\r", "\n")
            while "\n" in typed:
                line, _, typed = typed.partition("\n")
                if line.strip():
                    self._log.write(self.address, user, line)
                if line.strip() in ("exit", "logout"):
                    process.exit(0)
                    return
                if line.strip():
                    ran = await machine.run(line, b"")
                    screen.write((ran.stdout + ran.stderr).decode("utf-8", "replace"))
                screen.write(self.face.prompt)
        process.exit(0)


def _reads_stdin(command: str) -> bool:
    """Whether a command takes a script: only then is its input waited for (a client need not close it otherwise)."""
    words = command.split()
    return bool(words) and (
        words[-1] in ("-s", "-") or (words[0].rpartition("/")[2] in ("sh", "bash", "cat") and len(words) == 1)
    )


class Servers:
    """All SSH servers of a network. `folder` is for the files of Linux machines; whoever gives it removes it."""

    def __init__(self, port: int, log: CommandLog, folder: Path, latency_s: float = 0.0) -> None:
        self._port, self._log, self._folder, self._latency_s = port, log, folder, latency_s
        self._hosts: dict[str, Host] = {}

    async def seat(self, faces: Mapping[str, SshFace]) -> int:
        """Serves these and no others; who has not changed keeps the listener. Raises CannotServe when the port is taken."""
        for address, host in list(self._hosts.items()):
            if faces.get(address) != host.face:
                host.close()
                del self._hosts[address]
        await asyncio.sleep(0)
        for address, face in faces.items():
            if address in self._hosts or face.fault.refuse:
                continue
            host = Host(address, face, self._log, self._latency_s, self._folder)
            host.listen(self._port)
            self._hosts[address] = host
        return len(self._hosts)

    async def close(self) -> None:
        for host in self._hosts.values():
            host.close()
        self._hosts.clear()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
