"""The contract of a report: what its notebook's `parameters` cell declares, and values checked against it.

Each line of the cell is `name: type = default  # rules Vietnamese help | English help`:

    office: str = ""              # <office> Mã đơn vị, để trống là tất cả | Office code, empty for all
    as_of: str = ""               # <date> Số liệu tính đến ngày | Data as of this day
    max_age_years: float = 8.0    # [3..20] Ngưỡng tuổi (năm) | Age threshold (years)
    yearly_budget: int = 500_000_000  # [0..] <dong> Ngân sách mỗi năm | Budget a year
    years: list[int] = [2026, 2027]   # <year> [2020..2060] Các năm | Years
    order: str = "age"            # {age,risk} Thứ tự ưu tiên | Order of priority

Types: `str int float bool` and `list[...]` of them. Rules, in any order before the help: `[low..high]` with either end open,
`{a,b,c}` choices (said by the texts `choice.<parameter>.<value>`), `<hint>` one of `HINTS`. For lists, the rules hold for each
element. `workspace` and `language` are set by the run. The same contract checks the command line, makes the planner's form, and
checks the schedule.
"""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from inventory.folding import fold
from reports import amounts
from reports.about import setting
from reports.problems import ReportProblem, nearest
from reports.texts import Say

#: What a value means beyond its type: date is ISO text or empty, dong an amount, office a code, folder a path, year a calendar
#: year.
HINTS = frozenset({"date", "dong", "office", "folder", "year"})
#: Set by the run itself, and what to use instead.
RESERVED = {"workspace": "--workspace", "language": "--lang"}

_RULE = re.compile(r"\s*(?:\[(?P<low>[^\]\s]*?)\.\.(?P<high>[^\]\s]*?)\]|\{(?P<choices>[^}]*)\}|<(?P<hint>\w+)>)\s*")
_INT = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")
#: The known offices: code -> its names, in Vietnamese and English.
Offices = Mapping[str, Sequence[str]]
_YES = frozenset({"true", "yes", "1", "có", "co", "đúng"})
_NO = frozenset({"false", "no", "0", "không", "khong", "sai"})
_PLAIN_TYPES = ("str", "int", "float", "bool")


class ContractError(ValueError):
    """A `parameters` cell that does not follow the rules: a mistake in the notebook."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter. `type` is the element's for lists; `low`/`high`/`choices` are what is allowed."""

    name: str
    type: str
    default: Any
    is_list: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] = ()
    hint: str = ""
    help_vi: str = ""
    help_en: str = ""

    @property
    def reserved(self) -> bool:
        return self.name in RESERVED

    def help(self, language: str) -> str:
        return (self.help_vi if language == "vi" else self.help_en) or self.name

    def allowed(self, say: Say) -> str:
        """What values are taken, in words; empty when the type says it all."""
        if self.choices:
            return ", ".join(self._choice_words(choice, say) for choice in self.choices)
        low, high = (None if end is None else int(end) if end == int(end) else end for end in (self.low, self.high))
        plain = self.hint == "year"
        written = {
            name: str(end) if plain else say.number(end) for name, end in (("low", low), ("high", high)) if end is not None
        }
        ends = "between" if len(written) == 2 else "at_least" if "low" in written else "at_most"
        words = [say(f"parameter.{self.hint}")] if self.hint in ("date", "dong", "office") else []
        return "; ".join([*words, say(f"parameter.{ends}", **written)] if written else words)

    def _choice_words(self, choice: Any, say: Say) -> str:
        key = f"choice.{self.name}.{choice}"
        return f"{choice} ({say(key)})" if say.has(key) else str(choice)

    def bounds(self) -> dict[str, int | float | str]:
        """`low` and `high` where they are set, to be written in a sentence: 3 rather than 3.0, and years never grouped."""
        ends = {name: end for name, end in (("low", self.low), ("high", self.high)) if end is not None}
        whole = {name: int(end) if end == int(end) else end for name, end in ends.items()}
        return {name: str(end) for name, end in whole.items()} if self.hint == "year" else dict(whole)

    def default_words(self, say: Say) -> str:
        """The default as people read it."""
        return setting(self.name, self.hint, self.default, say)

    def type_words(self, say: Say) -> str:
        """The type as people say it."""
        by_hint = f"parameter.type_{self.hint}"
        one = say(by_hint) if say.has(by_hint) else say(f"parameter.type_{self.type}")
        return say("parameter.type_list", of=one) if self.is_list else one

    def annotation(self) -> str:
        return f"list[{self.type}]" if self.is_list else self.type


# Reading the contract -------------------------------------------------------------------------------------------------


