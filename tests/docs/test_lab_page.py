"""docs/lab.md and docs/lab.vi.md: what they tell people to type works, in the folder where Lab's notebooks are."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.pages import DOCS, blocks, page_text
from tests.notebooks import workspaces

PAGES = ("lab.md", "lab.vi.md")


def test_both_languages_have_the_same_examples_and_pictures():
    for language in ("sh", "python"):
        assert blocks(PAGES[0], language) == blocks(PAGES[1], language) != []
    assert (DOCS / "pictures" / "lab-start-vi.png").stat().st_size < 300_000
    assert all("pictures/lab-start-vi.png" in page_text(page) for page in PAGES)


def test_the_example_runs(tmp_path):
    folder = workspaces.one_device(tmp_path / "workspace")
    (folder / "notebooks").mkdir()
    example = blocks(PAGES[0], "python")[0]
    done = subprocess.run([sys.executable, "-c", example], cwd=folder / "notebooks", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
