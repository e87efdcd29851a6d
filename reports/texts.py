"""Words, numbers and dates in the reader's way: Vietnamese or English, from `texts/{vi,en}.yaml`.

A text is named by a dotted key (`ageing.title`) and may hold placeholders with how to write them:

| placeholder | writes | vi | en |
|---|---|---|---|
| `{count}` | a number grouped, a date, or text as it is | 1.234 | 1,234 |
| `{year}`, `{first_year}`, `{x:plain}` | a calendar year or an id: never grouped | 2026 | 2026 |
| `{x:number2}` | with two decimals | 3,14 | 3.14 |
| `{x:percent}`, `{x:percent1}` | a share 0..1 | 37% | 37% |
| `{x:dong}`, `{x:million}`, `{x:billion}` | dong | 12,5 triệu đồng | 12.5 million dong |
| `{x:years}` | years, one decimal | 8,2 năm | 8.2 years |
| `{x:date}`, `{x:moment}` | a day; a day and time in Viet Nam | 02/03/2026 | 2 March 2026 |
| `{x:kind}` | a kind of device | thiết bị chuyển mạch | switch |
| `{count:plural device|devices}` | the English word alone, by number | | devices |
| `{x:word outcome}` | the word for a value of a closed set, from section `outcome` | bị từ chối | refused |
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Protocol

import yaml

from inventory.problems import Problem
from inventory.sentences import unpack

LANGUAGES = ("vi", "en")
#: Viet Nam has had no daylight saving since 1975, so a fixed offset needs no time-zone database on the machine.
VIET_NAM = timezone(timedelta(hours=7))
_FOLDER = Path(__file__).parent / "texts"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DONG_UNITS = {"dong": 0, "million": 6, "billion": 9}


class TextError(LookupError):
    """A text that does not exist, or was not given a value it needs: a mistake in a program, not of a user."""


class _Unique(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # both are safe loaders, one of them ten times as fast
    """YAML in which a key given twice is an error: the second would silently hide the first."""


def _unique_mapping(loader: _Unique, node: yaml.MappingNode) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node))  # YAML reads `on:` and `no:` as booleans; keys are words here
        if isinstance(key_node, yaml.ScalarNode):
            key = key_node.value
        if key in seen:
            raise TextError(f"{key_node.start_mark.name}, line {key_node.start_mark.line + 1}: key {key!r} is given twice")
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_Unique.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def read_catalogue(path: Path) -> dict[str, str]:
    """All texts of a YAML file by dotted key."""
    with path.open(encoding="utf-8") as lines:
        tree = yaml.load(lines, Loader=_Unique) or {}  # noqa: S506 - a SafeLoader
    flat: dict[str, str] = {}

    def walk(prefix: str, node: object) -> None:
        if isinstance(node, Mapping):
            for key, value in node.items():
                walk(f"{prefix}.{key}" if prefix else str(key), value)
        elif isinstance(node, str):
            flat[prefix] = node
        else:
            raise TextError(
                f"{path.name}: the text {prefix!r} is {node!r}; texts are strings, in quotes where YAML sees something else"
            )

    walk("", tree)
    return flat


@lru_cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of a language by dotted key. Raises `TextError` for a language that is not spoken."""
    if language not in LANGUAGES:
        raise TextError(f"no texts in {language!r}; there are {', '.join(LANGUAGES)}")
    return read_catalogue(_FOLDER / f"{language}.yaml")


def placeholders(text: str) -> frozenset[str]:
    """Names of the values that a text needs."""
    return frozenset(name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name)


def is_missing(value: object) -> bool:
    """None, NaN, pandas' NA and NaT, without importing pandas."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def exact(value: Any) -> Decimal:
    """A number as it is written, not as binary holds it: 0.1 is 0.1."""
    if isinstance(value, Decimal):
        return value
    return Decimal(int(value)) if isinstance(value, Integral) else Decimal(repr(float(value)))


def round_half_up(value: Any, decimals: int) -> Decimal:
    """As spreadsheets round (half away from zero), so that a document and its spreadsheet show the same digits."""
    return exact(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


class Keyed(Protocol):
    """A `Problem`, or what is shaped like one: the simulator's exceptions share no code with anybody."""

    key: str
    values: dict[str, object]


