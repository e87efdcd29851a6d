"""All agents of a network on one UDP socket: who was asked is read from the packet, and the answer leaves from there.

One wildcard socket with IP_PKTINFO (ip(7)) rather than one per address: unknown addresses are silent, as in a network, and
thousands of addresses cost nothing.
"""

from __future__ import annotations

import contextlib
import heapq
import random
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.agent import SnmpFace
from simulator.child import CannotServe
from simulator.snmp.responder import Responder

IP_PKTINFO = 8  # <linux/in.h>; the socket module names it only from Python 3.14 on
PKTINFO_ROOM = socket.CMSG_SPACE(12)
RECEIVE_BUFFER = 16 << 20
Peer = tuple[str, int]
#: What comes before an answer, in the module's own words: the ancillary data that makes it leave from the asked address.
From = list[tuple[int, int, bytes]]


def open_socket(port: int) -> socket.socket:
    """The shared socket, on loopback only where the kernel lets us say so. Raises CannotServe when the port is taken."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    for option in (33, socket.SO_RCVBUF):  # SO_RCVBUFFORCE passes the system's limit, for those who may
        try:
            sock.setsockopt(socket.SOL_SOCKET, option, RECEIVE_BUFFER)
            break
        except PermissionError:
            continue
    with contextlib.suppress(PermissionError):  # what is not for a simulated address, all of them in 127/8, is dropped anyway
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    try:
        sock.bind(("0.0.0.0", port))  # noqa: S104 - loopback only, see above
    except OSError as error:
        sock.close()
        raise CannotServe("port_taken", protocol="UDP", port=port, reason=error.strerror) from error
    sock.setblocking(False)
    return sock


@dataclass(slots=True)
class Seat:
    """An agent at its address."""

    responder: Responder
    latency_s: float
    loss: float
    luck: random.Random
    leaves_from: From = field(default_factory=list)


class Wire:
    """Serves the agents until stopped. One thread; `seat` may be called from another."""

    def __init__(self, sock: socket.socket, *, latency_s: float = 0.0, loss: float = 0.0, seed: int = 0) -> None:
        self._sock = sock
        self._latency_s, self._loss, self._seed = latency_s, loss, seed
        self._seats: dict[bytes, Seat] = {}
        self._unprepared: deque[Responder] = deque()
        self._later: list[tuple[float, int, bytes, From, Peer]] = []
        self._sent_later = 0
        self._stopped = False
        self._unreachable = Unreachable()
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self.served = 0

    def seat(self, faces: Mapping[str, SnmpFace]) -> None:
        """Replaces all agents: address -> face. What is on its way is still delivered."""
        seats: dict[bytes, Seat] = {}
        for address, face in faces.items():
            packed = socket.inet_aton(address)
            seats[packed] = Seat(
                Responder(face),
                self._latency_s + face.fault.latency_s,
                1 - (1 - self._loss) * (1 - face.fault.loss),
                random.Random(f"{self._seed}/{address}"),
                [(socket.IPPROTO_IP, IP_PKTINFO, struct.pack("=i4s4s", 0, packed, bytes(4)))],
            )
        self._unprepared = deque(seat.responder for seat in seats.values())
        self._seats = seats

    def stop(self) -> None:
        self._stopped = True
        self._wake_sender.send(b"x")

    def run(self) -> None:
        """Serves until `stop`. Objects are encoded while nobody asks."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        poll.register(self._wake_receiver, select.POLLIN)
        while not self._stopped:
            ready = poll.poll(self._patience_ms())
            if ready:
                self._drain()
            if self._later:
                self._deliver()
            if not ready and self._unprepared:
                self._unprepared.popleft().prepare()

    def _patience_ms(self) -> float | None:
        if self._unprepared:
            return 0
        if self._later:
            return max(0.0, (self._later[0][0] - time.monotonic()) * 1000)
        return None

    def _drain(self) -> None:
        """Answers what has arrived, at most a few thousand at a time so that late answers get their turn."""
        receive, seats = self._sock.recvmsg, self._seats
        for _ in range(2048):
            try:
                data, ancillary, _, peer = receive(65535, PKTINFO_ROOM)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error that an earlier answer met
            if not ancillary:
                continue
            seat = seats.get(ancillary[0][2][8:12])  # ipi_addr: where it was sent to
            if seat is None:
                continue
            self._serve(seat, data, peer)
            if self._later and self._later[0][0] <= time.monotonic():
                return

    def _serve(self, seat: Seat, data: bytes, peer: Peer) -> None:
        fault = seat.responder.face.fault
        if fault.refuse:
            self._unreachable.tell(peer, seat.leaves_from[0][2][4:8], self._sock.getsockname()[1], data)
            return
        if fault.silent or (seat.loss and seat.luck.random() < seat.loss):
            return
        answer = seat.responder.answer(data)
        if answer is None:
            return
        self.served += 1
        for _ in range(1 + fault.answers_twice):
            if seat.latency_s:
                self._sent_later += 1
                heapq.heappush(self._later, (time.monotonic() + seat.latency_s, self._sent_later, answer, seat.leaves_from, peer))
            else:
                self._send(answer, seat.leaves_from, peer)

    def _deliver(self) -> None:
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            _, _, answer, leaves_from, peer = heapq.heappop(self._later)
            self._send(answer, leaves_from, peer)

    def _send(self, answer: bytes, leaves_from: From, peer: Peer) -> None:
        try:  # noqa: SIM105 - the hot path
            self._sock.sendmsg([answer], leaves_from, 0, peer)
        except OSError:  # a full buffer loses a datagram, as networks do
            pass


class Unreachable:
    """Says "port unreachable" for an agent that refuses, where we may (CAP_NET_RAW); is silent elsewhere."""

    def __init__(self) -> None:
        self._sock: socket.socket | None
        try:
            self._sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        except PermissionError:
            self._sock = None

    def tell(self, peer: Peer, asked: bytes, port: int, data: bytes) -> None:
        """An ICMP message of type 3, code 3 with the head of the datagram that it is about (RFC 792)."""
        if self._sock is None:
            return
        udp = struct.pack("!HHHH", peer[1], port, 8 + len(data), 0)
        ip = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 28 + len(data), 0, 0, 64, socket.IPPROTO_UDP, 0, socket.inet_aton(peer[0]), asked
        )
        ip = ip[:10] + checksum(ip) + ip[12:]
        icmp = struct.pack("!BBHI", 3, 3, 0, 0) + ip + udp
        with contextlib.suppress(OSError):
            self._sock.sendto(icmp[:2] + checksum(icmp) + icmp[4:], (peer[0], 0))


def checksum(data: bytes) -> bytes:
    """The Internet checksum of an even number of octets (RFC 1071)."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


def serve_in_thread(wire: Wire, faces: Mapping[str, SnmpFace]) -> Callable[[], None]:
    """Serves from a thread of this process, for tests of the agents themselves; returns what stops it."""
    wire.seat(faces)
    thread = threading.Thread(target=wire.run, daemon=True)
    thread.start()

    def stop() -> None:
        wire.stop()
        thread.join()

    return stop
