"""`kiemke schedule check | show | run | install | mail-test`: what runs by itself."""

from __future__ import annotations

import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from inventory.problems import Problem
from kiemke import console
from kiemke.commands.options import WorkspaceOption
from kiemke.words import LANGUAGE, say, sentence
from kiemke.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from reports.schedule.entries import Entry, Schedule
    from reports.schedule.records import Record

app = typer.Typer(no_args_is_help=True)

EntryArgument = Annotated[str, typer.Argument(metavar="ENTRY", help=say("cli.schedule.entry"))]
#: Coming times that a check shows.
SHOWN = 3


class ScheduleCommandError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "schedule_moment": "'{given}' is not a moment with its time zone, such as 2026-12-01T07:00:00+07:00.",
        "mail_test_to": "'{given}' is not a mail address.",
        "mail_test_nobody": "There is nobody to write to; set to under [mail] in kiemke.toml, or give --to.",
    }


@app.command("check", help=say("cli.schedule.check_help"))
def check(workspace: WorkspaceOption = None) -> None:
    from kiemke.unattended import schedule_of

    opened = open_workspace(workspace)
    schedule = schedule_of(opened)
    for problem in schedule.problems:
        console.fail(sentence(problem))
    if schedule.problems:
        raise typer.Exit(2)
    _check_secret(opened)
    now = datetime.now(UTC)
    for entry in schedule.entries.values():
        console.out.print(f"{entry.name}: {entry.run} ({entry.when})", style="bold", markup=False)
        for line in _coming(schedule, entry, now):
            console.out.print(f"  {line}", markup=False)
    console.out.print(say("cli.schedule.sound", count=len(schedule.entries)), markup=False)
    _warn_without_mail(opened)


def _coming(schedule: Schedule, entry: Entry, now: datetime) -> list[str]:
    """The next times of an entry, each with what its parameters will be where they depend on it."""
    from reports.about import setting

    lines, at = [], now
    for _ in range(SHOWN):
        following = schedule.next(entry, at)
        if following is None:
            break
        at = following
        values = entry.values(schedule.day(at))
        told = [
            f"{parameter.name} = {setting(parameter.name, parameter.hint, values[parameter.name], say)}"
            for parameter in entry.declared
            if values.get(parameter.name) != (entry.parameters or {}).get(parameter.name)
        ]
        lines.append("   ".join((_local(schedule, at), *told)))
    return lines or [say("cli.schedule.never")]


def _local(schedule: Schedule, at: datetime | str | None) -> str:
    """A moment by the schedule's clock, with its weekday."""
    if not at:
        return ""
    moment = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(schedule.zone).replace(tzinfo=None)
    return f"{say(f'cli.schedule.weekday_{moment.weekday()}')} {say.moment(moment, short=True)}"


@app.command("show", help=say("cli.schedule.show_help"))
def show(workspace: WorkspaceOption = None) -> None:
    import pandas as pd

    from kiemke.unattended import schedule_of
    from reports.schedule.records import Records

    opened = open_workspace(workspace)
    schedule = schedule_of(opened)
    records, now = Records(opened.root), datetime.now(UTC)
    newest: dict[str, Record] = {}
    for record in records.all():
        newest.setdefault(record["entry"], record)
    rows = []
    for name, entry in schedule.entries.items():
        last = newest.get(name)
        status = _status(records, last) if last else say("cli.schedule.not_yet")
        rows.append(
            (name, entry.run, entry.when, _local(schedule, schedule.next(entry, now)), _local(schedule, _began(last)), status)
        )
    columns = [say(f"cli.schedule.column_{name}") for name in ("entry", "run", "when", "next", "last", "status")]
    console.table(pd.DataFrame(rows, columns=columns))
    for problem in schedule.problems:
        console.fail(sentence(problem))
    for name, record in newest.items():
        if name in schedule.entries or not name or name in schedule.wrong:
            _explain(record)
    _warn_without_mail(opened)
    raise typer.Exit(2 if schedule.problems else 0)


def _began(record: Record | None) -> str | None:
    return record["started_at"] if record else None


def _status(records: Any, record: Record) -> str:
    from reports.schedule.records import KILLED, RUNNING

    gone = record["status"] == RUNNING and not records.at_work(record["entry"])
    return say.word("entry_status", KILLED if gone else record["status"])


def _explain(record: Record) -> None:
    """Why the last run ended as it did, and what became of the mails about it."""
    from reports.schedule.records import bad

    name = record["entry"] or "schedule.yaml"
    if record.get("sentence"):
        line = f"{name}: {record['sentence'][LANGUAGE]}"
        if bad(record):
            console.fail(line)
        else:
            console.err.print(line, markup=False)
    for letter in record["mail"]:
        if letter["status"] != "sent":
            reason = (letter["reason"] or {}).get(LANGUAGE, "")
            console.fail(say("cli.schedule.mail_status", entry=name, to=", ".join(letter["to"]), reason=reason).strip())


@app.command("run", help=say("cli.schedule.run_help"))
def run(
    entry: EntryArgument,
    planned: Annotated[str, typer.Option(metavar="MOMENT", help=say("cli.schedule.planned"))] = "",
    workspace: WorkspaceOption = None,
) -> None:
    from kiemke import unattended

    record = unattended.run(open_workspace(workspace), entry, _moment(planned))
    _explain(record)
    status = _exit_status(record)
    if status == 0:
        console.err.print(say("cli.schedule.done", entry=entry, seconds=record["seconds"]), markup=False)
    raise typer.Exit(status)


