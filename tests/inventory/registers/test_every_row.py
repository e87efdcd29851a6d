"""Whatever stands in a register, no row of it is lost without a word, and nothing but one sentence about the file is raised."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.registers.files.cells import RegisterError
from inventory.sentences import unpack
from tests.inventory.registers.books import csv, told, xlsx
from tests.inventory.registers.test_reading import HEADINGS, PC, PRINTER

WORDS = st.sampled_from(
    [
        *(
            "",
            "-",
            "x",
            '"',
            "nt",
            "I",
            "II",
            "A.",
            "1",
            "02",
            "5 bộ",
            "0",
            "2012",
            "T7/2012",
            "31/02/2015",
            "12.500.000",
            "12tr5",
            "-5",
        ),
        *(
            "Máy in Canon LBP2900",
            "Máy tính",
            "Tổng cộng",
            "Cộng",
            "UBND xã Xuân Hòa",
            "Phòng Kế toán",
            "+ Màn hình",
            "Tài sản khác",
        ),
        *(
            "Người lập biểu",
            "Đang sử dụng",
            "Hỏng",
            "TS01",
            "CZC1234567",
            "1.23E+11",
            "#REF!",
            "e0:d5:5e:12:34:ab",
            "Tên tài sản",
            "STT",
        ),
        *(
            "Đơn vị",
            "SL",
            "Nguyên giá",
            "ĐVT: 1.000 đ",
            "T¨ng c­êng",
            "Taøi saûn",
            "\x00\x1f",
            "\u200b",
            "𝔘",
            "'001",
            "=1+1",
            ",",
            ";;",
        ),
    ]
)
ROWS = st.lists(st.lists(WORDS | st.integers(-1, 10**16) | st.floats(allow_nan=False), max_size=12), max_size=12)


def read(path: Path):
    try:
        return told(path)
    except RegisterError as problem:
        assert str(path) in str(problem)  # noqa: PT017 — most files are no registers; those that are raise nothing
        return None


def test_a_row_of_rubbish_is_not_the_whole_register(tmp_path: Path) -> None:
    register = read(csv(tmp_path / "so.csv", [HEADINGS, PC, ["\x00\x1f"] * 4, PRINTER], ","))
    assert register is not None
    assert len({line.code for line in register.lines}) == 2, "what stands above it, and below"
    noise = tmp_path / "noise.csv"
    noise.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(RegisterError):
        told(noise)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.sampled_from([",", ";", "\t"]))
def test_any_rows_under_the_headings_of_a_register(rows, separator: str) -> None:
    clean = [[str(value).replace(separator, " ").replace('"', "'") for value in row] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = csv(Path(folder) / "so.csv", [HEADINGS, PC, *clean, PRINTER], separator)
        register = read(path)
    assert register is not None
    codes = [line.code for line in register.lines]
    assert "MT01" in codes
    lines = Counter(line.row for line in register.lines)
    assert max(lines.values()) == 1
    assert max(Counter((r.sheet, r.cell) for r in register.rejected).values(), default=1) == 1
    whole = {int(r.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for r in register.rejected if r.whole_row}
    assert not whole & lines.keys()
    for rejected in register.rejected:
        assert unpack(rejected.reason)
    for line in register.lines:
        assert line.quantity >= 1
        assert line.name.strip()


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_any_rows_at_all(rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read(csv(Path(folder) / "so.csv", rows))


def test_every_row_of_a_table_is_a_line_or_has_a_reason(tmp_path: Path) -> None:
    rows = [
        HEADINGS,
        PC,
        ["I", None, "Máy in"],
        PRINTER,
        [None, None, "+ Hộp mực"],
        [None, None, None, None, None, 3, None, "=SUM(H2:H3)"],
        [3, "TS03", None, None, None, 1],
        [4, "TS04", "Máy quét Plustek", None, None, 0],
        [None, None, "Cộng"],
        ["Kế toán"],
        ["Trần Thị Bình"],
    ]
    register = told(xlsx(tmp_path / "so.xlsx", rows))
    named = {r.cell: unpack(r.reason)[0].key.removeprefix("detail.register_") for r in register.rejected if r.whole_row}
    assert {line.row for line in register.lines} == {2, 4}
    assert named == {
        "A3": "group",
        "C5": "part",
        "F6": "total_row",
        "B7": "no_name",
        "B8": "none_left",
        "C9": "total_row",
        "A10": "below",
        "A11": "below",
    }
    assert register.lines[1].more == (("Tên tài sản", "+ Hộp mực"),)
