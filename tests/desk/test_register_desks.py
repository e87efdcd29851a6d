"""The desks, clicked without a browser: what they show, what they store, what they say when something is wrong."""

from __future__ import annotations

import datetime
import re

import pytest

from desk.register_import import RegisterImport
from desk.register_review import RegisterReview
from inventory import sentences
from inventory.database import open_database
from inventory.frames import Inventory
from inventory.registers.matches import remember
from inventory.registers.records import Bucket, Match
from inventory.sources import workspace_database
from kiemke.workspace import create
from tests.inventory.conftest import START, observe
from tests.kiemke.test_register import HEAD, OFFICES, ROWS, sheet

REASON = sentences.pack("detail.given_up")


@pytest.fixture
def workspace(tmp_path):
    home = create(tmp_path / "ws", {"offices.yaml": OFFICES}).root
    (home / "registers").mkdir()
    return home


def field(desk, heading):
    """The dropdown beside a heading."""
    cells = desk.columns.children[1].children
    at = next(i for i, cell in enumerate(cells) if getattr(cell, "value", "") and str(cell.value).startswith(heading))
    return cells[at + 1]


def text(html):
    return re.sub(r"<[^>]+>", " ", html)


# -- importing -------------------------------------------------------------------------------------------------------------


def test_a_register_is_looked_at_corrected_and_imported_and_its_columns_are_remembered(workspace):
    head = (*HEAD[:3], "Số máy đặc biệt", *HEAD[4:])
    sheet(workspace / "registers" / "so.xlsx", head=head)
    desk = RegisterImport(workspace, "vi", "xa-a")
    desk.look()
    assert "4 dòng, 8 chiếc" in text(desk.outcome.value), desk.message.value
    assert desk.books.value == "xa-a/so"
    assert Inventory(workspace).assets().empty
    field(desk, "Số máy đặc biệt").value = "serial"
    assert field(desk, "Số máy đặc biệt").value == "serial"
    desk.store()
    assert "Đã nhập" in desk.message.value
    assert desk.store_button.disabled
    assert list(Inventory(workspace).assets()["serial"].dropna()) == ["CZC0123ABC", "NNCA123456"]
    again = RegisterImport(workspace, "vi", "xa-a")
    again.look()
    assert field(again, "Số máy đặc biệt").value == "serial"
    again.store()
    assert "không có gì thay đổi" in again.message.value


