"""environment.yml (conda) and pyproject.toml (pip) ask for the same packages in the same ranges."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
# What conda-forge calls the packages that have another name there.
CONDA_NAMES = {
    "jupyterlab-language-pack-vi-VN": "jupyterlab-language-pack-vi-vn",
    "matplotlib": "matplotlib-base",
    "types-PyYAML": "types-pyyaml",
}
CONDA_ONLY = {"python": ">=3.11"}


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
    assert {name.lower().replace("_", "-") for name in pip} <= pinned


#: Modules whose packages have another name.
PACKAGES = {"yaml": "pyyaml", "IPython": "ipython"}
ROOMS = ("kiemke", "collectors", "inventory", "analysis", "reports", "simulator")


def test_every_package_that_is_imported_is_asked_for():
    imported = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(node.module.split(".")[0])
    outside = {PACKAGES.get(name, name) for name in imported - set(ROOMS) - sys.stdlib_module_names}
    pip, _ = wanted()
    assert outside - {name.replace("-", "_") for name in pip} == set()


def test_a_folder_of_reports_stands_in_nobodys_way(tmp_path):
    """A workspace has one, and a notebook or a command that is started in the workspace finds it first."""
    (tmp_path / "reports" / "site").mkdir(parents=True)
    program = "import reports.problems, reports.site; reports.site.write"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
