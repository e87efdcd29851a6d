"""A quotation mark that nobody closes costs its own cell, not the rest of the file."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.registers.files import delimited
from inventory.registers.files.cells import Fault


def rows(text):
    sheet, _ = delimited.read("a.csv", "", text.encode())
    return [[cell.value for cell in row.values()] for row in sheet.rows.values()]


def test_in_the_middle_and_at_the_end():
    text = 'Tên,Số máy\nmột,"SN1\nhai,SN2\n' + "ba,SN3\n" * 5 + 'bốn,"SN4'
    read = rows(text)
    assert read[:3] == [["Tên", "Số máy"], ["một", Fault.OPEN_QUOTE], ["hai", "SN2"]]
    assert read[-2:] == [["ba", "SN3"], ["bốn", Fault.OPEN_QUOTE]]


def test_text_of_several_lines_stays_whole():
    assert rows('a,b\n"một\nhai","ba ""bốn"""\nx,y\n') == [["a", "b"], ["một\nhai", 'ba "bốn"'], ["x", "y"]]


cells = st.text(st.sampled_from('ab"\n \r'), max_size=6).filter(str.strip)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_a_program_wrote_is_read_as_it_was(table):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["h", "i", "j"], *table])
    assert rows(out.getvalue())[1:] == table
