"""What reading a register of ten thousand lines costs beside loading the same workbook with openpyxl.

python -m benchmarks.register_reading [ROUNDS]
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from openpyxl import Workbook, load_workbook

from benchmarks.timing import rounds
from inventory.registers.encodings import to_tcvn3
from inventory.registers.reading import read

LINES = 10_000
HEADINGS = (
    *("STT", "Mã tài sản", "Tên tài sản", "Số serial", "ĐVT", "SL", "Năm sử dụng", "Nguyên giá", "Giá trị còn lại"),
    *("Đơn vị sử dụng", "Phòng", "Người sử dụng", "Tình trạng", "Nước sản xuất", "Ghi chú"),
)
NAMES = ("Máy tính để bàn Dell Optiplex 3050", "Máy in Canon LBP2900", "Bộ lưu điện Santak 1000VA", "Bàn làm việc gỗ")


def register(path: Path, encode: Callable[[str], str]) -> None:
    chance = random.Random(1)
    book = Workbook(write_only=True)
    page = book.create_sheet("TSCD")
    page.append([encode(heading) for heading in HEADINGS])
    for number in range(1, LINES + 1):
        serial = f"SN{chance.randrange(10**9):09}"
        words = [
            encode(word) for word in (chance.choice(NAMES), "Bộ", "Xã Xuân Hòa", "Phòng Một cửa", "Nguyễn Văn", "Đang sử dụng")
        ]
        day = chance.choice([2012, "T7/2012", "15/07/2012"])
        page.append(
            [
                number,
                f"TS{number:05}",
                words[0],
                serial,
                words[1],
                1,
                day,
                chance.randrange(10**6, 10**8),
                0,
                *words[2:4],
                None,
                words[4],
            ]
        )
    book.save(path)


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        for name, encode in (("Unicode", str), ("TCVN3", to_tcvn3)):
            path = Path(folder) / f"{name}.xlsx"
            register(path, encode)
            assert len(read(path).lines) == LINES
            ours = median(rounds(lambda path=path: read(path), times))
            theirs = median(rounds(lambda path=path: load_workbook(path, data_only=True), times))
            print(f"{name:8} {LINES} lines: read {ours:.2f} s, openpyxl loads cells in {theirs:.2f} s, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
