"""What people read exists in both languages, and is written in the reader's way."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.ssh.connection import ALGORITHMS
from inventory import sentences
from inventory.facts import KINDS, Outcome, Topic
from inventory.problems import Problem
from reports.texts import LANGUAGES, Say, TextError, catalogue, placeholders, read_catalogue, texts

ROOT = Path(__file__).parents[2]
ROOMS = ("kiemke", "collectors", "inventory", "analysis", "reports", "simulator", "desk", "notebooks")


# Both languages ---------------------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_keys() -> None:
    vi, en = (set(catalogue(language)) for language in LANGUAGES)
    assert vi - en == set(), "only in vi.yaml"
    assert en - vi == set(), "only in en.yaml"


def test_both_languages_take_the_same_values() -> None:
    vi, en = (catalogue(language) for language in LANGUAGES)
    different = {key: (vi[key], en[key]) for key in vi.keys() & en.keys() if placeholders(vi[key]) != placeholders(en[key])}
    assert different == {}


def test_no_text_is_empty_and_each_knows_how_to_write_its_values() -> None:
    for language in LANGUAGES:
        say = texts(language)
        for key, text in say.texts.items():
            assert text.strip(), f"{language}: {key} is empty"
            values: dict[str, object] = {}
            for _, name, spec, _ in string.Formatter().parse(text):
                if name:
                    values[name.split(".")[0].split("[")[0]] = _sample(name, spec or "")
            assert say(key, **values)


def _sample(name: str, spec: str) -> object:
    if spec.startswith(("date", "moment")):
        return date(2026, 3, 2)
    if spec == "kind":
        return "switch"
    if spec.startswith("word "):
        return "unknown"
    return 2 if spec else f"<{name}>"


def test_every_kind_of_device_has_a_word() -> None:
    for language in LANGUAGES:
        words = [texts(language).kind(kind) for kind in KINDS]
        assert len(set(words)) == len(KINDS)
        assert all(texts(language).kind(kind, count=2) for kind in KINDS)


# Texts and code ---------------------------------------------------------------------------------------------------------


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / room).rglob("*.ipynb")):
            if ".ipynb_checkpoints" in path.parts:
                continue
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
            yield str(path.relative_to(ROOT)), ast.parse(code)


@pytest.fixture(scope="module")
def sources() -> list[tuple[str, ast.Module]]:
    """Every module and notebook, parsed once: that takes longer than any question to them."""
    return list(_sources())


def _templates(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(key, English sentence) of the problems that a module declares."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            value = getattr(statement, "value", None)
            if any(isinstance(t, ast.Name) and t.id == "TEMPLATES" for t in targets) and isinstance(value, ast.Dict):
                yield from ast.literal_eval(value).items()


def test_every_problem_is_told_in_both_languages(sources: list[tuple[str, ast.Module]]) -> None:
    told: dict[str, str] = {}
    wrong = []
    for where, tree in sources:
        for key, english in _templates(tree):
            if told.setdefault(key, english) != english:
                wrong.append(f"{where}: another room has a different problem {key!r}")
            for language in LANGUAGES:
                text = catalogue(language).get(f"problem.{key}")
                if text is None:
                    wrong.append(f"{where}: problem.{key} is not in {language}.yaml")
                elif placeholders(text) != placeholders(english):
                    wrong.append(f"{where}: problem.{key} takes other values in {language}.yaml")
    assert wrong == []
    assert {key for key in catalogue("vi") if key.startswith("problem.")} - {f"problem.{key}" for key in told} == set()


def _packed(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """(call, key) of the sentences that a module packs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (
            node.func.id == "pack" if isinstance(node.func, ast.Name) else ast.unparse(node.func) == "sentences.pack"
        ):
            key = node.args[0] if len(node.args) == 1 else None
            yield node, str(key.value) if isinstance(key, ast.Constant) else ""


def test_every_sentence_about_the_network_is_told_in_both_languages(sources: list[tuple[str, ast.Module]]) -> None:
    packed, wrong = set(), []
    for where, tree in sources:
        if where == "inventory/sentences.py":
            continue
        for call, key in _packed(tree):
            packed.add(key)
            given = {word.arg for word in call.keywords}
            for language in LANGUAGES:
                text = catalogue(language).get(key)
                if text is None or placeholders(text) != given:
                    wrong.append(f"{where}:{call.lineno}: {key!r} with {sorted(map(str, given))} in {language}.yaml")
    assert wrong == []
    assert packed == {key for key in catalogue("vi") if key.startswith(("detail.", "match."))}


def test_every_word_of_a_closed_set_exists() -> None:
    for section, values in (("outcome", Outcome), ("topic", Topic), ("algorithm", [w.replace(" ", "_") for w in ALGORITHMS])):
        for language in LANGUAGES:
            words = [texts(language).word(section, value) for value in values]
            assert len(set(words)) == len(words)


