"""A form of another program: one CSV file with its columns, and what did not fit into it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from inventory.registers.records import Bucket, program

#: From this confidence on a line of the books gives its code to the device that it was matched with.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Frames:
    """What a form is made of: frames (`inventory.frames.columns`) as of one moment, of one scope."""

    devices: pd.DataFrame
    interfaces: pd.DataFrame
    addresses: pd.DataFrame
    links: pd.DataFrame
    offices: pd.DataFrame
    codes: Mapping[str, str] = field(default_factory=dict)  # device -> asset code in the books, where they were matched


@dataclass(frozen=True, slots=True)
class Form:
    """One file. `place` is where the other program takes it in."""

    file: str
    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self, delimiter: str = ",") -> str:
        """The file as RFC 4180 has it. Values are as they are: another program wants the truth, not a spreadsheet's guard."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter)  # ends lines with CR LF, and so quotes either within a value
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Export:
    """Files in the order in which they are taken in, and what they do not hold, each sentence packed (inventory.sentences)."""

    forms: tuple[Form, ...]
    notes: tuple[str, ...] = ()


def codes(matches: pd.DataFrame, assets: pd.DataFrame) -> dict[str, str]:
    """Asset codes by device, of the frames: where a person said so or the match is as good as sure.

    Only of offices' own books. A code that several devices would get is of a line of several things, and marks none of them.
    """
    own = assets.loc[[program(books) is None for books in assets["register"]], "asset"]
    sure = matches["decided"].fillna(False) | (matches["confidence"].fillna(0.0) >= SURE)
    found = matches[(matches["bucket"] == Bucket.MATCHED) & sure & matches["asset"].isin(own)].dropna(subset=["device", "code"])
    found = found[~found["code"].duplicated(keep=False) & ~found["device"].duplicated(keep=False)]
    return dict(zip(found["device"], found["code"], strict=True))


def records(frame: pd.DataFrame, *columns: str) -> Iterable[tuple[str, ...]]:
    """The columns' values row by row as text; nothing where a value is missing."""
    plain = [["" if value is None else str(value) for value in _objects(frame[column])] for column in columns]
    return zip(*plain, strict=True)


def _objects(values: pd.Series) -> Sequence[object]:
    return values.astype(object).where(values.notna(), None).tolist()


def line(text: str) -> str:
    """Text for a field of one line: controls and line ends as blanks, none at the ends (forms strip them on their own).

    >>> line(" sw-1\\r\\n\\x00 tầng 2 ")
    'sw-1    tầng 2'
    """
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).strip()
