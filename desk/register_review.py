"""The desk on which people say which device a line of a register is, where the matching is not sure."""

from __future__ import annotations

import getpass
import html
from pathlib import Path

import ipywidgets as widgets
import pandas as pd

from desk.workplace import Message, Workplace, button, table
from inventory.deciding import Deciding, parse_asset, parse_device
from inventory.registers import review
from inventory.registers.matches import match_registers
from inventory.registers.review import Question
from reports.texts import is_missing


class RegisterReview(widgets.VBox):
    """One question after the other: the line, the device, why; yes, no, or another one. Every answer is a decision."""

    def __init__(self, folder: Path | str, language: str = "vi", office: str = "") -> None:
        self.place = Workplace(folder, language)
        say = self.place.say
        wide = {"layout": widgets.Layout(width="auto", min_width="28em"), "style": {"description_width": "10em"}}
        self.offices = {code: name for name, code in self.place.office_choices("")}
        self.author = widgets.Text(value=_login(), description=say("desk.author"), **wide)
        self.office = widgets.Dropdown(
            options=self.place.office_choices(say("desk.all_offices")), value=office, description=say("desk.office"), **wide
        )
        self.reason = widgets.Text(description=say("desk.reason"), placeholder=say("desk.reason_hint"), **wide)
        self.other = widgets.Dropdown(options=[], description=say("desk.another"), **wide)
        self.where = widgets.HTML()
        self.sides = widgets.HTML()
        self.message = Message()
        self.yes_button = button(say("desk.yes"), "yes", "success", self.yes)
        self.no_button = button(say("desk.no"), "no", "danger", self.no)
        self.other_button = button(say("desk.choose"), "choose", "warning", self.choose)
        self.skip_button = button(say("desk.skip"), "skip", "", self.skip)
        self.again_button = button(say("desk.match_again"), "again", "info", self.again)
        for part, name in ((self.author, "author"), (self.reason, "reason"), (self.other, "other"), (self.where, "where")):
            part.add_class(f"kiemke-{name}")
        self.office.observe(lambda _: self.load(), "value")
        self.other.observe(lambda _: self._show_sides(), "value")
        answers = widgets.HBox([self.yes_button, self.no_button, self.skip_button])
        another = widgets.HBox([self.other, self.other_button])
        super().__init__(
            [
                self.author,
                self.office,
                self.where,
                self.sides,
                self.reason,
                answers,
                another,
                self.message,
                widgets.HBox([self.again_button]),
            ]
        )
        self.load()

    # -- questions ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """The questions of the last matching; the first is shown."""
        inventory, office = self.place.inventory, self.office.value or None
        self.message.tell("")
        self.questions: list[Question] = []
        self.at = 0
        with self.message.telling(self.place.say):
            self.matches, self.assets = inventory.matches(office=office), inventory.assets(office=office)
            self.network = review.on_the_network(inventory.devices(), inventory.endpoints())
            self.questions = review.questions(self.matches, self.assets)
        self._show()

    @property
    def question(self) -> Question | None:
        return self.questions[self.at] if self.at < len(self.questions) else None

    def skip(self) -> None:
        self.at += 1
        self.message.tell("")
        self._show()

    def again(self) -> None:
        """Match registers and network again, under what was decided."""
        with self.message.telling(self.place.say), self.place.engine() as engine:
            match_registers(engine)
        self.load()

    # -- answers -----------------------------------------------------------------------------------------------------

    def yes(self) -> None:
        """The line is this device."""
        if self.question is not None:
            self._decide(self.question, self.question.thing, same=True)

    def no(self) -> None:
        """The line is not this device."""
        if self.question is not None:
            self._decide(self.question, self.question.thing, same=False)

    def choose(self) -> None:
        """The line is another device: the one that is chosen."""
        if self.question is not None and self.other.value:
            self._decide(self.question, self.other.value, same=True)

    def _decide(self, question: Question, thing: str, *, same: bool) -> None:
        say = self.place.say
        with self.message.telling(say), self.place.engine() as engine:
            deciding = Deciding(engine, self.author.value, self.reason.value)
            asset, unit = parse_asset(question.name)
            device, mac = (None, thing) if ":" in thing else (parse_device(thing), None)
            decision = (deciding.match if same else deciding.unmatch)(asset, unit, device, mac)
            self.at += 1
            self.reason.value = ""
            self._show()
            key = "desk.decided_yes" if same else "desk.decided_no"
            self.message.tell(say(key, number=decision.id, asset=question.name, thing=thing), "done")

    # -- showing -----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        say, question = self.place.say, self.question
        for part in (self.yes_button, self.no_button, self.other_button, self.skip_button):
            part.disabled = question is None
        if question is None:
            key = "desk.no_match_yet" if self.matches_missing else "desk.no_questions"
            self.where.value, self.sides.value, self.other.options = f"<p>{html.escape(say(key))}</p>", "", []
            return
        named = [(self._label(thing), thing) for thing in review.candidates(question, self.matches, self.network)]
        self.other.options = [(say("desk.nothing_chosen"), ""), *named]
        told = say("desk.question", at=self.at + 1, count=len(self.questions), confidence=question.confidence)
        self.where.value = f"<h4>{html.escape(told)}</h4><p>{html.escape(say.told(question.reason))}</p>"
        self._show_sides()

    @property
    def matches_missing(self) -> bool:
        return bool(self.matches["asset"].isna().all()) and not self.assets.empty

    def _show_sides(self) -> None:
        question = self.question
        if question is None:
            return
        say = self.place.say
        things = [question.thing, *([self.other.value] if self.other.value else [])]
        compared = review.side_by_side(question, things, self.assets, self.network)
        head = ["", f"{say('desk.line')} {question.name}", *things]
        rows = [
            (
                say(f"desk.compared.{field}"),
                self._said(field, row[0], "asset_state"),
                *(self._said(field, one, "state") for one in row[1:]),
            )
            for field, row in zip(compared.index, compared.to_numpy(), strict=True)
        ]
        self.sides.value = table(head, rows)

    def _label(self, thing: str) -> str:
        there = self.network[self.network["thing"] == thing].iloc[0]
        told = (there[name] for name in ("sys_name", "vendor", "model", "address", "office"))
        return " · ".join([thing, *(str(one) for one in told if not is_missing(one))])

    def _said(self, field: str, value: object, states: str) -> str:
        """A value of one side in the reader's words; `states`: the section of the texts that says a state."""
        say = self.place.say
        if is_missing(value):
            return ""
        if isinstance(value, pd.Timestamp):
            return say.date(value)
        if field == "kind":
            return say.kind(value)
        if field == "state":
            return say.word(states, value)
        return self.offices.get(str(value), str(value)) if field == "office" else str(value)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a name for its user
        return ""
