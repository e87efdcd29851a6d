"""Runs end in a true record: done, failed, out of time, dead. Wrong requests write nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reports import executed, records, run, site
from reports.kernel_process import begun, environment
from reports.problems import Busy, ReportProblem
from reports.run import RunResult
from reports.texts import texts


def record_of(result: RunResult) -> dict[str, Any]:
    return json.loads((result.folder / "run.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


def children(pid: int | str) -> set[int]:
    return {int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()}


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
    page = site.write(out).read_text(encoding="utf-8")
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
    result = start("hanging-report", out, notebooks, timeout_s=12)  # of which a busy machine takes some to begin
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


def test_what_a_notebook_imports_is_loaded_while_its_kernel_comes_up(out: Path, notebooks: Path, tmp_path: Path) -> None:
    """Cells that do more than import wait for their turn, and what cannot be imported is told by the cell that wants it."""
    notebook = json.loads((notebooks / "failing-report.ipynb").read_text(encoding="utf-8"))
    code = [
        cell for cell in notebook["cells"] if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]
    for cell in code[1:]:
        notebook["cells"].remove(cell)
    looks = (
        "import sys\nassert 'wave' in sys.modules, 'late'\nassert 'wave' not in globals(), 'leaked'\nraise SystemError('looked')"
    )
    sources = ["import wave\nimport no_such_module", looks]
    notebook["cells"].remove(code[0])
    notebook["cells"] += [code[0] | {"id": f"importing-{n}", "source": source} for n, source in enumerate(sources)]
    for order, says in ((1, "ModuleNotFoundError: No module named 'no_such_module'"), (-1, "SystemError: looked")):
        notebook["cells"][-2:] = notebook["cells"][-2:][::order]
        (tmp_path / "importing-report.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        result = start("importing-report", out, tmp_path)
        assert says in str(result.problem)


def test_a_kernel_that_came_up_for_a_wrong_request_is_ended(tmp_path: Path, notebooks: Path) -> None:
    before = children("self")
    with begun(notebooks / "small-report.ipynb") as kernel:
        came_up = children("self") - before
        with pytest.raises(ReportProblem, match="between 3 and 20"):
            run.run(
                "small-report",
                {"max_age_years": "30"},
                out_dir=tmp_path / "out",
                workspace=tmp_path,
                folder=notebooks,
                begun=kernel,
            )
    assert came_up
    assert not came_up & children("self")
    assert not (tmp_path / "out").exists()


def test_credentials_are_taken_out_of_an_environment(canary: str) -> None:
    kept = environment({"PATH": "/bin", "KIEMKE_CREDENTIAL_A": canary, "KIEMKE_LANG": "vi"})
    assert kept == {"PATH": "/bin", "KIEMKE_LANG": "vi", "MPLBACKEND": "agg"}


@pytest.mark.parametrize(
    ("name", "values", "options", "says"),
    [
        ("small-reprt", {}, {}, "did you mean small-report"),
        ("small-report", {"max_age": 3}, {}, "did you mean max_age_years"),
        ("small-report", {"max_age_years": "30"}, {}, "between 3 and 20"),
        ("small-report", {}, {"formats": ["docx"]}, "html, pdf, xlsx"),
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
    assert set(result.files) == {"notebook", "html", "pdf"}
    assert not [path for path in result.folder.iterdir() if "xlsx" in path.name]


def test_a_run_that_is_broken_off_does_not_stay_running(tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reports.run.execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        start("curious-report", tmp_path, notebooks)
    (record,) = run.read_records(tmp_path)
    assert record["status"] == "failed"
    assert record["error"]["key"] == "run_cancelled"


def test_the_index_lists_runs_in_both_languages(small: dict[str, RunResult]) -> None:
    out = small["vi"].folder.parent
    (out / "not-a-run").mkdir(exist_ok=True)
    (out / "not-a-run" / "run.json").write_text("{broken", encoding="utf-8")
    page = site.write(out).read_text(encoding="utf-8")
    for language in ("vi", "en"):
        assert texts(language)("site.title") in page
        assert f'href="{small[language].folder.name}/small-report-{language}.html"' in page
        assert f'href="{small[language].folder.name}/small-report-{language}.xlsx"' in page
    assert "Tuổi thiết bị (thử)" in page
    assert "Age of the equipment (test)" in page
    assert "http" not in page.replace("http-equiv", "")


def test_an_empty_folder_has_an_index_too(tmp_path: Path) -> None:
    page = site.write(tmp_path / "new").read_text(encoding="utf-8")
    assert texts("vi")("index.empty") in page
    assert texts("en")("index.empty") in page


@dataclass
class Elsewhere:
    """A report that hangs in a process of its own, as `kiemke report run` would be."""

    process: subprocess.Popen[bytes]
    out: Path

    @property
    def kernels(self) -> set[int]:
        return children(self.process.pid)


@pytest.fixture
def elsewhere(tmp_path: Path, notebooks: Path) -> Iterator[Elsewhere]:
    program = "import sys, pathlib; from reports.run import run; out, folder = map(pathlib.Path, sys.argv[1:]); "
    program += "run('hanging-report', {}, out_dir=out, workspace=out, folder=folder)"
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(notebooks)]) as process:
        started = Elsewhere(process, tmp_path)
        try:
            wait_for(lambda: started.kernels and list(tmp_path.glob("hanging-report-*/*.ipynb")))
            yield started
        finally:
            process.kill()


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to pass")


def test_the_same_thing_is_not_run_twice_and_another_is(elsewhere: Elsewhere, notebooks: Path) -> None:
    with pytest.raises(Busy, match="already"):
        start("hanging-report", elsewhere.out, notebooks)
    (result,) = run.run_many(
        [run.Request("hanging-report")], out_dir=elsewhere.out, workspace=elsewhere.out, folder=notebooks, timeout_s=1
    )
    assert (result.status, isinstance(result.problem, Busy)) == ("busy", True)
    assert start("hanging-report", elsewhere.out, notebooks, lang="en", timeout_s=0.1).status == "timed_out"
    assert [record["status"] for record in run.read_records(elsewhere.out)] == ["timed_out", "running"]


def test_a_run_whose_process_was_killed_is_told_as_killed(elsewhere: Elsewhere, notebooks: Path) -> None:
    (kernel,) = elsewhere.kernels
    assert run.settle(elsewhere.out) == []
    elsewhere.process.kill()
    elsewhere.process.wait()
    (record,) = run.read_records(elsewhere.out)
    assert record["status"] == "killed"
    assert "bị dừng đột ngột" in record["error"]["vi"]
    file = elsewhere.out / record["folder"] / "run.json"
    assert json.loads(file.read_text(encoding="utf-8"))["status"] == "running", "reading writes nothing"
    assert [settled["run"] for settled in run.settle(elsewhere.out)] == [record["run"]]
    assert json.loads(file.read_text(encoding="utf-8"))["status"] == "killed"
    assert run.settle(elsewhere.out) == []
    assert "killed" in site.write(elsewhere.out).read_text(encoding="utf-8")
    wait_for(lambda: not Path(f"/proc/{kernel}").exists())
    assert start("hanging-report", elsewhere.out, notebooks, timeout_s=0.1).status == "timed_out", "nothing is in its way"


def test_a_kernel_that_was_killed_is_a_failure_that_leaves_the_rest(elsewhere: Elsewhere) -> None:
    (kernel,) = elsewhere.kernels
    os.kill(kernel, signal.SIGKILL)
    elsewhere.process.wait(timeout=60)
    (record,) = run.read_records(elsewhere.out)
    assert (record["status"], record["error"]["key"]) == ("failed", "run_kernel")
    assert (elsewhere.out / record["folder"] / record["files"]["notebook"]).exists()


def test_a_kernel_that_does_not_start_is_stopped(tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = "import sys, time; print('no <port>', file=sys.stderr, flush=True); time.sleep(60)"
    monkeypatch.setattr("reports.kernel_process._LAUNCH", silent)
    result = start("curious-report", tmp_path, notebooks, timeout_s=2)
    record = record_of(result)
    assert (record["status"], record["error"]["key"]) == ("timed_out", "run_not_started")
    assert "no <port>" in (result.folder / record["log"]).read_text(encoding="utf-8")


def test_progress_goes_from_the_first_cell_to_the_last(tmp_path: Path, notebooks: Path) -> None:
    seen: list[tuple[int, int]] = []
    assert start("curious-report", tmp_path, notebooks, on_progress=lambda *cells: seen.append(cells)).done
    assert seen[0] == (0, 3)
    assert seen[-1] == (3, 3)
    assert seen == sorted(seen)


def test_a_record_says_who_asked_and_through_what(tmp_path: Path, notebooks: Path) -> None:
    result = start("curious-report", tmp_path, notebooks, ran_by="Lan", through="schedule", schedule="monthly", formats=["html"])
    (record,) = run.read_records(tmp_path)
    assert record["run"] == result.run == result.folder.name
    told = ("ran_by", "through", "schedule", "formats", "dress", "repeats", "log", "status")
    assert [record[name] for name in told] == ["Lan", "schedule", "monthly", ["html"], "plain", None, None, "done"]
    assert set(record["files"]) == {"notebook", "html"}


BROKEN = {
    "half": '{"report": "x", "started_at": "2026-0',
    "list": "[]",
    "deep": "[" * 100_000,
    "latin": b'{"report": "b\xe1o c\xe1o"}',
    "untimed": '{"report": "x", "started_at": "yesterday", "status": "done"}',
    "nowhere": '{"report": "x", "started_at": "2026-03-02T08:00:00", "status": "done"}',
    "invented": '{"report": "x", "started_at": "2026-03-02T08:00:00+07:00", "status": "<script>"}',
}


def test_what_is_no_record_is_left_out_and_files_elsewhere_are_not_named(tmp_path: Path) -> None:
    for name, content in BROKEN.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "odd").mkdir()
    odd = {
        "report": "<script>",
        "started_at": "2026-03-02T08:00:00+07:00",
        "status": "done",
        "titles": 3,
        "data": [],
        "error": "x",
    }
    odd["files"] = {"html": "../../etc/passwd", "xlsx": "a.xlsx", "notebook": 3}
    (tmp_path / "odd" / "run.json").write_text(json.dumps(odd), encoding="utf-8")
    (record,) = run.read_records(tmp_path)
    assert record["files"] == {"xlsx": "a.xlsx"}
    assert records.unreadable(tmp_path) == sorted(BROKEN)
    page = site.write(tmp_path).read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page
    assert "passwd" not in page
    with pytest.raises(ReportProblem, match="did you mean odd"):
        records.find_record(tmp_path, "../od")
