"""`kiemke lab`: JupyterLab on the notebooks, with this workspace's inventory."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kiemke import notebook_copies
from kiemke.commands.options import WorkspaceOption
from kiemke.words import say
from kiemke.workspace import open_workspace

#: Answers "no" to the news that JupyterLab offers at its first start; what people set themselves counts more.
SETTINGS = Path(__file__).parents[1] / "lab_settings"


def command(root: Path, port: int, browser: bool) -> list[str]:
    """JupyterLab's command line: on loopback, without its news (it asks at the first start, then fetches them from outside)."""
    return [
        *(sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={root}", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", f"--ServerApp.open_browser={browser}"),
        *("--LabApp.default_url=/lab/tree/notebooks/start.ipynb", "--LabApp.news_url=None"),
        f"--LabApp.app_settings_dir={SETTINGS}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # The kernel's sockets on loopback are encrypted where the installed kernel can.
        "--KernelManager.transport_encryption=auto",
    ]


def lab(
    context: typer.Context,
    port: Annotated[int, typer.Option(help=say("cli.lab.port"))] = 8888,
    browser: Annotated[bool, typer.Option(help=say("cli.lab.browser"))] = True,
    workspace: WorkspaceOption = None,
) -> None:
    opened = open_workspace(workspace)
    notebook_copies.renew(opened.root / "notebooks")
    arguments = [*command(opened.root, port, browser), *context.args]
    os.execve(arguments[0], arguments, os.environ | {"KIEMKE_WORKSPACE": str(opened.root)})  # noqa: S606 - no shell is wanted
