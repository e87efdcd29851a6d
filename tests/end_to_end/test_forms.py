"""The planner's page in a real browser, and what its server lets in."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from jupyter_server.auth import passwd
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from tornado import httpclient, ioloop, websocket

from inventory.database import workspace_database
from kiemke.workspace import create
from reports.records import read_records
from reports.run import formats_here
from tests.end_to_end.running import KIEMKE, free_port
from tests.end_to_end.test_lab import CHROMIUM, DRIVER
from tests.notebooks.conftest import OFFICES, small_workspace  # noqa: F401 - a fixture

IN_A_BROWSER = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")
CANARY = "canary-51c9aa"


@contextmanager
def served(workspace, tmp_path, *arguments, **environ):
    """(address with its token, what the server printed) of a page that `kiemke forms` serves."""
    log = tmp_path / "forms.log"
    command = [KIEMKE, "forms", "--no-browser", "--port", str(free_port(socket.SOCK_STREAM)), "-w", workspace, *arguments]
    surroundings = os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"), "KIEMKE_CREDENTIAL_CORE": CANARY} | environ
    surroundings.pop("KIEMKE_WORKSPACE", None)
    with log.open("w") as lines:
        process = subprocess.Popen(command, stdout=lines, stderr=subprocess.STDOUT, env=surroundings)
    try:
        deadline = time.monotonic() + 90
        while not (found := re.search(r"https?://\S+:\d+/(?:\?token=\w+)?$", log.read_text(), re.MULTILINE)):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield found.group(), log
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def home(small_workspace, tmp_path):  # noqa: F811
    root = create(tmp_path / "workspace", {"offices.yaml": OFFICES}).root
    shutil.copy(workspace_database(small_workspace), workspace_database(root))
    return root


# The walk -----------------------------------------------------------------------------------------------------------------


class Page:
    """The planner's page, its controls by their classes. The browser finds no other machine than this one."""

    def __init__(self, tmp_path):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,1500"),
            *(f"--user-data-dir={tmp_path / 'chromium'}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
        ):
            options.add_argument(flag)
        self.downloads = tmp_path / "downloads"
        options.add_experimental_option("prefs", {"download.default_directory": str(self.downloads)})
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        self.wait = WebDriverWait(self.driver, 120, ignored_exceptions=[StaleElementReferenceException])

    def find(self, selector):
        return self.wait.until(
            lambda _: next((one for one in self.driver.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()), None)
        )

    def click(self, selector):
        self.find(selector).click()

    def type(self, name, text):
        box = self.find(f".kiemke-{name} input")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(text, Keys.TAB)

    def until(self, words):
        self.wait.until(lambda _: words in self.driver.find_element(By.TAG_NAME, "main").text)

    def downloaded(self, ending):
        self.wait.until(lambda _: list(self.downloads.glob(f"*.{ending}")))
        return next(self.downloads.glob(f"*.{ending}"))

    def save(self, report_folder, name):
        time.sleep(0.5)
        self.driver.save_screenshot(str(report_folder / f"{name}.png"))

    def asked_outside(self):
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        urls = [one["request"]["url"] for one in asked]
        return [url for url in urls if url.startswith(("http", "ws")) and "//127.0.0.1:" not in url]


WORDS = {
    "vi": ("Tuổi thiết bị", "Phải từ 5 đến 60.", "1 ô cần sửa: Số thiết bị cũ nhất trong hình.", "Báo cáo đã lập xong lúc"),
    "en": ("Age of equipment", "Must lie between 5 and 60.", "1 field needs a correction:", "The report was finished on"),
}


