"""Tables keep their numbers, and what devices say stays text."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import markup
from reports.tables import Chart, Column, table_payload
from reports.texts import texts

VI = texts("vi")


class Cells(HTMLParser):
    """The texts of a table's cells by row, and every tag that was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data


def cells(payload: dict[str, Any]) -> Cells:
    parser = Cells()
    parser.feed(markup.table(payload, VI))
    return parser


def test_values_are_written_and_summed() -> None:
    frame = pd.DataFrame(
        {
            "name": ["a", "b", None],
            "n": pd.array([1000, None, 234], dtype="Int64"),
            "cost": [12_500_000, 1_260_000.0, None],
            "age": [10.66, None, 2.25],
            "low": [10.2, None, 1.0],
            "high": [11.2, None, 3.0],
            "on": pd.to_datetime(["2026-03-02", None, "2025-12-31"]),
            "made": [2012, 2015, None],
        }
    )
    columns = [
        Column("name", "Tên"),
        Column("n", "Số", "int", total=True),
        Column("cost", "Chi phí", "million", total=True),
        Column("age", "Tuổi", "years", low="low", high="high"),
        Column("on", "Ngày", "date"),
        Column("made", "Năm", "year"),
    ]
    payload = table_payload(frame, columns, VI, sheet="x")
    assert cells(payload).rows == [
        ["Tên", "Số", "Chi phí (triệu đồng)", "Tuổi (năm)", "Ngày", "Năm"],
        ["a", "1.000", "12,5", "10,7 (10,2–11,2)", "02/03/2026", "2012"],
        ["b", "—", "1,3", "—", "—", "2015"],
        ["—", "234", "—", "2,3 (1,0–3,0)", "31/12/2025", "—"],
        ["Tổng cộng", "1.234", "13,8", "", "", ""],
    ]
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload


def test_only_the_first_rows_are_shown_but_all_are_summed_and_kept() -> None:
    payload = table_payload(pd.DataFrame({"n": range(100)}), [Column("n", "N", "int", total=True)], VI, sheet="x", top=3)
    html = markup.table(payload, VI)
    assert len(cells(payload).rows) == 1 + 3 + 1
    assert "Còn 97 dòng nữa" in html
    assert "toàn bộ 100 dòng" in html
    assert "4.950" in html
    assert len(payload["rows"]) == 100


def test_an_empty_table_says_so() -> None:
    payload = table_payload(pd.DataFrame({"n": []}), [Column("n", "N", "int", total=True)], VI, sheet="x")
    assert cells(payload).rows[1:] == [["Không có dòng nào."]]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_what_a_device_says_stays_text(said: list[str]) -> None:
    hostile = [
        *said,
        '<script>alert("1")</script>',
        "</td></table><img src=x onerror=alert(1)>",
        "\x1b[31m\x00 \u202egnp.exe",
        "\ud800",
    ]
    payload = table_payload(
        pd.DataFrame({"name": hostile}, dtype=object), [Column("name", "Tên <b>")], VI, sheet="x", title="<i>"
    )
    parsed = cells(payload)
    assert set(parsed.tags) <= {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert len(parsed.rows) == 1 + len(hostile)
    json.dumps(payload, ensure_ascii=False).encode("utf-8")


@given(st.lists(st.none() | st.integers(-(10**12), 10**12)))
def test_a_total_is_the_sum_of_what_is_known(amounts: list[int | None]) -> None:
    frame = pd.DataFrame({"cost": pd.array(amounts, dtype="Int64")})
    payload = table_payload(frame, [Column("cost", "x", "dong", total=True)], VI, sheet="x")
    assert payload["columns"][0]["sum"] == sum(amount for amount in amounts if amount is not None)


def test_mistakes_of_a_notebook_are_refused() -> None:
    frame = pd.DataFrame({"n": ["text"]})
    with pytest.raises(KeyError, match="the frame has n"):
        table_payload(frame, [Column("m", "M")], VI, sheet="x")
    with pytest.raises(TypeError, match="'n' is int"):
        table_payload(frame, [Column("n", "N", "int")], VI, sheet="x")
    with pytest.raises(ValueError, match="does not add up"):
        Column("n", "N", "percent", total=True)
    with pytest.raises(ValueError, match="is not one of"):
        Column("n", "N", "euro")  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="does not show"):
        table_payload(frame, [Column("n", "N")], VI, sheet="x", chart=Chart("bar", "n", ("m",), "t"))


def test_texts_of_a_notebook_are_escaped_too() -> None:
    html = (
        markup.prose("**<b>** x\n\n- a <img src=x>\n- 5 năm")
        + markup.figure("data:,", "<i>", '"><script>')
        + markup.finding("<u>", action=True)
    )
    assert "<strong>&lt;b&gt;</strong>" in html
    assert "5\u00a0năm" in html
    for tag in ("<b>", "<img src=x>", "<i>", "<u>", "<script>"):
        assert tag not in html
