"""Earlier runs of a report: when, by whom, with what, and how they ended; to open, to download, to fill in again."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from desk import report_files
from desk.report_fields import Places, name_and_help
from desk.workplace import button
from reports import given_out
from reports.about import setting
from reports.catalog import Report
from reports.records import RUNNING
from reports.texts import Say

#: So many are shown first, and more each time that somebody asks.
SHOWN = 5

Record = Mapping[str, Any]


class Runs(widgets.VBox):
    """`records` as `reports.run.read_records` gives them; `opens` and `fills` are called with one of them."""

    def __init__(
        self,
        report: Report,
        places: Places,
        folder: Path,
        served: str | None,
        say: Say,
        opens: Callable[[Record], None],
        fills: Callable[[Record], None],
    ) -> None:
        self.report, self.places, self.folder, self.served, self.say = report, places, folder, served, say
        self.opens, self.fills = opens, fills
        self.count = SHOWN
        self.records: tuple[Record, ...] = ()
        super().__init__()
        self.add_class("kf-runs")

    def show(self, records: Sequence[Record]) -> None:
        if tuple(records) != self.records or not self.children:
            self.records = tuple(records)
            self._draw()

    @property
    def running(self) -> bool:
        return any(record["status"] == RUNNING for record in self.records)

    def _draw(self) -> None:
        say, head = self.say, widgets.HTML(f"<h2>{html.escape(self.say('form.earlier'))}</h2>")
        if not self.records:
            self.children = (head, widgets.HTML(f"<p>{html.escape(say('form.none_yet'))}</p>"))
            return
        rows = [self._row(record) for record in self.records[: self.count]]
        rest = len(self.records) - self.count
        more = [button(say("form.more_runs", count=rest), "more-runs", "", self._more)] if rest > 0 else []
        self.children = (head, *rows, *more)

    def _more(self) -> None:
        self.count += 2 * SHOWN
        self._draw()

    def _row(self, record: Record) -> widgets.Widget:
        say = self.say
        try:
            told = self._told(record)
            given = given_out.files(self.folder, record)
            # Where nobody serves them they are held in the links: only of the run that is opened.
            links = report_files.downloads(self.folder, record, say, self.served) if self.served is not None else ""
        except (LookupError, TypeError, ValueError, AttributeError, OSError):  # a record of another program, or half a folder
            return widgets.HTML(f"<p>{html.escape(say('form.unreadable', folder=str(record['folder'])))}</p>")
        parts: list[widgets.Widget] = []
        if given:
            parts.append(button(say("form.open"), "open-run", "", lambda: self.opens(record)))
        parts += [button(say("form.refill"), "refill", "", lambda: self.fills(record)), widgets.HTML(links)]
        row = widgets.VBox([widgets.HTML(told), widgets.HBox(parts)])
        row.add_class("kf-run")
        return row

    def _told(self, record: Record) -> str:
        say, status = self.say, str(record["status"])
        heads = [say.moment(record["started_at"]), str(record.get("ran_by") or ""), say(f"index.in_{record['language']}")]
        told = f"<p class='kf-run-head'><b class='kf-{html.escape(status)}'>{html.escape(say.word('index', status))}</b> "
        told += html.escape(" · ".join(filter(None, heads))) + "</p>"
        if settings := differing(self.report, self.places, record, say):
            told += f"<p class='kf-help'>{html.escape(settings)}</p>"
        if record.get("error"):
            told += f"<p class='kf-error'>{html.escape(record['error'][say.language])}</p>"
        return told


def differing(report: Report, places: Places, record: Record, say: Say) -> str:
    """The values of a run that are not the usual ones, in words, by the names that the form's fields have."""
    declared = {parameter.name: parameter for parameter in report.settable}
    told = []
    for item in record["settings"]:
        parameter, value = declared.get(item["name"]), item["value"]
        if parameter is None or value == parameter.default:
            continue
        if parameter.hint == "office":
            codes = value if isinstance(value, list) else [value]
            words = "; ".join(places.named(code, say) for code in codes)
        else:
            words = setting(parameter.name, parameter.hint, value, say)
        told.append(f"{name_and_help(parameter, say)[0]}: {words}")
    return " · ".join(told)
