"""docs/maps.md and its pictures: they are there, and are what the command makes."""

from __future__ import annotations

import re
import runpy

import pytest

from tests.docs.pages import DOCS, page_text


@pytest.mark.parametrize("page", ["maps.md", "maps.vi.md"])
def test_every_picture_and_link_is_there(page):
    links = re.findall(r"\]\(([^)#]+)\)", page_text(page))
    assert len(links) >= 5
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_the_command_makes_the_pictures_that_are_kept():
    offices = runpy.run_path(str(DOCS / "pictures" / "draw.py"))["OFFICES"]
    kept = {path.stem for path in (DOCS / "pictures").glob("map-*.png")}
    assert kept == {"map-district", *(f"map-{office}" for office in offices)}