def test_what_is_wrong_is_said_and_the_desk_goes_on(workspace):
    desk = RegisterImport(workspace, "en")
    desk.look()
    assert "no file yet" in desk.message.value
    (workspace / "registers" / "bad.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    desk = RegisterImport(workspace, "en")
    desk.look()
    assert "kiemke-wrong" in desk.message.value
    assert desk.store_button.disabled
    sheet(workspace / "registers" / "good.xlsx")
    desk.file.options = desk._files()
    desk.file.value = str(workspace / "registers" / "good.xlsx")
    desk.look()
    assert not desk.store_button.disabled


def test_an_upload_stays_in_the_folder(workspace):
    source = sheet(workspace / "outside.xlsx")
    desk = RegisterImport(workspace, "vi")
    desk.upload.value = (
        {
            "name": "../../up.xlsx",
            "type": "",
            "size": 1,
            "content": memoryview(source.read_bytes()),
            "last_modified": datetime.datetime.now(datetime.UTC),
        },
    )
    assert (workspace / "registers" / "up.xlsx").exists()
    assert desk.file.value == str(workspace / "registers" / "up.xlsx")
    desk.look()
    assert "4 dòng" in text(desk.outcome.value)


def test_much_that_would_end_needs_a_tick(workspace):
    many = [(n, f"TS.{n:03d}", f"Máy vi tính số {n}", f"SER{n:05d}X", 2015, 1, "12.000.000", "") for n in range(1, 31)]
    for name, rows in (("a.xlsx", many), ("b.xlsx", many[:9])):
        sheet(workspace / "registers" / name, rows)
    desk = RegisterImport(workspace, "vi", "xa-a")
    desk.look()
    desk.store()
    desk.file.value = str(workspace / "registers" / "b.xlsx")
    desk.look()
    assert desk.store_button.disabled
    assert "21 trong 30" in text(desk.outcome.value)
    desk.sure.value = True
    desk.store()
    assert len(Inventory(workspace).assets()) == 9


def test_what_a_file_says_is_text_on_the_page(workspace):
    sheet(workspace / "registers" / "x.xlsx", [(1, "T<b>1", "<img src=x onerror=alert(1)>", "", 2015, 1, "1.000.000", ""), *ROWS])
    desk = RegisterImport(workspace, "vi")
    desk.look()
    page = desk.outcome.value + "".join(str(getattr(cell, "value", "")) for cell in desk.columns.children[1].children)
    assert "<img" not in page


# -- reviewing -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def matched(workspace):
    """Four lines, four machines, and a matching that is not sure of two."""
    from inventory import ledger, offices

    sheet(workspace / "registers" / "so.xlsx")
    desk = RegisterImport(workspace, "vi", "xa-a")
    desk.look()
    desk.store()
    engine = open_database(workspace_database(workspace))
    offices.write(engine, offices.load(workspace / "offices.yaml"), START)
    scan = ledger.begin_scan(engine, START, [("xa-a", f"10.9.0.{n}") for n in range(1, 9)])
    ledger.record(
        engine, scan, [observe(f"10.9.0.{n}", office="xa-a", serial=f"CN{n}", name=f"PC-{n}", kind="pc") for n in range(1, 5)]
    )
    ledger.finish(engine, scan, START + 60)
    found = [
        Match(Bucket.MATCHED, 0.98, REASON, 1, 1, device=1),
        Match(Bucket.MATCHED, 0.7, REASON, 2, 1, device=2, others=(3,)),
        Match(Bucket.MATCHED, 0.5, REASON, 3, 4, device=3),
        Match(Bucket.NOT_ON_BOOKS, 0.9, REASON, device=4),
    ]
    remember(engine, found)
    engine.dispose()
    return workspace


def decisions(workspace):
    rows = Inventory(workspace).decisions()
    return [tuple(row) for row in rows[["verb", "asset", "device", "author", "reason"]].itertuples(index=False)]


def test_the_likeliest_is_asked_first_with_both_sides(matched):
    desk = RegisterReview(matched, "vi")
    assert "Câu 1/2" in desk.where.value
    assert "70%" in desk.where.value
    shown = text(desk.sides.value)
    for word in ("A00002", "D00002", "Máy in Canon LBP 2900", "PC-2", "NNCA123456", "CN2"):
        assert word in shown
    desk.skip()
    assert "A00003/4" in text(desk.sides.value)


def test_yes_no_and_another_one_are_decisions(matched):
    desk = RegisterReview(matched, "vi")
    desk.author.value, desk.reason.value = "Trần Thị Hoa", "đã đến xem"
    desk.yes()
    assert "Quyết định số 1" in desk.message.value
    desk.reason.value = "tem nhãn khác"
    desk.no()
    assert "Không còn chỗ nào" in desk.where.value
    assert desk.yes_button.disabled
    other = RegisterReview(matched, "vi")
    other.skip()
    other.author.value, other.reason.value = "Trần Thị Hoa", "đổi chỗ"
    other.other.value = "D00004"
    assert "PC-4" in text(other.sides.value)
    other.choose()
    assert decisions(matched) == [
        ("match", "A00002", "D00002", "Trần Thị Hoa", "đã đến xem"),
        ("unmatch", "A00003/4", "D00003", "Trần Thị Hoa", "tem nhãn khác"),
        ("match", "A00003/4", "D00004", "Trần Thị Hoa", "đổi chỗ"),
    ]


def test_without_author_or_reason_nothing_is_decided(matched):
    desk = RegisterReview(matched, "en")
    desk.author.value, desk.reason.value = "", "seen"
    desk.yes()
    assert "needs an author" in desk.message.value
    desk.author.value, desk.reason.value = "Hoa", " "
    desk.yes()
    assert "needs a reason" in desk.message.value
    assert "Question 1 of 2" in desk.where.value
    assert decisions(matched) == []


def test_a_workspace_without_anything_is_no_error(workspace):
    desk = RegisterReview(workspace, "en")
    assert desk.yes_button.disabled
    desk.yes()
    desk.choose()
