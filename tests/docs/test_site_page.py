"""docs/site.md and docs/site.vi.md: what they tell people to type works, and both say the same."""

from __future__ import annotations

import re
import shlex

from kiemke.workspace import create
from tests.docs.pages import blocks, page_text
from tests.end_to_end.running import kiemke
from tests.reports.site import folder

PAGES = ("site.md", "site.vi.md")


def test_both_languages_have_the_same_examples():
    for language in ("sh", "nginx"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other
        assert one


def test_the_commands(tmp_path):
    home = create(tmp_path / "workspace", {}).root
    for day in ("2026-03-02", "2026-04-01"):
        folder.run(home / "reports", "network-state", day)
    commands = [shlex.split(block) for block in blocks(PAGES[0], "sh") if block.startswith("kiemke ")]
    assert [command[2] for command in commands] == ["site", "compare"]
    for command in commands:
        done = kiemke(*command[1:], cwd=home)
        assert done.status == 0, done.err
    assert "Both runs show the same." in done.out
    assert (home / "reports" / "index.html").exists()


def test_what_the_page_says_of_the_plain_list_is_so():
    from reports.site.front import LISTED

    for page in PAGES:
        assert f" {LISTED} " in page_text(page)
