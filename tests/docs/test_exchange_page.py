"""docs/exchange.md and docs/exchange.vi.md: what they tell people to type works, and the columns are those of the files."""

from __future__ import annotations

import re
import shlex

import pytest

from inventory.exchange import to_netbox
from tests.docs.pages import blocks, page_text
from tests.end_to_end.running import kiemke
from tests.inventory.exchange.made import frames

PAGES = ("exchange.md", "exchange.vi.md")


def test_both_languages_have_the_same_examples():
    for language in ("sh", "python"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other


def test_the_examples(copied, monkeypatch):
    page = "exchange.md"
    commands = [line for block in blocks(page, "sh") for line in block.splitlines()]
    assert len(commands) >= 5
    for command in commands:
        done = kiemke(*shlex.split(command)[1:], cwd=copied)
        assert done.status == 0, f"{command}: {done.err}"
    monkeypatch.chdir(copied)
    for example in blocks(page, "python"):
        found: dict[str, object] = {}
        exec(compile(example, page, "exec"), found)
        assert len(found["devices"])


@pytest.mark.parametrize("page", PAGES)
def test_the_columns_of_netbox(page):
    text = page_text(page)
    told = re.findall(r"^\| `(\d\d-\S+\.csv)` \| `([^`]+)`", text, re.MULTILINE)
    assert {file: tuple(columns.split()) for file, columns in told} == {
        form.file: form.columns for form in to_netbox.export(frames()).forms
    }
