"""Why things were taken for one, in words, in both languages."""

from __future__ import annotations

import pytest

from inventory.explanations import WEIGHED, contradiction, explain
from reports.texts import texts


def test_evidence_is_read_in_either_language() -> None:
    packed = explain("serial,macs,!name")
    assert packed.isascii()
    assert texts("vi").told(packed) == "Cùng số sê-ri. Cùng địa chỉ MAC trên các cổng. Khác tên."
    assert texts("en").told(packed) == "Same serial number. Same MAC addresses on its ports. Another name."


def test_what_several_comparisons_say_is_said_once() -> None:
    assert texts("en").told(explain("serial,macs;serial,own_address;")) == (
        "Same serial number. Same MAC addresses on its ports. One tells that it has the other's IP address."
    )


def test_a_new_device_tells_what_it_brought() -> None:
    assert texts("vi").told(explain("+address")) == "Địa chỉ IP có thiết bị mới trả lời."
    assert texts("en").told(explain("+serial,+base_mac")).startswith("A serial number that no other device has.")


@pytest.mark.parametrize("sign", ["", "!", "+"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_has_its_sentence(sign: str, language: str) -> None:
    said = [texts(language).told(explain(sign + what)) for what in WEIGHED]
    assert len(set(said)) == len(WEIGHED)
    assert not any(line.startswith("[") for line in said)


def test_what_another_program_wrote_is_shown_as_it_stands() -> None:
    assert explain("") == ""
    assert texts("vi").told(explain("serial,phase of the moon")) == "Cùng số sê-ri. phase of the moon."
    for odd in ("!", "+", ";,;", "\x00[", "!" * 50, "{what}"):
        assert isinstance(texts("en").told(explain(odd)), str)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [
        ("same_serial", "SN 1", "D00002"),
        ("same_uuid", "4c4c", "D00002"),
        ("resembles", "macs,!serial", "D00002"),
        ("protocols_differ", "serial A,B", None),
        ("protocols_differ", "macs 00:1c:73:00:00:01,00:1c:73:00:00:02", None),
        ("changed", "serial A B", None),
        ("changed", "uuid a b", None),
        ("changed", "macs 00:1c:73:00:00:01 00:1c:73:00:00:02", None),
        ("host_key_changed", "10.0.0.1", None),
    ],
)
def test_every_contradiction_is_a_sentence(kind: str, value: str, other: str | None, language: str) -> None:
    said = texts(language).told(contradiction(kind, value, other))
    assert said.endswith(".")
    assert kind not in said
    assert other is None or other in said


def test_a_contradiction_of_another_program_is_shown_as_it_stands() -> None:
    for value in ("serial", "", "colour red green"):
        assert texts("en").told(contradiction("changed", value, None)) == f"changed {value}".strip() + "."
