"""Frames with words beside their codes, for tables that people read: `say` gives the words, the codes stay in their columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pandas as pd

from analysis.tables import code

Say = Callable[..., str]


def with_offices(frame: pd.DataFrame, offices: pd.DataFrame, say: Say, *, column: str = "office") -> pd.DataFrame:
    """Beside an office's code its name: `office_name`; the code where the name is not known."""
    names = dict(zip(offices["office"], offices[say("figures.office_column")].fillna(offices["name_vi"]), strict=True))
    return frame.assign(office_name=frame[column].map(names).astype("string").fillna(frame[column]))


def with_devices(frame: pd.DataFrame, devices: pd.DataFrame, columns: tuple[str, ...] = ("sys_name", "address")) -> pd.DataFrame:
    """Columns of `devices` beside a frame that names devices; what the frame has already stays."""
    wanted = ["device", *(name for name in columns if name not in frame)]
    return frame.merge(devices[wanted], on="device", how="left")


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


def reasons(column: pd.Series, say: Say) -> pd.Series:
    """A plan's `reasons` as sentences; dates come back as dates."""

    def speak(text: str) -> str:
        sentences = []
        for key, values in json.loads(text):
            if "end" in values:
                values["end"] = date.fromisoformat(values["end"])
            sentences.append(say(f"replacement_plan.reason.{key}", **values))
        return "; ".join(sentences)

    return column.map(speak).astype("string")


def plan(items: pd.DataFrame, say: Say) -> pd.DataFrame:
    """A plan's items with `reasons_words` and `why_words`."""
    why = items["why"].map(lambda key: say(f"replacement_plan.why.{key}")).astype("string")
    return items.assign(reasons_words=reasons(items["reasons"], say), why_words=why)
