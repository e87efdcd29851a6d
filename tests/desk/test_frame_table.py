"""DataFrames in Lab: searched, sorted, leafed through in a real browser; written in the reader's way; harmless."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import frame_table
from inventory.frames import FRAMES
from inventory.frames.dtypes import conform
from reports import kernel_process
from reports.texts import texts

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
VI, EN = texts("vi"), texts("en")


def data(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)[1])


def offices(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name_vi": pd.array([f"Xã Thái Hòa {n}" if n % 2 else f"Thị trấn Đồng Ích {n}" for n in range(count)], "string"),
            "staff": pd.array([(n * 7) % 90 if n != 3 else None for n in range(count)], "Int64"),
            "cost_vnd": pd.array([n * 1_000_000 for n in range(count)], "Int64"),
            "valid_from": pd.to_datetime(["2026-03-31"] * count).as_unit("s"),
        }
    )


def test_values_are_written_in_the_readers_way():
    frame = pd.DataFrame(
        {
            "vnd": [1.5, 1234.0],
            "cost_vnd": [1_500_000, 2],
            "if_index": [10_001, 2],
            "here": pd.array([True, None], "boolean"),
            "day": pd.to_datetime(["2026-03-31", None]),
            "at": pd.to_datetime(["2026-03-31T18:30:00Z", None]).tz_convert("UTC"),
            "why": ["a", None],
        }
    )
    assert data(frame_table.table(frame, VI))["rows"] == [
        ["1,50", "1.500.000", "10001", "có", "31/03/2026", "01/04/2026 01:30", "a"],
        ["1.234", "2", "2", "", "", "", ""],
    ]
    assert data(frame_table.table(frame, EN))["rows"][0][4:6] == ["31 Mar 2026", "1 Apr 2026 01:30"]


def test_an_index_is_shown_where_it_says_something():
    frame = offices(4)
    assert "<th" in frame_table.table(frame, VI)
    assert len(data(frame_table.table(frame, VI))["rows"][0]) == 4
    counted = frame.groupby(["name_vi", "staff"], dropna=False).size().rename("devices").to_frame()
    assert [len(row) for row in data(frame_table.table(counted, VI))["rows"]] == [3] * 4
    assert "kk-df-note" in frame_table.table(pd.DataFrame(), VI)


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("say", [VI, EN], ids=["vi", "en"])
def test_every_frame_has_help_for_each_of_its_columns(name, say):
    html = frame_table.table(conform(name, pd.DataFrame(columns=[column.name for column in FRAMES[name]], dtype=object)), say)
    assert html.count(' title="') == len(FRAMES[name])


def test_a_large_frame_stays_small_on_the_page_and_says_so():
    large = pd.DataFrame({f"column_{n}": range(20_000) for n in range(20)})
    html = frame_table.table(large, VI)
    assert len(html) < 1_500_000
    assert "5.000 dòng đầu trong 20.000" in html
    assert (
        frame_table.table(large.head(5_000), VI).count("kk-df-note")
        == 2 + frame_table._file("frame_table.css").count("kk-df-note") - 1
    )


class _Open(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text() | st.sampled_from(["</script><script>x()</script>", "<!--", "../", "\ud7ff\x00", "{", "[["]), min_size=1)
)
def test_what_a_device_calls_itself_is_text(names):
    html = frame_table.table(pd.DataFrame({names[0]: names}), VI)
    plain = frame_table.table(pd.DataFrame({"a": ["b"] * len(names)}), VI)
    tags = [_Open(), _Open()]
    for parser, page in zip(tags, (html, plain), strict=True):
        parser.feed(page)
    assert tags[0].tags == tags[1].tags


def test_a_kernel_of_lab_shows_them_and_a_reports_kernel_does_not(tmp_path):
    """What every kernel of Lab runs first loads no pandas; a person's own is run after it; reports are kept from both."""
    own = tmp_path / "own.py"
    own.write_text("mine = 7\n")
    begin = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance();"
        "exec(open(sys.argv[1], encoding='utf-8').read()); assert 'pandas' not in sys.modules; assert mine == 7;"
        "import pandas; print(shell.display_formatter.format(pandas.DataFrame({'office': ['a']}))[0]['text/html'])"
    )
    startup = Path(frame_table.__file__).with_name("lab_startup.py")
    environ = os.environ | {"KIEMKE_PYTHONSTARTUP": str(own), "KIEMKE_LANG": "en"}
    done = subprocess.run([sys.executable, "-c", begin, startup], capture_output=True, text=True, env=environ)
    assert EN("frame_table.search") in done.stdout, done.stderr
    assert "PYTHONSTARTUP" not in kernel_process.environment({"PYTHONSTARTUP": str(startup)})


@pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")
def test_it_is_searched_sorted_and_leafed_through(tmp_path):
    from selenium import webdriver
    from selenium.webdriver.common.by import By

    page = tmp_path / "page.html"
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8">{frame_table.table(offices(40), VI)}', encoding="utf-8")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'chromium'}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))

    def column(place: int) -> list[str]:
        return [cell.text for cell in driver.find_elements(By.CSS_SELECTOR, f"tbody td:nth-child({place})")]

    try:
        driver.get(page.as_uri())
        assert len(column(1)) == 15
        assert "1–15 trong 40" in driver.find_element(By.CSS_SELECTOR, ".kk-df-top span").text
        driver.find_element(By.CSS_SELECTOR, ".kk-df-pages button:last-child").click()
        assert column(1)[0].endswith(" 15")
        staff = driver.find_elements(By.CSS_SELECTOR, "thead button")[1]
        staff.click()
        assert column(2) == sorted(column(2), key=int)
        staff.click()
        assert column(2) == sorted(column(2), key=int, reverse=True)
        for _ in range(2):
            driver.find_element(By.CSS_SELECTOR, ".kk-df-pages button:last-child").click()
        assert column(2)[-1] == "", "what is missing comes last either way"
        search = driver.find_element(By.CSS_SELECTOR, "input[type=search]")
        search.send_keys("dong ich 38")
        assert column(1) == ["Thị trấn Đồng Ích 38"]
        search.send_keys(" nowhere")
        assert column(1) == []
        assert driver.find_element(By.CSS_SELECTOR, ".kk-df-top span").text == VI("frame_table.not_found")
    finally:
        driver.quit()