@IN_A_BROWSER
def test_from_opening_the_page_to_the_workbook_in_both_languages(home, tmp_path, report_folder):
    with served(home, tmp_path) as (address, log):
        page = Page(tmp_path)
        try:
            page.driver.get(address)
            for language, (title, wrong, count, done) in WORDS.items():
                page.click(".kiemke-report-equipment-age")
                page.find(".kiemke-run")
                assert page.find("h1").text == title
                assert page.driver.execute_script("return document.documentElement.lang") == language
                assert "token" not in page.driver.current_url
                page.type("oldest", "700")
                page.until(wrong)
                page.click(".kiemke-run")
                page.until(count)
                page.save(report_folder, f"forms-wrong-{language}")
                page.type("oldest", "30")
                if language == "en" and "pdf" in formats_here():
                    page.click(".kiemke-also-pdf input")
                page.type("who", "Trần Thị <Hoa>")
                page.type("office", "xa nho")
                page.click(".kiemke-run")
                page.until(done)
                page.save(report_folder, f"forms-{language}")
                assert page.find(".kf-document").get_attribute("sandbox") == ""
                page.driver.switch_to.frame(page.find(".kf-document"))
                assert page.driver.find_element(By.TAG_NAME, "h1").text
                page.driver.switch_to.default_content()
                page.click(".kiemke-result .kf-xlsx")
                assert openpyxl.load_workbook(page.downloaded("xlsx")).sheetnames
                shutil.rmtree(page.downloads)
                if language == "vi":
                    page.click(".kiemke-another")
                    page.find(".kiemke-report-equipment-age")
                    page.click(".kiemke-to-en")
                    page.until("Make a report")
            assert page.asked_outside() == []
            shown = "[...document.querySelectorAll('main input, main select')].filter(e => e.offsetParent)"
            assert page.driver.execute_script(f"return {shown}.filter(e => !e.labels.length).length") == 0
            assert page.driver.execute_script(f"return {shown}.length") > 5
            page.driver.set_window_size(420, 900)
            width, there = page.driver.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
            assert width <= there
            [kernel] = re.findall(r"Kernel started: (\S+)", log.read_text())
            assert kernels_of(kernel)
            page.driver.get("about:blank")
            page.wait.until(lambda _: not kernels_of(kernel))
        finally:
            page.driver.quit()
    records = read_records(home / "reports")
    assert [record["language"] for record in records] == ["en", "vi"]
    wanted = [{*formats_here(), "notebook"} - {"pdf"}, {*formats_here(), "notebook"}]
    assert [set(record["files"]) for record in records] == wanted
    for record in records:
        assert (record["status"], record["through"], record["ran_by"]) == ("done", "form", "Trần Thị <Hoa>")
        assert (record["parameters"]["oldest"], record["parameters"]["office"]) == (30, "small")


# Who comes in -------------------------------------------------------------------------------------------------------------


@IN_A_BROWSER
def test_who_has_no_token_is_asked_for_it_in_both_languages(home, tmp_path, report_folder):
    settings = tmp_path / "jupyter" / "jupyter_server_config.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"IdentityProvider": {"hashed_password": passwd("một mật khẩu")}}), encoding="utf-8")
    with served(home, tmp_path) as (address, _):
        page = Page(tmp_path)
        try:
            page.driver.get(address.partition("?")[0])
            page.until("Mật khẩu hoặc mã vào trang")
            page.until("Password or token")
            page.save(report_folder, "forms-entrance")
            page.find("#password").send_keys("đoán thử", Keys.ENTER)
            assert page.find("[role=alert]").text.startswith("Mật khẩu hoặc mã không đúng.")
            assert "Invalid" not in page.driver.page_source
            page.find("#password").send_keys("một mật khẩu", Keys.ENTER)
            page.find(".kiemke-report-equipment-age")
            assert page.asked_outside() == []
        finally:
            page.driver.quit()


def test_a_token_that_is_typed_opens_the_page_and_sets_no_password(home, tmp_path):
    with served(home, tmp_path) as (address, _):
        base, _, token = address.partition("?token=")
        status, body, headers = asked(f"{base}login?next=%2F%22%3E%3Cb%3E")
        assert status == 200
        assert b'"><b>' not in body
        xsrf = headers["Set-Cookie"].partition(";")[0]

        def enter(word, **more):
            form = {"password": word, "_xsrf": xsrf.partition("=")[2]} | more
            return asked(f"{base}login?next=%2F", "POST", xsrf, urllib.parse.urlencode(form).encode())

        assert enter("wrong")[0] == 401
        assert enter(token, new_password="mine")[0] == 302
        assert enter("mine")[0] == 401
        assert not list((tmp_path / "jupyter").rglob("*.json"))


