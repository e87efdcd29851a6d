"""Runs as documents show them, made up: tables that change a little, names that repeat, numbers of every size."""

from __future__ import annotations

import random
from typing import Any

COLUMNS = [
    {"name": "office", "title": "Đơn vị", "unit": "", "format": "text", "decimals": 0},
    {"name": "thing", "title": "Thiết bị", "unit": "", "format": "text", "decimals": 0},
    {"name": "address", "title": "Địa chỉ", "unit": "", "format": "text", "decimals": 0},
    {"name": "year", "title": "Năm", "unit": "", "format": "year", "decimals": 0},
    {"name": "age", "title": "Tuổi", "unit": "năm", "format": "years", "decimals": 1},
    {"name": "cost", "title": "Giá", "unit": "triệu đồng", "format": "million", "decimals": 1},
    {"name": "share", "title": "Tỷ lệ", "unit": "", "format": "percent", "decimals": 0},
    {"name": "seen", "title": "Thấy", "unit": "", "format": "moment", "decimals": 0},
    {"name": "due", "title": "Đến hạn", "unit": "", "format": "flag", "decimals": 0},
]
NAMES = ("Xã Thái Hòa", "Xã Bản Giản", "Thị trấn Lập Thạch", "<script>alert(1)</script>", "", "a\u2028b", "x" * 60)


def number(chance: random.Random) -> float | int | None:
    """Numbers that round this way and that."""
    return chance.choice(
        (
            None,
            chance.randrange(-50, 2000),
            chance.randrange(0, 400) / 20,
            chance.uniform(-1, 1) * 10 ** chance.randrange(-9, 13),
            chance.randrange(0, 10**10),
            0.05 * chance.randrange(40),
            -0.0,
        )
    )


def table(chance: random.Random, sheet: str) -> dict[str, Any]:
    columns = [column for column in COLUMNS if chance.random() > 0.15] or COLUMNS
    chance.shuffle(columns)
    rows = [[_value(chance, column["format"], place) for column in columns] for place in range(chance.randrange(0, 14))]
    return {"sheet": sheet, "title": f"Bảng {sheet}", "columns": columns, "rows": rows}


def _value(chance: random.Random, kind: str, place: int) -> Any:
    if chance.random() < 0.08:
        return None
    if kind == "text":
        return chance.choice((chance.choice(NAMES), f"127.0.0.{place}", f"SW-{chance.randrange(8)}"))
    if kind == "year":
        return 2020 + chance.randrange(9)
    if kind == "moment":
        return f"2026-03-{chance.randrange(1, 29):02}T08:{chance.randrange(60):02}"
    return chance.random() < 0.5 if kind == "flag" else number(chance)


def later(chance: random.Random, old: dict[str, Any]) -> dict[str, Any]:
    """The table some time after: rows lost, won, changed and in another order; perhaps a column more or less."""
    columns = list(old["columns"])
    rows = [list(row) for row in old["rows"] if chance.random() > 0.15]
    for row in rows:
        if chance.random() < 0.4:
            place = chance.randrange(len(columns))
            row[place] = _value(chance, columns[place]["format"], chance.randrange(20))
    rows += [[_value(chance, column["format"], 20 + extra) for column in columns] for extra in range(chance.randrange(3))]
    chance.shuffle(rows)
    if chance.random() < 0.2 and len(columns) > 1:
        gone = chance.randrange(len(columns))
        columns.pop(gone)
        rows = [[value for place, value in enumerate(row) if place != gone] for row in rows]
    return old | {"columns": columns, "rows": rows}


def figure(chance: random.Random, language: str) -> list[str]:
    whole = f"{chance.randrange(0, 4000):,}"
    text = whole.replace(",", ".") if language == "vi" else whole
    if chance.random() < 0.4:
        text += ("," if language == "vi" else ".") + str(chance.randrange(10))
    unit = chance.choice(("", " năm", " triệu đồng", "%") if language == "vi" else ("", " years", " year", " million dong"))
    return [text + unit, chance.choice(("đã biết", "quá hạn", f"từ {chance.randrange(3)} tuổi", "chưa biết"))]


def sentence(chance: random.Random) -> str:
    return chance.choice(
        (
            f"**{chance.randrange(30)}** thiết bị đã cũ.",
            f"Hỏng SW-{chance.randrange(3)} thì {chance.randrange(9)},5 triệu.",
            "Không có gì khác.",
        )
    )


def pair(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two runs of one report."""
    chance = random.Random(seed)
    language = chance.choice(("vi", "en"))
    runs = []
    tables = [table(chance, sheet) for sheet in ("Một", "Hai", "Một") if chance.random() < 0.8]
    for side in range(2):
        held = tables if side == 0 else [later(chance, old) for old in tables if chance.random() > 0.1]
        if side and chance.random() < 0.2:
            held = [*held, table(chance, "Ba")]
        runs.append(
            {
                "language": language,
                "figures": [figure(chance, language) for _ in range(chance.choice((2, 3)))],
                "findings": [sentence(chance) for _ in range(chance.randrange(4))],
                "tables": held,
            }
        )
    return runs[0], runs[1]
