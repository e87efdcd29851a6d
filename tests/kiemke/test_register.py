"""`kiemke register import`: what a person sees, what is asked, what a machine gets, and what is remembered."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from pathlib import Path

import openpyxl
import pytest

from inventory.frames import Inventory
from kiemke.workspace import create
from tests.end_to_end.running import KIEMKE, kiemke

OFFICES = """
offices:
  - {code: xa-a, name_vi: Xã A, name_en: Commune A, networks: [{network: 10.9.0.0/24}]}
  - {code: xa-b, name_vi: Xã B, name_en: Commune B, networks: [{network: 10.9.1.0/24}]}
"""
HEAD = ("STT", "Mã tài sản", "Tên tài sản", "Số sê-ri", "Năm đưa vào sử dụng", "Số lượng", "Nguyên giá (đồng)", "Tình trạng")
ROWS = [
    (1, "TS.001", "Máy vi tính để bàn HP ProDesk 400 G6", "CZC0123ABC", 2019, 1, "12.500.000", "Đang sử dụng"),
    (2, "TS.002", "Máy in Canon LBP 2900", "NNCA123456", 2012, 1, "3.200.000", "Đang sử dụng"),
    (3, "TS.003", "Máy vi tính để bàn", "", 2015, 5, "60.000.000", "Đang sử dụng"),
    (4, "TS.004", "Bộ lưu điện Santak 1000VA", "", "không rõ", 1, "2.900.000", "Hỏng"),
]


def sheet(path: Path, rows=ROWS, head=HEAD, title="UBND XÃ A") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "TSCĐ"
    page.append([title])
    page.append(["SỔ TÀI SẢN CỐ ĐỊNH NĂM 2024"])
    page.append([])
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


@pytest.fixture
def workspace(tmp_path):
    return create(tmp_path / "ws", {"offices.yaml": OFFICES}).root


def assets(workspace):
    return Inventory(workspace).assets().to_dict("records")


def test_a_dry_run_shows_everything_and_stores_nothing(workspace):
    file = sheet(workspace / "so-tai-san-2024.xlsx")
    done = kiemke("register", "import", file, "--office", "xa-a", "--dry-run", cwd=workspace)
    assert done.status in (0, 1), done.err
    for word in ("serial", "Số sê-ri", "CZC0123ABC", "4 lines, 8 pieces", "78.6 million dong", "xa-a/so-tai-san"):
        assert word in done.out, done.out
    assert "nothing was stored" in done.err
    assert assets(workspace) == []


def test_an_import_a_change_and_the_same_file_again(workspace):
    file = sheet(workspace / "so-tai-san-2024.xlsx")
    first = kiemke("register", "import", file, "--office", "xa-a", "--yes", cwd=workspace)
    assert first.status in (0, 1), first.err
    before = assets(workspace)
    assert [row["asset"] for row in before] == ["A00001", "A00002", "A00003", "A00004"]
    assert {row["office"] for row in before} == {"xa-a"}
    again = kiemke("register", "import", file, "--office", "xa-a", "--yes", cwd=workspace)
    assert "nothing has changed" in again.err
    broken = [*ROWS[:1], (*ROWS[1][:-1], "Hỏng"), *ROWS[2:]]
    next_year = sheet(workspace / "so-tai-san-2025.xlsx", broken[::-1])
    kiemke("register", "import", next_year, "--office", "xa-a", "--yes", cwd=workspace)
    after = {row["asset"]: row for row in assets(workspace)}
    assert set(after) == {"A00001", "A00002", "A00003", "A00004"}
    assert (after["A00002"]["state"], after["A00002"]["file"]) == ("broken", "so-tai-san-2025.xlsx")


def test_what_a_column_is_can_be_told_and_is_remembered(workspace):
    head = (*HEAD[:3], "Số máy đặc biệt", *HEAD[4:])
    file = sheet(workspace / "a.xlsx", head=head)
    told = kiemke("register", "import", file, "--office", "xa-a", "--map", "d=serial", "--yes", cwd=workspace)
    assert told.status in (0, 1), told.err
    assert assets(workspace)[0]["serial"] == "CZC0123ABC"
    later = sheet(
        workspace / "b.xlsx", rows=[*ROWS, (5, "TS.005", "Máy quét", "SC99887766", 2024, 1, "9.000.000", "")], head=head
    )
    kiemke("register", "import", later, "--office", "xa-a", "--yes", cwd=workspace)
    assert assets(workspace)[4]["serial"] == "SC99887766"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.xlsx",), ("none.xlsx",)),
        (("so.xlsx", "--office", "xa-c"), ("xa-c", "did you mean")),
        (("so.xlsx", "--map", "D"), ("COLUMN=FIELD",)),
        (("so.xlsx", "--map", "Z=serial"), ("no column “Z”", "Số sê-ri")),
        (("so.xlsx", "--map", "D=seriel"), ("seriel", "serial")),
        (("offices.yaml",), ("offices.yaml",)),
    ],
)
def test_a_mistake_is_one_sentence(workspace, arguments, words):
    sheet(workspace / "so.xlsx")
    done = kiemke("register", "import", *arguments, cwd=workspace)
    assert done.status == 2
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert all(word in done.err for word in words), done.err


def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(workspace):
    good = sheet(workspace / "so.xlsx")
    done = kiemke("register", "import", "none.xlsx", good, "--office", "xa-a", "--yes", cwd=workspace)
    assert done.status == 1
    assert "none.xlsx" in done.err
    assert len(assets(workspace)) == 4


def test_a_file_that_ends_most_of_the_books_needs_a_persons_word(workspace):
    many = [(n, f"TS.{n:03d}", f"Máy vi tính số {n}", f"SER{n:05d}X", 2015, 1, "12.000.000", "") for n in range(1, 31)]
    kiemke("register", "import", sheet(workspace / "so.xlsx", many), "--office", "xa-a", "--yes", cwd=workspace)
    less = sheet(workspace / "so-2.xlsx", many[:10])
    refused = kiemke("register", "import", less, "--office", "xa-a", cwd=workspace)
    assert refused.status == 2
    assert "20 of the 30 assets" in refused.err
    assert len(assets(workspace)) == 30
    kiemke("register", "import", less, "--office", "xa-a", "--yes", cwd=workspace)
    assert len(assets(workspace)) == 10


def test_what_was_accepted_says_the_same_the_next_time(workspace):
    """Ticks for the state are several columns; the same heading may hold rooms on one sheet and offices on another."""
    book = openpyxl.Workbook()
    for number, rooms in enumerate((("Xã A", "Xã B"), ("Phòng Kế toán", "Phòng Một cửa"))):
        page = book.create_sheet(f"Trang {number}") if number else book.active
        page.append(["STT", "Tên tài sản", "Năm SD", "SL", "Phòng ban", "Hiện trạng sử dụng", ""])
        page.append(["", "", "", "", "", "Đang sử dụng", "Hư hỏng"])
        for row, room in enumerate(rooms, 1):
            page.append([row, f"Máy in số {row}{number}", 2015 + row, 1, room, "x" if row == 1 else "", "x" if row == 2 else ""])
        page.merge_cells("F1:G1")
    book.save(workspace / "so.xlsx")
    for _ in range(2):
        done = kiemke("register", "import", "so.xlsx", "--office", "xa-a", "--yes", cwd=workspace)
        assert done.status in (0, 1), done.err
    assert "nothing has changed" in done.err, done.out
    assert {row["state"] for row in assets(workspace)} == {"in_use", "broken"}


def test_a_folder_is_all_registers_in_it(workspace):
    inside = workspace / "registers" / "2025"
    inside.mkdir(parents=True)
    sheet(inside / "may-tinh.xlsx", ROWS[:2])
    sheet(inside / "thiet-bi.xlsx", ROWS[2:])
    (inside / "ghi-chu.docx").write_bytes(b"no register")
    done = kiemke("register", "import", "registers", "--office", "xa-a", cwd=workspace)
    assert done.status in (0, 1), done.err
    assert len(assets(workspace)) == 4
    (workspace / "empty").mkdir()
    nothing = kiemke("register", "import", "empty", cwd=workspace)
    assert (nothing.status, "holds no register" in nothing.err) == (2, True)


def test_it_speaks_vietnamese(workspace):
    file = sheet(workspace / "so.xlsx")
    done = kiemke("register", "import", file, "--office", "xa-a", "--dry-run", cwd=workspace, KIEMKE_LANG="vi")
    for word in ("tiêu đề trong tệp", "số sê-ri", "4 dòng, 8 chiếc", "78,6 triệu đồng", "không còn trong sổ"):
        assert word in done.out, done.out


class Terminal:
    """`kiemke` on a pseudo-terminal, as a person at a keyboard has it."""

    def __init__(self, *arguments, cwd):
        self.master, slave = pty.openpty()
        environment = os.environ | {"KIEMKE_LANG": "en", "COLUMNS": "300", "TERM": "dumb"}
        self.process = subprocess.Popen(
            [KIEMKE, *map(str, arguments)], cwd=cwd, env=environment, stdin=slave, stdout=slave, stderr=slave, close_fds=True
        )
        os.close(slave)
        self.text = ""

    def until(self, words):
        deadline = time.monotonic() + 60
        while words not in self.text and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.5)[0]:
                try:
                    self.text += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    break
        assert words in self.text, self.text

    def type(self, line):
        os.write(self.master, f"{line}\n".encode())

    def end(self):
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.text += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    break
        os.close(self.master)
        return self.process.wait(10)


def test_a_terminal_is_asked_before_much_ends(workspace):
    many = [(n, f"TS.{n:03d}", f"Máy vi tính số {n}", f"SER{n:05d}X", 2015, 1, "12.000.000", "") for n in range(1, 31)]
    kiemke("register", "import", sheet(workspace / "so.xlsx", many), "--office", "xa-a", "--yes", cwd=workspace)
    less = sheet(workspace / "so-2.xlsx", many[:10])
    for answer, left in (("n", 30), ("y", 10)):
        terminal = Terminal("register", "import", less, "--office", "xa-a", cwd=workspace)
        terminal.until("Import all the same?")
        terminal.type(answer)
        terminal.end()
        assert len(assets(workspace)) == left


def test_a_file_that_is_named_after_an_office_is_that_offices_register(workspace):
    sheet(workspace / "So tai san xa B nam 2025.xlsx", title="SỔ TÀI SẢN CỐ ĐỊNH")
    done = kiemke("register", "import", "So tai san xa B nam 2025.xlsx", cwd=workspace)
    assert done.status in (0, 1), done.err
    assert "the office xa-b" in done.err
    assert {row["office"] for row in assets(workspace)} == {"xa-b"}
    assert {row["register"] for row in assets(workspace)} == {"xa-b/so-tai-san-xa-b"}
