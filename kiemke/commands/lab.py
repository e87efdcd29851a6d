"""`kiemke lab`: JupyterLab on the notebooks, with this workspace's inventory."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kiemke.commands.options import WorkspaceOption
from kiemke.words import say
from kiemke.workspace import open_workspace

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def command(root: Path, port: int, browser: bool) -> list[str]:
    """JupyterLab's command line: on loopback, without its news (it asks at the first start, then fetches them from outside)."""
    return [
        *(sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={root}", "--ServerApp.ip=127.0.0.1"),
        *(
            f"--ServerApp.port={port}",
            f"--ServerApp.open_browser={browser}",
            "--LabApp.default_url=/lab/tree/explore/start.ipynb",
        ),
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]


def lab(
    port: Annotated[int, typer.Option(help=say("cli.lab.port"))] = 8888,
    browser: Annotated[bool, typer.Option(help=say("cli.lab.browser"))] = True,
    workspace: WorkspaceOption = None,
) -> None:
    opened = open_workspace(workspace)
    arguments = command(NOTEBOOKS, port, browser)
    os.execve(arguments[0], arguments, os.environ | {"KIEMKE_WORKSPACE": str(opened.root)})  # noqa: S606 - no shell is wanted
