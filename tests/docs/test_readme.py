"""What the README tells people to type works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.end_to_end.running import kiemke

ROOT = Path(__file__).parents[2]
#: Commands that never end by themselves, need a network of the reader's own, or run this very test.
NOT_HERE = ("kiemke lab", "kiemke forms", "kiemke sweep", "kiemke scan", "kiemke probe", "kiemke simulate", "make", "cd", ".")


def shell_lines(page):
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            command = line.split("   #")[0].strip()
            if command and not command.startswith(NOT_HERE):
                yield command


def test_both_languages_tell_the_same_commands():
    def told(page):
        return [re.sub(r"(?<=kiemke init )\S+", "FOLDER", line) for line in shell_lines(page)]

    assert told("README.md") == told("README.vi.md")


def test_commands(copied):
    commands = list(dict.fromkeys(shell_lines("README.vi.md")))
    assert len(commands) >= 5
    for command in commands:
        done = kiemke(*shlex.split(command)[1:], cwd=copied)
        assert done.status == 0, f"{command}: {done.err}"
        assert done.out.strip(), command


@pytest.mark.parametrize("page", ["README.md", "README.vi.md"])
def test_python_examples(page, copied, monkeypatch):
    monkeypatch.chdir(copied.parent)
    copied.rename(copied.parent / "demo")
    examples = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, page, "exec"), {})


@pytest.mark.parametrize("page", ["README.md", "README.vi.md", "CHANGELOG.md"])
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    missing = [link for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text) if not (ROOT / link).exists()]
    assert missing == []
