"""`kiemke scan`: sweep, collect, remember, reconcile; then probe the shared services, where some are named."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kiemke import console
from kiemke.commands import probe
from kiemke.commands.options import WorkspaceOption
from kiemke.targets import of_offices, parse_networks
from kiemke.words import say
from kiemke.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectors.tasks import Target
    from inventory.ledger import Scan
    from inventory.offices import Offices
    from kiemke.scanning import Scanned


def scan(
    office: Annotated[list[str] | None, typer.Option(metavar="CODE", help=say("cli.scan.office"))] = None,
    network: Annotated[list[str] | None, typer.Option(metavar="CIDR", help=say("cli.scan.network"))] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help=say("cli.scan.fresh"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    opened = open_workspace(workspace)
    today = datetime.now().astimezone().date()
    offices = opened.offices()
    targets = of_offices(offices, today, tuple(office or ()), parse_networks(network or ()))
    if not targets:
        console.fail(say("cli.scan.nothing"))
        raise typer.Exit(2)
    scanned = run(opened, offices, targets, lambda: int(time.time()), fresh)
    probe.beside_scan(opened, offices, tuple(office or ()), lambda: int(time.time()))
    show_failures(scanned)
    raise typer.Exit(1 if scanned.failures else 0)


def run(opened: Workspace, offices: Offices, targets: list[Target], clock: Callable[[], int], fresh: bool = False) -> Scanned:
    """Scan, with progress and a summary line."""
    from inventory import offices as office_rows
    from kiemke import scanning

    engine = opened.engine()
    office_rows.write(engine, offices, clock())
    engine.dispose()
    began = time.monotonic()

    def told(begun: Scan) -> None:
        if begun.resumed:
            console.err.print(say("cli.scan.resumed", scan=begun.name, done=len(begun.done)), markup=False)

    scanned = scanning.scan(
        opened, targets, clock=clock, progress=lambda stage: console.progress(say(f"cli.scan.{stage}")), fresh=fresh, told=told
    )
    found = scanned.scan
    summary = {"devices": found.devices, "answered": found.answered, "failed": found.failed, "asked": scanned.asked}
    _keep_cabling(opened, found)
    console.err.print(say("cli.scan.done", scan=found.name, seconds=time.monotonic() - began, **summary), markup=False)
    return scanned


def _keep_cabling(opened: Workspace, scan: Scan) -> None:
    """What this scan's forwarding tables imply: the next scan's take their place. Never fails the scan."""
    from analysis import frames
    from inventory import cablings
    from inventory.frames import Inventory

    try:
        found = frames.document(Inventory(opened.database))
        engine = opened.engine()
        try:
            cablings.keep(engine, scan.id, found)
        finally:
            engine.dispose()
    except Exception as problem:  # noqa: BLE001 - what was scanned is kept, whatever happens here
        console.err.print(say("cli.scan.no_cabling", reason=problem), markup=False)


def show_failures(scanned: Scanned) -> None:
    import pandas as pd

    if not scanned.failures:
        return
    rows = [(f.office, f.address, f.protocol, say.word("outcome", f.outcome), say.told(f.detail)) for f in scanned.failures]
    names = [say(f"cli.scan.column_{name}") for name in ("office", "address", "protocol", "outcome", "detail")]
    console.table(pd.DataFrame(rows, columns=names), say("cli.scan.failures"))