def _is_say(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in ("say", "_say")


def test_every_text_that_code_asks_for_exists(sources: list[tuple[str, ast.Module]]) -> None:
    missing = []
    for where, tree in sources:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_say(node.func) and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value not in catalogue("vi"):
                    missing.append(f"{where}:{node.lineno}: {key.value}")
    assert missing == []


def test_no_text_is_left_over(sources: list[tuple[str, ast.Module]]) -> None:
    """A key is used when it stands in code whole, begins as an f-string there, or its section is named as `words`."""
    whole: set[str] = set()
    beginnings: set[str] = {"kind.", "kinds.", "choice."}
    for _, tree in sources:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and "." in node.values[0].value:
                beginnings.add(node.values[0].value)
            elif isinstance(node, ast.Call):
                named = [word.value for word in node.keywords if word.arg == "words"]
                if isinstance(node.func, ast.Attribute) and node.func.attr == "word" and node.args:
                    named.append(node.args[0])
                beginnings |= {f"{name.value}." for name in named if isinstance(name, ast.Constant)}
    specs = (spec or "" for text in catalogue("vi").values() for _, _, spec, _ in string.Formatter().parse(text))
    beginnings |= {f"{section}." for how, _, section in (spec.partition(" ") for spec in specs) if how == "word"}
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "reports/styles").glob("*.j2"))
    reports = {path.stem.replace("-", "_") for path in (ROOT / "notebooks/reports").glob("*.ipynb")}
    beginnings |= {f"{report}.{what}" for report in reports for what in ("title", "summary")}
    left = [
        key
        for key in catalogue("vi")
        if not key.startswith("problem.")
        and key not in whole
        and not key.startswith(tuple(beginnings))
        and f'"{key}"' not in templates
    ]
    assert left == []


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "vi.yaml"
    file.write_text("a:\n  b: một\na:\n  c: hai\n", encoding="utf-8")
    with pytest.raises(TextError, match="line 3: key 'a'"):
        read_catalogue(file)


# Writing ----------------------------------------------------------------------------------------------------------------


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    with pytest.raises(TextError, match=r"did you mean 'show\.total'"):
        texts("vi")("show.totall")
    with pytest.raises(TextError, match="needs a value for 'count'"):
        texts("en")("show.more_rows")
    with pytest.raises(TextError, match="no texts in 'fr'"):
        texts("fr")


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1234567, None, "1.234.567", "1,234,567"),
        (8.25, None, "8,3", "8.3"),
        (8.0, None, "8", "8"),
        (0.125, 2, "0,13", "0.13"),  # half away from zero, as spreadsheets round
        (2.675, 2, "2,68", "2.68"),  # what is written, not what binary holds
        (-0.04, 1, "0,0", "0.0"),
        (-1234.5, 1, "-1.234,5", "-1,234.5"),
        (float("nan"), None, "—", "—"),
        (pd.NA, 1, "—", "—"),
    ],
)
def test_numbers(value: object, decimals: int | None, vi: str, en: str) -> None:
    assert texts("vi").number(value, decimals) == vi
    assert texts("en").number(value, decimals) == en


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_can_be_read_back(value: int) -> None:
    assert int(texts("vi").number(value).replace(".", "")) == value
    assert int(texts("en").number(value).replace(",", "")) == value


def test_money_shares_and_years() -> None:
    vi, en = texts("vi"), texts("en")
    assert vi.dong(12_500_000) == "12,5 triệu đồng"
    assert en.dong(12_500_000) == "12.5 million dong"
    assert vi.dong(1_234_567, "dong") == "1.234.567 đồng"
    assert vi.dong(2_000_000_000, "billion") == "2 tỷ đồng"
    assert vi.percent(0.3745, 1) == "37,5%"
    assert en.percent(1) == "100%"
    assert vi.years(8.25) == "8,3 năm"
    assert en.years(1, 0) == "1 year"
    assert vi.range(10.2, 11.24) == "10,2–11,2"


def test_days_are_the_days_of_viet_nam() -> None:
    evening = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    assert texts("vi").date(evening) == "03/03/2026"
    assert texts("vi").moment(pd.Timestamp(evening)) == "03/03/2026 03:00"
    assert texts("en").date(date(2026, 3, 2)) == "2 March 2026"
    assert texts("en").date("2026-03-02", short=True) == "2 Mar 2026"
    assert texts("vi").date(pd.NaT) == "—"


def test_a_stored_sentence_is_read_in_either_language() -> None:
    detail = sentences.together(
        [sentences.pack("detail.topic", topic=Topic.HEALTH, outcome=Outcome.SILENT), sentences.pack("detail.snmp_closed")]
    )
    assert texts("vi").told(detail) == "Tình trạng: không trả lời. Cổng SNMP đóng: không có dịch vụ nào ở đó."
    assert texts("en").told(detail) == "State: no answer. Nothing listens on the SNMP port."


@pytest.mark.parametrize(
    "detail",
    [
        "",
        "Nothing listens on the SNMP port.",  # before sentences were packed
        sentences.pack("detail.of_a_newer_program"),
        sentences.pack("problem.ssh_silent", place="10.0.0.1"),  # of a program whose text took fewer values
        sentences.pack("detail.topic", topic="weather", outcome="sunny"),
    ],
)
def test_a_detail_of_another_program_is_shown_as_it_stands(detail: str) -> None:
    assert texts("vi").told(detail) == detail


def test_a_problem_keeps_its_sentence_when_it_is_stored() -> None:
    class Closed(Problem):
        TEMPLATES: ClassVar[dict[str, str]] = {"ssh_refused": "{place} refuses connections."}

    problem = Closed("ssh_refused", place="10.0.0.1")
    for language in LANGUAGES:
        assert texts(language).told(sentences.of(problem)) == texts(language).problem(problem)


def test_placeholders_write_what_they_name() -> None:
    say = Say("en", {"a": "{year} {n} {n:plain} {n:plural device|devices} {x:percent1} {d:date} {k:kind}", **catalogue("en")})
    assert say("a", year=2026, n=2026, x=0.5, d="2026-03-02", k="ups") == "2026 2,026 2026 devices 50.0% 2 March 2026 UPS"
    assert say("a", year=1, n=1, x=0, d=None, k=None).startswith("1 1 1 device 0.0% — unknown")
