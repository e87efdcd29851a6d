"""The PDF: it holds what the page holds, in its margins, in both dresses; it can be read aloud; it fetches nothing."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.problems import Problem
from reports import drawings, executed, letterhead, to_pdf
from reports.executed import Executed, Part
from reports.letterhead import Letterhead
from reports.run import RunResult
from reports.texts import texts
from tests.reports.papers import faces, facts, in_order, needs_poppler, objects, outside, sheets, squeezed, structure

pytestmark = [needs_poppler, pytest.mark.skipif(to_pdf.missing() is not None, reason=str(to_pdf.missing()))]

LETTERHEAD = Letterhead(
    parent="Tỉnh Mẫu",
    issuer="Ủy ban nhân dân huyện Mẫu",
    sign="BC-UBND",
    place="Huyện Mẫu",
    signer_title="Chủ tịch",
    recipients=("Hội đồng nhân dân huyện", "Lưu: VT"),
)


@pytest.fixture(scope="module")
def administrative(small: dict[str, RunResult], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The small report as a document of an administration, by language; the English one without a letterhead."""
    folder = tmp_path_factory.mktemp("administrative")
    for language, head in (("vi", LETTERHEAD), ("en", None)):
        to_pdf.write(executed.read(small[language].files["notebook"]), folder / f"{language}.pdf", "administrative", head)
    return {language: folder / f"{language}.pdf" for language in ("vi", "en")}


# Content ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_run_writes_a_pdf_that_says_what_the_page_says(small: dict[str, RunResult], language: str) -> None:
    path = small[language].files["pdf"]
    shown = executed.read(small[language].files["notebook"])
    text = squeezed(in_order(path))
    for table in shown.all("table"):
        for column in table["columns"]:
            if column["document"]:
                assert squeezed(column["title"]) in text
    for item in shown.all("unknown")[0]["items"]:
        assert squeezed(item.replace("**", "")) in text
    assert "<script>alert(1)</script>" in text
    told = facts(path)
    assert told["Title"] == shown.opening["title"]
    assert told["Author"] == "Phòng Công nghệ <thông tin>"
    assert told["Tagged"] == "yes"
    assert told["Page size"].endswith("(A4)")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_first_page_says_which_data_how_much_was_seen_what_is_not_known_and_who_ran_it(
    small: dict[str, RunResult], administrative: dict[str, Path], language: str
) -> None:
    shown, say = executed.read(small[language].files["notebook"]), texts(language)
    for path in (small[language].files["pdf"], administrative[language]):
        first = squeezed(sheets(path)[0].text)
        for fact in (
            say("show.as_of"),
            say.moment(shown.opening["as_of"]),
            *(text for pair in shown.opening["coverage"] for text in pair),
            shown.all("unknown")[0]["items"][0],
            "Phòng Công nghệ <thông tin>",
        ):
            assert squeezed(fact.replace("**", "")) in first, fact


def test_many_things_that_are_not_known_are_counted_on_the_first_page() -> None:
    from reports.first_page import first_page

    opening = {"title": "T", "subtitle": "", "office": "O", "as_of": "2026-03-02", "coverage": []}
    items = [f"Điều thứ {number} chưa biết." for number in range(5)] + ["Câu đầu của một điều dài. " + "Rồi kể thêm nữa. " * 40]
    report = Executed("vi", (Part("opening", opening, ""), Part("unknown", {"title": "", "items": items[::-1]}, "")), {})
    told = first_page(report)
    assert told.unknown == ("Câu đầu của một điều dài…", *items[4:2:-1])
    assert told.more == 3


# The administrative dress -----------------------------------------------------------------------------------------------


def test_the_administrative_dress_is_that_of_decree_30(administrative: dict[str, Path]) -> None:
    pages = sheets(administrative["vi"])
    first = squeezed(pages[0].text)
    for text in (
        "TỈNH MẪU",
        "ỦY BAN NHÂN DÂN HUYỆN MẪU",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "/BC-UBND",
        "Huyện Mẫu, ngày",
        "BÁO CÁO",
        "Về tuổi thiết bị",
    ):
        assert squeezed(text) in first, text
    state = next(word for word in pages[0].words if word.text == "CỘNG")
    body = next(word for word in pages[0].words if word.text == "ỦY")
    assert body.right < pages[0].width / 2 - 20 < state.left
    last = squeezed(pages[-1].text)
    assert all(squeezed(text) in last for text in ("Nơi nhận:", "Hội đồng nhân dân huyện;", "Lưu: VT.", "CHỦ TỊCH"))
    assert all(face.startswith(("Times", "Tinos", "Liberation-Serif", "DejaVu")) for face in faces(administrative["vi"]))


