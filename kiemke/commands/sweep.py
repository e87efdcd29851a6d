"""`kiemke sweep CIDR…`: who answers, over SNMP and SSH; stores nothing."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Annotated

import typer

from kiemke import console
from kiemke.commands.options import WorkspaceOption
from kiemke.targets import in_networks, parse_networks
from kiemke.words import say
from kiemke.workspace import open_workspace


def sweep(
    networks: Annotated[list[str], typer.Argument(metavar="CIDR…", help=say("cli.sweep.networks"))],
    credential: Annotated[list[str] | None, typer.Option(metavar="NAME", help=say("cli.sweep.credential"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.sweep.json"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    import pandas as pd

    from collectors.sweep import sweep as ask
    from inventory.facts import Outcome

    opened = open_workspace(workspace)
    targets = in_networks(opened.offices(), parse_networks(networks), tuple(credential or ()))
    started = time.monotonic()
    with console.progress(say("cli.sweep.progress")) as advance:
        found = [
            answer
            for answer in ask(targets, opened.vault(), pace=opened.settings.pace, on_progress=advance)
            if answer.outcome is not Outcome.SILENT
        ]
    rows = [{**dataclasses.asdict(answer.target), **dataclasses.asdict(answer)} for answer in found]
    shown = ("address", "office", "protocol", "outcome", "detail", "credential", "version", "sys_name")
    for row in rows:
        row["detail"] = say.told(row["detail"]) or None
    if as_json:  # outcomes stay codes there, for programs
        for row in rows:
            told = {name: row[name] for name in (*shown, "sys_descr", "sys_object_id", "round_trip_s")}
            console.out.file.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        words = [row | {"outcome": say.word("outcome", row["outcome"])} for row in rows]
        named = {name: say(f"cli.scan.column_{name}") for name in shown}
        console.table(pd.DataFrame(words, columns=list(shown)).rename(columns=named), say("cli.sweep.title"))
    answering = len({row["address"] for row in rows})
    console.err.print(
        say("cli.sweep.done", answering=answering, asked=len(targets), seconds=time.monotonic() - started), markup=False
    )
