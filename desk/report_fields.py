"""One field of a report's form for each parameter of its contract: a control, its help, and at once what is wrong with it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ipywidgets as widgets

from desk.problems import DeskProblem
from inventory.problems import Problem
from inventory.registers.files.cells import Cell
from inventory.registers.values import amount
from reports import parameters
from reports.parameters import Offices, Parameter
from reports.texts import Say, exact, round_half_up

#: Where the words of a help end that name the field: not at the comma of "0,9", nor at a bracket in the middle of a sentence.
_NAME_ENDS = re.compile(r"[;,](?= )|(?= \([^()]*\)$)")
#: What can be chosen is told behind a colon.
_BEFORE_CHOICES = re.compile(r"[;:,](?= )|(?= \([^()]*\)$)")


@dataclass(frozen=True, slots=True)
class Places:
    """Offices to choose among: `names` by code, in Vietnamese and English; `above` which office another belongs to."""

    names: Offices = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)

    def named(self, code: str, say: Say) -> str:
        names = self.names.get(code) or (code,)
        return names[0] if say.language == "vi" else names[-1]

    def listed(self, say: Say) -> dict[str, str]:
        """By what the list shows, the code: "Xã Thái Hòa, thuộc huyện Lập Thạch (thai-hoa)". The code keeps namesakes apart."""
        shown = {}
        for code in self.names:
            name, above = self.named(code, say), self.above.get(code)
            below = say("form.office_below", name=name, above=self.named(above, say)) if above else name
            shown[f"{below} ({code})"] = code
        return shown


class Field:
    """`given` is what was typed or chosen, as `reports.parameters` takes it. `check` gives its value, and tells what is wrong.

    `changed` is called when a person changed it.
    """

    def __init__(self, report: str, parameter: Parameter, places: Places, say: Say, changed: Callable[[], None]) -> None:
        self.report, self.parameter, self.places, self.say = report, parameter, places, say
        self.note = widgets.HTML()
        self.note.add_class("kf-said")
        self.control = self.make()
        self.control.add_class(f"kiemke-{parameter.name}")
        self.box = widgets.VBox([self.control, self.note])
        self.box.add_class("kf-field")
        self._changed, self._filling = changed, False
        self.fill(parameter.default)
        self.watch()

    # -- what kinds of fields differ in --------------------------------------------------------------------------------

    def make(self) -> widgets.Widget:
        return widgets.Text(continuous_update=False, **self.labelled())

    def given(self) -> Any:
        return self.control.value

    def put(self, value: Any) -> None:
        """Show a value that was checked."""
        self.control.value = "; ".join(map(self.written, value)) if isinstance(value, list) else self.written(value)

    def written(self, value: Any) -> str:
        """As a person types it: decimals with the comma of the language, years and codes as they are."""
        if isinstance(value, float):
            text = f"{exact(value).normalize():f}"
            return text.replace(".", ",") if self.say.language == "vi" else text
        return str(value)

    def read_back(self, value: Any) -> str:  # noqa: ARG002 - others do
        """What stands under the control when all is well."""
        return ""

    # -- the same for all ----------------------------------------------------------------------------------------------

    def watch(self) -> None:
        self.control.observe(lambda _: self._typed(), "value")

    def labelled(self) -> dict[str, Any]:
        """Name and help in the control's label, so that both are read aloud with it."""
        return label(*name_and_help(self.parameter, self.say))

    def fill(self, value: Any) -> None:
        """Put in a value of an earlier run, or of the other language; what is not taken is shown and told."""
        self._filling = True
        try:
            self.put(self.checked(value))
        except Problem:
            self.put_raw(value)
        finally:
            self._filling = False
        self.told()

    def put_raw(self, value: Any) -> None:
        self.control.value = str(value) if isinstance(value, str | int | float) else ""

    def value(self) -> Any:
        """The checked value. Raises `Problem`."""
        value = self.checked(self.given())
        if value == [] and self.parameter.default:
            raise DeskProblem("desk_empty", field=name_and_help(self.parameter, self.say)[0])
        return value

    def checked(self, value: Any) -> Any:
        return parameters.check_one(self.report, self.parameter, value, self.places.names)

    def told(self) -> Problem | None:
        """Say under the control what is wrong; None when nothing is."""
        try:
            value = self.value()
        except Problem as problem:
            self.box.add_class("kf-wrong")
            self.note.value = f'<p role="alert">{html.escape(self.reason(problem))}</p>'
            return problem
        self.box.remove_class("kf-wrong")
        self.note.value = f"<p>{html.escape(text)}</p>" if (text := self.read_back(value)) else ""
        return None

    def reason(self, problem: Problem) -> str:
        """What is wrong, without the parameter's name: it stands beside its field."""
        key = f"form.{problem.key}"
        return self.say(key, **problem.values) if self.say.has(key) else self.say.problem(problem)

    def _typed(self) -> None:
        if self._filling:
            return
        if self.told() is None and isinstance(self.control, widgets.Text):
            self._filling = True
            self.put(self.value())  # 2000000000 becomes 2.000.000.000
            self._filling = False
        self._changed()