def test_pages_are_numbered_in_the_top_margin_from_the_second_on(administrative: dict[str, Path]) -> None:
    pages = sheets(administrative["vi"])
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        on_top = [word for word in page.words if word.bottom < 22 * 72 / 25.4]
        assert [word.text for word in on_top] == ([] if number == 1 else [str(number)])
        for word in on_top:  # centred over the text, whose margins differ
            left, right = 30 * 72 / 25.4, page.width - 17 * 72 / 25.4
            assert (word.left + word.right) / 2 == pytest.approx((left + right) / 2, abs=2)


def test_what_the_letterhead_lacks_is_a_line_to_fill_in(administrative: dict[str, Path]) -> None:
    pages = sheets(administrative["en"])
    first = pages[0].text
    assert "SOCIALIST REPUBLIC OF VIET NAM" in first
    assert "BC-……" in squeezed(first)
    assert "…" * 12 in first
    place, month, year = (next(word for word in pages[0].words if word.text == text) for text in ("…" * 7 + ",", "month", "……"))
    assert place.bottom == pytest.approx(month.bottom) == pytest.approx(year.bottom), "place and date are one line"
    assert "Huyện" not in first
    assert "…" * 12 in pages[-1].text


def test_a_letterhead_is_read_from_the_settings_and_a_broken_file_leaves_it_empty(tmp_path: Path) -> None:
    assert letterhead.read(tmp_path) == Letterhead()
    file = tmp_path / "kiemke.toml"
    file.write_text('[letterhead]\nissuer = " UBND <b>xã</b> "\nrecipients = ["Như trên", " "]\n', encoding="utf-8")
    assert letterhead.read(tmp_path) == Letterhead(issuer="UBND <b>xã</b>", recipients=("Như trên",))
    file.write_text("[letterhead\n", encoding="utf-8")
    assert letterhead.read(tmp_path) == Letterhead()


# Pages ------------------------------------------------------------------------------------------------------------------


def _table(rows: list[list[str]], heads: list[str]) -> Part:
    columns = [
        {"name": head, "title": head, "format": "text", "unit": "", "decimals": 0, "total": False, "sum": None, "document": True}
        | {"mark_from": None, "mark_to": None, "width": None, "help": "", "low": None, "high": None}
        for head in heads
    ]
    table = {"sheet": "s", "title": "Bảng dài", "note": "", "columns": columns, "rows": rows, "accents": [], "top": None}
    return Part("table", table | {"chart": None}, "")


def _report(*parts: Part) -> Executed:
    opening = {"title": "Báo cáo", "subtitle": "", "office": "Xã", "as_of": "2026-03-02", "coverage": []}
    return Executed("vi", (Part("opening", opening, ""), *parts), {})


@pytest.mark.parametrize("dress", to_pdf.DRESSES)
def test_no_table_is_cut_off_whatever_names_people_gave(tmp_path: Path, dress: str) -> None:
    long = "x" * 250
    rows = [[f"dòng{number}", *([long if number == 7 else "Ủy ban nhân dân"] * 11)] for number in range(40)]
    to_pdf.write(_report(_table(rows, ["Đầu", *(f"Cột{number}" for number in range(11))])), tmp_path / "x.pdf", dress)
    found = sheets(tmp_path / "x.pdf")
    assert outside(found, left=20, right=14) == []
    whole = squeezed(" ".join(sheet.text for sheet in found))
    assert whole.count("x" * 20) >= 11
    assert all(f"dòng{number}" in whole for number in range(40))
    with_rows = [page for page in found if "dòng" in page.text]
    assert len(with_rows) > 1
    assert all(page.width > page.height for page in with_rows), "a table of twelve columns is on turned pages"
    assert all("Đầu" in page.text for page in with_rows), "heads stand on every page"
    in_cells = squeezed(in_order(tmp_path / "x.pdf"))
    assert all(f"Cột{number}" in in_cells for number in range(11))


@pytest.mark.parametrize("rows", range(28, 44, 3))
def test_a_heading_stays_with_what_it_is_about(tmp_path: Path, rows: int) -> None:
    upper = _table([["a"]] * rows, ["Cột trên"])
    heading = Part("heading", {"text": "Mục riêng", "level": 2}, "<h2>Mục riêng</h2>")
    prose = Part("prose", {"text": "Lời dẫn."}, "<p>Lời dẫn.</p>")
    to_pdf.write(_report(upper, heading, prose, _table([["b"]] * 6, ["Cột dưới"])), tmp_path / "x.pdf")
    page = next(page for page in sheets(tmp_path / "x.pdf") if "Mục riêng" in page.text)
    assert "Lời dẫn." in page.text
    assert "Cột dưới b b" in page.text, "with the table's head and its first rows"


# For those who cannot see it, and for the machine -----------------------------------------------------------------------


