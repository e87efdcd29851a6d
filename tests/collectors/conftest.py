"""Agents to talk to: Debian's own snmpd, and small ones that misbehave on purpose (their bytes are pysnmp's, not ours)."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pysnmp.proto.api import v1, v2c

from collectors.credentials import Vault

settings.register_profile("untimed", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("untimed")

COMMUNITY = "canary-community-7f3a"
AUTH_SECRET = "canary-auth-secret-91c2"
PRIV_SECRET = "canary-priv-secret-55de"
CANARIES = (COMMUNITY, AUTH_SECRET, PRIV_SECRET)

#: name -> (auth, priv) as snmpd.conf and our credentials spell them
USERS = {
    "sha256aes": (("SHA-256", "AES"), ("SHA-256", "AES-128")),
    "sha1aes": (("SHA", "AES"), ("SHA-1", "AES-128")),
    "sha512aes256": (("SHA-512", "AES-256"), ("SHA-512", "AES-256")),
    "sha1aes256": (("SHA", "AES-256"), ("SHA-1", "AES-256")),
    "md5des": (("MD5", "DES"), ("MD5", "DES")),
    "sha224only": (("SHA-224", None), ("SHA-224", None)),
}


@dataclass(frozen=True)
class Snmpd:
    address: str
    port: int
    environ: dict[str, str]  # holds the credentials, for a Vault

    def vault(self, **more: dict[str, str]) -> Vault:
        extra = {f"KIEMKE_CREDENTIAL_{name.upper()}": json.dumps(fields) for name, fields in more.items()}
        return Vault("/nonexistent", {**self.environ, **extra})


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    """Debian's snmpd on a loopback port: community "read" (v2c) and "read1" (v1), and the v3 users of `USERS`."""
    program = shutil.which("snmpd", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        pytest.skip("snmpd is not installed (apt install snmpd)")
    folder = tmp_path_factory.mktemp("snmpd")
    port = free_udp_port()
    lines = [
        f"agentaddress udp:127.0.0.1:{port}",
        f"rocommunity {COMMUNITY} 127.0.0.1",
        "sysName real-agent",
        "sysLocation Phòng máy chủ",
    ]
    environ = {"KIEMKE_CREDENTIAL_READ_SECRET": COMMUNITY}
    environ["KIEMKE_CREDENTIAL_READ1"] = json.dumps({"kind": "snmp-community", "version": "1", "secret": COMMUNITY})
    for name, ((auth, priv), (our_auth, our_priv)) in USERS.items():
        fields = {"kind": "snmp-user", "user": name, "auth": our_auth, "auth_secret": AUTH_SECRET}
        if priv is None:
            lines += [f'createUser {name} {auth} "{AUTH_SECRET}"', f"rouser {name} authnopriv"]
        else:
            lines += [f'createUser {name} {auth} "{AUTH_SECRET}" {priv} "{PRIV_SECRET}"', f"rouser {name} authpriv"]
            fields |= {"priv": our_priv, "priv_secret": PRIV_SECRET}
        environ[f"KIEMKE_CREDENTIAL_{name.upper()}"] = json.dumps(fields)
    config = folder / "snmpd.conf"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = subprocess.Popen(
        [program, "-f", "-C", "-c", str(config), "-Lf", str(folder / "log"), "-p", str(folder / "pid")],
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "state")},
    )
    try:
        _wait_until_listening(port, process, folder / "log")
        yield Snmpd("127.0.0.1", port, environ)
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(0.2)
        one.connect(("127.0.0.1", port))
        message = get_message(v2c, COMMUNITY, [(1, 3, 6, 1, 2, 1, 1, 5, 0)])
        for _ in range(50):
            assert process.poll() is None, log.read_text(errors="replace")
            try:
                one.send(message)
                one.recv(4096)
            except (TimeoutError, ConnectionRefusedError):
                time.sleep(0.05)
            else:
                return
    raise AssertionError("snmpd does not answer: " + log.read_text(errors="replace"))


def get_message(module: Any, community: str, oids: Sequence[tuple[int, ...]]) -> bytes:
    pdu = module.GetRequestPDU()
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_varbinds(pdu, [(oid, module.null) for oid in oids])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, community)
    module.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


