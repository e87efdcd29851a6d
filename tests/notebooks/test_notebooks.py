"""The notebooks themselves: thin, clean, and running in both languages on a small inventory."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

from reports import to_pdf
from reports.executed import extract
from reports.texts import LANGUAGES
from tests.notebooks import running
from tests.reports.papers import in_order, needs_poppler, outside, sheets, squeezed

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ALL = sorted(NOTEBOOKS.rglob("*.ipynb"))
REPORTS = [path for path in ALL if path.parent.name == "reports"]
#: What a report shows of the small inventory beside its opening, findings and method; of those that need what it has not, less.
USUAL = ("key_figures", "figure", "table", "unknown")
SHOWN: dict[str, tuple[str, ...]] = {
    "register-reconciliation": ("prose",),  # the small inventory has no register
    "office-sheet": ("sheet", "table", "unknown"),  # a page has its own numbers in large type, and no room for a figure
}
#: What a notebook may load: frames, analysis, how to show, what is clicked; and the libraries that people explore with.
MAY_IMPORT = {"analysis", "desk", "inventory", "reports", "pandas", "os"}


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(params=ALL, ids=name)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def sources(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_the_set_is_complete():
    set_of_reports = (
        *("changes", "connectivity", "equipment-age", "network-state", "office-readiness", "office-sheet"),
        *("register-reconciliation", "replacement-plan", "security"),
    )
    assert {f"reports/{report}" for report in set_of_reports} <= set(map(name, ALL))
    assert {f"explore/{what}" for what in ("start", "ageing", "connectivity", "topology-evidence")} <= set(map(name, ALL))


def test_it_is_committed_without_outputs_and_with_one_parameters_cell(notebook):
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) == 1
    assert "papermill" not in notebook.metadata
    assert not any("injected-parameters" in cell.metadata.get("tags", []) for cell in code)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert not any(len(cell_id) == 8 and set(cell_id) <= set("0123456789abcdef") for cell_id in ids), "ids are names, and stay"


def test_it_is_thin(notebook):
    """No functions, classes, queries, sockets or credentials: a notebook loads, calls one analysis, shows, and says."""
    for source in sources(notebook):
        tree = ast.parse(source)
        for node in ast.walk(tree):
            assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.While), source
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= MAY_IMPORT
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in MAY_IMPORT
                assert not (node.module or "").startswith("inventory.") or node.module == "inventory.frames"
        lowered = source.lower()
        assert not any(word in lowered for word in ("select ", "password", "community", "sqlite", "!pip", "%%"))


@pytest.mark.parametrize("path", REPORTS, ids=name)
def test_no_sentence_for_people_is_written_into_a_report(path):
    """Every text goes through `say`: a report exists in both languages or in neither."""
    for cell in nbformat.read(path, as_version=4).cells:
        assert cell.cell_type == "code"
        if "parameters" not in cell.metadata.get("tags", []):
            assert cell.source.isascii(), cell.source


@pytest.fixture(scope="session")
def shell():
    yield running.shell()
    running.Shell.clear_instance()


@pytest.fixture(scope="session")
def ran(shell, small_workspace):
    """Runs a notebook on the small workspace, once for each language: the notebook with its outputs."""
    done: dict[tuple, dict] = {}

    def run(path: Path, language: str, **parameters: object) -> dict:
        key = (path, language, str(parameters))
        if key not in done:
            given = {"workspace": str(small_workspace), "language": language, **parameters}
            done[key] = running.run(shell, path, given)
        return done[key]

    return run


@pytest.fixture(scope="session")
def executed(ran):
    """Payloads of what a notebook showed, in order."""
    return lambda path, language, **parameters: running.payloads(ran(path, language, **parameters))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ALL, ids=name)
def test_it_runs_in_both_languages(executed, path, language):
    payloads = executed(path, language)
    assert payloads, "nothing was shown"
    assert not any(payload.get("title") == "—" for payload in payloads)
    if path.parent.name == "reports":
        kinds = [payload["what"] for payload in payloads]
        assert {"opening", "finding", "method", *SHOWN.get(path.stem, USUAL)} <= set(kinds), kinds
        opening = next(payload for payload in payloads if payload["what"] == "opening")
        assert opening["as_of"].startswith("2026-11-")
        assert len(opening["coverage"]) == 3
        sheets = [payload["sheet"] for payload in payloads if payload["what"] == "table"]
        assert len(set(sheets)) == len(sheets)


@needs_poppler
@pytest.mark.skipif(to_pdf.missing() is not None, reason=str(to_pdf.missing()))
@pytest.mark.parametrize(("language", "dress"), [("vi", "plain"), ("en", "administrative")])
@pytest.mark.parametrize("path", REPORTS, ids=name)
def test_it_is_whole_on_paper(ran, path, language, dress, tmp_path):
    shown = extract(ran(path, language))
    to_pdf.write(shown, tmp_path / "report.pdf", dress)
    pages, text = sheets(tmp_path / "report.pdf"), squeezed(in_order(tmp_path / "report.pdf"))
    # A page for each office has narrower margins, or it would be two.
    sides = (29.9, 16.4) if dress == "administrative" and path.stem != "office-sheet" else (19.9, 14.5)
    assert outside(pages, *sides) == []
    assert "\ufffd" not in text
    for table in shown.all("table"):
        heads = [column["title"] for column in table["columns"] if column["document"] and table.get("document", True)]
        assert [head for head in heads if squeezed(head) not in text] == []
    assert [said for finding in shown.all("finding") if squeezed(said := finding["text"].replace("**", "")) not in text] == []
    first = squeezed(pages[0].text)
    assert [said for pair in shown.opening["coverage"] for said in pair if squeezed(said) not in first] == []


def test_the_plans_sums_agree_and_keep_the_budget(executed):
    path = NOTEBOOKS / "reports" / "replacement-plan.ipynb"
    payloads = executed(path, "vi", yearly_budget=[30_000_000, 10_000_000], years=3)
    tables = [payload for payload in payloads if payload["what"] == "table"]
    years, items = (
        next(table for table in tables if name in {column["name"] for column in table["columns"]})
        for name in ("spent_vnd", "saved_vnd")
    )
    position = {column["name"]: i for i, column in enumerate(items["columns"])}
    spent: dict[int, int] = {}
    for row in items["rows"]:
        spent[row[position["year"]]] = spent.get(row[position["year"]], 0) + row[position["cost_vnd"]]
        assert row[position["reasons_words"]], "each line says why"
    of_year = {column["name"]: i for i, column in enumerate(years["columns"])}
    assert spent, "the small inventory has old devices"
    for row in years["rows"]:
        assert row[of_year["spent_vnd"]] == spent.get(row[of_year["year"]], 0) <= row[of_year["budget_vnd"]]


def test_an_office_alone_is_drawn_by_name(executed, small_office):
    payloads = executed(NOTEBOOKS / "reports" / "network-state.ipynb", "en", office=small_office)
    opening = next(payload for payload in payloads if payload["what"] == "opening")
    assert opening["office"] == "Small commune"
