"""What is to be made of a report, below its form: which documents, in which language and dress, in whose name."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from desk.report_fields import label
from reports import to_pdf
from reports.run import DRESSES, formats_here
from reports.texts import LANGUAGES, Say

#: So long a name is taken.
_LONGEST_NAME = 80


class Documents(widgets.VBox):
    """The page itself is always made: it is what the page shows. `told` is what a person chose, as an order has it."""

    def __init__(self, say: Say, ran_by: str = "") -> None:
        self.ticks = {
            kind: widgets.Checkbox(value=True, description=say(f"form.also_{kind}"), indent=False)
            for kind in formats_here()
            if kind != "html"
        }
        self.language = widgets.Dropdown(
            options=[(say(f"index.in_{one}"), one) for one in LANGUAGES],
            value=say.language,
            description=say("form.document_language"),
        )
        self.dress = widgets.Dropdown(
            options=[(say.word("form.dress", one), one) for one in DRESSES], description=say("form.dress_title")
        )
        self.who = widgets.Text(value=ran_by, continuous_update=False, **label(say("form.who"), say("form.who_help")))
        named = {"language": self.language, "dress": self.dress, "who": self.who}
        for name, control in (named | {f"also-{kind}": tick for kind, tick in self.ticks.items()}).items():
            control.add_class(f"kiemke-{name}")
        lacking = to_pdf.missing()
        why = f"<p class='kf-help'>{html.escape(say.problem(lacking))}</p>" if lacking else ""
        title, text = html.escape(say("form.documents")), html.escape(say("form.documents_help"))
        head = widgets.HTML(f"<h2>{title}</h2><p class='kf-help'>{text}</p>{why}")
        grid = widgets.VBox([boxed(self.who), boxed(self.language), *([] if lacking else [boxed(self.dress)])])
        grid.add_class("kf-grid")
        super().__init__([head, boxed(widgets.VBox([*self.ticks.values()])), grid])

    def told(self) -> dict[str, Any]:
        return {
            "language": self.language.value,
            "dress": self.dress.value,
            "formats": ["html", *(kind for kind, tick in self.ticks.items() if tick.value)],
            "ran_by": self.who.value.strip()[:_LONGEST_NAME],
        }

    def fill(self, told: Mapping[str, Any]) -> None:
        """As it was told before, or as a run's record has it. What there is no more, or never was, stays as it is."""
        for control, name in ((self.language, "language"), (self.dress, "dress")):
            if told.get(name) in [value for _, value in control.options]:
                control.value = told[name]
        if isinstance(told.get("formats"), list):
            for kind, tick in self.ticks.items():
                tick.value = kind in told["formats"]


def boxed(control: widgets.Widget) -> widgets.Widget:
    box = widgets.VBox([control])
    box.add_class("kf-field")
    return box
