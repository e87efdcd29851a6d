"""A register imported and a doubtful match decided in a real browser, by clicking."""

from __future__ import annotations

import os
import time

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as shown
from selenium.webdriver.support.ui import Select, WebDriverWait

from inventory.frames import Inventory
from tests.desk.test_register_desks import matched, workspace  # noqa: F401 - fixtures
from tests.end_to_end.test_lab import CHROMIUM, DRIVER, IDLE, browser, entry, jupyterlab, menu
from tests.kiemke.test_register import HEAD, sheet

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")


class Page:
    """A notebook in JupyterLab, and the widgets on it by their classes."""

    def __init__(self, driver, address, name):
        self.driver = driver
        self.wait = WebDriverWait(driver, 90, ignored_exceptions=[StaleElementReferenceException])
        driver.get(address.replace("start.ipynb", f"{name}.ipynb"))
        self.wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, ".jp-Notebook .jp-Cell")))
        self.wait.until(shown.text_to_be_present_in_element((By.CSS_SELECTOR, ".jp-KernelName"), "Python 3"))
        self.wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, IDLE)))
        driver.find_element(By.XPATH, menu("Chạy")).click()
        self.wait.until(shown.element_to_be_clickable((By.XPATH, entry("Run All Cells")))).click()

    def find(self, name):
        return self.wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, f".kiemke-{name}")))

    def click(self, name):
        button = self.wait.until(shown.element_to_be_clickable((By.CSS_SELECTOR, f".kiemke-{name}")))
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def type(self, name, text):
        box = self.find(name).find_element(By.CSS_SELECTOR, "input")
        box.clear()
        box.send_keys(text)

    def until(self, words):
        body = (By.CSS_SELECTOR, ".jp-Notebook")
        self.wait.until(shown.text_to_be_present_in_element(body, words))

    def save(self, report_folder, name):
        time.sleep(0.5)
        self.driver.save_screenshot(str(report_folder / f"{name}.png"))


def test_importing(workspace, tmp_path, report_folder):  # noqa: F811
    head = (*HEAD[:3], "Số máy đặc biệt", *HEAD[4:])
    sheet(workspace / "registers" / "so-tai-san-2025.xlsx", head=head)
    os.environ.pop("KIEMKE_WORKSPACE", None)
    with jupyterlab(workspace, tmp_path) as address, browser(tmp_path) as driver:
        page = Page(driver, address, "register-import")
        page.click("look")
        page.until("4 dòng, 8 chiếc")
        cells = driver.find_elements(By.CSS_SELECTOR, ".kiemke-field select")
        Select(cells[3]).select_by_visible_text("số sê-ri")
        page.until("CZC0123ABC")
        page.save(report_folder, "register-import")
        page.click("store")
        page.until("Đã nhập vào sổ")
        page.save(report_folder, "register-import-done")
    assert list(Inventory(workspace).assets()["serial"].dropna()) == ["CZC0123ABC", "NNCA123456"]


def test_reviewing(matched, tmp_path, report_folder):  # noqa: F811
    with jupyterlab(matched, tmp_path) as address, browser(tmp_path) as driver:
        page = Page(driver, address, "register-review")
        page.until("Câu 1/2")
        page.type("author", "Trần Thị Hoa")
        page.type("reason", "đã đến xem tem nhãn")
        page.save(report_folder, "register-review")
        page.click("yes")
        page.until("Quyết định số 1")
        page.until("Câu 2/2")
        page.type("reason", "máy của phòng khác")
        page.click("no")
        page.until("Quyết định số 2")
        page.save(report_folder, "register-review-done")
    rows = Inventory(matched).decisions()
    assert [tuple(row) for row in rows[["verb", "asset", "device", "author"]].itertuples(index=False)] == [
        ("match", "A00002", "D00002", "Trần Thị Hoa"),
        ("unmatch", "A00003/4", "D00003", "Trần Thị Hoa"),
    ]
