"""docs/report-set.md and docs/report-set.vi.md: their commands are of reports and parameters that there are."""

from __future__ import annotations

import shlex

import pytest

from reports import catalog, parameters
from tests.docs.pages import blocks, page_text

PAGES = ("report-set.md", "report-set.vi.md")
NAMES = ("register-reconciliation", "changes", "office-readiness", "office-sheet")


def test_both_languages_have_the_same_commands():
    assert blocks(PAGES[0], "sh") == blocks(PAGES[1], "sh")


def test_the_commands_are_accepted_by_the_reports_contracts():
    commands = [shlex.split(line) for line in blocks(PAGES[0], "sh")[0].splitlines()]
    assert [command[3] for command in commands] == list(NAMES)
    for _, _, _, name, *rest in commands:
        given = dict(value.split("=") for option, value in zip(rest[::2], rest[1::2], strict=True) if option == "-p")
        parameters.check(name, catalog.describe(name).parameters, given)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_of_its_own_is_told(name):
    for page in PAGES:
        text = page_text(page).partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        told = {part.name for part in catalog.describe(name).settable} - {"office", "as_of"}
        assert all(f"`{parameter}`" in text for parameter in told), page
