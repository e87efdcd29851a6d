"""A small BER reader for SNMP answers, and the few encodings that requests need (X.690; RFC 3416 for the types).

Made for speed and for hostile bytes: OIDs stay bytes until somebody needs numbers, one malformed value costs that value and
not the packet, a packet that was cut off gives the rows before the cut. Every read moves forward and none goes past the end.
It agrees with pysnmp wherever pysnmp accepts a packet; the tests compare them.
"""

from __future__ import annotations

from typing import NamedTuple

from collectors.asking import Oid, OidValue, Value

INTEGER, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, NSAP, COUNTER64, UINTEGER32 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8

_BYTES = frozenset({OCTET_STRING, IP_ADDRESS, OPAQUE, NSAP})
_UNSIGNED = frozenset({COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UINTEGER32})
_LONGEST_INTEGER = 9  # a Counter64 with its leading zero


class Garbled(ValueError):
    """Bytes that are not an SNMP message. The text names the place, never the content."""


class EndOfMib:
    """The value endOfMibView: there is nothing behind this OID."""

    def __repr__(self) -> str:
        return "END_OF_MIB"


END_OF_MIB = EndOfMib()

#: The encoded OID and its value; None where there is no such instance, or the value is malformed.
VarBind = tuple[bytes, Value | EndOfMib | None]


class Pdu(NamedTuple):
    """A response or report. `complete` is False where the packet was cut off; the variable bindings before the cut are there."""

    kind: int
    request_id: int
    error_status: int
    error_index: int
    varbinds: list[VarBind]
    complete: bool


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """(tag, start of the contents, stop), where `stop` may lie behind `end` when the data were cut off. Raises Garbled."""
    if at + 2 > end:
        raise Garbled(f"nothing to read at byte {at}")
    length = data[at + 1]
    if length < 0x80:
        return data[at], at + 2, at + 2 + length
    start, length = _long_length(data, at + 2, length, end)
    return data[at], start, start + length


def _long_length(data: bytes, at: int, first: int, end: int) -> tuple[int, int]:
    """The contents' start and length, when the length takes several bytes (X.690, 8.1.3.5)."""
    size = first & 0x7F
    if not 1 <= size <= 4 or at + size > end:
        raise Garbled(f"no length at byte {at}")
    return at + size, int.from_bytes(data[at : at + size], "big")


def field(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Start and stop of a whole field with this tag. Raises Garbled where there is another tag, or less data."""
    found, start, stop = header(data, at, end)
    if found != tag or stop > end:
        raise Garbled(f"field {tag:#04x} expected at byte {at}")
    return start, stop


def integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """An INTEGER and the position behind it."""
    start, stop = field(data, at, end, INTEGER)
    if not 1 <= stop - start <= _LONGEST_INTEGER:
        raise Garbled(f"integer of {stop - start} bytes at byte {at}")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def pdu(data: bytes, at: int, end: int) -> Pdu:
    """A PDU that starts at `at` (RFC 3416, 3). Raises Garbled when its head cannot be read."""
    kind, at, stop = header(data, at, end)
    complete = stop <= end
    end = min(stop, end)
    request_id, at = integer(data, at, end)
    error_status, at = integer(data, at, end)
    error_index, at = integer(data, at, end)
    tag, at, stop = header(data, at, end)
    if tag != SEQUENCE:
        raise Garbled(f"list of variable bindings expected at byte {at}")
    found, whole = varbinds(data, at, min(stop, end))
    return Pdu(kind, request_id, error_status, error_index, found, complete and whole and stop <= end)


def varbinds(data: bytes, at: int, end: int) -> tuple[list[VarBind], bool]:
    """The variable bindings in `data[at:end]`, and whether they were all readable. What stands before a fault is returned.

    This is the loop that a scan's processor time goes into, so that it spells out what `header` does.
    """
    found: list[VarBind] = []
    take = found.append
    value: Value | EndOfMib | None
    try:
        while at < end:
            if data[at] != SEQUENCE:
                return found, False
            length = data[at + 1]
            at += 2
            if length > 0x7F:
                at, length = _long_length(data, at, length, end)
            stop = at + length
            if stop > end or data[at] != OBJECT_IDENTIFIER:
                return found, False
            length = data[at + 1]
            at += 2
            if length > 0x7F:
                at, length = _long_length(data, at, length, stop)
            middle = at + length
            name = data[at:middle]
            if middle + 2 > stop:
                if middle > stop or not name:
                    return found, False
                take((name, None))  # a name without a value
                at = stop
                continue
            tag = data[middle]
            length = data[middle + 1]
            at = middle + 2
            if length > 0x7F:
                at, length = _long_length(data, at, length, stop)
            last = at + length
            if last > stop:
                value = None  # it claims more than there is
            elif tag in _BYTES:
                value = data[at:last]
            elif tag == INTEGER:
                value = int.from_bytes(data[at:last], "big", signed=True) if 1 <= length <= _LONGEST_INTEGER else None
            elif tag in _UNSIGNED:  # agents that forget the leading zero do not mean negative counters
                value = int.from_bytes(data[at:last], "big") if 1 <= length <= _LONGEST_INTEGER else None
            elif tag == OBJECT_IDENTIFIER:
                numbers = decode_oid(data[at:last])
                value = None if numbers is None else OidValue(numbers)
            elif tag == END_OF_MIB_VIEW:
                value = END_OF_MIB
            else:
                value = None  # NULL, noSuchObject, noSuchInstance, or a type that SNMP does not have
            take((name, value))
            at = stop
    except (IndexError, Garbled):
        return found, False
    return found, True


def decode_index(raw: bytes) -> Oid | None:
    """The numbers of an OID's tail, as of a table's index; None when it ends in the middle of a number."""
    if raw.isascii():  # all below 128: each byte is a number
        return tuple(raw)
    numbers: list[int] = []
    number = 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
        if number >> 32:
            return None  # sub-identifiers have 32 bits (RFC 2578, 7.1.3)
        if byte < 0x80:
            numbers.append(number)
            number = 0
    return None if raw[-1] > 0x7F else tuple(numbers)


def decode_oid(raw: bytes) -> Oid | None:
    """A whole OID; None when it is empty or ends in the middle of a number (X.690, 8.19)."""
    tail = decode_index(raw)
    if not tail:
        return None
    first = min(tail[0] // 40, 2)
    return (first, tail[0] - 40 * first, *tail[1:])


def encode_index(numbers: Oid) -> bytes:
    """Numbers as base-128 bytes. Raises ValueError for a negative one."""
    out = bytearray()
    for number in numbers:
        if number < 0x80:
            out.append(number)
            continue
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return bytes(out)


def encode_oid(oid: Oid) -> bytes:
    """The contents of an OBJECT IDENTIFIER, without tag and length. An OID has at least two numbers."""
    return encode_index((oid[0] * 40 + oid[1], *oid[2:]))


def encode(tag: int, contents: bytes) -> bytes:
    """Tag, definite length in its shortest form, contents."""
    length = len(contents)
    if length < 0x80:
        return bytes((tag, length)) + contents
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + contents


def encode_integer(number: int) -> bytes:
    """An INTEGER in its shortest form."""
    return encode(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))
