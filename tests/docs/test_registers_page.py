"""docs/registers.md and docs/registers.vi.md: the example works, every field and bucket is told, commands and links exist."""

import re
import shlex
from pathlib import Path

import pytest

from inventory.frames import Inventory
from inventory.registers.records import FIELDS, Bucket
from kiemke.workspace import create
from tests.end_to_end.running import kiemke

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("registers.md", "registers.vi.md")


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


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
    text = (DOCS / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", text))
    assert {*FIELDS, *(str(bucket) for bucket in Bucket)} <= named


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text) if not (DOCS / link).exists()] == []
