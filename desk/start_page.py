"""What Lab opens on, beside the figures: first steps, what failed, and a card for every notebook and every report.

Everything is HTML with links relative to the notebook's own folder, which Lab opens as tabs of its own. What a card says of a
notebook stands in the notebook's first cell: `# Title`, a sentence; then the same in italics in English, `*Title: sentence.*`.
"""

from __future__ import annotations

import filecmp
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from desk.workplace import Workplace
from inventory import offices
from inventory.problems import Problem
from reports import catalog
from reports.records import DONE, RUNNING, read_records
from reports.texts import Say

if TYPE_CHECKING:
    import pandas as pd

START = "start.ipynb"
#: Failures are told for so long, and so many of them.
RECENT = timedelta(days=30)
MOST_FAILURES = 10
_ORDER = {"html": 0, "pdf": 1, "xlsx": 2, "notebook": 3}
_STYLES = Path(__file__).parent / "start_page.css"


@dataclass(frozen=True, slots=True)
class Card:
    """A notebook: its file's name, and its first cell's title and sentence by language."""

    file: str
    titles: Mapping[str, str]
    sentences: Mapping[str, str]


class StartPage:
    """`folder`: the workspace; `reports`: where its runs are; `notebooks`: the folder that the start notebook is in."""

    def __init__(
        self, folder: Path | str, say: Say, reports: Path | str | None = None, notebooks: Path | str | None = None
    ) -> None:
        self.folder, self.say = Path(folder), say
        self.reports = Path(reports or os.environ.get("KIEMKE_REPORTS") or self.folder / "reports")
        self.notebooks = Path(notebooks or self.folder / "notebooks")

    def first_steps(self, scans: pd.DataFrame) -> None:
        """What to do before there is anything to see; nothing once something was scanned."""
        if scans["finished_at"].notna().any():
            return
        say, steps, file, there = self.say, [], self.folder / "offices.yaml", 0
        try:
            if not filecmp.cmp(file, offices.TEMPLATE, shallow=False):
                there = len(list(Workplace(self.folder, say.language).offices()))
        except Problem as problem:
            steps.append(escape(say.problem(problem)))
        except OSError:
            pass  # no such file yet: the next step is to write it
        if there:
            steps.append(escape(say("start_page.offices_there", count=there)))
        else:
            steps.append(self._with_link(say("start_page.fill_in", file="{file}"), file))
        steps.append(self._with_link(say("start_page.log_in", file="{file}"), self.folder / "credentials.yaml"))
        steps += [_coded(say(f"start_page.{step}")) for step in ("sweep", "scan", "again")]
        items = "".join(f"<li>{step}</li>" for step in steps)
        _show(f'<p class="kk-finding">{escape(say("start_page.welcome"))}</p><ol class="kk-steps">{items}</ol>')

    def failures(self, scans: pd.DataFrame) -> None:
        """Runs of reports that failed and were not made up for since, newest first; scans that did not end or could not read."""
        records = read_records(self.reports)
        items = [self._failure(record) for record in not_made_up_for(records)[:MOST_FAILURES]]
        items += [escape(sentence) for sentence in troubles(scans, self.say)]
        if items:
            _show('<ul class="kk-failures">' + "".join(f"<li>{item}</li>" for item in items) + "</ul>")
        else:
            _show(f'<p class="kk-finding">{escape(self.say("start_page.nothing_failed"))}</p>')

    def notebook_cards(self) -> None:
        """The other notebooks of the folder: those that come with the program first, then people's own."""
        _show(_listed(self._notebook_card(card) for card in cards(self.notebooks)))

    def report_cards(self) -> None:
        """Every report with its newest documents, and how to make it."""
        newest: dict[str, Mapping[str, Any]] = {}
        for record in read_records(self.reports):
            if record["status"] == DONE:
                newest.setdefault(record["report"], record)
        made = (self._report_card(report, newest.get(report.name)) for report in catalog.reports())
        _show(_listed(made))

    def frames(self) -> None:
        """The inventory's frames, and what one row of each is."""
        import pandas as pd
        from IPython.display import display

        from inventory.frames import columns

        rows = columns.vietnamese()["rows"] if self.say.language == "vi" else columns.ROWS
        listed = {
            "frame": list(columns.FRAMES),
            "row": [_plain(rows[frame]) for frame in columns.FRAMES],
            "count": [len(of_frame) for of_frame in columns.FRAMES.values()],
        }
        display(pd.DataFrame({self.say(f"start_page.column_{name}"): values for name, values in listed.items()}))

    # Parts ----------------------------------------------------------------------------------------------------------------

    def _link(self, text: str, file: Path) -> str:
        """A link that Lab opens; text alone for what is outside the workspace, which Lab's server does not reach."""
        if not file.resolve().is_relative_to(self.folder.resolve()):
            return escape(text)
        href = quote(os.path.relpath(file.resolve(), self.notebooks.resolve()))
        return f'<a href="{href}">{escape(text)}</a>'

    def _with_link(self, sentence: str, file: Path) -> str:
        before, _, after = sentence.partition("{file}")
        return _coded(before) + self._link(file.name, file) + _coded(after)

    def _failure(self, record: Mapping[str, Any]) -> str:
        say = self.say
        title = (record.get("titles") or {}).get(say.language) or record["report"]
        reason = (record.get("error") or {}).get(say.language) or say(f"index.{record['status']}")
        home = self.reports / record["folder"]
        name = (record.get("files") or {}).get("notebook")
        more = f" {self._link(say('start_page.see_notebook'), home / name)}" if name and (home / name).is_file() else ""
        at = say.moment(record["started_at"], short=True)
        return f"<time>{escape(at)}</time> <strong>{escape(str(title))}</strong>: {escape(str(reason))}{more}"

    def _notebook_card(self, card: Card) -> str:
        title = card.titles.get(self.say.language) or card.file.removesuffix(".ipynb")
        sentence = card.sentences.get(self.say.language, "")
        return f"<h3>{self._link(title, self.notebooks / card.file)}</h3><p>{escape(sentence)}</p>"

    def _report_card(self, report: catalog.Report, newest: Mapping[str, Any] | None) -> str:
        say = self.say
        made = escape(say("start_page.never_made"))
        if newest:
            home = self.reports / newest["folder"]
            files = newest.get("files") or {}
            links = [
                self._link(say(f"index.file_{kind}"), home / name)
                for kind, name in sorted(files.items(), key=lambda file: _ORDER.get(file[0], 9))
                if say.has(f"index.file_{kind}") and (home / name).is_file()
            ]
            made = escape(say("start_page.newest", at=say.moment(newest["started_at"], short=True))) + " " + " · ".join(links)
        form = self.notebooks / "report-form.ipynb"
        make = self._link(say("start_page.make"), form) + " · " if form.is_file() else ""
        return (
            f"<h3>{escape(report.title(say.language))}</h3><p>{escape(report.summary(say.language))}</p>"
            f'<p class="kk-small">{made}<br>{make}<code>kiemke report run {escape(report.name)}</code></p>'
        )


