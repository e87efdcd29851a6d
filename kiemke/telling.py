"""Sends the mails that the records of scheduled runs hold as still to be sent, one process at a time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.problems import Problem
from kiemke.unattended import schedule_of
from reports.schedule import due, letters
from reports.schedule.letters import DOCUMENTS, FAILURE, Document, Sender
from reports.schedule.problems import MailProblem
from reports.schedule.records import Record, Records
from reports.texts import VIET_NAM, texts

if TYPE_CHECKING:
    from kiemke.workspace import Workspace
    from reports.schedule.entries import Schedule
    from reports.schedule.mail_server import MailServer
    from reports.schedule.sending import Login

UNSENT, SENT, PARTLY, GIVEN_UP = "unsent", "sent", "partly", "given_up"
#: A mail that could not be sent for so long tells nothing new any more.
DAYS = 7
#: Another process that sends may take as long as a slow server lets it.
WAIT_S = 600.0


def send_all(opened: Workspace, clock: Callable[[], float] = time.time) -> bool:
    """Send what is still to be sent, oldest first; whether nothing is left. Never raises: what went wrong is in the records."""
    records = Records(opened.root)
    if not _waiting(records):
        return True
    with records.lock("mail", wait_s=WAIT_S) as held:
        if held is None:
            return False
        now = datetime.fromtimestamp(int(clock()), UTC)
        waiting = []
        for record, letter in _waiting(records):
            if now - datetime.fromisoformat(record["started_at"]) > timedelta(days=DAYS):
                _note(records, record, letter, GIVEN_UP, now, letter["reason"] or _said(MailProblem("mail_given_up", days=DAYS)))
            elif _again(letter) <= now:
                waiting.append((record, letter))
        if waiting:
            _send(opened, records, waiting, now)
        return not _waiting(records)


def _again(letter: dict[str, Any]) -> datetime:
    """When an unsent letter is tried again: at once, then after 2, 6, 14, 30, 60, 60 … minutes."""
    if not letter["at"]:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromisoformat(letter["at"]) + timedelta(minutes=min(2 ** min(letter["tries"], 6) - 2, 60))


def mail_server(opened: Workspace) -> MailServer:
    """The settings of `[mail]`. Raises `MailProblem` where there are none."""
    if opened.settings.mail is None:
        raise MailProblem("mail_unset")
    return opened.settings.mail


def login(opened: Workspace, server: MailServer) -> Login | None:
    """Who logs in at the mail server, if anybody. Raises `MailProblem`."""
    from reports.schedule.sending import Login

    if not server.login:
        return None
    try:
        found = opened.vault().mail_login(server.login)
    except Problem as problem:
        raise MailProblem("mail_credential", reason=problem) from None
    return Login(found.user, found.password)


def sender(opened: Workspace, server: MailServer, schedule: Schedule | None = None) -> Sender:
    zone = schedule.zone if schedule else VIET_NAM
    return Sender(server, opened.root, texts(opened.settings.language), socket.gethostname(), zone)


def _waiting(records: Records) -> list[tuple[Record, dict[str, Any]]]:
    return [(record, letter) for record in reversed(records.all()) for letter in record["mail"] if letter.get("status") == UNSENT]


def _send(opened: Workspace, records: Records, waiting: list[tuple[Record, dict[str, Any]]], now: datetime) -> None:
    from reports.schedule.sending import connected

    rest = list(waiting)
    try:
        server = mail_server(opened)
        known = login(opened, server)
        with connected(server, opened.trust(), known) as line:
            while rest:
                record, letter = rest[0]
                try:
                    refused = line.send(_message(opened, server, records, record, letter))
                except (OSError, ValueError) as error:  # a document that is being taken away
                    _note(records, record, letter, UNSENT, now, _said(MailProblem("mail_unwritten", reason=error)))
                except MailProblem as problem:
                    if problem.key not in ("mail_recipients", "mail_refused"):  # it would be so of every other message
                        raise
                    _note(records, record, letter, UNSENT, now, _said(problem))
                else:
                    told = MailProblem("mail_recipients_some", recipients=", ".join(refused)) if refused else None
                    _note(records, record, letter, PARTLY if refused else SENT, now, _said(told) if told else None)
                rest.pop(0)
    except Problem as problem:
        for record, letter in rest:
            _note(records, record, letter, UNSENT, now, _said(problem))


def _note(
    records: Records, record: Record, letter: dict[str, Any], status: str, now: datetime, reason: dict[str, str] | None
) -> None:
    """What became of a letter, in its record as that is now."""
    fresh = records.get(record["id"]) or record
    for kept in fresh["mail"]:
        if kept["kind"] == letter["kind"]:
            kept |= {"status": status, "tries": kept["tries"] + 1, "at": now.isoformat(), "reason": reason}
    records.write(fresh)


def _message(opened: Workspace, server: MailServer, records: Records, record: Record, letter: dict[str, Any]) -> EmailMessage:
    try:
        schedule = schedule_of(opened)
    except Problem:
        schedule = None
    from_us, to = sender(opened, server, schedule), letter["to"]
    if letter["kind"] == FAILURE:
        entry = schedule.entries.get(record["entry"]) if schedule else None
        next_at = schedule.next(entry, datetime.now(UTC)) if schedule and entry else None
        return letters.failure(from_us, record, to, streak=due.in_a_row(records.all(), record), next_at=next_at)
    if letter["kind"] == DOCUMENTS:
        titles, made = _documents(opened.reports, record)
        return letters.documents(from_us, record, to, titles, made)
    return letters.works_again(from_us, record, to)


def _documents(folder: Path, record: Record) -> tuple[list[str], list[Document]]:
    """(titles, documents) of a record's runs, as their own records say."""
    titles, made = [], []
    for name in record["runs"]:
        home = folder / Path(str(name)).name  # nothing outside the folder of reports is mailed
        try:
            content = json.loads((home / "run.json").read_text(encoding="utf-8"))
            files, language = content["files"], content["language"]
            titles.append(str(content["titles"][language]))
            paths = [home / Path(str(file)).name for kind, file in files.items() if kind != "notebook"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        made += [Document(path, f"{home.name}/{path.name}") for path in paths]
    return titles, made


def _said(problem: Problem) -> dict[str, str]:
    return {language: texts(language).problem(problem) for language in ("vi", "en")}
