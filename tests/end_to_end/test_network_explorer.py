"""The network in a real browser: in a page without a network, searched and clicked."""

from __future__ import annotations

import json

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from analysis.figures.explorer import explorer, explorer_page
from reports import markup
from tests.analysis.test_explorer import HURTFUL, VI, small  # noqa: F401 - a fixture
from tests.end_to_end.test_lab import CHROMIUM, DRIVER, browser

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")

MODEL = "const model = (name) => Bokeh.documents[0].get_model_by_name(name);"
#: Where on the screen a place of the map is, and a node's index by a word of its key.
PLACE = (
    MODEL
    + """
const plot = model('map'), view = Bokeh.index.find_one(plot), box = (view.canvas_view || view.canvas).el.getBoundingClientRect();
const frame = view.frame.bbox;
const at = (x, y) => [box.left + view.frame.x_scale.compute(x), box.top + view.frame.y_scale.compute(y)];
const sources = plot.renderers.map((r) => r.data_source);
const nodes = sources.find((s) => 'key' in s.data).data;
"""
)


class Network:
    def __init__(self, driver, page):
        self.driver = driver
        driver.get(page.as_uri())
        driver.switch_to.frame(driver.find_element(By.TAG_NAME, "iframe"))
        self.wait = WebDriverWait(driver, 30)
        self.wait.until(lambda _: self.ask("return window.Bokeh && Bokeh.documents.length && Bokeh.index.roots.length > 0"))
        self.wait.until(lambda _: self.ask(MODEL + "return model('map').inner_width > 100"))

    def ask(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self, name):
        return self.ask(MODEL + f"return model('{name}').text")

    def type(self, words):
        box = self.ask(MODEL + "return Bokeh.index.find_one(model('search')).input_el")
        box.clear()
        box.send_keys(words)

    def click(self, x, y):
        actions = ActionChains(self.driver)
        actions.w3c_actions.pointer_action.move_to_location(round(x), round(y))
        actions.w3c_actions.pointer_action.click()
        actions.perform()

    def node(self, word):
        return self.ask(
            PLACE + "const i = nodes.key.findIndex((k) => k.includes(arguments[0])); return at(nodes.x[i], nodes.y[i])", word
        )

    def until(self, name, words):
        self.wait.until(lambda _: words in self.text(name), f"{words!r} is not in {name}: {self.text(name)[:300]}")


@pytest.fixture
def page(small, tmp_path):  # noqa: F811
    known, devices, offices, interfaces = small
    picture = explorer(known, devices, offices, VI, interfaces=interfaces)
    frame = markup.frame(explorer_page(picture, HURTFUL), HURTFUL, HURTFUL, 720)
    path = tmp_path / "page.html"
    # no margin: the pointer's places count from the window's corner, those of the map from the frame's
    path.write_text(f'<!DOCTYPE html><meta charset="utf-8"><body style="margin: 0">{frame}</body>', encoding="utf-8")
    return path


def test_searching_and_clicking(page, tmp_path, report_folder):
    with browser(tmp_path) as driver:
        driver.set_window_size(1300, 900)
        network = Network(driver, page)
        # found without accents, brought to the middle, its evidence told
        network.type("tang ham\n")
        network.until("count", VI("figures.explorer.step").replace("#", "1", 1).replace("#", "1"))
        network.until("evidence", "SW Tầng Hầm")
        x, y = network.node("tang ham")
        middle = network.ask(
            PLACE + "return [box.left + (frame.left + frame.right) / 2, box.top + (frame.top + frame.bottom) / 2]"
        )
        assert abs(x - middle[0]) < 2
        assert abs(y - middle[1]) < 2
        driver.save_screenshot(str(report_folder / "network-explorer.png"))
        # a click on another device tells of that one
        network.click(*network.node("rb3011"))
        network.until("evidence", "MikroTik RB3011")
        # what a device says is text
        network.click(*network.node("window hurt"))
        network.until("evidence", "&lt;script&gt;")
        assert network.ask("return window.hurt") is None
        # a cable tells what is known of it
        x, y = network.ask(
            PLACE
            + """
            const a = nodes.key.findIndex((k) => k.includes('rb3011')), b = nodes.key.findIndex((k) => k.includes('tang ham'));
            const from = at(nodes.x[a], nodes.y[a]), to = at(nodes.x[b], nodes.y[b]);
            return [to[0], to[1] - Math.min(14, (to[1] - from[1]) / 4)]"""
        )
        network.click(x, y)
        network.until("evidence", "ether2")
        network.type("không có ở đâu")
        network.until("count", VI("figures.explorer.none"))
        asked = [
            json.loads(entry["message"])["message"]["params"].get("request", {}).get("url", "")
            for entry in driver.get_log("performance")
            if "requestWillBeSent" in entry["message"]
        ]
        assert network.ask("return window.hurt") is None
    assert [url for url in asked if url.startswith(("http", "ws"))] == []


def test_the_frame_cannot_reach_the_notebook(page, tmp_path):
    with browser(tmp_path) as driver:
        network = Network(driver, page)
        reach = "try { return window.parent.document.title } catch (refused) { return 'refused' }"
        assert network.ask(reach) == "refused"
