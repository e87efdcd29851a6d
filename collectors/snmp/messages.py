"""Requests as bytes, made once and patched for each sending (RFC 1157, 3416, 3584).

pysnmp builds a GET and the head of a community's messages; both are kept, since a scan sends the same ones to every device.
A sending then costs four bytes of request id. Only the OIDs of walks differ each time, and are laid in here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pyasn1.codec.ber import encoder
from pysnmp.proto.api import v2c

from collectors.asking import Oid
from collectors.snmp import ber
from inventory.facts import Outcome

#: Request ids always take four bytes, so that patching them changes no length. 31 bits, positive (RFC 3416, 3).
LOWEST_ID, HIGHEST_ID = 0x01000000, 0x7FFFFFFF
_PLACEHOLDER = HIGHEST_ID.to_bytes(4, "big")

_VERSIONS = {"1": b"\x02\x01\x00", "2c": b"\x02\x01\x01"}
_NULL = b"\x05\x00"


class Draft(NamedTuple):
    """A PDU or message that lacks only its request id."""

    head: bytes
    tail: bytes

    def numbered(self, number: int) -> bytes:
        return self.head + number.to_bytes(4, "big") + self.tail


@lru_cache(maxsize=1024)
def get(oids: tuple[Oid, ...]) -> Draft:
    """A GetRequest, built by pysnmp."""
    pdu = v2c.GetRequestPDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, HIGHEST_ID)
    v2c.apiPDU.set_varbinds(pdu, [(oid, v2c.null) for oid in oids])
    head, tail = bytes(encoder.encode(pdu)).split(_PLACEHOLDER, 1)  # the first one: OIDs come behind
    return Draft(head, tail)


def get_next(names: Sequence[bytes]) -> Draft:
    """A GetNextRequest behind encoded OIDs."""
    return _walk(ber.GET_NEXT, b"\x02\x01\x00\x02\x01\x00", names)


def get_bulk(names: Sequence[bytes], rows: int) -> Draft:
    """A GetBulkRequest of `rows` repetitions without non-repeaters, behind encoded OIDs."""
    return _walk(ber.GET_BULK, b"\x02\x01\x00" + ber.encode_integer(rows), names)


def _walk(kind: int, numbers: bytes, names: Sequence[bytes]) -> Draft:
    bindings = b"".join([ber.encode(ber.SEQUENCE, ber.encode(ber.OBJECT_IDENTIFIER, name) + _NULL) for name in names])
    tail = numbers + ber.encode(ber.SEQUENCE, bindings)
    # The request id's own six bytes are counted, and are the draft's gap.
    whole = ber.encode(kind, b"\x02\x04" + _PLACEHOLDER + tail)
    return Draft(whole[: -len(tail) - 4], tail)


class CommunityMessages:
    """Wraps PDUs in v1 or v2c messages of one community, and opens the answers. Holds a secret, so that it prints nothing."""

    __slots__ = ("_head", "version")

    def __init__(self, version: str, community: str) -> None:
        """`version` is "1" or "2c"."""
        self.version = version
        self._head = _VERSIONS[version] + bytes(encoder.encode(v2c.OctetString(community.encode())))

    def __repr__(self) -> str:
        return f"CommunityMessages({self.version!r}, •••)"

    def message(self, pdu: Draft) -> Draft:
        """The whole message around a PDU."""
        inside = len(self._head) + len(pdu.head) + 4 + len(pdu.tail)
        outer = ber.encode(ber.SEQUENCE, b"\0" * inside)[:-inside]
        return Draft(outer + self._head + pdu.head, pdu.tail)

    def seal(self, pdu: Draft, number: int) -> bytes:
        return self.message(pdu).numbered(number)

    def open(self, data: bytes, number: int) -> ber.Pdu | None:
        """The PDU in an answer; None when it answers another request. Raises Garbled."""
        _, at, _ = ber.header(data, 0, len(data))
        _, at = ber.integer(data, at, len(data))
        _, at = ber.field(data, at, len(data), ber.OCTET_STRING)
        pdu = ber.pdu(data, at, len(data))
        if pdu.kind != ber.RESPONSE or pdu.request_id != number:
            return None
        return pdu

    def reported(self, report: ber.Pdu) -> Outcome | None:  # noqa: ARG002 - reports are v3's; `open` lets none through
        return Outcome.GARBLED


def number_of(data: bytes) -> int:
    """The number that an answer carries: its request id, for v3 its msgID (RFC 3412, 6.2). Raises Garbled."""
    end = len(data)
    tag, at, _ = ber.header(data, 0, end)
    if tag != ber.SEQUENCE:
        raise ber.Garbled("no message")
    version, at = ber.integer(data, at, end)
    tag, start, stop = ber.header(data, at, end)
    if version == 3:
        return ber.integer(data, start, end)[0]
    # The community, then the PDU's head.
    _, at, _ = ber.header(data, stop, end)
    return ber.integer(data, at, end)[0]
