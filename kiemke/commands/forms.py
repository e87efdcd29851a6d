"""`kiemke forms`: the planner's page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from inventory.problems import Problem
from kiemke import console, language
from kiemke.commands.options import WorkspaceOption
from kiemke.words import say
from kiemke.workspace import open_workspace

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "explore" / "report-form.ipynb"


class FormsError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "forms_certificate": "{file}: no such file; --certfile and --keyfile are the server's certificate and key (PEM).",
    }


def forms(
    port: Annotated[int, typer.Option(min=1, max=65535, help=say("cli.forms.port"))] = 8866,
    ip: Annotated[str, typer.Option(help=say("cli.forms.ip"))] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help=say("cli.forms.browser"))] = True,
    certfile: Annotated[Path | None, typer.Option(metavar="PEM", help=say("cli.forms.certfile"))] = None,
    keyfile: Annotated[Path | None, typer.Option(metavar="PEM", help=say("cli.forms.keyfile"))] = None,
    workspace: WorkspaceOption = None,
) -> None:
    from kiemke import form_server
    from reports import kernel_process

    opened = open_workspace(workspace)
    for file in filter(None, (certfile, keyfile)):
        if not file.is_file():
            raise FormsError("forms_certificate", file=file)
    if not certfile and not form_server.is_loopback(ip):
        console.fail(say("cli.forms.open", ip=ip))
    opened.engine().dispose()  # brought to the current schema once, or told here why it cannot be used
    kept = kernel_process.environment(os.environ)
    for name in os.environ.keys() - kept.keys():  # the page only reads the inventory
        del os.environ[name]
    told = {
        "KIEMKE_WORKSPACE": str(opened.root),
        "KIEMKE_REPORTS": str(opened.reports),
        "KIEMKE_LANG": language.chosen(kept, opened.root),
    }
    os.environ.update(told | form_server.environment(os.environ))
    arguments = form_server.options(NOTEBOOK, opened.reports, ip, port, browser)
    if certfile:
        arguments += [f"--FormServer.certfile={certfile}", f"--FormServer.keyfile={keyfile or ''}"]
    form_server.FormServer.launch_instance(arguments)
