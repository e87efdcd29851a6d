"""What docs/identity.md tells people to type works, in the order in which it stands there."""

from __future__ import annotations

import calendar
import re
import shlex

import pytest

from inventory import ledger
from kiemke.workspace import create
from tests.docs.pages import page_text
from tests.end_to_end.running import kiemke
from tests.inventory.conftest import mac, observe


def commands(page: str) -> list[str]:
    text = page_text(page)
    shown = re.findall(r"^(kiemke .+?)  .*$", text, re.MULTILINE)
    named = re.findall(r"`(kiemke (?:decide|changes) [^`]+)`", text)
    return [*shown, *named]


@pytest.fixture
def workspace(tmp_path):
    """D00042 answers at two addresses, one of them 10.0.0.7, before and after 3 May, and shares its serial with D00043."""
    made = create(tmp_path / "w", {"offices.yaml": "offices: [{code: A, name_vi: Xã A, name_en: A commune}]\n"})
    engine = made.engine()
    others = [observe(f"10.0.1.{n}", serial=f"CN{n:02d}AAA{n:03d}", macs=[mac(n)], name=f"sw-{n}") for n in range(1, 42)]
    twice = [observe(address, serial="CN42AAA042", macs=[mac(42)], name="sw-42") for address in ("10.0.0.7", "10.0.2.1")]
    alike = observe("10.0.3.1", serial="CN42AAA042", macs=[mac(43)], name="sw-43")
    for month, answers in ((4, others), (4, twice), (5, [*others, *twice, alike])):
        at = calendar.timegm((2026, month, 20, 3, 0, 0))
        opened = ledger.begin_scan(engine, at, [(o.office, o.address) for o in answers])
        ledger.record(engine, opened, answers)
        ledger.finish(engine, opened, at + 60)
    engine.dispose()
    return made.root


def test_both_languages_tell_the_same_commands():
    assert commands("identity.md") == commands("identity.vi.md")
    assert len(commands("identity.md")) == 11


def test_every_command_works(workspace):
    for _ in range(5):
        assert kiemke("decide", "correct", "D00001", "model", "X1", "-r", "tem máy", cwd=workspace).status == 0
    for command in commands("identity.md"):
        run = kiemke(*shlex.split(command)[1:], cwd=workspace)
        assert run.status == 0, (command, run.err)
        assert run.out.strip(), command
