"""Runs end in a true record: done, failed, out of time, dead. Wrong requests write nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from reports import executed, index, run
from reports.kernel import environment
from reports.problems import ReportProblem
from reports.run import RunResult
from reports.texts import texts


def record_of(result: RunResult) -> dict[str, Any]:
    return json.loads((result.folder / "run.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


def start(name: str, out: Path, notebooks: Path, **options: Any) -> RunResult:
    return run.run(name, {}, out_dir=out, workspace=out, folder=notebooks, **options)


def test_a_failure_keeps_the_notebook_and_says_why(out: Path, notebooks: Path) -> None:
    result = start("failing-report", out, notebooks)
    assert result.status == "failed"
    assert set(result.files) == {"notebook"}
    assert [part.payload["text"] for part in executed.read(result.files["notebook"]).parts] == ["before"]
    assert "ValueError: the <third> cell fails" in str(result.problem)
    record = record_of(result)
    assert record["status"] == "failed"
    assert "dừng ở ô lệnh" in record["error"]["vi"]
    assert {path.suffix for path in result.folder.iterdir()} == {".ipynb", ".json"}
    page = index.write(out).read_text(encoding="utf-8")
    assert "the &lt;third&gt; cell fails" in page


def test_a_problem_of_the_inventory_is_told_in_both_languages(out: Path, notebooks: Path) -> None:
    result = start("strict-report", out, notebooks)
    assert result.status == "failed"
    error = record_of(result)["error"]
    for language in ("vi", "en"):
        sentence = texts(language)("problem.frame_unknown", frame="<devics>", known="devices, links")
        assert sentence in error[language]
    assert "FrameError" not in error["vi"]


def test_a_report_that_hangs_is_stopped(out: Path, notebooks: Path) -> None:
    result = start("hanging-report", out, notebooks, timeout_s=3)
    assert result.status == "timed_out"
    assert record_of(result)["error"]["key"] == "run_timed_out"
    assert result.seconds < 30


def test_a_kernel_that_dies_is_a_failure(out: Path, notebooks: Path) -> None:
    result = start("dying-report", out, notebooks)
    assert result.status == "failed"
    assert record_of(result)["error"]["key"] == "run_kernel"


def test_the_kernel_is_this_interpreter_and_knows_no_secret(
    out: Path, notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: str
) -> None:
    # A kernel of that name which somebody installed elsewhere is not used.
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({"argv": ["/bin/false"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("KIEMKE_CREDENTIAL_CORE_SECRET", canary)
    result = start("curious-report", out, notebooks)
    assert result.done, result.problem
    said = [part.payload["text"] for part in executed.read(result.files["notebook"]).parts if part.what == "prose"]
    assert said[0] == sys.executable
    assert "PATH=" in said[1]
    for path in result.folder.iterdir():
        assert canary.encode() not in path.read_bytes()


def test_credentials_are_taken_out_of_an_environment(canary: str) -> None:
    kept = environment({"PATH": "/bin", "KIEMKE_CREDENTIAL_A": canary, "KIEMKE_LANG": "vi"})
    assert kept == {"PATH": "/bin", "KIEMKE_LANG": "vi", "MPLBACKEND": "agg"}


@pytest.mark.parametrize(
    ("name", "values", "options", "says"),
    [
        ("small-reprt", {}, {}, "did you mean small-report"),
        ("small-report", {"max_age": 3}, {}, "did you mean max_age_years"),
        ("small-report", {"max_age_years": "30"}, {}, "between 3 and 20"),
        ("small-report", {}, {"formats": ["docx"]}, "html, xlsx"),
        ("small-report", {}, {"lang": "fr"}, "vi, en"),
    ],
)
def test_a_wrong_request_writes_nothing(
    tmp_path: Path, notebooks: Path, name: str, values: dict[str, Any], options: dict[str, Any], says: str
) -> None:
    with pytest.raises(ReportProblem, match=says):
        run.run(name, values, out_dir=tmp_path / "out", workspace=tmp_path, folder=notebooks, **options)
    with pytest.raises(ReportProblem, match="did you mean"):
        run.run_many(
            [run.Request("small-report"), run.Request("small-report", {"x": 1})],
            out_dir=tmp_path / "out",
            workspace=tmp_path,
            folder=notebooks,
        )
    assert not (tmp_path / "out").exists()


def test_a_document_that_cannot_be_written_is_a_failure_and_leaves_no_half(
    tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(shown: executed.Executed, path: Path) -> None:
        path.write_bytes(b"PK half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reports.to_xlsx.write", full)
    result = start("curious-report", tmp_path, notebooks)
    assert result.status == "failed"
    assert "No space left on device" in str(result.problem)
    assert set(result.files) == {"notebook", "html"}
    assert not [path for path in result.folder.iterdir() if "xlsx" in path.name]


def test_a_run_that_is_broken_off_does_not_stay_running(tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reports.run._execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        start("curious-report", tmp_path, notebooks)
    (record,) = run.read_records(tmp_path)
    assert record["status"] == "failed"
    assert record["error"]["key"] == "run_broken"


def test_the_index_lists_runs_in_both_languages(small: dict[str, RunResult]) -> None:
    out = small["vi"].folder.parent
    (out / "not-a-run").mkdir(exist_ok=True)
    (out / "not-a-run" / "run.json").write_text("{broken", encoding="utf-8")
    page = index.write(out).read_text(encoding="utf-8")
    for language in ("vi", "en"):
        assert texts(language)("index.title") in page
        assert f'href="{small[language].folder.name}/small-report-{language}.html"' in page
        assert f'href="{small[language].folder.name}/small-report-{language}.xlsx"' in page
    assert "Tuổi thiết bị (thử)" in page
    assert "Age of the equipment (test)" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


def test_an_empty_folder_has_an_index_too(tmp_path: Path) -> None:
    page = index.write(tmp_path / "new").read_text(encoding="utf-8")
    assert texts("vi")("index.empty") in page
    assert texts("en")("index.empty") in page
