"""A small agent and a small network of them, so that tests of the wire need no district."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from simulator.agent import COUNTER64, Oid, SnmpFace, SnmpFault, Typed, V3User
from simulator.snmp import ber
from simulator.snmp.responder import Responder
from simulator.snmp.wire import Wire, open_socket, serve_in_thread

PORT = 16177
ENGINE_ID = bytes.fromhex("80007ed904") + b"engine-one"
ROWS = 40
IF_TABLE: Oid = (1, 3, 6, 1, 2, 1, 2, 2)
ARP: Oid = (1, 3, 6, 1, 2, 1, 4, 22)
IF_INDEX: Oid = (*IF_TABLE, 1, 1)
IF_DESCR: Oid = (*IF_TABLE, 1, 2)
IF_HC_IN: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6)
SYS_DESCR: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)

USERS = (
    V3User("sha", "SHA", "auth-secret-1", "AES", "priv-secret-1"),
    V3User("sha256", "SHA-256", "auth-secret-2", "AES", "priv-secret-2"),
    V3User("sha512", "SHA-512", "auth-secret-3", "AES-256", "priv-secret-3"),
    V3User("md5", "MD5", "auth-secret-4", "AES", "priv-secret-4"),
    V3User("signed", "SHA-384", "auth-secret-5", "", ""),
    V3User("plain", "", "", "", ""),
)


def tree() -> dict[Oid, Typed]:
    """The system group, two columns of ifTable, one of 64-bit counters, and an ARP table of three rows."""
    rows: dict[Oid, Typed] = {
        SYS_DESCR: (0x04, "Tủ mạng Lập Thạch".encode()),
        (1, 3, 6, 1, 2, 1, 1, 2, 0): (0x06, (1, 3, 6, 1, 4, 1, 32473, 1, 4_000_000_000)),
        (1, 3, 6, 1, 2, 1, 1, 3, 0): (0x43, 4_294_967_295),
        SYS_NAME: (0x04, b"small"),
    }
    for row in range(1, ROWS + 1):
        rows[(*IF_INDEX, row)] = (0x02, row)
        rows[(*IF_DESCR, row)] = (0x04, b"port %d" % row)
        rows[(*IF_HC_IN, row)] = (COUNTER64, 2**64 - row)
    for row in range(1, 4):
        rows[(*ARP, 1, 2, 1, 192, 168, 1, row)] = (0x04, bytes((0, 0x1B, 0x21, 0, 0, row)))
    return rows


GOOD_MANNERS = SnmpFault()


def face(
    fault: SnmpFault = GOOD_MANNERS,
    *,
    versions: frozenset[str] = frozenset({"1", "2c", "3"}),
    objects: Mapping[Oid, Typed] | None = None,
    max_message: int = 1472,
) -> SnmpFace:
    return SnmpFace(
        {"public": "ro"}, versions, USERS, ENGINE_ID, tree() if objects is None else objects, fault, max_message=max_message
    )


@contextmanager
def on_the_wire(faces: Mapping[str, SnmpFace], *, port: int = PORT, **conditions: float) -> Iterator[Wire]:
    """Serves the faces from a thread, at 127.x.y.z:port."""
    wire = Wire(open_socket(port), **conditions)  # type: ignore[arg-type]
    stop = serve_in_thread(wire, faces)
    try:
        yield wire
    finally:
        stop()


def signed_get(agent: Responder, user: str = "signed") -> bytes:
    """A GET of sysName by the user "signed" (or another, who may encrypt), at the engine's present time, built octet by octet."""
    keys = agent._user(user.encode())
    assert keys
    head = ber.integer(9) + ber.integer(65507) + ber.tlv(4, b"\x07" if keys.privacy else b"\x05") + ber.integer(3)
    pdu = ber.tlv(0xA0, ber.integer(7) + ber.integer(0) * 2 + ber.tlv(0x30, ber.varbind(ber.oid_content(SYS_NAME), ber.NULL)))
    engine = ber.tlv(4, agent.face.engine_id)
    time_ = ber.integer(agent.face.engine_boots) + ber.integer(agent._engine_time())
    zeros = bytes(keys.digest_octets)
    scoped = ber.tlv(0x30, engine + ber.tlv(4, b"") + pdu)
    salt = b""
    if keys.privacy:
        encrypted, salt = keys.encrypt(scoped, agent.face.engine_boots, agent._engine_time())
        scoped = ber.tlv(4, encrypted)
    parameters = ber.tlv(4, ber.tlv(0x30, engine + time_ + ber.tlv(4, user.encode()) + ber.tlv(4, zeros) + ber.tlv(4, salt)))
    message = ber.tlv(0x30, ber.integer(3) + ber.tlv(0x30, head) + parameters + scoped)
    return message.replace(zeros, keys.digest(message), 1)
