"""`kiemke register import | match`: purchase registers, and what of them the network shows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from inventory.problems import Problem
from kiemke import console
from kiemke.commands.options import WorkspaceOption
from kiemke.commands.show import Format, write
from kiemke.words import say, sentence
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    import pandas as pd

    from inventory.registers.imports import Difference
    from inventory.registers.intake import Intake, Issue

app = typer.Typer(no_args_is_help=True)

#: Lines of each kind of change that a terminal shows.
SHOWN = 30


class RegisterImportError(Problem):
    """Why a file that can be read is not imported."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "register_map": "'{given}' does not say what a column is; write COLUMN=FIELD, e.g. --map D=serial.",
        "register_ends": "{file}: {ended} of the {stood} assets of the register “{books}” would end. If these are other books, "
        "name them with --register NAME; if it is so, add --yes.",
        "register_superseded": "{file}: this file was imported on {day:%Y-%m-%d}, and a newer one of the register “{books}” "
        "since. To go back to it, add --yes.",
    }


@app.command("import", help=say("cli.register.import_help"))
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=say("cli.register.files"))],
    office: Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.register.office"))] = None,
    register: Annotated[str | None, typer.Option(metavar="NAME", help=say("cli.register.register"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli.register.dry_run"))] = False,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help=say("cli.register.map"))] = None,
    scale: Annotated[int | None, typer.Option(metavar="DONG", min=1, help=say("cli.register.scale_help"))] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("cli.register.yes"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.registers.intake import Intake, files_of

    told = dict(_pair(text) for text in mapping or ())
    opened = open_workspace(workspace)
    offices = opened.offices()
    engine = opened.engine()
    asking = sys.stdin.isatty() and not yes and not dry_run
    failed = False
    try:
        intake = Intake(engine, offices, office)
        found = []
        paths = files_of(files)
        for path in paths:
            with one_of(paths) as outcome:
                found.append(_read(intake, path, told, scale, asking=asking, yes=yes))
            failed |= outcome.failed
        for issue in intake.together(found, register):
            with one_of(paths) as outcome:
                failed |= take(intake, issue, dry_run=dry_run, asking=asking, yes=yes)
            failed |= outcome.failed
    finally:
        engine.dispose()
    raise typer.Exit(1 if failed else 0)


@dataclass
class _Outcome:
    failed: bool = False


@contextmanager
def one_of(several: Sized) -> Iterator[_Outcome]:
    """What is wrong with one of several files is told, and the others go on; with the only one it ends the command."""
    outcome = _Outcome()
    try:
        yield outcome
    except Problem as problem:
        if len(several) == 1:
            raise
        console.fail(sentence(problem))
        outcome.failed = True


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not equals or not column.strip() or not field.strip():
        raise RegisterImportError("register_map", given=text)
    return column.strip(), field.strip()


def _read(intake: Intake, path: Path, told: dict[str, str], scale: int | None, *, asking: bool, yes: bool) -> Issue:
    """A file with its columns as they were recognised, remembered, told, and confirmed; shown."""
    from inventory.registers.recognised import doubtful
    from reports import register_words

    issue = intake.read(path, told, scale, confirmed=yes)
    show_columns(issue)
    if issue.office != intake.office:
        console.err.print(say("register.office_by_name", file=path.name, office=issue.office), markup=False)
    unsure = doubtful(issue.register)
    if not unsure or yes:
        return issue
    if not asking:  # an import can be corrected by the next one, so what is likely is taken, and told
        names = ", ".join(f"{column.letter} “{column.heading}”" for column in unsure)
        console.err.print(say("cli.register.doubtful", file=path.name, columns=names), markup=False)
        return issue
    answers = dict(told)
    for column in unsure:
        words = {"column": column.letter, "heading": column.heading, "samples": register_words.samples(say, column)}
        default = column.field or intake.NONE
        answer = typer.prompt(say("cli.register.ask_column", **words), default=default, err=True, value_proc=_field_of(intake))
        answers[column.name] = answer
    issue = intake.read(path, answers, scale)
    show_columns(issue)
    return issue


def _field_of(intake: Intake) -> Callable[[str], str]:
    """What is typed, if a column can hold it; else typer asks again."""

    def checked(given: str) -> str:
        try:
            intake.field(given.strip())
        except Problem as problem:
            raise typer.BadParameter(sentence(problem)) from None
        return given.strip()

    return checked


def take(intake: Intake, issue: Issue, *, dry_run: bool, asking: bool, yes: bool) -> bool:
    """Show what an import changes and do it; whether a row was left out that may be an asset."""
    from inventory.registers.recognised import lost

    difference = intake.compare(issue)
    _show_difference(issue, difference)
    left_out = bool(lost(difference.rejected))
    if dry_run:
        console.err.print(say("cli.register.nothing_stored"), markup=False)
        return left_out
    for problem in _doubts(difference):
        if asking:
            console.fail(sentence(problem))
            if not typer.confirm(say("cli.register.ask_sure"), err=True):
                console.err.print(say("cli.register.nothing_stored"), markup=False)
                return True
        elif not yes:
            raise problem
    done = intake.store(issue)
    key = "cli.register.unchanged_file" if done.nothing else "cli.register.stored"
    console.err.print(say(key, file=issue.register.file, books=done.books), markup=False)
    return left_out


def _doubts(found: Difference) -> list[RegisterImportError]:
    """What a person should say before it is stored."""
    from reports import register_words

    about = {"file": found.file, "books": found.books}
    doubts = []
    if found.superseded is not None and not found.nothing:
        day = register_words.day(found.superseded)
        doubts.append(RegisterImportError("register_superseded", day=day, **about))
    if found.many_end:
        doubts.append(RegisterImportError("register_ends", ended=len(found.ended), stood=found.stood, **about))
    return doubts


# -- showing ---------------------------------------------------------------------------------------------------------------


def show_columns(issue: Issue) -> None:
    from inventory.registers.recognised import layouts
    from reports import register_words

    register = issue.register
    for layout in layouts(register):
        rows = [
            (
                *(column.letter, column.heading, column.field),
                say("register.no_field") if column.field is None else register_words.field(say, column.field),
                "?" if column.doubtful else None,
                register_words.samples(say, column),
            )
            for column in layout.columns
        ]
        title = register_words.layout(say, register.file, layout)
        console.table(_titled(rows, "column", "heading", "field", "meaning", "sure", "samples"), title)
    for note in register.notes:
        console.out.print(say.told(note), markup=False)


def _show_difference(issue: Issue, found: Difference) -> None:
    import pandas as pd

    from inventory.registers.recognised import total
    from reports import register_words

    whole = total(issue.register.lines)
    sums = {"lines": whole.lines, "units": whole.units, "value": whole.value_vnd}
    told = say("cli.register.sum", file=found.file, books=found.books, **sums)
    if found.last_import is not None:
        told += " " + say("cli.register.last", day=register_words.day(found.last_import))
    console.out.print(told, markup=False)
    console.table(pd.DataFrame([register_words.counts(say, found)]))
    rows = register_words.changes(say, found)
    if rows:
        console.table(_titled(rows[:SHOWN], "change", "asset", "sheet", "row", "code", "name", "values"))
    if len(rows) > SHOWN:
        console.out.print(say("register.more", count=len(rows) - SHOWN), markup=False)
    rejected = [
        (
            one.sheet,
            one.cell,
            say.told(one.reason),
            one.text,
            say("cli.register.whole" if one.whole_row else "cli.register.value"),
        )
        for one in found.rejected
    ]
    if rejected:
        console.table(_titled(rejected, "sheet", "cell", "reason", "text", "left_out"), say("register.rejected_title"))


def _titled(rows: Sequence[tuple[object, ...]], *names: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=[say(f"register.column_{name}") for name in names]).replace("", None)


# -- matching --------------------------------------------------------------------------------------------------------------


@app.command("match", help=say("cli.register.match_help"))
def match(
    office: Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.show.office"))] = None,
    form: Annotated[Format, typer.Option("--format", help=say("cli.show.format"))] = Format.TABLE,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.frames import Inventory
    from inventory.registers.matches import match_registers
    from inventory.registers.review import questions

    opened = open_workspace(workspace)
    engine = opened.engine()
    try:
        with console.progress(say("cli.register.matching")):
            run = match_registers(engine)
    finally:
        engine.dispose()
    inventory = Inventory(opened.root)
    rows, assets = inventory.matches(office=office), inventory.assets(office=office)
    if form is not Format.TABLE:
        write("matches", rows, form)
    else:
        _show_sources(rows, assets, inventory.offices())
    doubtful = len(questions(rows, assets))
    counts = {"opened": run.opened, "closed": run.closed, "doubtful": doubtful}
    console.err.print(say("cli.register.matched", **counts), markup=False)


def _show_sources(rows: pd.DataFrame, assets: pd.DataFrame, offices: pd.DataFrame) -> None:
    """The offices' own books, then what each other program knows."""
    from inventory.registers.records import PROGRAMS, program

    source = rows["asset"].map({asset: program(books) for asset, books in zip(assets["asset"], assets["register"], strict=True)})
    _show_buckets(rows[source.isna()], offices, say("cli.register.buckets"))
    for name in PROGRAMS:
        if (source == name).any():
            _show_buckets(rows[source == name], offices, say("cli.register.buckets_of", program=name))


def _show_buckets(rows: pd.DataFrame, offices: pd.DataFrame, title: str) -> None:
    """Units of lines, and things on no books, by office and bucket."""
    import pandas as pd

    from inventory.registers.records import Bucket

    names = dict(zip(offices["office"], offices[f"name_{say.language}"], strict=True))
    counts = pd.crosstab(rows["office"].fillna(""), rows["bucket"]).reindex(
        columns=[str(bucket) for bucket in Bucket], fill_value=0
    )
    order = {code: position for position, code in enumerate(offices["office"])}
    counts = counts.loc[sorted(counts.index, key=lambda code: (order.get(code, len(order)), code))]
    counts.loc[say("register.all_offices")] = counts.sum()
    counts.index = pd.Index([names.get(code, code or say("register.no_office")) for code in counts.index])
    shown = counts.rename(columns={str(bucket): say.word("bucket", bucket) for bucket in Bucket})
    console.table(shown.reset_index(names=say("register.column_office")), title)