def read(notebook: Path) -> tuple[Parameter, ...]:
    """The parameters that a notebook declares, in its order. Raises `ContractError`."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise ContractError(f"{notebook.name}: one cell must be tagged `parameters`, {len(tagged)} are")
    source = tagged[0]["source"]
    return parse(source if isinstance(source, str) else "".join(source), notebook.name)


def parse(source: str, where: str = "parameters") -> tuple[Parameter, ...]:
    """The parameters that the cell's source declares. Raises `ContractError`."""
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for statement in ast.parse(source).body:
        at = f"{where}, line {statement.lineno} of the parameters"
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name) or statement.value is None:
            raise ContractError(f"{at}: write `name: type = default`")
        try:
            default = ast.literal_eval(statement.value)
        except ValueError:
            raise ContractError(f"{at}: the default must be a plain value") from None
        found.append(_parameter(statement.target.id, ast.unparse(statement.annotation), default, statement, comments, at))
    names = [parameter.name for parameter in found]
    if len(set(names)) != len(names):
        raise ContractError(f"{where}: a parameter is declared twice")
    return tuple(found)


def _parameter(
    name: str, annotation: str, default: Any, statement: ast.AnnAssign, comments: Mapping[int, str], at: str
) -> Parameter:
    is_list = annotation.startswith("list[") and annotation.endswith("]")
    kind = annotation[5:-1] if is_list else annotation
    if kind not in _PLAIN_TYPES:
        raise ContractError(f"{at}: {annotation} is not one of str, int, float, bool, list[...]")
    # A formatter may break a long line: the comment stands on any line of the statement.
    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    comment = " ".join(comments[line] for line in lines if line in comments)
    rules: dict[str, Any] = {}
    while match := _RULE.match(comment):
        comment = comment[match.end() :]
        try:
            rules |= _rule(match, kind, at)
        except ReportProblem as problem:
            raise ContractError(f"{at}: {problem}") from None
    vi, _, en = (part.strip() for part in comment.partition("|"))
    parameter = Parameter(name, kind, default, is_list, help_vi=vi, help_en=en, **rules)
    try:
        checked = _checked(where=at, parameter=parameter, value=default)
    except ReportProblem as problem:
        raise ContractError(f"{at}: its own default is refused: {problem}") from None
    if checked != default or type(checked) is not type(default):
        raise ContractError(f"{at}: the default {default!r} is not {annotation}; write {checked!r}")
    return parameter


def _rule(match: re.Match[str], kind: str, at: str) -> dict[str, Any]:
    if match["hint"]:
        if match["hint"] not in HINTS:
            raise ContractError(f"{at}: <{match['hint']}> is not one of {', '.join(sorted(HINTS))}")
        return {"hint": match["hint"]}
    if match["choices"] is not None:
        bare = Parameter("choice", kind, None)
        return {"choices": tuple(_element(at, bare, choice.strip()) for choice in match["choices"].split(","))}
    if kind not in ("int", "float"):
        raise ContractError(f"{at}: a range needs int or float")
    bare = Parameter("range", "float", None)
    low, high = (_element(at, bare, end.replace("_", "")) if end else None for end in (match["low"], match["high"]))
    if low is not None and high is not None and low > high:
        raise ContractError(f"{at}: the range [{match['low']}..{match['high']}] is empty")
    return {"low": low, "high": high}


# Checking values ------------------------------------------------------------------------------------------------------


def check(
    report: str, parameters: Sequence[Parameter], values: Mapping[str, Any], offices: Offices | None = None
) -> dict[str, Any]:
    """All parameters but the reserved ones with their values: those given, coerced and checked, else the defaults.

    Values come as text (command line, form) or as YAML's types (schedule). `offices`: those that an `<office>` may be, by code or
    by name; None: any text is taken. Raises `ReportProblem` for the first that is unknown (with the nearest name), of a wrong
    type, or not allowed.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    settable = [name for name in declared if name not in RESERVED]
    for name in values:
        if name in RESERVED:
            raise ReportProblem("parameter_reserved", name=name, report=report, instead=RESERVED[name])
        if name not in declared:
            known = ", ".join(settable)
            raise ReportProblem("parameter_unknown", name=name, report=report, nearest=nearest(name, settable), known=known)
    return {
        name: check_one(report, declared[name], values[name], offices) if name in values else declared[name].default
        for name in settable
    }


def check_one(report: str, parameter: Parameter, value: Any, offices: Offices | None = None) -> Any:
    """One parameter's value, coerced and checked as `check` does: for a field of a form. Raises `ReportProblem`."""
    checked = _checked(report, parameter, value)
    if parameter.hint != "office" or offices is None:
        return checked
    found = [_office(report, parameter, told, offices) for told in (checked if parameter.is_list else [checked])]
    return found if parameter.is_list else found[0]


