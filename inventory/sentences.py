"""Sentences about misfortune on the network as data, so that one text in a database is read in Vietnamese and in English.

A detail is a JSON line `["detail.ssh_closed", {...}]` for each sentence: a key of the reports' texts and its values. Who shows
it says it in the reader's language (`reports.texts.Say.told`). Values are numbers and plain words: names, addresses, codes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from inventory.problems import Problem


class Sentence(NamedTuple):
    """What is to be said: the key of a text, and the values that it takes."""

    key: str
    values: Mapping[str, str | int | float]


def pack(key: str, /, **values: object) -> str:
    """A sentence as one line of ASCII. What is neither text nor a number is written as `str()` has it: a secret as dots."""
    plain = {name: value if isinstance(value, str | int | float) else str(value) for name, value in values.items()}
    return json.dumps([key, plain])


def of(problem: Problem) -> str:
    """A problem's sentence, packed."""
    return pack(f"problem.{problem.key}", **problem.values)


def together(details: Iterable[str]) -> str:
    """Several packed sentences as one detail."""
    return "\n".join(details)


def unpack(detail: str) -> tuple[Sentence, ...]:
    """The sentences of a detail, in order; none for a text that was not packed, as older inventories hold."""
    try:
        return tuple(_sentence(line) for line in detail.split("\n"))
    except ValueError:
        return ()


def _sentence(line: str) -> Sentence:
    if not line.startswith("["):  # not even tried: what stands here may be anything
        raise ValueError("not packed")
    match json.loads(line):
        case [str(key), dict(values)] if all(isinstance(value, str | int | float) for value in values.values()):
            return Sentence(key, values)
    raise ValueError("not packed")
