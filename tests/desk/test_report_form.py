"""The planner's form without a browser: what it asks for, what it refuses beside which field, and what becomes of its runs."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import report_fields, report_files
from desk.report_asked import Asked
from desk.report_fields import Places, field_of, in_words
from desk.report_form import ReportForm
from inventory.database import workspace_database
from kiemke.workspace import create
from reports import catalog, given_out, parameters
from reports.records import read_records
from reports.texts import LANGUAGES, texts
from tests.notebooks.conftest import OFFICES, small_workspace  # noqa: F401 - a fixture

PLACES = Places(
    {"huyen": ("Huyện Lập Thạch", "Lập Thạch district"), "thai-hoa": ("Xã Thái Hòa", "Thái Hòa commune")}, {"thai-hoa": "huyen"}
)
SOURCE = """
office: str = ""  # <office> Mã đơn vị; để trống là tất cả | Office code; empty for all
as_of: str = ""  # <date> Số liệu tính đến hết ngày; để trống là lần quét cuối | Data up to this day; empty for the last scan
age: float = 8.0  # [3..20] Ngưỡng tuổi (năm) | Age threshold (years)
oldest: int = 25  # [5..60] Số thiết bị cũ nhất | How many of the oldest
budget: list[int] = [400_000_000]  # [0..] <dong> Ngân sách từng năm, số cuối cho năm còn lại | Budget; the last for the rest
hour: int = 60_000  # [1000..2000000] <dong> Giá một giờ | Price of an hour
year: int = 2027  # <year> [2000..2100] Năm | Year
keep: bool = False  # Chuyển tiền | Carry over
order: str = "age"  # {age,risk} Thứ tự | Order
kinds: list[str] = ["pc"]  # {pc,printer} Loại | Kinds
note: str = ""  # Ghi chú | Note
"""
CONTRACT = {parameter.name: parameter for parameter in parameters.parse(SOURCE)}


def text(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))).strip()


def made(name: str, language: str = "vi"):
    return field_of("replacement-plan", CONTRACT[name], PLACES, texts(language), lambda: None)


# Fields -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "value", "shown"),
    [
        ("office", "Xã Thái Hòa, thuộc Huyện Lập Thạch (thai-hoa)", "thai-hoa", None),
        ("office", "xa thai hoa", "thai-hoa", "Xã Thái Hòa, thuộc Huyện Lập Thạch (thai-hoa)"),
        ("age", "8,5", 8.5, "8,5"),
        ("age", "12.0", 12.0, "12"),
        ("budget", "2 tỷ", [2_000_000_000], "2.000.000.000"),
        ("budget", "2000000000; 400 triệu", [2_000_000_000, 400_000_000], "2.000.000.000; 400.000.000"),
        ("budget", "2,000,000,000", [2_000_000_000], "2.000.000.000"),
        ("hour", "75 nghìn", 75_000, "75.000"),
        ("year", "2030", 2030, "2030"),
        ("note", " tự do <b> ", " tự do <b> ", None),
    ],
)
def test_what_people_type_is_understood_and_written_back_clearly(name, typed, value, shown):
    field = made(name)
    field.control.value = typed
    assert field.told() is None
    assert field.value() == value
    assert field.control.value == (typed if shown is None else shown)


@pytest.mark.parametrize(
    ("name", "typed", "vi", "en"),
    [
        ("oldest", "700", "Phải từ 5 đến 60.", "Must lie between 5 and 60."),
        ("oldest", "", "Phải là số nguyên, ví dụ 5.", "Must be a whole number such as 5."),
        ("oldest", "25,5", "Phải là số nguyên, ví dụ 5.", "Must be a whole number such as 5."),
        ("age", "già", "Phải là một số, ví dụ 8,5.", "Must be a number such as 8.5."),
        ("year", "1999", "Phải từ 2000 đến 2100.", "Must lie between 2000 and 2100."),
        ("hour", "500", "Phải từ 1.000 đến 2.000.000.", "Must lie between 1,000 and 2,000,000."),
        ("budget", "hai tỷ", "Phải là số tiền, ví dụ 400.000.000 hoặc 400 triệu.", "Must be an amount such as"),
        ("budget", "-5", "Phải từ 0 trở lên.", "Must be at least 0."),
        ("budget", " ; ", "Ô này cần được điền.", "This field must be filled in."),
        (
            "office",
            "Thai Hoaa",
            "Không có đơn vị nào tên là “Thai Hoaa”; có phải ý là Xã Thái Hòa?",
            "No office is called “Thai Hoaa”; did you mean Xã Thái Hòa?",
        ),
        ("office", "<script>alert(1)</script>", "Không có đơn vị nào tên là “<script>alert(1)</script>”", "No office is called"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_in_plain_words(name, typed, vi, en):
    for language, words in (("vi", vi), ("en", en)):
        field = made(name, language)
        before = field.note.value
        field.control.value = typed
        assert words in text(field.note.value)
        assert "<script" not in field.note.value
        assert name not in text(field.note.value).lower().replace("office is", "")
        assert report_fields.values([field]) is None
        field.fill(field.parameter.default)
        assert field.note.value == before


def test_sums_are_read_back_in_words():
    field = made("budget")
    field.control.value = "2.000.000.000; 1.234.567.890; 60.000"
    assert text(field.note.value) == "Tức là 2 tỷ đồng; khoảng 1,235 tỷ đồng; 60.000 đồng"
    assert in_words(12_500_000, texts("en")) == "12.5 million dong"


@settings(deadline=None)
@given(st.integers(0, 10**13), st.sampled_from(LANGUAGES))
def test_a_sum_in_words_is_the_sum(dong, language):
    words = in_words(dong, texts(language))
    about = words.startswith(("khoảng ", "about "))
    number, unit = words.removeprefix("khoảng ").removeprefix("about ").split()[:2]
    if language == "en":
        number = number.translate(str.maketrans(",.", ".,"))
    scale = {"tỷ": 10**9, "billion": 10**9, "triệu": 10**6, "million": 10**6}.get(unit, 1)
    read = Decimal(number.replace(".", "").replace(",", ".")) * scale
    assert abs(read - dong) <= scale / 2000
    assert about == (read != dong)


VALUES = {
    "office": st.sampled_from(["", "huyen", "thai-hoa"]),
    "as_of": st.just("") | st.dates().filter(lambda day: day.year > 1000).map(str),
    "age": st.floats(3, 20),
    "oldest": st.integers(5, 60),
    "budget": st.lists(st.integers(0, 10**13), min_size=1, max_size=5),
    "hour": st.integers(1000, 2_000_000),
    "year": st.integers(2000, 2100),
    "keep": st.booleans(),
    "order": st.sampled_from(["age", "risk"]),
    "kinds": st.lists(st.sampled_from(["pc", "printer"]), min_size=1, unique=True).map(sorted),
}


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries(VALUES), st.sampled_from(LANGUAGES))
def test_values_of_an_earlier_run_fill_the_form_and_come_out_as_they_were(values, language):
    for name, value in values.items():
        field = made(name, language)
        field.fill(value)
        assert field.told() is None
        assert field.value() == value


@pytest.mark.parametrize("name", CONTRACT)
@pytest.mark.parametrize("value", ["x" * 300, None, -1, {"a": 1}, ["../..", 7], "<script>"])
def test_a_record_with_wrong_values_fills_nothing_in_by_accident(name, value):
    field = made(name)
    field.fill(value)
    if field.told() is None:  # taken as it is, or as usual
        assert field.value() in (field.parameter.default, value, str(value), "")


def test_every_report_has_a_form_in_both_languages_with_its_usual_values():
    for report in catalog.reports():
        for language in LANGUAGES:
            fields = [field_of(report.name, one, PLACES, texts(language), lambda: None) for one in report.settable]
            assert report_fields.values(fields) == parameters.check(report.name, report.parameters, {})
            names = [report_fields.name_and_help(one, texts(language))[0] for one in report.settable]
            assert len(set(names)) == len(names)
            assert not any("_" in name for name in names), names


# The page -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(small_workspace, tmp_path):  # noqa: F811
    root = create(tmp_path / "workspace", {"offices.yaml": OFFICES}).root
    shutil.copy(workspace_database(small_workspace), workspace_database(root))
    return root


def form(home, language="vi") -> ReportForm:
    return ReportForm(home, home / "reports", language)


def page(box) -> str:
    """Everything that stands on the page, from top to bottom."""
    parts = [str(getattr(box, name, "") or "") for name in ("description", "value", "placeholder")]
    if getattr(getattr(box, "layout", None), "display", None) == "none":
        return ""
    return " ".join((text(" ".join(parts)), *(page(child) for child in getattr(box, "children", ()))))


def find(box, name):
    if name in getattr(box, "_dom_classes", ()):
        return box
    return next((found for child in getattr(box, "children", ()) if (found := find(child, name)) is not None), None)


def test_the_language_changes_on_the_page_and_what_was_filled_in_stays(home):
    opened = form(home)
    assert "Kế hoạch thay thế thiết bị" in page(opened)
    opened.choose("replacement-plan")
    budget = find(opened, "kiemke-yearly_budget")
    budget.value = "2 tỷ"
    find(opened, "kiemke-years").value = "70"
    find(opened, "kiemke-to-en").click()
    assert find(opened, "kiemke-yearly_budget").value == "2,000,000,000"
    assert find(opened, "kiemke-years").value == "70"
    shown = page(opened)
    assert "That is 2 billion dong" in shown
    assert "Must lie between 1 and 10." in shown
    assert "Replacement plan" in shown


def test_fields_that_few_need_are_folded_until_one_of_them_is_wrong(home):
    opened = form(home)
    opened.choose("replacement-plan")
    assert "Giá tăng mỗi năm" not in page(opened)
    find(opened, "kiemke-price_growth").value = "3"
    opened.run_button.click()
    assert opened.asked is None
    assert "1 ô cần sửa: Giá tăng mỗi năm." in page(opened)
    assert "Phải từ 0 đến 0,3." in page(opened)


def test_an_empty_workspace_and_a_broken_file_are_told(tmp_path):
    home = create(tmp_path / "empty").root
    opened = form(home)
    opened.choose("network-state")
    assert "Chưa có lần quét nào" in page(opened)
    (home / "offices.yaml").write_text("offices: [", encoding="utf-8")
    opened.choose("network-state")
    find(opened, "kiemke-alarm_people").value = "12"
    assert "offices.yaml" in page(opened)
    assert opened.run_button.description == "Lập báo cáo"


def test_a_bug_is_told_rather_than_lost(home):
    opened = form(home)
    opened.guarded(lambda: 1 // 0)
    assert "Chương trình gặp lỗi: ZeroDivisionError" in page(opened)


# Runs ---------------------------------------------------------------------------------------------------------------------


def order(**given) -> dict:
    base = {
        "report": "network-state",
        "values": {},
        "language": "vi",
        "formats": ["html"],
        "dress": "plain",
        "ran_by": "Lê Thị Hoa",
    }
    return base | given


def test_a_run_that_is_cancelled_ends_its_kernel_and_says_so_wherever_one_looks(home):
    opened = form(home)
    opened.choose("network-state")
    begun = threading.Event()
    opened.progress.observe(lambda change: begun.set() if change["new"] >= 1 else None, "value")
    opened.run_button.click()
    assert begun.wait(120)
    asked = opened.asked
    kernels = children(asked.process.pid)
    opened.choose("equipment-age")
    assert "Hiện trạng mạng: Đang bắt đầu" in page(opened)
    opened.cancel_button.click()
    asked.wait()
    assert "“Hiện trạng mạng” không lập được" in page(opened)
    assert not opened.run_button.disabled
    [record] = read_records(home / "reports")
    assert record["status"] == "failed"
    assert "theo yêu cầu" in record["error"]["vi"]
    assert kernels
    assert [pid for pid in kernels if alive(pid)] == []
    opened.choose("network-state")
    assert record["error"]["vi"] in page(opened)


def test_a_run_outlives_the_page_that_asked_and_others_see_it(home):
    program = (
        "import json, sys, time; from pathlib import Path; from desk.report_asked import Asked\n"
        "Asked(json.loads(sys.argv[1]), Path(sys.argv[2]), lambda what: print('told', flush=True)); time.sleep(600)"
    )
    asked = order(values={"alarm_people": 7}, formats=["html", "xlsx"], ran_by="Lê <Hoa>")
    page_of_another = subprocess.Popen(
        [sys.executable, "-c", program, json.dumps(asked), str(home)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert page_of_another.stdout.readline() == b"told\n"
    os.killpg(page_of_another.pid, signal.SIGKILL)
    page_of_another.communicate()
    opened = form(home)
    opened.choose("network-state")
    assert "đang chạy" in page(opened)
    running = opened.records()[0]["process"]
    os.kill(running, signal.SIGSTOP)  # a busy machine may be done before the second one asks
    find(opened, "kiemke-alarm_people").value = "7"
    opened.run_button.click()
    assert opened.run_button.disabled
    opened.asked.wait()
    os.kill(running, signal.SIGCONT)
    assert "với đúng các tham số này đang được lập" in page(opened)
    assert not opened.run_button.disabled
    deadline = time.monotonic() + 200
    while opened.records()[0]["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.3)
    [record] = opened.records()
    assert (record["status"], record["through"], record["ran_by"]) == ("done", "form", "Lê <Hoa>")
    assert set(given_out.files(home / "reports", record)) == {"html", "xlsx"}
    opened.choose("network-state")
    shown = page(opened)
    assert "Lê <Hoa>" in shown
    assert "Cảnh báo khi một thiết bị ngắt từ số người này: 7" in shown
    find(opened, "kiemke-refill").click()
    assert find(opened, "kiemke-alarm_people").value == "7"
    find(opened, "kiemke-open-run").click()
    assert 'sandbox=""' in opened.result.value
    assert "data:application/vnd.openxmlformats" in opened.result.value


def test_a_run_that_is_cancelled_before_it_begins_is_nothing_to_worry_about(home):
    opened = form(home)
    opened.choose("network-state")
    find(opened, "kiemke-who").value = "Lê Thị Hoa"
    opened.run_button.click()
    asked = opened.asked
    opened.cancel_button.click()
    asked.wait()
    assert "Đã dừng trước khi báo cáo bắt đầu." in page(opened)
    assert read_records(home / "reports") == []
    opened.choose("equipment-age")
    assert find(opened, "kiemke-who").value == "Lê Thị Hoa"


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(one) for one in found.stdout.split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_that_cannot_begin_is_told(tmp_path):
    told = []
    Asked(order(), tmp_path / "nowhere", told.append).wait()
    assert "nowhere" in told[-1]["refused"]["vi"]


# Files --------------------------------------------------------------------------------------------------------------------


def test_only_documents_that_the_record_names_are_given_out(tmp_path):
    folder, secret = tmp_path / "reports", tmp_path / "credentials.yaml"
    secret.write_text("password", encoding="utf-8")
    run = folder / "network-state-1"
    run.mkdir(parents=True)
    for name in ("a.html", "a.ipynb", "a.log"):
        (run / name).write_text("<p>", encoding="utf-8")
    (run / "link.xlsx").symlink_to(secret)

    def record(files):
        content = {"report": "network-state", "status": "done", "started_at": "2026-11-01T08:00:00+07:00", "files": files}
        (run / "run.json").write_text(json.dumps(content), encoding="utf-8")

    record({"html": "a.html", "notebook": "a.ipynb", "xlsx": "link.xlsx", "pdf": "../../credentials.yaml"})
    assert given_out.given(folder, run.name, "a.html") == "html"
    for name in ("a.ipynb", "a.log", "run.json", "link.xlsx", "../../credentials.yaml", "..", ""):
        assert given_out.given(folder, run.name, name) is None
    for wrong in ("..", ".", "", "../reports/network-state-1", "nothing"):
        assert given_out.given(folder, wrong, "a.html") is None
    for files in ([], "a.html", {"html": 7}, {"html": ["a.html"]}, None):
        record(files)
        assert given_out.given(folder, run.name, "a.html") is None
    (run / "run.json").write_text("{half", encoding="utf-8")
    assert given_out.given(folder, run.name, "a.html") is None


def test_a_document_in_the_page_cannot_break_out(tmp_path):
    run = tmp_path / "r"
    run.mkdir()
    (run / "a.html").write_text('"></iframe><script>alert(1)</script>', encoding="utf-8")
    record = {"folder": "r", "files": {"html": "a.html"}, "titles": {"vi": '"><script>'}}
    shown = report_files.document(tmp_path, record, texts("vi"))
    assert shown.count("<") == 2
    assert "<script" not in report_files.downloads(tmp_path, record, texts("vi"), "/reports/")


def test_a_record_of_another_program_is_one_sentence(home):
    run = home / "reports" / "network-state-old"
    run.mkdir(parents=True)
    record = {
        "report": "network-state",
        "status": "done",
        "started_at": "2026-11-01T08:00:00+07:00",
        "settings": "none",
        "language": 7,
    }
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    opened = form(home)
    opened.choose("network-state")
    assert "Không đọc được bản ghi của bản chạy network-state-old." in page(opened)
    assert opened.run_button.description == "Lập báo cáo"
