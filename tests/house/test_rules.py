"""The rules of the house: who may import whom, style, types."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [["lint-imports"], ["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["imports", "lint", "format", "types"],
)
def test_rule(command):
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_collectors_import_pysnmp_and_netmiko():
    offenders = [
        str(path.relative_to(ROOT))
        for room in ("kiemke", "inventory", "analysis", "reports", "simulator", "notebooks")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".ipynb"} and re.search(r"\b(?:import|from) (?:pysnmp|netmiko)\b", path.read_text())
    ]
    assert offenders == []
