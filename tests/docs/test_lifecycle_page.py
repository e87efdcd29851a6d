"""docs/lifecycle.md and docs/lifecycle.vi.md: what they tell people to type works, on a small workspace."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from inventory import ledger, offices
from inventory.facts import Outcome
from inventory.frames import Inventory
from kiemke import workspace
from tests.docs.pages import DOCS, blocks, page_text
from tests.end_to_end.running import kiemke
from tests.inventory.conftest import START, observe

PAGES = ("lifecycle.md", "lifecycle.vi.md")
OFFICES = "offices: [{code: xa, name_vi: Xã B, name_en: Commune B, networks: [10.0.1.0/28]}]\n"
DEBIAN = '---\npermalink: /debian\nreleases:\n-   releaseCycle: "31"\n    releaseDate: 2026-05-01\n    eol: 2040-01-01\n---\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A workspace with three switches and a server, an endoflife.date, and the page's list of hardware."""
    made = workspace.create(tmp_path_factory.mktemp("home") / "kho", {"offices.yaml": OFFICES})
    engine = made.engine()
    offices.write(engine, made.offices(), START - 60)
    switch = {"office": "xa", "vendor": "TP-Link", "model": "T1600G-28TS"}
    seen = [observe(f"10.0.1.{n}", serial=f"S{n}", name=f"sw{n}", **switch) for n in (1, 2, 3)]
    server = {"kind": "server", "vendor": "HPE", "model": "ML30", "serial": "S9", "name": "srv", "os_version": "Debian 31"}
    seen.append(observe("10.0.1.9", office="xa", **server))
    targets = [(one.office, one.address) for one in seen]
    scan = ledger.begin_scan(engine, START, targets)
    ledger.record_outcomes(engine, scan, [ledger.TargetOutcome(*target, "snmp", Outcome.ANSWERED) for target in targets])
    ledger.record(engine, scan, seen)
    ledger.finish(engine, scan, START + 60)
    engine.dispose()
    (made.root / "endoflife.date" / "products").mkdir(parents=True)
    (made.root / "endoflife.date" / "products" / "debian.md").write_text(DEBIAN)
    hardware, prices = blocks(PAGES[0], "csv")
    (made.root / "hardware.csv").write_text(hardware)
    (made.root / "lifecycle").mkdir()
    (made.root / "lifecycle" / "prices.csv").write_text(prices)
    return made.root


def test_both_languages_have_the_same_examples():
    for language in ("sh", "python", "csv"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    assert [link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page_text(page)) if not (DOCS / link).exists()] == []


def test_the_examples(home, monkeypatch):
    before = kiemke("lifecycle", "check", "--format", "json", cwd=home)
    gaps = json.loads(before.out)
    assert (gaps[0]["devices"], gaps[0]["vendor"], gaps[0]["name"], gaps[0]["lacks"]) == (3, "TP-Link", "T1600G-28TS", "no_row")
    assert "Debian 31" in [gap["name"] for gap in gaps]
    for command in [line.split("   #")[0] for block in blocks(PAGES[0], "sh") for line in block.splitlines()]:
        done = kiemke(*shlex.split(command)[1:], cwd=home)
        assert (done.status, bool(done.out.strip())) == (0, True), f"{command}: {done.err}"
    rows = Inventory(home).lifecycle(as_of="2026-12-31")
    switch, server = rows[rows["model"] == "T1600G-28TS"].iloc[0], rows[rows["model"] == "ML30"].iloc[0]
    assert (switch["sale"], switch["security"], switch["status"], switch["step"]) == ("past", "past", "past", "replace")
    assert (server["release"], server["status"]) == ("31", "supported")
    assert Inventory(home).lifecycle(as_of="2026-06-30")["status"].eq("supported").all(), "the last day is a day of support"
    monkeypatch.chdir(home)
    (example,) = blocks(PAGES[0], "python")
    found: dict = {}
    exec(compile(example, PAGES[0], "exec"), found)
    assert found["computer"].years == 5
    assert found["policies"].prices["pc"].vnd == 14_500_000


def test_a_mistake_in_a_table_is_told_by_check_and_costs_nothing_else(home):
    (home / "lifecycle" / "norms.csv").write_text("kind,officials\nlaptop,1\n")
    done = kiemke("lifecycle", "check", cwd=home)
    (home / "lifecycle" / "norms.csv").unlink()
    assert done.status == 0
    assert "lifecycle/norms.csv, line 2: there is no kind “laptop”" in done.err


def test_an_import_with_a_broken_page_takes_the_others_and_ends_with_1(home):
    broken = home / "endoflife.date" / "products" / "ubuntu.md"
    broken.write_text("---\npermalink: /ubuntu\nreleases: [\n")
    done = kiemke("lifecycle", "import", "endoflife.date", cwd=home)
    broken.unlink()
    assert done.status == 1
    assert "1 releases of 1 products" in done.out
    assert len(done.err.splitlines()) == 1
