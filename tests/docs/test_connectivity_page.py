"""docs/connectivity.md and docs/connectivity.vi.md: what they tell people to type works."""

from __future__ import annotations

import re
import shlex

import pytest
import yaml

from inventory import offices
from tests.docs.pages import DOCS, blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("connectivity.md", "connectivity.vi.md")


def test_both_languages_have_the_same_examples():
    for language in ("sh", "python", "yaml"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other


def test_the_examples(copied, monkeypatch):
    commands = [line.split("   #")[0] for block in blocks(PAGES[0], "sh") for line in block.splitlines()]
    assert len(commands) >= 6
    for command in commands:
        done = kiemke(*shlex.split(command)[1:], cwd=copied)
        assert done.status == 0, f"{command}: {done.err}"
        assert done.out.strip(), command
    monkeypatch.chdir(copied)
    for example in blocks(PAGES[0], "python"):
        found: dict = {}
        exec(compile(example, PAGES[0], "exec"), found)
        assert found["cut"].offices["people_cut"].sum() > 500


def test_the_services_are_as_an_offices_file_has_them(tmp_path):
    (services,) = blocks(PAGES[0], "yaml")
    file = tmp_path / "offices.yaml"
    file.write_text("offices: [{code: a, name_vi: A, name_en: A}]\n" + services, encoding="utf-8")
    assert [service.code for service in offices.load(file).services] == [s["code"] for s in yaml.safe_load(services)["services"]]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    assert [link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page_text(page)) if not (DOCS / link).exists()] == []
