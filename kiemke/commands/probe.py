"""`kiemke probe`: do the shared services answer from here."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kiemke import console, probing
from kiemke.commands.options import WorkspaceOption
from kiemke.words import say
from kiemke.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inventory.offices import Offices
    from inventory.service_facts import Probe, Service


def probe(
    service: Annotated[list[str] | None, typer.Option(metavar="CODE", help=say("cli.probe.service"))] = None,
    office: Annotated[str | None, typer.Option("--from", metavar="OFFICE", help=say("cli.probe.from"))] = None,
    workspace: WorkspaceOption = None,
) -> None:
    from inventory.service_facts import REACHED

    opened = open_workspace(workspace)
    offices = opened.offices()
    services = probing.chosen(offices, tuple(service or ()))
    if not services:
        console.fail(say("cli.probe.nothing"))
        raise typer.Exit(2)
    where = probing.vantage(offices, datetime.now().astimezone().date(), office)
    with console.progress(say("cli.probe.progress")) as advance:
        found = probing.probe(opened, offices, services, where, clock=lambda: int(time.time()), progress=advance)
    show(found, services, where, offices)
    reached = sum(made.outcome in REACHED for made in found)
    console.err.print(say("cli.probe.done", reached=reached, count=len(found)), markup=False)
    raise typer.Exit(0 if reached == len(found) else 1)


def show(found: Sequence[Probe], services: Sequence[Service], office: str, offices: Offices) -> None:
    """Probes of these services as a table in words."""
    import pandas as pd

    names = ("service", "goal", "outcome", "latency", "loss", "certificate", "detail")
    rows = [
        (
            service.name_vi if say.language == "vi" else service.name_en,
            say.word("service_goal", service.goal),
            say.word("service_outcome", made.outcome),
            made.latency_ms,
            say.percent(made.lost / made.attempts) if made.lost else None,
            say.date(datetime.fromtimestamp(made.certificate_until, UTC)) if made.certificate_until else None,
            say.told(made.detail) or None,
        )
        for made, service in zip(found, services, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(names)).astype({"latency": "Int64"})
    place = offices[office] if office in offices.by_code else None
    title = (place.name_vi if say.language == "vi" else place.name_en) if place else office
    console.table(
        table.rename(columns={name: say(f"cli.probe.column_{name}") for name in names}), say("cli.probe.title", office=title)
    )


def beside_scan(opened: Workspace, offices: Offices, given: Sequence[str], clock: Callable[[], int]) -> None:
    """Probe every named service after a scan, from the one office that was given or the uppermost. Never fails the scan."""
    from inventory.service_facts import REACHED

    if not offices.services:
        return
    try:
        where = probing.vantage(offices, datetime.fromtimestamp(clock(), UTC).date(), given[0] if len(given) == 1 else None)
        with console.progress(say("cli.probe.progress")) as advance:
            found = probing.probe(opened, offices, offices.services, where, clock=clock, progress=advance)
    except Exception as problem:  # noqa: BLE001 - what was scanned is kept, and its status is its own, whatever happens here
        console.err.print(say("cli.probe.broken", reason=problem), markup=False)
        return
    console.err.print(
        say("cli.probe.done", reached=sum(made.outcome in REACHED for made in found), count=len(found)), markup=False
    )
    if failing := [made.service for made in found if made.outcome not in REACHED]:
        console.err.print(say("cli.probe.failing", names=", ".join(failing)), markup=False)
