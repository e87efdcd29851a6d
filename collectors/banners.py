"""Who speaks SSH: a TCP connection and the line that the server begins with (RFC 4253, 4.2). No credential is used."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from collections.abc import Callable, Sequence

from collectors.pace import Bucket, Pace
from collectors.tasks import Answering, Target
from inventory.facts import Outcome
from inventory.sentences import pack

_AT_ONCE = 256  # connections; a process has 1,024 descriptors by default
_BANNER_WAIT_S = 15.0  # old devices make their keys first, or look our name up
_MOST_BYTES = 8192  # lines before the banner are allowed; an endless stream is not
_BANNER = re.compile(rb"^(SSH-[12]\.[!-~]{1,16}-[ -~]{0,200})", re.MULTILINE)


async def knock_all(
    targets: Sequence[Target],
    names: Callable[[Target], str | None],
    pace: Pace,
    bucket: Bucket,
    emit: Callable[[Answering], None],
) -> None:
    """Ask every target with SSH credentials listed; each is emitted once. `names` gives the credential that is usable there."""
    gate = asyncio.Semaphore(_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one(target: Target) -> None:
        try:
            emit(await _knock(target, names(target), pace))
        except OSError as problem:  # of this machine: no descriptor left, no such protocol
            emit(Answering(target, "ssh", Outcome.SILENT, detail=_network(problem)))
        finally:
            gate.release()

    async with asyncio.TaskGroup() as group:
        for target in targets:
            await gate.acquire()
            await asyncio.sleep(bucket.take(loop.time()))
            group.create_task(one(target))


async def _knock(target: Target, credential: str | None, pace: Pace) -> Answering:
    def ends(outcome: Outcome, detail: str = "", banner: str | None = None, round_trip_s: float | None = None) -> Answering:
        return Answering(target, "ssh", outcome, credential, banner, round_trip_s=round_trip_s, detail=detail)

    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in target.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.setblocking(False)
        started = loop.time()
        try:
            async with asyncio.timeout(pace.timeout_s):
                await loop.sock_connect(line, (target.address, target.ssh_port))
        except ConnectionRefusedError:
            return ends(Outcome.REFUSED, pack("detail.ssh_closed"))
        except OSError as problem:  # time-outs are OSErrors too
            return ends(Outcome.SILENT, "" if problem.errno in (None, errno.ETIMEDOUT) else _network(problem))
        round_trip_s = loop.time() - started
        heard = b""
        try:
            async with asyncio.timeout(_BANNER_WAIT_S):
                while len(heard) < _MOST_BYTES:
                    more = await loop.sock_recv(line, 1024)
                    if not more:
                        break
                    heard += more
                    if (found := _BANNER.search(heard)) and b"\n" in heard[found.start() :]:
                        break
        except TimeoutError:
            if not heard:  # firewalls and proxies accept connections for addresses behind which there is nothing
                return ends(Outcome.SILENT, pack("detail.ssh_mute"), None, round_trip_s)
        except OSError:
            return ends(Outcome.DROPPED, pack("detail.ssh_gone"), None, round_trip_s)
        found = _BANNER.search(heard)
        if found is None:
            said = Outcome.GARBLED if heard else Outcome.DROPPED
            return ends(said, pack("detail.ssh_other"), None, round_trip_s)
        banner = found.group(1).decode("ascii").rstrip()
        if credential is None:
            return ends(Outcome.NO_CREDENTIAL, pack("detail.ssh_no_secret"), banner, round_trip_s)
        return ends(Outcome.ANSWERED, "", banner, round_trip_s)


def _network(problem: OSError) -> str:
    """The system's own name for what happened: its words are in the language of the machine."""
    return pack("detail.network", code=errno.errorcode.get(problem.errno or 0, type(problem).__name__))
