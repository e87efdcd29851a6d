"""Running a notebook as a kernel does, in this process: no kernel is started for each of them (the end-to-end tests do that)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from traitlets.config import Config

from desk import frame_table

KIEMKE = "application/vnd.kiemke."


class _Displaying(DisplayHook):
    """What a cell ends with is displayed, as all else that it shows: so it is caught."""

    def __call__(self, result: object = None) -> None:
        if result is not None:
            display(result)

    def flush(self) -> None:
        """Nothing is kept here that could be let go; IPython's own looks for garbage through all of memory."""


class Shell(InteractiveShell):
    displayhook_class = _Displaying


def shell() -> InteractiveShell:
    """IPython in this process, which shows DataFrames as Lab does; ended with `Shell.clear_instance()`."""
    mpl.use("agg")
    running = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    frame_table.load_ipython_extension(running)
    return running


def run(running: InteractiveShell, path: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook at `path` with its outputs, after its parameters were set to `given`. Raises what a cell raises."""
    running.reset(new_session=False)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        with capture_output() as captured:
            result = running.run_cell(cell.source)
        result.raise_error()
        if "parameters" in cell.metadata.get("tags", []):
            running.push(dict(given))
        cell.outputs = [
            nbformat.v4.new_output("display_data", data=output.data, metadata=output.metadata) for output in captured.outputs
        ]
        if captured.stdout:
            cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=captured.stdout))
    return notebook


def payloads(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What `reports.show` was asked to show, in order, each with `what` it is."""
    return [
        {"what": kind.removeprefix(KIEMKE).removesuffix("+json"), **payload}
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        for kind, payload in output.get("data", {}).items()
        if kind.startswith(KIEMKE)
    ]
