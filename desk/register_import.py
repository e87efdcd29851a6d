"""The desk on which a purchase register is looked at, corrected and imported."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from pathlib import Path

import ipywidgets as widgets

from desk.workplace import Message, Workplace, button, table
from inventory.registers import recognised
from inventory.registers.imports import Difference
from inventory.registers.intake import SUFFIXES, Intake, IntakeError, Issue, files_of
from inventory.registers.records import FIELDS
from reports import register_words

#: Where uploaded files are put, and looked for first.
FOLDER = "registers"
#: Lines of each kind of change that are shown.
_SHOWN = 20


class RegisterImport(widgets.VBox):
    """Choose a file and an office, see what is recognised, correct it, see what would change, import."""

    def __init__(self, folder: Path | str, language: str = "vi", office: str = "") -> None:
        self.place = Workplace(folder, language)
        say = self.place.say
        self.issue: Issue | None = None
        self.told: dict[str, str] = {}  # heading -> field, as a person chose it here
        wide = {"layout": widgets.Layout(width="auto", min_width="28em"), "style": {"description_width": "8em"}}
        self.file = widgets.Dropdown(options=self._files(), description=say("desk.file"), **wide)
        self.upload = widgets.FileUpload(accept=",".join(SUFFIXES), multiple=False, description=say("desk.upload"))
        choices = self.place.office_choices(say("desk.office_as_told"))
        self.office = widgets.Dropdown(options=choices, value=office, description=say("desk.office"), **wide)
        self.books = widgets.Text(description=say("desk.books"), placeholder=say("desk.books_hint"), **wide)
        scales = [(say(f"desk.scale_{scale}"), scale) for scale in (0, 1, 1_000, 1_000_000)]
        self.scale = widgets.Dropdown(options=scales, value=0, description=say("desk.scale"), **wide)
        self.columns = widgets.VBox()
        self.outcome = widgets.HTML()
        self.message = Message()
        self.sure = widgets.Checkbox(value=False, description=say("desk.sure"), indent=False)
        self.sure.layout.display = "none"
        self.look_button = button(say("desk.look"), "look", "info", self.look)
        self.store_button = button(say("desk.store"), "store", "success", self.store)
        self.store_button.disabled = True
        for part, name in (
            (self.file, "file"),
            (self.office, "office"),
            (self.books, "books"),
            (self.scale, "scale"),
            (self.sure, "sure"),
        ):
            part.add_class(f"kiemke-{name}")
        self.upload.observe(self._uploaded, "value")
        for part in (self.file, self.office):
            part.observe(self._another, "value")
        self.sure.observe(lambda _: self._allow(), "value")
        first = widgets.HBox([self.file, self.upload])
        last = widgets.HBox([self.store_button, self.sure])
        super().__init__(
            [
                first,
                self.office,
                self.books,
                self.scale,
                widgets.HBox([self.look_button]),
                self.columns,
                self.outcome,
                last,
                self.message,
            ]
        )

    def look(self) -> None:
        """Read the file with the columns as they stand, and show what an import would change."""
        say = self.place.say
        self.message.tell("")
        self.issue = None
        self._allow()
        if not self.file.value:
            self.message.tell(say("desk.no_file", folder=self.place.folder / FOLDER), "wrong")
            return
        with self.message.telling(say), self.place.engine() as engine:
            intake = Intake(engine, self.place.offices(), self.office.value or None)
            issue = intake.read(Path(self.file.value), self.told, self.scale.value or None, confirmed=True)
            issue = intake.together([issue], self.books.value.strip() or None)[0]
            difference = intake.compare(issue)
            self.issue = issue
            self.books.value = issue.books
            self._show_columns(issue)
            self._show(difference)

    def store(self) -> None:
        """Import what was looked at."""
        say = self.place.say
        if self.issue is None:
            return
        with self.message.telling(say), self.place.engine() as engine:
            done = Intake(engine, self.place.offices(), self.office.value or None).store(self.issue)
            key = "desk.unchanged" if done.nothing else "desk.stored"
            counts = {"added": len(done.added) + len(done.returned), "changed": len(done.changed), "ended": len(done.ended)}
            self.message.tell(say(key, books=done.books, **counts), "done")
            self.issue = None
            self._allow()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _files(self) -> list[tuple[str, str]]:
        folder = self.place.folder / FOLDER
        try:
            found = files_of([folder]) if folder.is_dir() else []
        except IntakeError:  # an empty folder
            found = []
        return [(str(path.relative_to(folder)), str(path)) for path in found]

    def _uploaded(self, _: object) -> None:
        folder = self.place.folder / FOLDER
        folder.mkdir(exist_ok=True)
        for one in self.upload.value:
            path = folder / Path(one["name"]).name  # a name, never a way out of the folder
            if path.suffix.lower() not in SUFFIXES:
                self.message.tell(self.place.say("desk.not_a_register", file=path.name), "wrong")
                continue
            path.write_bytes(bytes(one["content"]))
            self.file.options = self._files()
            self.file.value = str(path)

    def _another(self, _: object) -> None:
        """Another file or office: what was shown is of the one before."""
        self.issue = None
        self.told = {}
        self.columns.children = ()
        self.outcome.value = ""
        self.books.value = ""
        self.message.tell("")
        self._allow()

    def _show_columns(self, issue: Issue) -> None:
        say = self.place.say
        choices = [(say("register.no_field"), Intake.NONE), *((say.word("register_field", field), field) for field in FIELDS)]
        grid = widgets.Layout(grid_template_columns="4em minmax(10em, 22em) 16em minmax(10em, 1fr)", grid_gap="0 1em")
        names = ("column", "heading", "meaning", "samples")
        parts: list[widgets.Widget] = []
        for layout in recognised.layouts(issue.register):
            head = [widgets.HTML(f"<b>{html.escape(say(f'register.column_{name}'))}</b>") for name in names]
            cells = [cell for column in layout.columns for cell in self._row(column, choices)]
            parts.append(widgets.HTML(html.escape(register_words.layout(say, issue.register.file, layout))))
            parts.append(widgets.GridBox([*head, *cells], layout=grid))
        self.columns.children = parts

    def _row(self, column: recognised.Column, choices: list[tuple[str, str]]) -> Iterator[widgets.Widget]:
        """One column: where it stands, its heading, what it holds (to choose), examples."""
        chosen = widgets.Dropdown(options=choices, value=column.field or Intake.NONE, layout=widgets.Layout(width="auto"))
        chosen.add_class("kiemke-field")
        if column.doubtful:
            chosen.add_class("kiemke-doubtful")
            chosen.layout.border = "2px solid #bf8700"

        def choose(change: dict[str, str]) -> None:
            self.told[column.name] = change["new"]
            self.look()

        chosen.observe(choose, "value")
        doubt = f" <b title='{html.escape(self.place.say('desk.doubtful'))}'>?</b>" if column.doubtful else ""
        yield widgets.HTML(html.escape(column.letter))
        yield widgets.HTML(html.escape(column.heading) + doubt)
        yield chosen
        yield widgets.HTML(html.escape(register_words.samples(self.place.say, column)))

    def _show(self, found: Difference) -> None:
        say = self.place.say
        assert self.issue is not None
        whole = recognised.total(self.issue.register.lines)
        parts = [say("desk.sum", lines=whole.lines, units=whole.units, value=whole.value_vnd)]
        if self.issue.office != (self.office.value or None):
            parts.append(say("register.office_by_name", file=found.file, office=self.issue.office))
        parts.extend(say.told(note) for note in self.issue.register.notes)
        doubts = []
        if found.last_import is not None:
            parts.append(say("desk.last", books=found.books, day=register_words.day(found.last_import)))
        if found.superseded is not None and not found.nothing:
            doubts.append(say("desk.superseded", day=register_words.day(found.superseded)))
        if found.many_end:
            doubts.append(say("desk.many_end", ended=len(found.ended), stood=found.stood))
        counts = register_words.counts(say, found)
        changes = register_words.changes(say, found)
        rejected = [(one.sheet, one.cell, say.told(one.reason), one.text) for one in found.rejected]
        self.outcome.value = "".join(
            (
                *(f"<p>{html.escape(part)}</p>" for part in parts),
                *(f"<p><b>{html.escape(doubt)}</b></p>" for doubt in doubts),
                table(list(counts), [list(counts.values())]),
                self._listed(changes[:_SHOWN], "change", "asset", "sheet", "row", "code", "name", "values"),
                f"<p>{html.escape(say('register.more', count=len(changes) - _SHOWN))}</p>" if len(changes) > _SHOWN else "",
                f"<p><b>{html.escape(say('register.rejected_title'))}</b></p>" if rejected else "",
                self._listed(rejected, "sheet", "cell", "reason", "text"),
            )
        )
        self.sure.value = False
        self.sure.layout.display = "" if doubts else "none"
        self._allow()

    def _listed(self, rows: Sequence[Sequence[object]], *names: str) -> str:
        return table([self.place.say(f"register.column_{name}") for name in names], rows) if rows else ""

    def _allow(self) -> None:
        """Importing is possible when something was looked at, and its doubts are settled."""
        waiting = self.sure.layout.display != "none" and not self.sure.value
        self.store_button.disabled = self.issue is None or waiting
