"""The small report, run once in each language, with a secret in the environment that nothing may show."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reports.run import Request, RunResult, run_many

NOTEBOOKS = Path(__file__).parent / "notebooks"
STARTED = 1_772_424_900  # 2026-03-02 11:15 in Viet Nam


@pytest.fixture(scope="session")
def notebooks() -> Path:
    return NOTEBOOKS


@pytest.fixture(scope="session")
def canary() -> str:
    """A secret that must turn up nowhere."""
    return "canary-7f3a9b"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, canary: str) -> dict[str, RunResult]:
    """`small-report` by language."""
    out = tmp_path_factory.mktemp("reports")
    os.environ["KIEMKE_CREDENTIAL_CORE"] = canary
    try:
        results = run_many(
            [Request("small-report", {}, language) for language in ("vi", "en")],
            out_dir=out,
            workspace=out,
            folder=NOTEBOOKS,
            clock=lambda: STARTED,
            ran_by="Phòng Công nghệ <thông tin>",
            database={"scan": "S0007", "finished_at": "2026-03-02T08:15:00+07:00"},
        )
    finally:
        del os.environ["KIEMKE_CREDENTIAL_CORE"]
    assert [result.status for result in results] == ["done", "done"], [str(result.problem) for result in results]
    return dict(zip(("vi", "en"), results, strict=True))
