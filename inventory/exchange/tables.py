"""Any frame as a file of its own, CSV or Parquet, and such a file as a frame again.

Parquet holds a frame exactly. CSV has no empty text: it comes back as a missing value. Everything else comes back as it was,
with the dtypes of `inventory.frames.columns`.

**CSV** (RFC 4180, UTF-8 with a mark that spreadsheet programs know it by) is opened with spreadsheet programs, which would run
a device named `=HYPERLINK(…)` as a formula. Text that begins like one gets an apostrophe in front, as people type it there
themselves; text that begins with apostrophes before such a sign gets one more, so `read` takes off exactly what was put on.
`kiemke show --format csv` is for programs and has no guard.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from inventory.frames import FRAMES, FrameError
from inventory.frames.dtypes import conform
from inventory.frames.reading import LOCAL
from inventory.problems import Problem

#: What a spreadsheet program takes for the beginning of a formula (OWASP, "CSV Injection"), full-width signs too.
_FORMULA = "=+\\-@\t\r\n＝＋－＠"
_GUARDED = rf"^('*[{_FORMULA}])"
_UNGUARDED = re.compile(rf"^'('*[{_FORMULA}])")
_SECONDS = {"time": "datetime64[s, UTC]", "date": "datetime64[s]"}


class TableError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "table_form": "{file}: frames are read from .csv and .parquet.",
        "table_columns": "{file} is no frame “{frame}”: the column “{column}” is missing.",
    }


def write_csv(rows: pd.DataFrame, path: Path) -> None:
    """Write a frame for spreadsheet programs. Raises `OSError`."""
    guarded = rows.copy(deep=False)
    for name, values in rows.items():
        if pd.api.types.is_string_dtype(values.dtype):
            guarded[name] = values.str.replace(_GUARDED, r"'\1", regex=True)
    guarded.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def write_parquet(rows: pd.DataFrame, path: Path) -> None:
    """Write a frame with its dtypes. Raises `OSError`."""
    rows.to_parquet(path, engine="pyarrow", index=False)


def read(path: Path | str, frame: str) -> pd.DataFrame:
    """A .csv or .parquet file that these functions made of a frame, with the frame's dtypes.

    Raises `TableError`, `FrameError` for a frame that there is not, `OSError`.
    """
    path = Path(path)
    if frame not in FRAMES:
        raise FrameError("frame_unknown", frame=frame, known=", ".join(FRAMES))
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *cells = [*csv.reader(file)] or [[]]
        bare = [[_UNGUARDED.sub(r"\1", cell, count=1) if cell.startswith("'") else cell for cell in row] for row in cells]
        rows = pd.DataFrame([[cell or None for cell in row] for row in bare], columns=head, dtype=object)
        _complete(rows, path, frame)
        return typed(rows, frame)
    if path.suffix == ".parquet":
        rows = pd.read_parquet(path, engine="pyarrow")
        _complete(rows, path, frame)
        # Parquet counts no whole seconds.
        return rows.astype({column.name: _SECONDS[column.dtype] for column in FRAMES[frame] if column.dtype in _SECONDS})
    raise TableError("table_form", file=path.name)


def typed(rows: pd.DataFrame, frame: str) -> pd.DataFrame:
    """Cells of a file, as text or as a workbook types them, None where one is empty, as the frame that they are of."""
    plain = rows.copy(deep=False)
    for column in FRAMES[frame]:
        if column.dtype in _PLAIN:
            told = [None if value is None else _PLAIN[column.dtype](value) for value in rows[column.name]]
            plain[column.name] = pd.Series(told, dtype=object)
    return conform(frame, plain)


def _complete(rows: pd.DataFrame, path: Path, frame: str) -> None:
    for column in FRAMES[frame]:
        if column.name not in rows:
            raise TableError("table_columns", file=path.name, frame=frame, column=column.name)


def _seconds(cell: object) -> int:
    """Seconds since the epoch of a time in a file; without a zone it is Vietnamese time, as workbooks have it."""
    when = cell if isinstance(cell, datetime.datetime) else datetime.datetime.fromisoformat(str(cell))
    return round((when if when.tzinfo else when.replace(tzinfo=LOCAL)).timestamp())


#: What `conform` wants of a cell, text or typed, by the dtype of its column.
_PLAIN: dict[str, Callable[[Any], object]] = {
    "time": _seconds,
    "date": lambda cell: str(cell)[:10],
    "boolean": lambda cell: cell in (True, "True"),
    "Int64": int,
    "Float64": float,
}
