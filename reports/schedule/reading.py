"""Reads `schedule.yaml` strictly: every mistake gets one sentence with its line, and all of them are told at once.

    time_zone: Asia/Ho_Chi_Minh      # of every time in the file; this is the default
    entries:
      monthly-state:                 # a name of small letters, digits and hyphens
        run: report network-state    # or: scan, probe
        when: "*-*-01 07:00"         # see reports.schedule.calendar
        parameters: {as_of: last month}   # of a report; see reports.schedule.periods
        languages: [vi, en]          # of a report; the workspace's language
        formats: [html, xlsx]        # of a report; all that this machine can write
        dress: plain                 # of a report
        mail: [office@example.vn]    # of a report: who gets the documents
        offices: [thai-hoa]          # of a scan; all
        timeout: 1 h                 # of one try
        retries: 1                   # after a failure
        retry_after: 5 min

An entry with a mistake is left out of the schedule and told; the others can be run.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import yaml

from inventory.problems import Problem
from reports import catalog, parameters, to_pdf
from reports.parameters import Offices, Parameter
from reports.problems import ReportProblem
from reports.run import DRESSES, FORMATS
from reports.schedule import addresses, calendar
from reports.schedule.calendar import CalendarProblem
from reports.schedule.entries import PROBE, REPORT, SCAN, Entry, Schedule
from reports.schedule.periods import resolved
from reports.schedule.problems import ScheduleProblem
from reports.texts import LANGUAGES, VIET_NAM

TOP_KEYS = ("time_zone", "entries")
COMMON = ("run", "when", "timeout", "retries", "retry_after")
OF_KIND = {
    SCAN: ("offices",),
    PROBE: (),
    REPORT: ("parameters", "languages", "formats", "dress", "mail"),
}
ENTRY_KEYS = (*COMMON, *OF_KIND[SCAN], *OF_KIND[REPORT])
DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
#: A time-out where none is written: a scan of a district over poor links may take hours, a report does not.
TIMEOUTS_S = {SCAN: 6 * 3600, PROBE: 3600, REPORT: 1800}
LONGEST_S = 7 * 86_400
MOST_RETRIES = 10
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_DURATION = re.compile(r"(\d{1,6}) ?([a-z]+)")
_SECONDS = {"s": 1, "sec": 1, "giay": 1, "min": 60, "m": 60, "phut": 60, "h": 3600, "hour": 3600, "hours": 3600, "gio": 3600}
_SECONDS |= {"d": 86_400, "day": 86_400, "days": 86_400, "ngay": 86_400}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the entries are checked against."""

    language: str = "vi"
    offices: Offices | None = None  # code -> names; None: not checked
    mail: bool = True  # whether a mail server is set
    reports: Path = catalog.FOLDER
    today: date = field(default_factory=date.today)


