"""What follows from other cells follows in the spreadsheet too."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from reports import executed, to_xlsx
from reports.formulas import Arithmetic, SumOf
from reports.tables import Column, table_payload
from reports.texts import texts
from tests.reports.recalculated import formulas_of, recalculated

OFFICES = ["Xã A*", "Xã A**", "<Xã B>", "?", '="Xã"']
ITEMS = pd.DataFrame(
    {
        "office": [OFFICES[n % 5] for n in range(40)],
        "year": [2027 + n % 3 for n in range(40)],
        "cost": [None if n == 7 else 1_000 * n + 999_999_999 for n in range(40)],
    }
).astype({"cost": "Int64"})


def years() -> pd.DataFrame:
    spent = ITEMS.groupby("year")["cost"].sum().reindex([2027, 2028, 2029, 2030], fill_value=0)
    frame = pd.DataFrame({"year": spent.index, "budget": 15_000_000_000, "cost": spent.to_numpy()})
    frame["count"] = frame["year"].map(ITEMS["year"].value_counts()).fillna(0).astype(int)
    return frame.assign(left=(frame["budget"] - frame["cost"]).cumsum())


def offices() -> pd.DataFrame:
    table = ITEMS.pivot_table(index="office", columns="year", values="cost", aggfunc="sum").reindex(OFFICES)
    return table.rename(columns=str).reset_index().assign(all=table.sum(axis=1).to_numpy())


def written(path: Path) -> Path:
    say = texts("vi")
    items = [Column("office", "Đơn vị"), Column("year", "Năm", "year"), Column("cost", "Giá", "dong", total=True)]
    by_year = [
        Column("year", "Năm", "year"),
        Column("budget", "Ngân sách", "dong", total=True),
        Column("cost", "Chi", "dong", total=True, formula=SumOf("Kế hoạch: 'năm'", "cost", by=("year",))),
        Column("count", "Số món", "int", total=True, formula=SumOf("Kế hoạch: 'năm'", by=("year",))),
        Column("left", "Còn", "dong", formula=Arithmetic(plus=("budget",), minus=("cost",), above="left")),
    ]
    by_office = [
        Column("office", "Đơn vị"),
        *(
            Column(str(year), str(year), "million", formula=SumOf("Kế hoạch: 'năm'", "cost", ("office",), {"year": year}))
            for year in (2027, 2028, 2029)
        ),
        Column("all", "Cộng", "million", total=True, formula=Arithmetic(plus=("2027", "2028", "2029"))),
    ]
    tables = [
        table_payload(years(), by_year, say, sheet="Năm"),
        table_payload(ITEMS, items, say, sheet="Kế hoạch: 'năm'"),
        table_payload(offices(), by_office, say, sheet="Đơn vị"),
    ]
    opening = {"title": "x", "subtitle": "", "office": "", "as_of": "2026-03-02", "coverage": []}
    parts = [executed.Part("opening", opening, ""), *(executed.Part("table", table, "") for table in tables)]
    to_xlsx.write(executed.Executed("vi", tuple(parts), {}), path)
    return path


def test_a_spreadsheet_works_out_what_the_report_says(tmp_path: Path) -> None:
    found = formulas_of(written(tmp_path / "plan.xlsx"), tmp_path)
    assert len(found) == 4 * 3 + 3 + 1 + 5 * 4 + 1
    assert [(sheet, cell, value) for sheet, cell, value, _ in found] == [(sheet, cell, value) for sheet, cell, _, value in found]


def test_a_corrected_price_moves_its_year_its_office_and_what_is_left(tmp_path: Path) -> None:
    path = written(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    plan = book.worksheets[2]
    assert (plan["A5"].value, plan["B5"].value) == ("Xã A*", 2027)
    plan["C5"] = 1
    book.save(path)
    told, computed = years(), recalculated(path, tmp_path)
    less = int(ITEMS["cost"].iloc[0]) - 1
    by_year, by_office = computed.worksheets[1], computed.worksheets[3]
    assert [by_year.cell(5 + n, 3).value for n in range(4)] == [told["cost"][0] - less, *told["cost"][1:]]
    assert [by_year.cell(5 + n, 5).value for n in range(4)] == [left + less for left in told["left"]]
    assert by_office["E5"].value == offices()["all"][0] - less


@pytest.mark.parametrize("formula", [SumOf("Nowhere", "cost"), SumOf("Items", "price"), Arithmetic(plus=("price",))])
def test_a_formula_about_what_is_not_there_is_told(tmp_path: Path, formula: SumOf | Arithmetic) -> None:
    table = table_payload(ITEMS.head(1), [Column("cost", "Giá", "dong", formula=formula)], texts("vi"), sheet="Items")
    parts = [executed.Part("opening", {"title": "", "subtitle": "", "office": "", "as_of": "", "coverage": []}, "")]
    with pytest.raises(KeyError, match=r"Nowhere|price"):
        to_xlsx.write(executed.Executed("vi", (*parts, executed.Part("table", table, "")), {}), tmp_path / "x.xlsx")
