"""docs/security.md and docs/security.vi.md: what they tell people to type works, and every kind of opening is explained."""

from __future__ import annotations

import re
import shlex

import pytest

from analysis.security import EXPOSURES
from kiemke import settings
from tests.docs.pages import DOCS, blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("security.md", "security.vi.md")


def test_both_languages_have_the_same_examples():
    for language in ("sh", "python", "toml"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other


def test_the_examples(copied, monkeypatch):
    for command in [line.split("   #")[0] for block in blocks(PAGES[0], "sh") for line in block.splitlines()]:
        done = kiemke(*shlex.split(command)[1:], cwd=copied)
        assert done.status == 0, f"{command}: {done.err}"
        assert done.out.strip(), command
    monkeypatch.chdir(copied)
    for example in blocks(PAGES[0], "python"):
        found: dict = {}
        exec(compile(example, PAGES[0], "exec"), found)
        assert len(found["found"].exposures) > 100


def test_the_settings_are_taken(tmp_path):
    (example,) = blocks(PAGES[0], "toml")
    (tmp_path / "kiemke.toml").write_text(example, encoding="utf-8")
    assert settings.read(tmp_path / "kiemke.toml").doors.https == (443, 8443)


@pytest.mark.parametrize("page", PAGES)
def test_every_kind_is_explained_and_links_lead_somewhere(page):
    text = page_text(page)
    kinds = next(column.meaning for column in EXPOSURES if column.name == "kind").split(", ")
    assert [kind for kind in kinds if kind not in text] == []
    assert [link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text) if not (DOCS / link).exists()] == []