def _office(report: str, parameter: Parameter, told: str, offices: Offices) -> str:
    """The code of the office that is meant: by its code, or by a name in either language, with or without accents."""
    told = told.strip()
    if not told or told in offices:
        return told
    plain = fold(told)
    meant = [code for code, names in offices.items() if plain in (fold(code), *map(fold, names))]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise _problem("parameter_office_twice", report, parameter, told, codes=", ".join(meant))
    by_word = {fold(word): code for code, names in offices.items() for word in (*names, code)}
    if not by_word:
        raise _problem("parameter_office_none", report, parameter, told)
    code = by_word[nearest(plain, by_word)]
    raise _problem("parameter_office", report, parameter, told, nearest=code, title=next(iter(offices[code]), code))


def _checked(where: str, parameter: Parameter, value: Any) -> Any:
    if not parameter.is_list:
        return _element(where, parameter, value)
    if isinstance(value, str):
        # "500,000,000" and "1,5 tỷ" are one amount each.
        value = [value] if parameter.hint == "dong" and amounts.dong(value) is not None else _split(value)
    if not isinstance(value, list | tuple):
        raise _problem("parameter_not_list", where, parameter, value)
    return [_element(where, parameter, item) for item in value]


def _split(text: str) -> list[Any]:
    """A list as people write it: `a; b; c`, `a, b, c`, or JSON. A comma may be a decimal one, so `;` goes first."""
    if text.strip().startswith("["):
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        if isinstance(parsed, list):
            return parsed
    # With words between the numbers, a comma without a blank is a decimal one: "1,5 tỷ, 2 tỷ".
    mark = ";" if ";" in text else ", " if re.search(r"[0-9],[0-9]+ *[^\W\d]", text) else ","
    parts = text.split(mark)
    return [part.strip() for part in parts if part.strip()]


def _problem(key: str, report: str, parameter: Parameter, value: Any, **more: Any) -> ReportProblem:
    shown = str(value) if isinstance(value, str | int | float | date) else repr(value)
    return ReportProblem(key, name=parameter.name, report=report, value=shown[:80], **more)


def _element(report: str, parameter: Parameter, value: Any) -> Any:
    """One value coerced by the annotation and checked by the rules."""
    coerced = _coerced(report, parameter, value)
    if parameter.choices and coerced not in parameter.choices:
        allowed = ", ".join(map(str, parameter.choices))
        close = nearest(str(coerced), map(str, parameter.choices))
        raise _problem("parameter_choice", report, parameter, value, allowed=allowed, nearest=close)
    low, high = parameter.low, parameter.high
    if (low is not None and coerced < low) or (high is not None and coerced > high):
        key = "parameter_range" if low is not None and high is not None else "parameter_low" if high is None else "parameter_high"
        raise _problem(key, report, parameter, value, **parameter.bounds())
    return coerced


def _coerced(report: str, parameter: Parameter, value: Any) -> Any:
    refused = _problem(f"parameter_not_{parameter.type}", report, parameter, value)
    text = value.strip() if isinstance(value, str) else None
    match parameter.type:
        case "str":
            if parameter.hint == "date":
                return _day(report, parameter, value)
            if not isinstance(value, str):
                raise refused
            return value
        case "bool":
            if isinstance(value, bool):
                return value
            if text is None or text.lower() not in _YES | _NO:
                raise refused
            return text.lower() in _YES
        case "int":
            if parameter.hint == "dong":
                refused = _problem("parameter_not_dong", report, parameter, value)
                if text is not None and (amount := amounts.dong(text)) is not None:
                    return amount
            return _whole(value if text is None else text, refused)
    if text is not None:
        if not _FLOAT.fullmatch(text):
            raise refused
        value = float(text.replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise refused
    return float(value)


def _whole(value: Any, refused: ReportProblem) -> int:
    if isinstance(value, str):
        if not _INT.fullmatch(value) or len(value) > 18:
            raise refused
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value) or int(value) != value:
        raise refused
    return int(value)


def _finite(value: int | float) -> bool:
    """Whether it is a number that a float can hold: neither NaN nor infinite nor of hundreds of digits."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _day(report: str, parameter: Parameter, value: Any) -> str:
    """A day as ISO text: from dd/mm/yyyy, ISO, or a date; empty stays empty where the default is empty."""
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, str):
        text = value.strip()
        if not text and parameter.default in ("", None):
            return ""
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
            try:
                return datetime.strptime(text, form).date().isoformat()
            except ValueError:
                continue
    raise _problem("parameter_not_date", report, parameter, value)
