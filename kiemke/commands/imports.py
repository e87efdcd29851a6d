"""`kiemke import PROGRAM FILE…`: devices that another program knows, as books to match with the network."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from kiemke.commands.options import WorkspaceOption
from kiemke.commands.register import one_of, show_columns, take
from kiemke.words import say
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    from inventory.exchange.lists import Listed
    from inventory.offices import Offices
    from inventory.registers.records import Register

app = typer.Typer(no_args_is_help=True)

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE…", help=say("cli.import.files"))]
RegisterOption = Annotated[str | None, typer.Option(metavar="NAME", help=say("cli.import.register"))]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help=say("cli.register.dry_run"))]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help=say("cli.register.yes"))]


@app.command("netbox", help=say("cli.import.netbox_help"))
def netbox(
    files: FilesArgument,
    register: RegisterOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.exchange import from_netbox

    _import(from_netbox, register, files, workspace, dry_run=dry_run, yes=yes)


@app.command("glpi", help=say("cli.import.glpi_help"))
def glpi(
    files: FilesArgument,
    register: RegisterOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.exchange import from_glpi

    _import(from_glpi, register, files, workspace, dry_run=dry_run, yes=yes)


class _Program(Protocol):
    """A module of `inventory.exchange` that reads another program's lists."""

    PROGRAM: str

    def listed(self, path: Path, /) -> Sequence[Listed]: ...
    def registers(self, lists: Sequence[Listed], offices: Offices, /) -> Sequence[Register]: ...
    def books(self, register: Register, /) -> str: ...


def _import(
    program: _Program, name: str | None, files: Sequence[Path], workspace: Path | None, *, dry_run: bool, yes: bool
) -> None:
    from inventory.registers import imports
    from inventory.registers.intake import Intake, Issue

    opened = open_workspace(workspace)
    offices = opened.offices()
    engine = opened.engine()
    asking = sys.stdin.isatty() and not yes and not dry_run
    failed = False
    try:
        intake = Intake(engine, offices)
        lists: list[Listed] = []
        digests = []
        for path in files:
            with one_of(files) as outcome:
                lists += program.listed(path)
                digests.append(imports.digest(path))
            failed |= outcome.failed
        digest = " ".join(sorted(digests))
        by_books: dict[str, list[Issue]] = defaultdict(list)
        for one in program.registers(lists, offices):
            by_books[program.books(one) if name is None else f"{program.PROGRAM} {name}"].append(Issue(one, digest))
        for books, same in by_books.items():
            (issue,) = intake.together(same, books)
            show_columns(issue)
            with one_of(by_books) as outcome:
                failed |= take(intake, issue, dry_run=dry_run, asking=asking, yes=yes)
            failed |= outcome.failed
    finally:
        engine.dispose()
    raise typer.Exit(1 if failed else 0)
