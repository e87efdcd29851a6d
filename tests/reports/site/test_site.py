"""The site's files: true, cheap, whole; hostile records and hands harm nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reports import executed, site
from reports.records import THROUGH
from reports.site import postings, writing
from reports.site.words import fold, terms
from reports.texts import catalogue
from tests.reports.site import folder


def data(file: Path) -> Any:
    return json.loads("[" + file.read_text(encoding="utf-8").partition("(")[2].rstrip().removesuffix(");") + "]")


def runs(out: Path) -> dict[str, dict[str, Any]]:
    return {row["run"]: row for row in data(out / "site" / "runs.js")[0]["runs"]}


def holding(out: Path, term: str) -> set[str]:
    """Runs that the files of words say hold a term."""
    kept = data(out / "site" / "runs.js")[0]
    shard = data(out / "site" / f"words-{kept['generation']}" / f"{postings.shard(term)}.js")[1]
    places = {tuple(row["at"]): row["run"] for row in kept["runs"] if row["at"]}
    return {places[place] for place in postings.read([shard]).runs(term)}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    reports = tmp_path / "Báo cáo #1"
    folder.run(reports, day="2026-03-02")
    folder.run(reports, day="2026-04-01", devices=folder.DEVICES[1:])
    folder.run(reports, day="2026-03-02", language="en")
    folder.failed(reports, "2026-04-02")
    return reports


def test_words_find_names_without_accents_and_from_each_of_their_pieces() -> None:
    assert fold("Đường THÁI Hoà") == "duong thai hoa"
    found = terms(["Xã Thái Hòa", "SW-ThaiHoa-01", "10.20.13.2", "12,5 triệu"])
    assert {"xa thai", "thai hoa", "hoa", "sw-thaihoa-01", "thaihoa-01", "10.20.13.2", "trieu"} == found


def test_a_run_is_indexed_once_and_found_by_what_its_document_names(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write(out)
    first, second, english = (
        "equipment-age-20260302-080000-vi",
        "equipment-age-20260401-080000-vi",
        "equipment-age-20260302-080000-en",
    )
    assert holding(out, "sw-thaihoa-01") == {first, english}
    assert holding(out, "thai hoa") == {first, english}
    assert holding(out, "10.20.14.27") == {first, second, english}
    assert [row["status"] for row in runs(out).values()] == ["failed", "done", "done", "done"]
    assert runs(out)[second]["finding"] == "**1** thiết bị đã cũ."
    read: list[Path] = []
    monkeypatch.setattr("reports.executed.read", lambda path, of=executed.read: read.append(path) or of(path))
    before = {path: path.read_bytes() for path in (out / "site").rglob("*.js")}
    site.write(out)
    assert read == []
    assert before == {path: path.read_bytes() for path in (out / "site").rglob("*.js")}
    third = folder.run(out, day="2026-05-01")
    site.write(out)
    assert [path.parent for path in read] == [third]
    assert holding(out, "sw-thaihoa-01") == {first, english, third.name}


def test_a_sheet_of_one_office_is_searched_by_its_blocks_and_told_by_its_keys(out: Path) -> None:
    home = folder.run(out, day="2026-05-07", office=("thai-hoa", "Xã Thái Hòa"))
    blocks = [
        {"title": "Có gì", "heads": ["Loại", "Số cái"], "rows": [["Camera giám sát", "2"]], "lines": []},
        {"title": "Việc làm trước", "heads": [], "rows": [], "lines": ["Thay ắc quy (UPS-THAIHOA-1)"]},
    ]
    shown = [
        ("language", {"language": "vi"}),
        ("opening", {"title": "Tờ", "subtitle": "", "office": "Xã Thái Hòa", "as_of": "2026-05-07", "coverage": []}),
        ("sheet", {"title": "Xã Thái Hòa", "facts": "", "keys": [["7", "máy tính", False]], "blocks": blocks, "own_page": False}),
    ]
    outputs = [{"data": {f"application/vnd.kiemke.{what}+json": payload}} for what, payload in shown]
    (home / "equipment-age.ipynb").write_text(json.dumps({"cells": [{"outputs": outputs}]}), encoding="utf-8")
    site.write(out)
    assert runs(out)[home.name]["finding"] == "**7** máy tính"
    assert home.name in holding(out, "ups-thaihoa-1") & holding(out, "camera giam")


def test_adding_and_removing_gives_what_writing_anew_gives(out: Path) -> None:
    site.write(out)
    shutil.rmtree(out / "equipment-age-20260302-080000-vi")
    folder.run(out, day="2026-05-01")
    site.write(out)
    terms_kept = ("sw-thaihoa-01", "xa ban", "thaihoa-01", "network-state", "danh sach")
    followed = {term: holding(out, term) for term in terms_kept}
    listed = {name: {key: row[key] for key in row if key != "at"} for name, row in runs(out).items()}
    assert {path.stem for path in (out / "site" / "runs").iterdir()} == {name for name, row in runs(out).items() if row["at"]}
    site.write(out, anew=True)
    assert {term: holding(out, term) for term in terms_kept} == followed
    assert {name: {key: row[key] for key in row if key != "at"} for name, row in runs(out).items()} == listed
    assert [path.name for path in (out / "site").glob("words-*")] == ["words-2"]


@pytest.mark.parametrize("broken", ["runs.js", "words-1/3.js", "words-1"])
def test_what_somebody_broke_is_written_anew(out: Path, broken: str) -> None:
    site.write(out)
    victim = out / "site" / broken
    if victim.is_dir():
        shutil.rmtree(victim)
    else:
        victim.write_text("kiemke.half(", encoding="utf-8")
    folder.run(out, day="2026-05-01")
    site.write(out)
    assert len(holding(out, "sw-thaihoa-01")) == 3


def test_a_run_that_ended_is_taken_in_when_it_has(out: Path) -> None:
    home = folder.run(out, day="2026-05-01", status="running", finished_at=None, host="elsewhere")
    site.write(out)
    assert (runs(out)[home.name]["status"], runs(out)[home.name]["at"]) == ("running", None)
    record = json.loads((home / "run.json").read_text(encoding="utf-8"))
    (home / "run.json").write_text(json.dumps(record | {"status": "done", "finished_at": "2026-05-01T08:01:00+07:00"}))
    site.write(out)
    assert home.name in holding(out, "sw-thaihoa-01")


def test_a_run_that_failed_early_has_its_offices_name_from_another(out: Path) -> None:
    folder.run(out, day="2026-03-02", office=("thai-hoa", "Xã Thái Hòa"))
    lost = folder.failed(out, "2026-05-02", parameters={"office": "thai-hoa"}, data=None)
    lone = folder.failed(out, "2026-05-03", parameters={"office": "ban-gian"}, data=None)
    site.write(out)
    assert [runs(out)[home.name]["office"] for home in (lost, lone)] == ["Xã Thái Hòa", "ban-gian"]


def test_a_sentence_does_not_tell_where_the_folder_was(out: Path) -> None:
    home = folder.failed(out, "2026-05-02", error={"vi": "Dừng. Xem /srv/x/network-state-20260502-080000-vi/a.ipynb.", "en": "x"})
    site.write(out)
    assert runs(out)[home.name]["error"]["vi"] == "Dừng. Xem network-state-20260502-080000-vi/a.ipynb."


def test_a_killed_run_is_shown_as_killed(out: Path) -> None:
    home = folder.run(out, day="2026-05-01", status="running", finished_at=None)
    page = site.write(out).read_text(encoding="utf-8")
    assert runs(out)[home.name]["status"] == "killed"
    assert "bị dừng đột ngột" in page


HOSTILE = {
    "report": "</script><script>alert(1)</script>",
    "titles": {"vi": "<img src=x onerror=alert(1)>", "en": 5},
    "data": {"as_of": "yesterday", "office": ["a"]},
    "parameters": {"office": "../../etc"},
    "settings": [3, {"name": "x"}, None],
    "files": {"html": "../../etc/passwd", "xlsx": "a b#?.xlsx", "notebook": "equipment-age.ipynb"},
    "log": "../../../secret",
    "ran_by": {"a": 1},
    "through": "<b>",
    "language": "fr",
    "error": {"vi": "<b>x", "en": 3},
}


def test_hostile_and_broken_records_are_shown_as_text_or_left_out(out: Path) -> None:
    odd = folder.run(out, day="2026-05-02")
    record = json.loads((odd / "run.json").read_text(encoding="utf-8"))
    (odd / "run.json").write_text(json.dumps(record | HOSTILE), encoding="utf-8")
    for name, content in {"half": b'{"report": "x', "mojibake": b'{"report": "b\xe1o"}', "list": b"[]"}.items():
        (out / name).mkdir()
        (out / name / "run.json").write_bytes(content)
    torn = folder.run(out, day="2026-05-03")
    (torn / "equipment-age.ipynb").write_text('{"cells": [', encoding="utf-8")
    strange = folder.run(out, day="2026-05-04")
    (strange / "equipment-age.ipynb").write_text(
        json.dumps(
            {
                "cells": [
                    {
                        "outputs": [
                            {"data": {"application/vnd.kiemke.table+json": {"rows": [[1]], "columns": [], "sheet": "x\ud800"}}}
                        ]
                    }
                ]
            }
        )
    )
    typed = folder.run(out, day="2026-05-08")
    wrong = (typed / "equipment-age.ipynb").read_text(encoding="utf-8").replace('"title": "Tu\\u1ed5i"', '"title": [1]')
    assert "[1]" in wrong
    (typed / "equipment-age.ipynb").write_text(wrong, encoding="utf-8")
    page = site.write(out).read_text(encoding="utf-8")
    assert {"half", "mojibake", "list"} & set(runs(out)) == set()
    assert [runs(out)[home.name]["at"] for home in (torn, strange)] == [None, None]
    assert typed.name in holding(out, "sw-thaihoa-01")
    row = runs(out)[odd.name]
    assert row["at"] is not None
    assert (row["files"], row["log"], row["through"], row["language"]) == (
        {"xlsx": "a b#?.xlsx", "notebook": "equipment-age.ipynb"},
        "",
        "command",
        "vi",
    )
    assert "<img" not in page
    assert "alert(1)</script>" not in page
    assert "&lt;img src=x" in page
    assert "passwd" not in page
    assert f'{odd.name}/a%20b%23%3F.xlsx"' in page


def test_letters_that_are_none_do_not_stop_the_site(out: Path) -> None:
    devices = [("Xã \ud800 Thái Hòa", "SW\u2028", "10.0.0.1", 1.0, 1)]
    home = folder.run(out, day="2026-05-05")
    notebook = home / "equipment-age.ipynb"
    content = notebook.read_text(encoding="utf-8").replace(json.dumps(folder.DEVICES[0][0]), json.dumps(devices[0][0]))
    notebook.write_text(content, encoding="utf-8")
    site.write(out)
    assert home.name in holding(out, "thai hoa")
    assert "\u2028" not in (out / "site" / "runs" / f"{home.name}.js").read_text(encoding="utf-8")


def test_a_folder_whose_name_is_no_text_is_listed(out: Path) -> None:
    home = folder.run(out, day="2026-05-06", files={"html": "b\ud800.html", "notebook": "equipment-age.ipynb"})
    home.rename(os.fsdecode(os.fsencode(out) + b"/b\xe1o c\xe1o"))
    page = site.write(out).read_text(encoding="utf-8")
    assert "b?o c?o" in runs(out)
    assert "06/05/2026" in page
    site.write(out)
    assert len(runs(out)) == 5


def test_without_scripts_the_page_is_a_list_in_both_languages(out: Path) -> None:
    page = site.write(out).read_text(encoding="utf-8")
    assert 'href="equipment-age-20260401-080000-vi/equipment-age-vi.html"' in page
    assert "Tuổi thiết bị" in page
    assert "Age of the equipment" in page
    assert "<strong>1</strong> thiết bị đã cũ." in page
    assert "Báo cáo dừng ở ô lệnh 3 &lt;b&gt;." in page
    assert "http://" not in page
    assert "https://" not in page


def test_an_empty_folder_has_a_site_too(tmp_path: Path) -> None:
    page = site.write(tmp_path / "new").read_text(encoding="utf-8")
    assert "Chưa có báo cáo nào." in page
    assert "No report has been run yet." in page


def test_two_writers_lose_nothing(out: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from reports import site; from tests.reports.site import folder\n"
        "out = Path(sys.argv[1])\n"
        "for day in range(1, 6):\n    folder.run(out, day=f'2026-{sys.argv[2]}-{day:02}'); site.write(out)"
    )
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", program, str(out)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda month: subprocess.run([*command, month], cwd=root, check=True), ("07", "08")))
    assert len(holding(out, "sw-thaihoa-01")) == 2 + 10
    assert len(runs(out)) == 4 + 10


def test_a_writer_that_is_stopped_leaves_whole_files_and_the_next_one_is_right(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site.write(out).read_text(encoding="utf-8")
    lost = folder.run(out, day="2026-05-01")

    def full(self: Path, content: bytes) -> int:
        if self.name.startswith(".runs.part"):  # all words are written by then
            raise OSError(28, "No space left on device")
        return len(content) if self.open("wb").write(content) else 0

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space"):
            site.write(out)
    assert (out / "index.html").read_text(encoding="utf-8") == before
    assert not list(out.rglob("*.part*"))
    shutil.rmtree(lost)
    other = folder.run(out, day="2026-06-01", devices=folder.DEVICES[1:])
    site.write(out)
    assert other.name not in holding(out, "sw-thaihoa-01"), "the other run got the place of the one that was lost"
    assert len(holding(out, "sw-thaihoa-01")) == 2


def test_every_text_of_the_site_is_written_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (Path(writing.__file__).parent).rglob("*.*s"))
    code += "".join(path.read_text(encoding="utf-8") for path in (Path(writing.__file__).parent).rglob("*.py"))
    code += (Path(writing.__file__).parents[1] / "styles" / "site.html.j2").read_text(encoding="utf-8")
    keys = {key.removeprefix("site.") for key in catalogue("vi") if key.startswith("site.")} - {f"by_{way}" for way in THROUGH}
    left = {key for key in keys if f'"{key}"' not in code and f"site.{key}" not in code}
    assert left == set()