class AmountField(Field):
    """Dong: typed in any way that people write sums, read back in words."""

    def given(self) -> Any:
        """What `reports.parameters` does not read itself, such as "2 tỷ", is read as registers' cells are."""
        text = self.control.value
        parts = [part.strip() for part in text.split(";")] if self.parameter.is_list else [text.strip()]
        sums = [amount(Cell(part, part)) if part else None for part in parts]
        if all(isinstance(dong, int) for dong in sums):
            return sums if self.parameter.is_list else sums[0]
        return text

    def written(self, value: Any) -> str:
        return self.say.number(value)

    def read_back(self, value: Any) -> str:
        sums = value if isinstance(value, list) else [value]
        return self.say("form.reads", amount="; ".join(in_words(dong, self.say) for dong in sums)) if sums else ""


class OfficeField(Field):
    """An office by its name: a few letters, and it is in the list."""

    def make(self) -> widgets.Widget:
        self.codes = self.places.listed(self.say)
        return widgets.Combobox(
            options=tuple(self.codes), placeholder=self.say("form.all_offices"), continuous_update=False, **self.labelled()
        )

    def given(self) -> Any:
        text = self.control.value.strip()
        return self.codes.get(text, text)

    def written(self, value: Any) -> str:
        return next((name for name, code in self.codes.items() if code == value), str(value))


class DayField(Field):
    """A day from the browser's own calendar."""

    def make(self) -> widgets.Widget:
        return widgets.DatePicker(**self.labelled())

    def given(self) -> Any:
        return self.control.value.isoformat() if self.control.value else ""

    def put(self, value: Any) -> None:
        self.control.value = date.fromisoformat(value) if value else None

    def put_raw(self, value: Any) -> None:  # noqa: ARG002 - what is no day cannot stand in a calendar
        self.control.value = None


class ChoiceField(Field):
    """One of a few."""

    def make(self) -> widgets.Widget:
        options = [(choice_words(self.parameter, choice, self.say), choice) for choice in self.parameter.choices]
        return widgets.Dropdown(options=options, **self.labelled())

    def put(self, value: Any) -> None:
        self.control.value = value

    def put_raw(self, value: Any) -> None:  # noqa: ARG002 - a choice that there is no more
        self.control.value = self.parameter.default


class YesNoField(Field):
    def make(self) -> widgets.Widget:
        return widgets.Checkbox(indent=False, **self.labelled())

    def put(self, value: Any) -> None:
        self.control.value = value

    def put_raw(self, value: Any) -> None:  # noqa: ARG002 - as above
        self.control.value = self.parameter.default


