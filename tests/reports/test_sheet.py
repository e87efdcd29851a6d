"""A page that stands alone is one page of A4, however full it is, and shows no markup that a device sent."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from analysis import office_sheet
from reports import markup, to_html, to_pdf
from reports.executed import Executed, Part
from reports.first_page import of_opening
from reports.sheet_words import OWN, THING
from reports.sheets import Block
from reports.texts import texts

#: As long as a name ever is on a page.
LONG = f"{'Thiết bị chuyển mạch OfficeConnect 1950-24G-2SFP+'[:THING]} ({'SW-Tang2-PhongTuPhapHoTich-01'[:OWN]})"


def _block(place: str, lines: int, title: str = "Hỏng ở đâu thì ai ngừng việc", *, numbered: bool = False) -> Block:
    return Block(title, place, [f"{LONG}: ắc quy quá tuổi (nặng)"] * lines, numbered=numbered)  # type: ignore[arg-type]


def _full() -> dict:
    """As many rows of everything as a page ever has, each longer than most."""
    kinds = [("Thiết bị kết cuối đường quang (OLT)", "120", "44", "12", "16")] * office_sheet.KINDS
    plan = [("2027", LONG, "127.20.113.211", "120,0")] * office_sheet.PLANNED
    return {
        "title": "Chi nhánh Văn phòng đăng ký đất đai huyện Lập Thạch",
        "facts": "Số liệu đến 02/03/2026, lần quét gần nhất 02/03/2026.",
        "keys": [["1.234", "đã quá thời gian sử dụng; 123 cái chưa biết tuổi", True]] * 5,
        "blocks": [
            block.payload()
            for block in (
                _block("top", office_sheet.FIRST, numbered=True),
                Block("Có gì", "left", heads=["Loại", "Số cái", "Quá hạn", "Chưa rõ tuổi", "Cũ nhất (năm)"], rows=kinds),
                Block("Phần mềm", "left", ["Hệ thống quản lý văn bản và điều hành: không dùng được"] * office_sheet.SERVICES),
                _block("right", office_sheet.POINTS),
                _block("right", office_sheet.FAILING),
                Block("Sẽ được thay", "bottom", heads=["Năm", "Thay gì", "Địa chỉ", "Triệu đồng"], rows=plan, note=LONG),
            )
        ],
        "own_page": True,
    }


def _executed(sheets: int, *, own_page: bool) -> Executed:
    say = texts("vi")
    opening = {
        "title": "Tờ tóm tắt: Chi nhánh Văn phòng đăng ký đất đai", "subtitle": "Có gì, làm gì trước?", "office": "Chi nhánh",
        "as_of": "2026-03-02", "coverage": [["Thiết bị", "22 trong 22 trả lời"], ["Lần quét", LONG]],
    }  # fmt: skip
    sheet = _full() | {"own_page": own_page} | ({} if own_page else {"title": "", "facts": ""})
    method = {"title": "Cách tính", "text": LONG * 3}
    return Executed(
        "vi",
        (
            Part("opening", opening, markup.opening(opening, say, of_opening(opening, say))),
            *[Part("sheet", sheet, markup.sheet(sheet))] * sheets,
            Part("method", method, markup.method(method["title"], method["text"])),
        ),
        {},
    )


#: Of one office the head and the page are one page of A4; of three there is a page that lists them, and a page each. Of the last
#: page the method may run over where the office is as full as this one.
CASES = [(1, False, {1}), (3, True, {4, 5})]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium prints it: sudo apt install chromium")
@pytest.mark.parametrize(("sheets", "own_page", "pages"), CASES)
def test_a_browser_prints_a_page_an_office(tmp_path: Path, sheets: int, own_page: bool, pages: set[int]) -> None:
    page, paper = tmp_path / "sheet.html", tmp_path / "sheet.pdf"
    page.write_text(to_html.document(_executed(sheets, own_page=own_page)), encoding="utf-8")
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={tmp_path / 'user'}",
    ]
    subprocess.run(["chromium", *options, f"--print-to-pdf={paper}", page.as_uri()], check=True, capture_output=True, timeout=120)
    assert _pages(paper) in pages


@pytest.mark.skipif(to_pdf.missing() is not None, reason="sudo apt install libpango-1.0-0")
@pytest.mark.parametrize(("sheets", "own_page", "pages"), CASES)
def test_the_pdf_has_a_page_an_office(tmp_path: Path, sheets: int, own_page: bool, pages: set[int]) -> None:
    to_pdf.write(_executed(sheets, own_page=own_page), tmp_path / "sheet.pdf")
    assert _pages(tmp_path / "sheet.pdf") in pages


def _pages(paper: Path) -> int:
    told = subprocess.run(["pdfinfo", paper], check=True, capture_output=True, text=True).stdout
    assert "(A4)" in told
    return int(told.partition("Pages:")[2].split()[0])


def test_what_a_device_says_is_text() -> None:
    block = Block("<b>", "left", ["<script>alert(1)</script>"], note="<i>")
    rows = Block("x", "bottom", heads=["<u>"], rows=[["<img src=x>"]])
    html = markup.sheet(
        {
            "title": "<h1>",
            "facts": "<a>",
            "keys": [["<s>", "<p>", False]],
            "blocks": [block.payload(), rows.payload()],
            "own_page": False,
        }
    )
    for tag in ("<script", "<b>", "<i>", "<u>", "<img", "<h1>", "<a>", "<s>"):
        assert tag not in html
