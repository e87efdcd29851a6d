"""Execute a report's notebook in a kernel of its own, with papermill, and tell how it ended."""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.problems import Problem
from reports import executed
from reports.catalog import Report
from reports.problems import ReportProblem, ToldProblem
from reports.records import DONE, FAILED, TIMED_OUT

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

#: (cells done, cells there are)
Progress = Callable[[int, int], None]
_WRITTEN_EVERY_S = 1.0


def execute(
    report: Report,
    values: Mapping[str, Any],
    output: Path,
    timeout_s: float,
    on_progress: Progress | None = None,
    *,
    kernel: AsyncKernelManager,
) -> tuple[str, Problem | None]:
    """Execute the notebook into `output`: a run's status, and what went wrong. After any end `output` is there as far as it came.

    `kernel` is one that has begun (`reports.kernel`). The status comes from the exception: a notebook that timed out says
    `None` itself.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it would say is in the result
    cells = _cells(report.notebook)
    deadline = time.monotonic() + timeout_s
    reached = 0

    def remaining(cell: Mapping[str, Any]) -> float:
        nonlocal reached
        reached += 1 if cell["cell_type"] == "code" else 0
        if on_progress:
            on_progress(min(max(reached - 1, 0), cells), cells)
        return max(deadline - time.monotonic(), 0.1)

    told = {"report": report.name, "notebook": output}
    try:
        papermill.execute_notebook(
            str(report.notebook),
            str(output),
            parameters=dict(values),
            engine_name=_engine(),
            kernel_name="python3",
            language="python",
            cwd=str(report.notebook.parent),
            progress_bar=False,
            start_timeout=math.ceil(timeout_s),
            km=kernel,
            timeout_func=remaining,
        )
    except PapermillExecutionError as error:
        return FAILED, ReportProblem("run_failed", cell=error.exec_count, reason=_reason(error, output), **told)
    except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
        # A kernel that did not even start in time raises a plain RuntimeError.
        if isinstance(error, CellTimeoutError) or time.monotonic() >= deadline:
            key = "run_timed_out" if reached else "run_not_started"
            return TIMED_OUT, ReportProblem(key, seconds=timeout_s, cell=reached, **told)
        return FAILED, ReportProblem("run_kernel", reason=first_line(str(error)), **told)
    if on_progress:
        on_progress(cells, cells)
    return DONE, None


@cache
def _engine() -> str:
    """papermill's own, which waits for the whole notebook to be written at each cell's begin and end: here not twice within a
    second. At its end a notebook is always written: by papermill when all cells came to their end or one failed, and here where
    something else ended it."""
    from papermill.engines import NBClientEngine, papermill_engines

    class SeldomWritten(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
            write, written = nb_man.save, time.monotonic()

            def seldom(**more: Any) -> None:
                nonlocal written
                if time.monotonic() - written >= _WRITTEN_EVERY_S:
                    write(**more)
                    written = time.monotonic()

            nb_man.save = seldom
            try:
                super().execute_managed_notebook(nb_man, kernel_name, **options)
            except BaseException:
                nb_man.save = write
                raise

    papermill_engines.register("kiemke", SeldomWritten)
    return "kiemke"


def _cells(notebook: Path) -> int:
    """How many cells are executed: those of code, and the one that holds the values."""
    return sum(cell["cell_type"] == "code" for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]) + 1


def _reason(error: Any, output: Path) -> str | Problem:
    """The problem that the kernel told, in either language; else the exception's own words and its class."""
    if told := executed.read(output).all("problem"):
        return ToldProblem(told[-1]["key"], told[-1]["english"], told[-1]["values"])
    words = f"{error.ename}: {first_line(error.evalue)}".rstrip(": ")
    return words if words.endswith((".", "!", "?")) else words + "."


def first_line(text: str) -> str:
    """The first line that says something, without a terminal's colours."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip()]
    return lines[0][:300] if lines else ""
