"""Installs the schedule: systemd's timers and services, or a line in the crontab."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from inventory.problems import Problem
from kiemke import console
from kiemke.words import say
from reports.schedule import crontab, installing, units

if TYPE_CHECKING:
    from kiemke.workspace import Workspace
    from reports.schedule.entries import Schedule

SYSTEM_FOLDER = Path("/etc/systemd/system")
#: There where systemd runs this machine (sd_booted(3)).
BOOTED = Path("/run/systemd/system")


class TimerError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "timers_no_systemd": "This machine is not run by systemd; use --crontab, or --dir DIR to write the units somewhere.",
        "timers_not_root": "Only the administrator may write to {folder}; run it with sudo, or with --user.",
        "timers_unwritten": "{folder}: the units could not be written ({reason}).",
        "timers_systemctl": "“{command}” failed: {reason}",
        "timers_line_break": "The path of the workspace has a line break in it; no unit and no crontab can name it.",
        "crontab_missing": "There is no crontab on this machine; install cron, or give the line of --dry-run to another one.",
        "crontab_failed": "crontab refused: {reason}",
    }


def install_units(
    opened: Workspace, schedule: Schedule, command: Sequence[str], folder: Path | None, system: bool | None, dry_run: bool
) -> None:
    """Write the units, remove those of entries that are gone, start the timers. Raises `TimerError`."""
    as_system = os.geteuid() == 0 if system is None else system
    place = where(opened, command, as_system)
    files = units.unit_files(schedule, place)
    into = folder or (SYSTEM_FOLDER if as_system else _user_folder())
    if dry_run:
        for name, content in files.items():
            console.out.print(f"# {into / name}\n{content}", markup=False)
        return
    if folder is None:
        if not BOOTED.is_dir():
            raise TimerError("timers_no_systemd")
        if as_system and os.geteuid() != 0:
            raise TimerError("timers_not_root", folder=into)
    try:
        for outside in place.writable:  # systemd does not start what is to write into a folder that is not there
            outside.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TimerError("timers_unwritten", folder=into, reason=f"{outside}: {error.strerror}") from None
    found = installing.plan(into, files, place.stem, place.mark)
    control = ["systemctl", *([] if as_system else ["--user"])]
    gone = units.timers(found.removed)
    if folder is None and gone:
        _systemctl([*control, "disable", "--now", *gone])
    try:
        installing.write(into, files, found)
    except OSError as error:
        raise TimerError("timers_unwritten", folder=into, reason=error.strerror or error) from None
    for what, names in (("written", found.written), ("removed", found.removed), ("foreign", found.foreign)):
        for name in names:
            console.out.print(say(f"cli.schedule.unit_{what}", file=into / name), markup=False)
    console.out.print(say("cli.schedule.units_kept", count=len(found.unchanged)), markup=False)
    wanted = [name for name in units.timers(files) if name not in found.foreign]
    if folder is None:
        _systemctl([*control, "daemon-reload"])
        _systemctl([*control, "enable", "--now", *wanted])
        if not as_system:
            console.out.print(say("cli.schedule.linger", user=getpass.getuser()), markup=False)
    else:
        console.out.print(say("cli.schedule.start_them", control=" ".join(control), timers=" ".join(wanted)), markup=False)


def where(opened: Workspace, command: Sequence[str], as_system: bool) -> units.Place:
    """The place of a workspace's units: a system service runs as the owner of the folder."""
    workspace, reports = opened.root, opened.reports.resolve()
    if "\n" in f"{workspace}{reports}":
        raise TimerError("timers_line_break")
    about = workspace.stat()
    try:
        owner = pwd.getpwuid(about.st_uid)
        user, home = owner.pw_name, Path(owner.pw_dir)
    except KeyError:
        user, home = str(about.st_uid), None
    try:
        group = grp.getgrgid(owner.pw_gid if home else about.st_gid).gr_name
    except KeyError:
        group = ""
    program = Path(__file__).resolve().parent.parent
    prefixes = tuple(dict.fromkeys(Path(part).resolve() for part in (sys.prefix, sys.base_prefix, program)))
    if not as_system or about.st_uid == 0:
        user = group = ""
    writable = () if reports.is_relative_to(workspace) else (reports,)
    return units.Place(workspace, tuple(command), writable, prefixes, user, group, home, as_system)


def install_crontab(opened: Workspace, command: Sequence[str], dry_run: bool) -> None:
    """Put our line into the user's crontab, all other lines as they are. Raises `TimerError`."""
    if "\n" in str(opened.root):
        raise TimerError("timers_line_break")
    lines = crontab.block(opened.root, command)
    if dry_run:
        console.out.print("\n".join(lines), markup=False)
        return
    program = shutil.which("crontab")
    if program is None:
        raise TimerError("crontab_missing")
    listed = subprocess.run([program, "-l"], capture_output=True, text=True, check=False)
    if listed.returncode != 0 and "no crontab" not in listed.stderr:
        # An unreadable crontab must not be replaced by ours alone.
        raise TimerError("crontab_failed", reason=listed.stderr.strip() or listed.returncode)
    wanted = crontab.renewed(listed.stdout if listed.returncode == 0 else "", opened.root, lines)
    done = subprocess.run([program, "-"], input=wanted, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TimerError("crontab_failed", reason=done.stderr.strip() or done.returncode)
    console.out.print(say("cli.schedule.crontab_written", minutes=crontab.EVERY_MINUTES), markup=False)


def _user_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _systemctl(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise TimerError("timers_systemctl", command=" ".join(command), reason=error.strerror) from None
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()
        raise TimerError("timers_systemctl", command=" ".join(command), reason=reason[-1] if reason else done.returncode)
