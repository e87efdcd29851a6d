"""Registers as offices keep them: every asset once, and everything else with its cell and a reason."""

from __future__ import annotations

import datetime
import unicodedata
from pathlib import Path

import pytest

from inventory.registers.encodings import to_tcvn3, to_vni
from inventory.registers.files.cells import RegisterError
from inventory.registers.records import State
from inventory.sentences import unpack
from tests.inventory.registers.books import csv, told, xlsx

HEADINGS = [
    "STT",
    "Mã tài sản",
    "Tên tài sản",
    "Số serial",
    "ĐVT",
    "SL",
    "Năm SD",
    "Nguyên giá",
    "Đơn vị sử dụng",
    "Tình trạng",
    "Ghi chú",
]
PC = [
    "1",
    "MT01",
    "Máy tính để bàn Dell Optiplex 3050",
    "8HJK2L3",
    "Bộ",
    1,
    2018,
    12_500_000,
    "UBND xã Xuân Hoà",
    "Đang sử dụng",
    None,
]
PRINTER = [
    2,
    "MI01",
    "Máy in Canon LBP2900",
    "NFQA123456",
    "cái",
    "01",
    "T7/2015",
    "3.500.000",
    "X. Xuan Hoa",
    "Hỏng",
    "Chờ thanh lý",
]


def reasons(register, whole_row=None):
    return {
        rejected.cell: unpack(rejected.reason)[0].key.removeprefix("detail.register_")
        for rejected in register.rejected
        if whole_row in (None, rejected.whole_row)
    }


def notes(register):
    return [sentence.key.removeprefix("detail.register_") for note in register.notes for sentence in unpack(note)]


def test_an_ordinary_register(tmp_path: Path) -> None:
    rows = [
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["Độc lập - Tự do - Hạnh phúc"],
        ["SỔ TÀI SẢN CỐ ĐỊNH"],
        [],
        HEADINGS,
        PC,
        PRINTER,
        [None, None, "Tổng cộng", None, None, 2, None, 16_000_000],
        [],
        ["Người lập biểu", None, None, "Kế toán", None, None, None, "Thủ trưởng đơn vị"],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows, merged=["A1:K1", "A3:K3"]))
    pc, printer = register.lines
    assert (pc.row, pc.code, pc.kind, pc.vendor, pc.model) == (6, "MT01", "pc", "Dell", "Optiplex 3050")
    assert (pc.serials, pc.quantity, pc.unit, pc.in_use, pc.price_vnd) == (("8HJK2L3",), 1, "Bộ", "2018", 12_500_000)
    assert (pc.office, pc.office_told, pc.state) == ("xuan-hoa", "UBND xã Xuân Hoà", State.IN_USE)
    assert (printer.kind, printer.model, printer.in_use, printer.price_vnd) == ("printer", "LBP2900", "2015-07", 3_500_000)
    assert (printer.office, printer.state, printer.note) == ("xuan-hoa", State.BROKEN, "Chờ thanh lý")
    assert reasons(register) == {"C8": "total_row", "A10": "below"}
    assert register.notes == ()
    table = register.tables[0]
    assert table.heading_rows == (5, 5)
    assert table.columns["D"] == "serial"
    assert table.doubtful == ()


