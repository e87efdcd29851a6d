"""docs/risk.md and docs/risk.vi.md: what they tell people to write and to type works."""

from __future__ import annotations

import re
import shlex

from analysis import risk
from analysis.risk.parameters import OWN_FILE
from tests.docs.pages import blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("risk.md", "risk.vi.md")
LOG = "Ngày hỏng;Thiết bị;Hỏng gì;Chi phí\n14/03/2025;Máy in;cụm sấy;1.200.000\n"


def test_both_languages_have_the_same_examples():
    for language in ("sh", "yaml"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other


def test_the_commands(copied):
    (copied / "so-sua-chua.csv").write_text(LOG, encoding="utf-8")
    for line in blocks(PAGES[0], "sh")[0].splitlines():
        done = kiemke(*shlex.split(line.split("   #")[0])[1:], cwd=copied)
        assert done.status == 0, f"{line}: {done.err}"


def test_the_example_of_own_figures_is_read(tmp_path):
    (tmp_path / OWN_FILE).write_text(blocks(PAGES[0], "yaml")[0], encoding="utf-8")
    own = risk.parameters(tmp_path)
    assert (own.person_hour_vnd, own.hazards["printer"].eta, own.evidence["too_hot"].times) == (75000, 6.5, 3)


def test_what_the_page_says_of_bounds_is_so():
    known = risk.shipped()
    assert f"between {known.cap_low:g} and {known.cap_high:g}" in page_text(PAGES[0])
    assert f"fewer than {known.fitting.failures} change nothing" in page_text(PAGES[0])
