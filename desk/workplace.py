"""What every desk needs: a workspace's inventory, the language, and parts of pages."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
from sqlalchemy.engine import Engine

from inventory import offices
from inventory.database import open_database
from inventory.offices import Offices
from inventory.problems import Problem
from inventory.sources import workspace_database
from reports.texts import Say, texts

if TYPE_CHECKING:
    from inventory.frames import Inventory

#: A message's colour, by what it is.
_COLOURS = {"done": "#1a7f37", "wrong": "#b42318", "note": "#57606a"}


class Workplace:
    """A workspace's inventory and offices, and who speaks."""

    def __init__(self, folder: Path | str, language: str) -> None:
        self.folder = Path(folder)
        self.say: Say = texts(language)

    @cached_property
    def inventory(self) -> Inventory:
        from inventory.frames import Inventory  # here: who only fills in a form need not wait for pandas

        return Inventory(self.folder)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        engine = open_database(workspace_database(self.folder))
        try:
            yield engine
        finally:
            engine.dispose()

    def offices(self) -> Offices:
        return offices.load(self.folder / "offices.yaml")

    def office_choices(self, first: str) -> list[tuple[str, str]]:
        """(name, code) of every office, `first` with an empty code before them."""
        named = [(one.name_vi if self.say.language == "vi" else one.name_en, one.code) for one in self.offices()]
        return [(first, ""), *((f"{name} ({code})", code) for name, code in named)]


class Message(widgets.HTML):
    """One sentence: what was done, or what is wrong."""

    def tell(self, text: str, kind: str = "note") -> None:
        self.value = f'<p class="kiemke-{kind}" style="color:{_COLOURS[kind]}">{html.escape(text)}</p>' if text else ""

    @contextmanager
    def telling(self, say: Say) -> Iterator[None]:
        """What goes wrong inside is told in words."""
        try:
            yield
        except Problem as problem:
            self.tell(say.problem(problem), "wrong")


_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 4px"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """HTML of a table of texts; everything is escaped."""
    top = "".join(f"<th style='{_CELL};border-bottom:1px solid #888'>{html.escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>"
        + "".join(f"<td style='{_CELL};border-bottom:1px solid #ddd'>{html.escape(str(cell))}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    style = "border-collapse:collapse;line-height:1.4"
    return f"<table class='kiemke-table' style='{style}'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def button(text: str, name: str, style: str, does: Callable[[], None]) -> widgets.Button:
    """A button; `name` is a class on the page, by which it is found."""
    made = widgets.Button(description=text, button_style=style, tooltip=text, layout=widgets.Layout(width="auto"))
    made.add_class(f"kiemke-{name}")
    made.on_click(lambda _: does())
    return made
