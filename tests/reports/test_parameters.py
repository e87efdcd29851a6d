"""The `parameters` cell is a contract: what is wrong is refused in one sentence that says what is allowed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.problems import Problem
from reports import catalog, parameters
from reports.parameters import ContractError, Parameter, check, check_one, parse
from reports.problems import ReportProblem
from reports.texts import texts

CELL = """
# What the report takes.
workspace: str = ""  # <folder> Thư mục | Folder
language: str = "vi"  # {vi,en} Ngôn ngữ | Language
office: str = ""  # <office> Đơn vị | Office
as_of: str = ""  # <date> Ngày | Day
max_age_years: float = 8.0  # [3..20] Ngưỡng tuổi (năm) | Age threshold (years)
budget: int = 500_000_000  # [0..] <dong> Ngân sách | Budget
budgets: list[int] = [500_000_000]  # <dong> [1_000_000..] Ngân sách từng năm | Budgets by year
years: list[int] = [2026]  # <year> [2020..2060] Năm | Years
order: str = "age"  # {age,risk} Thứ tự | Order
kinds: list[str] = []  # {switch,printer} Loại | Kinds
figure: bool = True  # Vẽ hình | Draw
share: float = 0.5  # [..1] Tỷ lệ | Share
serial: str = "007"
rate: float = -1.5
broken: str = (
    "x"  # {x,y} Hai dòng | Two lines
)
"""


@pytest.fixture(scope="module")
def contract() -> tuple[Parameter, ...]:
    return parse(CELL)


def test_the_contract_is_read(contract: tuple[Parameter, ...]) -> None:
    by_name = {parameter.name: parameter for parameter in contract}
    age = by_name["max_age_years"]
    assert (age.type, age.default, age.low, age.high) == ("float", 8.0, 3.0, 20.0)
    assert (age.help("vi"), age.help("en")) == ("Ngưỡng tuổi (năm)", "Age threshold (years)")
    assert age.allowed(texts("vi")) == "từ 3 đến 20"
    assert by_name["budget"].allowed(texts("en")) == "for example 500,000,000 or 500 million; at least 0"
    assert by_name["years"].allowed(texts("vi")) == "từ 2020 đến 2060"
    assert by_name["order"].allowed(texts("vi")) == "age, risk"
    assert by_name["budgets"].annotation() == "list[int]"
    assert by_name["budgets"].type_words(texts("vi")) == "danh sách số tiền"
    assert by_name["budgets"].default_words(texts("vi")) == "500.000.000 đồng"
    assert by_name["rate"].default_words(texts("vi")) == "-1,5"
    assert by_name["office"].default_words(texts("en")) == "All offices"
    assert by_name["serial"].help("vi") == "serial"
    assert (by_name["broken"].choices, by_name["broken"].help("en")) == (("x", "y"), "Two lines")


def test_defaults_come_back_without_the_reserved(contract: tuple[Parameter, ...]) -> None:
    values = check("r", contract, {})
    assert values["budget"] == 500_000_000
    assert not values.keys() & {"workspace", "language"}


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("serial", "007", "007"),
        ("max_age_years", "7", 7.0),
        ("max_age_years", "7,5", 7.5),
        ("max_age_years", 7, 7.0),
        ("rate", "-2.5", -2.5),
        ("budget", "1.500.000.000", 1_500_000_000),
        ("budget", "1,500,000,000", 1_500_000_000),
        ("budget", "1 500 000 000", 1_500_000_000),
        ("budget", "1500000000", 1_500_000_000),
        ("budgets", "500.000.000; 700.000.000", [500_000_000, 700_000_000]),
        ("budgets", "500000000,700000000", [500_000_000, 700_000_000]),
        ("budgets", "500,000,000", [500_000_000]),
        ("budgets", "[500000000, 700000000]", [500_000_000, 700_000_000]),
        ("budget", "500 triệu", 500_000_000),
        ("budget", "500tr", 500_000_000),
        ("budget", "1,5 tỷ", 1_500_000_000),
        ("budget", "1.5 Tỉ đồng", 1_500_000_000),
        ("budget", "2 tỷ 500 triệu", 2_500_000_000),
        ("budget", "500 million", 500_000_000),
        ("budget", "1.25 billion dong", 1_250_000_000),
        ("budget", "750 nghìn", 750_000),
        ("budget", "500.000.000 đ", 500_000_000),
        ("budgets", "1,5 tỷ", [1_500_000_000]),
        ("budgets", "1,5 tỷ, 2 tỷ", [1_500_000_000, 2_000_000_000]),
        ("budgets", "500 triệu;1,5 tỷ", [500_000_000, 1_500_000_000]),
        ("years", [2026, 2027], [2026, 2027]),
        ("years", "2026, 2027", [2026, 2027]),
        ("kinds", "switch", ["switch"]),
        ("kinds", "", []),
        ("as_of", "31/12/2025", "2025-12-31"),
        ("as_of", "2025-12-31", "2025-12-31"),
        ("as_of", date(2025, 12, 31), "2025-12-31"),
        ("as_of", "", ""),
        ("figure", "không", False),
        ("figure", "true", True),
        ("office", "=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"),
    ],
)
def test_right_values_are_coerced(contract: tuple[Parameter, ...], name: str, given: Any, taken: Any) -> None:
    value = check("r", contract, {name: given})[name]
    assert value == taken
    assert type(value) is type(taken)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("max_age", "9", "did you mean max_age_years?"),
        ("budgett", 1, "did you mean budget?"),
        ("", "1", "no parameter"),
        ("workspace", "/etc", "use --workspace"),
        ("language", "en", "use --lang"),
        ("max_age_years", "2", "between 3 and 20"),
        ("max_age_years", "20.01", "between 3 and 20"),
        ("max_age_years", "nan", "must be a number"),
        ("max_age_years", "inf", "must be a number"),
        ("max_age_years", float("inf"), "must be a number"),
        ("max_age_years", "tám", "must be a number"),
        ("max_age_years", "", "must be a number"),
        ("max_age_years", "8 years", "must be a number"),
        ("max_age_years", "1.234,5", "must be a number"),
        ("max_age_years", 10**400, "must be a number"),
        ("years", [float("inf")], "whole number"),
        ("max_age_years", True, "must be a number"),
        ("max_age_years", None, "must be a number"),
        ("max_age_years", [8], "must be a number"),
        ("share", "1.5", "at most 1"),
        ("budget", "-1", "at least 0"),
        ("budget", "500.00", "amount in dong"),
        ("budget", "500.000,000", "amount in dong"),
        ("budget", "5e8", "amount in dong"),
        ("budget", "0x10", "amount in dong"),
        ("budget", 1.5, "amount in dong"),
        ("budget", "12.500 triệu", "amount in dong"),
        ("budget", "500 tri", "amount in dong"),
        ("budget", "500 triệu 2 tỷ", "amount in dong"),
        ("budget", "-500 triệu", "amount in dong"),
        ("budget", "triệu", "amount in dong"),
        ("budget", "0,5 đồng", "amount in dong"),
        ("budgets", "1,5 tỷ,2 tỷ", "amount in dong"),
        ("budget", "9" * 40, "amount in dong"),
        ("budgets", "500.000,000; 1", "amount in dong"),
        ("budgets", "100", "at least 1000000"),
        ("budgets", 500, "must be a list"),
        ("budgets", {"2026": 1}, "must be a list"),
        ("years", "2026;2099", "between 2020 and 2060"),
        ("years", "2026-2030", "whole number"),
        ("order", "price", "one of age, risk"),
        ("order", "Age", "did you mean age?"),
        ("order", 1, "must be text"),
        ("kinds", "switch, router", "one of switch, printer"),
        ("as_of", "31/02/2026", "must be a day"),
        ("as_of", "12/31/2026", "must be a day"),
        ("as_of", "yesterday", "must be a day"),
        ("as_of", 20260101, "must be a day"),
        ("figure", "maybe", "yes or no"),
        ("figure", 1, "yes or no"),
        ("serial", 7, "must be text"),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(contract: tuple[Parameter, ...], name: str, given: Any, says: str) -> None:
    with pytest.raises(ReportProblem) as refused:
        check("ageing", contract, {name: given})
    english = str(refused.value)
    assert says in english
    assert "ageing" in english
    assert name in english
    vietnamese = texts("vi").problem(refused.value)
    assert vietnamese != english
    assert "{" not in vietnamese.replace("{'2026': 1}", "")


OFFICES = {
    "lap-thach": ("Thị trấn Lập Thạch", "Lap Thach town"),
    "xuan-hoa": ("Xã Xuân Hòa", "Xuan Hoa commune"),
    "xuan-hoa-cu": ("Xã Xuân Hoà", "Xuan Hoa commune (former)"),
    "ubnd": ("<script>",),
    "no-name": (),
}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("lap-thach", "lap-thach"),
        (" Lap Thach TOWN ", "lap-thach"),
        ("Thị trấn Lập Thạch", "lap-thach"),
        ("thi tran lap thach", "lap-thach"),
        ("Xuan Hoa Commune", "xuan-hoa"),
        ("xuan-hoa", "xuan-hoa"),
        ("NO NAME", "no-name"),
        ("", ""),
    ],
)
def test_an_office_is_meant_by_its_code_or_its_name(contract: tuple[Parameter, ...], given: str, taken: str) -> None:
    assert check("r", contract, {"office": given}, OFFICES)["office"] == taken


@pytest.mark.parametrize(
    ("given", "offices", "says"),
    [
        ("lap-thac", OFFICES, "did you mean lap-thach (Thị trấn Lập Thạch)?"),
        ("Xã Lập Thạch", OFFICES, "did you mean lap-thach"),
        ("xã xuân hòa", OFFICES, "one of the codes xuan-hoa, xuan-hoa-cu"),
        ("../../etc", OFFICES, "there is no '../../etc'"),
        ("all", {}, "no offices are known yet"),
    ],
)
def test_an_office_that_is_not_known_is_refused(
    contract: tuple[Parameter, ...], given: str, offices: dict[str, tuple[str, ...]], says: str
) -> None:
    (parameter,) = (parameter for parameter in contract if parameter.name == "office")
    with pytest.raises(ReportProblem, match=re.escape(says)) as refused:
        check_one("network-state", parameter, given, offices)
    vietnamese = texts("vi").problem(refused.value)
    assert vietnamese.startswith("Tham số office của báo cáo network-state")


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(st.text()) | st.dates())
def test_any_value_is_taken_by_its_rules_or_refused(value: Any) -> None:
    contract = parse(CELL)
    for parameter in contract:
        if parameter.reserved:
            continue
        try:
            taken = check("r", contract, {parameter.name: value})[parameter.name]
        except Problem as problem:
            assert parameter.name in str(problem)  # noqa: PT017 - refusing is one of two right answers
            continue
        items = taken if parameter.is_list else [taken]
        assert all(type(item).__name__ == parameter.type for item in items)
        assert all(parameter.low is None or item >= parameter.low for item in items)
        assert all(parameter.high is None or item <= parameter.high for item in items)
        assert not parameter.choices or set(items) <= set(parameter.choices)
        assert check("r", contract, {parameter.name: taken})[parameter.name] == taken


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("a = 1", "name: type = default"),
        ("import os", "name: type = default"),
        ("a: int", "name: type = default"),
        ("a: int = f()", "plain value"),
        ("a: dict = {}", "not one of str"),
        ("a: int = 1  # [2..3]", "default is refused"),
        ("a: int = 1  # [3..2]", "is empty"),
        ("a: str = 'x'  # [1..2]", "needs int or float"),
        ("a: str = 'x'  # {y,z}", "default is refused"),
        ("a: str = 'x'  # <colour>", "<colour>"),
        ("a: float = 1", "is not float"),
        ("a: int = 1\na: int = 2", "declared twice"),
    ],
)
def test_a_contract_that_breaks_its_own_rules_is_refused(cell: str, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        parse(cell)


def test_reports_are_found_and_named(notebooks: Path) -> None:
    report = catalog.describe("small-report", notebooks)
    assert report.title("vi") == "Tuổi thiết bị (thử)"
    assert report.summary("en") == "A small report for tests"
    assert [parameter.name for parameter in report.settable][:2] == ["office", "as_of"]
    with pytest.raises(ReportProblem, match="did you mean small-report"):
        catalog.find("smal-reprot", notebooks)


def test_an_empty_folder_has_no_reports(tmp_path: Path) -> None:
    with pytest.raises(ReportProblem, match="no report notebooks"):
        catalog.find("x", tmp_path)


def test_every_report_of_the_house_has_a_contract_in_both_languages() -> None:
    for report in catalog.reports():
        names = {parameter.name for parameter in report.parameters}
        assert {"workspace", "office", "as_of", "language"} <= names, report.name
        for parameter in report.settable:
            assert parameter.help_vi, f"{report.name}: {parameter.name} lacks its help in Vietnamese"
            assert parameter.help_en, f"{report.name}: {parameter.name} lacks its help in English"
            for choice in parameter.choices:
                for language in ("vi", "en"):
                    assert texts(language).has(f"choice.{parameter.name}.{choice}"), f"{report.name}: {parameter.name}={choice}"
        for language in ("vi", "en"):
            assert report.title(language) != report.name, f"{report.name} has no title in {language}"
            assert report.summary(language), f"{report.name} has no summary in {language}"


def test_two_parameters_cells_are_refused(tmp_path: Path, notebooks: Path) -> None:
    text = (notebooks / "small-report.ipynb").read_text(encoding="utf-8")
    broken = tmp_path / "x.ipynb"
    broken.write_text(text.replace('"parameters"', '"other"'), encoding="utf-8")
    with pytest.raises(ContractError, match="0 are"):
        parameters.read(broken)
