"""docs/schedule.md and docs/schedule.vi.md: what they tell people to write and type works, and both say the same."""

from __future__ import annotations

import re
import shlex
import shutil

from kiemke.workspace import create
from reports.schedule import calendar, reading
from reports.schedule.reading import OF_KIND, Surroundings
from tests.docs.pages import blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("schedule.md", "schedule.vi.md")


def test_both_languages_have_the_same_examples():
    for language in ("sh", "yaml"):
        one, other = ([re.sub(r" *#.*", "", block) for block in blocks(page, language)] for page in PAGES)
        assert one == other


def test_the_commands(tmp_path, empty_inventory):
    shutil.copy(empty_inventory, tmp_path / "inventory.sqlite")
    create(tmp_path)
    for block in blocks(PAGES[0], "sh"):
        for line in block.splitlines():
            done = kiemke(*shlex.split(line.split("   #")[0])[1:], cwd=tmp_path)
            assert done.status == 0, f"{line}: {done.err}"
            assert done.out.strip()


def test_the_example_is_a_schedule(tmp_path):
    for page in PAGES:
        (text,) = blocks(page, "yaml")
        (tmp_path / "schedule.yaml").write_text(text, encoding="utf-8")
        schedule = reading.read(tmp_path / "schedule.yaml", Surroundings())
        assert schedule.problems == ()
        assert set(schedule.entries) == {"weekly-scan", "monthly-state"}


def test_every_key_and_every_example_of_a_time_is_right():
    for page in PAGES:
        text = page_text(page)
        (paragraph,) = (part for part in text.split("\n\n") if part.startswith("`when`"))
        written = [" ".join(example.split()) for example in re.findall(r"`([^`]+)`", paragraph)]
        for example in written[1:]:
            calendar.parse(example)
        assert [key for keys in OF_KIND.values() for key in keys if f"`{key}:" not in text and f"{key}:" not in text] == []
