"""Sends messages over SMTP (RFC 5321): over TLS unless the settings say otherwise, certificates checked, never for ever."""

from __future__ import annotations

import base64
import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

from reports.schedule.mail_server import MailServer
from reports.schedule.problems import MailProblem

#: Seconds without a byte, and for a whole message: a server that answers letter by letter is left too.
QUIET_S, LONGEST_S = 30.0, 300.0


class Secret(Protocol):
    """A password that cannot be printed (`collectors.secret.Secret`)."""

    def reveal(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: Secret = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    quiet_s: float = QUIET_S
    longest_s: float = LONGEST_S


class Line:
    """An open connection to the mail server. Raises `MailProblem` for whatever goes wrong."""

    def __init__(self, server: MailServer, connection: smtplib.SMTP, patience: Patience) -> None:
        self.server = server
        self.connection = connection
        self.patience = patience

    def send(self, message: EmailMessage) -> dict[str, int]:
        """The recipients that were refused, with the reply's code, where others were not."""
        with _told(self.server, self.connection, self.patience):
            refused = self.connection.send_message(message)
        return {address: code for address, (code, _) in refused.items()}


@contextlib.contextmanager
def connected(server: MailServer, trust: ssl.SSLContext, login: Login | None, patience: Patience | None = None) -> Iterator[Line]:
    """A connection, logged in where a login is given. Raises `MailProblem`."""
    patience = patience or Patience()
    host, port = server.host, server.port
    # Without a host nothing is connected yet: the deadline must hold for the greeting too.
    connection = (
        smtplib.SMTP_SSL(timeout=patience.quiet_s, context=trust)
        if server.security == "tls"
        else smtplib.SMTP(timeout=patience.quiet_s)
    )
    connection._host = host  # type: ignore[attr-defined]  # smtplib takes the name to check the certificate for from here
    try:
        with _told(server, connection, patience):
            code, greeting = connection.connect(host, port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, greeting)
            connection.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                if not connection.has_extn("starttls"):
                    raise MailProblem("mail_no_tls", host=host, port=port)
                connection.starttls(context=trust)
                connection.ehlo()
            if login:
                _log_in(connection, server, login)
        yield Line(server, connection, patience)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.quit()
    finally:
        connection.close()


def _log_in(connection: smtplib.SMTP, server: MailServer, login: Login) -> None:
    """PLAIN (RFC 4616) or LOGIN, in UTF-8: smtplib's own way knows ASCII only, and breaks off with the password in the exception.

    Always under TLS: the settings take no login without it.
    """
    where = {"host": server.host, "port": server.port}
    offered = connection.esmtp_features.get("auth", "").upper().replace("=", " ").split()
    user, password = login.user.encode(), login.password.reveal().encode()
    if "PLAIN" in offered:
        code, _ = connection.docmd("AUTH", "PLAIN " + _base64(b"\0" + user + b"\0" + password))
    elif "LOGIN" in offered:
        code, _ = connection.docmd("AUTH", f"LOGIN {_base64(user)}")
        if code == 334:
            code, _ = connection.docmd(_base64(password))
    else:
        raise MailProblem("mail_no_login", **where)
    if code != 235:
        raise MailProblem("mail_login", login=server.login, code=code, **where)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


@contextlib.contextmanager
def _told(server: MailServer, connection: smtplib.SMTP, patience: Patience) -> Iterator[None]:
    """Whatever goes wrong, as one sentence; and an end to it after the patience's longest time."""
    where = {"host": server.host, "port": server.port}
    late = threading.Event()

    def cut() -> None:
        late.set()
        if (held := connection.sock) is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(patience.longest_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except MailProblem:
        raise
    except (smtplib.SMTPException, OSError) as error:
        # `from None` everywhere: a traceback of a failed login would hold what was sent.
        if late.is_set():
            raise MailProblem("mail_slow", seconds=patience.longest_s, **where) from None
        raise _problem(error, server, patience, where) from None
    finally:
        timer.cancel()


def _problem(
    error: smtplib.SMTPException | OSError, server: MailServer, patience: Patience, where: Mapping[str, object]
) -> MailProblem:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused = "; ".join(f"{address}: {_reply(*reply)}" for address, reply in error.recipients.items())
        return MailProblem("mail_recipients", recipients=refused, **where)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        # smtplib tells a silence as the end of the connection; why stands in the context only.
        silent = isinstance(error.__context__, TimeoutError)
        return MailProblem("mail_slow", seconds=patience.quiet_s, **where) if silent else MailProblem("mail_broken", **where)
    if isinstance(error, smtplib.SMTPResponseException):
        reply = _reply(error.smtp_code, error.smtp_error)
        if isinstance(error, smtplib.SMTPSenderRefused):
            return MailProblem("mail_sender", sender=server.sender, reply=reply, **where)
        return MailProblem("mail_refused", reply=reply, **where)
    if isinstance(error, smtplib.SMTPException):
        return MailProblem("mail_refused", reply=type(error).__name__, **where)
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailProblem("mail_certificate", reason=error.verify_message, **where)
    if isinstance(error, TimeoutError):
        return MailProblem("mail_slow", seconds=patience.quiet_s, **where)
    if isinstance(error, ConnectionResetError | BrokenPipeError | ssl.SSLEOFError):
        return MailProblem("mail_broken", **where)
    reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return MailProblem("mail_unreachable", reason=reason or type(error).__name__, **where)


def _reply(code: int, text: bytes | str) -> str:
    """A server's reply on one short line, whatever bytes it is made of."""
    words = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    clean = "".join(char if char.isprintable() else " " for char in words)
    return f"{code} {' '.join(clean.split())}".strip()[:160]
