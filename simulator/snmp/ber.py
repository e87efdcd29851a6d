"""The Basic Encoding Rules as SNMP uses them (X.690; RFC 3416 and RFC 3417 section 8): definite lengths only."""

from __future__ import annotations

from simulator.agent import COUNTER32, COUNTER64, GAUGE32, INTEGER, OBJECT_IDENTIFIER, TIME_TICKS, Oid, Typed

SEQUENCE = 0x30
NULL = b"\x05\x00"
NO_SUCH_OBJECT = b"\x80\x00"
NO_SUCH_INSTANCE = b"\x81\x00"
END_OF_MIB_VIEW = b"\x82\x00"

#: Unsigned types and their width in bits; values outside wrap around, as counters do.
UNSIGNED = {COUNTER32: 32, GAUGE32: 32, TIME_TICKS: 32, COUNTER64: 64}


class BerError(ValueError):
    """The bytes are not what the rules allow."""


def length(size: int) -> bytes:
    """The length octets of a content of `size` octets."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    return bytes((tag,)) + length(size) + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    """The fewest octets of two's complement; an unsigned value with its top bit set gets a leading zero octet."""
    return tlv(tag, value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True))


def oid_content(oid: Oid) -> bytes:
    """The content octets of an OBJECT IDENTIFIER. An OID of fewer than two arcs is padded with zeros, as agents do for 0.0."""
    first, second = (*oid, 0, 0)[:2]
    if first > 2 or (first < 2 and second > 39):
        raise BerError(f"{oid} is not an object identifier")
    out = bytearray()
    for arc in (first * 40 + second, *oid[2:]):
        if arc < 0x80:
            out.append(arc)
            continue
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | (arc & 0x7F))
        out.extend(reversed(groups))
    return bytes(out)


def read_oid(content: bytes) -> Oid:
    """The arcs of an OBJECT IDENTIFIER's content octets; arcs are limited to 32 bits (RFC 2578, section 3.5)."""
    if not content or content[-1] & 0x80:
        raise BerError("an object identifier that ends in the middle of an arc")
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
        elif arc > 0xFFFFFFFF:
            raise BerError("an arc of more than 32 bits")
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - 40 * first, *arcs[1:])


def value(typed: Typed) -> bytes:
    """A value with its tag and length. Raises BerError where the value does not fit the tag."""
    tag, content = typed
    if isinstance(content, tuple):
        return tlv(tag, oid_content(content))
    if isinstance(content, int):
        if tag in UNSIGNED:
            return integer(content % (1 << UNSIGNED[tag]), tag)
        if tag == OBJECT_IDENTIFIER:
            raise BerError("an object identifier is a tuple of arcs")
        return integer(content, tag)
    return tlv(tag, content)


def varbind(name: bytes, encoded: bytes) -> bytes:
    """One entry of a variable-bindings list: the name's content octets and the encoded value."""
    return tlv(SEQUENCE, tlv(OBJECT_IDENTIFIER, name) + encoded)


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """The element at `at`: its tag, and where its content starts and stops. Raises BerError where it passes `end`."""
    if at + 2 > end:
        raise BerError("cut short")
    size = data[at + 1]
    start = at + 2
    if size >= 0x80:
        octets = size & 0x7F
        if not 1 <= octets <= 4 or start + octets > end:
            raise BerError("a length that no message has")
        size = int.from_bytes(data[start : start + octets], "big")
        start += octets
    stop = start + size
    if stop > end:
        raise BerError("cut short")
    return data[at], start, stop


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """As `header`, for an element that must have this tag."""
    found, start, stop = header(data, at, end)
    if found != tag:
        raise BerError(f"tag {found:#x} where {tag:#x} belongs")
    return start, stop


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """An INTEGER of at most 32 bits and where the next element starts."""
    start, stop = expect(data, at, end, INTEGER)
    if not 1 <= stop - start <= 5:
        raise BerError("an integer of a length that no message has")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def read_octets(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """An OCTET STRING and where the next element starts."""
    start, stop = expect(data, at, end, 0x04)
    return data[start:stop], stop
