"""docs/frames.md and docs/analysis.md (and their Vietnamese) say what the loaders and the analyses are checked against."""

import pytest

from analysis import frames as made
from inventory.frames.columns import FRAMES, ROWS, page, vietnamese
from tests.docs.pages import page_text


@pytest.mark.parametrize(("language", "file"), [("en", "frames.md"), ("vi", "frames.vi.md")])
def test_the_page_is_current(language, file):
    assert page_text(file) == page(language)


def test_every_column_and_no_other_has_a_vietnamese_meaning():
    words = vietnamese()
    meant = {(frame, column) for frame, columns in words["frames"].items() for column, meaning in columns.items() if meaning}
    assert meant == {(frame, column.name) for frame, columns in FRAMES.items() for column in columns}
    assert set(words["rows"]) == set(ROWS) == set(FRAMES)


def test_every_unit_and_no_other_is_in_vietnamese():
    assert set(vietnamese()["units"]) == {column.unit for columns in FRAMES.values() for column in columns if column.unit}


def test_no_meaning_breaks_the_table():
    for language in ("en", "vi"):
        text = page(language) + made.page(language)
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert {row.count("|") for row in rows} == {5}


@pytest.mark.parametrize(("language", "file"), [("en", "analysis.md"), ("vi", "analysis.vi.md")])
def test_the_page_of_the_analyses_is_current(language, file):
    assert page_text(file) == made.page(language)


def test_every_column_of_the_analyses_and_no_other_has_a_vietnamese_meaning():
    words = made.vietnamese()
    meant = {(frame, column) for frame, columns in words["frames"].items() for column, meaning in columns.items() if meaning}
    assert meant == {(frame, column.name) for frame, columns in made.FRAMES.items() for column in columns}
    assert set(words["rows"]) == set(made.ROWS) == set(made.FRAMES)
