"""What is written to people: that a scheduled run failed, that it works again, and the documents of a report.

Pure: a record (`reports.schedule.records`) and the settings in, a message out. Every message says that a machine wrote it
(RFC 3834), and has an id that depends on what it tells only: sent twice by misfortune, it is shown once by programs that look.
"""

from __future__ import annotations

import hashlib
import html
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reports.schedule.mail_server import MailServer
from reports.texts import Say

FAILURE, WORKS_AGAIN, DOCUMENTS, TEST = "failure", "works_again", "documents", "test"
#: What a person wants first when not all fits.
_ORDER = (".pdf", ".xlsx", ".html")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the settings, the workspace's folder, in which language, the machine's name, the zone of every time."""

    server: MailServer
    workspace: Path
    say: Say
    host: str
    zone: tzinfo

    def moment(self, at: datetime | str) -> str:
        told = datetime.fromisoformat(at) if isinstance(at, str) else at
        return self.say.moment(told.astimezone(self.zone).replace(tzinfo=None))


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a report's run; `place` is where it is from the folder of reports."""

    path: Path
    place: str


def failure(
    sender: Sender, record: Mapping[str, Any], to: Sequence[str], *, streak: int, next_at: datetime | None
) -> EmailMessage:
    """That a run did not end well; `streak` is how many planned times in a row."""
    say = sender.say
    title = say("mail.failure_subject", entry=record["entry"] or "schedule.yaml")
    subject = title if streak < 2 else say("mail.failure_again_subject", title=title, times=streak)
    rows = [*_facts(sender, record), (say("mail.place"), str(sender.workspace)), (say("mail.machine"), sender.host)]
    if next_at:
        rows.append((say("mail.next"), sender.moment(next_at)))
    if record.get("log"):
        rows.append((say("mail.log"), str(sender.workspace / record["log"])))
    what_to_do = say("mail.failure_check") if record["status"] == "refused" else say("mail.failure_do", entry=record["entry"])
    return _message(sender, FAILURE, record, to, subject, [_sentence(record, say)], rows, [what_to_do])


def works_again(sender: Sender, record: Mapping[str, Any], to: Sequence[str]) -> EmailMessage:
    """That a run is done after others were not."""
    say = sender.say
    subject = say("mail.works_again_subject", entry=record["entry"])
    rows = [*_facts(sender, record), (say("mail.place"), str(sender.workspace)), (say("mail.machine"), sender.host)]
    return _message(sender, WORKS_AGAIN, record, to, subject, [say("mail.works_again", entry=record["entry"])], rows, [])


