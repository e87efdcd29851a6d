"""What the books say of a thing's state, from the words of a cell. The words are in `states.yaml`."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from inventory import yaml_files
from inventory.folding import fold
from inventory.registers.records import State

#: A note tells these; "tốt" in a note is praise of something.
_TOLD_BY_NOTES = frozenset((State.SCRAPPED, State.MOVED, State.BROKEN, State.STORED))
_PARTS = re.compile(r"[,;.()\n]")
#: A thing that does not use the network is used.
_OF_THE_NETWORK = re.compile(r"\b(?:khong|chua) (?:su dung|dung|ket noi|noi|hoat dong) (?:mang|internet|wifi|lan)\b")
_PERCENT = re.compile(r"(?:con )?(\d{1,3})")


class _Rule(NamedTuple):
    state: State
    found: re.Pattern[str]
    whole: frozenset[str]


@cache
def _told() -> dict[str, Any]:
    told: dict[str, Any] = yaml_files.read(Path(__file__).with_name("states.yaml"))
    return told


@cache
def _strong() -> re.Pattern[str]:
    """A note has to say so in these words: "hoạt động" may be about anything."""
    return re.compile(rf"\b(?:{'|'.join(_told()['notes'])})\b")


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            State(rule["state"]),
            re.compile(rf"\b(?:{'|'.join(map(re.escape, rule.get('phrases', ['$^'])))})\b"),
            frozenset(rule.get("whole", ())),
        )
        for rule in _told()["states"]
    )


@lru_cache(maxsize=16384)
def state(text: str) -> State | None:
    """The state that a cell of states tells; None where its words are not understood.

    >>> state("Đang sử dụng"), state("hỏng nguồn"), state("Chờ thanh lý"), state("Còn 60%"), state("xanh")
    (<State.IN_USE: 'in_use'>, <State.BROKEN: 'broken'>, <State.BROKEN: 'broken'>, <State.IN_USE: 'in_use'>, None)
    """
    plain = _OF_THE_NETWORK.sub("", fold(text))
    if "%" in text and (found := _PERCENT.fullmatch(plain)) and int(found[1]) <= 100:
        return State.IN_USE if int(found[1]) > 0 else None
    return next((rule.state for rule in _rules() if plain in rule.whole or rule.found.search(plain)), None)


def state_of_note(text: str) -> State | None:
    """The state that a note tells beyond doubt: in strong words, or as the whole of one of its parts.

    >>> state_of_note("Đã điều chuyển cho xã Tử Du"), state_of_note("SN: 123; Dự phòng"), state_of_note("máy tốt")
    (<State.MOVED: 'moved'>, <State.STORED: 'stored'>, None)
    """
    if _strong().search(fold(text)):
        told = state(text)
    else:
        told = next((told for part in _PARTS.split(text) if is_plain(part) and (told := state(part)) in _TOLD_BY_NOTES), None)
    return told if told in _TOLD_BY_NOTES else None


def is_plain(text: str) -> bool:
    """Whether a text says its state and nothing else that would be lost."""
    plain = fold(text)
    return any(plain in rule.whole or rule.found.fullmatch(plain) for rule in _rules())
