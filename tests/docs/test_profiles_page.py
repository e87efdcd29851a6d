"""docs/profiles.md and docs/profiles.vi.md: the worked example works, and nothing of the format is missing."""

import re

import pytest

from collectors.profiles.matching import FIELDS, MEMBER_FIELDS
from collectors.profiles.reading import _MATCH_FIELDS, _PROFILE_FIELDS, _SOURCE_FIELDS
from collectors.profiles.sources import PLACES
from inventory.facts import KINDS
from tests.docs.pages import blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("profiles.md", "profiles.vi.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_worked_example(page, tmp_path):
    (recording,) = blocks(page, "walk")
    profile, brand = blocks(page, "yaml")
    (tmp_path / "switch.walk").write_text(recording, encoding="utf-8")
    before = kiemke("profile", "check", "switch.walk", cwd=tmp_path)
    assert (before.status, "Family: generic" in before.out) == (1, True)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "toko.yaml").write_text(profile, encoding="utf-8")
    (tmp_path / "profiles" / "brands.yaml").write_text(brand, encoding="utf-8")
    after = kiemke("profile", "check", "profiles/toko.yaml", "switch.walk", cwd=tmp_path)
    assert after.status == 0, after.err
    for told in ("Family: toko [toko.yaml]", "TK-2024", "TK24001234", "1.2.7"):
        assert told in after.out
    (tmp_path / "kiemke.toml").write_text("", encoding="utf-8")  # in a workspace its folder is found by itself
    assert "Family: toko" in kiemke("profile", "check", "switch.walk", cwd=tmp_path).out


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_the_format_is_missing(page):
    text = re.sub(r"```.*?```", "", page_text(page), flags=re.DOTALL)
    named = set(re.findall(r"[\w.]+", " ".join(re.findall(r"`([^`]+)`", text))))
    assert {*_PROFILE_FIELDS, *_MATCH_FIELDS, *_SOURCE_FIELDS, *FIELDS, *MEMBER_FIELDS, *PLACES, *KINDS} <= named
