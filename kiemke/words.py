"""The command line's words, in the language that was chosen when it started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from kiemke import language
from kiemke.workspace import find
from reports.texts import texts

LANGUAGE = language.chosen(os.environ, find(Path(os.environ.get("KIEMKE_WORKSPACE") or ".").resolve()))
say = texts(LANGUAGE)


class _Keyed(Protocol):
    """`Problem`, and the simulator's exceptions, which share no code with it."""

    key: str
    values: Mapping[str, object]


def sentence(problem: _Keyed) -> str:
    """The problem's one sentence in the chosen language."""
    return say.problem(problem)
