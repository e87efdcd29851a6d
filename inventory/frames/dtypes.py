"""One place that gives every frame its documented columns and dtypes, whatever the database made of them."""

from __future__ import annotations

import pandas as pd

from inventory.frames.columns import FRAMES


def conform(frame: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Columns of `FRAMES[frame]` in order, with their dtypes; times are given as seconds, dates as ISO text."""
    columns = {}
    for column in FRAMES[frame]:
        columns[column.name] = _as(rows[column.name], column.dtype)
    return pd.DataFrame(columns, index=rows.index).reset_index(drop=True)


def _as(values: pd.Series, dtype: str) -> pd.Series:
    if dtype == "time":
        seconds = pd.to_numeric(values, errors="raise").astype("Int64")
        return pd.to_datetime(seconds, unit="s", utc=True).astype("datetime64[s, UTC]")
    if dtype == "date":
        # a month ("2012-07") counts as its first day
        return pd.to_datetime(values.astype("string"), format="ISO8601", errors="coerce").astype("datetime64[s]")
    if dtype in ("string", "told"):
        return values.astype("string")
    if values.dtype == object:
        values = values.where(values.notna(), None)
    if dtype == "boolean":
        values = values.astype("Float64")
    return values.astype(dtype)  # type: ignore[call-overload]
