"""The command line's words, in the language that was chosen when it started."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kiemke import language
from kiemke.workspace import find
from reports.texts import Keyed, texts

if TYPE_CHECKING:
    import pandas as pd

    from inventory.frames.columns import Column

LANGUAGE = language.chosen(os.environ, find(Path(os.environ.get("KIEMKE_WORKSPACE") or ".").resolve()))
say = texts(LANGUAGE)


def sentence(problem: Keyed) -> str:
    """The problem's one sentence in the chosen language."""
    return say.problem(problem)


def spoken(frame: str, rows: pd.DataFrame) -> pd.DataFrame:
    """A frame's rows with the columns of packed sentences (dtype told) said in the chosen language."""
    told = [column.name for column in _columns(frame) if column.dtype == "told"]
    return rows.assign(**{name: rows[name].map(say.told, na_action="ignore").astype("string") for name in told})


def _columns(frame: str) -> tuple[Column, ...]:
    from inventory.frames import FRAMES

    if frame in FRAMES:
        return FRAMES[frame]
    from analysis import frames as made  # here: what analysis needs takes as long to load as all the rest

    return made.FRAMES[frame]
