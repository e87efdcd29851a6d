"""schedule.yaml: what it says, and one sentence with the line for every mistake, all at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import to_pdf
from reports.problems import ReportProblem
from reports.schedule import reading
from reports.schedule.problems import ScheduleProblem
from reports.schedule.reading import Surroundings
from reports.texts import texts

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
OFFICES = {"thai-hoa": ("Xã Thái Hòa", "Thai Hoa"), "lap-thach": ("Huyện Lập Thạch", "Lap Thach")}
AROUND = Surroundings("vi", OFFICES, mail=True, reports=NOTEBOOKS, today=date(2026, 11, 26))


def read(tmp_path: Path, text: str, around: Surroundings = AROUND):
    path = tmp_path / "schedule.yaml"
    path.write_text(text, encoding="utf-8")
    return reading.read(path, around)


def told(tmp_path: Path, text: str, around: Surroundings = AROUND) -> list[str]:
    """The sentences, after a look at the Vietnamese ones."""
    try:
        problems = read(tmp_path, text, around).problems
    except ScheduleProblem as problem:
        problems = (problem,)
    assert all("\n" not in texts("vi").problem(problem) for problem in problems)
    return [texts("en").problem(problem) for problem in problems]


FULL = """\
time_zone: Europe/Berlin
entries:
  state:
    run: report small-report
    when: "*-*-01 07:00"
    parameters:
      {as_of: tháng trước, office: Thái Hòa, years: this year .. +2, yearly_budget: 010, max_age_years: "8,5", order: risk}
    languages: [vi, en]
    formats: html, xlsx
    dress: administrative
    mail: [a@b.vn, c@d.vn, a@b.vn]
    timeout: 20 phút
    retries: 2
    retry_after: 90 s
  scan: {run: scan, when: T2 01:00, offices: thai-hoa}
  probe: {run: probe, when: hourly}
