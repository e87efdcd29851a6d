"""`kiemke show FRAME`: any frame of the inventory, for eyes or for another program."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from kiemke import console, dates
from kiemke.commands.options import WorkspaceOption
from kiemke.words import say
from kiemke.workspace import open_workspace


class Frame(StrEnum):
    DEVICES = "devices"
    INTERFACES = "interfaces"
    LINKS = "links"
    ENDPOINTS = "endpoints"
    ADDRESSES = "addresses"
    COMPONENTS = "components"
    HEALTH = "health"
    OFFICES = "offices"
    SCANS = "scans"
    CHANGES = "changes"


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def show(
    frame: Annotated[Frame, typer.Argument(metavar="FRAME", help=say("cli.show.frame", frames=", ".join(Frame)))],
    as_of: Annotated[str, typer.Option(metavar="DATE", help=say("cli.show.as_of"))] = "",
    office: Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.show.office"))] = None,
    form: Annotated[Format, typer.Option("--format", help=say("cli.show.format"))] = Format.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.frames import Inventory

    inventory = Inventory(open_workspace(workspace).root)
    rows = getattr(inventory, frame.value)(as_of=dates.parse(as_of), office=office)
    if form is Format.CSV:
        console.out.file.write(rows.to_csv(index=False))
    elif form is Format.JSON:
        console.out.file.write(rows.to_json(orient="records", date_format="iso", date_unit="s", force_ascii=False) + "\n")
    else:
        console.table(rows)
        console.err.print(say("cli.show.rows", rows=len(rows)), markup=False)
