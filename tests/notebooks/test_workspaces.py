"""Every notebook stands a workspace in which there is nothing, or hardly anything, and says what to do first.

Larger ones, both languages and a real browser: `python -m tests.notebooks.everywhere`.
"""

from __future__ import annotations

from html import escape

import pytest

from reports.texts import texts
from tests.notebooks import everywhere, running, workspaces


@pytest.fixture(scope="module", autouse=True)
def shell():
    yield running.shell()
    running.Shell.clear_instance()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return workspaces.empty(tmp_path_factory.mktemp("empty") / "new")


@pytest.fixture(scope="module")
def one_device(tmp_path_factory):
    return workspaces.one_device(tmp_path_factory.mktemp("one") / "new")


@pytest.mark.parametrize("notebook", everywhere.ALL)
def test_nothing_was_scanned_yet(notebook, empty, tmp_path):
    page = tmp_path / "page.html"
    done = everywhere.one("empty", empty, notebook, "vi", page)
    assert done.wrong == []
    if notebook.startswith("reports/"):
        sentence = texts("vi")("scope.scan_none").replace("**", "")
        assert escape(sentence.split(". ")[1]) in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("notebook", [name for name in everywhere.ALL if name.startswith("reports/")])
def test_one_device_that_hardly_tells_anything(notebook, one_device):
    assert everywhere.one("one-device", one_device, notebook, "en").wrong == []


def test_what_the_checker_finds():
    """A key, a raw value and a heading in the other language are seen; what is in a DataFrame is data."""
    seen = everywhere._Reading()
    seen.feed("<h2>Tuổi thiết bị</h2><p>column.row</p><td>NaT</td><table class='dataframe'><th>Địa chỉ</th><td>NaN</td></table>")
    wrong = list(everywhere.looked_at(seen, "en", showed=True))
    assert [sentence.split(":")[0] for sentence in wrong] == [
        "a key is shown",
        "a raw value is shown",
        "a heading is not in English",
    ]
    assert list(everywhere.looked_at(everywhere._Reading(), "vi", showed=False)) == ["nothing is shown"]
