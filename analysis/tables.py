"""What the frames that analysis makes are called and typed: the same vocabulary as `inventory.frames.columns`.

Every function that returns a DataFrame here returns it through `typed`, so that an empty answer has the columns and
dtypes of a full one, and a missing value is NA and never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

import pandas as pd
from pandas.api.extensions import ExtensionArray

from inventory import yaml_files
from inventory.frames.columns import Column

DTYPES = {"time": "datetime64[s, UTC]", "date": "datetime64[s]", "told": "string"}


def typed(rows: Iterable[Mapping[str, object]], columns: Sequence[Column]) -> pd.DataFrame:
    """A frame with exactly `columns`, in their order and dtypes; keys that a row lacks become NA."""
    rows = list(rows)
    data: dict[str, ExtensionArray] = {}
    for column in columns:
        values = [row.get(column.name) for row in rows]
        dtype = DTYPES.get(column.dtype, column.dtype)
        if dtype.startswith("datetime"):
            data[column.name] = pd.Series(
                pd.to_datetime(pd.Series(values, dtype="object"), utc="UTC" in dtype), dtype=dtype
            ).array
        else:
            data[column.name] = array(values, dtype)
    return pd.DataFrame(data, copy=False)  # of arrays, which nobody else has: a small frame of series takes twice as long


def array(values: Sequence[object], dtype: str) -> ExtensionArray:
    """Cells of a column; what is None or NA is missing."""
    made: ExtensionArray = pd.array(values, dtype=dtype)  # type: ignore[call-overload]  # the stubs want dtypes spelt out
    return made


def data_yaml(name: str) -> dict:
    """A document of `analysis/data`."""
    found: dict = yaml_files.read(files("analysis.data").joinpath(name))
    return found


def code(value: object) -> str:
    """Text of a cell; "" where it is missing."""
    return "" if value is None or value is pd.NA or pd.isna(value) else str(value)  # type: ignore[call-overload]
