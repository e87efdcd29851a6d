"""Mail addresses as people write them in settings: `name@host`, and nothing that could become a header of its own."""

from __future__ import annotations

import re

#: A dot-atom before the @ and a host name after it (RFC 5321, 4.1.2), in ASCII: servers without SMTPUTF8 take no other.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def valid(address: str) -> bool:
    """Whether it is one mail address that a message may be sent to."""
    return len(address) <= 254 and bool(_ADDRESS.fullmatch(address))
