"""`kiemke changes --since DATE`: what changed, how much was looked at, and what was looked at for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kiemke import console, dates
from kiemke.commands.options import WorkspaceOption
from kiemke.commands.show import Format, write
from kiemke.words import say
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    from analysis.seen import Coverage


def changes(
    since: Annotated[str, typer.Option(metavar="DATE", help=say("cli.changes.since"))] = "",
    office: Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.show.office"))] = None,
    limit: Annotated[int, typer.Option(min=0, help=say("cli.changes.limit"))] = 50,
    form: Annotated[Format, typer.Option("--format", help=say("cli.show.format"))] = Format.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    import pandas as pd

    from analysis import seen, words
    from inventory.frames import Inventory, day_before
    from kiemke.changes import lines

    inventory = Inventory(open_workspace(workspace).root)
    day = dates.parse(since)
    scans = inventory.scans(office=office)
    start = pd.Timestamp(day_before(day), unit="s", tz="UTC") if day else seen.before_last(scans)
    found = seen.changes_since(inventory.changes(office=office), start)
    if form is not Format.TABLE:
        write("changes", found, form)
        return
    devices, offices = inventory.devices(office=office), inventory.offices(office=office)
    named = words.with_offices(offices, offices, say)
    names = dict(zip(named["office"], named["office_name"], strict=True))
    _coverage(seen.coverage_since(devices, offices, scans, start), names)
    all_devices, all_offices = (inventory.devices(), inventory.offices()) if office else (devices, offices)
    if found.empty:
        console.out.print(say("cli.changes.none"), markup=False)
    for key, rows in (("real", found[found["cause"] == "network"]), ("covered", found[found["cause"] == "coverage"])):
        if len(rows):
            console.out.print(say(f"cli.changes.{key}", count=len(rows)), style="bold", markup=False)
        for line in lines(rows.head(limit or len(rows)), all_devices, all_offices, say):
            console.out.print(f"  {line}", markup=False)
        if limit and len(rows) > limit:
            console.out.print("  " + say("cli.changes.more", count=len(rows) - limit), markup=False)


def _coverage(coverage: Coverage, names: dict[str, str]) -> None:
    if coverage.first is None or coverage.last is None:
        console.out.print(say("cli.changes.no_scans"), markup=False)
        return
    lines = [say("cli.changes.scans", count=coverage.scans, first=coverage.first, last=coverage.last)]
    if coverage.unseen:
        listed = ", ".join(names.get(code, code) for code in coverage.unseen)
        lines.append(
            say("cli.changes.offices_missing", seen=coverage.offices - len(coverage.unseen), all=coverage.offices, names=listed)
        )
    else:
        lines.append(say("cli.changes.offices", seen=coverage.offices, all=coverage.offices))
    lines.append(say("cli.changes.devices", asked=coverage.asked, known=coverage.devices, silent=coverage.silent))
    for line in lines:
        console.out.print(line, markup=False)
