"""Real servers on loopback, with certificates made here: nothing leaves the machine."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collectors.services import names, probing
from collectors.services.probing import Patience
from inventory.service_facts import Probe, Service

HURRIED = Patience(attempts=3, pause_s=0.01, attempt_s=1.0, probe_s=5.0)
ISSUER = "Cơ quan thử nghiệm"


class Authority:
    """A certification authority, and servers' certificates by it."""

    def __init__(self, folder: Path, name: str = "CA") -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ISSUER), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        self.certificate = self._made(subject, subject, self.key, timedelta(days=3650), x509.BasicConstraints(True, None))
        self.file = folder / "ca.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _made(self, subject, issuer, key, lasts, constraints, san=None, begins=timedelta(days=-400)) -> x509.Certificate:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + lasts)
            .add_extension(constraints, critical=True)
        )
        if san is not None:
            made = made.add_extension(x509.SubjectAlternativeName(san), critical=False)
        return made.sign(self.key if constraints.ca or issuer != subject else key, hashes.SHA256())

    def context(self, kind: str = "good") -> ssl.SSLContext:
        """A server's side: good, expired, soon, not_yet, wrong_name, self_signed, of_nobody, of_namesake."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "may-chu.thu")])
        host = "may-khac.thu" if kind == "wrong_name" else "may-chu.thu"
        san = [x509.DNSName(host), *([] if kind == "wrong_name" else [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])]
        lasts = {"expired": timedelta(days=-3), "soon": timedelta(days=5)}.get(kind, timedelta(days=200))
        issuer, signer = self.certificate.subject, self
        if kind == "self_signed":
            issuer = subject
        elif kind in ("of_nobody", "of_namesake"):
            (self.folder / kind).mkdir(exist_ok=True)
            signer = Authority(self.folder / kind, "CA" if kind == "of_namesake" else "nobody")
            issuer = signer.certificate.subject
        begins = timedelta(days=2 if kind == "not_yet" else -400)
        made = signer._made(subject, issuer, key, lasts, x509.BasicConstraints(False, None), san, begins)
        file = self.folder / f"{kind}.pem"
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + made.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


class Page(BaseHTTPRequestHandler):
    """Paths: /, /status/NNN, /to?URL, /circle, /endless, /chunked, /cut, /slow, /login."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        what, _, rest = self.path.partition("?")
        with contextlib.suppress(OSError):
            match what.split("/")[1:]:
                case ["status", number]:
                    self._head(int(number), {"Content-Length": "0", "Set-Cookie": "a=b"})
                case ["to"]:
                    self._head(302, {"Location": rest, "Set-Cookie": "a=b", "Content-Length": "0"})
                case ["circle"]:
                    self._head(301, {"Location": "/circle", "Content-Length": "0"})
                case ["nowhere"]:
                    self._head(302, {"Content-Length": "0"})
                case ["endless"]:
                    self._head(200, {})
                    while True:
                        self.wfile.write(b"x" * 8192)
                case ["chunked"]:
                    self._head(200, {"Transfer-Encoding": "chunked", "Connection": "keep-alive"})
                    self.wfile.write(b"5\r\nhello\r\n0\r\n\r\n")
                    self.server.kept_open.wait(5)  # type: ignore[attr-defined]
                case ["cut"]:
                    self._head(200, {"Content-Length": "100"})
                    self.wfile.write(b"half")
                    self.close_connection = True
                case ["slow"]:
                    threading.Event().wait(0.15)
                    self._head(200, {"Content-Length": "0"})
                case ["login"]:
                    self._head(401, {"WWW-Authenticate": "Basic", "Content-Length": "0"})
                case _:
                    self._head(200, {"Content-Length": "5"})
                    self.wfile.write(b"xin ch")

    def _head(self, status: int, fields: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that hangs up in the middle is what is tested."""


@pytest.fixture
def web() -> Iterator[Callable[..., tuple[int, list[tuple[str, dict[str, str]]]]]]:
    """web(context=None) -> (port, what it was asked)."""
    servers = []

    def serve(context: ssl.SSLContext | None = None):
        asked: list[tuple[str, dict[str, str]]] = []
        server = _Quiet(("127.0.0.1", 0), type("Handler", (Page,), {"asked": asked}))
        server.kept_open = threading.Event()  # type: ignore[attr-defined]
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return server.server_address[1], asked

    yield serve
    for server in servers:
        server.kept_open.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def says() -> Iterator[Callable[..., int]]:
    """says(*words): a port where each visitor is told these in turn (None: nothing, and the line stays open; b"": hung up)."""
    lines: list[socket.socket] = []
    over = threading.Event()

    def serve(*words: bytes | None) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        lines.append(server)

        def run() -> None:
            number = 0
            while True:
                try:
                    visitor, _ = server.accept()
                except OSError:
                    return
                word = words[number % len(words)]
                number += 1
                lines.append(visitor)
                if word is not None:
                    with contextlib.suppress(OSError):
                        visitor.settimeout(1)
                        if word:
                            visitor.recv(4096)
                            visitor.sendall(word)
                        visitor.close()

        threading.Thread(target=run, daemon=True).start()
        return int(server.getsockname()[1])

    yield serve
    over.set()
    for line in lines:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()


@pytest.fixture
def refusing() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@pytest.fixture
def probe(authority: Authority) -> Callable[..., Probe]:
    """probe(url, **thresholds): one service, trusting the authority; every name but “khong-co.thu” is this machine."""
    from collectors.services.endings import Ended
    from inventory.sentences import pack
    from inventory.service_facts import ServiceOutcome

    async def resolve(host: str, port: int) -> list[names.Place]:
        if host == "khong-co.thu":
            raise Ended(ServiceOutcome.NO_NAME, pack("detail.service_no_name", host=host))
        return await names.resolve("127.0.0.1", port)

    def run(url: str, patience: Patience = HURRIED, **thresholds) -> Probe:
        trust = ssl.create_default_context(cafile=str(authority.file))
        service = Service("s", "Dịch vụ", "Service", url, **thresholds)
        clock = lambda: int(datetime.now(UTC).timestamp())  # noqa: E731
        (found,) = probing.probe([service], clock=clock, patience=patience, resolve=resolve, trust=trust)
        return found

    return run
