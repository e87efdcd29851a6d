"""`kiemke report site` and `kiemke report compare`, as people type them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.running import kiemke
from tests.reports.site import folder

FIRST, SECOND, ENGLISH = (
    f"equipment-age-{stamp}-080000-{language}" for stamp, language in (("20260302", "vi"), ("20260401", "vi"), ("20260401", "en"))
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reports = tmp_path_factory.mktemp("kept")
    folder.run(reports, day="2026-03-02")
    older = [(*folder.DEVICES[0][:3], 9.02, 12_000_000), folder.DEVICES[1]]
    settings = [{"name": "old_years", "help": {"vi": "Số năm", "en": "Years"}, "hint": "", "value": 9}]
    folder.run(reports, day="2026-04-01", devices=older, settings=settings)
    folder.run(reports, day="2026-04-01", language="en")
    folder.failed(reports, "2026-04-02")
    return reports


def test_two_runs_are_compared(out: Path) -> None:
    done = kiemke("report", "compare", FIRST, SECOND, "--out", out, KIEMKE_LANG="vi")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Tuổi thiết bị",
        "  Số liệu đến: 02/03/2026 → 01/04/2026",
        "  Chạy lúc: 02/03/2026 08:00 → 01/04/2026 08:00",
        "  old_years: 8 → 9",
        "Số liệu chính",
        "  thiết bị từ 8 tuổi: 2 → 1 (−1)",
        "  tất cả: 3 → 2 (−1)",
        "Phát hiện",
        "  - 2 thiết bị đã cũ.",
        "  + 1 thiết bị đã cũ.",
        "Danh sách: 0 dòng mới, 1 dòng không còn, 1 dòng thay đổi, 1 dòng như cũ.",
        "  ~ Xã Thái Hòa · SW-THAIHOA-01: Tuổi 8,9 → 9,0 (+0,1)",
        "  - Xã Bàn Giản · PC-BANGIAN-07 · 10.20.14.27 · 11,0 · 15,0",
    ]
    same = kiemke("report", "compare", FIRST, FIRST, "--out", out)
    assert same.out.splitlines()[-1] == "Both runs show the same."


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        ((FIRST, "equipment-age-20260401-08000-vi"), f"did you mean {SECOND}"),
        ((FIRST, ENGLISH), "one report in one language"),
        ((FIRST, "../x"), "no run"),
        (("network-state-20260402-080000-vi",) * 2, "only finished runs"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_sentence(out: Path, runs: tuple[str, str], says: str) -> None:
    refused = kiemke("report", "compare", *runs, "--out", out)
    assert (refused.status, refused.out) == (2, "")
    assert says in refused.err
    assert len(refused.err.splitlines()) == 1


def test_the_site_is_written_anew_after_copying(out: Path, tmp_path: Path) -> None:
    copied = tmp_path / "Báo cáo #2"
    shutil.copytree(out, copied)
    done = kiemke("report", "site", "--out", copied)
    assert (done.status, done.out.strip()) == (0, str(copied / "index.html"))
    assert SECOND in (copied / "index.html").read_text(encoding="utf-8")
    assert (copied / "site" / "runs" / f"{SECOND}.js").exists()
