"""One shared UDP socket for all devices: sending at the stated rate, and matching what comes back.

An answer counts when it carries the number of a request that is waiting *and* comes from the address that was asked. Every
sending has a number of its own: a late answer to the first one is still an answer, and each gives a true round trip.
Misfortune is returned as an `Outcome`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import random
import socket
import struct
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

from collectors.pace import Bucket, Pace, RoundTrip
from collectors.snmp import ber, messages
from inventory.facts import Outcome

log = logging.getLogger(__name__)

Endpoint = tuple[str, int]

_RECEIVE_BUFFER = 4 << 20  # bytes; a burst of answers must not be lost in our own kernel. The kernel caps it.
_AT_ONCE = 256  # packets read before timers and other work get their turn
_IP_RECVERR, _IPV6_RECVERR = 11, 25  # linux/in.h, linux/in6.h; Python names them from 3.14 on
_MSG_ERRQUEUE = getattr(socket, "MSG_ERRQUEUE", 0x2000)


def canonical(address: str) -> str:
    """The address as the kernel writes it in a packet's source. Raises ValueError when it is none."""
    return str(ipaddress.ip_address(address))


class Question:
    """One request to one device, perhaps sent several times."""

    __slots__ = ("endpoint", "garbled", "heard", "read", "result", "round_trip")

    def __init__(self, endpoint: Endpoint, read: Callable[[bytes, int], ber.Pdu | None]) -> None:
        self.endpoint = endpoint
        self.read = read
        self.result: ber.Pdu | Outcome | None = None
        self.round_trip = 0.0
        self.garbled = False
        self.heard: asyncio.Future[None] | None = None

    def settle(self, result: ber.Pdu | Outcome) -> None:
        if self.result is None:
            self.result = result
            self.wake()

    def wake(self) -> None:
        if self.heard is not None and not self.heard.done():
            self.heard.set_result(None)


