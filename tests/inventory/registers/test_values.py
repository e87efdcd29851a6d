"""Dates, quantities, amounts, addresses, serial numbers, as people write them; and nonsense, refused with a reason."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.registers import values
from inventory.registers.files.cells import Cell
from inventory.registers.values import Refused
from inventory.sentences import unpack

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TODAY = datetime.date(2026, 3, 2)


def cell(value) -> Cell:
    return Cell(value, value if isinstance(value, str) else str(value))


def key(result) -> str:
    assert isinstance(result, Refused), result
    return unpack(result.reason)[0].key.removeprefix("detail.register_")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("15/07/2012", "2012-07-15"),
        ("5.7.12", "2012-07-05"),
        ("15-7-98", "1998-07-15"),
        ("15/07/2012 00:00:00", "2012-07-15"),
        ("2012-07-15", "2012-07-15"),
        ("20120715", "2012-07-15"),
        (20120715, "2012-07-15"),
        ("07/25/2012", "2012-07-25"),  # month first: it can be read in no other way
        ("ngày 5 tháng 7 năm 2012", "2012-07-05"),
        ("T7/2012", "2012-07"),
        ("Tháng 7 năm 2012", "2012-07"),
        ("thg 7/2012", "2012-07"),
        ("7/2012", "2012-07"),
        ("2012-07", "2012-07"),
        ("Jul-12", "2012-07"),
        ("15 Jul 2012", "2012-07-15"),
        ("Quý II/2015", "2015"),
        ("quý 3 năm 2015", "2015"),
        ("Q4/15", "2015"),
        ("2012", "2012"),
        (2012, "2012"),
        (2012.0, "2012"),
        ("Năm 2012", "2012"),
        ("khoảng 2012", "2012"),
        (41105, "2012-07-15"),  # a day that lost its format
        ("41105", "2012-07-15"),
        (datetime.date(2012, 7, 15), "2012-07-15"),
        (datetime.date(1905, 7, 4), "2012"),  # the year 2012 in the format of a date
        ("29/02/2016", "2016-02-29"),
    ],
)
def test_dates(said, day: str) -> None:
    assert values.day(cell(said), TODAY) == day


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("31/02/2015", "no_such_day"),
        ("29/02/2015", "no_such_day"),
        ("13/13/2013", "no_such_day"),
        ("00/00/2015", "no_such_day"),
        ("1899", "too_early"),
        (datetime.date(1900, 1, 1), "too_early"),
        ("03/03/2026", "ahead"),
        ("2027", "ahead"),
        (datetime.date(2031, 1, 1), "ahead"),
        ("2012-2014", "no_date"),
        ("trước đây", "no_date"),
        ("12", "no_date"),
        (12, "no_date"),
        (99999999999, "no_date"),
        (True, "no_date"),
    ],
)
def test_dates_that_cannot_be(said, reason: str) -> None:
    assert key(values.day(cell(said), TODAY)) == reason


def test_a_warranty_may_lie_ahead_but_not_for_ever() -> None:
    assert values.day(cell("15/07/2029"), TODAY, may_be_ahead=True) == "2029-07-15"
    assert key(values.day(cell("15/07/2049"), TODAY, may_be_ahead=True)) == "no_such_day"


@given(
    st.dates(datetime.date(1975, 1, 1), TODAY),
    st.sampled_from(["{d:02}/{m:02}/{y}", "{d}.{m}.{y}", "{d}-{m}-{y:04}", "{y}-{m:02}-{d:02}"]),
)
def test_every_day_in_every_spelling(day: datetime.date, form: str) -> None:
    assert values.day(cell(form.format(d=day.day, m=day.month, y=day.year)), TODAY) == day.isoformat()


@settings(max_examples=200)
@given(
    st.text(max_size=20)
    | st.text("0123456789/.-TQquýtháng ", max_size=14)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
def test_any_cell_is_read_or_refused(said) -> None:
    for read in (
        lambda c: values.day(c, TODAY),
        values.quantity,
        values.amount,
        lambda c: values.amount(c, 1_000_000),
        values.macs,
        values.address,
        values.identifier,
        values.serials,
        values.text,
    ):
        result = read(cell(said))
        assert result is None or isinstance(result, Refused | str | int | tuple)
        if isinstance(result, Refused):
            assert unpack(result.reason)


@pytest.mark.parametrize(
    ("said", "quantity"),
    [
        (5, (5, None)),
        ("5 bộ", (5, "bộ")),
        ("02 cái", (2, "cái")),
        ("5.0", (5, None)),
        ("5,00", (5, None)),
        (" 01 ", (1, None)),
        ("05 (bộ)", (5, None)),
        ("1.000", (1000, None)),
        ("0", (0, None)),
        ("3chiếc", (3, "chiếc")),
    ],
)
def test_quantities(said, quantity) -> None:
    assert values.quantity(cell(said)) == quantity


@pytest.mark.parametrize("said", ["vài", 2.5, "2,5", -1, "12.500.000", datetime.date(2012, 1, 1), "1 bộ + 2 cái", "một"])
def test_quantities_that_cannot_be(said) -> None:
    assert key(values.quantity(cell(said))) == "no_quantity"


@pytest.mark.parametrize(
    ("said", "scale", "dong"),
    [
        ("12.500.000", 1, 12_500_000),
        ("12,500,000", 1, 12_500_000),
        ("12 500 000", 1, 12_500_000),
        ("12.500.000đ", 1, 12_500_000),
        ("12.500.000 VNĐ", 1, 12_500_000),
        ("12.500.000,00", 1, 12_500_000),
        ("12,500,000.00", 1, 12_500_000),
        (12_500_000, 1, 12_500_000),
        ("12,5 triệu", 1, 12_500_000),
        ("12.5 tr", 1000, 12_500_000),
        ("12tr5", 1, 12_500_000),
        ("12tr500", 1, 12_500_000),
        ("12tr050", 1, 12_050_000),
        ("1 tỷ 200 triệu", 1, 1_200_000_000),
        ("850k", 1, 850_000),
        ("12.500", 1000, 12_500_000),
        (12.5, 1_000_000, 12_500_000),
        ("12,5", 1_000_000, 12_500_000),
        ("1.250.000", 1000, 1_250_000_000),
        (0, 1, 0),
    ],
)
def test_amounts(said, scale: int, dong: int) -> None:
    assert values.amount(cell(said), scale) == dong


@pytest.mark.parametrize(
    ("said", "scale", "reason"),
    [
        ("12.500", 1_000_000, "unclear_amount"),
        ("12.500 triệu", 1, "unclear_amount"),
        (-5, 1, "negative"),
        ("(12.500.000)", 1, "negative"),
        ("1.2.3", 1, "no_amount"),
        ("theo HĐ", 1, "no_amount"),
        ("12 triệu 3 tỷ", 1, "no_amount"),
        (1e15, 1, "no_amount"),
        (datetime.date(2012, 1, 1), 1, "no_amount"),
    ],
)
def test_amounts_that_cannot_be(said, scale: int, reason: str) -> None:
    assert key(values.amount(cell(said), scale)) == reason


@given(st.integers(1, 9_999_999_999), st.sampled_from([".", ",", " "]))
def test_every_amount_in_groups_of_three(dong: int, mark: str) -> None:
    assert values.amount(cell(f"{dong:,}".replace(",", mark))) == dong


@pytest.mark.parametrize(
    "said",
    [
        "E0:D5:5E:12:34:AB",
        "e0-d5-5e-12-34-ab",
        "e0d5.5e12.34ab",
        "E0D55E1234AB",
        "e0 d5 5e 12 34 ab",
        "MAC: e0:d5:5e:12:34:ab (LAN)",
        "E0D55E-1234AB",
    ],
)
def test_hardware_addresses_in_every_form(said: str) -> None:
    assert values.macs(cell(said)) == ("e0:d5:5e:12:34:ab",)


def test_several_hardware_addresses_and_such_as_are_none() -> None:
    assert values.macs(cell("e0:d5:5e:12:34:ab\n00-11-22-33-44-55")) == ("e0:d5:5e:12:34:ab", "00:11:22:33:44:55")
    assert values.macs(cell(1122334455)) == ("00:11:22:33:44:55",)  # without letters it became a number
    for said in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "e0:d5:5e:12:34", "7.6E+11"):
        assert key(values.macs(cell(said))) == "no_mac"


@given(
    st.binary(min_size=6, max_size=6).filter(lambda octets: octets != bytes(6) and not octets[0] & 1),
    st.sampled_from([":", "-", ".", "", " "]),
)
def test_every_hardware_address(octets: bytes, mark: str) -> None:
    digits = octets.hex()
    said = (
        ".".join(digits[i : i + 4] for i in (0, 4, 8)) if mark == "." else mark.join(digits[i : i + 2] for i in range(0, 12, 2))
    )
    assert values.macs(cell(said.upper())) == (octets.hex(":"),)


@pytest.mark.parametrize(
    ("said", "count", "serials"),
    [
        ("CZC1234567", 1, ("CZC1234567",)),
        ("S/N: CZC1234567", 1, ("CZC1234567",)),
        ("SN CZC1234567", 1, ("CZC1234567",)),
        ("CZC1234567; CZC7654321", 2, ("CZC1234567", "CZC7654321")),
        ("CZC1234567\nCZC7654321", 2, ("CZC1234567", "CZC7654321")),
        ("CZC1234567 CZC7654321", 2, ("CZC1234567", "CZC7654321")),
        ("CZC1234567 / CZC7654321", 2, ("CZC1234567", "CZC7654321")),
        ("CN 1234 5678", 1, ("CN 1234 5678",)),
        ("AB/12-34", 1, ("AB/12-34",)),
        (402938475610, 1, ("402938475610",)),
        ("000000000000", 1, None),
        ("Không có", 1, None),
        ("N/A", 1, None),
        ("-", 1, None),
    ],
)
def test_serial_numbers(said, count: int, serials) -> None:
    assert values.serials(cell(said), count) == serials


@pytest.mark.parametrize(
    ("said", "reason"),
    [("1.23E+11", "rounded"), (1.5, "rounded"), (1e16, "rounded"), (datetime.date(2012, 1, 2), "turned_into_date")],
)
def test_serial_numbers_that_a_spreadsheet_has_spoiled(said, reason: str) -> None:
    assert key(values.serials(cell(said))) == reason


@pytest.mark.parametrize(
    ("said", "serials"),
    [
        ("Máy tính HP (S/N: 59L2ZBN)", ("59L2ZBN",)),
        ("Số máy: 7ZJ4G82; J97SBP2", ("7ZJ4G82", "J97SBP2")),
        ("Serial: PFGGP68\nJGH36SLLN9X8", ("PFGGP68", "JGH36SLLN9X8")),
        ("Máy in, SN: BAUP 2ZLVH3", ("BAUP 2ZLVH3",)),
        ("Máy in seri mới", ()),
        ("Số máy 2 cái", ()),
    ],
)
def test_serial_numbers_inside_of_names_and_notes(said: str, serials) -> None:
    assert values.serials_inside(said) == serials


def test_addresses() -> None:
    assert values.address(cell("192.168.1.10/24")) == "192.168.1.10"
    assert key(values.address(cell("192.168.1"))) == "no_address"
