"""`kiemke lab`: JupyterLab on the notebooks, with this workspace's inventory."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kiemke import console, language, notebook_copies, start_notebook
from kiemke.commands.options import WorkspaceOption
from kiemke.start_notebook import START
from kiemke.words import say, sentence
from kiemke.workspace import Workspace, open_workspace

#: Answers "no" to the news that JupyterLab offers at its first start; what people set themselves counts more.
SETTINGS = Path(__file__).parents[1] / "lab_settings"
#: By path: the command line imports no desk.
STARTUP = Path(__file__).parents[2] / "desk" / "lab_startup.py"


def command(root: Path, port: int, browser: bool, speaks: str) -> list[str]:
    """JupyterLab's command line: on loopback, without its news (it asks at the first start, then fetches them from outside)."""
    return [
        *(sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={root}", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", f"--ServerApp.open_browser={browser}"),
        *(f"--LabApp.default_url=/lab/tree/notebooks/{START}", "--LabApp.news_url=None"),
        f"--LabApp.app_settings_dir={SETTINGS / speaks}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # The kernel's sockets on loopback are encrypted where the installed kernel can.
        "--KernelManager.transport_encryption=auto",
    ]


def environment(environ: Mapping[str, str], workspace: Workspace) -> dict[str, str]:
    """What Lab's kernels are told: whose inventory, where its reports are, the language; and to show DataFrames as tables.

    PYTHONSTARTUP is the one file that every kernel runs, whichever kernelspec and whichever notebook it is for; a person's own
    is run after ours.
    """
    told = {
        "KIEMKE_WORKSPACE": str(workspace.root),
        "KIEMKE_REPORTS": str(workspace.reports),
        "KIEMKE_LANG": language.chosen(environ, workspace.root),
        "PYTHONSTARTUP": str(STARTUP),
    }
    own = environ.get("PYTHONSTARTUP", "")
    return dict(environ) | told | ({"KIEMKE_PYTHONSTARTUP": own} if own and own != str(STARTUP) else {})


def lab(
    context: typer.Context,
    port: Annotated[int, typer.Option(help=say("cli.lab.port"))] = 8888,
    browser: Annotated[bool, typer.Option(help=say("cli.lab.browser"))] = True,
    workspace: WorkspaceOption = None,
) -> None:
    opened = open_workspace(workspace)
    opened.engine().dispose()  # notebooks only read: an inventory of an older version is brought up to date here
    folder = opened.root / "notebooks"
    notebook_copies.renew(folder)
    os.environ.update(environment(os.environ, opened))
    with console.progress(say("cli.lab.preparing")):
        if problem := start_notebook.renew(folder / START):
            console.fail(sentence(problem))
    arguments = [*command(opened.root, port, browser, os.environ["KIEMKE_LANG"]), *context.args]
    os.execve(arguments[0], arguments, os.environ)  # noqa: S606 - no shell is wanted
