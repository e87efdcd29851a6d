"""`kiemke report list | describe | run | repeat | runs | prune | site | compare`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from inventory.problems import Problem
from kiemke import console
from kiemke.commands import ask, report_site
from kiemke.commands.options import WorkspaceOption
from kiemke.words import LANGUAGE, say, sentence
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    from reports.repeating import Comparison
    from reports.run import RunResult

app = typer.Typer(no_args_is_help=True)
app.command("ask", hidden=True)(ask.ask)
app.command("site", help=say("cli.report.site_help"))(report_site.site)
app.command("compare", help=say("cli.report.compare_help"))(report_site.compare)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=say("cli.report.name"))]
OutOption = Annotated[Path | None, typer.Option(metavar="DIR", help=say("cli.report.out"))]


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
    formats: Annotated[str, typer.Option("--format", help=say("cli.report.format"))] = "",
    dress: Annotated[str, typer.Option(metavar="plain|administrative", help=say("cli.report.dress"))] = "plain",
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    from reports import catalog, kernel_process

    opened = open_workspace(workspace)
    folder = out or opened.reports
    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    values = dict(_pair(text) for text in parameter or ())
    with (
        kernel_process.begun(catalog.notebook(name)) as begun,  # it comes up while all else is loaded and looked up
        console.progress(say("cli.report.running", name=name)) as advance,
    ):
        from reports import site, to_pdf
        from reports.run import run as run_report

        done = run_report(
            name,
            values,
            lang=lang or opened.settings.language,
            formats=wanted or None,
            dress=dress,
            out_dir=folder,
            workspace=opened.root,
            database=opened.last_scan(),
            offices=opened.office_names(),
            on_progress=advance,
            begun=begun,
        )
    site.write(folder)
    if not wanted and (problem := to_pdf.missing()):
        console.fail(sentence(problem))
    _tell(done)


def _tell(done: RunResult) -> None:
    """The documents, or why there are none."""
    if not done.done:
        console.fail(sentence(done.problem) if done.problem else f"{done.report}: {done.status}")
        raise typer.Exit(1)
    for kind, file in done.files.items():
        if kind != "notebook":
            console.out.print(str(file), markup=False)


@app.command("repeat", help=say("cli.report.repeat_help"))
def repeat(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help=say("cli.report.run"))],
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    from reports import repeating, site

    opened = open_workspace(workspace)
    folder = out or opened.reports
    with console.progress(say("cli.report.repeating", run=run_id)) as advance:
        done, found = repeating.repeat(folder, run_id, workspace=opened.root, offices=opened.office_names(), on_progress=advance)
    site.write(folder)
    _tell(done)
    for line in _compared(run_id, found):
        console.out.print(line, markup=False)
    raise typer.Exit(0 if found is not None and found.same else 1)


def _compared(run_id: str, found: Comparison | None) -> Iterator[str]:
    """Whether the numbers are the same as then; where not, what differs and what may be the reason."""
    if found is None:
        yield say("cli.report.repeat_uncompared", run=run_id)
        return
    if found.same:
        yield say("cli.report.repeat_same", run=run_id)
        return
    parts = (say(f"cli.report.part_{what}", title=title) for what, title in found.parts)
    yield say("cli.report.repeat_differs", run=run_id, parts=say.listing(parts))
    if found.frames is None:
        yield say("cli.report.repeat_no_hash")
    elif found.frames:
        yield say("cli.report.repeat_frames", frames=say.listing(found.frames))
        if found.without_history:
            yield say("cli.report.repeat_no_history", frames=say.listing(found.without_history))
    if found.notebook:
        yield say("cli.report.repeat_notebook")
    for name, (then, now) in found.versions.items():
        yield say("cli.report.repeat_version", name=name, then=then or "–", now=now or "–")


@app.command("runs", help=say("cli.report.runs_help"))
def list_runs(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("cli.report.name"))] = "",
    limit: Annotated[int, typer.Option(min=1, help=say("cli.report.limit"))] = 20,
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    import pandas as pd

    from reports import catalog, records

    opened = open_workspace(workspace)
    folder = out or opened.reports
    if name:
        catalog.find(name)
    rows = [_row(record) for record in records.read_records(folder) if not name or record["report"] == name]
    columns = [say(f"cli.report.{name}_column") for name in ("run", "report", "office", "status", "when", "who")]
    if rows:
        console.table(pd.DataFrame(rows[:limit], columns=columns))
    else:
        console.out.print(say("index.empty"), markup=False)
    for broken in records.unreadable(folder):
        console.fail(say("cli.report.unreadable", folder=folder / broken))


def _row(record: Mapping[str, Any]) -> tuple[str, ...]:
    office = (record.get("parameters") or {}).get("office") or ""
    through = record.get("through")
    who = [
        str(record.get("ran_by") or ""),
        say(f"cli.report.through_{through}") if through in ("form", "schedule", "demo") else "",
    ]
    return (
        record["run"],
        (record.get("titles") or {}).get(LANGUAGE) or record["report"],
        str(office),
        say(f"index.{record['status']}"),
        say.moment(record["started_at"], short=True),
        ", ".join(part for part in who if part),
    )


@app.command("prune", help=say("cli.report.prune_help"))
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli.report.dry_run"))] = False,
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    from datetime import UTC, datetime

    from reports import retention, site

    opened = open_workspace(workspace)
    folder, kept = out or opened.reports, opened.settings
    if kept.keep_days is None and kept.keep_runs is None:
        console.out.print(say("cli.report.prune_all", file=opened.root / "kiemke.toml"), markup=False)
        return
    removed = retention.prune(folder, kept.keep_days, kept.keep_runs, datetime.now(UTC), dry_run=dry_run)
    for record in removed:
        console.out.print(record["run"], markup=False)
    if removed and not dry_run:
        site.write(folder)
    console.err.print(say(f"cli.report.{'would_prune' if dry_run else 'pruned'}", count=len(removed)), markup=False)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ArgumentError("parameter_unreadable", given=text)
    return key.strip(), value.strip()
