"""systemd units and the crontab's line: right by systemd's own check, and nobody else's are touched."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.schedule import crontab, installing, reading, units
from reports.schedule.reading import Surroundings
from reports.schedule.units import Place

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
TEXT = """\
time_zone: Europe/Berlin
entries:
  scan: {run: scan, when: Mon 01:00, timeout: 2 h}
  state: {run: report small-report, when: "*-*~01 07:00", retries: 2, retry_after: 10 min, timeout: 5 min}
  probe: {run: probe, when: Mon..Fri 8..17:0/20}
"""
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture
def schedule(tmp_path):
    (tmp_path / "schedule.yaml").write_text(TEXT)
    return reading.read(tmp_path / "schedule.yaml", Surroundings(reports=NOTEBOOKS, today=date(2026, 11, 26)))


@pytest.fixture
def place(tmp_path):
    """A workspace with a name that has to be quoted, and a program that is there."""
    workspace, program = tmp_path / "Kiểm kê 100% $HOME", tmp_path / "bin folder" / "kiemke"
    for folder in (workspace, program.parent):
        folder.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return Place(workspace, (str(program),))


@needs_systemd
@pytest.mark.parametrize("system", [True, False])
def test_systemd_finds_nothing_wrong(schedule, place, tmp_path, system):
    place = replace(place, system=system, writable=(tmp_path / "bin folder",))
    files = units.unit_files(schedule, place)
    folder = tmp_path / "units"
    installing.write(folder, files, installing.plan(folder, files, place.stem, place.mark))
    assert len(files) == 7
    command = ["systemd-analyze", "verify", "--man=no", *([] if system else ["--user"]), *sorted(map(str, folder.iterdir()))]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")


def test_what_a_timer_does(schedule, place):
    files = units.unit_files(schedule, place)
    timer, service = files[f"{place.stem}-state.timer"], files[f"{place.stem}-state.service"]
    assert "OnCalendar=*-*~01 07:00:00 Europe/Berlin" in timer
    assert "Persistent=true" in timer
    assert f"OnFailure={place.stem}-failed@state.service" in service
    assert f"{place.stem}-failed@.service" in files
    (longest,) = (int(line.split("=")[1]) for line in service.splitlines() if line.startswith("TimeoutStartSec="))
    assert longest > 3 * 300 + 2 * 600, "all tries and what is waited between them"
    for option in ("SuccessExitStatus=75", "ProtectSystem=strict", "NoNewPrivileges=yes", "Nice=10"):
        assert option in service


def test_the_home_folder_is_shut_only_where_nothing_is_needed_of_it(schedule):
    away = Place(
        Path("/srv/kiemke"), ("/opt/kiemke/bin/kiemke",), (), (Path("/opt/kiemke"),), "kiemke", "kiemke", Path("/var/lib/kiemke")
    )
    service = units.unit_files(schedule, away)[f"{away.stem}-scan.service"]
    assert {"ProtectHome=yes", "PrivateTmp=yes", "User=kiemke", "ReadWritePaths=/srv/kiemke"} <= set(service.splitlines())
    at_home = replace(away, home=Path("/home/an"), writable=(Path("/mnt/bao cao"),))
    lines = units.unit_files(schedule, at_home)[f"{away.stem}-scan.service"].splitlines()
    assert {"ProtectHome=read-only", 'ReadWritePaths="/mnt/bao cao"'} <= set(lines)


def test_two_workspaces_of_one_name_live_side_by_side(schedule, place):
    other = replace(place, workspace=Path("/elsewhere") / place.workspace.name)
    assert not set(units.unit_files(schedule, place)) & set(units.unit_files(schedule, other))


def test_units_of_entries_that_are_gone_go_and_others_are_never_touched(schedule, place, tmp_path):
    folder = tmp_path / "units"

    def install(wanted):
        files = units.unit_files(wanted, place)
        found = installing.plan(folder, files, place.stem, place.mark)
        installing.write(folder, files, found)
        return found

    install(schedule)
    foreign = {
        "ssh.service": "[Service]\n",
        f"{place.stem}-mine.timer": "[Timer]\n",
        f"{place.stem}-probe.service": "[Unit]\n# mine\n",
    }
    for name, content in foreign.items():
        (folder / name).write_text(content)
    less = replace(schedule, entries={name: entry for name, entry in schedule.entries.items() if name != "state"})
    found = install(less)
    assert found.removed == (f"{place.stem}-state.service", f"{place.stem}-state.timer")
    assert found.foreign == (f"{place.stem}-mine.timer", f"{place.stem}-probe.service")
    assert found.written == ()
    assert {name: (folder / name).read_text() for name in foreign} == foreign
    again = install(schedule)
    assert len(again.written) == 2


# The crontab ----------------------------------------------------------------------------------------------------------


def test_the_crontabs_line_is_ours_and_the_rest_stays(tmp_path):
    workspace = tmp_path / "kiểm kê 50% 'x'"
    lines = crontab.block(workspace, ("/opt/bin/kiemke",))
    before = "# mine\n0 3 * * * backup\n"
    once = crontab.renewed(before, workspace, lines)
    assert once.startswith(before)
    assert crontab.renewed(once, workspace, lines) == once
    assert crontab.renewed(once, workspace, []) == before
    other = crontab.renewed(once, tmp_path / "other", crontab.block(tmp_path / "other", ("k",)))
    assert crontab.renewed(other, tmp_path / "other", []) == once
    command = lines[1].split(" ", 5)[5].removesuffix(" >/dev/null").replace(r"\%", "%")
    assert shlex.split(command) == ["/opt/bin/kiemke", "report", "due", "--workspace", str(workspace)]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab#\\% ", max_size=8), max_size=6))
def test_no_line_of_anybody_is_lost(lines):
    before = "".join(f"{line}\n" for line in lines)
    workspace = Path("/w")
    assert crontab.renewed(crontab.renewed(before, workspace, crontab.block(workspace, ("k",))), workspace, []) == before
