"""The reports of the demonstration: the plan keeps its budgets, and its sums are the same everywhere."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from reports import executed
from tests.reports.recalculated import formulas_of

REPORTS = ("connectivity", "equipment-age", "network-state", "replacement-plan")


class _Tables(HTMLParser):
    """The text of every cell: a table's caption, rows of its body, rows of its foot (spanned cells repeated as "")."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict] = []
        self._part = ""
        self._text: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.found.append({"caption": "", "thead": [], "tbody": [], "tfoot": []})
        elif tag in ("thead", "tbody", "tfoot"):
            self._part = tag
        elif tag == "tr":
            self.found[-1][self._part].append([])
        elif tag in ("td", "th", "caption"):
            self._text = []
            self._span = int(dict(attrs).get("colspan", 1))

    def handle_endtag(self, tag):
        if self._text is None or tag not in ("td", "th", "caption"):
            return
        text = " ".join("".join(self._text).split())
        if tag == "caption":
            self.found[-1]["caption"] = text
        else:
            self.found[-1][self._part][-1] += [text] + [""] * (self._span - 1)
        self._text = None

    def handle_data(self, data):
        if self._text is not None:
            self._text.append(data)


def _number(text: str) -> float:
    """A Vietnamese number, without the interval that may follow it."""
    return float(text.split(" (")[0].rstrip("%").replace(".", "").replace(",", "."))


def _sheets(book) -> list[tuple[list, list[list], list | None]]:
    """Of every sheet with a table: its head, its rows, and its totals as Excel shows them before it calculates anew."""
    found = []
    for sheet in book.worksheets[1:]:
        if sheet.title == "Giải thích cột":
            continue
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        if not sheet.auto_filter.ref:  # an empty table has a sentence in place of rows
            found.append((rows[3], [], None))
            continue
        _, first, _, last = range_boundaries(sheet.auto_filter.ref)
        after = rows[last] if len(rows) > last and any(value is not None for value in rows[last]) else None
        found.append((rows[first - 1], rows[first:last], after))
    return found


@pytest.fixture(scope="module")
def runs(demo):
    """The last run's folder by report."""
    found = {}
    for record in sorted((demo.home / "reports").glob("*/run.json")):
        content = json.loads(record.read_text(encoding="utf-8"))
        found[content["report"]] = (record.parent, content)
    return found


@pytest.fixture(scope="module")
def forms(runs):
    """The three forms of each report: tables of the executed notebook, of the page, of the workbook; in the same order."""
    found = {}
    for name, (folder, record) in runs.items():
        page = _Tables()
        page.feed((folder / record["files"]["html"]).read_text(encoding="utf-8"))
        book = openpyxl.load_workbook(folder / record["files"]["xlsx"], data_only=True)
        shown = executed.read(folder / record["files"]["notebook"])
        assert shown.language == "vi"
        found[name] = (shown.all("table"), page.found, _sheets(book))
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_there_whole(runs, name):
    folder, record = runs[name]
    assert record["status"] == "done"
    page = (folder / record["files"]["html"]).read_text(encoding="utf-8")
    assert "<html" in page
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!data:|#)[^"']*|url\((?!["']?data:)""", page) == []
    assert "Traceback" not in page
    assert openpyxl.load_workbook(folder / record["files"]["xlsx"]).sheetnames


def test_both_demonstrations_left_their_reports_and_the_index_lists_them(demo):
    assert len(list((demo.home / "reports").glob("*/run.json"))) == 2 * len(REPORTS)
    index = (demo.home / "reports" / "index.html").read_text(encoding="utf-8")
    assert all(index.count(name) >= 2 for name in REPORTS)