"""


def test_what_is_written_is_what_is_run(tmp_path):
    text = FULL.replace("yearly_budget: 010", "yearly_budget: 500.000.000").replace("office: Thái Hòa", "office: Xã Thái Hòa")
    schedule = read(tmp_path, text)
    assert schedule.problems == ()
    state, scan, probe = schedule.entries.values()
    assert (state.kind, state.report, state.run) == ("report", "small-report", "report small-report")
    assert (state.languages, state.formats, state.dress) == (("vi", "en"), ("html", "xlsx"), "administrative")
    assert (state.mail, state.timeout_s, state.retries, state.retry_after_s) == (("a@b.vn", "c@d.vn"), 1200, 2, 90)
    values = state.values(date(2028, 3, 1))
    assert (values["as_of"], values["years"]) == ("2028-02-29", [2028, 2029, 2030])
    assert (scan.offices, probe.run) == (("thai-hoa",), "probe")
    assert schedule.next(state, datetime(2026, 7, 15, tzinfo=UTC)) == datetime(2026, 8, 1, 5, 0, tzinfo=UTC)
    assert schedule.planned(state, datetime(2026, 12, 15, tzinfo=UTC)) == datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


def test_a_number_is_not_what_yaml_makes_of_it(tmp_path):
    sentences = told(tmp_path, FULL.replace("office: Thái Hòa, ", ""))
    assert len(sentences) == 1
    assert "line 7" in sentences[0]
    assert "yearly_budget" in sentences[0]
    assert "010" in sentences[0]


def test_the_template_is_right_as_it_comes_and_with_every_entry_switched_on(tmp_path):
    template = (resources.files("kiemke") / "templates" / "schedule.yaml").read_text(encoding="utf-8")
    assert read(tmp_path, template, Surroundings(mail=False)).problems == ()
    examples = ("#yearly", "#  ", "#mail")
    lines = template.split("\n")
    on = "\n".join(line.replace("#", "", 1) if line[:1] == " " and line.lstrip().startswith(examples) else line for line in lines)
    schedule = read(tmp_path, on, Surroundings())
    assert schedule.problems == ()
    assert {"quarterly-age", "yearly-plan"} < set(schedule.entries)
    assert schedule.entries["quarterly-age"].mail
    assert schedule.zone_name == "Asia/Ho_Chi_Minh"


MISTAKES = [
    ("entries:\n  a: {run: scan, when: daily, tmeout: 3 s}", 2, "timeout"),
    ("entries:\n  a: {run: scan}", 2, "when"),
    ("entries:\n  a: {when: daily}", 2, "run"),
    ("entries:\n  a: {run: scam, when: daily}", 2, "scan, probe, report"),
    ("entries:\n  a:\n    run: report smal-report\n    when: daily", 3, "small-report"),
    ("entries:\n  a:\n    run: scan\n    when: Mon 25:00", 4, "between 0 and 23"),
    ("entries:\n  a:\n    run: scan\n    when: 0 6 * * 1", 4, "cron"),
    ("entries:\n  a: {run: scan, when: daily, mail: a@b.vn}", 2, "means nothing for scan"),
    ("entries:\n  a: {run: scan, when: daily, offices: thaihoa}", 2, "thai-hoa"),
    ("entries:\n  a: {run: report small-report, when: daily, parameters: {as_off: last month}}", 2, "as_of"),
    ("entries:\n  a: {run: report small-report, when: daily, parameters: {as_of: last mnth}}", 2, "last month, this year"),
    ("entries:\n  a: {run: report small-report, when: daily, parameters: {office: thaihoa}}", 2, "thai-hoa"),
    ("entries:\n  a: {run: report small-report, when: daily, parameters: {max_age_years: 99}}", 2, "between 3 and 20"),
    ("entries:\n  a: {run: report small-report, when: daily, parameters: {years: [1999]}}", 2, "2020"),
    ("entries:\n  a: {run: report small-report, when: daily, parameters: {workspace: /etc}}", 2, "--workspace"),
    ("entries:\n  a: {run: report small-report, when: daily, parameters: 3}", 2, "name: value"),
    ("entries:\n  a: {run: report small-report, when: daily, mail: ban giám đốc}", 2, "van-phong@example.vn"),
    ("entries:\n  a: {run: report small-report, when: daily, languages: fr}", 2, "vi, en"),
    ("entries:\n  a: {run: report small-report, when: daily, formats: [docx]}", 2, "html"),
    ("entries:\n  a: {run: report small-report, when: daily, dress: pretty}", 2, "plain, administrative"),
    ("entries:\n  a: {run: scan, when: daily, timeout: soon}", 2, "20 min"),
    ("entries:\n  a: {run: scan, when: daily, timeout: 0 s}", 2, "20 min"),
    ("entries:\n  a: {run: scan, when: daily, retries: -1}", 2, "retries"),
    ("entries:\n  Quét hằng tuần: {run: scan, when: daily}", 2, "quet-hang-tuan"),
    ("entries:\n  ../../etc/x: {run: scan, when: daily}", 2, "etc-x"),
    ("entries:\n  a: {run: scan, when: daily}\n  a: {run: scan, when: daily}", 3, "twice"),
    ("time_zone: Asia/Ho_Chi_Min\nentries:\n  a: {run: scan, when: daily}", 1, "Asia/Ho_Chi_Minh"),
    ("time_zone: ../../etc/passwd\nentries:\n  a: {run: scan, when: daily}", 1, "time zone"),
    ("entry:\n  a: {run: scan, when: daily}", 1, "entries"),
    ("entries: [scan]", 1, "name: value"),
    ("entries:\n  a: [scan, daily]", 2, "name: value"),
    ("entries:\n  a: {run: scan, when: daily", 2, "YAML"),
    ("entries:", 1, "no entries"),
    ("", 1, "no entries"),
]


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES)
def test_a_mistake_is_one_sentence_with_its_line_and_the_fix(tmp_path, text, line, words):
    sentences = told(tmp_path, text)
    assert len(sentences) == 1
    assert f"line {line}" in sentences[0]
    assert words in sentences[0]


def test_all_mistakes_are_told_at_once_and_what_is_right_can_be_run(tmp_path):
    wrong = "  b: {run: scan, when: never, tmeout: 3 s}\n  c: {run: probe, when: daily, retries: x}\n"
    schedule = read(tmp_path, "entries:\n  a: {run: scan, when: daily}\n" + wrong)
    assert [problem.values["line"] for problem in schedule.problems] == [3, 3, 4]
    assert (list(schedule.entries), list(schedule.wrong)) == (["a"], ["b", "c"])


def test_a_pdf_is_asked_for_only_where_it_can_be_written(tmp_path, monkeypatch):
    text = "entries:\n  a: {run: report small-report, when: daily, formats: [html, pdf]}"
    monkeypatch.setattr(to_pdf, "missing", lambda: None)
    assert read(tmp_path, text).entries["a"].formats == ("html", "pdf")
    monkeypatch.setattr(to_pdf, "missing", lambda: ReportProblem("pdf_pango"))
    (sentence,) = told(tmp_path, text)
    assert "line 2" in sentence
    assert "Pango" in sentence


def test_documents_need_a_mail_server(tmp_path):
    text = "entries:\n  a: {run: report small-report, when: daily, mail: a@b.vn}"
    (sentence,) = told(tmp_path, text, Surroundings(mail=False, reports=NOTEBOOKS))
    assert "kiemke.toml" in sentence


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "schedule.yaml").write_bytes(b"entries: \xff\xfe")
    with pytest.raises(ScheduleProblem, match="UTF-8"):
        reading.read(tmp_path / "schedule.yaml", AROUND)
    with pytest.raises(ScheduleProblem, match="no such file"):
        reading.read(tmp_path / "other.yaml", AROUND)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    told(tmp_path_factory.getbasetemp(), "entries:\n  a: {run: scan, when: daily}\n" + text)
