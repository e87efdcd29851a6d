"""What happened in a period, in the reader's words: what `analysis.happenings` finds."""

from __future__ import annotations

import pandas as pd

from analysis import words
from analysis.labels import device_labels
from reports.texts import Say, is_missing


def told(say: Say, found: pd.DataFrame, devices: pd.DataFrame, offices: pd.DataFrame) -> pd.DataFrame:
    """Happenings with `office_name`, `thing`, `name` and both in one (`named`), `address`, `value_words` (what was before and is
    after; of a replacement, the old device), `old` (its name)."""
    rows = words.with_devices(
        words.with_offices(found, offices, say), devices, ("kind", "vendor", "model", "sys_name", "address")
    )
    rows = words.changes(words.with_things(rows, say), say, offices, devices)
    names = device_labels(devices, say, 40)
    old = rows["other"].map(names).astype("string")
    values = rows["value_words"].mask(
        rows["other"].notna(), old.map(lambda name: say("changes.instead", old=name), na_action="ignore")
    )
    return _named(rows, names).assign(old=old, value_words=values)


def look(say: Say, rows: pd.DataFrame, devices: pd.DataFrame, offices: pd.DataFrame) -> pd.DataFrame:
    """Things to look at with `office_name`, `thing`, `name` and both in one (`named`), `address`, and `detail` in words."""
    wanted = ("kind", "vendor", "model", "sys_name", "address", "last_confirmed")
    rows = words.with_devices(words.with_offices(rows, offices, say), devices, wanted)
    names = device_labels(devices, say, 40)
    places = words.with_offices(offices, offices, say)
    codes = dict(zip(places["office"], places["office_name"], strict=True))

    def detail(why: str, text: object, confirmed: object) -> str | None:
        if why == "lost":
            return say("changes.last_seen", day=confirmed)
        if is_missing(text):
            return None
        if why == "conflict":
            return say.told(str(text))
        if why == "unsteady":
            return say("changes.times_back", count=int(str(text)))
        known = codes if why == "moved" else names
        return " ".join(known.get(word, word) for word in str(text).split(" "))

    said = [detail(*row) for row in zip(rows["why"], rows["detail"], rows["last_confirmed"], strict=True)]
    return _named(words.with_things(rows, say), names).assign(detail=pd.Series(said, index=rows.index, dtype="string"))


def _named(rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """With the name that the device gives itself, else what it is known by; and beside what it is."""
    name = rows["sys_name"].fillna(rows["device"].map(names).astype("string"))
    return rows.assign(name=name, named=(rows["thing"] + " · " + name).fillna(rows["thing"]))
