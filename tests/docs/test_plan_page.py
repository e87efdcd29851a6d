"""docs/plan.md and docs/plan.vi.md: what they tell people to type works, and both say the same."""

from __future__ import annotations

import re
import shlex

from analysis.replacement import Terms
from tests.docs.pages import blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("plan.md", "plan.vi.md")


def test_both_languages_have_the_same_examples():
    for language in ("sh", "python"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other


def test_the_commands(copied):
    run, shown = (shlex.split(line.split("   #")[0])[1:] for line in blocks(PAGES[0], "sh")[0].splitlines())
    done = kiemke(*shown, "--format", "csv", cwd=copied)
    assert done.status == 0, done.err
    assert "replacement-plan" in run
    contract = kiemke("report", "describe", "replacement-plan").out
    assert all(f"{part.split('=')[0]}" in contract for part in run if "=" in part)


def test_the_example_of_a_notebook(copied):
    (code,) = blocks(PAGES[0], "python")
    known: dict = {}
    exec(code.replace('"demo"', repr(str(copied))), known)
    found = known["found"]
    assert len(found.chosen) > 0
    assert set(found.left_out["name"]).isdisjoint(found.chosen["name"])


def test_every_term_is_told():
    for page in PAGES:
        text = page_text(page)
        missing = [name for name in Terms.__slots__ if f"`{name}`" not in text and name not in ("budgets", "years")]
        assert missing == []
