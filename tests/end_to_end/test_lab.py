"""JupyterLab in a real browser: the start notebook opens and runs to its end without an error."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as shown
from selenium.webdriver.support.ui import WebDriverWait

from tests.end_to_end.running import KIEMKE, free_port

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")


@contextmanager
def browser(tmp_path):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1400,2200"),
        f"--user-data-dir={tmp_path / 'chromium'}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def jupyterlab(workspace, tmp_path):
    """The address, with its token, of a JupyterLab that `kiemke lab` started."""
    log = tmp_path / "lab.log"
    as_root = ["--", "--allow-root"] if os.geteuid() == 0 else []
    with log.open("w") as lines:
        process = subprocess.Popen(
            [KIEMKE, "lab", "--no-browser", "--port", str(free_port(socket.SOCK_STREAM)), "-w", workspace, *as_root],
            stdout=lines,
            stderr=subprocess.STDOUT,
            env=os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter")},
        )
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/lab\S*\?token=\w+", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield found.group()
    finally:
        process.terminate()
        process.wait(20)


def test_the_start_notebook_runs(copied, tmp_path, report_folder):
    with jupyterlab(copied, tmp_path) as address, browser(tmp_path) as page:
        page.get(address)
        wait = WebDriverWait(page, 90)
        wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, ".jp-Notebook .jp-Cell")))
        wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, ".jp-Notebook-ExecutionIndicator[data-status='idle']")))
        page.find_element(By.XPATH, "//div[contains(@class,'lm-MenuBar-itemLabel') and text()='Run']").click()
        wait.until(
            shown.element_to_be_clickable((By.XPATH, "//div[contains(@class,'lm-Menu-itemLabel') and text()='Run All Cells']"))
        ).click()
        notebook = copied / "notebooks" / "start.ipynb"
        deadline = time.monotonic() + 120
        while True:
            time.sleep(2)
            page.find_element(By.XPATH, "//div[contains(@class,'lm-MenuBar-itemLabel') and text()='File']").click()
            wait.until(
                shown.element_to_be_clickable(
                    (By.XPATH, "//div[contains(@class,'lm-Menu-itemLabel') and text()='Save Notebook']")
                )
            ).click()
            time.sleep(1)
            code = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
            if code and all(cell["execution_count"] or not "".join(cell["source"]).strip() for cell in code):
                break
            assert time.monotonic() < deadline, [cell["execution_count"] for cell in code]
        questions = [note.text for note in page.find_elements(By.CSS_SELECTOR, ".Toastify__toast")]
        page.save_screenshot(str(report_folder / "lab-start.png"))
        asked = [
            json.loads(entry["message"])["message"]["params"].get("request", {}).get("url", "")
            for entry in page.get_log("performance")
            if "requestWillBeSent" in entry["message"]
        ]
    errors = [output for cell in code for output in cell["outputs"] if output["output_type"] == "error"]
    assert errors == []
    assert any(cell["outputs"] for cell in code)
    outside = [url for url in asked if url.startswith("http") and not url.startswith("http://127.0.0.1")]
    assert outside == []
    assert not [question for question in questions if "news" in question]
