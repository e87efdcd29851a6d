"""Sentences that wait in the database for a reader."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.secret import Secret
from inventory.sentences import Sentence, pack, together, unpack

WORDS = st.text(max_size=30)
VALUES = st.dictionaries(WORDS, WORDS | st.integers() | st.floats(allow_nan=False))


@given(st.lists(st.tuples(WORDS, VALUES), min_size=1, max_size=4))
def test_what_is_packed_comes_out_again(said):
    detail = together(pack(key, **values) for key, values in said)
    assert unpack(detail) == tuple(Sentence(*one) for one in said)
    assert detail.isascii()  # lone surrogates and controls of a device's text cannot break a database or a terminal


@given(st.text() | st.sampled_from(["[", "[]", "[1, {}]", '["a"]', '["a", {"b": null}]', '["a", {"b": []}]', '["a", {}, 1]']))
def test_any_other_text_holds_no_sentence(text):
    assert unpack(text) == ()


def test_one_line_that_is_no_sentence_leaves_all_as_it_stands():
    assert unpack(together([pack("a"), "It said no."])) == ()


@pytest.mark.parametrize(("value", "kept"), [(Path("/a/b"), "/a/b"), (None, "None"), (Secret("canary"), str(Secret("canary")))])
def test_other_values_are_kept_as_they_print(value, kept):
    detail = pack("a", value=value)
    assert unpack(detail)[0].values == {"value": kept}
    assert "canary" not in detail
