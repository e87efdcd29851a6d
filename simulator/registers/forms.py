"""The forms of `layouts.yaml`: which columns a file has, how its headings are worded, and what stands above and below a table."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator import yaml_files

LAYOUTS = Path(__file__).with_name("layouts.yaml")
OPTIONAL = 0.6  # a column with "?" is there


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds, and the words of its heading from the top down."""

    field: str
    heading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One form as one person fills it in."""

    name: str
    columns: tuple[Column, ...]
    title: str
    head_left: tuple[str, ...] = ()
    head_right: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    sign: tuple[str, ...] = ()
    numbering: str = ""  # letters: A B C 1 2 3 below the heading; figures: 1 2 3

    @property
    def fields(self) -> dict[str, int]:
        """Field -> place of its column, from 0."""
        return {column.field: place for place, column in enumerate(self.columns)}

    @property
    def depth(self) -> int:
        """Rows of the heading."""
        return max(len(column.heading) for column in self.columns)


@cache
def layouts() -> Mapping[str, Mapping[str, Any]]:
    told: Mapping[str, Mapping[str, Any]] = yaml_files.read(LAYOUTS)
    return told


def form(name: str, dice: random.Random) -> Form:
    """The form with its optional columns and its wording chosen."""
    entry = layouts()[name]
    columns = []
    for field, headings in entry["columns"].items():
        if field.endswith("?") and dice.random() > OPTIONAL:
            continue
        field, words = field.rstrip("?"), dice.choice(headings)
        if words.startswith("@"):  # words that say another thing
            field, words = words[1:].split(" ", 1)
        columns.append(Column(field, tuple(words.split(" > "))))
    texts = {key: tuple(entry.get(key, ())) for key in ("head_left", "head_right", "under", "after", "sign")}
    return Form(name, tuple(columns), dice.choice(entry["title"]), numbering=entry.get("numbering", ""), **texts)


def numbering(form: Form) -> Sequence[str | int]:
    """The row that names columns: letters for words, figures for numbers."""
    if form.numbering == "figures":
        return list(range(1, len(form.columns) + 1))
    words = {"number", "voucher", "voucher_date", "name", "origin", "in_use", "acquired", "code", "serial", "unit", "place"}
    marks: list[str | int] = []
    figures = 0
    for column in form.columns:
        if column.field in words and figures == 0:
            marks.append("ABCDEFGHIJKLMN"[len(marks)])
        else:
            figures += 1
            marks.append(figures)
    return marks