def test_it_is_tagged_for_reading_aloud(small: dict[str, RunResult]) -> None:
    told = structure(small["vi"].files["pdf"])
    shown = executed.read(small["vi"].files["notebook"])
    for tag in ("H1 (block)", "H2 (block)", "Table (block)", "Caption", "THead", "TH ", "L (block)", "Figure"):
        assert tag in told, tag
    assert "Tuổi thiết bị" in told
    said = objects(small["vi"].files["pdf"])
    assert b"/Lang (vi)" in said
    assert b"pdfuaid" in small["vi"].files["pdf"].read_bytes() + said
    for figure in shown.all("figure"):
        assert figure["alt"].encode("utf-16-be") in said or figure["alt"].encode("utf-16-be").hex().encode() in said.lower()


def test_the_same_report_is_the_same_bytes(small: dict[str, RunResult], tmp_path: Path) -> None:
    to_pdf.write(executed.read(small["vi"].files["notebook"]), tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == small["vi"].files["pdf"].read_bytes()


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary-of-a-file", encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    hostile = (
        f'<p>chữ <img alt="a" src="http://127.0.0.1:9/x.png"><img alt="b" src="{secret.as_uri()}">'
        f'<link rel="stylesheet" href="http://127.0.0.1:9/x.css"><object data="{secret.as_uri()}"></object>'
        f'<a rel="attachment" href="{secret.as_uri()}">tệp</a><span style="background: url({secret.as_uri()})">x</span></p>'
    )
    to_pdf.write(_report(Part("prose", {"text": ""}, hostile)), tmp_path / "x.pdf")
    assert "chữ" in sheets(tmp_path / "x.pdf")[0].text
    assert b"canary" not in (tmp_path / "x.pdf").read_bytes()
    detached = subprocess.run(["pdfdetach", "-list", tmp_path / "x.pdf"], capture_output=True, text=True, check=True)
    assert detached.stdout.startswith("0 embedded files")


def test_without_pango_a_pdf_is_refused_in_one_sentence_and_the_rest_works(tmp_path: Path) -> None:
    """In a Python of its own, where the library cannot be opened."""
    code = f"""
import cffi
opened = cffi.FFI.dlopen
def without(self, name, flags=0):
    if name and "pango" in name:
        raise OSError("cannot load library " + name)
    return opened(self, name, flags)
cffi.FFI.dlopen = without
from pathlib import Path
from reports import run
print(run.formats_here())
try:
    run.run("small-report", {{}}, formats=["pdf"], out_dir=Path({str(tmp_path)!r}), workspace=Path("."),
            folder=Path({str(Path(__file__).parent / "notebooks")!r}))
except run.ReportProblem as problem:
    print(problem)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    formats, problem = done.stdout.strip().splitlines()
    assert formats == "('html', 'xlsx')"
    assert "sudo apt install libpango-1.0-0" in problem
    assert list(tmp_path.iterdir()) == []


# Drawings ---------------------------------------------------------------------------------------------------------------


def test_letters_in_a_drawing_are_text_on_paper() -> None:
    import base64

    from matplotlib.figure import Figure

    from reports.show import image_of

    figure = Figure(figsize=(4, 2))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    axes.set_title("Tuổi <của> & “máy” -- ổ đĩa", fontweight="bold")
    axes.set_ylabel("năm")
    axes.text(0.5, 0.5, "$x^2$")
    drawn = base64.b64decode(image_of(figure).partition(",")[2]).decode("utf-8")
    told = drawings.with_text(drawn)
    assert ">năm</text>" in told
    assert "rotate(-90)" in told
    assert "Tuổi &lt;của&gt; &amp; “máy” - - ổ đĩa</text>" in told
    assert "font-weight: bold" in told
    assert "x^2" not in told.replace("<!-- $x^2$ -->", ""), "a formula stays drawn"
    assert drawings.with_text(told) == told


def test_a_problem_of_the_head_names_the_setting(tmp_path: Path) -> None:
    from kiemke import settings

    file = tmp_path / "kiemke.toml"
    for content, told in (
        ('[letterhead]\nisuer = "x"\n', "did you mean 'issuer'"),
        ('[letterhead]\n\nrecipients = "x"\n', "line 3: 'recipients' must be"),
        ("[letterhead]\nnumber = 12\n", "line 2: 'number' must be"),
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(Problem, match=told):
            settings.read(file)


def test_a_dress_of_another_name_is_refused(small: dict[str, RunResult], tmp_path: Path) -> None:
    from reports.run import check
    from tests.reports.conftest import NOTEBOOKS

    with pytest.raises(Problem, match="plain, administrative"):
        check("small-report", {}, dress="festive", folder=NOTEBOOKS)
    assert dataclasses.is_dataclass(small["vi"])
