"""The mail server of `[mail]` in kiemke.toml: who sends, who is told of failures, how large a message may be."""

from __future__ import annotations

from dataclasses import dataclass

#: security -> the port it usually has: submission with STARTTLS (RFC 6409), implicit TLS (RFC 8314), plain relay (RFC 5321).
PORTS = {"starttls": 587, "tls": 465, "none": 25}
LARGEST_MB = 10.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """`login` names a credential of kind mail-login; `link` is where people find the folder of reports (a URL or a share)."""

    host: str
    sender: str
    to: tuple[str, ...] = ()
    port: int = PORTS["starttls"]
    security: str = "starttls"
    login: str = ""
    largest_mb: float = LARGEST_MB  # of all attachments of a message together, before they are encoded
    link: str = ""
