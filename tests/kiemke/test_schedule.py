"""`kiemke schedule`: what a person types and is told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kiemke.timers import BOOTED
from kiemke.workspace import create
from tests.end_to_end.running import kiemke

#: A crontab program that keeps its table in a file, and refuses what the real one would: a line without its end.
CRONTAB = """\
#!/bin/sh
case "$1" in
-l) [ -f "$0.table" ] && cat "$0.table" || { echo "no crontab for me" >&2; exit 1; } ;;
-) cat > "$0.new" && [ -z "$(tail -c 1 "$0.new")" ] && mv "$0.new" "$0.table" ;;
esac
"""


@pytest.fixture
def home(tmp_path: Path, empty_inventory: Path) -> Path:
    folder = tmp_path / "huyện ta"
    folder.mkdir()
    shutil.copy(empty_inventory, folder / "inventory.sqlite")
    return create(folder).root


def test_a_check_tells_every_mistake_at_once_in_either_language(home):
    sound = kiemke("schedule", "check", "-w", home)
    assert sound.status == 0
    assert "quarterly-age: report equipment-age" in sound.out
    assert "as_of = 31 " in sound.out
    assert "Nobody is told" in sound.err
    (home / "schedule.yaml").write_text(
        "entries:\n  a: {run: scan, when: daily, tmeout: 1 h}\n  b: {run: report x, when: 25:00}\n"
    )
    wrong = kiemke("schedule", "check", "-w", home)
    assert wrong.status == 2
    assert [line.split(":")[0] for line in wrong.err.splitlines()] == ["schedule.yaml, line 2", *["schedule.yaml, line 3"] * 2]
    vietnamese = kiemke("schedule", "install", "--dry-run", "-w", home, KIEMKE_LANG="vi")
    assert vietnamese.status == 2
    assert "dòng 2: không có mục “tmeout”; có phải ý là “timeout”?" in vietnamese.err


def test_an_unknown_entry_is_answered_with_the_nearest(home):
    run = kiemke("schedule", "run", "weekly-scam", "-w", home)
    assert run.status == 2
    assert "did you mean weekly-scan?" in run.err
    assert not (home / "schedule").exists(), "nothing was planned, so there is no record"


def test_units_are_written_to_a_folder_and_those_of_gone_entries_removed(home, tmp_path):
    first = kiemke("schedule", "install", "--dir", tmp_path / "units", "-w", home)
    assert first.status == 0, first.err
    assert "systemctl" in first.out
    assert len(list((tmp_path / "units").iterdir())) == 7
    (home / "schedule.yaml").write_text("entries:\n  weekly-scan: {run: scan, when: Mon 01:00}\n")
    second = kiemke("schedule", "install", "--dir", tmp_path / "units", "-w", home)
    assert second.out.count("removed: ") == 4
    assert len(list((tmp_path / "units").iterdir())) == 3


@pytest.mark.skipif(BOOTED.is_dir(), reason="systemd runs this machine: it would be installed")
def test_without_systemd_one_sentence_says_what_to_do(home):
    refused = kiemke("schedule", "install", "-w", home)
    assert refused.status == 2
    assert "--crontab" in refused.err


def test_the_crontab_gets_one_line_and_keeps_all_others(home, tmp_path):
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(CRONTAB)
    program.chmod(0o755)
    table = program.with_name("crontab.table")
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    assert kiemke("schedule", "install", "--crontab", "-w", home, PATH=path).status == 0
    assert f"report due --workspace '{home}' >/dev/null" in table.read_text(encoding="utf-8")
    table.write_text("0 3 * * * backup\n" + table.read_text(encoding="utf-8"), encoding="utf-8")
    assert kiemke("schedule", "install", "--crontab", "-w", home, PATH=path).status == 0
    assert len(table.read_text(encoding="utf-8").splitlines()) == 4
    assert table.read_text(encoding="utf-8").startswith("0 3 * * * backup\n# kiemke")