@dataclass
class Asked:
    """A request that reached a small agent, read by pysnmp."""

    kind: str  # GetRequestPDU, GetNextRequestPDU, GetBulkRequestPDU
    version: str
    community: str
    oids: list[tuple[int, ...]]
    rows: int
    _message: Any = field(repr=False)
    _module: Any = field(repr=False)

    def reply(
        self, varbinds: Sequence[tuple[tuple[int, ...], Any]], status: int = 0, index: int = 0, request_id: int | None = None
    ) -> bytes:
        module, request = self._module, self._module.apiMessage.get_pdu(self._message)
        pdu = module.GetResponsePDU()
        module.apiPDU.set_defaults(pdu)
        asked_id = int(module.apiPDU.get_request_id(request))
        module.apiPDU.set_request_id(pdu, asked_id if request_id is None else request_id)
        module.apiPDU.set_varbinds(pdu, varbinds)
        module.apiPDU.set_error_status(pdu, status)
        module.apiPDU.set_error_index(pdu, index)
        message = module.Message()
        module.apiMessage.set_defaults(message)
        module.apiMessage.set_community(message, self.community)
        module.apiMessage.set_pdu(message, pdu)
        return bytes(encoder.encode(message))

    def echo(self) -> bytes:
        """The request itself."""
        return bytes(encoder.encode(self._message))


Tree = dict[tuple[int, ...], Any]


Respond = Callable[["Agent", Asked], list[bytes]]


class Agent:
    """An honest agent over a tree (values are pysnmp's types, ints or bytes), unless `misbehave` answers in its place."""

    def __init__(self, tree: Tree, *, version: str = "2c", misbehave: Respond | None = None) -> None:
        self.misbehave = misbehave
        self.module = v1 if version == "1" else v2c
        self.version = version
        self.oids = sorted(tree)
        self.tree = {oid: self._typed(value) for oid, value in tree.items()}
        self.asked: list[Asked] = []

    def _typed(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return self.module.OctetString(value)
        return self.module.Integer(value) if isinstance(value, int) else value

    def next(self, oid: tuple[int, ...]) -> tuple[tuple[int, ...], Any]:
        at = bisect_right(self.oids, oid)
        if at == len(self.oids):
            return oid, v2c.EndOfMibView(b"")
        return self.oids[at], self.tree[self.oids[at]]

    def respond(self, asked: Asked) -> list[bytes]:
        """The packets to send back, none to be silent."""
        if asked.kind == "GetBulkRequestPDU":
            return [asked.reply(self.bulk(asked))]
        if asked.kind == "GetNextRequestPDU":
            return [self.answer(asked, [self.next(oid) for oid in asked.oids])]
        return [self.answer(asked, [(oid, self.tree.get(oid, v2c.NoSuchInstance(b""))) for oid in asked.oids])]

    def bulk(self, asked: Asked) -> list[tuple[tuple[int, ...], Any]]:
        cells = []
        row = list(asked.oids)
        for _ in range(asked.rows):
            found = [self.next(oid) for oid in row]
            cells += found
            row = [oid for oid, _ in found]
        return cells

    def answer(self, asked: Asked, found: list[tuple[tuple[int, ...], Any]]) -> bytes:
        if self.version == "1":
            for index, (_, value) in enumerate(found, 1):
                if isinstance(value, v2c.NoSuchInstance | v2c.EndOfMibView):
                    return asked.reply([(oid, v1.null) for oid in asked.oids], 2, index)
        return asked.reply(found)

    def serve(self, line: socket.socket) -> None:
        while True:
            try:
                data, source = line.recvfrom(65535)
            except TimeoutError:
                continue
            except OSError:  # closed by the test
                return
            try:
                message, _ = decoder.decode(data, asn1Spec=self.module.Message())
            except PyAsn1Error:  # v3, which these agents do not know
                continue
            if int(self.module.apiMessage.get_version(message)) != (0 if self.version == "1" else 1):
                continue
            pdu = self.module.apiMessage.get_pdu(message)
            kind = type(pdu).__name__
            rows = int(v2c.apiBulkPDU.get_max_repetitions(pdu)) if kind == "GetBulkRequestPDU" else 1
            oids = [tuple(oid) for oid, _ in self.module.apiPDU.get_varbinds(pdu)]
            community = bytes(self.module.apiMessage.get_community(message)).decode()
            asked = Asked(kind, self.version, community, oids, rows, message, self.module)
            self.asked.append(asked)
            for packet in self.misbehave(self, asked) if self.misbehave else self.respond(asked):
                with contextlib.suppress(OSError):  # the test may have closed it by now
                    line.sendto(packet, source)


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """serve(agent, address="127.0.0.1", port=0) -> its port. Any object with `serve(socket)` will do."""
    lines: list[socket.socket] = []

    def start(agent: Any, address: str = "127.0.0.1", port: int = 0) -> int:
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.bind((address, port))
        line.settimeout(0.2)
        lines.append(line)
        threading.Thread(target=agent.serve, args=(line,), daemon=True).start()
        return int(line.getsockname()[1])

    yield start
    for line in lines:
        line.close()


@pytest.fixture(scope="session")
def agent() -> type[Agent]:
    """The class of the small agents."""
    return Agent


@pytest.fixture(scope="session")
def canaries() -> tuple[str, ...]:
    return CANARIES
