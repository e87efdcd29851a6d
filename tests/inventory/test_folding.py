"""Text as it is compared: what people spell differently is equal, what differs stays different."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.folding import fold

LETTERS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ -./()", max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("xã Xuân Hòa", "XÃ XUÂN HOÀ"),  # both places of the tone mark
        ("Thủy", "Thuỷ"),
        ("Số lượng", "So luong"),
        ("Đơn vị tính", "ÐƠN VỊ TÍNH"),  # an Icelandic letter, as some keyboards give
        ("Đ.V.T", "đ v t"),
        ("S/N:", " s - n "),
        ("Ｍã　TS", "mã ts"),  # full width
        ("x\u00a0y", "x y"),
    ],
)
def test_spellings_of_one_thing_are_equal(one, other):
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), [("LBP2900", "LBP 2900"), ("đơn", "dan"), ("A1", "A11")])
def test_what_differs_in_letters_digits_or_blanks_stays_different(one, other):
    assert fold(one) != fold(other)


@given(LETTERS)
def test_normal_form_and_case_do_not_matter(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(text) == fold(text.upper())
    assert fold(text).isascii()


@given(st.text(max_size=40))
def test_what_is_folded_stays_as_it_is(text):
    assert fold(fold(text)) == fold(text)
