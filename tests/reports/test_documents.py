"""The document stands alone, the spreadsheet sums to the same, and neither trusts what devices say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from reports import executed, to_xlsx
from reports.run import RunResult
from reports.texts import texts

LANGUAGES = ("vi", "en")


class Page(HTMLParser):
    """Tags with their attributes, and the texts of cells by row."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._stack: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._stack.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._stack:
            while self._stack.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._stack):
            self.rows[-1][-1] += data


def html_of(result: RunResult) -> str:
    return result.files["html"].read_text(encoding="utf-8")


def sheet_of(result: RunResult, *, cached: bool = False) -> Worksheet:
    return openpyxl.load_workbook(result.files["xlsx"], data_only=cached).worksheets[1]


# The document -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_asks_nobody_for_anything(small: dict[str, RunResult], language: str) -> None:
    html = html_of(small[language])
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "base", "form"}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "srcset", "action", "data", "poster"):
                assert (value or "").startswith("data:image/"), (tag, name, (value or "")[:60])
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles
    assert ("meta", {"charset": "utf-8"}) in page.tags
    assert ("html", {"lang": language}) in page.tags


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_shows_results_and_no_code(small: dict[str, RunResult], language: str) -> None:
    html = html_of(small[language])
    for code in ("import pandas", "show.table", "left.out.invalid", "In [", "max_age_years", "parameters"):
        assert code not in html
    title = "Tuổi thiết bị" if language == "vi" else "Age of the equipment"
    assert f"<title>{title}</title>" in html
    assert "Phòng Công nghệ &lt;thông tin&gt;" in html  # who ran it
    assert ("500.000.000 đồng" if language == "vi" else "500,000,000 dong") in html  # with what
    assert "2026; 2027" in html
    assert texts(language)("about.scan", scan="S0007", at="2026-03-02T08:15:00+07:00") in html


def test_the_document_is_accessible(small: dict[str, RunResult]) -> None:
    page = Page(html_of(small["vi"]))
    assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
    rolling = [attributes for tag, attributes in page.tags if tag == "div" and attributes.get("class") == "kk-scroll"]
    assert all(div["tabindex"] == "0" and div["role"] == "region" and div["aria-label"] for div in rolling)
    assert len(rolling) == sum(tag == "table" for tag, _ in page.tags) > 0
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


# The spreadsheet ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_document_and_spreadsheet_have_the_same_totals(small: dict[str, RunResult], language: str) -> None:
    say = texts(language)
    total_row = next(row for row in Page(html_of(small[language])).rows if row and row[0] == say("show.total"))
    sheet, values = sheet_of(small[language]), sheet_of(small[language], cached=True)
    last = sheet.max_row
    assert values.cell(last, 1).value == say("xlsx.total")
    by_head = {str(sheet.cell(4, place).value): place for place in range(1, sheet.max_column + 1)}
    count = by_head["Số lượng" if language == "vi" else "Count"]
    cost = by_head["Chi phí (triệu đồng)" if language == "vi" else "Cost (million dong)"]
    for place, written in ((count, total_row[1]), (cost, total_row[2])):
        column = [values.cell(row, place).value for row in range(5, last)]
        added = sum(value for value in column if value is not None)
        assert values.cell(last, place).value == added
        letter = sheet.cell(4, place).column_letter
        assert sheet.cell(last, place).value == f"=SUBTOTAL(109,{letter}5:{letter}{last - 1})"
        assert written == (say.number(added) if place == count else say.millions(added))
    assert values.cell(last, cost).value == 12_500_000 + 7_250_000 + 3_333_333 + 21_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_spreadsheet_is_made_for_work(small: dict[str, RunResult], language: str) -> None:
    book = openpyxl.load_workbook(small[language].files["xlsx"])
    vi = language == "vi"
    assert book.sheetnames == (
        ["Trang bìa", "Tuổi thiết bị", "Tuổi thiết bị 2", "Giải thích cột"]
        if vi
        else ["Cover", "Age equipment", "Age equipment 2", "Columns"]
    )
    sheet = book.worksheets[1]
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:I9"
    assert len(sheet._charts) == 1  # type: ignore[attr-defined]
    assert sheet.conditional_formatting
    assert sheet.cell(5, 8).number_format == ("dd/mm/yyyy" if vi else "d mmm yyyy")
    assert sheet.cell(5, 8).value.date().isoformat() == "2026-03-03"  # type: ignore[union-attr]
    assert sheet.cell(5, 7).number_format == "#,##0.0,,"
    assert sheet.cell(5, 7).value == 12_500_000  # dong, shown in millions
    assert all(cell.comment is None for cell in sheet[4])
    meaning = book.worksheets[-1]
    assert meaning.cell(5, 3).value == executed.read(small[language].files["notebook"]).all("table")[0]["columns"][6]["help"]
    assert book.properties.creator == "Phòng Công nghệ <thông tin>"
    assert book.properties.title == ("Tuổi thiết bị" if vi else "Age of the equipment")
    for page in book.worksheets:
        assert page.page_setup.paperSize == 9  # A4
        assert page.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$4:$4"
    cover = "\n".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None)
    for text in (
        ("02/03/2026 08:15", "24 trong 25", "500.000.000 đồng", "2 trong 5 thiết bị quá 8 năm.", "Phòng Công nghệ <")
        if vi
        else (
            "2 March 2026 08:15",
            "24 of 25",
            "Age told"[:3],
        )
    ):
        assert text in cover
    assert "**" not in cover


