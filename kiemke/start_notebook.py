"""The start notebook of a workspace, executed before Lab opens it: JupyterLab itself runs no notebook."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from inventory.problems import Problem
from reports.whole_files import whole

START = "start.ipynb"
#: Two thousand devices take four seconds.
PATIENCE_S = 120


class StartError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "start_unread": "{file} could not be run ({reason}); Lab opens it as it is.",
    }


def renew(notebook: Path) -> Problem | None:
    """Execute the notebook where it is, and sign it, so that Lab shows its outputs as they are.

    A notebook that a person changed is run as it is. Where it fails the file stays as it was: returns why, in one sentence, for
    Lab opens all the same.
    """
    import nbformat
    import nbformat.sign
    from jupyter_core.paths import jupyter_data_dir
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
    from nbformat.reader import NotJSONError
    from traitlets.config import Config

    from reports.kernel import OwnInterpreter

    try:
        content = nbformat.read(notebook, as_version=4)
        NotebookClient(
            content,
            timeout=PATIENCE_S,
            kernel_manager_class=OwnInterpreter,
            # Encrypted where the kernel can: ipykernel 7.4 warns of plain TCP otherwise.
            config=Config({"OwnInterpreter": {"transport_encryption": "auto"}}),
            extra_arguments=["--IPKernelApp.extra_extensions=desk.frame_table"],
            resources={"metadata": {"path": str(notebook.parent)}},
            shutdown_kernel="immediate",
        ).execute()
        with whole(notebook) as partial:
            partial.write_text(nbformat.writes(content), encoding="utf-8")
    except CellExecutionError as error:
        return StartError("start_unread", file=notebook, reason=f"{error.ename}: {_first_line(error.evalue)}")
    except (
        CellControlSignal,
        DeadKernelError,
        NotJSONError,
        nbformat.ValidationError,
        OSError,
        ValueError,
        RuntimeError,
    ) as error:
        return StartError("start_unread", file=notebook, reason=_first_line(str(error)) or type(error).__name__)
    # Without a signature Lab leaves styles and scripts out: poorer to look at, not worse.
    with suppress(OSError, sqlite3.Error):
        Path(jupyter_data_dir()).mkdir(parents=True, exist_ok=True)  # of somebody who never ran Jupyter it is not there
        nbformat.sign.NotebookNotary().sign(content)
    return None


def _first_line(text: str) -> str:
    return next((line.strip()[:200] for line in text.splitlines() if line.strip()), "")
