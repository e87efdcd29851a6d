"""docs/forms.md and docs/forms.vi.md: their commands are understood, what they name is there, and both say the same."""

from __future__ import annotations

import re
import shlex

from tests.docs.pages import DOCS, blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("forms.md", "forms.vi.md")


def commands(page: str) -> list[str]:
    return [re.sub(r" +#.*", "", line) for block in blocks(page, "sh") for line in block.splitlines()]


def test_both_languages_have_the_same_commands():
    assert commands(PAGES[0]) == commands(PAGES[1])


def test_every_picture_link_and_notebook_is_there():
    for page in PAGES:
        text = page_text(page)
        assert [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not (DOCS / link).exists()] == []
        assert (DOCS.parent / "notebooks" / "explore" / "report-form.ipynb").exists()


def test_the_commands_are_understood_up_to_where_they_would_open_a_page(tmp_path):
    ours = [line for line in commands(PAGES[0]) if line.startswith("kiemke forms")]
    assert len(ours) == 3
    for line in ours:
        done = kiemke(*shlex.split(line)[1:], "--workspace", tmp_path)
        assert done.status == 2
        assert "No workspace in" in done.err, done.err
