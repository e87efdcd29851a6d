"""The command line's words, in the language that was chosen when it started."""

from __future__ import annotations

import os
from pathlib import Path

from kiemke import language
from kiemke.workspace import find
from reports.texts import Keyed, texts

LANGUAGE = language.chosen(os.environ, find(Path(os.environ.get("KIEMKE_WORKSPACE") or ".").resolve()))
say = texts(LANGUAGE)


def sentence(problem: Keyed) -> str:
    """The problem's one sentence in the chosen language."""
    return say.problem(problem)
