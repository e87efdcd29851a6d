"""The reports of the demonstration: the plan keeps its budgets, and its sums are the same everywhere."""

from __future__ import annotations

import json
import re

import openpyxl
import pytest

REPORTS = ("equipment-age", "network-state", "replacement-plan")


@pytest.fixture(scope="module")
def runs(demo):
    """The last run's folder by report."""
    found = {}
    for record in sorted((demo.home / "reports").glob("*/run.json")):
        content = json.loads(record.read_text(encoding="utf-8"))
        found[content["report"] if "report" in content else content["name"]] = (record.parent, content)
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_there_whole(runs, name):
    folder, record = runs[name]
    assert record["status"] == "done"
    page = (folder / record["files"]["html"]).read_text(encoding="utf-8")
    assert "<html" in page
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!data:|#)[^"']*|url\((?!["']?data:)""", page) == []
    assert "Traceback" not in page
    assert openpyxl.load_workbook(folder / record["files"]["xlsx"]).sheetnames


def test_both_demonstrations_left_their_reports_and_the_index_lists_them(demo):
    assert len(list((demo.home / "reports").glob("*/run.json"))) == 2 * len(REPORTS)
    index = (demo.home / "reports" / "index.html").read_text(encoding="utf-8")
    assert all(index.count(name) >= 2 for name in REPORTS)
