"""`kiemke report list | describe | run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

import typer

from inventory.problems import Problem
from kiemke import console
from kiemke.commands.options import WorkspaceOption
from kiemke.words import LANGUAGE, say, sentence
from kiemke.workspace import open_workspace

app = typer.Typer(no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=say("cli.report.name"))]


class ArgumentError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {"parameter_unreadable": "'{given}' is not a parameter; write NAME=VALUE."}


@app.command("list", help=say("cli.report.list_help"))
def list_reports() -> None:
    import pandas as pd

    from reports import catalog

    rows = [(report.name, report.title(LANGUAGE), report.summary(LANGUAGE)) for report in catalog.reports()]
    columns = [say("cli.report.name"), say("cli.report.title"), say("cli.report.help_column")]
    console.table(pd.DataFrame(rows, columns=columns))


@app.command("describe", help=say("cli.report.describe_help"))
def describe(name: NameArgument) -> None:
    import pandas as pd

    from reports import catalog

    report = catalog.describe(name)
    console.out.print(report.title(LANGUAGE), style="bold", markup=False)
    console.out.print(report.summary(LANGUAGE), markup=False)
    rows = [(p.name, p.type_words(say), p.default_words(say), p.allowed(say), p.help(LANGUAGE)) for p in report.settable]
    columns = [say(f"cli.report.{name}_column") for name in ("parameter", "type", "default", "allowed", "help")]
    console.table(pd.DataFrame(rows, columns=columns))


@app.command("run", help=say("cli.report.run_help"))
def run(
    name: NameArgument,
    parameter: Annotated[list[str] | None, typer.Option("-p", metavar="KEY=VALUE", help=say("cli.report.parameter"))] = None,
    lang: Annotated[str, typer.Option(metavar="vi|en", help=say("cli.report.language"))] = "",
    formats: Annotated[str, typer.Option("--format", help=say("cli.report.format"))] = "html,xlsx",
    out: Annotated[Path | None, typer.Option(metavar="DIR", help=say("cli.report.out"))] = None,
    workspace: WorkspaceOption = None,
) -> None:
    from reports import index
    from reports.run import run as run_report

    opened = open_workspace(workspace)
    folder = out or opened.reports
    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    values = dict(_pair(text) for text in parameter or ())
    with console.progress(say("cli.report.running", name=name)):
        language = lang or opened.settings.language
        done = run_report(
            name, values, lang=language, formats=wanted, out_dir=folder, workspace=opened.root, database=opened.last_scan()
        )
    index.write(folder)
    if not done.done:
        console.fail(sentence(done.problem) if done.problem else f"{name}: {done.status}")
        raise typer.Exit(1)
    for kind in wanted:
        console.out.print(str(done.files[kind]), markup=False)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ArgumentError("parameter_unreadable", given=text)
    return key.strip(), value.strip()
