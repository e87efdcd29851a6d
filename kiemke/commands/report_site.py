"""`kiemke report site | compare`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from kiemke import console
from kiemke.commands.options import WorkspaceOption
from kiemke.words import LANGUAGE, say
from kiemke.workspace import open_workspace

OutOption = Annotated[Path | None, typer.Option(metavar="DIR", help=say("cli.report.out"))]


def site(out: OutOption = None, workspace: WorkspaceOption = None) -> None:
    from reports import site

    folder = out or open_workspace(workspace).reports
    console.out.print(str(site.write(folder, anew=True)), markup=False)


def compare(
    before: Annotated[str, typer.Argument(metavar="RUN", help=say("cli.report.compare_before"))],
    after: Annotated[str, typer.Argument(metavar="RUN", help=say("cli.report.compare_after"))],
    limit: Annotated[int, typer.Option(min=0, help=say("cli.report.compare_limit"))] = 20,
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    from reports.site.pair import compare_runs
    from reports.site.told import lines

    old, new, found = compare_runs(out or open_workspace(workspace).reports, before, after)
    console.out.print(f"{(new.get('titles') or {}).get(LANGUAGE) or new['report']}", style="bold", markup=False)
    for line in (*_asked(old, new), *lines(found, say, limit)):
        indent = line[: len(line) - len(line.lstrip())]
        console.out.print(indent + console.printable(line), markup=False)


def _asked(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """When the two were run, of which data, and which parameters differ."""
    from reports.site.asked import asked

    pairs = [(say("site.as_of"), *(_day((record.get("data") or {}).get("as_of")) for record in (old, new)))]
    pairs.append((say("site.made"), *(say.moment(record["started_at"], short=True) for record in (old, new))))
    was, now = ({item["name"]: item["value"][LANGUAGE] for item in asked(record)} for record in (old, new))
    pairs += [(name, was.get(name, ""), now.get(name, "")) for name in {**was, **now} if was.get(name) != now.get(name)]
    yield from (f"  {label}: {before} → {after}" if before != after else f"  {label}: {after}" for label, before, after in pairs)


def _day(as_of: object) -> str:
    from reports.site.listing import day

    text = day(as_of)
    return (say.moment(text, short=True) if "T" in text else say.date(text, short=True)) if text else ""