class ChoicesField(Field):
    """Some of a few: a tick for each."""

    def make(self) -> widgets.Widget:
        self.ticks = {
            choice: widgets.Checkbox(description=choice_words(self.parameter, choice, self.say), indent=False)
            for choice in self.parameter.choices
        }
        head = widgets.HTML(f"<div class='kf-legend'>{self.labelled()['description']}</div>")
        return widgets.VBox([head, *self.ticks.values()])

    def watch(self) -> None:
        for tick in self.ticks.values():
            tick.observe(lambda _: self._typed(), "value")

    def given(self) -> Any:
        return [choice for choice, tick in self.ticks.items() if tick.value]

    def put(self, value: Any) -> None:
        for choice, tick in self.ticks.items():
            tick.value = choice in value

    def put_raw(self, value: Any) -> None:  # noqa: ARG002 - as above
        self.put(self.parameter.default)


def field_of(report: str, parameter: Parameter, places: Places, say: Say, changed: Callable[[], None]) -> Field:
    """The field for a parameter."""
    kind: type[Field] = Field
    if parameter.choices:
        kind = ChoicesField if parameter.is_list else ChoiceField
    elif parameter.hint == "dong":
        kind = AmountField
    elif not parameter.is_list and parameter.hint == "office":
        kind = OfficeField
    elif not parameter.is_list and parameter.hint == "date":
        kind = DayField
    elif not parameter.is_list and parameter.type == "bool":
        kind = YesNoField
    return kind(report, parameter, places, say, changed)


def values(fields: Sequence[Field]) -> Mapping[str, Any] | None:
    """What was given, checked, by parameter; None when a field is wrong, which then says so."""
    wrong = [field for field in fields if field.told() is not None]
    return None if wrong else {field.parameter.name: field.value() for field in fields}


def label(name: str, hint: str) -> dict[str, Any]:
    """A control's label, of a name and of what is said beneath it."""
    beneath = f'<span class="kf-help">{html.escape(hint)}</span>' if hint else ""
    return {"description": f"<span>{html.escape(name)}</span>{beneath}", "description_allow_html": True}


# -- words -----------------------------------------------------------------------------------------------------------------


def name_and_help(parameter: Parameter, say: Say) -> tuple[str, str]:
    """A field's name, and what is said beneath it: how it is filled in, and what is allowed."""
    if parameter.hint == "office":
        return say("form.office"), say("form.office_help")
    name, hint = split(parameter, say.language)
    allowed = parameter.allowed(say) if parameter.low is not None or parameter.high is not None else ""
    return name, " ".join(sentence(part) for part in (hint, allowed) if part)


def split(parameter: Parameter, language: str) -> tuple[str, str]:
    """A parameter's help as the field's name and what is said beneath it: "Budget a year; the last for the rest"."""
    text = parameter.help(language)
    for end in (_BEFORE_CHOICES if parameter.choices else _NAME_ENDS).finditer(text):
        if " " in text[: end.start()]:
            return text[: end.start()], text[end.end() :].strip()
    return text, ""


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    bare = text[1:-1] if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else text
    return bare[:1].upper() + bare[1:] + ("" if bare.endswith((".", "!", "?")) else ".")


def choice_words(parameter: Parameter, choice: Any, say: Say) -> str:
    key = f"choice.{parameter.name}.{choice}"
    return say(key) if say.has(key) else str(choice)


def in_words(dong: int, say: Say) -> str:
    """2 tỷ đồng; 1,235 tỷ đồng; 400 triệu đồng; 60.000 đồng: as short as it is exact, else to the thousandth with "about"."""
    unit, zeros = ("billion", 9) if dong >= 10**9 else ("million", 6) if dong >= 10**6 else ("dong", 0)
    scaled = exact(dong).scaleb(-zeros)
    decimals = next((n for n in range(4) if round_half_up(scaled, n) == scaled), 3)
    told = say.dong(dong, unit, decimals)
    return told if round_half_up(scaled, decimals) == scaled else say("form.about", amount=told)
