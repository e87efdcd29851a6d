"""docs/documents.md and docs/documents.vi.md: what they tell people to type and to write into the settings works."""

from __future__ import annotations

import re
import shlex

from kiemke import settings
from reports import letterhead
from reports.letterhead import Letterhead
from reports.problems import ReportProblem
from reports.to_pdf import DRESSES
from tests.docs.pages import blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("documents.md", "documents.vi.md")


def test_both_languages_have_the_same_examples():
    for language in ("sh", "toml"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other != []


def test_the_commands_ask_for_what_there_is():
    said = kiemke("report", "run", "--help").out
    for line in blocks(PAGES[0], "sh")[0].splitlines():
        words = shlex.split(line, comments=True)
        assert all(word in said for word in words if word.startswith("--"))
        if "--dress" in words:
            assert words[words.index("--dress") + 1] in DRESSES


def test_the_letterhead_is_taken_whole(tmp_path):
    (example,) = blocks(PAGES[0], "toml")
    (tmp_path / "kiemke.toml").write_text(example, encoding="utf-8")
    settings.read(tmp_path / "kiemke.toml")
    head = letterhead.read(tmp_path)
    assert (head.issuer, head.number, len(head.recipients)) == ("Ủy ban nhân dân huyện Mẫu", "", 3)
    assert all(f"{name} = " in example for name in Letterhead.__slots__)


def test_what_to_install_is_what_the_refusal_says():
    packages = re.search(r"apt install ([\w. +-]+)", page_text(PAGES[0]))[1]
    assert packages == re.search(r"apt install ([\w. +-]+)\n", page_text(PAGES[1]))[1]
    assert f"apt install {packages}," in ReportProblem.TEMPLATES["pdf_pango"]
