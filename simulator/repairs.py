"""A district's log of repairs, as its technician keeps it in a spreadsheet: what failed in the last years, and what was done.

Failures of a device follow a power-law process in its age, H(a) = (a / eta) ** beta. The log says of a device what stands on its
label or is known of it in the office, and some rows say too little.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random

from simulator.chance import dice
from simulator.network import Network

#: kind -> eta in years, beta; what the technician calls it; what fails, what is done then, what that costs in thousands of dong.
LAWS = {"pc": (6.0, 1.8), "printer": (7.0, 1.6), "switch": (16.0, 2.0), "ups": (6.0, 2.5)}
_WORDS = {"pc": "Máy vi tính", "printer": "Máy in", "switch": "Switch", "ups": "Bộ lưu điện"}
_FAILS = {
    "pc": (
        ("Hỏng ổ cứng", "Thay ổ SSD", 1500),
        ("Nguồn chập chờn", "Thay bộ nguồn", 600),
        ("Không lên màn hình", "Sửa mainboard", 900),
    ),
    "printer": (
        ("Kẹt giấy, nhăn giấy", "Thay cụm sấy", 1200),
        ("Bản in mờ", "Thay trống", 700),
        ("Không kéo giấy", "Thay rulo", 250),
    ),
    "switch": (("Quạt kêu to", "Thay quạt", 300), ("Cháy nguồn sau sét", "Thay nguồn", 800)),
    "ups": (("Ắc quy phồng", "Thay ắc quy", 900), ("Mất điện là tắt ngay", "Thay ắc quy", 900)),
}
_HEADS = ("STT", "Ngày hỏng", "Đơn vị", "Tên thiết bị", "Số sê-ri", "Tên máy", "Hỏng gì", "Cách xử lý", "Chi phí", "Số giờ ngừng")
#: One row in so many is of maintenance; one in so many names its device by no more than a word.
_MAINTENANCE, _TERSE = 6, 10


def write(network: Network, names: Mapping[str, str], file: Path, years: int = 3) -> int:
    """The log of the years up to the network's day, as CSV; how many rows it has. `names`: of offices, by code."""
    rows = sorted(_rows(network, names, years), key=lambda row: row[0])
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(["SỔ THEO DÕI SỬA CHỮA THIẾT BỊ"])
        writer.writerow([])
        writer.writerow(_HEADS)
        for number, (day, *said) in enumerate(rows, 1):
            writer.writerow([number, f"{day:%d/%m/%Y}", *said])
    return len(rows)


def _rows(network: Network, names: Mapping[str, str], years: int) -> Iterator[tuple]:
    today = network.date
    for device in network.truth()["devices"]:
        kind = device["kind"]
        if kind not in LAWS:
            continue
        chance = dice("repairs", device["asset"])
        built = date.fromisoformat(device["built"])
        for age in _ages(chance, *LAWS[kind], max((today - built).days / 365.25 - years, 0.0), (today - built).days / 365.25):
            day = built + timedelta(days=int(age * 365.25))
            what, done, cost = chance.choice(_FAILS[kind])
            if chance.randrange(_MAINTENANCE) == 0:
                what, done, cost = "Chạy chậm, nhiều bụi", "Vệ sinh, bảo dưỡng", 100
            terse = chance.randrange(_TERSE) == 0
            yield (
                day,
                names.get(device["office"], device["office"]),
                _WORDS[kind] if terse else f"{_WORDS[kind]} {device['vendor']} {device['model']}",
                "" if terse else device["real_serial"],
                "" if terse else device["sys_name"] or "",
                what,
                done,
                f"{cost * chance.randint(80, 130) // 100 * 1000:,}".replace(",", "."),
                chance.choice(("2 giờ", "4 giờ", "1 ngày", "2 ngày", "")),
            )


def _ages(chance: Random, eta: float, beta: float, since: float, until: float) -> Iterator[float]:
    """Ages of failures between two ages."""
    age = since
    while True:
        age = eta * ((age / eta) ** beta + chance.expovariate(1.0)) ** (1 / beta)
        if age >= until:
            return
        yield age
