"""Frames with words beside their codes, for tables that people read: `say` gives the words, the codes stay in their columns."""

from __future__ import annotations

import json
from datetime import date
from typing import Protocol

import pandas as pd

from analysis.tables import code


class Say(Protocol):
    """Who speaks the reader's language: texts by key, and the word for a kind of device."""

    def __call__(self, key: str, /, **values: object) -> str: ...

    def kind(self, kind: object, count: int | None = None) -> str: ...

    def word(self, section: str, value: object) -> str: ...


def with_offices(frame: pd.DataFrame, offices: pd.DataFrame, say: Say, *, column: str = "office") -> pd.DataFrame:
    """Beside an office's code its name: `office_name`; the code where the name is not known."""
    names = dict(zip(offices["office"], offices[say("figures.office_column")].fillna(offices["name_vi"]), strict=True))
    return frame.assign(office_name=frame[column].map(names).astype("string").fillna(frame[column]))


def with_devices(frame: pd.DataFrame, devices: pd.DataFrame, columns: tuple[str, ...] = ("sys_name", "address")) -> pd.DataFrame:
    """Columns of `devices` beside a frame that names devices; what the frame has already stays."""
    wanted = ["device", *(name for name in columns if name not in frame)]
    return frame.merge(devices[wanted], on="device", how="left")


def with_things(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """One column `thing` that says what a device is: kind, vendor, model."""
    parts = zip(frame["kind"], frame["vendor"], frame["model"], strict=True)
    things = [" ".join(filter(None, (say.kind(kind), code(vendor), code(model)))) for kind, vendor, model in parts]
    return frame.assign(thing=pd.Series([text[:1].upper() + text[1:] for text in things], index=frame.index, dtype="string"))


def ages(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """An `ages` frame with `basis_words` and `contradiction_words`."""

    def basis(keys: object) -> str:
        return ", ".join(say(f"evidence.{key}") for key in code(keys).split(",") if key)

    def against(pairs: object) -> str:
        sides = [pair.split("|") for pair in code(pairs).split(",") if pair]
        return "; ".join(say("evidence.against", a=say(f"evidence.{a}"), b=say(f"evidence.{b}")) for a, b in sides)

    return frame.assign(
        basis_words=frame["basis"].map(basis).astype("string"),
        contradiction_words=frame["contradiction"].map(against).astype("string"),
    )


def changes(rows: pd.DataFrame, say: Say) -> pd.DataFrame:
    """Rows of `changes` whose field and values are in words: `field_words`, `before_words`, `after_words`."""

    def value(text: object) -> str:
        plain = code(text)
        return say(f"format.{'yes' if plain.lower() == 'true' else 'no'}") if plain.lower() in ("true", "false") else plain

    return rows.assign(
        field_words=rows["field"].map(lambda field: say.word("field", field) if code(field) else "").astype("string"),
        before_words=rows["before"].map(value).astype("string"),
        after_words=rows["after"].map(value).astype("string"),
    )


def reasons(column: pd.Series, say: Say, *, without: frozenset[str] = frozenset()) -> pd.Series:
    """A plan's `reasons` as sentences, but for keys that other columns tell; dates come back as dates."""

    def speak(text: str) -> str:
        sentences = []
        for key, values in json.loads(text):
            if key in without:
                continue
            if "end" in values:
                values["end"] = date.fromisoformat(values["end"])
            sentences.append(say(f"replacement_plan.reason.{key}", **values))
        spoken = "; ".join(sentences)
        return spoken[:1].upper() + spoken[1:]

    return column.map(speak).astype("string")


def plan(items: pd.DataFrame, say: Say) -> pd.DataFrame:
    """A plan's items with `reasons_words` and `why_words`."""
    why = items["why"].map(lambda key: say(f"replacement_plan.why.{key}")).astype("string")
    told = frozenset({"people", "risk"})  # these have columns of their own
    items = items.assign(
        reasons_words=reasons(items["reasons"], say, without=told), why_words=why.str[:1].str.upper() + why.str[1:]
    )
    return with_things(items, say)
