"""Another budget and a question about one thing, in a real browser."""

from __future__ import annotations

import os
import shutil

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from inventory.database import workspace_database
from kiemke.workspace import create
from tests.end_to_end.test_lab import CHROMIUM, DRIVER, browser, jupyterlab
from tests.end_to_end.test_register_desks import Page
from tests.notebooks.conftest import OFFICES, small_workspace  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")


def test_another_budget_and_one_thing(small_workspace, tmp_path, report_folder):  # noqa: F811
    home = create(tmp_path / "workspace", {"offices.yaml": OFFICES}).root
    shutil.copy(workspace_database(small_workspace), workspace_database(home))
    os.environ.pop("KIEMKE_WORKSPACE", None)
    with jupyterlab(home, tmp_path) as address, browser(tmp_path) as driver:
        page = Page(driver, address, "plan-what-if")
        page.find("items")
        page.find("budget").find_element(By.CSS_SELECTOR, "input").send_keys(Keys.CONTROL, "a")
        page.find("budget").find_element(By.CSS_SELECTOR, "input").send_keys("20 triệu", Keys.ENTER)
        page.until("So với lần tính trước")
        page.save(report_folder, "plan-what-if")
        page.find("thing").find_element(By.CSS_SELECTOR, "input").send_keys("D00001", Keys.ENTER)
        page.click("why")
        page.until("thì tránh được")
        page.save(report_folder, "plan-what-if-one")
