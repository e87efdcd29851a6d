"""The planner's page: choose a report, fill in its form, run it, read and download it, and find the runs before.

The form is made from the report's contract (`reports.parameters`), so that it asks for what the report takes and refuses what the
command line refuses. A run is a process of its own (`desk.report_asked`).
"""

from __future__ import annotations

import asyncio
import html
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from desk import report_fields, report_files
from desk.report_asked import Asked
from desk.report_documents import Documents
from desk.report_runs import Record, Runs
from desk.workplace import Message, button
from inventory import known, offices, sources
from reports import catalog
from reports.catalog import Report
from reports.records import DONE, read_records
from reports.texts import LANGUAGES, Say, texts

_STYLE = (Path(__file__).parent / "report_form.css").read_text(encoding="utf-8")
#: A form with more fields shows so many, and the others when somebody asks for them.
_AT_FIRST, _MANY = 6, 8
#: While a run of somebody else goes on, its record is looked at this often, seconds.
_LOOK_EVERY_S = 3.0


class ReportForm(widgets.VBox):
    """`reports`: the folder of the runs. `served`: the address under which a server gives out their documents, if one does."""

    def __init__(
        self,
        workspace: Path | str,
        reports: Path | str,
        language: str = "vi",
        served: str | None = None,
        notebooks: Path = catalog.FOLDER,
    ) -> None:
        self.workspace, self.folder, self.served, self.notebooks = Path(workspace), Path(reports), served, notebooks
        self.report: Report | None = None
        self.fields: list[report_fields.Field] = []
        self.asked: Asked | None = None
        self.asked_for: Report | None = None
        self.author = ""
        self._places = itertools.count(1)
        self._looking: asyncio.TimerHandle | None = None
        super().__init__()
        self.add_class("kiemke-form")
        self.speak(language)

    @property
    def database(self) -> Path | str:
        """Raises `SourceError`."""
        return sources.workspace_database(self.workspace)

    # -- the page ------------------------------------------------------------------------------------------------------

    def speak(self, language: str) -> None:
        """Draw the page in a language; what was filled in stays."""
        filled = {field.parameter.name: self._filled(field) for field in self.fields}
        chosen, told = self.report, self.documents.told() if self.report else {}
        self.author = told.get("ran_by", self.author)
        self.say: Say = texts(language)
        self.message, self.trouble = Message(), Message()
        self.body = widgets.VBox()
        switch = [
            button(
                self.say(f"form.language_{one}"),
                f"to-{one}",
                "",
                self._speaker(one),
            )
            for one in LANGUAGES
            if one != language
        ]
        bar = widgets.HBox([widgets.HTML(f"<div class='kf-name'>{html.escape(self.say('form.name'))}</div>"), *switch])
        bar.add_class("kf-bar")
        self.children = (widgets.HTML(f"<style>{_STYLE}</style>"), bar, self.body)
        if chosen is None:
            self.choose(None)
        else:
            self.choose(chosen.name)
            self.fill(filled)
            self.documents.fill({name: told[name] for name in ("dress", "formats")})

    def _filled(self, field: report_fields.Field) -> Any:
        return field.given() if field.told() else field.value()

    def _speaker(self, language: str) -> Callable[[], None]:
        return lambda: self.guarded(lambda: self.speak(language))

    def choose(self, name: str | None) -> None:
        """The list of reports, or the form of one."""
        self.fields, self.report = [], None
        self.message.tell("")
        self.trouble.tell("")
        if name is None:
            self.body.children = (
                self._head(self.say("form.title"), self.say("form.intro")),
                self._data(),
                self.message,
                self._cards(),
            )
            return
        report = catalog.find(name, self.notebooks)
        self.report = report
        back = button(self.say("form.another"), "another", "", lambda: self.guarded(lambda: self.choose(None)))
        back.add_class("kf-back")
        head = self._head(report.title(self.say.language), report.summary(self.say.language))
        self.body.children = (
            back,
            head,
            self._data(),
            self.trouble,
            self._form(report),
            self._work(),
            self.message,
            self._result(),
            self._earlier(),
        )
        self._look()
        self._idle()

    def _head(self, title: str, text: str) -> widgets.Widget:
        """The page's first heading; the page around it takes the language and the focus from here."""
        told = f"data-kiemke-language='{self.say.language}' data-kiemke-title='{html.escape(title, quote=True)} · Kiểm Kê'"
        heading = f"<h1 tabindex='-1' {told} {self._place()}>{html.escape(title)}</h1>"
        return widgets.HTML(f"{heading}<p class='kf-lead'>{html.escape(text)}</p>")

    def _place(self) -> str:
        """Marks what is new on the page: the page around it moves there, and a screen reader reads on from there."""
        return f"data-kiemke-place='{next(self._places)}'"

    def _data(self) -> widgets.Widget:
        """Which data there are."""
        shown = widgets.HTML()
        with self.trouble.telling(self.say):
            last = known.last_scan(self.database)
            told = self.say("form.data", at=last["finished_at"]) if last else self.say("form.no_data")
            shown.value = f"<p class='kf-data'>{html.escape(told)}</p>"
        return shown

    def _places_known(self) -> report_fields.Places:
        """The offices that the inventory knows. Whom they belong to stands in their file, as long as that can be read."""
        names: Mapping[str, Sequence[str]] = {}
        above: Mapping[str, str] = {}
        with self.trouble.telling(self.say):
            names = known.offices(self.database)
        with self.trouble.telling(self.say):
            above = {office.code: office.parent for office in offices.load(self.workspace / "offices.yaml") if office.parent}
        return report_fields.Places(names, above)

    def _cards(self) -> widgets.Widget:
        cards = []
        for report in catalog.reports(self.notebooks):
            title = button(report.title(self.say.language), f"report-{report.name}", "", self._chooser(report.name))
            card = widgets.VBox([title, widgets.HTML(f"<p>{html.escape(report.summary(self.say.language))}</p>")])
            card.add_class("kf-card")
            cards.append(card)
        listed = widgets.VBox(cards)
        listed.add_class("kf-cards")
        return listed

    def _chooser(self, name: str) -> Callable[[], None]:
        return lambda: self.guarded(lambda: self.choose(name))

    def guarded(self, work: Callable[[], None]) -> None:
        """Nothing is lost in silence: where a server shows no errors of cells, they are told here."""
        try:
            with self.message.telling(self.say):
                work()
        except Exception as error:  # noqa: BLE001 - the last place where anybody can read it
            self.message.tell(self.say("form.broken", reason=f"{type(error).__name__}: {error}"[:300]), "wrong")

    # -- the form ------------------------------------------------------------------------------------------------------

    def _form(self, report: Report) -> widgets.Widget:
        say, self.places = self.say, self._places_known()
        self.fields = [report_fields.field_of(report.name, one, self.places, say, self._changed) for one in report.settable]
        grid = _grid([field.box for field in self.fields[: self._first]])
        self.others = _grid([field.box for field in self.fields[self._first :]])
        hidden = len(self.fields) - self._first
        self.unfold_button = button(say("form.unfold", count=hidden), "unfold", "", self.unfold)
        self.others.layout.display = "none"
        self.unfold_button.layout.display = "" if hidden else "none"
        self.documents = Documents(say, self.author)
        form = widgets.VBox([grid, self.unfold_button, self.others, self.documents])
        form.add_class("kf-form")
        return form

    @property
    def _first(self) -> int:
        return len(self.fields) if len(self.fields) <= _MANY else _AT_FIRST

    def unfold(self) -> None:
        """Show the fields that few need."""
        self.others.layout.display = ""
        self.unfold_button.layout.display = "none"

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values into the fields; what is not among them is as usual."""
        for field in self.fields:
            field.fill(values.get(field.parameter.name, field.parameter.default))
        if any(field.parameter.name in values and field.given() != field.parameter.default for field in self._folded):
            self.unfold()

    @property
    def _folded(self) -> list[report_fields.Field]:
        return self.fields[self._first :]

    def _changed(self) -> None:
        self.message.tell("")

    # -- the run -------------------------------------------------------------------------------------------------------

    def _work(self) -> widgets.Widget:
        say = self.say
        self.run_button = button(say("form.run"), "run", "primary", lambda: self.guarded(self.run))
        self.cancel_button = button(say("form.cancel"), "cancel", "", lambda: self.guarded(self.cancel))
        self.progress = widgets.IntProgress(min=0, max=1)
        self.progress.add_class("kiemke-progress")
        self.step = widgets.HTML()
        self.step.add_class("kiemke-step")
        self.under_way = widgets.HBox([self.progress, self.step, self.cancel_button])
        self.under_way.add_class("kf-under-way")
        work = widgets.VBox([widgets.HBox([self.run_button]), self.under_way])
        work.add_class("kf-work")
        return work

    def run(self) -> None:
        """Start a run of what is filled in; a wrong field says so instead."""
        if self.asked is not None or self.report is None:
            return
        values = report_fields.values(self.fields)
        if values is None:
            wrong = [field for field in self.fields if field.told()]
            if set(wrong) & set(self._folded):
                self.unfold()
            names = self.say.listing(report_fields.name_and_help(field.parameter, self.say)[0] for field in wrong)
            self.message.tell(self.say("form.wrong", count=len(wrong), fields=names), "wrong")
            return
        order = {"report": self.report.name, "values": dict(values), **self.documents.told()}
        self.author = order["ran_by"]
        self.message.tell("")
        self._show(None)
        self.asked_for = self.report
        self.asked = Asked(order, self.workspace, lambda what: self.guarded(lambda: self._told(what)))
        self._idle()

    def cancel(self) -> None:
        """Stop the run. Its record says so."""
        if self.asked is not None:
            self.cancel_button.disabled = True
            self._step(self.say("form.cancelling"))
            self.asked.cancel()

    def _told(self, what: Mapping[str, Any]) -> None:
        """What the run said."""
        if "cells" in what:
            done, every = what["cells"]
            self.progress.max, self.progress.value = every, done
            if not self.cancel_button.disabled:
                self._step(self.say("form.step", done=done, every=every))
            return
        self.asked = None
        self._idle()
        self._look()
        if "refused" in what:
            self.message.tell(what["refused"][self.say.language], "wrong")
        elif "cancelled" in what:
            self.message.tell(self.say("form.cancelled"))
        elif "broken" in what:
            self.message.tell(self.say("form.broken", reason=what["broken"]), "wrong")
        else:
            self._ended(what["run"], what["status"])

    def _ended(self, run: str, status: str) -> None:
        """Show what came of a run, or tell it to who looks at another report meanwhile."""
        assert self.asked_for is not None
        if self.report is not None and self.report.name == self.asked_for.name:
            self._show(next((record for record in self.records() if record["run"] == run), None))
        else:
            key = "form.done_elsewhere" if status == DONE else "form.failed_elsewhere"
            told = self.say(key, report=self.asked_for.title(self.say.language))
            self.message.tell(told, "done" if status == DONE else "wrong")

    def _idle(self) -> None:
        """Buttons as they are with a run under way, or without one."""
        busy = self.asked is not None
        self.run_button.disabled, self.cancel_button.disabled = busy, False
        self.under_way.layout.display = "" if busy else "none"
        self.progress.value = 0
        self._step(self.say("form.starting") if busy else "")

    def _step(self, text: str) -> None:
        elsewhere = self.asked_for if self.asked_for and self.report and self.asked_for.name != self.report.name else None
        if text and elsewhere:
            text = f"{elsewhere.title(self.say.language)}: {text}"
        self.step.value = f"<p role='status'>{html.escape(text)}</p>" if text else ""

    # -- what came of it, now and before -------------------------------------------------------------------------------

    def _result(self) -> widgets.Widget:
        self.result = widgets.HTML()
        self.result.add_class("kiemke-result")
        return self.result

    def _show(self, record: Record | None) -> None:
        """A run on the page: its sentence, its documents."""
        if record is None:
            self.result.value = ""
            return
        say, done = self.say, record["status"] == DONE
        told = say("form.done", at=record["finished_at"]) if done else (record.get("error") or {}).get(say.language, "")
        head = say("form.result") if done else say("form.failed")
        parts = [
            f"<h2 tabindex='-1' {self._place()}>{html.escape(head)}</h2>",
            f"<p class='kf-{'done' if done else 'error'}'>{html.escape(told)}</p>",
        ]
        if not done:
            parts.append(f"<p class='kf-help'>{html.escape(say('form.kept', folder=self.folder / record['folder']))}</p>")
        parts.append(report_files.downloads(self.folder, record, say, self.served))  # also of a run whose other document failed
        parts.append(report_files.document(self.folder, record, say))
        self.result.value = "".join(parts)

    def _earlier(self) -> widgets.Widget:
        assert self.report is not None
        opens, fills = self._opening(self._show), self._opening(self._fill_again)
        self.runs = Runs(self.report, self.places, self.folder, self.served, self.say, opens, fills)
        return self.runs

    def _opening(self, does: Callable[[Record], None]) -> Callable[[Record], None]:
        return lambda record: self.guarded(lambda: does(record))

    def _fill_again(self, record: Record) -> None:
        self.fill(record["parameters"])
        self.documents.fill(record)
        self.message.tell(self.say("form.refilled", at=record["started_at"]))

    def records(self) -> list[Record]:
        """The runs of this report, newest first."""
        return [record for record in read_records(self.folder) if self.report and record["report"] == self.report.name]

    def _look(self) -> None:
        """Look at the records, and again while somebody's run goes on."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if self.report is None:
            return
        self.runs.show(self.records())
        if self.runs.running:
            try:
                self._looking = asyncio.get_running_loop().call_later(_LOOK_EVERY_S, lambda: self.guarded(self._look))
            except RuntimeError:  # no kernel
                self._looking = None


def _grid(boxes: list[widgets.Widget]) -> widgets.Widget:
    grid = widgets.VBox(boxes)
    grid.add_class("kf-grid")
    return grid
