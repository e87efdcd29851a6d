"""`kiemke lifecycle import | check`: until when software and hardware are kept secure, and what nothing is known of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiemke import console, dates, files
from kiemke.commands import show
from kiemke.commands.options import WorkspaceOption
from kiemke.commands.show import Format
from kiemke.words import say, sentence
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.lifecycle.tables import LifecycleError

app = typer.Typer(no_args_is_help=True)


@app.command("import", help=say("cli.lifecycle.import_help"))
def take(
    path: Annotated[Path, typer.Argument(metavar="PATH", help=say("cli.lifecycle.path"))],
    workspace: WorkspaceOption = None,
) -> None:
    import datetime

    from inventory.lifecycle.importing import imported
    from inventory.lifecycle.status import lifecycles
    from inventory.lifecycle.tables import FOLDER
    from reports.texts import VIET_NAM

    folder = open_workspace(workspace).root / FOLDER
    today = datetime.datetime.now(VIET_NAM).date()
    table = imported(path, folder, lifecycles(folder).rules, today)
    files.folder(folder)
    with files.whole(folder / table.file) as partial:
        partial.write_text(table.text, encoding="utf-8")
    where = f"{FOLDER}/{table.file}"
    if table.products:
        done = {"rows": table.rows, "products": table.products, "left_out": table.left_out, "file": where}
        console.out.print(say("cli.lifecycle.imported_releases", **done), markup=False)
        if table.as_of:
            commit = table.commit[:7] or say("cli.lifecycle.no_commit")
            console.out.print(say("cli.lifecycle.as_of", day=table.as_of, commit=commit), markup=False)
    else:
        console.out.print(say("cli.lifecycle.imported_rows", rows=table.rows, file=where), markup=False)
    _troubles(table.troubles)
    raise typer.Exit(1 if table.troubles else 0)


@app.command("check", help=say("cli.lifecycle.check_help"))
def check(
    as_of: Annotated[str, typer.Option(metavar="DATE", help=say("cli.show.as_of"))] = "",
    office: Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.show.office"))] = None,
    form: Annotated[Format, typer.Option("--format", help=say("cli.show.format"))] = Format.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    import pandas as pd

    from inventory.frames import Inventory
    from inventory.lifecycle.gaps import Gap, gaps

    opened = open_workspace(workspace)
    inventory, day = Inventory(opened.root), dates.parse(as_of)
    policies = inventory.policies(as_of=day)
    devices = inventory.devices(as_of=day, office=office)
    rows = inventory.lifecycle(as_of=day, office=office).assign(os_version=devices["os_version"])
    found = gaps(rows.astype(object).where(rows.notna(), "").to_dict("records"))
    table = pd.DataFrame(found, columns=list(Gap._fields))
    if form is not Format.TABLE:
        show.put(table, form)
    else:
        spoken = table.assign(**{name: [say.word("gap", value) for value in table[name]] for name in ("what", "lacks")})
        show.put(spoken.rename(columns={name: say(f"cli.lifecycle.column_{name}") for name in Gap._fields}), form)
        told = {status: int((rows["status"] == status).sum()) for status in ("supported", "past", "unknown")}
        console.err.print(say("cli.lifecycle.checked", gaps=len(found), devices=len(rows), **told), markup=False)
        looked = [
            one.checked_on for listed in policies.lifecycles.releases.by_product.values() for one in listed if one.checked_on
        ]
        console.err.print(say("cli.lifecycle.data_as_of", first=min(looked), last=max(looked)), markup=False)
    _troubles(policies.troubles)


def _troubles(troubles: Iterable[LifecycleError]) -> None:
    for trouble in troubles:
        console.err.print(sentence(trouble), markup=False)
