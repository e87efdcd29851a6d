"""What agents send: mojibake, text for numbers, every spelling of an address."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import values
from collectors.asking import OidValue
from inventory.junk import is_junk, is_junk_serial

anything = st.none() | st.integers(-(2**70), 2**70) | st.binary(max_size=80) | st.lists(st.integers(0, 2**32)).map(OidValue)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Phòng Một cửa".encode(), "Phòng Một cửa"),
        (unicodedata.normalize("NFD", "Trạm y tế").encode(), "Trạm y tế"),
        ("Ủy ban".encode("utf-16"), "Ủy ban"),
        ("Phòng Một cửa".encode("cp1258", "ignore") and b"Pho\xccng M\xf4\xf2t c\xfd\xd2a", "Phòng Một cửa"),
        (b"Ph\xf2ng", "Phòng"),
        (b"S\xe4nger", "Sänger"),
        (b"HP LaserJet\x00\x00", "HP LaserJet"),
        (b"a\x1b[31mb", "a[31mb"),
    ],
)
def test_text_in_any_encoding(said, meant):
    assert values.text(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        b"\x00\x1b\x21\x0a\x0b\x0c",
        b"00:1b:21:0a:0b:0c",
        b"0:1B:21:a:b:c",
        b"00-1b-21-0a-0b-0c",
        b"001b.210a.0b0c",
        b"001b210a0b0c",
    ],
)
def test_one_address_in_every_spelling(said):
    assert values.mac(said) == "00:1b:21:0a:0b:0c"


@pytest.mark.parametrize("said", [b"", b"\x00" * 6, b"\x00" * 8, b"eth0", b"00:00:00:00:00:00", 5, None, b"zz:zz:zz:zz:zz:zz"])
def test_no_address_is_none(said):
    assert values.mac(said) is None


def test_numbers_sent_as_text_and_as_signed():
    assert values.integer(b"42 pages") == 42
    assert values.counter(-1) == 2**32 - 1
    assert values.counter(2**80) is None


@given(anything)
def test_no_value_raises(value):
    for read in (values.text, values.line, values.integer, values.counter, values.mac, values.ip_value):
        read(value)


@given(anything)
def test_text_is_printable_and_not_blank(value):
    said = values.line(value)
    assert said is None or (said.strip() == said and said and "\x00" not in said)


@pytest.mark.parametrize(
    "serial",
    [
        *("To be filled by O.E.M.", "SystemSerialNumb", "System Serial Number", "Default string", "Not Specified", "BUILTIN"),
        *(
            "0000000",
            ".",
            "",
            "   ",
            "N/A",
            "none",
            "XXXXXXXXXX",
            "1234567890",
            "0123456789",
            "-----",
            "ab",
            "<private>",
            "00:00:00",
        ),
    ],
)
def test_serials_that_makers_leave_in_place_of_one(serial):
    assert is_junk_serial(serial)


@pytest.mark.parametrize("serial", ["SCN51A1Z4BN", "FOC1426Y2AY", "90C709063CC4", "4006379832100006", "R-2FF-001", "100"])
def test_serials_that_look_odd_and_are_real(serial):
    assert not is_junk_serial(serial)


def test_a_model_may_have_zeros():
    assert not is_junk("2000")
