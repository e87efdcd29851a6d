"""docs/registers.md and docs/registers.vi.md: the example works, every field and bucket is told, commands and links exist."""

import re
import shlex

import pytest

from inventory.frames import Inventory
from inventory.registers.records import FIELDS, Bucket
from kiemke.workspace import create
from tests.docs.pages import DOCS, blocks, page_text
from tests.end_to_end.running import kiemke

PAGES = ("registers.md", "registers.vi.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_example(page, tmp_path):
    (offices,), (register,), (commands,) = (blocks(page, language) for language in ("yaml", "csv", "sh"))
    home = create(tmp_path / "ws", {"offices.yaml": offices}).root
    (home / "so-tai-san-2025.csv").write_text(register, encoding="utf-8")
    for command in commands.splitlines():
        done = kiemke(*shlex.split(command)[1:], cwd=home)
        assert done.status == 0, f"{command}: {done.err}"
    rows = Inventory(home).assets()
    assert list(rows["quantity"]) == [1, 1, 5]
    assert list(rows["serial"].dropna()) == ["CZC0123ABC", "NNCA123456"]
    assert set(rows["office"]) == {"thai-hoa"}
    assert len(Inventory(home).matches()) == 7
    assert Inventory(home).rejected()["text"].str.contains("Tổng cộng").any()


@pytest.mark.parametrize("page", PAGES)
def test_every_field_and_bucket_is_told(page):
    text = page_text(page)
    named = set(re.findall(r"`([a-z_]+)`", text))
    assert {*FIELDS, *(str(bucket) for bucket in Bucket)} <= named


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = page_text(page)
    assert [link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text) if not (DOCS / link).exists()] == []