def _exit_status(record: Record) -> int:
    from reports.schedule.entries import BUSY_STATUS
    from reports.schedule.records import BUSY, DONE, REFUSED

    if record["status"] in (BUSY, REFUSED):
        return BUSY_STATUS if record["status"] == BUSY else 2
    return 0 if record["status"] == DONE and all(letter["status"] == "sent" for letter in record["mail"]) else 1


def _moment(given: str) -> datetime | None:
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        at = datetime.min
    if at.tzinfo is None:
        raise ScheduleCommandError("schedule_moment", given=given)
    return at.astimezone(UTC)


@app.command("work", hidden=True)
def work(
    entry: str, planned: Annotated[str, typer.Option()], result: Annotated[Path, typer.Option()], workspace: WorkspaceOption
) -> None:
    """What a run's own process does."""
    from kiemke import scheduled_work
    from reports.schedule.records import DONE

    ended = scheduled_work.work(open_workspace(workspace), entry, _moment(planned) or datetime.now(UTC), result)
    raise typer.Exit(0 if ended.status == DONE else 1)


@app.command("failed", hidden=True)
def failed(entry: str, workspace: WorkspaceOption = None) -> None:
    """What systemd starts when the service of an entry failed."""
    from kiemke import unattended

    monitored = {key: value for key, value in os.environ.items() if key.startswith("MONITOR_")}
    unattended.after_a_failure(open_workspace(workspace), entry, monitored)


@app.command("mail-test", help=say("cli.schedule.mail_test_help"))
def mail_test(
    to: Annotated[list[str] | None, typer.Option(metavar="ADDRESS", help=say("cli.schedule.mail_to"))] = None,
    workspace: WorkspaceOption = None,
) -> None:
    from kiemke import telling
    from reports.schedule import addresses, letters
    from reports.schedule.sending import connected

    opened = open_workspace(workspace)
    for address in to or ():
        if not addresses.valid(address):
            raise ScheduleCommandError("mail_test_to", given=address)
    server = telling.mail_server(opened)
    recipients = tuple(to or server.to)
    if not recipients:
        raise ScheduleCommandError("mail_test_nobody")
    message = letters.test(telling.sender(opened, server), recipients, datetime.now(UTC))
    try:
        with connected(server, opened.trust(), telling.login(opened, server)) as line:
            refused = line.send(message)
    except Problem as problem:
        console.fail(sentence(problem))
        raise typer.Exit(1) from None
    if refused:
        console.fail(say("cli.schedule.mail_refused", to=", ".join(refused)))
        raise typer.Exit(1)
    console.out.print(say("cli.schedule.mail_sent", to=", ".join(recipients)), markup=False)


def _warn_without_mail(opened: Workspace) -> None:
    if opened.settings.mail is None or not opened.settings.mail.to:
        console.err.print(say("cli.schedule.nobody_told"), markup=False)


def _check_secret(opened: Workspace) -> None:
    """That the mail server's password is there. Raises `MailProblem`."""
    from kiemke import telling

    if opened.settings.mail is not None:
        telling.login(opened, opened.settings.mail)


# Installing -----------------------------------------------------------------------------------------------------------


@app.command("install", help=say("cli.schedule.install_help"))
def install(
    folder: Annotated[Path | None, typer.Option("--dir", metavar="DIR", help=say("cli.schedule.dir"))] = None,
    system: Annotated[bool | None, typer.Option("--system/--user", help=say("cli.schedule.system"))] = None,
    crontab: Annotated[bool, typer.Option("--crontab", help=say("cli.schedule.crontab"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli.schedule.dry_run"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    from kiemke import timers
    from kiemke.unattended import schedule_of

    opened = open_workspace(workspace)
    schedule = schedule_of(opened)
    for problem in schedule.problems:
        console.fail(sentence(problem))
    if schedule.problems:
        raise typer.Exit(2)
    _check_secret(opened)
    command = _command()
    if crontab:
        timers.install_crontab(opened, command, dry_run)
    else:
        timers.install_units(opened, schedule, command, folder, system, dry_run)
    _warn_without_mail(opened)


def _command() -> tuple[str, ...]:
    """How the program is started from anywhere: as it was started now, else by its interpreter."""
    beside = Path(sys.executable).with_name("kiemke")
    if beside.is_file() and os.access(beside, os.X_OK):
        return (str(beside),)
    found = shutil.which("kiemke")
    return (found,) if found else (sys.executable, "-m", "kiemke")


# Where there are no timers --------------------------------------------------------------------------------------------


def due(workspace: WorkspaceOption = None) -> None:
    """`kiemke report due`."""
    from kiemke import unattended
    from reports.schedule.records import bad

    began = time.monotonic()

    def told(record: Record) -> None:
        console.out.print(f"{record['entry']}: {say.word('entry_status', record['status'])}", markup=False)

    done = unattended.due(open_workspace(workspace), on_done=told)
    if done is None:
        console.out.print(say("cli.schedule.due_busy"), markup=False)
        return
    if not done:
        console.out.print(say("cli.schedule.nothing_due"), markup=False)
        return
    for record in done:
        # Whoever is told by mail is not told by cron's own mail again.
        if bad(record) and not any(letter["status"] == "sent" for letter in record["mail"]):
            _explain(record)
    console.out.print(say("cli.schedule.due_done", count=len(done), seconds=time.monotonic() - began), markup=False)
    raise typer.Exit(max(min(_exit_status(record), 2) for record in done))
