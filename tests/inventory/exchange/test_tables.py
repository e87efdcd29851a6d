"""Frames as files: what is written comes back, and no spreadsheet program finds a formula in it."""

from __future__ import annotations

import csv
import re
import string
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inventory.exchange import tables, workbook
from inventory.frames import FRAMES
from inventory.sentences import unpack
from tests.inventory.exchange.made import frame, texts

VALUES = {
    "string": texts,
    "told": texts,
    "Int64": st.sampled_from([None, 0, -1, 2**31, 10**15, 2**63 - 1, -(2**63)]),
    "Float64": st.sampled_from([None, 0.0, -0.5, 1 / 3, 1e300]),
    "boolean": st.sampled_from([None, True, False]),
    "time": st.sampled_from([None, 0, 1_780_000_000, -(10**10), 4_102_444_800]),
    "date": st.sampled_from([None, "1899-12-31", "2012-07-15", "2012-07", "1900-02-28", "9999-12-31"]),
}


@st.composite
def made_frames(draw):
    """A frame's name, and a few hostile rows of it."""
    name = draw(st.sampled_from(sorted(FRAMES)))
    columns = {column.name: VALUES[column.dtype] for column in FRAMES[name]}
    key = next(column.name for column in FRAMES[name] if column.dtype == "string")  # no row is empty
    row = st.fixed_dictionaries(columns | {key: st.just("D00001")})
    return name, frame(name, draw(st.lists(row, max_size=3)))


def without_empty_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Neither CSV nor a workbook knows an empty text from none."""
    return rows.assign(**{name: rows[name].mask(rows[name] == "") for name in rows if rows[name].dtype == "string"})


#: A character that XML cannot hold, as ECMA-376 (22.4.2.4, ST_Xstring) writes it.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def from_workbook(path: Path, name: str) -> pd.DataFrame:
    """The frame in a workbook's sheets of that name (`interfaces`, `interfaces 2`, …), as pandas reads them."""
    sheets = pd.read_excel(path, sheet_name=None, header=0, dtype=object, keep_default_na=False)
    own = pd.concat([rows for sheet, rows in sheets.items() if re.fullmatch(rf"{name}( \d+)?", sheet)], ignore_index=True)
    plain = [[ESCAPED.sub(lambda e: chr(int(e[1], 16)), c) if isinstance(c, str) else c for c in row] for row in own.to_numpy()]
    cells = [[None if cell == "" else cell for cell in row] for row in plain]
    return tables.typed(pd.DataFrame(cells, columns=own.columns, dtype=object), name)


#: Cells of 40,000 characters take minutes to shrink.
HOSTILE = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@HOSTILE
@given(made_frames())
def test_parquet_comes_back_exactly(tmp_path_factory, made):
    name, rows = made
    path = tmp_path_factory.mktemp("p") / "a.parquet"
    tables.write_parquet(rows, path)
    pd.testing.assert_frame_equal(tables.read(path, name), rows)


@HOSTILE
@given(made_frames())
def test_csv_comes_back(tmp_path_factory, made):
    name, rows = made
    path = tmp_path_factory.mktemp("c") / "a.csv"
    tables.write_csv(rows, path)
    pd.testing.assert_frame_equal(tables.read(path, name), without_empty_texts(rows))


@HOSTILE
@given(made_frames())
def test_a_workbook_comes_back_but_for_what_no_cell_can_hold(tmp_path_factory, made):
    name, rows = made
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    notes = workbook.write({name: rows}, path, "vi")
    read, expected = from_workbook(path, name), without_empty_texts(rows)
    cut = 0
    for column in expected.columns[expected.dtypes == "string"]:
        for row, text in expected[column].items():
            if not pd.isna(text) and len(text.encode("utf-16-le")) > 2 * workbook.LONGEST_TEXT:
                assert read.loc[row, column].endswith("…")
                assert text.startswith(read.loc[row, column][:-1])
                read.loc[row, column], cut = text, cut + 1
    pd.testing.assert_frame_equal(read, expected)
    assert [note.values for text in notes for note in unpack(text)] == ([{"frame": name, "count": cut}] if cut else [])


@given(texts)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
def test_no_cell_of_a_csv_begins_like_a_formula(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("g") / "a.csv"
    tables.write_csv(frame("devices", [{"device": "D00001", "sys_name": text}]), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]


def test_a_negative_number_is_no_formula(tmp_path):
    tables.write_csv(frame("health", [{"device": "D00001", "value": -12.5, "item": "-12.5"}]), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "D00001,,,'-12.5,-12.5,,,"


def test_a_workbook_has_typed_cells_and_heads_that_say_what_they_mean(tmp_path):
    device = {"device": "D00001", "sys_name": '=HYPERLINK("http://x")', "serial": "0123456789012345678", "confidence": 0.95}
    device |= {"first_seen": 1_772_413_200, "manufactured": "2012-07-15", "uptime_s": 86_400}
    path = tmp_path / "kho.xlsx"
    workbook.write({"devices": frame("devices", [device]), "links": frame("links", [])}, path, "vi", "Kiểm Kê")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["devices", "links"]
    sheet = book["devices"]
    head = {cell.value: cell for cell in sheet[1]}
    cell = {name: sheet.cell(2, title.column) for name, title in head.items()}
    assert (cell["sys_name"].value, cell["sys_name"].data_type) == (device["sys_name"], "s")
    assert cell["serial"].value == "0123456789012345678"
    assert (cell["uptime_s"].value, cell["confidence"].value) == (86_400, 0.95)
    assert cell["first_seen"].is_date
    assert cell["first_seen"].value.isoformat() == "2026-03-02T08:00:00"  # 01:00 UTC in Viet Nam
    assert cell["manufactured"].value.date().isoformat() == "2012-07-15"
    assert cell["manufactured"].number_format == "dd/mm/yyyy"
    assert cell["kind"].value is None
    assert "giây" in head["uptime_s"].comment.text
    assert "giờ Việt Nam" in head["first_seen"].comment.text
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(2, len(head)).coordinate}"
    assert all(8 <= sheet.column_dimensions[letter].width <= 50 for letter in string.ascii_uppercase[:3])


def test_a_frame_longer_than_a_sheet_goes_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LAST_ROW", 4)
    rows = frame("devices", [{"device": f"D{n:05d}"} for n in range(8)])
    workbook.write({"devices": rows}, tmp_path / "a.xlsx", "en")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["devices", "devices 2", "devices 3"]
    pd.testing.assert_frame_equal(from_workbook(tmp_path / "a.xlsx", "devices"), rows)


def test_another_file_is_refused_in_a_sentence(tmp_path):
    tables.write_csv(frame("links", []), tmp_path / "links.csv")
    with pytest.raises(tables.TableError, match=r"links\.csv is no frame “devices”: the column “device” is missing"):
        tables.read(tmp_path / "links.csv", "devices")
    with pytest.raises(tables.TableError, match=r"\.csv and \.parquet"):
        tables.read(tmp_path / "a.ods", "devices")