def read(path: Path, around: Surroundings) -> Schedule:
    """The schedule in a file; mistakes in parts of it are in its `problems`. Raises `ScheduleProblem` where none can be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise ScheduleProblem("schedule_missing", file=path.name) from None
    except UnicodeDecodeError:
        raise ScheduleProblem("schedule_not_text", file=path.name) from None
    try:
        root = yaml.compose(unicodedata.normalize("NFC", text), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        detail = str(error.problem or error.context)
        raise ScheduleProblem("schedule_not_yaml", file=path.name, line=mark.line + 1 if mark else 1, detail=detail) from None
    except (yaml.YAMLError, RecursionError):
        raise ScheduleProblem("schedule_not_yaml", file=path.name, line=1, detail="control character") from None
    return _Reader(path.name, around).schedule(root)


class _Reader:
    """Collects what is wrong, and goes on."""

    def __init__(self, file: str, around: Surroundings) -> None:
        self.file = file
        self.around = around
        self.problems: list[Problem] = []
        self.wrong: dict[str, Problem] = {}

    def tell(self, key: str, node: yaml.Node, **values: object) -> None:
        self.problems.append(ScheduleProblem(key, file=self.file, line=node.start_mark.line + 1, **values))

    # Nodes ------------------------------------------------------------------------------------------------------------

    def mapping(self, node: yaml.Node, where: str, known: Sequence[str] | None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Keys -> (node of the key, node of the value); a key with an empty value counts as absent."""
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        if not isinstance(node, yaml.MappingNode):
            self.tell("schedule_shape", node, where=where, wanted="“name: value”")
            return found
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if known is not None and key not in known:
                self.tell("schedule_unknown_key", key_node, field=key, nearest=_nearest(key, known))
            elif key in found:
                self.tell("schedule_twice", key_node, field=key)
            elif not (isinstance(value, yaml.ScalarNode) and value.tag.endswith(":null")):
                found[key] = (key_node, value)
        return found

    def scalar(self, node: yaml.Node, where: str) -> str:
        if isinstance(node, yaml.ScalarNode):
            return " ".join(str(node.value).split())
        self.tell("schedule_shape", node, where=where, wanted="“…”")
        return ""

    def texts(self, node: yaml.Node, where: str) -> list[tuple[str, yaml.Node]]:
        """One value, or a list of them, or several with commas between them."""
        if isinstance(node, yaml.SequenceNode):
            return [(text, item) for item in node.value if (text := self.scalar(item, where))]
        return [(part.strip(), node) for part in self.scalar(node, where).split(",") if part.strip()]

    def chosen(self, node: yaml.Node, where: str, known: Iterable[str]) -> tuple[str, ...]:
        choices = list(known)
        found = []
        for text, at in self.texts(node, where):
            if text in choices:
                found.append(text)
            else:
                nearest = _nearest(text, choices)
                self.tell("schedule_choice", at, field=where, value=text, known=_few(choices), nearest=nearest)
        return tuple(dict.fromkeys(found))

    def duration(self, node: yaml.Node, where: str, low: int) -> int | None:
        text = self.scalar(node, where)
        match = _DURATION.fullmatch(_plain(text))
        seconds = int(match[1]) * _SECONDS.get(match[2], 0) if match else -1
        if match and match[2] in _SECONDS and low <= seconds <= LONGEST_S:
            return seconds
        self.tell("schedule_value", node, field=where, value=text, wanted="30 s, 20 min, 2 h")
        return None

    # The file ---------------------------------------------------------------------------------------------------------

    def schedule(self, root: yaml.Node | None) -> Schedule:
        if root is None:
            raise ScheduleProblem("schedule_empty", file=self.file, line=1)
        top = self.mapping(root, self.file, TOP_KEYS)
        name, zone = DEFAULT_ZONE, _zone(DEFAULT_ZONE)
        if "time_zone" in top:
            node = top["time_zone"][1]
            given = self.scalar(node, "time_zone")
            if (told := _zone(given)) is None:
                self.tell("schedule_zone", node, value=given, nearest=_nearest(given, available_timezones() or [DEFAULT_ZONE]))
            else:
                name, zone = given, told
        entries: dict[str, Entry] = {}
        listed = self.mapping(top["entries"][1], "entries", None) if "entries" in top else {}
        for entry_name, (key, node) in listed.items():
            if not _NAME.fullmatch(entry_name):
                self.tell("schedule_value", key, field="entries", value=entry_name, wanted=slug(entry_name) or "weekly-scan")
                continue
            before = len(self.problems)
            entry = self.entry(entry_name, key, node)
            if entry and len(self.problems) == before:
                entries[entry_name] = entry
            else:
                self.wrong[entry_name] = self.problems[before]
        if not listed and not self.problems:
            self.tell("schedule_empty", root)
        return Schedule(name, zone or VIET_NAM, entries, tuple(self.problems), self.wrong)

    def entry(self, name: str, key: yaml.Node, node: yaml.Node) -> Entry | None:
        parts = self.mapping(node, name, ENTRY_KEYS)
        for needed in ("run", "when"):
            if needed not in parts and isinstance(node, yaml.MappingNode):
                self.tell("schedule_missing_key", key, where=name, field=needed)
        found = self.what(parts["run"][1]) if "run" in parts else None
        plan = self.when(parts["when"][1]) if "when" in parts else None
        if found is None:
            return None
        kind, report, declared = found
        for field_name, (at, _) in parts.items():
            if field_name not in (*COMMON, *OF_KIND[kind]):
                self.tell("schedule_not_here", at, field=field_name, run=kind)
        known = {field_name: value for field_name, (_, value) in parts.items()}
        options: dict[str, Any] = {"timeout_s": TIMEOUTS_S[kind], "languages": (self.around.language,)}
        readers: dict[str, tuple[str, Callable[[yaml.Node], Any]]] = {
            "timeout": ("timeout_s", lambda value: self.duration(value, "timeout", 1)),
            "retry_after": ("retry_after_s", lambda value: self.duration(value, "retry_after", 0)),
            "retries": ("retries", self.retries),
            "offices": ("offices", self.offices),
            "languages": ("languages", lambda value: self.chosen(value, "languages", LANGUAGES)),
            "formats": ("formats", self.formats),
            "dress": ("dress", lambda value: "".join(self.chosen(value, "dress", DRESSES)[:1]) or "plain"),
            "mail": ("mail", self.mail),
            "parameters": ("parameters", lambda value: self.values(value, report, declared)),
        }
        for field_name, (option, reader) in readers.items():
            if field_name in known and field_name in (*COMMON, *OF_KIND[kind]):
                options[option] = reader(known[field_name])
        if plan is None:
            return None
        line = key.start_mark.line + 1
        when = self.scalar(known["when"], "when")
        return Entry(name, line, kind, plan, when, report=report, declared=declared, **options)

    def what(self, node: yaml.Node) -> tuple[str, str, tuple[Parameter, ...]] | None:
        """(kind, report, its parameters)."""
        words = self.scalar(node, "run").split(" ")
        if words in ([SCAN], [PROBE]):
            return words[0], "", ()
        if len(words) == 2 and words[0] == REPORT:
            try:
                return REPORT, words[1], catalog.find(words[1], self.around.reports).parameters
            except ReportProblem as problem:
                self.tell("schedule_reason", node, reason=problem)
                return None
        self.tell("schedule_value", node, field="run", value=" ".join(words), wanted="scan, probe, report network-state")
        return None

    def when(self, node: yaml.Node) -> calendar.Calendar | None:
        try:
            return calendar.parse(self.scalar(node, "when"))
        except CalendarProblem as problem:
            self.tell("schedule_reason", node, reason=problem)
            return None

    def retries(self, node: yaml.Node) -> int:
        text = self.scalar(node, "retries")
        if not re.fullmatch(r"\d{1,2}", text) or int(text) > MOST_RETRIES:
            self.tell("schedule_value", node, field="retries", value=text, wanted=f"0, 1, … {MOST_RETRIES}")
            return 0
        return int(text)

    def formats(self, node: yaml.Node) -> tuple[str, ...]:
        found = self.chosen(node, "formats", FORMATS)
        if "pdf" in found and (problem := to_pdf.missing()):
            self.tell("schedule_reason", node, reason=problem)
        return found

    def offices(self, node: yaml.Node) -> tuple[str, ...]:
        if self.around.offices is None:
            return tuple(text for text, _ in self.texts(node, "offices"))
        return self.chosen(node, "offices", self.around.offices)

    def mail(self, node: yaml.Node) -> tuple[str, ...]:
        found = []
        for text, at in self.texts(node, "mail"):
            if addresses.valid(text):
                found.append(text)
            else:
                self.tell("schedule_value", at, field="mail", value=text, wanted="van-phong@example.vn")
        if found and not self.around.mail:
            self.tell("schedule_mail_unset", node)
        return tuple(dict.fromkeys(found))

    def values(self, node: yaml.Node, report: str, declared: Sequence[Parameter]) -> dict[str, Any]:
        """A report's parameters as written, each checked with what it would be today."""
        hints = {parameter.name: parameter.hint for parameter in declared}
        given: dict[str, Any] = {}
        for name, (_, value_node) in self.mapping(node, "parameters", None).items():
            value = _value(value_node)
            today = resolved(declared, {name: value}, self.around.today)
            try:
                parameters.check(report, declared, today, self.around.offices)
            except ReportProblem as problem:
                key = "schedule_parameter" if hints.get(name) in ("date", "year") else "schedule_reason"
                self.tell(key, value_node, reason=problem)
                continue
            given[name] = value
        return given


def _value(node: yaml.Node) -> Any:
    """A parameter's value as it was typed, as on the command line: 010 is not 8, and a date is not moved by YAML."""
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _value(value) for key, value in node.value}
    return "" if node.tag.endswith(":null") else str(node.value)


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a name with ../ in it is a ValueError
        return VIET_NAM if name == DEFAULT_ZONE else None  # a machine without the time zone database


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:12]) + (", …" if len(listed) > 12 else "")


def _plain(text: str) -> str:
    """Without Vietnamese marks and case, for guessing what was meant."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower().replace("đ", "d")) if not unicodedata.combining(c))


def slug(text: str) -> str:
    """Small letters, digits and hyphens only, at most 40 of them."""
    return re.sub(r"[^a-z0-9]+", "-", _plain(text)).strip("-")[:40].strip("-")


def _nearest(word: str, known: Iterable[str]) -> str:
    choices = {_plain(k): k for k in known}
    found = difflib.get_close_matches(_plain(word), list(choices), n=1, cutoff=0.0)
    return choices[found[0]] if found else ""
