"""The site of reports in a real browser: from a share with an odd name and from a web server, with nothing else to reach."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from reports import site
from reports.site import writing
from reports.site.compare import compare, rounded
from reports.tables import written
from reports.texts import texts
from tests.end_to_end.test_lab import CHROMIUM, DRIVER, browser
from tests.reports.site import folder, made

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")

PAIRS = 150


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("browser")) as started:
        started.execute_cdp_cmd("Network.enable", {})
        yield started


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    reports = tmp_path_factory.mktemp("share") / "Báo cáo #1, 50% của huyện"
    folder.run(reports, day="2026-03-02")
    folder.run(
        reports,
        day="2026-04-01",
        devices=[folder.DEVICES[0], *folder.DEVICES[1:2], ("Xã <i>Mới</i>", "NEW", "10.20.9.9", 1.0, 9e6)],
    )
    folder.run(reports, day="2026-04-01", language="en")
    folder.run(
        reports, day="2026-02-01", office=("thai-hoa", "Xã Thái Hòa"), devices=folder.DEVICES[:1], through="form", ran_by="Hoa"
    )
    folder.run(reports, "network-state", "2026-03-05")
    folder.failed(reports, "2026-04-02")
    site.write(reports)
    return reports


class Page:
    def __init__(self, driver, address):
        self.driver = driver
        driver.get("about:blank")
        driver.get_log("performance")
        driver.get(address)
        self.wait = WebDriverWait(driver, 20)
        self.until("#all h2")

    def until(self, selector, text=""):
        """The first element of the selector that holds the text, when it is there."""
        return self.wait.until(
            lambda _: next((one for one in self.all(selector) if text in one.text), None), f"{selector} {text}"
        )

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return [one.text for one in self.all(selector)]

    def search(self, query):
        field = self.all("#query")[0]
        field.clear()
        field.send_keys(query)
        self.until("[role=status]", f"“{query}”")
        return self.texts(".results h3")

    def choose(self, name, text):
        Select(self.driver.find_element(By.NAME, name)).select_by_visible_text(text)

    def asked(self):
        """Addresses of everything that the page asked for."""
        told = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [entry["params"]["request"]["url"] for entry in told if entry["method"] == "Network.requestWillBeSent"]


def test_newest_search_and_filters(driver, out):
    page = Page(driver, (out / "index.html").as_uri())
    cards = page.texts(".card")
    assert len(cards) == 2
    assert "01/04/2026" in cards[0]
    assert "1 thiết bị đã cũ." in cards[0]
    assert page.texts(".failures li")[0].endswith("Báo cáo dừng ở ô lệnh 3 <b>. Nhật ký")

    assert page.search("thai hoa")[0] == "Tuổi thiết bị"
    assert "Xã Thái Hòa" in page.texts(".results .facts")[0], "the office's own report comes first"
    assert len(page.texts(".results > li")) == 4
    assert page.until(".where mark").text == "Thái Hòa"
    assert len(page.search("bangian-07")) == 3, "one earlier, one English, one of another report; the newest lacks it"
    page.until(".where", "PC-BANGIAN-07 · 10.20.14.27")
    assert page.search("10.20.9.9") == ["Tuổi thiết bị"]
    page.until(".where", "Xã <i>Mới</i> · NEW")
    assert len(page.search("hoa thai thiet bi cu")) == 3, "words in another order, where all are there: not in English"
    assert page.search("khong co dau") == []
    page.all("#query")[0].send_keys(Keys.ESCAPE)
    page.until(".card")
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    driver.switch_to.active_element.send_keys("/")
    assert driver.switch_to.active_element.get_attribute("id") == "query"

    assert len(page.texts(".runs tbody tr")) == 6
    page.choose("place", "Xã Thái Hòa")
    assert [line.split("\n")[0] for line in page.texts("#all .told")] == ["1 trong 6 bản chạy."]
    page.choose("place", "Mọi đơn vị")
    page.choose("status", "không thành công")
    page.choose("report", "Hiện trạng mạng")
    assert len(page.texts(".runs tbody tr")) == 1
    driver.refresh()
    page.until("#all .told", "1 trong 6")
    page.until("#all button", "Bỏ lọc").click()
    page.choose("who", "biểu mẫu")
    assert "Hoa, biểu mẫu" in page.texts(".runs tbody tr")[0]
    page.choose("period", "02/2026")
    assert len(page.texts(".runs tbody tr")) == 1

    asked = page.asked()
    assert asked
    assert all(url.startswith((out.as_uri() + "/", "data:,")) for url in asked)
    assert [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_two_runs_compared_in_both_languages(driver, out, report_folder):
    page = Page(driver, (out / "index.html").as_uri())
    page.until(".card button", "So với bản trước").click()
    page.until("#compared h2")
    assert page.texts("h1") == ["So sánh hai bản chạy: Tuổi thiết bị"]
    cells = [row.split("\n") for row in page.texts("tr.differs")]
    assert any("thiết bị từ 8 tuổi 2 1 −1" in " ".join(row) for row in cells)
    assert page.texts(".pair dd") == ["2 thiết bị đã cũ.", "1 thiết bị đã cũ."]
    assert "1 dòng mới, 1 dòng không còn, 0 dòng thay đổi, 2 dòng như cũ." in page.until(".sheet .told").text
    assert any("Xã <i>Mới</i> NEW 10.20.9.9 1,0 9,0" in row.replace("\n", " ") for row in page.texts(".sheet tr"))
    assert "PC-BANGIAN-07" in page.texts(".sheet")[0]
    page.choose("a", page.texts("select[name=a] option")[-1])
    page.until(".sheet .told", "2 dòng mới")
    page.all("[for=choose-en]")[0].click()
    assert "2 new" in page.until(".sheet .told", "2 new").text
    driver.save_screenshot(str(report_folder / "site-compared.png"))
    driver.refresh()
    page.until("h1", "Two runs compared")
    page.until("button", "Back").click()
    page.until("h2", "Newest")
    assert "Age of the equipment" in page.texts(".card h3")
    assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert "Vietnamese" not in "".join(page.texts(".card:first-child .facts")), "the English document, where there is one"
    page.all("[for=choose-vi]")[0].click()
    page.until("h2", "Mới nhất")
    driver.save_screenshot(str(report_folder / "site.png"))


def test_a_web_server_under_any_path(driver, out):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(out.parent)))
    threading.Thread(target=served.serve_forever, daemon=True).start()
    try:
        home = f"http://127.0.0.1:{served.server_port}/{(out / 'x').relative_to(out.parent).parent.as_posix()}/"
        page = Page(driver, home.replace("%", "%25").replace("#", "%23"))
        assert page.search("ban gian")
        page.until(".where", "Bàn Giản")
        asked = [url for url in page.asked() if not url.startswith("data:")]
        assert all(url.startswith(f"http://127.0.0.1:{served.server_port}/") for url in asked)
        driver.execute_script(
            "const s = document.createElement('img'); s.src = 'http://127.0.0.1:9/x.png'; document.body.append(s)"
        )
        blocked = driver.execute_async_script(
            "const done = arguments[0]; fetch('site/runs.js').then(() => done('fetched')).catch(() => done('refused'))"
        )
        assert blocked == "refused", "the page's own rules let nothing be fetched, should anybody slip a script in"
        driver.get_log("browser")
    finally:
        served.shutdown()
        served.server_close()


def test_scripts_compare_and_write_as_python_does(driver, tmp_path):
    scripts = Path(writing.__file__).parent / "scripts"
    sources = "".join((scripts / f"{name}.js").read_text(encoding="utf-8") for name in ("written", "compare"))
    (tmp_path / "page.html").write_text(f'<!DOCTYPE html><meta charset="utf-8"><script>{sources}</script>', encoding="utf-8")
    driver.get((tmp_path / "page.html").as_uri())
    pairs = [made.pair(seed) for seed in range(PAIRS)]
    found = json.loads(
        driver.execute_script(f"return JSON.stringify({json.dumps(pairs)}.map((pair) => kiemke.compare(...pair)))")
    )
    assert [json.loads(json.dumps(compare(*pair))) for pair in pairs] == found
    assert sum(len(table["changed"]) for one in found for table in one["tables"]) > PAIRS

    cells = [
        (value, column)
        for pair in pairs
        for table in pair[0]["tables"]
        for row in table["rows"]
        for value, column in zip(row, table["columns"], strict=True)
    ]
    for language in ("vi", "en"):
        say = texts(language)
        words = {key: say(key) for key in ("format.missing", "format.yes", "format.no")}
        driver.execute_script(f"kiemke.language = '{language}'; kiemke.texts = {{{language}: {json.dumps(words)}}}")
        read = driver.execute_script(f"return {json.dumps(cells)}.map((cell) => kiemke.written(...cell))")
        assert read == [written(value, column, say) for value, column in cells]
    numbers = [
        (value, decimals, shift) for value, _ in cells if type(value) in (int, float) for decimals in (0, 2) for shift in (0, -6)
    ]
    read = driver.execute_script(f"return {json.dumps(numbers)}.map((number) => kiemke.rounded(...number))")
    assert read == [rounded(*number) for number in numbers]
