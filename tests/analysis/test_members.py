"""The cables of an aggregate in one text."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.topology import members

PORTS = st.text(st.characters(codec="ascii", exclude_characters="=;", min_codepoint=32), min_size=1, max_size=8)


@given(st.lists(st.tuples(PORTS, PORTS), max_size=5))
def test_pairs_come_back_whatever_spaces_their_names_have(pairs) -> None:
    text = members.written(pairs)
    assert list(members.read(text)) == sorted(pairs)
    assert sorted(members.read(members.turned(text))) == sorted((b, a) for a, b in pairs)
