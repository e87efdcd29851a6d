"""What the command line shows: tables and progress on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from reports.texts import VIET_NAM

if TYPE_CHECKING:
    import pandas as pd

#: Columns of a table where nobody's terminal sets the width.
WIDE = 200

#: Results go to standard output, everything else to standard error, so that a pipe gets the results alone.
out = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, soft_wrap=True, highlight=False)

PLAIN_EVERY_S = 5.0

Advance = Callable[[int, int], None]


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """`advance(done, total)`: a bar on a terminal; elsewhere a line when it begins, every few seconds, and at the end."""
    if err.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=False) as bar:
            task = bar.add_task(escape(what), total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    last, state = time.monotonic(), (0, 0)

    def line(done: int, total: int) -> None:
        nonlocal last, state
        state = (done, total)
        if time.monotonic() - last >= PLAIN_EVERY_S:
            last = time.monotonic()
            err.print(f"{what}: {done}/{total}", markup=False)

    yield line
    err.print(f"{what}: {state[0]}/{state[1]}" if state[1] else what, markup=False)


@contextmanager
def lines_to(path: Path | None) -> Iterator[Callable[[str], None]]:
    """Writes lines to a file, which is there whole or not at all, or to standard output."""
    if path is None:
        yield lambda line: print(line, flush=True)
        return
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8") as file:
        yield lambda line: print(line, file=file)
    partial.replace(path)


def table(frame: pd.DataFrame, title: str = "", limit: int | None = None) -> None:
    """A frame as a table for eyes: empty columns left out; times in Viet Nam's time."""
    import pandas as pd

    shown = frame.dropna(axis="columns", how="all") if len(frame) else frame  # of no rows, the heads alone
    shown = shown if limit is None else shown.head(limit)
    drawn = Table(title=escape(title) or None, title_justify="left", header_style="bold")
    for name in shown.columns:
        numeric = pd.api.types.is_numeric_dtype(shown[name]) and not pd.api.types.is_bool_dtype(shown[name])
        drawn.add_column(str(name), justify="right" if numeric else "left", overflow="fold")
    for row in shown.itertuples(index=False):
        drawn.add_row(*(cell(value) for value in row))
    out.print(drawn)


def cell(value: object) -> str:
    """One value as text that no terminal mistakes for markup or a control sequence."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        midnight = value.tzinfo is None and value == value.normalize()
        value = value.tz_convert(VIET_NAM) if value.tzinfo else value
        text = value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M")
    elif isinstance(value, float):
        text = f"{value:.6g}"
    else:
        text = str(value)
    return escape(printable(text))


def printable(text: str) -> str:
    """Text of unknown origin on one line: no control sequence reaches the terminal."""
    return "".join(char if char.isprintable() else "�" for char in " ".join(text.split()))


def fail(sentence: str) -> None:
    """One sentence on standard error."""
    print(sentence, file=sys.stderr, flush=True)