def test_the_plan_keeps_every_years_budget_and_its_items_add_up_to_the_years(forms):
    tables, page, sheets = forms["replacement-plan"]
    money, plan = (
        next(place for place, table in enumerate(tables) if {column["name"] for column in table["columns"]} >= names)
        for names in ({"budget_vnd", "spent_vnd"}, {"rank", "year", "cost_vnd"})
    )
    column = [[column["name"] for column in tables[place]["columns"]] for place in (money, plan)]
    told = {row[0]: row for row in tables[money]["rows"]}
    spent = dict.fromkeys(told, 0)
    for row in tables[plan]["rows"]:
        spent[row[column[1].index("year")]] += row[column[1].index("cost_vnd")]
    in_sheet = dict.fromkeys(told, 0)
    for row in sheets[plan][1]:
        in_sheet[row[column[1].index("year")]] += row[column[1].index("cost_vnd")]
    assert len(tables[plan]["rows"]) > 0
    for year, row in told.items():
        budget, paid = row[column[0].index("budget_vnd")], row[column[0].index("spent_vnd")]
        assert 0 <= paid <= budget
        assert spent[year] == in_sheet[year] == paid
        written = next(cells for cells in page[money]["tbody"] if int(cells[0]) == year)
        at = column[0].index("spent_vnd")
        assert [_number(written[1]), _number(written[at])] == [budget, paid]
        cells = next(cells for cells in sheets[money][1] if cells[0] == year)
        assert [cells[1], cells[at]] == [budget, paid]


@pytest.mark.parametrize("name", REPORTS)
def test_a_spreadsheet_program_works_out_the_same(runs, tmp_path, name):
    folder, record = runs[name]
    found = formulas_of(folder / record["files"]["xlsx"], tmp_path)
    assert len(found) > 0
    assert [f for f in found if f[2] != pytest.approx(f[3], rel=1e-12)] == []
    if name == "replacement-plan":
        assert len(found) > 150, "years and offices follow from the plan's rows"
        whole = [(sheet, told, computed) for sheet, _, told, computed in found if isinstance(told, int)]
        assert all(told == computed for _, told, computed in whole), "to the dong"


def test_offices_and_years_of_the_plan_add_up_to_the_same_sum(forms):
    tables, _, sheets = forms["replacement-plan"]
    names = [[column["name"] for column in table["columns"]] for table in tables]
    plan = next(n for n, columns in enumerate(names) if {"rank", "firm", "cost_vnd"} <= set(columns))
    years = next(n for n, columns in enumerate(names) if "spent_vnd" in columns)
    offices = next(n for n, columns in enumerate(names) if "all" in columns)
    whole = sum(row[names[plan].index("cost_vnd")] for row in tables[plan]["rows"])
    assert whole == sum(row[names[years].index("spent_vnd")] for row in tables[years]["rows"]) > 0
    assert whole == sum(row[names[offices].index("all")] for row in tables[offices]["rows"])
    for row in tables[offices]["rows"]:
        assert sum(row[1:-1]) == row[-1]
    assert sheets[plan][2][names[plan].index("cost_vnd")] == whole


@pytest.mark.parametrize("name", REPORTS)
def test_every_table_says_the_same_in_notebook_page_and_workbook(forms, name):
    tables, page, sheets = forms[name]
    assert len(tables) == len(page) == len(sheets)
    assert any(column["total"] for table in tables for column in table["columns"])
    for table, written, (head, rows, totals) in zip(tables, page, sheets, strict=True):
        columns = table["columns"]
        shown = [place for place, column in enumerate(columns) if column["document"]]
        assert len([title for title in head if title]) == len(columns)
        assert len(rows) == len(table["rows"])
        for place, column in enumerate(columns):
            if column["format"] not in ("int", "dong", "million", "number", "years", "percent") or not table["rows"]:
                continue
            values = [row[place] for row in table["rows"]]
            cells = [row[place] for row in rows]
            assert [value is None for value in values] == [not isinstance(cell, int | float) for cell in cells]
            for value, cell in zip(values, cells, strict=True):
                if value is not None:
                    scale = cell / value if value else 1  # millions may be written as millions, with a format, or as dong
                    assert cell == pytest.approx(value) or scale == pytest.approx(1e-6)
            if column["total"]:
                known = [value for value in values if value is not None]
                assert column["sum"] == pytest.approx(sum(known))
                assert _number(written["tfoot"][0][shown.index(place)]) == pytest.approx(column["sum"], abs=0.06)
                assert totals is not None
                assert totals[place] == pytest.approx(column["sum"])
