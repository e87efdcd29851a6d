"""The simulator's encoding against pyasn1's, which shares nothing with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ
from pysnmp.proto import rfc1902

from simulator.agent import COUNTER32, COUNTER64, GAUGE32, INTEGER, IP_ADDRESS, OBJECT_IDENTIFIER, OCTET_STRING, TIME_TICKS
from simulator.snmp import ber
from simulator.snmp.responder import Responder, read_pdu
from tests.simulator.small import face, signed_get

arcs = st.integers(0, 2**32 - 1)
oids = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39)),
    st.tuples(st.just(2), st.integers(0, 2**31)),
).flatmap(lambda start: st.lists(arcs, max_size=20).map(lambda rest: (*start, *rest)))


@given(oids)
def test_object_identifiers_are_read_back_by_pyasn1_and_by_us(oid: tuple[int, ...]) -> None:
    content = ber.oid_content(oid)
    decoded, rest = decoder.decode(ber.tlv(OBJECT_IDENTIFIER, content), asn1Spec=univ.ObjectIdentifier())
    assert tuple(decoded) == oid
    assert not rest
    assert ber.read_oid(content) == oid


@pytest.mark.parametrize(
    ("tag", "kind", "values"),
    [
        (INTEGER, rfc1902.Integer32, st.integers(-(2**31), 2**31 - 1)),
        (COUNTER32, rfc1902.Counter32, st.integers(0, 2**32 - 1)),
        (GAUGE32, rfc1902.Gauge32, st.integers(0, 2**32 - 1)),
        (TIME_TICKS, rfc1902.TimeTicks, st.integers(0, 2**32 - 1)),
        (COUNTER64, rfc1902.Counter64, st.integers(0, 2**64 - 1)),
        (OCTET_STRING, rfc1902.OctetString, st.binary(max_size=400)),
        (IP_ADDRESS, rfc1902.IpAddress, st.binary(min_size=4, max_size=4)),
    ],
)
def test_values_are_encoded_as_pyasn1_does(tag: int, kind: type, values: st.SearchStrategy) -> None:
    @given(values)
    def same(value: int | bytes) -> None:
        ours, theirs = ber.value((tag, value)), encoder.encode(kind(value))
        decoded, rest = decoder.decode(ours, asn1Spec=kind())
        assert decoded == value
        assert not rest
        assert ours == theirs or (tag == INTEGER and len(ours) < len(theirs))  # pyasn1 gives -128 an octet too many

    same()


@given(st.integers(2**32, 2**40))
def test_a_counter_wraps_as_counters_do(value: int) -> None:
    assert ber.value((COUNTER32, value)) == encoder.encode(rfc1902.Counter32(value % 2**32))


@given(st.binary(max_size=70_000), st.integers(0, 255))
def test_lengths_are_read_back(content: bytes, tag: int) -> None:
    encoded = ber.tlv(tag, content)
    assert ber.header(encoded, 0, len(encoded)) == (tag, len(encoded) - len(content), len(encoded))


@given(st.binary(max_size=120))
def test_no_datagram_kills_an_agent(data: bytes) -> None:
    Responder(face()).answer(data)


@given(st.data())
def test_no_damaged_request_kills_an_agent(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(REQUESTS))
    at = data.draw(st.integers(0, len(good) - 1))
    damaged = bytearray(good)
    damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    AGENT.answer(bytes(damaged))
    AGENT.answer(bytes(damaged[:cut]))
    AGENT.answer(bytes(damaged) + good[:cut])


@given(st.binary(max_size=60))
def test_a_pdu_is_read_or_refused(data: bytes) -> None:
    try:
        read_pdu(data, 0, len(data))
    except ber.BerError:
        return


def _request(version: int, tag: int, names: list[tuple[int, ...]], second: int = 0, third: int = 0) -> bytes:
    varbinds = b"".join(ber.varbind(ber.oid_content(name), ber.NULL) for name in names)
    pdu = ber.tlv(tag, ber.integer(77) + ber.integer(second) + ber.integer(third) + ber.tlv(ber.SEQUENCE, varbinds))
    return ber.tlv(ber.SEQUENCE, ber.integer(version) + ber.tlv(4, b"public") + pdu)


def _discovery() -> bytes:
    """An SNMPv3 request of nobody to an unknown engine, as a manager starts with."""
    head = ber.integer(9) + ber.integer(65507) + ber.tlv(4, b"\x04") + ber.integer(3)
    parameters = ber.tlv(4, b"") + ber.integer(0) + ber.integer(0) + ber.tlv(4, b"") * 3
    pdu = ber.tlv(0xA0, ber.integer(7) + ber.integer(0) * 2 + ber.tlv(0x30, b""))
    body = ber.tlv(0x30, head) + ber.tlv(4, ber.tlv(0x30, parameters)) + ber.tlv(0x30, ber.tlv(4, b"") * 2 + pdu)
    return ber.tlv(0x30, ber.integer(3) + body)


AGENT = Responder(face())
REQUESTS = [
    _request(1, 0xA0, [(1, 3, 6, 1, 2, 1, 1, 1, 0), (1, 3, 6, 1, 2, 1, 1, 9, 0)]),
    _request(0, 0xA1, [(1, 3, 6, 1, 2, 1, 2, 2, 1, 2)]),
    _request(1, 0xA5, [(1, 3, 6, 1, 2, 1, 1, 3), (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)], 1, 20),
    _discovery(),
    signed_get(AGENT),
    signed_get(AGENT, "sha256"),
]