def test_names_that_look_like_formulas_stay_names(small: dict[str, RunResult]) -> None:
    sheet = sheet_of(small["vi"])
    assert [sheet.cell(row, 1).value for row in range(5, 10)] == [
        "D1",
        "D2",
        "<script>alert(1)</script>",
        '=HYPERLINK("http://x.invalid")',
        "@SUM(A1)",
    ]
    assert [sheet.cell(row, 1).data_type for row in range(5, 10)] == ["s"] * 5
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "{=1}",
        "http://x.invalid",
        "internal:A1",
        "0012",
        "1e5",
        "x" * 9000,
    ],
)
def test_hostile_texts_are_strings_everywhere_in_the_spreadsheet(tmp_path: Path, hostile: str) -> None:
    column = {"name": "n", "title": hostile, "format": "text", "unit": "", "decimals": 0, "total": False, "sum": None}
    column |= {"document": True, "mark_from": None, "mark_to": None, "width": None, "help": "", "low": None, "high": None}
    table = {"sheet": hostile, "title": hostile, "note": "", "columns": [column], "rows": [[hostile]], "accents": [], "top": None}
    opening = {"title": hostile, "subtitle": hostile, "office": hostile, "as_of": "2026-03-02", "coverage": [[hostile, hostile]]}
    parts = [
        executed.Part("opening", opening, ""),
        executed.Part("finding", {"text": hostile}, ""),
        executed.Part("method", {"title": hostile, "text": hostile}, ""),
        executed.Part("table", table | {"chart": None}, ""),
    ]
    path = tmp_path / "x.xlsx"
    to_xlsx.write(executed.Executed("vi", tuple(parts), {}), path)
    book = openpyxl.load_workbook(path)
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert types == {"s"}
    assert book.worksheets[1].cell(5, 1).value == hostile


def test_sheet_names_are_what_excel_takes() -> None:
    names = to_xlsx.sheet_names(["a" * 40, "A" * 40, "x/y:z", "'quoted'", "", "COVER"], taken="Cover")
    assert len({name.casefold() for name in [*names, "Cover"]}) == 7
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) and name.strip("'") == name for name in names)


def test_one_letter_may_be_strong_beside_other_strong_words() -> None:
    from reports import markup

    assert markup.inline("mua **4** thứ hết **71 đồng**, 2*3") == (
        "mua <strong>4</strong> thứ hết <strong>71\u00a0đồng</strong>, 2*3"
    )


# Both -----------------------------------------------------------------------------------------------------------------------


def test_the_notebook_holds_all_that_documents_are_made_from(small: dict[str, RunResult], tmp_path: Path) -> None:
    from reports import to_html

    copy = tmp_path / "moved.ipynb"
    copy.write_bytes(small["vi"].files["notebook"].read_bytes())
    assert to_html.document(executed.read(copy)) == html_of(small["vi"])


def test_no_secret_is_in_anything_that_a_run_leaves(small: dict[str, RunResult], canary: str) -> None:
    for result in small.values():
        for path in result.folder.iterdir():
            assert canary.encode() not in path.read_bytes(), path


def test_both_languages_show_the_same_numbers(small: dict[str, RunResult]) -> None:
    def raw(language: str) -> list[Any]:
        table = executed.read(small[language].files["notebook"]).all("table")[0]
        return [[value for value in row if not isinstance(value, str)] for row in table["rows"]]

    assert raw("vi") == raw("en")


def test_the_record_is_true(small: dict[str, RunResult]) -> None:
    record = json.loads((small["vi"].folder / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "done"
    assert record["started_at"] == "2026-03-02T11:15:00+07:00"
    assert record["parameters"]["years"] == [2026, 2027]
    assert record["data"]["as_of"] == "2026-03-02T08:15"
    assert record["database"]["scan"] == "S0007"
    assert record["error"] is None
    assert {"pandas", "matplotlib", "papermill"} <= record["versions"].keys()
    for name in record["files"].values():
        assert (small["vi"].folder / name).stat().st_size > 0
    assert not [path for path in small["vi"].folder.iterdir() if path.name.endswith(".part")]
