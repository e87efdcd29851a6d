"""environment.yml (conda) and pyproject.toml (pip) ask for the same packages in the same ranges."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
# What conda-forge calls the packages that have another name there.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "nbconvert": "nbconvert-core", "types-PyYAML": "types-pyyaml"}
# netmiko's extra is a plain pin for conda, which knows no extras.
CONDA_ONLY = {"python": ">=3.11", "paramiko": ">=4,<5"}


def wanted() -> tuple[dict[str, str], dict[str, str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    pip = dict(re.fullmatch(r"([\w.-]+)(?:\[\w+\])?(.*)", line).groups() for line in lines)
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = dict(re.fullmatch(r"([\w.-]+)(.*)", line).groups() for line in listed)
    return pip, conda


def test_conda_and_pip_ask_for_the_same():
    pip, conda = wanted()
    assert {CONDA_NAMES.get(name, name): span for name, span in pip.items()} | CONDA_ONLY == conda


def test_every_dependency_has_a_lower_bound():
    pip, _ = wanted()
    assert [name for name, span in pip.items() if not span.startswith(">=")] == []


def test_the_constraints_pin_every_dependency():
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line}
    pip, _ = wanted()
    assert {name.lower() for name in pip} <= pinned
