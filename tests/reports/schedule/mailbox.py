"""A real SMTP server on loopback, with TLS and logins, that keeps what it is sent; and some that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from simulator.web import certificates

USER, PASSWORD = "kiemke", "c4nary-mật-khẩu"


@dataclass
class Mailbox:
    """What was accepted, newest last. `refuses` are recipients and senders that the server does not take."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    data_reply: str = "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.messages]

    # aiosmtpd's handler hooks

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuses:
            return "553 not from here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_reply.startswith("250"):
            self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return self.data_reply


def _authenticated(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextlib.contextmanager
def serving(
    security: str = "starttls", *, login: bool = True, address: str = "127.0.0.1", without: tuple[str, ...] = ()
) -> Iterator[Mailbox]:
    """A mail server with the security that `[mail]` names; its certificate is of the simulator's authority, for `address`.

    `without`: mechanisms of logging in that it does not offer.
    """
    box = Mailbox()
    context = certificates.context(address)
    options: dict[str, Any] = {
        "auth_required": login,
        "authenticator": _authenticated if login else None,
        "auth_exclude_mechanism": without,
    }
    if security == "none":
        options = {"auth_required": False}

    loop = asyncio.new_event_loop()

    def server() -> SMTP:
        if security == "starttls":
            return SMTP(box, require_starttls=True, tls_context=context, loop=loop, **options)
        return SMTP(box, auth_require_tls=security == "none", loop=loop, **options)

    implicit = context if security == "tls" else None
    listening = loop.run_until_complete(loop.create_server(server, "127.0.0.1", 0, ssl=implicit))
    box.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@contextlib.contextmanager
def misbehaving(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does `talk` to whoever connects; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    talk(connection)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def silent(connection: socket.socket) -> None:
    """Says nothing, for as long as anybody listens."""
    connection.recv(1)


def dripping(connection: socket.socket) -> None:
    """Says its greeting a letter at a time, and never ends."""
    while True:
        connection.sendall(b"2")
        time.sleep(0.05)


def dropping(connection: socket.socket) -> None:
    """Greets, hears one command, and hangs up."""
    connection.sendall(b"220 here\r\n")
    connection.recv(100)


def closed(connection: socket.socket) -> None:
    """Is not to be used now; in a text of its own bytes."""
    connection.sendall(b"421 \xe1\xbb\xff\x1b[31m busy\r\n")
    connection.recv(100)
