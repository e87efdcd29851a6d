"""Files that cannot be read say so in one sentence; files that are not what their names say are read for what they are.

`kept/so-tai-san-2009.xls` was written once with xlwt (Excel 97-2003, TCVN3 in the fonts .VnTime and .VnTimeH, a serial number in
the format 0000000000, a hidden sheet); `kept/khoa.xlsx` once with a password.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from inventory.registers.files import xlsx as reader
from inventory.registers.files.cells import Fault, RegisterError, letters, place
from inventory.registers.files.formats import date_parts
from inventory.registers.sheets import read
from inventory.sentences import unpack
from tests.inventory.registers.books import csv, told, xlsx

KEPT = Path(__file__).with_name("kept")
TABLE = [["STT", "Tên tài sản", "SL"], [1, "Máy in HP LaserJet P1102", 2]]


def test_a_workbook_of_2009(tmp_path: Path) -> None:
    register = told(KEPT / "so-tai-san-2009.xls")
    pc, printer = register.lines
    assert (pc.name, pc.kind, pc.serials, pc.quantity, pc.in_use) == (
        "Máy vi tính để bàn",
        "pc",
        ("0012345678",),
        2,
        "2009-09-15",
    )
    assert (pc.office, printer.office, pc.note) == (
        "xuan-hoa",
        "xuan-hoa",
        "cũ",
    )  # a merged cell; "cũ" would be a heron in Unicode
    assert printer.in_use == "2010-03"  # the day is not shown, so nobody told it
    said = [sentence for note in register.notes for sentence in unpack(note)]
    assert [(s.key, s.values.get("code")) for s in said] == [
        ("detail.register_legacy", "TCVN3 (ABC)"),
        ("detail.register_hidden", None),
    ]


@pytest.mark.parametrize(
    ("name", "octets", "key"),
    [
        ("so.xlsx", b"", "register_empty"),
        ("so.csv", b"\r\n\r\n", "register_empty"),
        ("so.xlsx", b"PK\x03\x04 not finished", "register_damaged"),
        ("so.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "register_damaged"),
        ("so.csv", bytes(range(1, 32)) * 40, "register_damaged"),
        ("so.xlsx", b"%PDF-1.4 ...", "register_other_format"),
        ("so.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "register_other_format"),
        ("so.csv", "Kính gửi: các đơn vị\r\nĐề nghị báo cáo".encode(), "register_no_table"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence_about_the_file(tmp_path: Path, name: str, octets: bytes, key: str) -> None:
    path = tmp_path / name
    path.write_bytes(octets)
    with pytest.raises(RegisterError) as raised:
        told(path)
    assert (raised.value.key, raised.value.values["file"]) == (key, str(path))


def test_a_missing_file_a_folder_and_passwords(tmp_path: Path) -> None:
    locked = tmp_path / "khoa.xls"
    octets = (KEPT / "so-tai-san-2009.xls").read_bytes()
    locked.write_bytes(
        octets.replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1)
    )  # the record that says: encrypted from here on
    for path, key in (
        (tmp_path / "khong-co.xlsx", "register_not_found"),
        (tmp_path, "register_not_readable"),
        (KEPT / "khoa.xlsx", "register_locked"),
        (locked, "register_locked"),
    ):
        with pytest.raises(RegisterError) as raised:
            told(path)
        assert raised.value.key == key


def test_a_cut_off_workbook_of_either_format(tmp_path: Path) -> None:
    whole = xlsx(tmp_path / "so.xlsx", TABLE).read_bytes()
    old = (KEPT / "so-tai-san-2009.xls").read_bytes()
    for octets, suffix in ((whole, "xlsx"), (old, "xls")):
        for share in (0.2, 0.5, 0.9):
            path = tmp_path / f"half.{suffix}"
            path.write_bytes(octets[: int(len(octets) * share)])
            with pytest.raises(RegisterError):
                told(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path / "so.xlsx", TABLE)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as blown:
        for name in whole.namelist():
            octets = whole.read(name)
            blown.writestr(name, octets.replace(b"<sheetData>", b"<sheetData>" + b"<row/>" * 1_000_000))
    monkeypatch.setattr(reader, "LARGEST", 4_000_000)
    with pytest.raises(RegisterError) as raised:
        told(bomb)
    assert raised.value.key == "register_too_large"
    # A package that lies about its sizes is stopped while it is unpacked.
    lying = bomb.read_bytes()
    with zipfile.ZipFile(bomb) as package:
        size = package.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = lying.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    bomb.write_bytes(lying)
    with pytest.raises(RegisterError):
        told(bomb)


def test_names_that_lie_are_noted(tmp_path: Path) -> None:
    page = tmp_path / "xuat.xls"
    page.write_text(
        "<html><head><meta charset='utf-8'><style>td {x: 1}</style></head><body><table>"
        "<tr><th rowspan=2>STT<th rowspan=2>Tên tài sản<th colspan=2>Giá trị<tr><th>Nguyên giá<th>Giá trị còn lại"
        "<tr><td>1<td>Máy in Canon<br>LBP2900<td>3.500.000<td>0</table></body></html>",
        encoding="utf-8",
    )
    register = told(page)
    (line,) = register.lines
    assert (line.name, line.price_vnd, line.residual_value_vnd) == ("Máy in Canon LBP2900", 3_500_000, 0)
    assert [s.values for note in register.notes for s in unpack(note)] == [{"format": "HTML"}]
    table = csv(tmp_path / "that-ra.xls", TABLE, ";")
    register = told(table)
    assert (len(register.lines), [s.values for note in register.notes for s in unpack(note)]) == (1, [{"format": "CSV"}])
    real = xlsx(tmp_path / "a.xlsx", TABLE).rename(tmp_path / "that-ra.csv")
    assert len(told(real).lines) == 1


def test_errors_formulas_and_numbers_keep_what_a_person_sees(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = xlsx(tmp_path / "so.xlsx", [["=1+1", "=A1&A1", "#N/A", 12345, 41105, 41105, 0.5, "  x  ", True]])
    book = load_workbook(path)
    page = book.active
    page["D1"].number_format = "00000000"
    page["E1"].number_format = "[$-42A]dd mmmm yyyy"
    page["F1"].number_format = "mm/yyyy"
    book.save(path)
    cells = read(path)[0][0].rows[1]
    assert (cells[1].value, cells[3].value) == (Fault.NOT_WORKED_OUT, Fault.NA)
    assert [cells[n].text for n in (4, 5, 6, 7, 8)] == ["00012345", "15/07/2012", "07/2012", "0.5", "x"]


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("General", ""),
        ("0.00E+00", ""),
        ('#,##0 "đồng"', ""),
        ("#,##0\\ [$₫-42A]", ""),
        ("h:mm", "t"),
        ("d-mmm", "dm"),
        ("yyyy", "y"),
    ],
)
def test_what_a_number_format_shows(code: str, parts: str) -> None:
    assert date_parts(code) == parts


def test_names_of_cells() -> None:
    assert [letters(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
    assert place(12, 4) == "D12"
