"""What a device said is kept exactly, mojibake and all, as far as a database can."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.facts import Counters, Evidence, Identity, Interface, Observation, Outcome
from inventory.observations import decode, encode

st.register_type_strategy(float, st.floats(allow_nan=False))
st.register_type_strategy(str, st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8))


@settings(max_examples=60, deadline=None)
@given(st.from_type(Observation))
def test_any_observation_survives(observation: Observation) -> None:
    assert decode(encode(observation)) == observation


def test_blank_empty_and_mojibake_stay_apart() -> None:
    base = Observation("10.0.0.1", "xã", "snmp", 1, Outcome.PARTIAL)
    odd = dataclasses.replace(
        base,
        identity=Identity(vendor=Evidence("HPE", "x", 1.0), sys_name="m\ufffdy in \u202e \U0001d518 \\u0000"),
        interfaces=(Interface(1, "", counters=Counters(in_octets=2**64 - 1, width=32)),),
        components=(),
        neighbours=None,
        topics={"components": Outcome.LOOPED},
        round_trip_s=0.25,
    )
    for o in (base, odd):
        again = decode(encode(o))
        assert again == o
        assert isinstance(again.outcome, Outcome)
    assert decode(encode(odd)).components == ()
    assert decode(encode(odd)).neighbours is None


def test_what_no_database_keeps_in_a_text_is_seen_to_be_missing() -> None:
    said = Observation("10.0.0.1", "A", "snmp", 1, Outcome.ANSWERED, notes=("a\0b", "\ud83d nửa \U0001d518", "\udc00"))
    assert decode(encode(said)).notes == ("a�b", "� nửa \U0001d518", "�")
