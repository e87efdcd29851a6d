"""Forty wrong values for the reports that there are: each is refused before anything is written, with a sentence in both
languages that names the parameter and says what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports import catalog, run
from reports.problems import ReportProblem
from reports.texts import LANGUAGES, texts

OFFICES = {"thai-hoa": ("Xã Thái Hòa", "Thai Hoa commune"), "tay-son": ("Thị trấn Tây Sơn", "Tay Son town")}

#: report, parameter, value, what the sentence says is allowed: in Vietnamese, in English
WRONG = [
    ("equipment-age", "office", "thai-hoaa", "thai-hoa (Xã Thái Hòa)", "thai-hoa (Xã Thái Hòa)"),
    ("equipment-age", "office", "Xã Thái Hoa Bình", "thai-hoa", "thai-hoa"),
    ("network-state", "office", "tayson", "tay-son", "tay-son"),
    ("network-state", "office", "../../etc/passwd", "mã hoặc tên một đơn vị", "code or name"),
    ("connectivity", "office", "<script>", "mã hoặc tên một đơn vị", "code or name"),
    ("equipment-age", "office", 3, "phải là chữ", "must be text"),
    ("equipment-age", "as_of", "31/02/2026", "31/12/2026", "31/12/2026"),
    ("equipment-age", "as_of", "12/31/2026", "31/12/2026", "31/12/2026"),
    ("connectivity", "since", "hôm qua", "31/12/2026", "31/12/2026"),
    ("connectivity", "as_of", "2026-13-01", "31/12/2026", "31/12/2026"),
    ("network-state", "as_of", 20260101, "31/12/2026", "31/12/2026"),
    ("network-state", "as_of", "2026", "31/12/2026", "31/12/2026"),
    ("equipment-age", "max_age_years", "2", "từ 3 đến 20", "between 3 and 20"),
    ("equipment-age", "max_age_years", "20,5", "từ 3 đến 20", "between 3 and 20"),
    ("equipment-age", "max_age_years", "tám", "phải là một số như 8,5", "a number such as 8.5"),
    ("equipment-age", "max_age_years", "", "phải là một số", "a number"),
    ("equipment-age", "max_age_years", "nan", "phải là một số", "a number"),
    ("equipment-age", "max_age_years", True, "phải là một số", "a number"),
    ("equipment-age", "oldest", "61", "từ 5 đến 60", "between 5 and 60"),
    ("equipment-age", "oldest", "12.5", "số nguyên", "whole number"),
    ("equipment-age", "oldest", "0x10", "số nguyên", "whole number"),
    ("equipment-age", "max_age", "8", "max_age_years", "did you mean max_age_years"),
    ("connectivity", "alarm_people", "0", "từ 1 đến 500", "between 1 and 500"),
    ("network-state", "alarm", "10", "alarm_people", "did you mean alarm_people"),
    ("replacement-plan", "yearly_budget", "500 triêu đô", "500 triệu", "500 million"),
    ("replacement-plan", "yearly_budget", "5e8", "500.000.000", "500,000,000"),
    ("replacement-plan", "yearly_budget", "12.500 triệu", "500 triệu", "500 million"),
    ("replacement-plan", "yearly_budget", "500.000,000", "500 triệu", "500 million"),
    ("replacement-plan", "yearly_budget", "-400000000", "không được nhỏ hơn 0", "at least 0"),
    ("replacement-plan", "yearly_budget", {"2027": 1}, "danh sách như a; b; c", "a list such as a; b; c"),
    ("replacement-plan", "yearly_budget", [400_000_000, None], "500 triệu", "500 million"),
    ("replacement-plan", "person_hour", "500 đồng", "từ 1.000 đến 2.000.000", "between 1,000 and 2,000,000"),
    ("replacement-plan", "years", "năm", "số nguyên", "whole number"),
    ("replacement-plan", "years", "11", "từ 1 đến 10", "between 1 and 10"),
    ("replacement-plan", "first_year", "2.027", "số nguyên", "whole number"),
    ("replacement-plan", "carry_over", "có lẽ", "có hoặc không", "yes or no"),
    ("replacement-plan", "unknown_age", "includ", "include", "did you mean include"),
    ("replacement-plan", "together", "switches", "none, switch, wireless, pc, printer", "none, switch, wireless, pc, printer"),
    ("replacement-plan", "reserve", "50%", "phải là một số", "a number"),
    ("replacement-plan", "reserve", "0.6", "từ 0 đến 0,5", "between 0 and 0.5"),
    ("replacement-plan", "price_growth", "-0,1", "từ 0 đến 0,3", "between 0 and 0.3"),
    ("replacement-plan", "budget", "1", "yearly_budget", "did you mean yearly_budget"),
    ("replacement-plan", "workspace", "/etc", "--workspace", "--workspace"),
    ("replacement-plan", "language", "en", "--lang", "--lang"),
]


@pytest.mark.parametrize(("report", "name", "value", "vietnamese", "english"), WRONG)
def test_it_is_refused_with_what_is_allowed(
    tmp_path: Path, report: str, name: str, value: object, vietnamese: str, english: str
) -> None:
    out = tmp_path / "out"
    with pytest.raises(ReportProblem) as refused:
        run.run(report, {name: value}, out_dir=out, workspace=tmp_path, offices=OFFICES)
    assert not out.exists()
    for language, allowed in (("vi", vietnamese), ("en", english)):
        sentence = texts(language).problem(refused.value)
        assert name in sentence
        assert report in sentence
        assert allowed in sentence
        assert "\n" not in sentence


def test_what_each_parameter_takes_is_told_in_both_languages() -> None:
    for report in catalog.reports():
        for parameter in report.settable:
            for language in LANGUAGES:
                say = texts(language)
                told = f"{parameter.type_words(say)} {parameter.allowed(say)} {parameter.default_words(say)}"
                assert len(told) > 4, f"{report.name}: {parameter.name}"
                for choice in parameter.choices:
                    assert say(f"choice.{parameter.name}.{choice}") in parameter.allowed(say)