def asked(url, method="GET", cookie="", body=None):
    """(status, body) of a request; redirections are not followed."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    request = urllib.request.Request(url, method=method, data=body, headers={"Cookie": cookie} if cookie else {})
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read(), answer.headers


def test_the_server_lets_in_who_has_the_token_and_to_nothing_but_the_page(home, tmp_path):
    run = home / "reports" / "equipment-age-1"
    run.mkdir(parents=True)
    record = {"report": "equipment-age", "status": "done", "started_at": "2026-11-01T08:00:00+07:00", "files": {"html": "a.html"}}
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    (run / "a.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    (run / "a.ipynb").write_text("{}", encoding="utf-8")
    with served(home, tmp_path, "--ip", "0.0.0.0", KIEMKE_LANG="en") as (address, log):
        token = address.partition("?token=")[2]
        assert token
        base = re.sub(r"//[^:/]+:", "//127.0.0.1:", address.partition("?")[0])
        document = f"{base}reports/equipment-age-1/a.html"
        for path in ("", "reports/equipment-age-1/a.html", "?token=wrong"):
            status, _, headers = asked(base + path)
            assert status == 302
            assert "/login" in headers["Location"]
        status, _, headers = asked(f"{base}?token={token}")
        assert (status, headers["Location"]) == (302, "/")
        cookie = headers["Set-Cookie"].partition(";")[0]

        status, body, headers = asked(document, cookie=cookie)
        assert (status, body) == (200, b"<script>alert(1)</script>")
        assert headers["Content-Security-Policy"].startswith("sandbox;")
        for path in (
            *("reports/equipment-age-1/a.ipynb", "reports/equipment-age-1/run.json", "reports/..%2f/kiemke.toml"),
            *("reports/equipment-age-1/%2e%2e%2f%2e%2e%2fkiemke.toml", "voila/static/..%2f..%2f..%2fapp.py"),
            *("voila/files/start.ipynb", "voila/render/start.ipynb", "start.ipynb", "voila/tree", "voila/api/contents"),
            *("api/contents", "api/terminals", "files/kiemke.toml", "?template=reveal/x"[1:]),
        ):
            assert asked(base + path, cookie=cookie)[0] in (403, 404), path
        assert asked(f"{base}api/kernels", "POST", cookie, b"{}")[0] in (403, 404, 405)

        status, body, _ = asked(base, cookie=cookie)
        page = body.decode()
        assert status == 200
        assert re.findall(r"(?:src|href)=[\"']?https?://", page) == []
        assert "KIEMKE_WORKSPACE" not in page, "no code"
        kernel = re.search(r'"kernelId": "([\w-]+)"', page)[1]
        written = tmp_path / "written"
        assert ioloop.IOLoop().run_sync(lambda: executes(base, kernel, cookie, f"open({str(written)!r}, 'w')")) == []
        assert not written.exists()
        assert asked(f"{base}api/kernels/{kernel}")[0] in (302, 403)
        with pytest.raises(httpclient.HTTPClientError):
            ioloop.IOLoop().run_sync(lambda: executes(base, kernel, "", "1"))

        environments = [(path / "environ").read_bytes() for path in kernels_of(kernel)]
        assert environments
        assert not any(CANARY.encode() in one or token.encode() in one for one in environments)
    printed = log.read_text()
    assert "The page is open to the network at 0.0.0.0 without HTTPS" in printed
    assert printed.count(token) == 1, "in the address, and nowhere else"


async def executes(base, kernel, cookie, code):
    """Types of the messages with which a kernel answers somebody who sends it code, until it answers what it may be asked."""
    url = f"{base.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id=x"
    connection = await websocket.websocket_connect(httpclient.HTTPRequest(url, headers={"Cookie": cookie} if cookie else {}))
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    asks = [("execute_request", content, "shell"), ("execute_request", content, "control"), ("kernel_info_request", {}, "shell")]
    for number, (kind, told, channel) in enumerate(asks):
        header = {"msg_id": f"ask-{number}", "msg_type": kind, "session": "x", "username": "x", "version": "5.3", "date": ""}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": told, "channel": channel}
        await connection.write_message(json.dumps(message))
    found = []
    while (answer := await connection.read_message()) is not None:
        told = json.loads(answer)
        if told["parent_header"].get("msg_id") in ("ask-0", "ask-1"):
            found.append(told["msg_type"])
        if told["msg_type"] == "kernel_info_reply" and told["parent_header"]["msg_id"] == "ask-2":
            break
    connection.close()
    return found


def kernels_of(kernel):
    """Folders in /proc of the processes that are this kernel."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if f"kernel-{kernel}.json" in (path / "cmdline").read_text():
                found.append(path)
        except OSError:
            continue
    return found
