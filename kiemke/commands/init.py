"""`kiemke init DIR`: a new workspace with commented files to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiemke import console, workspace
from kiemke.words import say


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("cli.init.folder"))]) -> None:
    made = workspace.create(folder)
    console.out.print(say("cli.init.done", folder=made.root), markup=False)
