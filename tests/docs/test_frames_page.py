"""docs/frames.md says what the loaders are checked against."""

from pathlib import Path

from inventory.frames.columns import page


def test_the_page_is_current():
    assert (Path(__file__).parents[2] / "docs" / "frames.md").read_text(encoding="utf-8") == page()