class Say(string.Formatter):
    """Speaks one language. Call it with a key: `say("ageing.title", count=37)`."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts
        self._comma, self._point = (".", ",") if language == "vi" else (",", ".")

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of `key` with its values. Raises `TextError` for an unknown key (with the nearest) or a missing value."""
        text = self.texts.get(key)
        if text is None:
            near = difflib.get_close_matches(key, self.texts, n=1, cutoff=0.5)
            raise TextError(f"no text {key!r} in {self.language}.yaml" + (f"; did you mean {near[0]!r}?" if near else ""))
        try:
            return self.vformat(text, (), values)
        except KeyError as missing:
            raise TextError(f"the text {key!r} needs a value for {missing}") from None

    def has(self, key: str) -> bool:
        return key in self.texts

    # How placeholders are written ---------------------------------------------------------------------------------

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        value, used = super().get_field(field_name, args, kwargs)
        # A calendar year is never grouped: "2.026" is not a year.
        if (field_name == "year" or field_name.endswith("_year")) and isinstance(value, Integral):
            value = str(int(value))
        return value, used

    def format_field(self, value: Any, format_spec: str) -> str:
        how, _, rest = format_spec.partition(" ")
        base = how.rstrip("0123456789")
        decimals = int(how[len(base) :]) if how[len(base) :] else None
        if base == "plural":
            one, _, many = rest.partition("|")
            return one if value == 1 else many
        if base == "word":
            return self.word(rest, value)
        writers = {
            "number": lambda: self.number(value, decimals),
            "percent": lambda: self.percent(value, decimals or 0),
            "dong": lambda: self.dong(value, "dong"),
            "million": lambda: self.dong(value, "million", decimals),
            "billion": lambda: self.dong(value, "billion", decimals),
            "years": lambda: self.years(value, 1 if decimals is None else decimals),
            "date": lambda: self.date(value),
            "moment": lambda: self.moment(value),
            "kind": lambda: self.kind(value),
            "plain": lambda: str(value),
        }
        if base in writers:
            return writers[base]()
        if format_spec:
            raise TextError(f"a text asks to write {value!r} as {format_spec!r}; known are {', '.join(writers)}, plural, word")
        return self.any(value)

    def any(self, value: object) -> str:
        """A value as its type suggests: numbers grouped, dates as days, text as it is."""
        if is_missing(value):
            return self("format.missing")
        if isinstance(value, Problem):
            return self.problem(value)
        if isinstance(value, bool):
            return self("format.yes" if value else "format.no")
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, Real | Decimal):
            return self.number(value)
        return str(value)

    # Numbers ------------------------------------------------------------------------------------------------------

    def number(self, value: Any, decimals: int | None = None) -> str:
        """1.234.567,8 (vi), 1,234,567.8 (en). Without `decimals`: none for whole numbers, else one."""
        if is_missing(value):
            return self("format.missing")
        if decimals is None:
            decimals = 0 if round_half_up(value, 1) == round_half_up(value, 0) else 1
        written = f"{round_half_up(value, decimals):,f}"
        if set(written) <= set("-0.,"):
            written = written.lstrip("-")  # no "-0"
        return written.translate(str.maketrans(",.", self._comma + self._point))

    def percent(self, share: Any, decimals: int = 0) -> str:
        """A share 0..1 as 37% or 37,4%."""
        return self("format.missing") if is_missing(share) else self.number(exact(share).scaleb(2), decimals) + "%"

    def dong(self, amount: Any, unit: str = "million", decimals: int | None = None) -> str:
        """An amount in dong, said in `dong`, `million` (triệu đồng) or `billion` (tỷ đồng), with its unit."""
        if is_missing(amount):
            return self("format.missing")
        scaled = exact(amount).scaleb(-_DONG_UNITS[unit])
        return self(f"format.{unit}", amount=self.number(scaled, 0 if unit == "dong" else decimals))

    def millions(self, amount: Any, decimals: int = 1) -> str:
        """An amount in dong as millions, without its unit: for columns whose head says it."""
        return self("format.missing") if is_missing(amount) else self.number(exact(amount).scaleb(-6), decimals)

    def years(self, value: Any, decimals: int = 1) -> str:
        """8,2 năm / 8.2 years."""
        if is_missing(value):
            return self("format.missing")
        rounded = round_half_up(value, decimals)
        return self("format.year" if rounded == 1 else "format.years", amount=self.number(rounded, decimals))

    def range(self, low: Any, high: Any, decimals: int = 1) -> str:
        """10,2–11,2: an interval without its unit."""
        return f"{self.number(low, decimals)}–{self.number(high, decimals)}"

    # Dates --------------------------------------------------------------------------------------------------------

    def date(self, value: Any, *, short: bool = False) -> str:
        """A day: dd/mm/yyyy (vi); 2 March 2026, short 2 Mar 2026 (en). Takes a date, a datetime or ISO text."""
        if is_missing(value):
            return self("format.missing")
        day = as_datetime(value)
        if self.language == "vi":
            return f"{day:%d/%m/%Y}"
        month = _MONTHS[day.month - 1]
        return f"{day.day} {month[:3] if short else month} {day.year}"

    def moment(self, value: Any, *, short: bool = False) -> str:
        """A day and a time, in Viet Nam's time for values that know their zone."""
        return self("format.missing") if is_missing(value) else f"{self.date(value, short=short)} {as_datetime(value):%H:%M}"

    # Words --------------------------------------------------------------------------------------------------------

    def kind(self, kind: Any, count: int | None = None) -> str:
        """A kind of device, in the plural where English needs one for `count`; a missing kind is "unknown kind"."""
        return self.word("kind" if count in (None, 1) else "kinds", kind)

    def word(self, section: str, value: Any) -> str:
        """The word for a value of a closed set (`word("state", "silent")`); a missing value is the section's `unknown`."""
        return self(f"{section}.unknown" if is_missing(value) else f"{section}.{value}")

    def listing(self, items: Iterable[str]) -> str:
        """a, b và c / a, b and c."""
        words = list(items)
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self('format.and')} {words[-1]}"

    def problem(self, problem: Keyed) -> str:
        """A problem's sentence in this language; the English of its class where the catalogue lacks it."""
        key = f"problem.{problem.key}"
        return self(key, **problem.values) if key in self.texts else str(problem)

    def told(self, detail: str) -> str:
        """A detail of `inventory.sentences` in this language. What an older or newer program wrote is shown as it stands."""
        try:
            return " ".join(self(sentence.key, **sentence.values) for sentence in unpack(detail)) or detail
        except TextError:
            return detail


def as_datetime(value: Any) -> datetime:
    """A date, datetime (in Viet Nam's time where it knows its zone) or ISO text as a datetime."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value.astimezone(VIET_NAM) if value.tzinfo else value


@lru_cache
def texts(language: str) -> Say:
    """Who speaks `vi` or `en`. Raises `TextError` for another language."""
    return Say(language, catalogue(language))
