"""A workspace's notebooks: people's changes stay, untouched copies follow the originals."""

import json

import pytest

from kiemke.notebook_copies import renew


def notebook(*sources, outputs=()):
    cells = [{"cell_type": "code", "source": source, "outputs": list(outputs)} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def originals(tmp_path):
    folder = tmp_path / "originals"
    folder.mkdir()
    (folder / "start.ipynb").write_text(notebook("1 + 1"))
    return folder


def test_missing_copies_are_made_once(tmp_path, originals):
    assert renew(tmp_path / "mine", originals) == ["start.ipynb"]
    assert renew(tmp_path / "mine", originals) == []


def test_a_copy_that_was_only_run_follows_its_original(tmp_path, originals):
    renew(tmp_path / "mine", originals)
    copy = tmp_path / "mine" / "start.ipynb"
    copy.write_text(notebook("1 + 1", outputs=["2"]))
    (originals / "start.ipynb").write_text(notebook("1 + 2"))
    assert renew(tmp_path / "mine", originals) == ["start.ipynb"]
    assert copy.read_text() == notebook("1 + 2")


@pytest.mark.parametrize("mine", [notebook("1 + 1", "my_own"), "no notebook any more"])
def test_a_copy_that_a_person_changed_is_never_touched(tmp_path, originals, mine):
    renew(tmp_path / "mine", originals)
    copy = tmp_path / "mine" / "start.ipynb"
    copy.write_text(mine)
    (originals / "start.ipynb").write_text(notebook("1 + 2"))
    assert renew(tmp_path / "mine", originals) == []
    assert copy.read_text() == mine
