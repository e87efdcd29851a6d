"""Logs of repairs as offices keep them: what is read, and what is told of what cannot be."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import offices as office_list
from inventory.offices import Offices
from inventory.registers.files.cells import Cell, RegisterError
from inventory.registers.values import Refused
from inventory.repairs.reading import RepairsError, hours, read
from inventory.repairs.records import ACTIONS, PARTS
from inventory.repairs.words import action_of, part_of
from inventory.sentences import unpack

TODAY = datetime.date(2026, 11, 26)


def book(path: Path, *rows, merge=(), title="Sửa chữa 2025") -> Path:
    file = openpyxl.Workbook()
    sheet = file.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    file.save(path)
    return path


def reasons(log) -> dict[str, str]:
    """cell -> key of the reason."""
    return {one.cell: unpack(one.reason)[0].key for one in log.rejected}


def test_a_log_as_an_office_keeps_it(tmp_path):
    file = book(
        tmp_path / "so-sua-chua.xlsx",
        ["ỦY BAN NHÂN DÂN XÃ THÁI HÒA"],
        ["SỔ THEO DÕI SỬA CHỮA THIẾT BỊ"],
        [],
        ["STT", "Ngày hỏng", "Mã tài sản", "Tên thiết bị", "Hỏng gì", "Cách xử lý", "Chi phí (nghìn đồng)", "Số giờ ngừng"],
        [1, datetime.datetime(2025, 3, 14), "TS.0012", "Máy tính để bàn Dell", "Hỏng ổ cứng", "Thay ổ SSD mới", 1850, 16],
        [2, "05/2025", "TS.0040", "Bộ lưu điện APC (S/N: AS1234567890)", "Ắc quy chai", "Thay ắc quy", "1.200", "2 ngày"],
        [3, "12-06-25", None, "Máy in Canon LBP2900", "Bẩn", "Vệ sinh, nạp mực", None, "30 phút"],
        ["Tổng cộng", None, None, None, None, None, 3050],
        [None, None, None, None, None, "Ngày 30 tháng 6 năm 2025"],
        ["Người lập"],
    )
    log = read(file, today=TODAY)
    assert log.rejected == ()
    disk, battery, printer = log.repairs
    assert (disk.day, disk.code, disk.kind, disk.part, disk.action) == ("2025-03-14", "TS.0012", "pc", "disk", "replaced")
    assert (disk.cost_vnd, disk.hours_down) == (1_850_000, 16)
    assert (battery.day, battery.serials, battery.part) == ("2025-05", ("AS1234567890",), "battery")
    assert (battery.cost_vnd, battery.hours_down) == (1_200_000, 16)
    assert (printer.day, printer.kind, printer.action, printer.cost_vnd) == ("2025-06-12", "printer", "maintained", None)
    assert printer.hours_down == 0.5


def test_headings_in_two_rows_with_numbers_of_columns_beneath(tmp_path):
    file = book(
        tmp_path / "two.xlsx",
        ["TT", "Ngày hỏng", "Thiết bị", None, "Nội dung", "Sửa chữa", None],
        [None, None, "Mã tài sản", "Tên thiết bị", None, "Biện pháp xử lý", "Kinh phí (đồng)"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, "14/03/2025", "TS.7", "Máy in HP", "cháy cụm sấy", "thay", 900_000],
        merge=("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:G1"),
    )
    log = read(file, today=TODAY)
    assert log.rejected == ()
    (one,) = log.repairs
    assert (one.code, one.device_told, one.part, one.action, one.cost_vnd) == (
        "TS.7",
        "Máy in HP",
        "printer_kit",
        "replaced",
        900_000,
    )


def test_a_log_in_english_as_csv(tmp_path):
    file = tmp_path / "repairs.csv"
    file.write_text(
        "Date;Serial number;What failed;Action;Cost;Hours down\n2025-02-01;FOC1432X0AB;fan;replaced;600000;4\n", encoding="utf-8"
    )
    (one,) = read(file, today=TODAY).repairs
    assert (one.day, one.serials, one.part, one.action) == ("2025-02-01", ("FOC1432X0AB",), "fan", "replaced")
    assert (one.cost_vnd, one.hours_down) == (600_000, 4)


def test_merged_cells_hold_for_their_rows_and_money_is_counted_once(tmp_path):
    file = book(
        tmp_path / "merged.xlsx",
        ["Ngày sửa", "Mã tài sản", "Linh kiện hỏng", "Chi phí"],
        ["14/03/2025", "TS.1", "Ổ cứng", 2_000_000],
        [None, None, "Bộ nguồn", None],
        ["15/03/2025", "TS.2", "Quạt", 300_000],
        merge=("A2:A3", "B2:B3", "D2:D3"),
    )
    log = read(file, today=TODAY)
    assert [(r.day, r.code, r.part, r.cost_vnd) for r in log.repairs] == [
        ("2025-03-14", "TS.1", "disk", 2_000_000),
        ("2025-03-14", "TS.1", "supply", None),
        ("2025-03-15", "TS.2", "fan", 300_000),
    ]


def test_what_cannot_be_taken_is_told_with_its_cell_and_the_rest_goes_on(tmp_path):
    file = book(
        tmp_path / "bad.xlsx",
        ["Ngày", "Thiết bị", "Nội dung", "Chi phí", "Downtime"],
        ["31/02/2025", "Máy A1234", "hỏng", 1, 1],
        ["hôm qua", "Máy A1234", "hỏng", 1, 1],
        ["01/01/2031", "Máy A1234", "hỏng", 1, 1],
        [None, "Máy A1234", "hỏng", 1, 1],
        ["01/02/2025", None, "hỏng", 1, 1],
        ["01/02/2025", "Máy A1234", "hỏng quạt", "rẻ", "lâu"],
        ["02/02/2025", "Máy A1234", "hỏng quạt", -5, 1e9],
        ["03/02/2025", "Máy A1234", "=1/0", "#REF!", 3],
    )
    log = read(file, today=TODAY)
    told = reasons(log)
    assert told["A2"] == "detail.register_no_such_day"
    assert told["A3"] == "detail.register_no_date"
    assert told["A4"] == "detail.register_ahead"
    assert told["A5"] == "detail.repair_no_day"
    assert told["B6"] == "detail.repair_no_device"
    assert told["E7"] == told["E8"] == "detail.repair_no_hours"
    assert {"D7", "D8", "D9"} <= set(told)
    assert [repair.row for repair in log.repairs] == [7, 8, 9]
    assert [one.cell for one in log.rejected if one.whole_row] == ["A2", "A3", "A4", "A5", "B6"]


def test_names_of_offices_between_the_rows_hold_for_those_beneath(tmp_path):
    (tmp_path / "offices.yaml").write_text(
        "offices:\n  - {code: th, name_vi: Xã Thái Hòa, name_en: Thai Hoa, networks: [10.0.0.0/28]}\n"
        "  - {code: lh, name_vi: Xã Liên Hòa, name_en: Lien Hoa, networks: [10.0.1.0/28]}\n",
        encoding="utf-8",
    )
    offices = office_list.load(tmp_path / "offices.yaml")
    file = book(
        tmp_path / "groups.xlsx",
        ["Ngày", "Thiết bị", "Sự cố"],
        ["Xã Thái Hòa"],
        ["01/02/2025", "Máy in HP", "kẹt giấy"],
        ["Xã Liên Hòa"],
        ["02/02/2025", "Máy in HP", "kẹt giấy"],
    )
    assert [repair.office for repair in read(file, offices, today=TODAY).repairs] == ["th", "lh"]


def test_a_file_without_a_table_and_a_file_that_is_none_are_one_sentence(tmp_path):
    with pytest.raises(RepairsError, match=r"no sheet has a table of repairs"):
        read(book(tmp_path / "other.xlsx", ["Tên tài sản", "Nguyên giá"], ["Máy in", 5]), today=TODAY)
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(RegisterError, match=r"broken\.xlsx"):
        read(tmp_path / "broken.xlsx", today=TODAY)


@pytest.mark.parametrize(
    ("said", "heading", "is_"),
    [
        (4, "", 4),
        (2, "Số ngày ngừng", 16),
        ("2 ngày", "", 16),
        ("1 ngày 4 giờ", "", 12),
        ("1,5h", "", 1.5),
        ("90 phút", "", 1.5),
        ("nửa buổi", "", None),
        (datetime.time(4, 30), "", 4.5),
        (True, "", None),
        ("", "", "blank"),
    ],
)
def test_hours(said, heading, is_):
    found = hours(Cell(said, str(said)), heading)
    if is_ is None:
        assert isinstance(found, Refused)
    else:
        assert found == (None if is_ == "blank" else pytest.approx(is_))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_words_of_any_text_are_known_ones_or_none(text):
    assert part_of(text) in (None, *PARTS)
    assert action_of(text) in (None, *ACTIONS)
    found = hours(Cell(text, text))
    assert found is None or isinstance(found, Refused) or found >= 0


_CELLS = st.one_of(
    st.sampled_from(
        ["Ngày", "Mã tài sản", "Thiết bị", "Chi phí", "14/03/2025", "TS.1", "Máy in", "Tổng cộng", "", "1", "2 ngày", '"']
    ),
    st.text(max_size=12),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_CELLS, max_size=6), max_size=8), st.booleans())
def test_whatever_stands_in_a_file_is_read_or_refused_in_a_sentence(tmp_path_factory, rows, bare):
    file = tmp_path_factory.mktemp("any") / "any.csv"
    heads = [] if bare else [["Ngày", "Thiết bị", "Chi phí", "Số giờ ngừng", "Mã tài sản", "Hỏng gì"]]
    file.write_text("\n".join(";".join(row) for row in heads + rows), encoding="utf-8")
    try:
        log = read(file, today=TODAY)
    except (RepairsError, RegisterError):
        return
    for repair in log.repairs:
        assert repair.day
        assert repair.told
    assert all(unpack(one.reason) for one in log.rejected)


def test_no_office_is_needed(tmp_path):
    file = book(tmp_path / "a.xlsx", ["Ngày", "Thiết bị"], ["2025", "Máy in"])
    (one,) = read(file, Offices({}), today=TODAY).repairs
    assert (one.day, one.office) == ("2025", None)
