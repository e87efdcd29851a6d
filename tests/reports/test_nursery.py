"""Kernels from the nursery: begun with their imports done, ended with it, and no kernel lost when there is none."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from reports import nursery
from reports.catalog import FOLDER
from reports.run import run
from tests.reports.conftest import NOTEBOOKS

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="forks kernels on Linux only")


def test_what_notebooks_import_is_known_beforehand() -> None:
    names = nursery.imported(sorted(FOLDER.glob("*.ipynb")))
    assert {"pandas", "analysis.figures", "analysis.replacement", "reports.show", "inventory.frames"} <= set(names)
    assert len(names) == len(set(names))


def test_a_report_is_made_without_a_nursery_as_well(tmp_path: Path) -> None:
    gone = tmp_path / "gone" / "nursery"
    assert run("small-report", {}, out_dir=tmp_path, workspace=tmp_path, folder=NOTEBOOKS, cradle=str(gone)).done
    assert run("small-report", {}, out_dir=tmp_path, workspace=tmp_path, folder=NOTEBOOKS, cradle="").done


def test_kernels_end_by_a_signal_and_with_their_nursery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: str) -> None:
    monkeypatch.setenv("KIEMKE_CREDENTIAL_CORE", canary)
    told = {"cwd": str(tmp_path), "env": {"PATH": "/bin"}, "log": str(tmp_path / "log")}
    with nursery.opened([]) as address:
        first, second = (nursery.born(address, ["-f", str(tmp_path / f"{n}.json")], **told) for n in (1, 2))
        assert first is not None
        assert second is not None
        assert first.poll() is None
        for process in Path("/proc").glob("[0-9]*"):
            if f"{first.pid}" == process.name:
                assert canary.encode() not in (process / "environ").read_bytes()
        first.send_signal(signal.SIGKILL)
        assert first.wait(10) != 0
        assert first.poll() == 1
        deadline = time.monotonic() + 10
        while not (tmp_path / "2.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (tmp_path / "2.json").exists()  # it serves
    second.wait(10)


def test_no_nursery_no_kernel(tmp_path: Path) -> None:
    assert nursery.born(str(tmp_path / "nobody" / "home"), [], cwd=None, env={}, log=os.devnull) is None
