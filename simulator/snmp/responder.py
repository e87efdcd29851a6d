"""One agent: a datagram in, an answer or silence out (RFC 3416 for the operations, RFC 3584 for what v1 is told, RFC 3412 and
3414 for v3). It never raises for what a datagram holds."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, chain, islice

from simulator.agent import COUNTER32, Oid, SnmpFace
from simulator.snmp import ber, usm
from simulator.snmp.ber import BerError
from simulator.snmp.objects import Objects

GET, GET_NEXT, RESPONSE, SET, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5, 0xA8
NO_ERROR, TOO_BIG, NO_SUCH_NAME, GENERAL_ERROR, NO_ACCESS, AUTHORIZATION_ERROR = 0, 1, 2, 5, 6, 16
V1, V2C, V3 = 0, 1, 3
VERSIONS = {"1": V1, "2c": V2C, "3": V3}

#: usmStats (RFC 3414, section 5): the scalar that a Report carries tells the manager what was wrong.
USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
UNSUPPORTED_LEVELS, NOT_IN_WINDOW, UNKNOWN_USERS, UNKNOWN_ENGINES, WRONG_DIGESTS, DECRYPTION_ERRORS = range(1, 7)
AUTH, PRIV, REPORTABLE = 1, 2, 4
TIME_WINDOW_S = 150
#: Engine times count from here on the wall clock, so that a simulator started again does not turn them back.
ENGINE_EPOCH = 1_700_000_000
#: Octets of a message around its variable bindings, rounded up; v3 adds engine id, user name, digest and salt.
AROUND_COMMUNITY, AROUND_V3 = 48, 192
#: One object alone is sent at any size that a datagram carries, in fragments.
LARGEST = 65_000


@dataclass(frozen=True, slots=True)
class Pdu:
    """A request PDU; `request_id` and `varbinds` as received, so that they are echoed octet by octet."""

    tag: int
    request_id: bytes
    second: int  # non-repeaters in a GETBULK, error-status elsewhere
    third: int  # max-repetitions in a GETBULK, error-index elsewhere
    varbinds: bytes
    names: list[bytes]


def read_pdu(data: bytes, at: int, end: int) -> Pdu:
    tag, at, stop = ber.header(data, at, end)
    if stop != end:
        raise BerError("something after the message")
    _, after_id = ber.read_integer(data, at, stop)
    request_id = data[at:after_id]
    second, at = ber.read_integer(data, after_id, stop)
    third, at = ber.read_integer(data, at, stop)
    first, stop = ber.expect(data, at, stop, ber.SEQUENCE)
    names = []
    at = first
    while at < stop:
        inner, at = ber.expect(data, at, stop, ber.SEQUENCE)
        start, inner_stop = ber.expect(data, inner, at, ber.OBJECT_IDENTIFIER)
        names.append(data[start:inner_stop])
    return Pdu(tag, request_id, second, third, data[first:stop], names)


def write_pdu(tag: int, request_id: bytes, error: int, index: int, varbinds: bytes) -> bytes:
    return ber.tlv(tag, request_id + ber.integer(error) + ber.integer(index) + ber.tlv(ber.SEQUENCE, varbinds))


class Responder:
    """The agent behind one `SnmpFace`. Its objects are encoded at the first request, or by `prepare`."""

    def __init__(self, face: SnmpFace, clock: Callable[[], float] = time.time) -> None:
        self.face = face
        self._clock = clock
        self._objects: Objects | None = None
        self._versions = frozenset(VERSIONS[version] for version in face.versions if version != "3" or face.engine_id)
        self._communities = frozenset(community.encode() for community in face.communities)
        self._users: dict[bytes, usm.Keys] | None = None
        self._reports = dict.fromkeys(range(1, 7), 0)
        self._bulk_limit = face.fault.truncate_bulk or None

    @property
    def prepared(self) -> bool:
        return self._objects is not None

    def prepare(self) -> Objects:
        if self._objects is None:
            self._objects = Objects(self.face.tree, self.face.fault)
        return self._objects

    def answer(self, data: bytes) -> bytes | None:
        """The answer to one datagram; None for silence (not SNMP, not our version, a wrong community, a fault)."""
        try:
            at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
            version, after_version = ber.read_integer(data, at, end)
            if version not in self._versions:
                return None
            if version == V3:
                return self._answer_v3(data, after_version, end)
            community, after_community = ber.read_octets(data, after_version, end)
            if community not in self._communities:
                return None
            pdu = read_pdu(data, after_community, end)
            response = self._respond(pdu, version, self.face.max_message - AROUND_COMMUNITY - len(community))
        except BerError:
            return None
        if response is None:
            return None
        return ber.tlv(ber.SEQUENCE, data[at:after_community] + response)

    # -- operations ------------------------------------------------------------------------------------------

    def _respond(self, pdu: Pdu, version: int, room: int) -> bytes | None:
        """The response PDU, its variable bindings within `room` octets."""
        fault = self.face.fault
        objects = self.prepare()
        if version == V1:
            objects = objects.without_counter64
        if pdu.tag == GET_BULK:
            if version == V1 or fault.no_bulk:
                return None
            varbinds = self._bulk(objects, pdu, room)
        elif pdu.tag in (GET, GET_NEXT):
            varbinds = self._get(objects, pdu.names) if pdu.tag == GET else self._next(objects, pdu.names)
            if version == V1 and None in varbinds:
                return write_pdu(RESPONSE, pdu.request_id, NO_SUCH_NAME, varbinds.index(None) + 1, pdu.varbinds)
            varbinds = [
                found or ber.varbind(name, objects.absent(name) if pdu.tag == GET else ber.END_OF_MIB_VIEW)
                for name, found in zip(pdu.names, varbinds, strict=True)
            ]
        elif pdu.tag == SET:  # read-only: noAccess, which RFC 3584 (4.4) has a v1 manager told as noSuchName
            error = NO_SUCH_NAME if version == V1 else NO_ACCESS
            return write_pdu(RESPONSE, pdu.request_id, error, 1 if pdu.names else 0, pdu.varbinds)
        else:
            return None
        encoded = b"".join(filter(None, varbinds))
        too_many = fault.too_big_above and len(varbinds) > fault.too_big_above
        if too_many or len(encoded) > (room if len(varbinds) > 1 else LARGEST):
            return write_pdu(RESPONSE, pdu.request_id, TOO_BIG, 0, pdu.varbinds if version == V1 else b"")
        return write_pdu(RESPONSE, pdu.request_id, NO_ERROR, 0, encoded)

    def _get(self, objects: Objects, names: list[bytes]) -> list[bytes | None]:
        positions = map(objects.at, names)
        return [None if position is None else objects.varbinds[position] for position in positions]

    def _next(self, objects: Objects, names: list[bytes]) -> list[bytes | None]:
        end = len(objects)
        return [objects.varbinds[position] if position < end else None for position in map(objects.after, names)]

    def _bulk(self, objects: Objects, pdu: Pdu, room: int) -> list[bytes | None]:
        """RFC 3416, section 4.2.3: as many variable bindings as fit, at least one even where it does not."""
        singles = max(0, min(pdu.second, len(pdu.names)))
        repeated = pdu.names[singles:]
        found = [
            varbind or ber.varbind(name, ber.END_OF_MIB_VIEW)
            for name, varbind in zip(pdu.names, self._next(objects, pdu.names[:singles]), strict=False)
        ]
        if repeated and pdu.third > 0:
            # no varbind is shorter than 10 octets: more rows than this cannot fit
            rows = min(pdu.third, room // (10 * len(repeated)) + 1)
            columns = [self._column(objects, name, rows) for name in repeated]
            rows = min(rows, max(map(len, columns)) + 1)  # one row of endOfMibView in all columns is the last
            for name, column in zip(repeated, columns, strict=True):
                if len(column) < rows:
                    last = objects.name(len(objects) - 1) if column else name
                    column += [ber.varbind(last, ber.END_OF_MIB_VIEW)] * (rows - len(column))
            found.extend(chain.from_iterable(zip(*columns, strict=True)))
        fitting = max(1, bisect_right(list(accumulate(map(len, found))), room))
        return list(islice(found, min(fitting, self._bulk_limit or fitting)))

    def _column(self, objects: Objects, name: bytes, rows: int) -> list[bytes]:
        """At most `rows` varbinds after a name; fewer at the end of the view."""
        first = objects.after(name)
        if not objects.loops:
            return objects.varbinds[first : first + rows]
        varbinds: list[bytes] = []
        while len(varbinds) < rows and first < len(objects):
            varbinds.append(objects.varbinds[first])
            first = objects.successor(first)
        return varbinds

    # -- v3 --------------------------------------------------------------------------------------------------

    def _user(self, name: bytes) -> usm.Keys | None:
        if self._users is None:
            self._users = {user.name.encode(): usm.keys(user, self.face.engine_id) for user in self.face.users}
        return self._users.get(name)

    def _engine_time(self) -> int:
        return (self.face.uptime_s + int(self._clock()) - ENGINE_EPOCH) & 0x7FFFFFFF

    def _answer_v3(self, data: bytes, at: int, end: int) -> bytes | None:
        """RFC 3412, section 7.2 and RFC 3414, section 3.2, in their order: it is the order that managers rely on."""
        message = MessageV3.read(data, at, end)
        boots, now = self.face.engine_boots, self._engine_time()
        if message.engine_id != self.face.engine_id:
            return self._report(message, UNKNOWN_ENGINES, None)
        user = self._user(message.user)
        if user is None:
            return self._report(message, UNKNOWN_USERS, None)
        level = message.flags & (AUTH | PRIV)
        if level == PRIV or level & ~user.level:
            return self._report(message, UNSUPPORTED_LEVELS, None)
        if level & AUTH:
            if len(message.digest) != user.digest_octets or user.digest(message.without_digest(data)) != message.digest:
                return self._report(message, WRONG_DIGESTS, None)
            if message.boots != boots or abs(message.time - now) > TIME_WINDOW_S:
                return self._report(message, NOT_IN_WINDOW, user)
        scoped = message.payload
        if level & PRIV:
            try:
                opened = user.decrypt(message.payload, message.boots, message.time, message.salt)
                start, stop = ber.expect(opened, 0, len(opened), ber.SEQUENCE)
                scoped = opened[start:stop]
            except ValueError:  # a salt of the wrong length, or what comes out is not a PDU
                return self._report(message, DECRYPTION_ERRORS, user)
        _, at = ber.read_octets(scoped, 0, len(scoped))
        _, at = ber.read_octets(scoped, at, len(scoped))
        pdu = read_pdu(scoped, at, len(scoped))
        if level != user.level:  # the view is for the user's own level only (RFC 3415)
            response: bytes | None = write_pdu(RESPONSE, pdu.request_id, AUTHORIZATION_ERROR, 0, pdu.varbinds)
        else:
            room = min(self.face.max_message, max(message.max_size, 484)) - AROUND_V3
            response = self._respond(pdu, V3, room)
        if response is None:
            return None
        return self._write_v3(message, level, user, scoped[:at], response)

    def _report(self, message: MessageV3, reason: int, user: usm.Keys | None) -> bytes | None:
        """What was wrong, as a Report; `user` when it must be signed (a manager takes the time only from a signed one)."""
        self._reports[reason] += 1
        if not message.flags & REPORTABLE:
            return None
        name = ber.oid_content((*USM_STATS, reason, 0))
        varbind = ber.varbind(name, ber.integer(self._reports[reason], COUNTER32))
        report = write_pdu(REPORT, message.plain_request_id(), NO_ERROR, 0, varbind)
        context = ber.tlv(0x04, self.face.engine_id) + b"\x04\x00"
        return self._write_v3(message, AUTH if user else 0, user, context, report)

    def _write_v3(self, message: MessageV3, level: int, user: usm.Keys | None, context: bytes, pdu: bytes) -> bytes:
        boots, now = self.face.engine_boots, self._engine_time()
        payload, salt = ber.tlv(ber.SEQUENCE, context + pdu), b""
        if level & PRIV and user:
            payload, salt = user.encrypt(payload, boots, now)
            payload = ber.tlv(0x04, payload)
        zeros = bytes(user.digest_octets) if level & AUTH and user else b""
        # the digest stands in the last element but one of the security parameters
        before = ber.tlv(0x04, self.face.engine_id) + ber.integer(boots) + ber.integer(now) + ber.tlv(0x04, message.user)
        parameters = ber.tlv(ber.SEQUENCE, before + ber.tlv(0x04, zeros) + ber.tlv(0x04, salt))
        head = message.id + ber.integer(65507) + ber.tlv(0x04, bytes((level,))) + ber.integer(3)
        whole = b"\x02\x01\x03" + ber.tlv(ber.SEQUENCE, head) + ber.tlv(0x04, parameters) + payload
        encoded = ber.tlv(ber.SEQUENCE, whole)
        if not zeros or user is None:
            return encoded
        at = len(encoded) - len(payload) - len(ber.tlv(0x04, salt)) - len(zeros)
        return encoded[:at] + user.digest(encoded) + encoded[at + len(zeros) :]


@dataclass(frozen=True, slots=True)
class MessageV3:
    """An SNMPv3 message with USM parameters (RFC 3412, section 6; RFC 3414, section 2.4)."""

    id: bytes  # encoded, as received
    max_size: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    digest: bytes
    digest_at: int
    salt: bytes
    payload: bytes  # the content of the scoped PDU, encrypted or not

    @classmethod
    def read(cls, data: bytes, at: int, end: int) -> MessageV3:
        head, after_head = ber.expect(data, at, end, ber.SEQUENCE)
        _, after_id = ber.read_integer(data, head, after_head)
        max_size, at = ber.read_integer(data, after_id, after_head)
        flags, at = ber.read_octets(data, at, after_head)
        model, _ = ber.read_integer(data, at, after_head)
        if model != 3 or len(flags) != 1:
            raise BerError("not the user-based security model")
        start, stop = ber.expect(data, after_head, end, 0x04)
        at, inner_stop = ber.expect(data, start, stop, ber.SEQUENCE)
        engine_id, at = ber.read_octets(data, at, inner_stop)
        boots, at = ber.read_integer(data, at, inner_stop)
        time_, at = ber.read_integer(data, at, inner_stop)
        user, at = ber.read_octets(data, at, inner_stop)
        digest, at = ber.read_octets(data, at, inner_stop)
        salt, _ = ber.read_octets(data, at, inner_stop)
        payload, payload_stop = ber.expect(data, stop, end, 0x04 if flags[0] & PRIV else ber.SEQUENCE)
        if boots < 0 or time_ < 0:
            raise BerError("a negative engine time")
        return cls(
            data[head:after_id], max_size, flags[0], engine_id, boots, time_, user, digest, at - len(digest), salt,
            data[payload:payload_stop],
        )  # fmt: skip

    def without_digest(self, data: bytes) -> bytes:
        """The message with zeros for the digest, as it was signed."""
        return data[: self.digest_at] + bytes(len(self.digest)) + data[self.digest_at + len(self.digest) :]

    def plain_request_id(self) -> bytes:
        """The request-id where it can be read, else 0 (RFC 3412, section 7.1, 3c)."""
        try:
            _, at = ber.read_octets(self.payload, 0, len(self.payload))
            _, at = ber.read_octets(self.payload, at, len(self.payload))
            _, at, stop = ber.header(self.payload, at, len(self.payload))
            _, end = ber.read_integer(self.payload, at, stop)
        except BerError:
            return ber.integer(0)
        return self.payload[at:end]
