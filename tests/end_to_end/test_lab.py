"""JupyterLab in a real browser: it opens on a start page that is made already, whose cards lead to notebooks that run."""

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

from reports.texts import texts
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
def jupyterlab(workspace, tmp_path, language="vi"):
    """The address, with its token, of a JupyterLab that `kiemke lab` started."""
    log = tmp_path / "lab.log"
    as_root = ["--", "--allow-root"] if os.geteuid() == 0 else []
    with log.open("w") as lines:
        process = subprocess.Popen(
            [KIEMKE, "lab", "--no-browser", "--port", str(free_port(socket.SOCK_STREAM)), "-w", workspace, *as_root],
            stdout=lines,
            stderr=subprocess.STDOUT,
            env=os.environ
            | {f"JUPYTER_{what}_DIR": str(tmp_path / f"jupyter-{what}") for what in ("CONFIG", "DATA")}
            | {"KIEMKE_LANG": language},
        )
    try:
        deadline = time.monotonic() + 180  # the start page is made first
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/lab\S*\?token=\w+", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield found.group()
    finally:
        process.terminate()
        process.wait(20)


IDLE = ".jp-Notebook-ExecutionIndicator[data-status='idle']"


def menu(name):
    return f"//div[contains(@class,'lm-MenuBar-itemLabel') and text()='{name}']"


def entry(name):
    return f"//div[contains(@class,'lm-Menu-itemLabel') and text()='{name}']"


def code_cells(notebook):
    """The saved notebook's code cells; none while it is being written."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except ValueError:
        return []
    return [cell for cell in cells if cell["cell_type"] == "code"]


def ran(notebook):
    cells = code_cells(notebook)
    return bool(cells) and all(cell["execution_count"] or not "".join(cell["source"]).strip() for cell in cells)


def outside(page):
    """What was asked for beyond this machine."""
    asked = [
        json.loads(entry["message"])["message"]["params"].get("request", {}).get("url", "")
        for entry in page.get_log("performance")
        if "requestWillBeSent" in entry["message"]
    ]
    return [url for url in asked if url.startswith("http") and not url.startswith("http://127.0.0.1")]


def questions(page):
    return [note.text for note in page.find_elements(By.CSS_SELECTOR, ".Toastify__toast")]


def shown_code(page):
    """What is seen of the cells' code."""
    return [cell.text for cell in page.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-InputArea-editor") if cell.is_displayed()]


def test_it_opens_on_a_page_that_is_made_already(copied, tmp_path, report_folder):
    say = texts("vi")
    with jupyterlab(copied, tmp_path) as address, browser(tmp_path) as page:
        page.get(address)
        wait = WebDriverWait(page, 90)
        wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, ".kk-card")))
        wait.until(shown.presence_of_element_located((By.XPATH, menu("Chạy"))))
        assert shown_code(page) == [], "a reader sees no code"
        assert page.find_element(By.CSS_SELECTOR, ".kk-opening h1").text == say("explore.start")
        # Styles and scripts count: the page was signed by whoever started Lab.
        assert page.find_element(By.CSS_SELECTOR, ".kk-card").value_of_css_property("display") == "flex"
        page.save_screenshot(str(report_folder / "lab-start.png"))
        names = [link.text for link in page.find_elements(By.CSS_SELECTOR, ".kk-card h3 a")]
        assert {"Tuổi thiết bị", "Kết nối mạng", "Lập báo cáo"} <= set(names)
        # A report's card opens the document of its newest run in a tab of Lab.
        document = page.find_element(By.LINK_TEXT, say("index.file_html"))
        page.execute_script("arguments[0].scrollIntoView()", document)
        document.click()
        wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, "iframe")))
        assert outside(page) == []
        assert not [question for question in questions(page) if "news" in question]


def test_a_card_opens_a_notebook_whose_frames_are_searched(copied, tmp_path, report_folder):
    with jupyterlab(copied, tmp_path, "en") as address, browser(tmp_path) as page:
        page.get(address)
        wait = WebDriverWait(page, 90)
        wait.until(shown.element_to_be_clickable((By.LINK_TEXT, "Condition"))).click()
        panel = ".jp-NotebookPanel:not(.lm-mod-hidden) "
        wait.until(shown.text_to_be_present_in_element((By.CSS_SELECTOR, f"{panel}.jp-Notebook"), "Tình trạng thiết bị"))
        # Before the kernel is there, the indicator says idle too, and running would ask for a kernel.
        wait.until(shown.text_to_be_present_in_element((By.CSS_SELECTOR, f"{panel}.jp-KernelName"), "Python 3"))
        wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, panel + IDLE)))
        page.find_element(By.XPATH, menu("Run")).click()
        wait.until(shown.element_to_be_clickable((By.XPATH, entry("Run All Cells")))).click()
        search = wait.until(shown.presence_of_element_located((By.CSS_SELECTOR, f"{panel}.kk-df input[type=search]")))
        page.execute_script("arguments[0].scrollIntoView({block: 'center'})", search)
        search.send_keys("no such thing")
        count = (By.CSS_SELECTOR, f"{panel}.kk-df-top span")
        wait.until(shown.text_to_be_present_in_element(count, texts("en")("frame_table.not_found")))
        page.save_screenshot(str(report_folder / "lab-frame.png"))
        deadline, idle = time.monotonic() + 120, 0
        while idle < 5:  # between two cells the kernel is idle for a moment, too
            time.sleep(0.5)
            idle = idle + 1 if page.find_elements(By.CSS_SELECTOR, panel + IDLE) else 0
            assert time.monotonic() < deadline
        page.find_element(By.XPATH, menu("File")).click()
        wait.until(shown.element_to_be_clickable((By.XPATH, entry("Save Notebook")))).click()
        notebook = copied / "notebooks" / "condition.ipynb"
        wait.until(lambda _: ran(notebook))
        assert outside(page) == []
    assert [output for cell in code_cells(notebook) for output in cell["outputs"] if output["output_type"] == "error"] == []
    assert notebook.stat().st_size < 3_000_000