class Client:
    """The shared socket, as an asynchronous context. `sent` and `received` count packets."""

    def __init__(self, pace: Pace, bucket: Bucket | None = None) -> None:
        """`bucket` is in place of one of the pace's `requests_per_second` (a sweep has its own rate)."""
        self.pace = pace
        self.sent = 0
        self.received = 0
        self._bucket = bucket or Bucket(pace.requests_per_second)
        self._sockets: dict[int, socket.socket] = {}
        self._waiting: dict[int, tuple[Question, float]] = {}  # by number, with the time of sending
        self._asked: dict[Endpoint, dict[Question, None]] = {}
        # Unpredictable, so that nobody off the path can answer in a device's name.
        self._number = random.SystemRandom().randint(messages.LOWEST_ID, messages.HIGHEST_ID)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        for one in self._sockets.values():
            self._loop.remove_reader(one)
            one.close()
        self._sockets.clear()
        for questions in list(self._asked.values()):
            for question in list(questions):
                question.settle(Outcome.NOT_ASKED)

    async def ask(
        self,
        endpoint: Endpoint,
        seal: Callable[[int], bytes],
        read: Callable[[bytes, int], ber.Pdu | None],
        trip: RoundTrip,
        *,
        retries: int | None = None,
        last_wait_s: float | None = None,
    ) -> ber.Pdu | Outcome:
        """Ask until it answers; SILENT, REFUSED or GARBLED when it does not.

        `seal(number)` gives the bytes to send. `read(bytes, number)` opens an answer: None when it is not an answer to this
        (it is then ignored), Garbled when it cannot be read. The last sending is waited for `last_wait_s`, at least.
        """
        retries = self.pace.retries if retries is None else retries
        question = Question(endpoint, read)
        numbers: list[int] = []
        self._asked.setdefault(endpoint, {})[question] = None
        try:
            for attempt in range(retries + 1):
                await self._turn()
                if question.result is not None:  # came while we waited for our turn
                    break
                number = self._next_number()
                packet = seal(number)
                numbers.append(number)
                self._waiting[number] = (question, self._loop.time())
                if not await self._send(packet, endpoint):
                    return Outcome.SILENT
                wait = trip.timeout(attempt)
                if attempt == retries:
                    wait = max(wait, self.pace.timeout_s if last_wait_s is None else last_wait_s)
                await self._hear(question, wait)
                if question.result is not None:
                    break
                trip.lost += 1
        finally:
            for number in numbers:
                self._waiting.pop(number, None)
            self._unask(question)
        if isinstance(question.result, ber.Pdu):
            trip.measured(question.round_trip)
        if question.result is None:
            return Outcome.GARBLED if question.garbled else Outcome.SILENT
        return question.result

    def expect(
        self, endpoint: Endpoint, read: Callable[[bytes, int], ber.Pdu | None], arrived: Callable[[Question], None]
    ) -> int:
        """A number under which an answer from `endpoint` reaches `arrived`; for senders that do not wait (the sweep)."""
        question = _Calling(endpoint, read, arrived)
        number = self._next_number()
        self._waiting[number] = (question, self._loop.time())
        self._asked.setdefault(endpoint, {})[question] = None
        return number

    def forget(self, number: int) -> bool:
        """An answer to `number` is no longer of interest; whether something unreadable came instead of one."""
        question, _ = self._waiting.pop(number, (None, 0.0))
        if question is None:
            return False
        self._unask(question)
        return question.garbled

    def _unask(self, question: Question) -> None:
        questions = self._asked.get(question.endpoint, {})
        questions.pop(question, None)
        if not questions:
            self._asked.pop(question.endpoint, None)

    async def send(self, packet: bytes, endpoint: Endpoint) -> bool:
        """Send in turn, without waiting for an answer. False when this machine cannot send there."""
        await self._turn()
        return await self._send(packet, endpoint)

    async def _turn(self) -> None:
        wait = self._bucket.take(self._loop.time())
        if wait > 0:
            await asyncio.sleep(wait)

    async def _hear(self, question: Question, seconds: float) -> None:
        if question.result is not None:
            return
        question.heard = self._loop.create_future()
        timer = self._loop.call_later(seconds, question.wake)
        try:
            await question.heard
        finally:
            timer.cancel()

    def _next_number(self) -> int:
        while True:
            self._number = self._number + 1 if self._number < messages.HIGHEST_ID else messages.LOWEST_ID
            if self._number not in self._waiting:
                return self._number

    async def _send(self, packet: bytes, endpoint: Endpoint) -> bool:
        family = socket.AF_INET6 if ":" in endpoint[0] else socket.AF_INET
        for _ in range(100):
            try:
                (self._sockets.get(family) or self._open(family)).sendto(packet, endpoint)
            except (BlockingIOError, InterruptedError):
                await asyncio.sleep(0.01)  # our own queue is full: the line is slower than our rate
            except OSError as problem:
                if problem.errno == errno.ENOBUFS:
                    await asyncio.sleep(0.01)
                elif problem.errno in (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ECONNRESET):
                    self._read_errors(self._sockets[family])  # about an earlier packet, perhaps to somebody else
                else:
                    log.debug("cannot send to %s: %s", endpoint[0], problem.strerror)
                    return False
            else:
                self.sent += 1
                return True
        return False

    def _open(self, family: int) -> socket.socket:
        one = socket.socket(family, socket.SOCK_DGRAM)
        one.setblocking(False)
        with contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        if sys.platform == "linux":  # so that the kernel tells us which address has nobody listening
            with contextlib.suppress(OSError):
                if family == socket.AF_INET:
                    one.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
                else:
                    one.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        self._sockets[family] = one
        self._loop.add_reader(one, self._readable, one)
        return one

    def _readable(self, one: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, source = one.recvfrom(65535)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._read_errors(one)
                continue
            self._arrived(data, (source[0], source[1]))

    def _arrived(self, data: bytes, source: Endpoint) -> None:
        self.received += 1
        try:
            number = messages.number_of(data)
        except ber.Garbled:
            self._suspect(source)
            return
        waiting = self._waiting.get(number)
        if waiting is None:
            return  # a duplicate, or too late
        question, sent_at = waiting
        if question.endpoint != source or question.result is not None:
            return
        try:
            answer = question.read(data, number)
        except ber.Garbled:
            question.garbled = True
            return
        if answer is not None:
            question.round_trip = self._loop.time() - sent_at
            question.settle(answer)

    def _suspect(self, source: Endpoint) -> None:
        """Bytes without a readable number: whoever waits for this address learns that it says something."""
        for question in self._asked.get(source, ()):
            question.garbled = True

    def _read_errors(self, one: socket.socket) -> None:
        """Take ICMP's messages from the socket's error queue (ip(7)): each names the destination of the packet it is about."""
        while sys.platform == "linux":
            try:
                _, messages_about, _, source = one.recvmsg(2048, 512, _MSG_ERRQUEUE)
            except OSError:
                return
            for _, _, error in messages_about:
                # struct sock_extended_err begins with the errno. An unreachable host or network may be a passing state.
                if len(error) >= 4 and struct.unpack_from("=I", error)[0] == errno.ECONNREFUSED:
                    for question in list(self._asked.get((source[0], source[1]), ())):
                        question.settle(Outcome.REFUSED)


class _Calling(Question):
    """A question whose answer is handed on at once."""

    __slots__ = ("_arrived",)

    def __init__(
        self, endpoint: Endpoint, read: Callable[[bytes, int], ber.Pdu | None], arrived: Callable[[Question], None]
    ) -> None:
        super().__init__(endpoint, read)
        self._arrived = arrived

    def wake(self) -> None:
        self._arrived(self)