def documents(
    sender: Sender, record: Mapping[str, Any], to: Sequence[str], titles: Sequence[str], made: Sequence[Document]
) -> EmailMessage:
    """A report's documents: attached as far as the settings' size goes, else named with where they are."""
    say = sender.say
    attached, left = _divided(made, sender.server.largest_mb)
    subject = say("mail.documents_subject", title="; ".join(dict.fromkeys(titles)) or record["entry"])
    opening = [say("mail.documents", count=len(made), title="; ".join(dict.fromkeys(titles)))]
    if left:
        opening.append(say("mail.too_large" if sender.server.link else "mail.too_large_no_link", count=len(left)))
    rows = [(say("mail.attached"), document.path.name) for document in attached]
    rows += [(document.path.name, _where(sender, document)) for document in left]
    if record.get("planned_at"):
        rows.append((say("mail.planned_at"), sender.moment(record["planned_at"])))
    if sender.server.link:
        rows.append((say("mail.all_reports"), sender.server.link))
    message = _message(sender, DOCUMENTS, record, to, subject, opening, rows, [])
    for document in attached:
        kind = mimetypes.guess_type(document.path.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        message.add_attachment(document.path.read_bytes(), maintype=main, subtype=sub, filename=document.path.name)
    return message


def test(sender: Sender, to: Sequence[str], at: datetime) -> EmailMessage:
    """One mail to see whether mail works."""
    say = sender.say
    record = {"id": at.isoformat(), "entry": "", "started_at": at.isoformat()}
    rows = [(say("mail.place"), str(sender.workspace)), (say("mail.machine"), sender.host)]
    return _message(sender, TEST, record, to, say("mail.test_subject"), [say("mail.test")], rows, [])


def _divided(made: Sequence[Document], largest_mb: float) -> tuple[list[Document], list[Document]]:
    """(attached, left out): the most wanted first, as long as they fit. A file that is gone is left out too."""
    room = largest_mb * 1_000_000
    attached, left = [], []
    for document in sorted(made, key=lambda d: (_ORDER.index(d.path.suffix) if d.path.suffix in _ORDER else 9, d.place)):
        size = document.path.stat().st_size if document.path.is_file() else float("inf")
        if size <= room:
            attached.append(document)
            room -= size
        else:
            left.append(document)
    return attached, left


def _where(sender: Sender, document: Document) -> str:
    """Where a document is found: under the settings' link, else in the folder of reports."""
    link = sender.server.link
    if not link:
        return str(document.path)
    if "://" in link:
        return f"{link.rstrip('/')}/{quote(document.place)}"
    separator = "\\" if "\\" in link else "/"
    return link.rstrip("\\/") + separator + document.place.replace("/", separator)


def _facts(sender: Sender, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    say = sender.say
    rows = [
        (say("mail.entry"), record["entry"]),
        (say("mail.what"), _run(record.get("run", ""), say)),
    ]
    rows += [
        (say(f"mail.{key}"), sender.moment(record[key])) for key in ("planned_at", "started_at", "finished_at") if record.get(key)
    ]
    rows.append((say("mail.status"), say.word("entry_status", record["status"])))
    if record.get("tries", 1) > 1:
        rows.append((say("mail.tries"), say.number(record["tries"])))
    return [(label, value) for label, value in rows if value]


def _run(run: str, say: Say) -> str:
    kind, _, name = run.partition(" ")
    return f"{say.word('entry_kind', kind)} {name}".strip() if say.has(f"entry_kind.{kind}") else run


def _sentence(record: Mapping[str, Any], say: Say) -> str:
    return (record.get("sentence") or {}).get(say.language) or say.word("entry_status", record["status"])


def identity(sender: Sender, kind: str, record: Mapping[str, Any]) -> str:
    """The Message-ID: the same for the same thing told (RFC 5322, 3.6.4)."""
    told = "\0".join((str(sender.workspace), sender.host, str(record["id"]), kind))
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:32]}@{sender.server.sender.rpartition('@')[2]}>"


def _message(
    sender: Sender,
    kind: str,
    record: Mapping[str, Any],
    to: Sequence[str],
    subject: str,
    opening: Sequence[str],
    rows: Sequence[tuple[str, str]],
    closing: Sequence[str],
) -> EmailMessage:
    say = sender.say
    message = EmailMessage(policy=SMTP)
    message["From"] = sender.server.sender
    message["To"] = ", ".join(to)
    message["Subject"] = _line(f"[Kiểm Kê] {subject}")
    moment = record.get("finished_at") or record["started_at"]
    message["Date"] = format_datetime(datetime.fromisoformat(moment))
    message["Message-ID"] = identity(sender, kind, record)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice is to answer
    closing = [*closing, say("mail.signature")]
    plain = [*opening, "", *(f"{label}: {value}" for label, value in rows), "", *closing]
    message.set_content("\n".join(_line(text) for text in plain) + "\n")
    message.add_alternative(_html(say.language, subject, opening, rows, closing), subtype="html")
    return message


def _html(language: str, title: str, opening: Sequence[str], rows: Sequence[tuple[str, str]], closing: Sequence[str]) -> str:
    safe = html.escape
    cell = 'style="padding:2px 12px 2px 0;vertical-align:top'
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{safe(title)}</title></head>',
            '<body style="font-family:sans-serif;font-size:15px;color:#222">',
            *(f"<p>{safe(text)}</p>" for text in opening),
            '<table style="border-collapse:collapse">',
            *(f'<tr><td {cell};color:#555">{safe(label)}</td><td {cell}">{_linked(value)}</td></tr>' for label, value in rows),
            "</table>",
            *(f"<p>{safe(text)}</p>" for text in closing[:-1]),
            f'<p style="color:#555">{safe(closing[-1])}</p>',
            "</body></html>",
            "",
        ]
    )


def _linked(value: str) -> str:
    safe = html.escape(value)
    return f'<a href="{safe}">{safe}</a>' if value.startswith(("https://", "http://")) else safe


def _line(text: str) -> str:
    """On one line: nothing that a record or a title holds becomes a header of its own."""
    return "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
