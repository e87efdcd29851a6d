"""`kiemke repairs import | fit`: logs of repairs, and what they tell of how long equipment lasts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiemke import console, dates
from kiemke.commands.options import WorkspaceOption
from kiemke.commands.register import one_of
from kiemke.words import say
from kiemke.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from sqlalchemy import Engine

    from inventory.offices import Offices
    from inventory.registers.records import Rejected

app = typer.Typer(no_args_is_help=True)


@app.command("import", help=say("cli.repairs.import_help"))
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=say("cli.repairs.files"))],
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.registers.intake import files_of

    opened = open_workspace(workspace)
    offices = opened.offices()
    engine = opened.engine()
    failed = False
    try:
        paths = files_of(files)
        for path in paths:
            with one_of(paths) as outcome:
                failed |= _import(engine, path, offices)
            failed |= outcome.failed
    finally:
        engine.dispose()
    raise typer.Exit(1 if failed else 0)


def _import(engine: Engine, path: Path, offices: Offices) -> bool:
    """Import one log and show what was not taken; whether a row was left out."""
    import pandas as pd

    from inventory.repairs.reading import read
    from inventory.repairs.remembering import remember

    log = read(path, offices)
    columns = [(heading, say.word("repair_field", field)) for heading, field in log.columns]
    heads = [say("register.column_heading"), say("register.column_meaning")]
    console.table(pd.DataFrame(columns, columns=heads), say("cli.repairs.columns", file=log.file))
    for note in log.notes:
        console.out.print(say.told(note), markup=False)
    done = remember(engine, log, offices)
    _show_rejected([*log.rejected, *done.doubts])
    counts = {"added": done.added, "known": done.known, "doubts": len(done.doubts)}
    console.err.print(say("cli.repairs.added", file=log.file, **counts), markup=False)
    if done.found:
        console.err.print(say("cli.repairs.found", count=done.found), markup=False)
    return any(one.whole_row for one in log.rejected)


@app.command("fit", help=say("cli.repairs.fit_help"))
def fit(
    since: Annotated[str, typer.Option(metavar="DATE", help=say("cli.repairs.since"))] = "",
    until: Annotated[str, typer.Option(metavar="DATE", help=say("cli.repairs.until"))] = "",
    office: Annotated[str | None, typer.Option(metavar="CODE", help=say("cli.repairs.fit_office"))] = None,
    write: Annotated[bool, typer.Option("--write", help=say("cli.repairs.write"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    from analysis.frames import ages_of
    from analysis.risk.parameters import parameters
    from analysis.risk.watching import as_parameters, fits, window
    from inventory.frames import Inventory

    inventory = Inventory(open_workspace(workspace).root)
    day, folder = inventory.day(), inventory.lifecycle_folder
    repairs = inventory.repairs(office=office)
    log = window(repairs, day)
    if log is None:
        console.err.print(say("cli.repairs.empty"), markup=False)
        return
    log = log._replace(since=dates.parse(since) or log.since, until=min(dates.parse(until) or log.until, day))
    if office:
        log = log._replace(offices=frozenset(inventory.offices(office=office)["office"]))
    aged = ages_of(inventory, office=office)
    found = fits(repairs, aged.devices, aged.believed, as_of=day, parameters=parameters(folder), log=log)
    console.table(_fits_shown(found), say("cli.repairs.fit_title", since=log.since, until=log.until, offices=len(log.offices)))
    if write and folder is not None:
        _write(folder, as_parameters(found, log))


def _fits_shown(found: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    def between(low: object, high: object) -> str | None:
        return None if pd.isna(low) else say.range(low, high, 2)  # type: ignore[call-overload]

    columns = ("hazard", "devices", "years", "failures", "eta", "eta_range", "beta", "beta_range", "now", "verdict")
    rows = [
        (
            say.word("risk_part", row["hazard"]) if say.has(f"risk_part.{row['hazard']}") else say.kind(row["hazard"]),
            row["devices"],
            say.number(row["years"], 0),
            row["failures"],
            say.number(row["eta"], 2),
            between(row["eta_low"], row["eta_high"]),
            say.number(row["beta"], 2),
            between(row["beta_low"], row["beta_high"]),
            f"{say.number(row['eta_now'], 2)}; {say.number(row['beta_now'], 2)}",
            say.told(row["verdict"]),
        )
        for row in found.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=[say(f"fit_column.{name}") for name in columns])


def _write(folder: Path, hazards: dict[str, dict[str, object]]) -> None:
    """Put hazards into the workspace's own parameters; what else stands there stays."""
    import yaml

    from analysis.risk.parameters import OWN_FILE, own

    if not hazards:
        console.err.print(say("cli.repairs.nothing_fitted"), markup=False)
        return
    file = folder / OWN_FILE
    told = own(file)
    kept = told.get("hazards") or {}
    told["hazards"] = kept | {kind: (kept.get(kind) or {}) | values for kind, values in hazards.items()}
    folder.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=130), encoding="utf-8")
    console.err.print(say("cli.repairs.wrote", file=file, count=len(hazards)), markup=False)


def _show_rejected(rejected: Sequence[Rejected]) -> None:
    import pandas as pd

    rows = [
        (
            one.sheet or None,
            one.cell,
            say.told(one.reason),
            one.text or None,
            say("cli.register.whole" if one.whole_row else "cli.register.value"),
        )
        for one in rejected
    ]
    if rows:
        names = [say(f"register.column_{name}") for name in ("sheet", "cell", "reason", "text", "left_out")]
        console.table(pd.DataFrame(rows, columns=names), say("register.rejected_title"))