def cards(folder: Path) -> list[Card]:
    """The notebooks of a folder, but for the start page itself; those without a title in both languages come last."""
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        if path.name == START or path.name.startswith("."):
            continue
        titles, sentences = _said(path)
        found.append(Card(path.name, titles, sentences))
    return sorted(found, key=lambda card: len(card.titles) < 2)


def _said(notebook: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Title and sentence by language, as far as the first cell has them."""
    try:
        first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]
        text = "".join(first["source"]) if first["cell_type"] == "markdown" else ""
    except (OSError, ValueError, LookupError, TypeError):
        return {}, {}
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n|\n(?=#)|(?<=\S)\n(?=\S)", text.strip())]
    titles, sentences = {}, {}
    heads = [block for block in blocks if block.startswith("#")]
    if heads:
        titles["vi"] = _plain(heads[0].lstrip("# "))
    plain = [block for block in blocks if not block.startswith(("#", "*"))]
    if plain:
        sentences["vi"] = _first_sentence(_plain(plain[0]))
    english = [block.strip("*") for block in blocks if re.fullmatch(r"\*[^*].*\*", block)]
    if english and ":" in english[0]:
        title, _, sentence = english[0].partition(":")
        titles["en"] = title.strip()
        sentences["en"] = _first_sentence(_plain(sentence.strip()))
        sentences["en"] = sentences["en"][:1].upper() + sentences["en"][1:]
    return titles, sentences


def _plain(markdown: str) -> str:
    return re.sub(r"[*`]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)).strip()


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=\w)", text)[0]


def not_made_up_for(records: Sequence[Mapping[str, Any]], now: datetime | None = None) -> list[Mapping[str, Any]]:
    """Of records, newest first: those of the last `RECENT` that failed, without those whose thing was made since.

    A thing is a report, its parameters and its language.
    """
    if not records:
        return []
    moment = now or datetime.now().astimezone()
    done: set[str] = set()
    failed = []
    for record in records:
        thing = json.dumps([record["report"], record.get("parameters"), record.get("language")], sort_keys=True, default=str)
        if record["status"] == DONE:
            done.add(thing)
        elif record["status"] != RUNNING and thing not in done:
            done.add(thing)  # its newest one tells enough
            if moment - datetime.fromisoformat(record["started_at"]) <= RECENT:
                failed.append(record)
    return failed


def troubles(scans: pd.DataFrame, say: Say) -> list[str]:
    """What went wrong with the last scans: one that did not end, places where something is there and could not be read."""
    ordered = scans.sort_values("started_at", kind="stable")
    ended = ordered[ordered["finished_at"].notna()]
    told = [
        say("start_page.unfinished", at=row["started_at"])
        for row in ordered.tail(1).to_dict("records")
        if ordered["finished_at"].isna().iloc[-1]
    ]
    unread = ended.tail(1)[ended.tail(1)["failed"].fillna(0) > 0].to_dict("records")
    return told + [say("start_page.unread", count=int(row["failed"]), at=row["started_at"]) for row in unread]


def age_in_days(scans: pd.DataFrame, now: pd.Timestamp) -> int | None:
    """Whole days since the last scan ended; None where none did."""
    ended = scans["finished_at"].dropna()
    return None if ended.empty else max(0, int((now - ended.max()).days))


def _show(html: str) -> None:
    """Show it where the cell is."""
    from IPython.display import HTML, display

    display(HTML(f"<style>{_STYLES.read_text(encoding='utf-8')}</style>{html}"))


def _listed(cards_html: Iterable[str]) -> str:
    return '<ul class="kk-cards">' + "".join(f'<li class="kk-card">{card}</li>' for card in cards_html) + "</ul>"


def _coded(sentence: str) -> str:
    """Escaped text in which `this` is code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(sentence))
