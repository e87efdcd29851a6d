"""What Lab opens on: first steps, what failed, and cards whose links lead somewhere."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from IPython.utils.capture import capture_output

from desk.start_page import START, StartPage, age_in_days, cards, not_made_up_for, troubles
from inventory.frames import FRAMES
from inventory.frames.dtypes import conform
from reports.records import moment
from reports.texts import LANGUAGES, texts
from tests.notebooks import running, workspaces

ORIGINALS = Path(__file__).parents[2] / "notebooks" / "explore"
NOW = datetime(2026, 11, 26, 12).astimezone()


@pytest.fixture(scope="module", autouse=True)
def shell():
    yield running.shell()
    running.Shell.clear_instance()


def scans(*rows: dict) -> pd.DataFrame:
    names = [column.name for column in FRAMES["scans"]]
    return conform("scans", pd.DataFrame([[row.get(name) for name in names] for row in rows], columns=names, dtype=object))


def scan(day: int, *, ended: bool = True, failed: int = 0) -> dict:
    at = int(pd.Timestamp(2026, 11, day, tz="UTC").timestamp())
    return {"scan": f"S{day}", "started_at": at, "finished_at": at + 540 if ended else None, "failed": failed}


def run(report: str, status: str, days_ago: float, reports: Path | None = None, **more: object) -> dict:
    record = {
        "report": report,
        "status": status,
        "started_at": moment((NOW - timedelta(days=days_ago)).timestamp()),
        "language": "vi",
    }
    record |= {"parameters": {}, "folder": f"{report}-{days_ago}"} | more
    if reports:
        home = reports / str(record["folder"])
        home.mkdir(parents=True)
        (home / "run.json").write_text(json.dumps(record), encoding="utf-8")
        for name in (more.get("files") or {}).values():  # type: ignore[attr-defined]
            (home / name).write_text("<p>", encoding="utf-8")
    return record


def shown(show, *arguments) -> str:
    with capture_output() as caught:
        show(*arguments)
    return "".join(output.data.get("text/html", "") for output in caught.outputs)


class _Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "a":
            self.found.append(unquote(dict(attrs)["href"]))


def test_every_notebook_has_a_title_and_a_sentence_in_both_languages():
    found = cards(ORIGINALS)
    assert START not in {card.file for card in found}
    for card in found:
        for language in LANGUAGES:
            assert 3 < len(card.titles[language]) < 60, card.file
            assert 10 < len(card.sentences[language]) < 220, card.file
        assert card.titles["vi"] != card.titles["en"]


def test_an_empty_workspace_is_told_what_to_do_first(tmp_path):
    folder = workspaces.empty(tmp_path / "new")
    (folder / "notebooks").mkdir()
    html = shown(StartPage(folder, texts("en")).first_steps, scans())
    assert "kiemke scan" in html
    links = _Links(html).found
    assert {(folder / "notebooks" / link).resolve().name for link in links} == {"offices.yaml", "credentials.yaml"}
    assert all((folder / "notebooks" / link).is_file() for link in links)
    assert shown(StartPage(folder, texts("vi")).first_steps, scans(scan(3))) == ""


def test_offices_that_are_filled_in_are_counted_and_a_broken_file_is_told(tmp_path):
    folder = workspaces.unscanned(tmp_path / "new")
    assert texts("vi")("start_page.offices_there", count=2) in shown(StartPage(folder, texts("vi")).first_steps, scans())
    (folder / "offices.yaml").write_text("offices: [", encoding="utf-8")
    html = shown(StartPage(folder, texts("vi")).first_steps, scans())
    assert "offices.yaml" in html
    assert "kiemke scan" in html


def test_a_failure_is_told_until_the_same_thing_was_made():
    failed, done = run("security", "failed", 3), run("security", "done", 2)
    assert not_made_up_for([done, failed], NOW) == []
    other = run("security", "done", 1, parameters={"office": "thai-hoa"})
    assert not_made_up_for([other, failed], NOW) == [failed]
    killed, older = run("changes", "killed", 4), run("changes", "timed_out", 5)
    assert not_made_up_for([killed, older, run("changes", "failed", 40)], NOW) == [killed]
    assert not_made_up_for([run("changes", "running", 0), run("plan", "failed", 31)], NOW) == []


def test_failures_and_cards_lead_to_what_is_there(tmp_path):
    folder, reports = tmp_path, tmp_path / "reports"
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "ageing.ipynb").write_bytes((ORIGINALS / "ageing.ipynb").read_bytes())
    (folder / "notebooks" / "của tôi <b>.ipynb").write_text("half written", encoding="utf-8")
    fresh = (datetime.now().astimezone() - NOW).total_seconds() / -86_400
    hostile = {"key": "run_failed", "vi": "<script>alert(1)</script>", "en": "x"}
    run("security", "failed", fresh, reports, error=hostile, files={"notebook": "security.ipynb"}, titles={"vi": "An toàn"})
    run("equipment-age", "done", fresh + 1, reports, files={"html": "a-vi.html", "xlsx": "a-vi.xlsx"})
    (reports / "broken").mkdir()
    (reports / "broken" / "run.json").write_text("{", encoding="utf-8")
    page = StartPage(folder, texts("vi"), reports)
    failures = shown(page.failures, scans(scan(3)))
    assert "script" not in _Links(failures).tags
    listed = _Links(failures + shown(page.notebook_cards) + shown(page.report_cards)).found
    assert all((folder / "notebooks" / link).is_file() for link in listed), listed
    names = {Path(link).name for link in listed}
    assert names == {"security.ipynb", "ageing.ipynb", "của tôi <b>.ipynb", "a-vi.html", "a-vi.xlsx"}


def test_reports_outside_the_workspace_are_named_and_not_linked(tmp_path):
    folder, reports = tmp_path / "here", tmp_path / "share"
    (folder / "notebooks").mkdir(parents=True)
    run("equipment-age", "done", 1, reports, files={"html": "a-vi.html"})
    html = shown(StartPage(folder, texts("en"), reports).report_cards)
    assert texts("en")("index.file_html") in html
    assert _Links(html).found == []


def test_troubles_of_the_last_scan():
    say = texts("en")
    assert troubles(scans(), say) == []
    assert troubles(scans(scan(1, failed=4), scan(2)), say) == []
    assert troubles(scans(scan(1), scan(2, failed=4)), say) == [
        say("start_page.unread", count=4, at=pd.Timestamp(2026, 11, 2, tz="UTC"))
    ]
    assert len(troubles(scans(scan(1, failed=2), scan(2, ended=False)), say)) == 2


def test_the_age_of_the_data():
    assert age_in_days(scans(), pd.Timestamp(2026, 11, 9, tz="UTC")) is None
    assert age_in_days(scans(scan(2), scan(3, ended=False)), pd.Timestamp(2026, 11, 9, tz="UTC")) == 6
    assert age_in_days(scans(scan(9)), pd.Timestamp(2026, 11, 2, tz="UTC")) == 0, "a simulated clock may run ahead"
