"""An exec channel: one command with something on its standard input, read until its end, the deadline, or a size."""

from __future__ import annotations

import time

import paramiko

from collectors.ssh.connection import Connection, Deadline, Limits
from collectors.ssh.misfortune import Misfortune
from inventory.facts import Outcome

_MOST = 16 * 1024 * 1024  # octets; a machine that prints without end is cut off here


def run(connection: Connection, command: str, given: str, limits: Limits, deadline: Deadline) -> tuple[str, Outcome]:
    """Standard output, and ANSWERED, or what cut it short (DROPPED, PARTIAL). Standard error is read and thrown away.

    Raises Misfortune where the server does not run commands at all.
    """
    try:
        channel = connection.transport.open_session(timeout=deadline.left(limits.answer))
        channel.settimeout(deadline.left(limits.answer))
        channel.exec_command(command)
        channel.sendall(given.encode())
        channel.shutdown_write()
    except (paramiko.SSHException, EOFError, OSError):
        raise Misfortune(Outcome.DROPPED, "ssh_dropped", place=connection.place) from None
    parts: list[bytes] = []
    size, outcome, last = 0, Outcome.ANSWERED, time.monotonic()
    while True:
        while channel.recv_stderr_ready():
            channel.recv_stderr(65536)
        left = deadline.left(limits.answer - (time.monotonic() - last))
        if left <= 0 or size > _MOST:
            outcome = Outcome.PARTIAL
            break
        channel.settimeout(min(left, 0.5))  # short, so that standard error is drained too: a full window would stop the command
        try:
            data = channel.recv(65536)
        except TimeoutError:
            continue
        if not data:
            # A command that ends tells its status; a connection that breaks does not.
            if not connection.transport.is_active():
                outcome = Outcome.DROPPED
            break
        parts.append(data)
        size, last = size + len(data), time.monotonic()
    channel.close()
    return b"".join(parts).decode("utf-8", "replace"), outcome
