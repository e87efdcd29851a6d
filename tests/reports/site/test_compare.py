"""What differs between two runs is told truly: rows are known again, numbers compared as people read them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.site.compare import compare, compare_tables, difference_of, is_same, rounded, seen
from reports.site.told import lines
from reports.texts import texts
from tests.reports.site import made

COLUMNS = [
    {"name": "thing", "title": "Thiết bị", "unit": "", "format": "text", "decimals": 0},
    {"name": "address", "title": "Địa chỉ", "unit": "", "format": "text", "decimals": 0},
    {"name": "age", "title": "Tuổi", "unit": "năm", "format": "years", "decimals": 1},
]


def table(*rows: list[Any], sheet: str = "Tuổi", columns: list[dict[str, Any]] = COLUMNS) -> dict[str, Any]:
    return {"sheet": sheet, "title": sheet, "columns": columns, "rows": list(rows)}


def shown(*tables: dict[str, Any], figures: Any = (), findings: Any = (), language: str = "vi") -> dict[str, Any]:
    return {"language": language, "figures": list(figures), "findings": list(findings), "tables": list(tables)}


def test_rows_are_known_again_by_what_tells_all_apart() -> None:
    before = table(["máy tính", "10.0.0.1", 8.94], ["máy tính", "10.0.0.2", 3.0], ["máy in", "10.0.0.3", None])
    after = table(["máy in", "10.0.0.3", 2.0], ["máy tính", "10.0.0.1", 8.9], ["máy tính", "10.0.0.4", 1.0])
    found = compare_tables(before, after)
    assert found["key"] == [1], "two of the things are called the same"
    assert found["same"] == 1, "8,94 and 8,9 are both read as 8,9"
    assert found["new"] == [["máy tính", "10.0.0.4", 1.0]]
    assert found["gone"] == [["máy tính", "10.0.0.2", 3.0]]
    assert found["changed"] == [{"before": ["máy in", "10.0.0.3", None], "after": ["máy in", "10.0.0.3", 2.0], "cells": [2]}]


def test_the_key_is_what_finds_most_rows_again() -> None:
    before = table(["A", "10.0.0.1", 1.0], ["B", "10.0.0.2", 2.0], ["C", "10.0.0.3", 3.0])
    readdressed = table(["A", "10.0.1.1", 1.0], ["B", "10.0.1.2", 2.0], ["C", "10.0.0.3", 3.0])
    found = compare_tables(before, readdressed)
    assert found["key"] == [0]
    assert [row["cells"] for row in found["changed"]] == [[1], [1]]
    assert (found["new"], found["gone"], found["same"]) == ([], [], 1)


def test_rows_that_nothing_tells_apart_are_counted() -> None:
    twice, thrice = table(*[["A", "", 1.0]] * 2), table(*[["A", "", 1.0]] * 3)
    found = compare_tables(twice, thrice)
    assert (found["same"], len(found["new"]), found["gone"]) == (2, 1, [])


def test_a_few_rows_that_are_alike_do_not_hide_what_tells_the_others_apart() -> None:
    missing = ["máy tính còn thiếu", None, None]
    before = table(["máy tính", "10.0.0.1", 1.0], ["máy tính", "10.0.0.2", 2.0], missing, missing)
    after = table(["máy tính", "10.0.0.1", 1.2], ["máy tính", "10.0.0.2", 2.0], missing, missing, missing)
    found = compare_tables(before, after)
    assert (found["key"], found["same"], found["new"], found["gone"]) == ([1], 3, [missing], [])
    assert [row["cells"] for row in found["changed"]] == [[2]]


def test_columns_and_tables_come_and_go() -> None:
    found = compare(
        shown(table(["A", "x", 1.0]), table(sheet="Cũ")),
        shown(table(["A", 1.0], columns=[COLUMNS[0], COLUMNS[2] | {"name": "years", "title": "Số năm"}]), table(sheet="Mới")),
    )
    first, new, old = found["tables"]
    assert (first["columns_new"], first["columns_gone"], first["same"]) == (["Số năm"], ["Địa chỉ", "Tuổi"], 1)
    assert (new["sheet"], new["before"], new["after"]) == ("Mới", False, True)
    assert (old["sheet"], old["before"], old["after"]) == ("Cũ", True, False)
    assert not is_same(found)


@pytest.mark.parametrize(
    ("before", "after", "language", "difference"),
    [
        ("261", "265", "vi", "+4"),
        ("1.261", "998", "vi", "−263"),
        ("6,7 năm", "8,25 năm", "vi", "+1,55 năm"),
        ("1 year", "2.5 years", "en", "+1.5 years"),
        ("2.000 triệu đồng", "1,5 tỷ đồng", "vi", ""),
        ("1,200", "1,200", "en", ""),
        ("không", "5", "vi", ""),
        ("37%", "41%", "vi", "+4%"),
        ("1.999,9", "2.000,0", "vi", "+0,1"),
    ],
)
def test_key_figures_are_subtracted_where_they_are_numbers_of_one_unit(
    before: str, after: str, language: str, difference: str
) -> None:
    assert difference_of(before, after, language) == difference


def test_a_figure_whose_label_was_put_in_the_plural_is_the_same_figure() -> None:
    found = compare(
        shown(figures=[["1", "device known"], ["0", "lost"]], language="en"),
        shown(figures=[["3", "devices known"], ["0", "lost"]], language="en"),
    )
    assert found["figures"][0] == {"label": "devices known", "before": "1", "after": "3", "difference": "+2"}


def test_a_finding_with_other_numbers_is_the_same_finding() -> None:
    found = compare(shown(findings=["**3** máy cũ.", "Thiếu 1,5 tỷ."]), shown(findings=["Cáp hỏng.", "**12** máy cũ."]))
    assert found["findings"] == [
        {"before": None, "after": "Cáp hỏng."},
        {"before": "**3** máy cũ.", "after": "**12** máy cũ."},
        {"before": "Thiếu 1,5 tỷ.", "after": None},
    ]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6))
def test_every_row_is_accounted_for_and_a_run_is_the_same_as_itself(seed: int) -> None:
    before, after = made.pair(seed)
    assert is_same(compare(before, before))
    for found in compare(before, after)["tables"]:
        old = [t for t in before["tables"] if t["sheet"] == found["sheet"]]
        new = [t for t in after["tables"] if t["sheet"] == found["sheet"]]
        if len(old) == len(new) == 1:
            both = found["same"] + len(found["changed"])
            assert both + len(found["new"]) == len(new[0]["rows"])
            assert both + len(found["gone"]) == len(old[0]["rows"])
    for language in ("vi", "en"):
        assert all(isinstance(line, str) for line in lines(compare(before, after), texts(language), 5))


@given(st.floats(-1e15, 1e15), st.integers(0, 3))
def test_numbers_are_compared_to_the_digits_that_are_written(value: float, decimals: int) -> None:
    assert texts("en").number(value, decimals).replace(",", "") == rounded(value, decimals)
    million = {"format": "million", "decimals": 1}
    assert texts("en").millions(value, 1).replace(",", "") == seen(value, million)


def test_it_is_told_in_lines() -> None:
    before = shown(table(["A", "x", 1.04], ["B", "y", 2.0], ["D", "v", 3.0]), figures=[["1", "máy"]], findings=["Một."])
    after = shown(table(["A", "x", 2.55], ["C", "z", None], ["D", "v", 3.0]), figures=[["3", "máy"]], findings=["Hai."])
    assert list(lines(compare(before, after), texts("vi"), 1)) == [
        "Số liệu chính",
        "  máy: 1 → 3 (+2)",
        "Phát hiện",
        "  + Hai.",
        "  - Một.",
        "Tuổi: 1 dòng mới, 1 dòng không còn, 1 dòng thay đổi, 1 dòng như cũ.",
        "  ~ A · x: Tuổi 1,0 → 2,6 (+1,6)",
        "  + C · z",
        "  - B · y · 2,0",
    ]
