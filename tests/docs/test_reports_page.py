"""docs/reports.md and docs/reports.vi.md: what they tell people to type works, on a small workspace; and a run again."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from inventory import ledger, offices
from inventory.facts import Outcome
from kiemke import settings, workspace
from reports.records import STATUSES, THROUGH
from tests.docs.pages import DOCS, blocks, page_text
from tests.end_to_end.running import kiemke
from tests.inventory.conftest import START, observe

PAGES = ("reports.md", "reports.vi.md")
OFFICES = "offices: [{code: xa, name_vi: Xã B, name_en: Commune B, networks: [10.0.1.0/28]}]\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one scan of a commune, and the page's settings."""
    toml = 'language = "vi"\n' + blocks(PAGES[0], "toml")[0]
    made = workspace.create(tmp_path_factory.mktemp("home") / "kho", {"offices.yaml": OFFICES, "kiemke.toml": toml})
    engine = made.engine()
    offices.write(engine, made.offices(), START - 60)
    scan = ledger.begin_scan(engine, START, [("xa", "10.0.1.1")])
    ledger.record_outcomes(engine, scan, [ledger.TargetOutcome("xa", "10.0.1.1", "snmp", Outcome.ANSWERED)])
    ledger.record(engine, scan, [observe("10.0.1.1", office="xa", serial="S1", name="sw1")])
    ledger.finish(engine, scan, START + 60)
    engine.dispose()
    return made.root


def test_both_languages_have_the_same_examples() -> None:
    for language in ("sh", "toml"):
        assert blocks(PAGES[0], language) == blocks(PAGES[1], language)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere_and_the_words_of_a_record_are_told(page: str) -> None:
    text = page_text(page)
    assert [link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text) if not (DOCS / link).exists()] == []
    assert [status for status in STATUSES if f"`{status}`" not in text] == []
    assert page != PAGES[0] or [through for through in THROUGH if through not in text] == []


def test_the_examples(home: Path) -> None:
    read = settings.read(home / "kiemke.toml")
    assert (read.keep_days, read.keep_runs) == (400, 12)
    for command in blocks(PAGES[0], "sh")[0].splitlines():
        done = kiemke(*shlex.split(command)[1:], cwd=home)
        assert done.status == 0, f"{command}: {done.err}"
        assert done.out.strip() or "prune" in command, command
    refused = kiemke("report", "run", "network-state", "-p", "office=xã c", cwd=home)
    assert (refused.status, refused.out) == (2, "")
    assert "did you mean xa (Xã B)?" in refused.err
    (record,) = (home / "reports").glob("*/run.json")
    assert json.loads(record.read_text(encoding="utf-8"))["parameters"]["office"] == "xa"
    again = kiemke("report", "repeat", record.parent.name, cwd=home)
    assert again.status == 0, again.err
    assert "The numbers are the same" in again.out
