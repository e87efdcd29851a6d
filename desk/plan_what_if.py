"""The desk on which people try other money and other rules for the replacement plan, and ask about one thing."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import ipywidgets as widgets
import pandas as pd

from analysis import figures, words
from analysis.replacement import Candidates, Plan, Terms, decide
from analysis.replacement.explanations import Asked
from analysis.replacement.relaxation import Impossible
from analysis.replacement.solving import GAP, QUICK
from desk import plan_answers as answers
from desk.plan_table import changes_table, plan_table
from desk.problems import DeskProblem
from desk.soon import Soon
from desk.workplace import Message, button
from inventory.registers.files.cells import Cell
from inventory.registers.values import amount
from reports import markup, show
from reports.texts import Say, texts

#: How near to the best a plan is at least that is made while somebody moves a slider, so that it is there within two seconds
#: (`benchmarks.what_if`): with up to five years, and with more or with fair
#: shares.
SLIDING, SLIDING_LONG = 5e-3, 2e-2
MILLION = 1_000_000
#: Dong that may be typed: a budget, and an hour of work.
MOST_BUDGET, MOST_HOUR = 10**13, 10**7


class PlanWhatIf(widgets.VBox):
    """Terms, the plan by them, what changed against the plan before, and questions about one thing.

    `plan` is the answer on the page. `candidates`: everything that may be bought (`analysis.frames.candidates_of`).
    """

    def __init__(
        self, candidates: Candidates, offices: pd.DataFrame, language: str = "vi", usual: Terms | None = None, about: str = ""
    ) -> None:
        self.candidates, self.offices, self.about = candidates, offices, about
        self.say: Say = texts(language)
        self.plan: Plan | None = None
        self.before: Plan | None = None
        self.message = Message()
        if not candidates.things:
            super().__init__([self.message])
            self.message.tell(self.say("what_if.nothing"))
            return
        self.soon = Soon(self.solve)
        named = words.with_offices(offices, offices, self.say)
        self.places = dict(zip(named["office"], named["office_name"], strict=True))
        super().__init__([self._terms(usual or Terms(400 * MILLION)), self._answer(), self._questions()])
        self.solve()

    # -- terms ---------------------------------------------------------------------------------------------------------

    def _terms(self, usual: Terms) -> widgets.Widget:
        say = self.say
        look = {"layout": widgets.Layout(width="34em"), "style": {"description_width": "17em"}}
        late = {"continuous_update": False, **look}
        budgets = [usual.budgets] if isinstance(usual.budgets, int) else list(usual.budgets)
        hour = self.candidates.person_hour_vnd if usual.person_hour_vnd is None else usual.person_hour_vnd
        self.budget = widgets.Text(
            value="; ".join(say.number(b) for b in budgets), description=say("what_if.budget"), **late,
            tooltip=say("what_if.budget_hint"),
        )  # fmt: skip
        self.slider = widgets.IntSlider(
            value=budgets[0] // MILLION, min=0, max=self._most(), step=10, description=say("what_if.slider"), **late
        )
        self.years = widgets.IntSlider(value=usual.years, min=1, max=10, description=say("what_if.years"), **late)
        self.hour = widgets.Text(value=say.number(round(hour)), description=say("what_if.hour"), **late)
        ticked = {"layout": widgets.Layout(width="34em"), "indent": False}
        self.carry_over = widgets.Checkbox(value=usual.carry_over, description=say("what_if.carry_over"), **ticked)
        self.core_first = widgets.Checkbox(value=usual.core_first, description=say("what_if.core_first"), **ticked)
        shares = {"min": 0.0, "step": 0.05, "readout_format": ".0%", **late}
        self.minimum = widgets.FloatSlider(value=usual.minimum, max=1.0, description=say("what_if.minimum"), **shares)
        self.reserve = widgets.FloatSlider(value=usual.reserve, max=0.5, description=say("what_if.reserve"), **shares)
        self.fairness = widgets.FloatSlider(value=usual.fairness, max=1.0, description=say("what_if.fairness"), **shares)
        self.usual = usual
        left = (self.budget, self.slider, self.years, self.hour)
        right = (self.minimum, self.reserve, self.fairness, self.carry_over, self.core_first)
        for control, name in ((self.budget, "budget"), (self.slider, "slider"), (self.years, "years"), (self.hour, "hour")):
            control.add_class(f"kiemke-{name}")
        self.slider.observe(lambda _: self._slid(), "value")
        self.budget.observe(lambda _: self._typed(), "value")
        for control in (*left[2:], *right):
            control.observe(lambda _: self._changed(), "value")
        self.exact_button = button(say("what_if.exact"), "exact", "", self.exact)
        return widgets.VBox(
            [
                widgets.HBox([widgets.VBox(left), widgets.VBox(right)], layout=widgets.Layout(flex_flow="row wrap")),
                widgets.HBox([self.exact_button, self.message]),
            ]
        )

    def _most(self) -> int:
        """Where the slider ends, in million dong: a third of what everything costs that falls due within five years."""
        due = [bool(years.any()) for years in self.candidates.due[:, :5]]
        total = sum(thing.price for thing, may in zip(self.candidates.things, due, strict=True) if may and not thing.ruled_out)
        return max(-(-total // (3 * 100 * MILLION)) * 100, 1000)

    def _slid(self) -> None:
        """The slider speaks unless it was the text that moved it."""
        try:
            there = self._dong(self.budget, MOST_BUDGET)[0]
        except DeskProblem:
            there = -1
        if self._at(there) != self.slider.value:
            self.budget.value = self.say.number(self.slider.value * MILLION)

    def _typed(self) -> None:
        with suppress(DeskProblem):  # `solve` tells it
            self.slider.value = self._at(self._dong(self.budget, MOST_BUDGET)[0])
        self._changed()

    def _at(self, dong: int) -> int:
        """Where the slider stands for a sum."""
        return min(round(dong / MILLION / 10) * 10, self.slider.max) if dong >= 0 else -1

    def _dong(self, field: widgets.Text, most: int) -> list[int]:
        """The amounts in a field, apart by semicolons. Raises DeskProblem for what is none."""
        found = []
        for text in field.value.split(";"):
            dong = amount(Cell(text, text))
            if not isinstance(dong, int):
                raise DeskProblem("desk_not_dong", field=field.description, text=text.strip()[:60])
            if dong > most:
                raise DeskProblem("desk_too_much", field=field.description, text=text.strip()[:60], most=most)
            found.append(dong)
        return found

    def terms(self) -> Terms:
        """What is asked for. Raises DeskProblem."""
        return Terms(
            self._dong(self.budget, MOST_BUDGET),
            self.years.value,
            carry_over=self.carry_over.value,
            price_growth=self.usual.price_growth,
            person_hour_vnd=float(self._dong(self.hour, MOST_HOUR)[0]),
            reserve=round(self.reserve.value, 2),
            core_first=self.core_first.value,
            minimum=round(self.minimum.value, 2),
            fairness=round(self.fairness.value, 2),
        )

    # -- the answer ----------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self.message.tell(self.say("what_if.working"))
        self.soon()

    def solve(self, gap: float | None = None) -> None:
        """The plan by the terms on the page; where these are wrong, the plan before stays."""
        with self._telling():
            terms = self.terms()
            quick = SLIDING if terms.years <= 5 and not terms.fairness else SLIDING_LONG
            found = decide(self.candidates, terms, gap=quick if gap is None else gap)
            self.before, self.plan = self.plan, found
            self.message.tell("")
            self._show(found)

    def exact(self) -> None:
        """The same terms, searched to the end."""
        self.message.tell(self.say("what_if.working_long"))
        self.solve(GAP)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            with self.message.telling(self.say):
                yield
        except Impossible:
            self.message.tell(self.say("what_if.impossible"), "wrong")

    def _answer(self) -> widgets.Widget:
        self.figures, self.findings, self.accuracy = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.picture, self.changes, self.table = widgets.HTML(), widgets.HTML(), widgets.HTML()
        for part, name in (
            (self.figures, "figures"), (self.findings, "findings"), (self.accuracy, "accuracy"), (self.changes, "changes"),
            (self.table, "items"),
        ):  # fmt: skip
            part.add_class(f"kiemke-{name}")
        return widgets.VBox([self.figures, self.findings, self.accuracy, self.changes, self.picture, self.table])

    def _show(self, plan: Plan) -> None:
        say, years = self.say, plan.years
        self.names = answers.called(plan.items, self.offices, say)
        short = answers.shortages(plan, self.names, self.places, say)
        waiting = plan.items[(plan.items["why"] == "budget") & (plan.items["part"] == "device")]
        self.figures.value = markup.key_figures(
            [
                (say.number(len(plan.chosen)), say("replacement_plan.items"), False),
                (say.dong(int(years["spent_vnd"].sum())), say("replacement_plan.cost"), False),
                (say.dong(round(plan.saved_vnd)), say("what_if.saved"), False),
                (say.dong(round(float(years["risk_with_vnd"].sum()))), say("what_if.residual"), False),
                (say.number(len(waiting)), say("replacement_plan.waiting"), len(waiting) > 0),
            ]
        )
        self.findings.value = "".join(markup.finding(text, action=True) for text in short)
        self.accuracy.value = markup.note(answers.accuracy(plan, say))
        changes = answers.changed(self.before, plan) if self.before is not None else plan.items.head(0)
        told = answers.told_changes(self.before, plan, changes, say)
        self.changes.value = (markup.finding(told, action=False) if told else "") + (
            changes_table(changes, self.offices, say) if len(changes) else ""
        )
        self.picture.value = markup.figure(
            show.image_of(figures.plan_by_year(plan.items, years, say, self.about)),
            say("replacement_plan.by_year_caption"),
            say("replacement_plan.by_year_alt"),
        )
        self.table.value = plan_table(plan, self.offices, say) if len(plan.chosen) else ""
        self._offer(plan)

    # -- one thing -----------------------------------------------------------------------------------------------------

    def _questions(self) -> widgets.Widget:
        say = self.say
        self.thing = widgets.Combobox(
            placeholder=say("what_if.thing_hint"), description=say("what_if.thing"), continuous_update=False,
            layout=widgets.Layout(width="60em", max_width="100%"), style={"description_width": "8em"},
        )  # fmt: skip
        self.thing.add_class("kiemke-thing")
        self.thing.observe(lambda _: self.told(), "value")
        self.asking = Message()
        self.said = widgets.HTML()
        self.said.add_class("kiemke-said")
        self.why_button = button(say("what_if.why"), "why", "info", self.why)
        self.price_button = button(say("what_if.price"), "price", "", self.price)
        self.money_button = button(say("what_if.money"), "money", "", self.money)
        self._asked: tuple[Plan, str, Asked] | None = None
        self._by_label: dict[str, str] = {}
        head = widgets.HTML(f"<h3>{html.escape(say('what_if.ask'))}</h3>{markup.note(say('what_if.ask_text'))}")
        buttons = widgets.HBox([self.why_button, self.price_button, self.money_button])
        return widgets.VBox([head, self.thing, buttons, self.asking, self.said])

    def _offer(self, plan: Plan) -> None:
        """All things by what they are called, those of the plan first; the answer about one stands for the plan before."""
        self._by_label = {f"{self.names[name]} · {name}": name for name in (*plan.chosen["name"], *plan.left_out["name"])}
        self.thing.options = tuple(self._by_label)
        self.asking.tell("")
        self.said.value = ""
        if self.thing.value:
            self.told()

    def _chosen(self) -> str:
        """The name of the thing that is chosen. Raises DeskProblem for what is none."""
        text = self.thing.value.strip()
        plan = self.plan
        if text in self._by_label:
            return self._by_label[text]
        if plan is not None and text in set(plan.items["name"]):
            return text
        raise DeskProblem("desk_no_such_thing", text=text[:60])

    def told(self) -> None:
        """What is known of the thing without solving again."""
        self._say(lambda _plan, _name: [])

    def why(self) -> None:
        """Why it is in, or not, or in that year."""
        self._say(lambda plan, name: answers.why(plan, name, self._about(plan, name), self.names, self.say))

    def price(self) -> None:
        """At which price it would enter."""
        self._say(lambda plan, name: answers.price(plan, name, self._about(plan, name), self.say))

    def money(self) -> None:
        """With how much more money it would enter."""
        self._say(lambda plan, name: answers.money(plan, name, self._about(plan, name), self.say))

    def _about(self, plan: Plan, name: str) -> Asked:
        if self._asked is None or self._asked[0] is not plan or self._asked[1] != name:
            self._asked = plan, name, plan.asked(name, gap=QUICK)
        return self._asked[2]

    def _say(self, more: Callable[[Plan, str], Sequence[str]]) -> None:
        plan = self.plan
        if plan is None:
            return
        try:
            with self.asking.telling(self.say):
                name = self._chosen()
                self.asking.tell(self.say("what_if.working"))
                found = answers.standing(plan, name, self.names, self.say)
                if any(plan.candidates.things[i].name == name for members in plan.groups for i in members):
                    found += more(plan, name)
                first, *rest = found
                self.said.value = markup.finding(first, action=False) + markup.prose("\n".join(f"- {text}" for text in rest))
                self.asking.tell("")
        except Impossible:
            self.asking.tell(self.say("what_if.impossible"), "wrong")