@pytest.mark.parametrize("encode", [to_tcvn3, to_vni, lambda text: unicodedata.normalize("NFD", text), lambda text: text])
def test_the_same_register_in_every_code(tmp_path: Path, encode) -> None:
    rows = [
        [encode(value) if isinstance(value, str) else value for value in row] for row in (["SỔ TÀI SẢN"], HEADINGS, PC, PRINTER)
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    plain = told(xlsx(tmp_path / "plain.xlsx", [["SỔ TÀI SẢN"], HEADINGS, PC, PRINTER]))
    assert [(line.name, line.office, line.state, line.note) for line in register.lines] == [
        (line.name, line.office, line.state, line.note) for line in plain.lines
    ]
    assert ("legacy" in notes(register)) == (encode in (to_tcvn3, to_vni))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_csv_of_every_kind(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [HEADINGS, [*PC[:10], f'"Máy của phòng{separator}\ntầng 2"'], PRINTER]
    register = told(csv(tmp_path / "so.csv", rows, separator, encoding))
    assert [line.code for line in register.lines] == ["MT01", "MI01"]
    assert register.lines[0].note == f"Máy của phòng{separator} tầng 2".replace("\t", "")
    assert [line.row for line in register.lines] == [2, 3]


@pytest.mark.parametrize("code", ["cp1258", "tcvn3", "vni"])
def test_csv_in_one_octet_codes(tmp_path: Path, code: str) -> None:
    text = "\n".join(";".join("" if value is None else str(value) for value in row) for row in (HEADINGS, PC, PRINTER))
    if code == "cp1258":
        spread = {c: unicodedata.normalize("NFD", c) for c in set(text) if c not in "ăâđêôơưĂÂĐÊÔƠƯ"}
        octets = "".join(
            spread[c]
            if c in spread and len(spread[c]) == 2 and spread[c].encode("cp1258", "ignore").decode("cp1258") == spread[c]
            else c
            for c in text
        )
        octets = "".join(c if c.encode("cp1258", "ignore") else _spread(c) for c in octets).encode("cp1258")
    else:
        octets = (to_tcvn3 if code == "tcvn3" else to_vni)(text).encode("cp1252")
    path = tmp_path / "so.csv"
    path.write_bytes(octets)
    register = told(path)
    assert [line.name for line in register.lines] == [PC[2], PRINTER[2]]
    assert register.lines[0].office == "xuan-hoa"
    assert register.lines[1].note == "Chờ thanh lý"


def _spread(letter: str) -> str:
    """A letter as cp1258 has it: with its hat, the tone apart."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    apart = unicodedata.normalize("NFD", letter)
    return unicodedata.normalize("NFC", "".join(c for c in apart if c not in tones)) + "".join(c for c in apart if c in tones)


def test_headings_over_three_rows(tmp_path: Path) -> None:
    rows = [
        ["STT", "Tên tài sản", "Ghi tăng", None, None, None, "Ghi giảm", None],
        [None, None, "Năm đưa vào SD", "SL", "Nguyên giá (nghìn đồng)", None, "Ngày", "Lý do"],
        [None, None, None, None, "Đơn giá", "Thành tiền", None, None],
        ["A", "B", 1, 2, 3, "4=2x3", 5, 6],
        [1, "Máy tính HP 280 G2 MT", 2017, 2, "10.500", "21.000", None, None],
        [2, "Máy in HP LaserJet P1102", 2011, 1, 3200, 3200, "15/03/2020", "Thanh lý"],
    ]
    merged = ["A1:A3", "B1:B3", "C1:F1", "G1:H1", "C2:C3", "D2:D3", "E2:F2", "G2:G3", "H2:H3"]
    register = told(xlsx(tmp_path / "so.xlsx", rows, merged))
    assert register.tables[0].heading_rows == (1, 4)
    assert register.tables[0].scale == 1000
    assert register.tables[0].headings["E"] == "Ghi tăng / Nguyên giá (nghìn đồng) / Đơn giá"
    pc, printer = register.lines
    assert (pc.quantity, pc.unit_price_vnd, pc.price_vnd, pc.state) == (2, 10_500_000, 21_000_000, None)
    assert printer.state is State.SCRAPPED


def test_vertically_merged_cells_count_for_all_rows(tmp_path: Path) -> None:
    rows = [
        ["STT", "Tên tài sản", "Số serial", "Số lượng", "Nguyên giá", "Đơn vị sử dụng", "Phòng"],
        [1, "Máy tính Dell Vostro 3670", "AAA1112", 3, 30_000_000, "Xã Thái Hòa", "Phòng Một cửa"],
        [None, None, "BBB2223", None, None, None, None],
        [None, None, "CCC3334", None, None, None, "Phòng Kế toán"],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows, ["A2:A4", "B2:B4", "D2:D4", "E2:E4", "F2:F4", "G2:G3"]))
    assert [(line.serials, line.quantity, line.price_vnd, line.office, line.place) for line in register.lines] == [
        (("AAA1112",), 1, 10_000_000, "thai-hoa", "Phòng Một cửa"),
        (("BBB2223",), 1, 10_000_000, "thai-hoa", "Phòng Một cửa"),
        (("CCC3334",), 1, 10_000_000, "thai-hoa", "Phòng Kế toán"),
    ]
    assert register.rejected == ()


def test_groups_hold_for_the_rows_beneath(tmp_path: Path) -> None:
    rows = [
        ["STT", "Tên tài sản", "Số lượng", "Năm sử dụng", "Nguyên giá"],
        ["I", "UBND xã Xuân Hòa", None, None, None],
        ["A", "Máy vi tính", 2, None, 20_000_000],
        [1, "FPT Elead M525", 1, 2012, 10_000_000],
        [2, "Lắp ráp tại chỗ", 1, 2013, 10_000_000],
        ["II", "Xã không có trong danh sách", None, None, None],
        [1, "Máy in Canon LBP2900", 1, 2014, 3_000_000],
        [None, "Cộng", 3, None, 23_000_000],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows), office="huyen")
    assert [(line.office, line.kind) for line in register.lines] == [("xuan-hoa", "pc"), ("xuan-hoa", "pc"), (None, "printer")]
    assert register.lines[2].office_told == "Xã không có trong danh sách"
    assert reasons(register) == {"A2": "group", "A3": "group", "A6": "group", "B8": "total_row"}
    assert register.notes == ()


def test_a_total_that_does_not_add_up_is_noted_with_its_cell(tmp_path: Path) -> None:
    rows = [["STT", "Tên tài sản", "SL", "Nguyên giá"], [1, "Máy in HP 1102", 2, 6_000_000], [None, "Tổng cộng", 3, 6_000_000]]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    (note,) = (sentence for note in register.notes for sentence in unpack(note))
    assert (note.key, note.values) == ("detail.register_total", {"where": "Sheet1!C3", "told": 3, "found": 2})


def test_values_that_cannot_be_are_refused_with_their_cells_and_the_line_stays(tmp_path: Path) -> None:
    rows = [
        ["STT", "Tên tài sản", "Số serial", "MAC", "Ngày đưa vào sử dụng", "Nguyên giá", "SL"],
        [1, "Máy tính Dell", "1.23E+11", "abc", "31/02/2015", "không rõ lắm", "vài"],
        [2, "Máy in HP", 1234567890123456789, "00:00:00:00:00:00", datetime.date(2031, 1, 1), -5, 2.5],
        [3, "Máy chủ IBM", "#REF!", "01:00:5e:00:00:01", "1899", "12.500 triệu", 1],
        [4, "UPS Santak", datetime.date(2012, 1, 2), None, "5", 1e15, 1],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    assert [(line.name, line.serials, line.macs, line.in_use, line.price_vnd) for line in register.lines] == [
        (name, (), (), None, None) for name in ("Máy tính Dell", "Máy in HP", "Máy chủ IBM", "UPS Santak")
    ]
    assert reasons(register, whole_row=False) == {
        "C2": "rounded",
        "D2": "no_mac",
        "E2": "no_such_day",
        "F2": "no_amount",
        "G2": "no_quantity",
        "C3": "rounded",
        "D3": "no_mac",
        "E3": "ahead",
        "F3": "negative",
        "G3": "no_quantity",
        "C4": "fault",
        "D4": "no_mac",
        "E4": "too_early",
        "F4": "unclear_amount",
        "C5": "turned_into_date",
        "E5": "no_date",
        "F5": "no_amount",
    }


def test_a_row_that_is_written_twice_is_taken_once_and_two_like_things_twice(tmp_path: Path) -> None:
    rows = [
        ["STT", "Mã TS", "Tên tài sản", "Serial", "Năm SD"],
        [1, "MT01", "Máy tính HP", "CZC1234567", 2015],
        [2, None, "Máy tính Dell", None, 2016],
        [3, None, "Máy tính Dell", None, 2016],
        [4, "MT01", "Máy tính HP", "CZC1234567", 2015],
        [5, "MT05", "Máy in Canon", "CZC1234567", 2019],  # copied into the wrong row: another thing
        [6, "LOAI-1", "Ghế xoay", None, 2010],
        [7, "LOAI-1", "Ghế gấp", None, 2011],
        [8, "LOAI-1", "Ghế băng", None, 2012],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    assert [line.row for line in register.lines] == [2, 3, 4, 6, 7, 8, 9]
    (rejected,) = register.rejected
    assert (rejected.cell, unpack(rejected.reason)[0].values["where"]) == ("D5", "Sheet1!A2")
    assert sorted(notes(register)) == ["alike", "shared", "twice"]


def test_sheets_of_offices_hidden_ones_and_notes(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    table = [["STT", "Tên tài sản", "SL"], [1, "Máy in HP", 1]]
    path = xlsx(
        tmp_path / "so.xlsx",
        table,
        **{"Xuân Lôi": table, "X. Thái Hoà": table, "Ghi chú": [["Kính gửi các đơn vị"]], "cũ": table},
    )
    book = load_workbook(path)
    book["cũ"].sheet_state = "hidden"
    book.save(path)
    register = told(path, office="huyen")
    assert [(line.sheet, line.office) for line in register.lines] == [
        ("Sheet1", "huyen"),
        ("Xuân Lôi", "xuan-loi"),
        ("X. Thái Hoà", "thai-hoa"),
    ]
    assert sorted(notes(register)) == ["hidden", "no_table_here"]


def test_a_confirmed_mapping_overrules(tmp_path: Path) -> None:
    rows = [
        ["STT", "Tên", "Số hiệu", "Giá trị", "Lạ"],
        [1, "Máy in HP", "VNB3X12345", 3500, "P. 201"],
        [2, "Máy tính", "CZC99887766", 9000, "P. 202"],
    ]
    path = xlsx(tmp_path / "so.xlsx", rows)
    register = told(path, mapping={"số hiệu": "serial", "Lạ": "place", "Giá trị": "price"}, scale=1000)
    assert [(line.serials, line.code, line.place, line.price_vnd) for line in register.lines] == [
        (("VNB3X12345",), None, "P. 201", 3_500_000),
        (("CZC99887766",), None, "P. 202", 9_000_000),
    ]
    assert not set(register.tables[0].doubtful) & {"C", "D", "E"}
    assert told(path, mapping={"Số hiệu": ""}).lines[0].more == (("Số hiệu", "VNB3X12345"), ("Lạ", "P. 201"))
    with pytest.raises(RegisterError, match="serialnummer"):
        told(path, mapping={"Số hiệu": "serialnummer"})


def test_thousands_of_empty_formatted_rows_and_columns_cost_nothing(tmp_path: Path) -> None:
    from openpyxl import load_workbook
    from openpyxl.styles import Font

    path = xlsx(tmp_path / "so.xlsx", [HEADINGS, PC, PRINTER])
    book = load_workbook(path)
    for row in range(4, 3000):
        book.active.cell(row, 2).font = Font(bold=True)
    book.active.cell(1_048_576, 16_384).value = " "
    book.save(path)
    register = told(path)
    assert len(register.lines) == 2
    assert register.rejected == ()


def test_headings_on_every_page_and_blocks_of_offices(tmp_path: Path) -> None:
    headings = ["STT", "Tên tài sản", "SL", "Nguyên giá"]
    rows = [
        ["UBND XÃ XUÂN HÒA"],
        headings,
        [1, "Máy in HP 1102", 1, 3_000_000],
        ["I", "Máy vi tính", None, None],
        [2, "FPT Elead M525", 1, 9_000_000],
        headings,  # the next page
        [3, "Thánh Gióng G100", 1, 8_000_000],
        [None, "Tổng cộng", 3, 20_000_000],
        ["Người lập biểu", None, None, "Kế toán"],
        [],
        ["UBND XÃ XUÂN LÔI", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        headings,  # the next office
        [1, "Máy quét Plustek", 1, 7_000_000],
        [None, "Tổng cộng", 1, 7_000_000],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows), office="huyen")
    assert [(line.row, line.office, line.kind) for line in register.lines] == [
        (3, "xuan-hoa", "printer"),
        (5, "xuan-hoa", "pc"),
        (7, "xuan-hoa", "pc"),
        (13, "xuan-loi", "scanner"),
    ]
    assert len(register.tables) == 1
    assert register.notes == ()


def test_marks_in_columns_of_states_also_when_the_columns_are_confirmed(tmp_path: Path) -> None:
    rows = [
        ["STT", "Tên tài sản", "Hiện trạng", None, None],
        [None, None, "Đang sử dụng", "Không sử dụng", "Hỏng, chờ thanh lý"],
        [1, "Máy in HP 1102", "x", None, None],
        [2, "Máy in HP 1102", None, "X", None],
        [3, "Máy in HP 1102", None, None, 1],
        [4, "Máy in HP 1102", None, None, None],
    ]
    path = xlsx(tmp_path / "so.xlsx", rows, ["A1:A2", "B1:B2", "C1:E1"])
    register = told(path)
    states = [State.IN_USE, State.STORED, State.BROKEN, None]
    assert [line.state for line in register.lines] == states
    (table,) = register.tables
    again = told(path, mapping={table.headings[letter]: field for letter, field in table.columns.items()})
    assert [line.state for line in again.lines] == states


def test_a_value_that_is_left_when_a_thing_is_written_off_does_not_write_it_off(tmp_path: Path) -> None:
    rows = [
        ["STT", "Tên TSCĐ", "Nguyên giá", "Ghi giảm TSCĐ", None, None],
        [None, None, None, "Ngày", "Lý do", "Giá trị còn lại"],
        [1, "Máy in HP 1102", 3_000_000, None, None, 1_000_000],
        [2, "Máy in HP 1102", 3_000_000, "05/03/2021", None, 0],
        [3, "Máy in HP 1102", 3_000_000, "05/03/2021", "Điều chuyển", 0],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows, ["A1:A2", "B1:B2", "C1:C2", "D1:F1"]))
    assert [line.state for line in register.lines] == [None, State.SCRAPPED, State.MOVED]


def test_a_sheet_that_sums_up_the_others_does_not_double_them(tmp_path: Path) -> None:
    headings = ["STT", "Tên tài sản", "SL", "Năm SD", "Nguyên giá"]
    room = [[1, "Máy in HP 1102", 1, 2015, 3_000_000], [2, "Máy tính Dell 3050", 2, 2018, 24_000_000]]
    other = [[1, "Máy in HP 1102", 1, 2015, 3_000_000], [2, "Máy quét Plustek", 1, 2019, 7_000_000]]
    summary = [headings, *room, *other, [5, "Máy in Canon LBP2900", 1, 2012, 3_100_000]]
    path = xlsx(tmp_path / "so.xlsx", [headings, *room], **{"Phòng 2": [headings, *other], "Tổng hợp": summary})
    register = told(path, office="huyen")
    assert [(line.sheet, line.row) for line in register.lines] == [
        ("Sheet1", 2),
        ("Sheet1", 3),
        ("Phòng 2", 2),  # as in the first room: another printer
        ("Phòng 2", 3),
        ("Tổng hợp", 6),
    ]
    assert set(reasons(register, whole_row=True).values()) == {"copied"}


def test_two_offices_that_were_given_the_same_keep_it_both(tmp_path: Path) -> None:
    given = [["STT", "Tên tài sản", "Năm SD"], [1, "Máy in HP 1102", 2015], [2, "Máy tính Dell", 2015], [3, "UPS Santak", 2015]]
    register = told(xlsx(tmp_path / "so.xlsx", [["x"]], **{"Xuân Hòa": given, "Xuân Lôi": given}))
    assert len(register.lines) == 6


def test_names_that_are_merged_over_several_columns_as_their_heading_is(tmp_path: Path) -> None:
    rows = [
        ["Tên tài sản", None, None, "SL", "Đơn vị\nsử dụng"],
        ["Máy in HP 1102", None, None, 2, "xã Xuân Hòa"],
        ["Màn hình", None, None, 1, None],
        ["Máy vi tính", None, None, None, None],
        ["Lắp ráp", None, None, 3, None],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows, ["A1:C1", "A2:C2", "A3:C3", "A4:E4", "A5:C5"]))
    assert [(line.row, line.quantity, line.kind) for line in register.lines] == [(2, 2, "printer"), (3, 1, None), (5, 3, "pc")]
    assert register.tables[0].columns == {"A": "name", "D": "quantity", "E": "office"}


def test_a_table_without_headings_is_read_by_what_stands_in_it_and_doubted(tmp_path: Path) -> None:
    rows = [
        ["Máy in Canon LBP2900", 1, "15/07/2012"],
        ["Máy tính Dell 3050", 2, "20/08/2018"],
        ["Switch TP-Link", 1, "01/02/2016"],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    assert [(line.name, line.quantity, line.in_use) for line in register.lines] == [
        ("Máy in Canon LBP2900", 1, "2012-07-15"),
        ("Máy tính Dell 3050", 2, "2018-08-20"),
        ("Switch TP-Link", 1, "2016-02-01"),
    ]
    assert set(register.tables[0].doubtful) == {"A", "B", "C"}


def test_prices_of_which_heading_and_title_tell_different_units(tmp_path: Path) -> None:
    rows = [
        ["ĐVT: 1.000 đồng"],
        ["STT", "Tên tài sản", "Nguyên giá (đồng)"],
        *([n, "Máy in HP 1102", 3000 + n] for n in range(1, 5)),
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    assert [line.price_vnd for line in register.lines] == [3_001_000, 3_002_000, 3_003_000, 3_004_000]
    assert register.tables[0].doubtful == ("C",)
    assert [line.price_vnd for line in told(tmp_path / "so.xlsx", scale=1).lines] == [3001, 3002, 3003, 3004]
    assert "scale" in notes(told(tmp_path / "so.xlsx", scale=1))


@pytest.mark.parametrize(
    ("price", "dong"), [("12.500.000", 12_500_000), ("12,5 triệu", 12_500_000), (12_500_000, 12_500_000), ("12tr5", 12_500_000)]
)
def test_prices_as_they_are_written(tmp_path: Path, price, dong: int) -> None:
    register = told(xlsx(tmp_path / "so.xlsx", [["STT", "Tên tài sản", "Nguyên giá"], [1, "Máy tính", price]]))
    assert register.lines[0].price_vnd == dong


@pytest.mark.parametrize("heading", ["Nội dung", "Diễn giải", "Mô tả", "Loại máy", "Chủng loại", "Tài sản", "Item"])
def test_a_column_of_names_with_a_vague_heading(tmp_path: Path, heading: str) -> None:
    rows = [["STT", heading, "SL"], [1, "Máy in HP 1102", 2], [2, "Máy tính Dell 3050", 1], [3, "Bàn làm việc", 4]]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    assert [line.name for line in register.lines] == ["Máy in HP 1102", "Máy tính Dell 3050", "Bàn làm việc"]


@pytest.mark.parametrize(
    ("values", "field"),
    [(("Bộ", "Cái", "Chiếc"), "unit"), (("Xã Xuân Hòa", "UBND xã Xuân Lôi", "X. Thái Hòa"), "office")],
)
def test_what_stands_beneath_tells_a_unit_from_an_office(tmp_path: Path, values, field: str) -> None:
    rows = [["STT", "Tên tài sản", "Đơn vị"], *([n, f"Máy in {n}", value] for n, value in enumerate(values, start=1))]
    assert told(xlsx(tmp_path / "so.xlsx", rows)).tables[0].columns["C"] == field
