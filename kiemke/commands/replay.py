"""`kiemke replay PATH… --jsonl OUT`: collect from recordings instead of a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kiemke import console
from kiemke.words import say


def replay(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", exists=True, help=say("cli.replay.paths"))],
    jsonl: Annotated[Path | None, typer.Option(metavar="OUT", help=say("cli.replay.jsonl"))] = None,
) -> None:
    from collectors import replay as recordings
    from inventory.facts import Outcome
    from kiemke.workspace import families_here

    families = families_here()
    files = list(recordings.paths(paths))
    unread = 0
    with console.progress(say("cli.replay.progress")) as advance, console.lines_to(jsonl) as write:
        for done, (name, observation) in enumerate(recordings.replay(files, families), 1):
            write(json.dumps(recordings.result_line(name, observation), ensure_ascii=False))
            unread += observation.outcome is not Outcome.ANSWERED
            advance(done, len(files))
    console.err.print(say("cli.replay.done", files=len(files), unread=unread), markup=False)
    raise typer.Exit(1 if unread else 0)
