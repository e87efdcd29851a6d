"""The BER reader against pysnmp, and against garbage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto.api import v1, v2c

from collectors.asking import OidValue
from collectors.snmp import ber, messages

oids = st.builds(
    lambda first, second, rest: (first, second, *rest),
    st.integers(0, 2),
    st.integers(0, 39),
    st.lists(st.integers(0, 2**32 - 1), max_size=20),
)
names = oids.filter(lambda oid: len(oid) > 2)
values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: (v2c.Integer(n), n)),
    st.binary(max_size=300).map(lambda b: (v2c.OctetString(b), b)),
    oids.map(lambda oid: (v2c.ObjectIdentifier(oid), OidValue(oid))),
    st.binary(min_size=4, max_size=4).map(lambda b: (v2c.IpAddress(".".join(map(str, b))), b)),
    st.integers(0, 2**32 - 1).map(lambda n: (v2c.Counter32(n), n)),
    st.integers(0, 2**32 - 1).map(lambda n: (v2c.Gauge32(n), n)),
    st.integers(0, 2**32 - 1).map(lambda n: (v2c.TimeTicks(n), n)),
    st.integers(0, 2**64 - 1).map(lambda n: (v2c.Counter64(n), n)),
    st.binary(max_size=20).map(lambda b: (v2c.Opaque(b), b)),
    st.sampled_from([(v2c.NoSuchObject(b""), None), (v2c.NoSuchInstance(b""), None), (v2c.null, None)]),
    st.just((v2c.EndOfMibView(b""), ber.END_OF_MIB)),
)


def response(
    varbinds: list[tuple[tuple[int, ...], object]], request_id: int = 0x01020304, status: int = 0, index: int = 0
) -> bytes:
    pdu = v2c.GetResponsePDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, request_id)
    v2c.apiPDU.set_error_status(pdu, status)
    v2c.apiPDU.set_error_index(pdu, index)
    v2c.apiPDU.set_varbinds(pdu, varbinds)
    message = v2c.Message()
    v2c.apiMessage.set_defaults(message)
    v2c.apiMessage.set_community(message, "x")
    v2c.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


def read(data: bytes, number: int = 0x01020304) -> ber.Pdu | None:
    return messages.CommunityMessages("2c", "x").open(data, number)


@given(st.lists(st.tuples(names, values), max_size=12), st.integers(messages.LOWEST_ID, messages.HIGHEST_ID), st.integers(0, 18))
def test_it_reads_what_pysnmp_writes(bindings, number, status):
    data = response([(oid, theirs) for oid, (theirs, _) in bindings], number, status, len(bindings))
    assert messages.number_of(data) == number
    pdu = read(data, number)
    assert pdu is not None
    assert (pdu.kind, pdu.request_id, pdu.error_status, pdu.error_index) == (ber.RESPONSE, number, status, len(bindings))
    assert pdu.complete
    assert [(ber.decode_oid(name), value) for name, value in pdu.varbinds] == [(oid, ours) for oid, (_, ours) in bindings]
    for (_, ours), (_, (_, expected)) in zip(pdu.varbinds, bindings, strict=True):
        assert type(ours) is type(expected)  # an OID is no plain tuple, so that nobody takes it for an index


@given(oids)
def test_oids_there_and_back(oid):
    raw = ber.encode_oid(oid)
    assert ber.encode(ber.OBJECT_IDENTIFIER, raw) == encoder.encode(v2c.ObjectIdentifier(oid))
    assert ber.decode_oid(raw) == oid


@given(st.binary(max_size=200))
def test_no_garbage_breaks_the_reader(data):
    for reader in (messages.number_of, read, lambda d: ber.pdu(d, 0, len(d)), ber.decode_oid, ber.decode_index):
        with contextlib.suppress(ber.Garbled):
            reader(data)
    ber.varbinds(data, 0, len(data))


@given(st.lists(st.tuples(names, values), min_size=1, max_size=6), st.data())
def test_a_damaged_packet_gives_only_whole_rows(bindings, data):
    whole = response([(oid, theirs) for oid, (theirs, _) in bindings])
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        pdu = read(cut)
    except ber.Garbled:
        return
    assert pdu is not None
    assert not pdu.complete
    expected = read(whole)
    assert expected is not None
    assert pdu.varbinds == expected.varbinds[: len(pdu.varbinds)]


@given(st.lists(st.tuples(names, values), min_size=1, max_size=6), st.data())
def test_a_flipped_byte_never_escapes_as_another_exception(bindings, data):
    whole = bytearray(response([(oid, theirs) for oid, (theirs, _) in bindings]))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ber.Garbled):
        read(bytes(whole))


def bindings_of(*cells: bytes) -> bytes:
    return b"".join(ber.encode(ber.SEQUENCE, b"\x06\x03\x2b\x06\x01" + cell) for cell in cells)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (b"\x02\x00", None),  # an INTEGER of no bytes: pyasn1 refuses the whole packet
        (b"\x02\x0a" + b"\1" * 10, None),  # an INTEGER of ten bytes
        (b"\x41\x04\xff\xff\xff\xff", 0xFFFFFFFF),  # a Counter32 without its leading zero
        (b"\x42\x05\x00\x80\x00\x00\x00", 0x80000000),
        (b"\x02\x09\x01", None),  # claims more bytes than its binding has
        (b"\x06\x02\x2b\x81", None),  # an OID that ends in the middle of a number
        (b"\x06\x00", None),
        (b"\x99\x01\x00", None),  # no type of SNMP's
        (b"", None),  # no value at all
        (b"\x04\x81\x03abc", b"abc"),  # a length in a longer form than needed
    ],
)
def test_one_malformed_value_costs_that_value_only(cell, value):
    data = bindings_of(b"\x02\x01\x07", cell, b"\x04\x02ok")
    found, whole = ber.varbinds(data, 0, len(data))
    assert whole
    assert [v for _, v in found] == [7, value, b"ok"]


def test_an_endless_number_is_not_followed():
    assert ber.decode_index(b"\xff" * 65000 + b"\x00") is None
    assert ber.decode_index(b"\x8f\xff\xff\xff\x7f") == (2**32 - 1,)
    assert ber.decode_index(b"\x90\x80\x80\x80\x00") is None  # 2**32: sub-identifiers have 32 bits


# -- requests ---------------------------------------------------------------------------------------------------------------


@given(st.lists(oids, max_size=30).map(tuple), st.integers(messages.LOWEST_ID, messages.HIGHEST_ID), st.text(max_size=200))
def test_a_get_is_pysnmps_with_our_number(asked, number, community):
    for version, module in (("1", v1), ("2c", v2c)):
        message, rest = decoder.decode(
            messages.CommunityMessages(version, community).seal(messages.get(asked), number), asn1Spec=module.Message()
        )
        assert rest == b""
        assert bytes(module.apiMessage.get_community(message)) == community.encode()
        pdu = module.apiMessage.get_pdu(message)
        assert type(pdu).__name__ == "GetRequestPDU"
        assert int(module.apiPDU.get_request_id(pdu)) == number
        assert [tuple(oid) for oid, _ in module.apiPDU.get_varbinds(pdu)] == list(asked)


@given(st.lists(oids, min_size=1, max_size=30), st.integers(messages.LOWEST_ID, messages.HIGHEST_ID), st.integers(1, 1000))
def test_walk_requests_are_byte_for_byte_pysnmps(asked, number, rows):
    raw = [ber.encode_oid(oid) for oid in asked]
    bulk = v2c.GetBulkRequestPDU()
    v2c.apiBulkPDU.set_defaults(bulk)
    v2c.apiBulkPDU.set_request_id(bulk, number)
    v2c.apiBulkPDU.set_non_repeaters(bulk, 0)
    v2c.apiBulkPDU.set_max_repetitions(bulk, rows)
    v2c.apiBulkPDU.set_varbinds(bulk, [(oid, v2c.null) for oid in asked])
    following = v2c.GetNextRequestPDU()
    v2c.apiPDU.set_defaults(following)
    v2c.apiPDU.set_request_id(following, number)
    v2c.apiPDU.set_varbinds(following, [(oid, v2c.null) for oid in asked])
    wrap: Callable[[messages.Draft], bytes] = lambda draft: messages.CommunityMessages("2c", "c").seal(draft, number)  # noqa: E731
    for theirs, ours in ((bulk, messages.get_bulk(raw, rows)), (following, messages.get_next(raw))):
        message = v2c.Message()
        v2c.apiMessage.set_defaults(message)
        v2c.apiMessage.set_community(message, "c")
        v2c.apiMessage.set_pdu(message, theirs)
        assert wrap(ours) == encoder.encode(message)
